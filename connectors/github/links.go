package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// relations are the dependencies of issues, by the id of the issue.
type relations map[int64][]portfolio.ToolFact

// readRelations asks for what blocks the issues of a page, and for their
// sub-issues that are milestones themselves. GitHub counts both in the issue,
// so those without any cost nothing.
func (r *run) readRelations(values []json.RawMessage, repo repository) (relations, error) {
	if r.settings.Dependencies.Off {
		return nil, nil
	}
	type ask struct {
		kind  string
		issue issueRecord
	}
	var asks []ask
	for _, raw := range values {
		var i issueRecord
		if record.Decode(raw, &i) != nil || i.ID == 0 || i.pullRequest() || i.matches(r.risks) {
			continue // one that cannot be read is told by its conversion
		}
		if i.Dependencies != nil && i.Dependencies.BlockedBy > 0 {
			asks = append(asks, ask{kindBlocked, i})
		}
		if i.Subs != nil && i.Subs.Total > 0 {
			asks = append(asks, ask{kindSubIssue, i})
		}
	}
	all := relations{}
	n := 0
	for facts, err := range inorder.Map(r.ctx, r.concurrency(), asks, func(ctx context.Context, a ask) ([]portfolio.ToolFact, error) {
		return r.relationsOf(ctx, a.kind, repo.path(""), end{a.issue.ID, issueKey(repo.fullName, a.issue.Number), a.issue.Title})
	}) {
		if err != nil {
			return nil, err
		}
		id := asks[n].issue.ID
		all[id] = append(all[id], facts...)
		n++
	}
	return all, nil
}

// readBlockers asks for what blocks the issues that items are: of those that
// changed, or of all in a complete listing, for a query does not count them.
func (r *run) readBlockers(list []converted) error {
	if r.settings.Dependencies.Off {
		return nil
	}
	since := r.changedSince()
	var asks []int
	for i, v := range list {
		if v.issue.id != 0 && !v.updated.Before(since) {
			asks = append(asks, i)
		}
	}
	n := 0
	for facts, err := range inorder.Map(r.ctx, r.concurrency(), asks, func(ctx context.Context, i int) ([]portfolio.ToolFact, error) {
		name, _, _ := strings.Cut(list[i].issue.key, "#")
		return r.relationsOf(ctx, kindBlocked, repository{fullName: name}.path(""), list[i].issue)
	}) {
		if err != nil {
			return err
		}
		list[asks[n]].facts = append(list[asks[n]].facts, facts...)
		n++
	}
	return nil
}

// relationsOf reads the relations of a kind of an issue in the repository at
// the path.
func (r *run) relationsOf(ctx context.Context, kind, repo string, of end) ([]portfolio.ToolFact, error) {
	_, number, _ := strings.Cut(of.key, "#")
	what := "/dependencies/blocked_by"
	if kind == kindSubIssue {
		what = "/sub_issues"
	}
	records, err := r.all(ctx, withQuery(fmt.Sprintf("%s/issues/%s%s", repo, number, what)))
	if hasStatus(err, http.StatusNotFound, http.StatusGone) {
		return nil, nil // the issue went meanwhile, or an older Enterprise Server has no such thing
	}
	if err != nil {
		return nil, err
	}
	var facts []portfolio.ToolFact
	for _, raw := range records {
		var other issueRecord
		if record.Decode(raw, &other) != nil || other.ID == 0 || kind == kindSubIssue && (other.matches(r.risks) || !other.matches(r.settings.milestoneClauses())) {
			continue
		}
		facts = append(facts, r.dependency(kind, end{other.ID, other.key(), other.Title}, of))
	}
	return facts, nil
}

// key is what people call an issue, as acme/api#12.
func (r *issueRecord) key() string {
	_, name, ok := strings.Cut(r.Repository, "/repos/")
	if !ok {
		return ""
	}
	return issueKey(name, r.Number)
}
