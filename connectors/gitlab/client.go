package gitlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	gogitlab "gitlab.com/gitlab-org/api/client-go"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/record"
)

// How much is asked for at once, and how much goes into a page.
const (
	pageRows  = 100  // GitLab gives no more
	pageFacts = 1000 // a page is full when it has so many facts
)

// maxPages bounds every listing: no GitLab has that many, so it is going round
// in circles.
const maxPages = 100_000

// statusError is a refusal, in GitLab's own words where it gave some.
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

// Unwrap lets the engine see that the token was not taken.
func (e *statusError) Unwrap() error {
	if e.Status == http.StatusUnauthorized {
		return connectors.ErrUnauthorized
	}
	return nil
}

// hidden tells that something is not for us to see, or not there at all. GitLab
// does not say which: whoever may not see a private project is told 404.
func hidden(err error) bool {
	var refused *statusError
	return errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusForbidden)
}

// maxSays bounds how much of a refusal is repeated, in characters.
const maxSays = 300

// get reads path, which is below /api/v4/.
func (c *Connector) get(ctx context.Context, path string, query url.Values, into any) (*gogitlab.Response, error) {
	req, err := c.client.NewRequest(http.MethodGet, path, nil, []gogitlab.RequestOptionFunc{gogitlab.WithContext(ctx)})
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = query.Encode()
	resp, err := c.client.Do(req, into)
	var limited *httpx.RateLimited
	var refused *gogitlab.ErrorResponse
	var address *url.Error
	switch {
	case err == nil:
		return resp, nil
	case errors.As(err, &limited):
		return nil, &connectors.RateLimited{Until: c.now().Add(limited.After), Reason: limited.Reason}
	case errors.As(err, &refused) && refused.Response != nil:
		return nil, &statusError{Status: refused.Response.StatusCode, Path: path, Says: record.Truncate(c.hidden.Mask(says(refused.Body)), maxSays)}
	case resp != nil && resp.Response != nil && resp.StatusCode >= 300:
		return nil, &statusError{Status: resp.StatusCode, Path: path}
	case errors.As(err, &address): // its query is nobody's business
		err = address.Err
	}
	return nil, fmt.Errorf("%s: %w", path, err)
}

// says is what GitLab told about a refusal.
func says(body []byte) string {
	var e struct {
		Message json.RawMessage `json:"message"`
		Error   string          `json:"error"`
		Details string          `json:"error_description"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	var text string
	if json.Unmarshal(e.Message, &text) != nil {
		text = string(e.Message)
	}
	return firstOf(text, e.Details, e.Error)
}

// one reads a single record.
func (c *Connector) one(ctx context.Context, path string) (json.RawMessage, error) {
	var raw json.RawMessage
	_, err := c.get(ctx, path, nil, &raw)
	return raw, err
}

var errRepeated = errors.New("GitLab says that the next page is one that was read already")

// emptyTries is how often a page is asked for that is empty though others
// follow: what belongs into it would be missing.
const emptyTries = 3

// maxTries is how often a listing is read that changes while it is.
const maxTries = 4

// all reads a listing to its end. Its pages are counted off from its beginning,
// so when a record goes, or moves to the back, the first one of the next page
// moves to the page before and is never shown. Then there are fewer in the end
// than the first page told, and the listing is read again; what is missing twice
// alike GitLab counts without showing it to us. Above 10,000 it tells no number:
// there a record that comes twice is the sign.
func (c *Connector) all(ctx context.Context, path string, query url.Values) ([]json.RawMessage, error) {
	var before []string
	for range maxTries {
		got, err := c.once(ctx, path, query)
		if err != nil || got.whole() || before != nil && slices.Equal(before, got.ids) {
			return got.records, err
		}
		before = got.ids
	}
	return nil, fmt.Errorf("%s: the listing changed each of the %d times it was read", path, maxTries)
}

// listing is what one reading of a listing showed, each record once.
type listing struct {
	records []json.RawMessage
	ids     []string // of the records
	told    int      // how many there are, as the first page told; 0 is unknown
	twice   bool     // a record came twice
}

func (l *listing) whole() bool {
	if l.told > 0 {
		return len(l.ids) >= l.told
	}
	return !l.twice
}

// once reads a listing page by page.
func (c *Connector) once(ctx context.Context, path string, query url.Values) (got listing, err error) {
	q := with(query, "per_page", strconv.Itoa(pageRows))
	at := map[string]int{}
	number := int64(1)
	for range maxPages {
		q.Set("page", strconv.FormatInt(number, 10))
		page, err := c.page(ctx, path, q)
		if err != nil {
			return got, err
		}
		if number == 1 {
			got.told = page.total
		}
		for _, raw := range page.records {
			id := record.ID(raw)
			if i, again := at[id]; again && id != "" {
				got.records[i], got.twice = raw, true // the later one is newer
				continue
			}
			at[id] = len(got.ids)
			got.records, got.ids = append(got.records, raw), append(got.ids, id)
		}
		if page.next == 0 {
			return got, nil
		}
		if page.next <= number {
			return got, fmt.Errorf("%s: %w", path, errRepeated)
		}
		number = page.next
	}
	return got, fmt.Errorf("%s: the listing does not end", path)
}

// page is one page of a listing.
type page struct {
	records []json.RawMessage
	next    int64 // 0 at the end
	total   int   // of the listing; 0 is unknown
}

func (c *Connector) page(ctx context.Context, path string, q url.Values) (page, error) {
	for range emptyTries {
		var list []json.RawMessage
		resp, err := c.get(ctx, path, q, &list)
		if err != nil {
			return page{}, err
		}
		if len(list) > 0 || resp.NextPage == 0 {
			return page{list, resp.NextPage, int(resp.TotalItems)}, nil
		}
	}
	return page{}, fmt.Errorf("%s: page %s is empty, but others follow", path, q.Get("page"))
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
