package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
)

// How much is asked for at once, and how much goes into a page.
const (
	pageFacts     = 1000 // a page is full when it has so many facts
	maxIDs        = 5000 // ids in a page of Cloud's search
	maxRows       = 100  // issues in a page of Cloud's search
	maxBulk       = 100  // issues in one bulk fetch
	maxChangelogs = 1000 // issues in one request for changelogs
	projectsAPage = 100
	maxProjectIDs = 50 // projects that one search for projects may name
	versionsAPage = 50
	maxBareRows   = 1000 // issues in a page of Data Center's search for few fields
)

// maxPages bounds every listing: no site has that many, so the tool is going
// round in circles.
const maxPages = 100_000

var errCircles = errors.New("the listing does not end")

var errRepeated = errors.New("the tool gave the same page token twice")

// offsetPage is a page of a listing with startAt.
type offsetPage struct {
	StartAt int               `json:"startAt"`
	Total   int               `json:"total"`
	IsLast  bool              `json:"isLast"`
	Values  []json.RawMessage `json:"values"`
}

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
