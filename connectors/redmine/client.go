package redmine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/record"
)

// statusError is a refusal, in Redmine's own words where it gave some.
type statusError struct {
	Status int
	Path   string
	Says   string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s answered %d", e.Path, e.Status)
	if e.Says != "" {
		text += ": " + e.Says
	}
	return text
}

// Unwrap lets the engine see that the key was not taken.
func (e *statusError) Unwrap() error {
	if e.Status == http.StatusUnauthorized {
		return connectors.ErrUnauthorized
	}
	return nil
}

func hasStatus(err error, status int) bool {
	var refused *statusError
	return errors.As(err, &refused) && refused.Status == status
}

// hidden tells that a record is not for us to see, or not there at all.
func hidden(err error) bool {
	return hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusForbidden)
}

// maxSays bounds how much of a refusal is repeated, in characters.
const maxSays = 300

// get reads path, which is below Redmine's address.
func (c *Connector) get(ctx context.Context, path string, query url.Values, into any) error {
	address := c.base + "/" + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.caller.Do(req)
	var limited *httpx.RateLimited
	switch {
	case errors.As(err, &limited):
		return &connectors.RateLimited{Until: c.now().Add(limited.After), Reason: limited.Reason}
	case err != nil:
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return &statusError{Status: resp.StatusCode, Path: path, Says: record.Truncate(c.hidden.Mask(says(body)), maxSays)}
	}
	if err := record.Decode(body, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// says is what Redmine told about a refusal.
func says(body []byte) string {
	var e struct {
		Errors []string `json:"errors"`
		Error  string   `json:"error"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	return strings.TrimSpace(strings.Join(append(e.Errors, e.Error), " "))
}

// one reads a record that comes under its name.
func (c *Connector) one(ctx context.Context, path, name string, query url.Values) (json.RawMessage, error) {
	var reply map[string]json.RawMessage
	if err := c.get(ctx, path, query, &reply); err != nil {
		return nil, err
	}
	if len(reply[name]) == 0 {
		return nil, fmt.Errorf("%s: %w", path, record.Missing(name, "an object"))
	}
	return reply[name], nil
}
