package azuredevops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// The streams of a cursor. Since is the token of a feed, as the tool gave it.
const (
	streamItems   = "items"
	streamLinks   = "links"
	streamTree    = "hierarchy"
	streamAccount = "account" // Since: who we were
	streamListing = "listing" // Position: the stages of a sweep that are done
)

// The stages of a run, in order.
const (
	stageProjects   = "projects"
	stageIterations = "iterations"
	stagePast       = "past"
	stageItems      = "items"
	stageLinks      = "links"
	stageTree       = "hierarchy"
)

var stageOrder = []string{"", stageProjects, stageIterations, stagePast, stageItems, stageLinks, stageTree}

// position is how far a run has come.
type position struct {
	Stage string `json:"stage,omitempty"`
	After string `json:"after,omitempty"` // token of the stage's feed, or id of the last project
	Items string `json:"items,omitempty"` // where the feed of work items ended
	Links string `json:"links,omitempty"` // where the feed of links ended
}

// past tells whether the stage is behind us.
func (p position) past(stage string) bool {
	return slices.Index(stageOrder, p.Stage) > slices.Index(stageOrder, stage)
}

// after is where to go on in the stage; empty is its beginning.
func (p position) after(stage string) string {
	if p.Stage == stage {
		return p.After
	}
	return ""
}

// errStopped says that the consumer has had enough.
var errStopped = errors.New("stopped")

// run is one Pull or List under way.
type run struct {
	*Connector
	conversion
	ctx      context.Context
	yield    func(connectors.Page, error) bool
	since    connectors.Cursor
	position position
	resumed  position        // where an interrupted run before this one was
	greeted  bool            // Site was told
	people   map[string]bool // told in this run
	page     connectors.Page
	done     int

	// Of a sweep: the last listing that is done.
	sweeping bool
	stage    string
}

func (c *Connector) run(ctx context.Context, since connectors.Cursor, yield func(connectors.Page, error) bool) (*run, error) {
	s, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	if was := since[streamAccount].Since; was != "" && was != s.account {
		return nil, fmt.Errorf("%w: it was made by account %s, and now we are %s", connectors.ErrCursor, was, s.account)
	}
	r := &run{
		Connector: c, ctx: ctx, yield: yield, since: since, people: map[string]bool{},
		conversion: conversion{session: s, connection: c.env.Connection, hidden: c.hidden, known: map[int64]brief{}, category: c.category},
	}
	if p := since[streamItems].Position; p != "" {
		if err := json.Unmarshal([]byte(p), &r.position); err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
		r.resumed = r.position
	}
	return r, nil
}

// add puts what a record became into the page that is being filled.
func (r *run) add(v converted) {
	if v.quarantined != nil {
		r.page.Quarantined = append(r.page.Quarantined, *v.quarantined)
	}
	for _, f := range v.facts {
		if p, ok := f.(*portfolio.PersonFact); ok {
			if r.people[p.ID] {
				continue
			}
			r.people[p.ID] = true
		}
		r.page.Facts = append(r.page.Facts, f)
	}
	r.done++
}

// complete ends the listing of a scope, unless its beginning was read by
// another run.
func (r *run) complete(stage string, scopes ...connectors.Scope) {
	if r.resumed.Stage != stage && !r.resumed.past(stage) {
		r.page.Complete = append(r.page.Complete, scopes...)
	}
}

// full tells whether the page is due.
func (r *run) full() bool {
	return len(r.page.Facts)+len(r.page.Quarantined)+len(r.page.Seen) >= pageFacts
}

// flush hands the page over with the cursor that makes it durable.
func (r *run) flush(next connectors.Cursor) error {
	page := r.page
	if !r.greeted {
		r.greeted = true
		page.Site = &r.site
	}
	page.Next, page.Done = next, r.done
	r.page = connectors.Page{}
	if !r.yield(page, nil) {
		return errStopped
	}
	return nil
}

// at is the cursor of a run that has come so far.
func (r *run) at(stage, after string) connectors.Cursor {
	if r.sweeping {
		return r.listingCursor()
	}
	r.position.Stage, r.position.After = stage, after
	text, err := json.Marshal(r.position)
	if err != nil {
		panic(err) // texts always encode
	}
	return connectors.Cursor{
		streamItems:   {Since: r.since[streamItems].Since, Position: string(text)},
		streamLinks:   {Since: r.since[streamLinks].Since},
		streamTree:    {Since: r.since[streamTree].Since},
		streamAccount: {Since: r.account},
	}
}

// finish hands over the last page: only now since moves.
func (r *run) finish(tree string) error {
	return r.flush(connectors.Cursor{
		streamItems:   {Since: r.position.Items},
		streamLinks:   {Since: r.position.Links},
		streamTree:    {Since: tree},
		streamAccount: {Since: r.account},
	})
}

// listingCursor says which listings are done.
func (r *run) listingCursor() connectors.Cursor {
	return connectors.Cursor{streamListing: {Position: r.stage}, streamAccount: {Since: r.account}}
}

// bareKind splits the document id of one of our facts.
func (c *Connector) bareKind(doc string) (kind, id string) {
	rest, ok := strings.CutPrefix(doc, c.env.Connection+"/")
	if !ok {
		return "", ""
	}
	kind, id, _ = strings.Cut(rest, "/")
	return kind, id
}
