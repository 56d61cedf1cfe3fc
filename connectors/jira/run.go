package jira

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

// The streams of a cursor.
const (
	streamIssues  = "issues"  // Since: Unix milliseconds by Jira's clock
	streamAccount = "account" // Since: who we were
	streamListing = "listing" // Position: the stages of a sweep that are done
)

// position is how far a run has come.
type position struct {
	Stage   string `json:"stage,omitempty"`
	After   string `json:"after,omitempty"`   // id of the last record, or instant in milliseconds
	Started int64  `json:"started,omitempty"` // the run's start by Jira's clock, in milliseconds
}

// The stages of a full run, in order. Data Center has all issues in one.
const (
	stageProjects   = "projects"
	stageVersions   = "versions"
	stageIssues     = "issues" // those that are projects
	stageMilestones = "milestones"
	stageRisks      = "risks"
)

var stageOrder = []string{"", stageProjects, stageVersions, stageIssues, stageMilestones, stageRisks}

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
	greeted  bool            // Site was told
	people   map[string]bool // told in this run
	told     map[string]bool // Jira projects, by id, that this run has told, or an interrupted one before it
	page     connectors.Page

	// wholeListing has Data Center's projects by id, once a quick run met many.
	wholeListing map[string]json.RawMessage

	done  int
	total int // records that the run will bring, as far as it is known; 0 is unknown

	// Of a sweep: the last listing that is done, and the projects.
	sweeping bool
	stage    string
	listed   []projectRecord
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
		Connector: c, ctx: ctx, yield: yield, since: since, people: map[string]bool{}, told: map[string]bool{},
		conversion: conversion{session: s, connection: c.env.Connection, hidden: c.hidden, parents: map[string]parent{}, person: c.remember},
	}
	if p := since[streamIssues].Position; p != "" {
		if err := json.Unmarshal([]byte(p), &r.position); err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
	}
	if r.position.Started == 0 {
		r.position.Started = s.started.UnixMilli()
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

// at is the cursor of a run that has come so far.
func (r *run) at(stage, after string) connectors.Cursor {
	if r.sweeping {
		return r.listingCursor()
	}
	p := position{Stage: stage, After: after, Started: r.position.Started}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and a number always encode
	}
	return connectors.Cursor{
		streamIssues:  {Since: r.since[streamIssues].Since, Position: string(text)},
		streamAccount: {Since: r.account},
	}
}

// finish hands over the last page: only now since moves, to the run's start.
func (r *run) finish() error {
	return r.flush(connectors.Cursor{
		streamIssues:  {Since: strconv.FormatInt(r.position.Started, 10)},
		streamAccount: {Since: r.account},
	})
}

// bareKind splits the document id of one of our facts.
func (c *Connector) bareKind(key portfolio.Key) (kind, id string) {
	rest, ok := strings.CutPrefix(key.ID, c.env.Connection+"/")
	if !ok {
		return "", ""
	}
	kind, id, _ = strings.Cut(rest, "/")
	return kind, id
}
