package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"plumbline/connectors"
	"plumbline/internal/record"
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
		{scopeRisks, func() error {
			return r.listIDs(r.risksJQL(), connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk})
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
	children := scope.Of == portfolio.KindMilestone && len(r.childTypes) > 0 || scope.Of == portfolio.KindRisk && !r.realProjects
	if children {
		q.MaxResults, q.Fields = maxRows, []string{"issuetype", "parent", "project"}
	}
	err := r.search(r.ctx, q, func(issues []json.RawMessage) error {
		for _, raw := range issues {
			if children && !r.inScope(raw) {
				continue
			}
			r.see(scope.Of, record.ID(raw))
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

// isWork tells projects, milestones and risks from people and dependencies.
func isWork(f portfolio.ToolFact) bool {
	switch f.Key().Kind {
	case portfolio.KindProject, portfolio.KindMilestone, portfolio.KindRisk:
		return true
	}
	return false
}

func (r *run) see(of portfolio.Kind, id string) {
	r.page.Seen = append(r.page.Seen, portfolio.Key{Kind: of, ID: r.doc(kindIssue, id)})
	r.done++
}
