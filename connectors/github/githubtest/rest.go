package githubtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// rest answers a request to the REST API.
func (q *request) rest() {
	if q.r.Method != http.MethodGet {
		q.notFound()
		return
	}
	p := q.path
	switch {
	case match(p, "user") && q.account.installation == 0:
		q.answer(q.user(q.account.User))
	case match(p, "user", "repos") && q.account.installation == 0:
		q.repositoryPage(q.reposOf[strings.ToLower(q.account.User)], nil)
	case match(p, "rate_limit"):
		q.answer(map[string]any{"resources": map[string]any{
			"core":    map[string]any{"limit": 5000, "remaining": q.meter.remaining(0), "reset": q.now().Add(time.Hour).Unix()},
			"graphql": map[string]any{"limit": 5000, "remaining": 5000, "reset": q.now().Add(time.Hour).Unix()},
		}})
	case match(p, "installation", "repositories") && q.account.installation != 0:
		q.repositoryPage(q.reposOf[strings.ToLower(q.account.User)], func(list []any) any {
			return map[string]any{"total_count": len(list), "repository_selection": "all", "repositories": list}
		})
	case match(p, "users", "*"):
		if o := q.owners[strings.ToLower(p[1])]; o != nil {
			q.answer(q.user(o.Login))
			return
		}
		q.notFound()
	case match(p, "orgs", "*", "repos"), match(p, "users", "*", "repos"):
		o := q.owners[strings.ToLower(p[1])]
		if o == nil || o.Organization != (p[0] == "orgs") {
			q.notFound()
			return
		}
		q.repositoryPage(q.reposOf[strings.ToLower(o.Login)], nil)
	case match(p, "orgs", "*", "properties", "values"):
		q.properties(p[1])
	case match(p, "orgs", "*", "issue-fields"):
		list := []any{}
		for _, f := range q.fields {
			list = append(list, map[string]any{"id": f.ID, "name": f.Name, "data_type": f.Type})
		}
		q.answer(list)
	case p[0] == "repositories" && len(p) > 1:
		id, _ := strconv.ParseInt(p[1], 10, 64)
		q.repository(q.repositories[id], p[2:])
	case p[0] == "repos" && len(p) > 2:
		id, known := q.names[strings.ToLower(p[1]+"/"+p[2])]
		r := q.repositories[id]
		if known && r != nil && q.sees(id) && !strings.EqualFold(r.Owner+"/"+r.Name, p[1]+"/"+p[2]) {
			q.redirect(fmt.Sprintf("/repositories/%d", id), p[3:])
			return
		}
		q.repository(r, p[3:])
	default:
		q.notFound()
	}
}

func match(path []string, want ...string) bool {
	return slices.EqualFunc(path, want, func(a, b string) bool { return b == "*" || a == b })
}

func (q *request) redirect(to string, rest []string) {
	u := q.opts.BaseURL + strings.Join(append([]string{to}, rest...), "/")
	if q.r.URL.RawQuery != "" {
		u += "?" + q.r.URL.RawQuery
	}
	q.w.Header().Set("Location", u)
	refuse(q.w, http.StatusMovedPermanently, "Moved Permanently")
}

// repository answers what lies below a repository.
func (q *request) repository(r *Repository, rest []string) {
	if r == nil || !q.sees(r.ID) {
		q.notFound()
		return
	}
	switch {
	case len(rest) == 0:
		q.answer(q.repositoryJSON(r))
	case match(rest, "milestones"):
		q.milestonePage(r)
	case match(rest, "milestones", "*"):
		for _, id := range q.milestonesOf[r.ID] {
			if m := q.milestones[id]; strconv.Itoa(m.Number) == rest[1] {
				q.answer(q.milestoneJSON(m, r))
				return
			}
		}
		q.notFound()
	case match(rest, "issues"):
		q.issuePage(r)
	case rest[0] == "issues" && len(rest) > 1:
		q.issueAt(r, rest[1], rest[2:])
	default:
		q.notFound()
	}
}

func (q *request) user(login string) map[string]any {
	o := q.owners[strings.ToLower(login)]
	if o == nil {
		return nil
	}
	kind := "User"
	if o.Organization {
		kind = "Organization"
	} else if o.Bot {
		kind = "Bot"
	}
	return map[string]any{
		"login": o.Login, "id": o.ID, "node_id": userNode(o.ID), "type": kind, "site_admin": false,
		"url": q.opts.BaseURL + "/users/" + o.Login, "html_url": q.web() + "/" + o.Login,
	}
}

func (q *request) repositoryJSON(r *Repository) any {
	if r.Raw != nil {
		return r.Raw
	}
	topics := r.Topics
	if topics == nil {
		topics = []string{}
	}
	return map[string]any{
		"id": r.ID, "node_id": fmt.Sprintf("R_%d", r.ID), "name": r.Name, "full_name": r.Owner + "/" + r.Name, "owner": q.user(r.Owner),
		"private": r.Private, "description": nullable(r.Description), "fork": false, "archived": r.Archived, "disabled": false,
		"has_issues": !r.NoIssues, "topics": topics, "language": "Go", "default_branch": "main", "visibility": visibility(r),
		"html_url": q.web() + "/" + r.Owner + "/" + r.Name, "url": q.opts.BaseURL + "/repos/" + r.Owner + "/" + r.Name,
		"created_at": stamp(r.Created), "updated_at": stamp(r.Updated), "pushed_at": stamp(r.Updated),
	}
}

func visibility(r *Repository) string {
	if r.Private {
		return "private"
	}
	return "public"
}

func (q *request) repositoryPage(ids []int64, wrap func([]any) any) {
	seen := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !q.sees(id) })
	q.page(len(seen), "", func(i int) any { return q.repositoryJSON(q.repositories[seen[i]]) }, wrap)
}

func (q *request) properties(org string) {
	ids := slices.DeleteFunc(slices.Clone(q.reposOf[strings.ToLower(org)]), func(id int64) bool { return !q.sees(id) })
	q.page(len(ids), "", func(i int) any {
		r := q.repositories[ids[i]]
		list := []any{}
		for _, name := range sortedKeys(r.Properties) {
			list = append(list, map[string]any{"property_name": name, "value": r.Properties[name]})
		}
		return map[string]any{"repository_id": r.ID, "repository_name": r.Name, "repository_full_name": r.Owner + "/" + r.Name, "properties": list}
	}, nil)
}

func (q *request) milestonePage(r *Repository) {
	if r.NoIssues {
		refuse(q.w, http.StatusGone, "Issues are disabled for this repo")
		return
	}
	state := q.param("state")
	if state == "" {
		state = "open"
	}
	var list []*Milestone
	for _, id := range q.milestonesOf[r.ID] {
		m := q.milestones[id]
		if state == "all" || state == orOpen(m.State) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *Milestone) int { return strings.Compare(a.Due, b.Due) })
	q.page(len(list), fmt.Sprintf("/repositories/%d/milestones", r.ID), func(i int) any { return q.milestoneJSON(list[i], r) }, nil)
}

func (q *request) milestoneJSON(m *Milestone, r *Repository) any {
	if m.Raw != nil {
		return m.Raw
	}
	open, done := m.Open, m.Done
	for _, id := range q.issuesOf[r.ID] {
		if i := q.issues[id]; i.Milestone == m.Number {
			if i.State == "closed" {
				done++
			} else {
				open++
			}
		}
	}
	return map[string]any{
		"id": m.ID, "node_id": fmt.Sprintf("MI_%d", m.ID), "number": m.Number, "title": m.Title, "description": nullable(m.Description),
		"creator": q.user(m.Creator), "open_issues": open, "closed_issues": done, "state": orOpen(m.State),
		"html_url":   fmt.Sprintf("%s/%s/%s/milestone/%d", q.web(), r.Owner, r.Name, m.Number),
		"created_at": stamp(m.Created), "updated_at": stamp(m.Updated), "closed_at": stampOrNull(m.Closed), "due_on": dueOn(m.Due),
	}
}

// page answers a page of a list of n records with the Link to the next one.
// path is where that link points to; empty is the path that was asked.
func (q *request) page(n int, path string, record func(int) any, wrap func([]any) any) {
	size, err := strconv.Atoi(q.param("per_page"))
	if err != nil || size < 1 {
		size = 30
	}
	size = min(size, 100)
	if fake.Struck(q.r) == fake.ShortPage {
		size = 1
	}
	number, err := strconv.Atoi(q.param("page"))
	if err != nil || number < 1 {
		number = 1
	}
	start := min((number-1)*size, n)
	end := min(start+size, n)
	list := make([]any, 0, end-start)
	for i := start; i < end; i++ {
		list = append(list, record(i))
	}
	if end < n || fake.Struck(q.r) == fake.RepeatToken {
		next := number + 1
		if fake.Struck(q.r) == fake.RepeatToken {
			next = number
		}
		q.link(path, next, size)
	}
	if wrap != nil {
		q.answer(wrap(list))
		return
	}
	q.answer(list)
}

func (q *request) link(path string, next, size int) {
	query := url.Values{}
	for k, v := range q.r.URL.Query() {
		query[k] = v
	}
	query.Set("page", strconv.Itoa(next))
	query.Set("per_page", strconv.Itoa(size))
	if path == "" {
		path = "/" + strings.Join(q.path, "/")
	}
	q.w.Header().Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, q.opts.BaseURL, path, query.Encode()))
}

func orOpen(state string) string {
	if state == "" {
		return "open"
	}
	return state
}

func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// dueOn is midnight on the Pacific coast, as GitHub keeps a milestone's date:
// 7 or 8 o'clock UTC of that day, by the season there.
func dueOn(day string) any {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil
	}
	hour := 8 * time.Hour
	if summer(at) {
		hour = 7 * time.Hour
	}
	return stamp(at.Add(hour))
}

// summer tells whether the day begins in daylight saving time there: from the
// second Sunday of March on, until the first of November.
func summer(day time.Time) bool {
	sunday := func(month time.Month, n int) time.Time {
		first := time.Date(day.Year(), month, 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, (7-int(first.Weekday()))%7+7*(n-1))
	}
	return day.After(sunday(time.March, 2)) && !day.After(sunday(time.November, 1))
}

func sortedKeys(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func userNode(id int64) string { return fmt.Sprintf("U_%d", id) }
