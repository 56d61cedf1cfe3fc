package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	gojira "github.com/andygrunwald/go-jira"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/record"
)

// statusError is a refusal, in Jira's own words where it gave some.
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

// Unwrap lets the engine see that the credential was not taken.
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

// get reads path, which is below the site's address.
func (c *Connector) get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, into)
}

// ask is a read whose question goes in the body.
func (c *Connector) ask(ctx context.Context, path string, question, into any) error {
	return c.do(httpx.Reading(ctx), http.MethodPost, path, question, into)
}

func (c *Connector) do(ctx context.Context, method, path string, question, into any) error {
	req, err := c.client.NewRequestWithContext(ctx, method, path, question)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	bare, _, _ := strings.Cut(path, "?")
	resp, err := c.client.Do(req, into)
	var limited *httpx.RateLimited
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		return &connectors.RateLimited{Until: c.now().Add(limited.After), Reason: limited.Reason}
	case resp == nil:
		return err
	case resp.StatusCode >= 300:
		return &statusError{Status: resp.StatusCode, Path: bare, Says: record.Truncate(c.hidden.Mask(says(resp, err)), maxSays)}
	}
	return fmt.Errorf("%s: %w", bare, err)
}

// maxSays bounds how much of a refusal is repeated.
const maxSays = 300

// says is what Jira told about a refusal, without what go-jira wraps round it.
func says(resp *gojira.Response, err error) string {
	var e *gojira.Error
	if !errors.As(gojira.NewJiraError(resp, err), &e) {
		return ""
	}
	text := strings.Join(e.ErrorMessages, " ")
	for field, message := range e.Errors {
		text += " " + field + ": " + message
	}
	return strings.TrimSpace(text)
}
