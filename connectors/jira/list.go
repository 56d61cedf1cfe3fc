package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// List implements connectors.Lister: projects and versions in full, for they
// have no time of change; issues by their ids; dependencies from the issues
// that have any. A listing that was interrupted begins again at the scope that
// it was in.
func (c *Connector) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, connectors.Cursor{streamAccount: from[streamAccount]}, yield)
		if err == nil {
			r.sweeping = true
			err = r.sweep(from[streamListing].Position)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("jira: %w", err))
		}
	}
}

// sweep runs the listings that come after the one that is done.
func (r *run) sweep(done string) error {
	stages := []struct {
		name string
		list func() error
	}{
		{scopeProjects, func() error { return r.listProjects(done == "") }},
		{scopeVersions, r.listVersions},
		{scopeIssueProjects, func() error {
			return r.listIDs(r.projectsJQL(), connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject})
		}},
		{scopeIssues, func() error {
			return r.listIDs(r.milestonesJQL(), connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone})
		}},
		{scopeLinks, r.listLinks},
	}
	if !r.cloud {
		stages = append(stages[:2], struct {
			name string
			list func() error
		}{scopeLinks, r.listRows})
	}
	reached := done == ""
	for i, s := range stages {
		if !reached {
			reached = s.name == done
			continue
		}
		r.stage = doneBefore(i, func(i int) string { return stages[i].name })
		if err := s.list(); err != nil {
			return err
		}
		r.stage = s.name
		if len(r.page.Complete) > 0 && i < len(stages)-1 {
			if err := r.flush(r.listingCursor()); err != nil {
				return err
			}
		}
	}
	return r.flush(connectors.Cursor{streamAccount: {Since: r.account}})
}

func doneBefore(i int, name func(int) string) string {
	if i == 0 {
		return ""
	}
	return name(i - 1)
}

// listingCursor says which listings are done.
func (r *run) listingCursor() connectors.Cursor {
	return connectors.Cursor{streamListing: {Position: r.stage}, streamAccount: {Since: r.account}}
}

func (r *run) listProjects(tell bool) error {
	var err error
	r.listed, err = r.projects(tell)
	return err
}

func (r *run) listVersions() error {
	if r.listed == nil {
		var err error
		if r.listed, err = r.projects(false); err != nil {
			return err
		}
	}
	return r.versions(r.listed, "")
}

// listIDs lists the issues that a query finds. Children are told by their
// parents, so those are asked for too where they matter.
func (r *run) listIDs(jql string, scope connectors.Scope) error {
	if jql == "" {
		return nil
	}
	q := searchRequest{JQL: jql + " ORDER BY created ASC, key ASC", MaxResults: maxIDs, Fields: []string{"id"}}
	children := scope.Of == portfolio.KindMilestone && len(r.childTypes) > 0
	if children {
		q.MaxResults, q.Fields = maxRows, []string{"issuetype", "parent", "project"}
	}
	err := r.search(r.ctx, q, func(issues []json.RawMessage) error {
		for _, raw := range issues {
			if children && !r.inScope(raw) {
				continue
			}
			r.see(scope.Of, idOf(raw))
		}
		if r.full() {
			return r.flush(r.listingCursor())
		}
		return nil
	})
	if err == nil {
		r.page.Complete = append(r.page.Complete, scope)
	}
	return err
}

// inScope tells whether an issue converts to a fact of its own.
func (r *run) inScope(raw json.RawMessage) bool {
	v := r.issue(raw)
	return v.quarantined != nil || slices.ContainsFunc(v.facts, isWork)
}

// isWork tells projects and milestones from people and dependencies.
func isWork(f portfolio.ToolFact) bool {
	k := f.Key().Kind
	return k == portfolio.KindProject || k == portfolio.KindMilestone
}

func (r *run) see(of portfolio.Kind, id string) {
	r.page.Seen = append(r.page.Seen, portfolio.Key{Kind: of, ID: r.doc(kindIssue, id)})
	r.done++
}

// listLinks lists the dependencies of the issues we read. Only those that have
// a link of a blocking type need to be looked at; a site whose JQL does not
// know issueLinkType has them all looked at.
func (r *run) listLinks() error {
	jql := r.issuesJQL()
	if jql == "" || len(r.links) == 0 {
		return nil
	}
	names := make([]string, len(r.linkNames))
	for i, n := range r.linkNames {
		names[i] = quoteJQL(n)
	}
	list := func(jql string) error {
		q := searchRequest{JQL: jql + " ORDER BY created ASC, key ASC", MaxResults: maxRows, Fields: []string{"summary", "issuelinks"}}
		return r.search(r.ctx, q, func(issues []json.RawMessage) error {
			for _, raw := range issues {
				r.addLinks(raw)
			}
			if r.full() {
				return r.flush(r.listingCursor())
			}
			return nil
		})
	}
	err := list(jql + " AND issueLinkType in (" + strings.Join(names, ", ") + ")")
	if hasStatus(err, http.StatusBadRequest) {
		err = list(jql)
	}
	if err == nil {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	}
	return err
}

// addLinks adds the dependencies of an issue whose other fields were not asked for.
func (r *run) addLinks(raw json.RawMessage) {
	var rec issueRecord
	if json.Unmarshal(raw, &rec) != nil {
		return
	}
	c, err := rec.core()
	if err != nil {
		return // the issue itself is in quarantine, and its dependencies stay
	}
	for _, f := range r.dependencies(&rec, c) {
		r.page.Facts = append(r.page.Facts, f)
	}
}

// listRows lists the issues and their dependencies on Data Center, where a
// search has no cheaper page of ids.
func (r *run) listRows() error {
	if jql := r.issuesJQL(); jql != "" {
		fields := []string{"summary", "issuetype", "project", "updated", "parent"}
		if len(r.links) > 0 {
			fields = append(fields, "issuelinks")
		}
		fields = append(fields, r.parentFields()...)
		err := r.keyset(jql, time.UnixMilli(0), fields, false, func(issues []json.RawMessage) error {
			if err := r.findParents(issues); err != nil {
				return err
			}
			for _, raw := range issues {
				v := r.issue(raw)
				switch {
				case v.quarantined != nil:
					r.see(v.quarantined.Of, v.id)
				default:
					for _, f := range v.facts {
						if isWork(f) {
							r.see(f.Key().Kind, v.id)
						}
					}
				}
				r.addLinks(raw)
			}
			if r.full() {
				return r.flush(r.listingCursor())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.page.Complete = append(r.page.Complete,
		connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject},
		connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone},
		connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	return nil
}

// quoteJQL writes a text so that JQL takes it as one value.
func quoteJQL(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

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
		v, record := f.conversion.project(raw)
		s := projectState{record: record, seen: true}
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
			byID[idOf(raw)] = raw
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
		ids[i] = idOf(raw)
	}
	jql := "id in (" + strings.Join(ids, ", ") + ") AND (" + strings.Join(f.clauses, " OR ") + ")"
	note := func(issues []json.RawMessage) error {
		for _, raw := range issues {
			out[idOf(raw)] = true
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
	v := f.conversion.issue(raw)
	if v.quarantined != nil {
		return connectors.Fetched{}, nil // there, but unreadable: undecided
	}
	var rec issueRecord
	if err := json.Unmarshal(raw, &rec); err != nil {
		return connectors.Fetched{}, nil
	}
	c, err := rec.core()
	if err != nil {
		return connectors.Fetched{}, nil
	}
	out.Presence = portfolio.PresenceOutOfScope
	read := f.projectTypes[c.Type.ID] || f.plainTypes[c.Type.ID] || f.childTypes[c.Type.ID] || matching[rec.ID]
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
		case p.fact == nil:
			return connectors.Fetched{}, nil
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
