package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// Fetch implements connectors.Fetcher.
func (c *Connector) Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	r, err := c.run(ctx, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("jira: %w", err)
	}
	f := &fetcher{run: r, admin: sync.OnceValues(func() (bool, error) { return c.permission(ctx, r.api, "ADMINISTER") })}
	for _, fact := range lost {
		switch fact.Origin().Kind {
		case kindIssue:
			f.issues = append(f.issues, fact)
		default:
			f.others = append(f.others, fact)
		}
	}
	if len(f.cardTypes) > 0 && len(f.others) > 0 {
		if err := f.readCards(f.cardsJQL()); err != nil {
			return nil, fmt.Errorf("jira: %w", err)
		}
	}
	if err := f.fetchIssues(); err != nil {
		return nil, fmt.Errorf("jira: %w", err)
	}
	for found, err := range inorder.Map(ctx, c.concurrency(), f.others, f.fetchOther) {
		if err != nil {
			return nil, fmt.Errorf("jira: %w", err)
		}
		if found.Key.ID != "" {
			f.found = append(f.found, found)
		}
	}
	return f.found, nil
}

// fetcher finds out what became of records that a listing lacked.
type fetcher struct {
	*run
	issues, others []portfolio.ToolFact
	admin          func() (bool, error) // whether we administer Jira
	found          []connectors.Fetched
	states         sync.Map // of func() (projectState, error), by id
}

// projectState is how a Jira project shows itself now.
type projectState struct {
	record projectRecord
	fact   portfolio.ToolFact
	bad    *portfolio.Quarantine // when it cannot be read
	seen   bool
}

// projectState asks for a Jira project by its id, once.
func (f *fetcher) projectState(ctx context.Context, id string) (projectState, error) {
	if id == "" {
		return projectState{seen: true}, nil // nothing speaks for a lost project
	}
	ask, _ := f.states.LoadOrStore(id, sync.OnceValues(func() (projectState, error) {
		raw, err := f.projectByID(ctx, id)
		if err != nil || raw == nil {
			return projectState{}, err
		}
		v, record := f.project(raw)
		s := projectState{record: record, seen: true, bad: v.quarantined}
		if v.quarantined == nil {
			s.fact = v.facts[len(v.facts)-1]
		}
		return s, nil
	}))
	return ask.(func() (projectState, error))()
}

// without tells why a record cannot be had whose project is as given: where the
// project is there, or in the bin, the record was deleted; where it cannot be
// seen, the record is lost as the project is.
func (f *fetcher) without(p projectState) (portfolio.Presence, error) {
	if p.seen {
		return portfolio.PresenceDeleted, nil
	}
	return f.lostProject()
}

// projectOf is the id of the Jira project in which a record was, or its key.
func (f *fetcher) projectOf(fact portfolio.ToolFact) string {
	switch fact := fact.(type) {
	case *portfolio.MilestoneFact:
		if kind, id := f.bareKind(portfolio.Key{ID: fact.Project}); kind == kindProject {
			return id
		}
	case *portfolio.RiskFact:
		if kind, id := f.bareKind(portfolio.Key{ID: fact.Project}); kind == kindProject {
			return id
		}
	case *portfolio.ProjectFact:
		if kind, id := f.bareKind(portfolio.Key{ID: fact.Parent}); kind == kindProject {
			return id
		}
	}
	key, _, _ := strings.Cut(fact.Origin().Key, "-")
	return key
}

// fetchIssues asks for issues directly, by their ids, so that one that was
// moved is found wherever it is now.
func (f *fetcher) fetchIssues() error {
	for chunk := range slices.Chunk(f.issues, maxBulk) {
		ids := make([]string, len(chunk))
		for i, fact := range chunk {
			ids[i] = fact.Origin().ID
		}
		records, err := f.issuesByID(ids)
		if err != nil {
			return err
		}
		if err := f.findParents(records); err != nil {
			return err
		}
		matching, err := f.matching(records)
		if err != nil {
			return err
		}
		byID := map[string]json.RawMessage{}
		for _, raw := range records {
			byID[record.ID(raw)] = raw
		}
		for _, fact := range chunk {
			found, err := f.judge(fact, byID[fact.Origin().ID], matching)
			if err != nil {
				return err
			}
			if found.Key.ID != "" {
				f.found = append(f.found, found)
			}
		}
	}
	return nil
}

// issuesByID reads issues by id; those that cannot be had are missing.
func (f *fetcher) issuesByID(ids []string) ([]json.RawMessage, error) {
	if f.cloud {
		records, _, err := f.bulkFetch(f.ctx, ids, f.issueFields())
		return records, err
	}
	var records []json.RawMessage
	for raw, err := range inorder.Map(f.ctx, f.concurrency(), ids, func(ctx context.Context, id string) (json.RawMessage, error) {
		var raw json.RawMessage
		err := f.get(ctx, f.api+"issue/"+pathEscape(id), map[string][]string{"fields": {strings.Join(f.issueFields(), ",")}}, &raw)
		if hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusForbidden) {
			return nil, nil
		}
		return raw, err
	}) {
		if err != nil {
			return nil, err
		}
		if raw != nil {
			records = append(records, raw)
		}
	}
	return records, nil
}

// matching asks which of the issues the JQL clauses of the settings find.
func (f *fetcher) matching(records []json.RawMessage) (map[string]bool, error) {
	out := map[string]bool{}
	if len(f.clauses) == 0 || len(records) == 0 {
		return out, nil
	}
	ids := make([]string, len(records))
	for i, raw := range records {
		ids[i] = record.ID(raw)
	}
	jql := "id in (" + strings.Join(ids, ", ") + ") AND (" + strings.Join(f.clauses, " OR ") + ")"
	note := func(issues []json.RawMessage) error {
		for _, raw := range issues {
			out[record.ID(raw)] = true
		}
		return nil
	}
	return out, f.issueRows(jql, time.Time{}, []string{"updated"}, note)
}

// judge decides what became of one issue, of which raw is what it is now.
func (f *fetcher) judge(lost portfolio.ToolFact, raw json.RawMessage, matching map[string]bool) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	if raw == nil {
		p, err := f.projectState(f.ctx, f.projectOf(lost))
		if err == nil {
			out.Presence, err = f.without(p)
		}
		return out, err
	}
	v := f.issue(raw)
	if v.quarantined != nil {
		v.quarantined.Of = lost.Key().Kind // as it was known when it could be read
		return connectors.Fetched{Key: lost.Key(), Unreadable: v.quarantined}, nil
	}
	c := v.core
	out.Presence = portfolio.PresenceOutOfScope
	read := f.projectTypes[c.Type.ID] || f.plainTypes[c.Type.ID] || f.childTypes[c.Type.ID] || f.riskTypes[c.Type.ID] || matching[v.id]
	if !read || !f.wants(c.Project.ID) {
		return out, nil
	}
	for _, fact := range v.facts {
		if isWork(fact) && fact.Key() == lost.Key() {
			out.Fact, out.Presence = fact, ""
		}
	}
	if out.Fact == nil {
		return out, nil
	}
	p, err := f.projectState(f.ctx, c.Project.ID)
	if err == nil && p.record.Archived {
		out.Fact.Origin().Presence = portfolio.PresenceArchived
	}
	return out, err
}

// fetchOther asks for a project, a version or a link.
func (f *fetcher) fetchOther(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	source := lost.Origin()
	switch source.Kind {
	case kindProject:
		p, err := f.projectState(ctx, source.ID)
		switch {
		case err != nil:
		case !p.seen:
			out.Presence, err = f.lostProject()
		case !f.wants(source.ID) || !f.realProjects:
			out.Presence = portfolio.PresenceOutOfScope
		case p.bad != nil:
			out.Unreadable = p.bad
		default:
			out.Fact = p.fact
		}
		return out, err
	case kindVersion:
		p, err := f.projectState(ctx, f.projectOf(lost))
		if err != nil {
			return out, err
		}
		if !p.seen || p.record.Deleted {
			out.Presence, err = f.without(p)
			return out, err
		}
		var raw json.RawMessage
		err = f.get(ctx, f.api+"version/"+pathEscape(source.ID), nil, &raw)
		if hasStatus(err, http.StatusNotFound) {
			out.Presence = portfolio.PresenceDeleted
			return out, nil
		}
		// It is there, so its project is read no longer, or it was in a part of
		// the listing that shifted: the next one shows it again.
		if err == nil && !f.wants(p.record.ID) {
			out.Presence = portfolio.PresenceOutOfScope
			return out, nil
		}
		return connectors.Fetched{}, err
	case kindLink:
		err := f.get(ctx, f.api+"issueLink/"+pathEscape(source.ID), nil, nil)
		switch {
		case hasStatus(err, http.StatusNotFound):
			out.Presence, err = portfolio.PresenceDeleted, nil
		case hasStatus(err, http.StatusForbidden):
			out.Presence, err = portfolio.PresenceAccessLost, nil
		case err == nil:
			out.Presence = portfolio.PresenceOutOfScope
		}
		return out, err
	}
	return connectors.Fetched{}, nil
}

// lostProject tells why a project cannot be seen, also not in the bin: who
// administers Jira sees every project, so for them it is gone.
func (f *fetcher) lostProject() (portfolio.Presence, error) {
	admin, err := f.admin()
	if admin {
		return portfolio.PresenceDeleted, err
	}
	return portfolio.PresenceAccessLost, err
}
