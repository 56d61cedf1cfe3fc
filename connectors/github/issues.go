package github

import (
	"encoding/json"
	"strings"
	"time"

	"plumbline/portfolio"
)

// readIssues reads the issues of a type or a label, which are milestones or
// risks, in the order of their change: an issue that is edited meanwhile moves
// to the end and is seen again.
func (r *run) readIssues() error {
	clauses := r.settings.clauses()
	since := r.changedSince()
	var units []unit
	for _, repo := range r.listed {
		for part, clause := range clauses {
			units = r.append(units, stageIssues, unit{repo: repo, part: part, path: issuesPath(repo, clause, since)})
		}
	}
	convert := func(u unit, p page) (func(json.RawMessage) converted, error) {
		related, err := r.readRelations(p.values, u.repo)
		return func(raw json.RawMessage) converted {
			v := r.issue(raw, u.repo)
			if v.id != 0 {
				v.facts = append(v.facts, related[v.id]...)
			}
			return v
		}, err
	}
	if err := r.readUnits(stageIssues, units, !r.sweeping, convert, afterLast); err != nil {
		return err
	}
	r.complete(stageIssues, scopeIssues, portfolio.KindMilestone)
	r.complete(stageIssues, scopeRisks, portfolio.KindRisk)
	if !r.reads(fromItems) { // which have some too
		r.complete(stageIssues, scopeDependencies, portfolio.KindDependency)
	}
	return nil
}

// issuesPath asks for the issues of a clause that changed since.
func issuesPath(repo repository, clause string, since time.Time) string {
	pairs := []string{"state", "all", "sort", "updated", "direction", "asc"}
	if label, ok := strings.CutPrefix(clause, labelPrefix); ok {
		pairs = append(pairs, "labels", strings.TrimSpace(label))
	} else {
		pairs = append(pairs, "type", strings.TrimSpace(strings.TrimPrefix(clause, typePrefix)))
	}
	if !since.IsZero() {
		pairs = append(pairs, "since", since.Format(time.RFC3339))
	}
	return withQuery(repo.path("/issues"), pairs...)
}

// afterLast is where to go on: from the time of the last issue, for counting
// pages would step over one whenever an edit moves another to the end. Only
// where a whole page has one time, pages are counted.
func afterLast(p page) string {
	if p.known != nil || p.next == "" || len(p.values) == 0 {
		return p.next
	}
	path, query, _ := strings.Cut(p.path, "?")
	values := parseQuery(query)
	last := updatedOf(p.values[len(p.values)-1])
	if was, err := time.Parse(time.RFC3339, values.Get("since")); last.IsZero() || err == nil && !last.After(was) {
		return p.next
	}
	values.Set("since", last.Format(time.RFC3339))
	values.Del("page")
	values.Del("after")
	return path + "?" + values.Encode()
}
