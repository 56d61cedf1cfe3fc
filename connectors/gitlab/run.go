package gitlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// The streams of a cursor. Every run reads everything, so nothing has a since
// but who we were.
const (
	streamAccount = "account"
	streamRun     = "run"
)

// position is how far a run has come.
type position struct {
	Stage string `json:"stage"`
	After int64  `json:"after"` // id of the last group or project that is done; 0 is none
}

// errStopped says that the consumer has had enough.
var errStopped = errors.New("stopped")

// run is one Pull under way.
type run struct {
	*Connector
	conversion
	ctx     context.Context
	yield   func(connectors.Page, error) bool
	stage   string
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
	if err := c.readOwners(ctx, s); err != nil {
		return nil, err
	}
	return &run{
		Connector: c, ctx: ctx, yield: yield, told: map[portfolio.Key]bool{},
		conversion: conversion{session: s, want: &c.settings, connection: c.env.Connection, hidden: &c.hidden},
	}, nil
}

// Pull implements connectors.Connector. It reads everything each time and so
// completes every scope: groups and milestones cannot be asked for by their time
// of change in one question, and what changed is told by comparing.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		err := c.pull(ctx, since, yield)
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("gitlab: %w", err))
		}
	}
}

func (c *Connector) pull(ctx context.Context, since connectors.Cursor, yield func(connectors.Page, error) bool) error {
	var from position
	if p := since[streamRun].Position; p != "" {
		if err := json.Unmarshal([]byte(p), &from); err != nil {
			return fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
	}
	r, err := c.run(ctx, since, yield)
	if err != nil {
		return err
	}
	stages := []struct {
		name string
		of   portfolio.Kind
		read func(after int64) error
	}{
		{scopeGroups, portfolio.KindProject, r.tellGroups},
		{scopeProjects, portfolio.KindProject, r.tellProjects},
		{scopeGroupMilestones, portfolio.KindMilestone, r.groupMilestones},
		{scopeMilestones, portfolio.KindMilestone, r.projectMilestones},
		{scopeEpics, portfolio.KindMilestone, r.readEpics},
		{scopeIssues, portfolio.KindMilestone, r.readIssues},
		{scopeEpicLinks, portfolio.KindDependency, r.readEpicLinks},
		{scopeIssueLinks, portfolio.KindDependency, r.readIssueLinks},
	}
	reached := from.Stage == ""
	for _, s := range stages {
		after := int64(0)
		if !reached {
			if s.name != from.Stage {
				continue
			}
			reached, after = true, from.After
		}
		r.stage = s.name
		if err := s.read(after); err != nil {
			return err
		}
		if after == 0 { // else another process saw the beginning
			r.page.Complete = append(r.page.Complete, connectors.Scope{Name: s.name, Of: s.of})
		}
	}
	if !reached {
		return fmt.Errorf("%w: it stands in a stage %q that there is not", connectors.ErrCursor, from.Stage)
	}
	return r.flush(connectors.Cursor{streamAccount: {Since: r.account}})
}

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
	text, err := json.Marshal(position{r.stage, id})
	if err != nil {
		panic(err) // a text and a number always encode
	}
	return r.flush(connectors.Cursor{streamAccount: {Since: r.account}, streamRun: {Position: string(text)}})
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
