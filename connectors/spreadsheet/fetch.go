package spreadsheet

import (
	"context"
	"fmt"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// Fetch implements connectors.Fetcher: the files are read once more. What is in
// none of their rows was deleted. Where a row cannot be read, or told who it
// is, nothing is said of what may be in it.
func (c complete) Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	b, _, err := c.load(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	defer b.close()
	wanted := map[portfolio.Key]bool{}
	for _, f := range lost {
		wanted[f.Key()] = true
	}
	answers := map[portfolio.Key]connectors.Fetched{}
	unread := map[string]bool{} // document ids of rows that cannot be read
	nameless := false
	v := newConversion(c.env.Connection, b)
	err = b.walk(func(r *record) error {
		out := v.convert(r)
		for _, f := range out.facts {
			if key := f.Key(); wanted[key] {
				answers[key] = connectors.Fetched{Key: key, Fact: f}
			}
		}
		if q := out.quarantined; q != nil {
			key := portfolio.Key{Kind: q.Of, ID: q.DocID()}
			unread[key.ID] = true
			nameless = nameless || r.id == ""
			if wanted[key] {
				answers[key] = connectors.Fetched{Key: key, Unreadable: q}
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	var found []connectors.Fetched
	for _, f := range lost {
		key := f.Key()
		answer, ok := answers[key]
		switch {
		case ok:
			found = append(found, answer)
		case !nameless && !dependsOn(f, unread):
			found = append(found, connectors.Fetched{Key: key, Presence: portfolio.PresenceDeleted})
		}
	}
	return found, nil
}

// dependsOn tells whether a fact is told by a row that cannot be read.
func dependsOn(f portfolio.ToolFact, unread map[string]bool) bool {
	switch f := f.(type) {
	case *portfolio.DependencyFact:
		return unread[f.Predecessor.Ref] || unread[f.Successor.Ref]
	case *portfolio.StatusReportFact:
		return unread[f.Project]
	}
	return false
}
