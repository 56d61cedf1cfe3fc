package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// expiryWarning is how long before its end a token is warned about.
const expiryWarning = 30 * 24 * time.Hour

// Check implements connectors.Checker: who we are, what the token may do and
// until when, and how much there is to read.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	s, err := c.begin(ctx)
	if err != nil {
		return connectors.Report{}, fmt.Errorf("gitlab: %w", err)
	}
	r := connectors.Report{Site: s.site, Deployment: "GitLab"}
	if err := c.check(ctx, s, &r); err != nil {
		return r, fmt.Errorf("gitlab: %w", err)
	}
	return r, nil
}

func (c *Connector) check(ctx context.Context, s *session, r *connectors.Report) error {
	if err := c.checkToken(ctx, r); err != nil {
		return err
	}
	r.Permissions = append(r.Permissions, connectors.Permission{
		Name: "administrator", Held: s.admin, Why: "without it a deleted project looks like one that we may no longer see",
	})
	if err := c.readOwners(ctx, s); err != nil {
		return err
	}
	r.Counts = append(r.Counts, connectors.Count{Of: "groups", Records: len(s.groups)}, connectors.Count{Of: "projects", Records: len(s.projects)})
	if !s.wide {
		r.Warnings = append(r.Warnings, "before GitLab 16.7 every run asks each group and project for its milestones")
	}
	if len(s.groups)+len(s.projects) == 0 {
		r.Warnings = append(r.Warnings, "the account is a member of no group and of no project")
	}
	known := map[string][2]string{"visibility": {"Visibility", "text"}, "description": {"Description", "text"}, "health_status": {"Health status", "text"}, "weight": {"Weight", "number"}}
	for _, asked := range c.env.Fields {
		found := connectors.FieldFound{Asked: asked}
		for id, f := range known {
			if asked == id || strings.EqualFold(asked, f[0]) {
				found.ID, found.Name, found.Type = id, f[0], f[1]
			}
		}
		if found.ID == "" && !slices.Contains(native, asked) {
			r.Warnings = append(r.Warnings, fmt.Sprintf("there is no field %q", asked))
		}
		r.Fields = append(r.Fields, found)
	}
	return c.checkEpics(ctx, s, r)
}

// native are attributes of every project and milestone, which need no reading.
var native = []string{"name", "key", "category", "status", "type"}

// checkToken tells what an access token may do; one from OAuth says nothing.
func (c *Connector) checkToken(ctx context.Context, r *connectors.Report) error {
	if c.settings.Auth.Bearer {
		return nil
	}
	raw, err := c.one(ctx, "personal_access_tokens/self")
	if hidden(err) { // before 15.5
		return nil
	}
	if err != nil {
		return err
	}
	var token struct {
		Scopes  []string `json:"scopes"`
		Expires string   `json:"expires_at"`
	}
	if err := record.Decode(raw, &token); err != nil {
		return fmt.Errorf("personal_access_tokens/self: %w", err)
	}
	r.Permissions = append(r.Permissions, connectors.Permission{
		Name: "read_api", Held: slices.Contains(token.Scopes, "read_api") || slices.Contains(token.Scopes, "api"), Why: "without it nothing can be read",
	})
	if day, err := portfolio.ParseDate(token.Expires); err == nil && !day.IsZero() {
		r.TokenExpires = day.Time()
		if r.TokenExpires.Sub(c.now()) < expiryWarning {
			r.Warnings = append(r.Warnings, "the token expires on "+token.Expires)
		}
	}
	return nil
}

// checkEpics tells which groups have no licence for epics.
func (c *Connector) checkEpics(ctx context.Context, s *session, r *connectors.Report) error {
	if !c.settings.epics() {
		return nil
	}
	for _, top := range tops(s.groups) {
		_, err := c.page(ctx, "groups/"+strconv.FormatInt(top.id, 10)+"/epics", with(inTime, "per_page", "1"))
		var refused *statusError
		switch {
		case errors.As(err, &refused) && refused.Status == http.StatusForbidden:
			r.Warnings = append(r.Warnings, fmt.Sprintf("the group %d has no epics: they need GitLab Premium or Ultimate", top.id))
		case err != nil && !hidden(err):
			return err
		}
	}
	return nil
}
