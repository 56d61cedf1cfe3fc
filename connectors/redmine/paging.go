package redmine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"plumbline/internal/record"
)

// How much is asked for at once, and how much goes into a page.
const (
	pageFacts = 1000 // a page is full when it has so many facts
	// pageRows is what Redmine gives at most, whatever is asked for: a larger
	// limit is cut without a word, so a listing must believe what it got.
	pageRows = 100
)

// maxPages bounds every listing: no Redmine has that many, so it is going
// round in circles.
const maxPages = 100_000

var errCircles = errors.New("the listing does not end")

// rows is a page of a listing.
type rows struct {
	records []json.RawMessage
	total   int // -1 when the reply does not tell
}

// rows reads a page of the listing that comes under name.
func (c *Connector) rows(ctx context.Context, path, name string, query url.Values) (rows, error) {
	var reply map[string]json.RawMessage
	page := rows{total: -1}
	if err := c.get(ctx, path, query, &reply); err != nil {
		return page, err
	}
	raw, ok := reply[name]
	if !ok {
		return page, fmt.Errorf("%s: %w", path, record.Missing(name, "a list"))
	}
	if err := record.Field(name, raw, &page.records); err != nil {
		return page, fmt.Errorf("%s: %w", path, err)
	}
	if total, ok := reply["total_count"]; ok {
		if err := record.Field("total_count", total, &page.total); err != nil {
			return page, fmt.Errorf("%s: %w", path, err)
		}
	}
	return page, nil
}

// counted reads a page of a listing that must tell how many records it has:
// without that nobody knows where it ends.
func (c *Connector) counted(ctx context.Context, path, name string, query url.Values) (rows, error) {
	page, err := c.rows(ctx, path, name, query)
	if err == nil && page.total < 0 {
		err = fmt.Errorf("%s: %w", path, record.Missing("total_count", "a number"))
	}
	return page, err
}

// maxTries is how often a listing is read that changes while it is.
const maxTries = 4

// listing reads a whole listing that has nothing but offset and limit, and an
// order that an edit may change: each page begins with the last record of the
// one before, and when it does not, or when records are missing in the end, the
// listing is read anew.
func (c *Connector) listing(ctx context.Context, path, name string, query url.Values) ([]json.RawMessage, error) {
	for range maxTries {
		all, whole, err := c.listOnce(ctx, path, name, query)
		if err != nil || whole {
			return all, err
		}
	}
	return nil, fmt.Errorf("%s: the listing changed each of the %d times it was read", path, maxTries)
}

func (c *Connector) listOnce(ctx context.Context, path, name string, query url.Values) (all []json.RawMessage, whole bool, err error) {
	q := url.Values{"limit": {strconv.Itoa(pageRows)}}
	for key, values := range query {
		q[key] = values
	}
	total, cut := 0, pageRows
	for range maxPages {
		overlap := 0
		if len(all) > 0 && cut > 1 {
			overlap = 1
		}
		q.Set("offset", strconv.Itoa(len(all)-overlap))
		page, err := c.counted(ctx, path, name, q)
		if err != nil {
			return nil, false, err
		}
		got := page.records
		if overlap == 1 {
			if len(got) == 0 || !sameRecord(got[0], all[len(all)-1]) {
				return nil, false, nil
			}
			got = got[1:]
		}
		all, total, cut = append(all, got...), page.total, len(page.records)
		if len(all) >= total {
			break
		}
		if len(page.records) == 0 {
			return nil, false, fmt.Errorf("%s: an empty page at %d of %d", path, len(all), total)
		}
	}
	if len(all) < total {
		return nil, false, fmt.Errorf("%s: %w", path, errCircles)
	}
	seen := map[string]bool{}
	for _, raw := range all {
		id := record.ID(raw)
		if id != "" && seen[id] {
			return nil, false, nil
		}
		seen[id] = true
	}
	return all, true, nil
}

func sameRecord(a, b json.RawMessage) bool {
	if x, y := record.ID(a), record.ID(b); x != "" || y != "" {
		return x == y
	}
	return bytes.Equal(a, b)
}

// numeric turns an id into a number; -1 is none.
func numeric(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
