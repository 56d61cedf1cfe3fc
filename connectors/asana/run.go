package asana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// The streams of a cursor. Each project has one of its own.
const (
	streamTasks   = "tasks"    // Since: Unix milliseconds by Asana's clock; Position: that of the run under way
	streamAccount = "account"  // who we were
	streamProject = "project/" // with the gid: a mark
)

// A mark says how far a project has been read.
type mark struct {
	// Sync is the token to ask for the project's events with.
	Sync string `json:"sync"`
	// Report is the gid of its newest status update.
	Report string `json:"report,omitempty"`
	// Offset is where its tasks go on, of a run that broke off among them.
	Offset string `json:"offset,omitempty"`
}

func (m mark) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(text)
}

func parseMark(text string) (mark, error) {
	var m mark
	if text == "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
	}
	return m, nil
}

// errStopped says that the consumer has had enough.
var errStopped = errors.New("stopped")

// pageFacts is how many facts make a page.
const pageFacts = 500

// run is one Pull, List or Fetch under way.
type run struct {
	*Connector
	*session
	conversion
	grouping
	goalReading
	ctx     context.Context
	yield   func(connectors.Page, error) bool
	since   connectors.Cursor
	started int64           // the run's start by Asana's clock, in milliseconds
	resumed bool            // an interrupted run goes on
	sweep   bool            // it is a List
	marks   map[string]mark // of the projects that this run has read, by gid
	greeted bool            // Site was told
	told    map[string]bool // people, in this run
	page    connectors.Page

	done, total int
}

func (c *Connector) run(ctx context.Context, since connectors.Cursor, yield func(connectors.Page, error) bool) (*run, error) {
	s, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	was := since[streamAccount].Since + since[streamAccount].Position
	if was != "" && was != s.me.GID {
		return nil, fmt.Errorf("%w: it was made by account %s, and now we are %s", connectors.ErrCursor, was, s.me.GID)
	}
	r := &run{
		Connector: c, session: s, ctx: ctx, yield: yield, since: since, started: s.started.UnixMilli(),
		marks: map[string]mark{}, told: map[string]bool{},
		conversion: conversion{connection: c.env.Connection, hidden: c.hidden, wording: c.wording(), projects: map[string]*projectRecord{}},
	}
	if p := since[streamTasks].Position; p != "" {
		if r.started, err = strconv.ParseInt(p, 10, 64); err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
		r.resumed = true
	}
	if err := r.readPortfolios(); err != nil {
		return nil, err
	}
	r.groups = r.of
	if r.asks(fieldGoals) {
		if err := r.readGoals(); err != nil {
			return nil, err
		}
		r.supported = r.goals
	}
	return r, nil
}

// before is how far an earlier run had read a project, and done whether that
// was this run, before it was interrupted.
func (r *run) before(gid string) (m mark, done bool, err error) {
	s := r.since[streamProject+gid]
	if s.Position != "" {
		m, err = parseMark(s.Position)
		return m, true, err
	}
	m, err = parseMark(s.Since)
	return m, false, err
}

// add puts what a record became into the page that is being filled.
func (r *run) add(v converted) error {
	if v.quarantined != nil {
		r.page.Quarantined = append(r.page.Quarantined, *v.quarantined)
	}
	for _, f := range v.facts {
		if p, ok := f.(*portfolio.PersonFact); ok {
			if r.told[p.ID] {
				continue
			}
			r.told[p.ID] = true
			known, err := r.known(r.ctx, p)
			if err != nil {
				return err
			}
			f = known
		}
		r.page.Facts = append(r.page.Facts, f)
	}
	r.done++
	return nil
}

// full tells whether the page is due.
func (r *run) full() bool { return len(r.page.Facts)+len(r.page.Quarantined) >= pageFacts }

// flush hands the page over with the cursor that makes it durable.
func (r *run) flush(next connectors.Cursor) error {
	if err := r.ctx.Err(); err != nil {
		return err // what was read ahead is not handed over to somebody who left
	}
	page := r.page
	if !r.greeted {
		r.greeted = true
		page.Site = &r.site
	}
	page.Next, page.Done, page.Total = next, r.done, r.total
	if r.done > r.total {
		page.Total = 0 // more than was counted on: unknown
	}
	r.page = connectors.Page{}
	if !r.yield(page, nil) {
		return errStopped
	}
	return nil
}

// flushIfFull hands the page over when it is due.
func (r *run) flushIfFull() error {
	if !r.full() {
		return nil
	}
	return r.flush(r.at())
}

// at is the cursor of a run that has come so far.
func (r *run) at() connectors.Cursor {
	if r.sweep {
		return connectors.Cursor{streamAccount: {Since: r.me.GID}}
	}
	next := connectors.Cursor{
		streamTasks:   {Since: r.since[streamTasks].Since, Position: strconv.FormatInt(r.started, 10)},
		streamAccount: {Position: r.me.GID},
	}
	for name, s := range r.since {
		if strings.HasPrefix(name, streamProject) {
			next[name] = s
		}
	}
	for gid, m := range r.marks {
		name := streamProject + gid
		next[name] = portfolio.StreamCursor{Since: r.since[name].Since, Position: m.String()}
	}
	return next
}

// finish hands over the last page: only now since moves, to the run's start,
// and each project's to where its events were.
func (r *run) finish() error {
	next := connectors.Cursor{
		streamTasks:   {Since: strconv.FormatInt(r.started, 10)},
		streamAccount: {Since: r.me.GID},
	}
	for gid, m := range r.marks {
		if m.Sync != "" { // an archived one has no events to go on with
			next[streamProject+gid] = portfolio.StreamCursor{Since: m.String()}
		}
	}
	return r.flush(next)
}

// inAge are projects, the oldest first.
func (r *run) inAge(use func(*projectRecord) bool) []*projectRecord {
	var list []*projectRecord
	for _, p := range r.projects {
		if use(p) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *projectRecord) int { return older(a.GID, b.GID) })
	return list
}
