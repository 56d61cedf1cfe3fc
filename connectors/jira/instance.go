package jira

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"plumbline/internal/httpx"
)

// instance tells which site this is, so that another one in its place is
// noticed. On Cloud that is the cloud id, which stays when the site gets a new
// name: a scoped token's address holds it, and the site itself tells it to
// anybody. Data Center is known by its address: the one id it has beside that
// is copied with its database, so a test copy would pass for the real one.
func (c *Connector) instance(ctx context.Context, s *session) (string, error) {
	address := strings.TrimSuffix(s.info.BaseURL, "/")
	if !s.cloud {
		return address, nil
	}
	if _, id, ok := strings.Cut(c.settings.URL, "/ex/jira/"); ok {
		return strings.ToLower(strings.Trim(id, "/")), nil
	}
	// https://support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id
	var tenant struct {
		CloudID string `json:"cloudId"`
	}
	err := c.get(ctx, "_edge/tenant_info", nil, &tenant)
	// A proxy before the site may not let this path through. Whatever else goes
	// wrong fails the run: the address instead would look like another site.
	if err != nil && !withheld(err) {
		return "", err
	}
	return firstOf(strings.ToLower(tenant.CloudID), address), nil
}

// withheld tells that a path is not there for us, rather than out of order.
func withheld(err error) bool {
	return errors.Is(err, httpx.ErrNotJSON) || hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusUnauthorized) || hasStatus(err, http.StatusForbidden)
}
