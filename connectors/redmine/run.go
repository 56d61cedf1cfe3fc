package redmine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// The streams of a cursor.
const (
	streamIssues  = "issues"  // Since: the last change that was there when the run began, by Redmine's clock
	streamAccount = "account" // Since: who we were
	streamListing = "listing" // Position: the last stage of a sweep that is done
)

// position is how far a run has come.
type position struct {
	Stage  string `json:"stage,omitempty"`
	After  int64  `json:"after,omitempty"`  // id of the last project or issue that is done
	Newest string `json:"newest,omitempty"` // what since will be when the run ends
}

// The stages of every run and sweep, in order.
const (
	stageProjects = "projects"
	stageVersions = "versions"
	stageIssues   = "issues"
)

var stageOrder = []string{"", stageProjects, stageVersions, stageIssues}

// past tells whether the stage is behind us.
func (p position) past(stage string) bool {
	return slices.Index(stageOrder, p.Stage) > slices.Index(stageOrder, stage)
}

// after is where to go on in the stage; 0 is its beginning.
func (p position) after(stage string) int64 {
	if p.Stage == stage {
		return p.After
	}
	return 0
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
	resumed  bool                   // an interrupted run goes on
	sweeping bool                   // this is a List
	greeted  bool                   // Site was told
	told     map[portfolio.Key]bool // people and odd records that this run has told
	page     connectors.Page
	done     int
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
		Connector: c, ctx: ctx, yield: yield, since: since, told: map[portfolio.Key]bool{},
		conversion: conversion{session: s, connection: c.env.Connection, base: c.base, hidden: &c.hidden, versions: c.settings.readsVersions(), links: !c.settings.Dependencies.Off},
	}
	if p := since[streamIssues].Position; p != "" {
		if err := json.Unmarshal([]byte(p), &r.position); err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
		r.resumed = true
	}
	return r, nil
}

// addAll puts what records became into the page that is being filled, after
// asking for the people among them that are not known yet.
func (r *run) addAll(list []converted) error {
	var met []int64
	for _, v := range list {
		for _, f := range v.facts {
			if p, ok := f.(*portfolio.PersonFact); ok && !r.told[p.Key()] {
				met = append(met, numeric(p.ID))
			}
		}
	}
	slices.Sort(met)
	for _, err := range inorder.Map(r.ctx, r.concurrency(), slices.Compact(met), r.meet) {
		if err != nil {
			return err
		}
	}
	for _, v := range list {
		r.add(v)
	}
	return nil
}

func (r *run) add(v converted) {
	if q := v.quarantined; q != nil {
		key := portfolio.Key{Kind: q.Of, ID: q.DocID()}
		if r.told[key] { // a shared version is listed in many places
			return
		}
		r.told[key] = true
		r.page.Quarantined = append(r.page.Quarantined, *q)
	}
	for _, f := range v.facts {
		if p, ok := f.(*portfolio.PersonFact); ok {
			if r.told[p.Key()] {
				continue
			}
			r.told[p.Key()] = true
			r.people.complete(p)
		}
		r.page.Facts = append(r.page.Facts, f)
	}
	r.done++
}

// full tells whether the page is due.
func (r *run) full() bool { return len(r.page.Facts)+len(r.page.Quarantined) >= pageFacts }

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

// at is the cursor of a run that has come so far. A sweep goes on only at the
// beginning of a stage: what it saw before is known to nobody.
func (r *run) at(stage string, after int64) connectors.Cursor {
	if r.sweeping {
		done := stageOrder[slices.Index(stageOrder, stage)-1]
		return connectors.Cursor{streamListing: {Position: done}, streamAccount: {Since: r.account}}
	}
	text, err := json.Marshal(position{Stage: stage, After: after, Newest: r.position.Newest})
	if err != nil {
		panic(err) // texts and a number always encode
	}
	return connectors.Cursor{
		streamIssues:  {Since: r.since[streamIssues].Since, Position: string(text)},
		streamAccount: {Since: r.account},
	}
}

// finish hands over the last page: only now since moves.
func (r *run) finish() error {
	if r.sweeping {
		return r.flush(connectors.Cursor{streamAccount: {Since: r.account}})
	}
	return r.flush(connectors.Cursor{
		streamIssues:  {Since: r.position.Newest},
		streamAccount: {Since: r.account},
	})
}

// complete says that a scope was listed as a whole, if this process saw all of it.
func (r *run) complete(scope string, of portfolio.Kind) {
	r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scope, Of: of})
}
