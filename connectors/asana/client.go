package asana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/record"
)

// pageSize is how many records Asana gives at a time, at the most.
const pageSize = 100

// statusError is a refusal, in Asana's own words where it gave some.
type statusError struct {
	Status int
	Path   string
	Says   string
	Sync   string // of 412: the token to go on with
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

func asStatus(err error) (*statusError, bool) {
	var refused *statusError
	ok := errors.As(err, &refused)
	return refused, ok
}

func hasStatus(err error, statuses ...int) bool {
	refused, ok := asStatus(err)
	return ok && slices.Contains(statuses, refused.Status)
}

// withheld tells that a record is not there for us: deleted, or not ours to see.
func withheld(err error) bool { return hasStatus(err, http.StatusNotFound, http.StatusForbidden) }

// envelope is what every reply of Asana is wrapped in.
type envelope struct {
	Data     json.RawMessage `json:"data"`
	NextPage *struct {
		Offset string `json:"offset"`
	} `json:"next_page"`
	Sync    string `json:"sync"`     // of events
	HasMore bool   `json:"has_more"` // of events
	Errors  []struct {
		Message string `json:"message"`
	} `json:"errors"`

	date time.Time // when it was sent, by the tool's clock
}

// ask reads path, which is below the API's address.
func (c *Connector) ask(ctx context.Context, path string, query url.Values) (envelope, error) {
	var e envelope
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return e, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.caller.Do(req)
	var limited *httpx.RateLimited
	switch {
	case errors.As(err, &limited):
		return e, &connectors.RateLimited{Until: c.now().Add(limited.After), Reason: limited.Reason}
	case err != nil:
		return e, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return e, fmt.Errorf("%s: %w", path, err)
	}
	err = json.Unmarshal(body, &e)
	if resp.StatusCode >= http.StatusMultipleChoices {
		refused := &statusError{Status: resp.StatusCode, Path: path, Sync: e.Sync}
		for _, said := range e.Errors {
			refused.Says = strings.TrimSpace(refused.Says + " " + said.Message)
		}
		refused.Says = record.Truncate(c.hidden.Mask(refused.Says), maxSays)
		return e, refused
	}
	switch {
	case err != nil:
		return e, fmt.Errorf("%s: the reply is no JSON that we understand: %w", path, err)
	case len(e.Data) == 0:
		return e, fmt.Errorf("%s: the reply has no data", path)
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		e.date = at
	}
	return e, nil
}

// maxSays bounds how much of a refusal is repeated.
const maxSays = 300

// get reads one record.
func (c *Connector) get(ctx context.Context, path string, fields []string, into any) error {
	e, err := c.ask(ctx, path, optFields(fields))
	if err == nil {
		if err = json.Unmarshal(e.Data, into); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	return err
}

func optFields(fields []string) url.Values {
	if len(fields) == 0 {
		return url.Values{}
	}
	return url.Values{"opt_fields": {strings.Join(fields, ",")}}
}

// page reads one page of a listing, from an offset that an earlier page gave,
// and says where the next one begins; nowhere is the end.
func (c *Connector) page(ctx context.Context, path string, query url.Values, offset string) (records []json.RawMessage, next string, err error) {
	asked := url.Values{"limit": {strconv.Itoa(pageSize)}}
	for k, v := range query {
		asked[k] = v
	}
	if offset != "" {
		asked.Set("offset", offset)
	}
	e, err := c.ask(ctx, path, asked)
	if err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(e.Data, &records); err != nil {
		return nil, "", fmt.Errorf("%s: a list was expected: %w", path, err)
	}
	if e.NextPage != nil {
		next = e.NextPage.Offset
	}
	if next != "" && next == offset {
		return nil, "", fmt.Errorf("%s: the tool repeats the offset of a page, which would never end", path)
	}
	return records, next, nil
}

// listing reads every page of a listing. A page without records is not its end.
func (c *Connector) listing(ctx context.Context, path string, query url.Values, use func([]json.RawMessage) error) error {
	for offset := ""; ; {
		records, next, err := c.page(ctx, path, query, offset)
		if err == nil {
			err = use(records)
		}
		if err != nil || next == "" {
			return err
		}
		offset = next
	}
}
