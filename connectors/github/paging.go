package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// maxPages bounds every listing: nobody has that many, so the tool is going
// round in circles.
const maxPages = 100_000

var (
	errCircles  = errors.New("the listing does not end")
	errRepeated = errors.New("the tool gave the same page twice")
)

// page is a part of a listing.
type page struct {
	path    string
	variant string
	etag    string
	values  []json.RawMessage
	next    string // path of what comes after it; empty at the end
	sso     string // says that some organisations were left out of it
	known   *known // set when it is as we know it, and then has no values
}

// page reads a page. When it may be one that we know, GitHub says so without
// sending it, which does not count against the limit. The variant tells apart
// what the same page was converted to.
func (c *Connector) page(ctx context.Context, path, variant string, maybeKnown bool) (page, error) {
	p := page{path: path, variant: variant}
	etag := ""
	if maybeKnown {
		if p.known = c.memory.recall(path + variant); p.known != nil {
			etag = p.known.etag
		}
	}
	r, err := c.ask(ctx, path, etag)
	if err != nil {
		return p, err
	}
	if r.unchanged && p.known != nil {
		p.next = p.known.next
		return p, nil
	}
	p.known, p.etag, p.sso = nil, r.header.Get("ETag"), r.header.Get(ssoHeader)
	if p.next, err = c.nextPage(r.header); err != nil {
		return p, fmt.Errorf("%s: %w", bare(path), err)
	}
	if p.next == path {
		return p, fmt.Errorf("%s: %w", bare(path), errRepeated)
	}
	if p.values, err = recordsOf(r.body); err != nil {
		return p, fmt.Errorf("%s: %w", bare(path), err)
	}
	return p, nil
}

// recordsOf takes the records out of a reply: a list, or the only list in an
// object.
func recordsOf(body []byte) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		var wrapped struct {
			Repositories []json.RawMessage `json:"repositories"`
		}
		err := json.Unmarshal(body, &wrapped)
		return wrapped.Repositories, err
	}
	err := json.Unmarshal(body, &list)
	return list, err
}

// all reads a listing to its end, where nobody needs it page by page.
func (c *Connector) all(ctx context.Context, path string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	for range maxPages {
		p, err := c.page(ctx, path, "", false)
		if err != nil {
			return nil, err
		}
		all = append(all, p.values...)
		if p.next == "" {
			return all, nil
		}
		path = p.next
	}
	return nil, fmt.Errorf("%s: %w", bare(path), errCircles)
}
