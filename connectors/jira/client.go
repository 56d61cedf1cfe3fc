package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	gojira "github.com/andygrunwald/go-jira"

	"plumbline/connectors"
	"plumbline/internal/httpx"
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
		return &statusError{Status: resp.StatusCode, Path: bare, Says: says(resp, err)}
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
	return truncate(strings.TrimSpace(text), maxSays)
}

// truncate cuts a text to n characters.
func truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	count := 0
	for i := range text {
		if count == n {
			return text[:i]
		}
		count++
	}
	return text
}

// offsetPage is a page of a listing with startAt.
type offsetPage struct {
	StartAt int               `json:"startAt"`
	Total   int               `json:"total"`
	IsLast  bool              `json:"isLast"`
	Values  []json.RawMessage `json:"values"`
}

// maxPages bounds every listing: no site has that many, so the tool is going
// round in circles.
const maxPages = 100_000

var errCircles = errors.New("the listing does not end")

// listing reads a listing with startAt to its end and hands each page to use.
// Such listings are sorted by what rarely moves; a record that still shifts
// between two pages is caught by the next sweep.
func (c *Connector) listing(ctx context.Context, path string, query url.Values, use func(page offsetPage) error) error {
	start := 0
	for range maxPages {
		query.Set("startAt", strconv.Itoa(start))
		var page offsetPage
		if err := c.get(ctx, path, query, &page); err != nil {
			return err
		}
		if err := use(page); err != nil {
			return err
		}
		start += len(page.Values)
		// isLast alone is not believed, and neither is an empty page: as long
		// as the total says that there is more, there is more.
		if start >= page.Total {
			return nil
		}
		if len(page.Values) == 0 {
			return fmt.Errorf("%s: an empty page at %d of %d", path, start, page.Total)
		}
	}
	return fmt.Errorf("%s: %w", path, errCircles)
}
