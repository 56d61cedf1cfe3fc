package github

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// fetchOnBoard tells what became of a board or of what is on it.
func (f *fetcher) fetchOnBoard(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	b, there := f.boardOf(lost)
	switch id := f.boardID(lost); {
	case id == 0:
		return connectors.Fetched{}, nil // never stored, so nobody knows where it was
	case there:
	case f.unwanted[id]:
		out.Presence = portfolio.PresenceOutOfScope
		return out, nil
	default:
		out.Presence = portfolio.PresenceAccessLost
		return out, nil
	}
	found, err := f.onBoard(ctx, b)
	if err != nil {
		return out, err
	}
	v, ok := found[lost.Key()]
	switch {
	case ok && v.quarantined != nil:
		out.Unreadable = v.quarantined
	case ok:
		for _, fact := range v.facts {
			if fact.Key() == lost.Key() {
				out.Fact = fact
			}
		}
	default:
		out.Presence, err = f.offBoard(ctx, lost)
	}
	return out, err
}

// boardID is the board that a record is, or was on.
func (f *fetcher) boardID(lost portfolio.ToolFact) int64 {
	doc := lost.Key().ID
	switch fact := lost.(type) {
	case *portfolio.MilestoneFact:
		doc = fact.Project
	case *portfolio.StatusReportFact:
		doc = fact.Project
	}
	kind, id := f.bareKind(doc)
	if kind != kindBoard {
		return 0
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (f *fetcher) boardOf(lost portfolio.ToolFact) (board, bool) {
	id := f.boardID(lost)
	for _, b := range f.boards {
		if b.id == id {
			return b, true
		}
	}
	return board{}, false
}

// onBoard is everything that a board gives now, read once.
func (f *fetcher) onBoard(ctx context.Context, b board) (map[portfolio.Key]converted, error) {
	ask, _ := f.onBoards.LoadOrStore(b.id, sync.OnceValues(func() (map[portfolio.Key]converted, error) {
		found := map[portfolio.Key]converted{}
		note := func(v converted) {
			for _, key := range v.keys() {
				found[key] = v
			}
		}
		note(b.facts)
		for _, v := range f.iterations(b) {
			note(v)
		}
		if err := f.eachUpdate(b, true, note); err != nil {
			return nil, err
		}
		if !f.reads(fromItems) {
			return found, nil
		}
		return found, f.eachItem(ctx, b, "", func(nodes []json.RawMessage, _ string) error {
			for _, raw := range nodes {
				note(f.item(raw, b, f.boardIDs))
			}
			return nil
		})
	}))
	return ask.(func() (map[portfolio.Key]converted, error))()
}

// offBoard tells why a record is no longer on a board that is there: an issue
// may have been taken off it, or may have lost its date.
func (f *fetcher) offBoard(ctx context.Context, lost portfolio.ToolFact) (portfolio.Presence, error) {
	repo, number, ok := strings.Cut(lost.Origin().Key, "#")
	if lost.Origin().Kind != kindIssue || !ok {
		return portfolio.PresenceDeleted, nil
	}
	var raw json.RawMessage
	_, err := f.get(ctx, repository{fullName: repo}.path("/issues/"+url.PathEscape(number)), &raw)
	switch {
	case hasStatus(err, http.StatusNotFound, http.StatusGone):
		return f.without(ctx, repo)
	case err != nil:
		return "", err
	case idOf(raw) != lost.Origin().ID: // transferred: it is another one there
		return portfolio.PresenceDeleted, nil
	}
	return portfolio.PresenceOutOfScope, nil
}

// fetchRelation asks the issue that waits whether it still does.
func (f *fetcher) fetchRelation(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	d, ok := lost.(*portfolio.DependencyFact)
	if !ok || d.Successor.Key == "" {
		return connectors.Fetched{}, nil
	}
	out := connectors.Fetched{Key: lost.Key(), Presence: portfolio.PresenceDeleted}
	repo, _, _ := strings.Cut(d.Successor.Key, "#")
	_, bare := f.bareKind(d.Successor.Ref)
	id, _ := strconv.ParseInt(bare, 10, 64) // none makes another key, which is not found
	facts, err := f.relationsOf(ctx, lost.Origin().Kind, repository{fullName: repo}.path(""), end{id, d.Successor.Key, d.Successor.Name})
	for _, fact := range facts {
		if fact.Key() == lost.Key() {
			out.Fact, out.Presence = fact, ""
		}
	}
	if err == nil && len(facts) == 0 {
		out.Presence, err = f.without(ctx, repo)
	}
	return out, err
}

// without tells why something is not to be had from a repository: where that
// is to be seen, it was deleted.
func (f *fetcher) without(ctx context.Context, repo string) (portfolio.Presence, error) {
	_, err := f.ask(ctx, repository{fullName: repo}.path(""), "")
	if gone(err) {
		return portfolio.PresenceAccessLost, nil
	}
	return portfolio.PresenceDeleted, err
}
