package githubtest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// issuePage answers a repository's issues, and pull requests, which are issues
// too, in the order of their change.
func (q *request) issuePage(r *Repository) {
	if r.NoIssues {
		refuse(q.w, http.StatusGone, "Issues are disabled for this repo")
		return
	}
	since, err := time.Parse(time.RFC3339, q.param("since"))
	if err != nil && q.param("since") != "" {
		refuse(q.w, http.StatusUnprocessableEntity, "since is not a timestamp")
		return
	}
	state := q.param("state")
	if state == "" {
		state = "open"
	}
	var list []*Issue
	for _, id := range q.issuesOf[r.ID] {
		i := q.issues[id]
		if state != "all" && state != orOpen(i.State) || i.Updated.Before(since) || !q.labelled(i) {
			continue
		}
		if t := q.param("type"); t != "" && !strings.EqualFold(t, i.Type) {
			continue
		}
		list = append(list, i)
	}
	if q.param("sort") == "updated" {
		slices.SortStableFunc(list, func(a, b *Issue) int { return a.Updated.Compare(b.Updated) })
	}
	if q.param("direction") != "asc" {
		slices.Reverse(list)
	}
	q.page(len(list), fmt.Sprintf("/repositories/%d/issues", r.ID), func(n int) any { return q.issueJSON(list[n]) }, nil)
}

func (q *request) labelled(i *Issue) bool {
	for label := range strings.SplitSeq(q.param("labels"), ",") {
		if label != "" && !slices.ContainsFunc(i.Labels, func(l string) bool { return strings.EqualFold(l, label) }) {
			return false
		}
	}
	return true
}

// issueAt answers an issue by its number, or what hangs on it.
func (q *request) issueAt(r *Repository, number string, rest []string) {
	var found *Issue
	for _, id := range q.issuesOf[r.ID] {
		if i := q.issues[id]; strconv.Itoa(i.Number) == number {
			found = i
		}
	}
	if found == nil {
		to, was := q.moved[strings.ToLower(r.Owner+"/"+r.Name+"#"+number)]
		switch moved := q.issues[to]; {
		case moved != nil && q.sees(moved.Repository):
			q.redirect(fmt.Sprintf("/repositories/%d/issues/%d", moved.Repository, moved.Number), rest)
		case was && to == 0:
			refuse(q.w, http.StatusGone, "This issue was deleted")
		default:
			q.notFound()
		}
		return
	}
	var list []*Issue
	switch {
	case len(rest) == 0:
		q.answer(q.issueJSON(found))
		return
	case match(rest, "dependencies", "blocked_by"):
		for _, id := range found.BlockedBy {
			if i := q.issues[id]; i != nil && q.sees(i.Repository) {
				list = append(list, i)
			}
		}
	case match(rest, "sub_issues"):
		list = q.children(found.ID)
	default:
		q.notFound()
		return
	}
	q.page(len(list), "", func(n int) any { return q.issueJSON(list[n]) }, nil)
}

func (q *request) children(of int64) []*Issue {
	var list []*Issue
	for _, i := range q.issues {
		if i.Parent == of && q.sees(i.Repository) {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b *Issue) int { return int(a.ID - b.ID) })
	return list
}

func (q *request) issueJSON(i *Issue) any {
	if i.Raw != nil {
		return i.Raw
	}
	r := q.repositories[i.Repository]
	path := fmt.Sprintf("%s/%s/issues/%d", r.Owner, r.Name, i.Number)
	m := map[string]any{
		"id": i.ID, "node_id": fmt.Sprintf("I_%d", i.ID), "number": i.Number, "title": i.Title, "body": nullable(i.Body),
		"state": orOpen(i.State), "state_reason": nullable(i.Reason), "user": q.user(i.Creator), "comments": 0,
		"url": q.opts.BaseURL + "/repos/" + path, "html_url": q.web() + "/" + path, "repository_url": q.opts.BaseURL + "/repos/" + r.Owner + "/" + r.Name,
		"created_at": stamp(i.Created), "updated_at": stamp(i.Updated), "closed_at": stampOrNull(i.Closed), "type": nil, "milestone": nil,
	}
	if i.Type != "" {
		m["type"] = map[string]any{"id": 1, "name": i.Type}
	}
	labels, people, fields := []any{}, []any{}, []any{}
	for _, l := range i.Labels {
		labels = append(labels, map[string]any{"name": l, "color": "ededed"})
	}
	for _, a := range i.Assignees {
		people = append(people, q.user(a))
	}
	for _, f := range q.fields {
		if v, ok := i.Fields[f.Name]; ok {
			fields = append(fields, map[string]any{"issue_field_id": f.ID, "node_id": fmt.Sprintf("IFV_%d", f.ID), "data_type": f.Type, "value": v})
		}
	}
	m["labels"], m["assignees"], m["issue_field_values"] = labels, people, fields
	for _, id := range q.milestonesOf[r.ID] {
		if of := q.milestones[id]; of.Number == i.Milestone {
			m["milestone"] = q.milestoneJSON(of, r)
		}
	}
	if i.PullRequest {
		m["pull_request"] = map[string]any{"url": q.opts.BaseURL + "/repos/" + r.Owner + "/" + r.Name + "/pulls/" + strconv.Itoa(i.Number)}
	}
	m["sub_issues_summary"], m["issue_dependencies_summary"] = q.summaries(i)
	return m
}

func (q *request) summaries(i *Issue) (subs, dependencies map[string]any) {
	total, done, blocking := 0, 0, 0
	for _, other := range q.issues {
		if other.Parent == i.ID {
			total++
			if other.State == "closed" {
				done++
			}
		}
		if slices.Contains(other.BlockedBy, i.ID) {
			blocking++
		}
	}
	open := 0
	for _, id := range i.BlockedBy {
		if other := q.issues[id]; other != nil && other.State != "closed" {
			open++
		}
	}
	percent := 0
	if total > 0 {
		percent = 100 * done / total
	}
	return map[string]any{"total": total, "completed": done, "percent_completed": percent},
		map[string]any{"blocked_by": open, "blocking": blocking, "total_blocked_by": len(i.BlockedBy), "total_blocking": blocking}
}
