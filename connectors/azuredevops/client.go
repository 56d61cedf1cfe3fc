package azuredevops

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/record"
)

// statusError is a refusal, in Azure DevOps' own words where it gave some.
type statusError struct {
	Status int
	Path   string
	Says   string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s answered %d", e.Path, e.Status)
	if e.Says != "" {
		text += ": " + strings.TrimRight(e.Says, ".")
	}
	switch e.Status {
	case http.StatusUnauthorized:
		text += "; the token is wrong, has expired, is of another organisation or lacks a scope: put a new one under auth, with Work Items (Read) and Project and Team (Read)"
	case http.StatusForbidden:
		text += "; the account lacks a permission, or the access level Basic; plumbline check names what cannot be read"
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

// get reads path, which is below the address of the organisation.
func (c *Connector) get(ctx context.Context, path string, query url.Values, into any) (http.Header, error) {
	return c.call(ctx, http.MethodGet, path, query, nil, into)
}

// ask is a read whose question goes in the body.
func (c *Connector) ask(ctx context.Context, path string, query url.Values, question, into any) error {
	_, err := c.call(httpx.Reading(ctx), http.MethodPost, path, query, question, into)
	return err
}

func (c *Connector) call(ctx context.Context, method, path string, query url.Values, question, into any) (http.Header, error) {
	asked := url.Values{"api-version": {c.settings.version()}}
	for name, values := range query {
		asked[name] = values
	}
	var body io.Reader = http.NoBody
	if question != nil {
		text, err := json.Marshal(question)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/"+path+"?"+asked.Encode(), body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-TFS-FedAuthRedirect", "Suppress") // rather refused than sent to sign in
	if question != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.caller.Do(r)
	var limited *httpx.RateLimited
	switch {
	case errors.As(err, &limited):
		return nil, &connectors.RateLimited{Until: c.now().Add(limited.After), Reason: limited.Reason}
	case err != nil:
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case resp.StatusCode >= http.StatusMultipleChoices:
		return nil, &statusError{Status: resp.StatusCode, Path: path, Says: record.Truncate(c.hidden.Mask(says(text)), maxSays)}
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("%s: the reply is not as documented: %w", path, err)
		}
	}
	return resp.Header, nil
}

// maxSays bounds how much of a refusal is repeated.
const maxSays = 300

// says is what Azure DevOps told about a refusal.
func says(body []byte) string {
	var refusal struct {
		Message string `json:"message"`
		TypeKey string `json:"typeKey"`
	}
	if json.Unmarshal(body, &refusal) != nil {
		return ""
	}
	return cmp.Or(refusal.Message, refusal.TypeKey)
}

// clock is what time it is there, or here when the tool does not say.
func (c *Connector) clock(header http.Header) time.Time {
	if at, err := http.ParseTime(header.Get("Date")); err == nil {
		return at.UTC()
	}
	return c.now().UTC()
}

// values is the envelope of most lists.
type values struct {
	Count int               `json:"count"`
	Value []json.RawMessage `json:"value"`
}
