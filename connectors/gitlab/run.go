package gitlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// The streams of a cursor.
const (
	streamRun     = "run"     // Since: when the last run began, by GitLab's clock
	streamOwners  = "owners"  // Since: a hash of the groups and projects that it knew
	streamAccount = "account" // Since: who we were
	streamListing = "listing" // Position: the last stage of a sweep that is done
)

// position is how far a run has come.
type position struct {
	Stage   string `json:"stage"`
	After   int64  `json:"after"`             // id of the last group or project that is done; 0 is none
	Started string `json:"started,omitempty"` // what since will be when the run ends
	Owners  string `json:"owners,omitempty"`  // of the groups and projects that were there when it began
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
	sweeping bool      // this is a List
	changed  time.Time // what changed since then is read; zero is everything

	wholeGroups, wholeProjects []owner // those that are read as a whole

	stage   string
	listed  string                 // the last stage of a sweep that is done
	greeted bool                   // Site was told
	told    map[portfolio.Key]bool // people and links that this run has told
	page    connectors.Page
	done    int
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
		conversion: conversion{session: s, want: &c.settings, connection: c.env.Connection, hidden: &c.hidden},
	}
	if p := since[streamRun].Position; p != "" {
		if err := json.Unmarshal([]byte(p), &r.position); err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
	}
	if text := since[streamRun].Since; text != "" {
		last, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
		r.changed = last.Add(-overlap)
	}
	return r, c.readOwners(ctx, s)
}

// quick tells that only what changed is read.
func (r *run) quick() bool { return !r.changed.IsZero() }

func (r *run) add(v converted) {
	if v.quarantined != nil {
		r.page.Quarantined = append(r.page.Quarantined, *v.quarantined)
	}
	for _, f := range v.facts {
		if k := f.Key(); k.Kind == portfolio.KindPerson || k.Kind == portfolio.KindDependency {
			if r.told[k] {
				continue
			}
			r.told[k] = true
		}
		r.page.Facts = append(r.page.Facts, f)
	}
	r.done++
}

// ended hands the page over if it is due, now that the group or project with
// the id is done.
func (r *run) ended(id int64) error {
	if err := r.ctx.Err(); err != nil { // what was read ahead needs no more requests
		return err
	}
	if len(r.page.Facts)+len(r.page.Quarantined) < pageFacts {
		return nil
	}
	return r.flush(r.at(id))
}

// at is the cursor of a run that has come so far. A sweep goes on only at the
// beginning of a stage: what it saw before is known to nobody.
func (r *run) at(id int64) connectors.Cursor {
	if r.sweeping {
		return connectors.Cursor{streamListing: {Position: r.listed}, streamAccount: {Since: r.account}}
	}
	p := r.position
	p.Stage, p.After = r.stage, id
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and a number always encode
	}
	return connectors.Cursor{
		streamRun:     {Since: r.since[streamRun].Since, Position: string(text)},
		streamOwners:  {Since: r.since[streamOwners].Since},
		streamAccount: {Since: r.account},
	}
}

// finish hands over the last page: only now since moves, to the run's start.
func (r *run) finish() error {
	if r.sweeping {
		return r.flush(connectors.Cursor{streamAccount: {Since: r.account}})
	}
	r.known.remember(r.position.Owners, r.session)
	return r.flush(connectors.Cursor{
		streamRun:     {Since: r.position.Started},
		streamOwners:  {Since: r.position.Owners},
		streamAccount: {Since: r.account},
	})
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

// beyond are the owners that come after the one with the id.
func beyond(list []owner, id int64) []owner {
	return slices.DeleteFunc(slices.Clone(list), func(o owner) bool { return o.id <= id })
}

// lastPart is what comes after the last slash of a document's id.
func lastPart(doc string) string { return doc[strings.LastIndex(doc, "/")+1:] }
