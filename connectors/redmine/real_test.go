package redmine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// real is a real Redmine that the test may write to.
type real struct {
	t        *testing.T
	url, key string
}

func (s real) call(method, path string, question any) map[string]any {
	s.t.Helper()
	body, err := json.Marshal(question)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Redmine-Api-Key", s.key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		s.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, raw, err)
	}
	var reply map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &reply); err != nil {
			s.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return reply
}

// add makes a record and returns its id.
func (s real) add(path, name string, values map[string]any) int64 {
	s.t.Helper()
	made, _ := s.call(http.MethodPost, path, map[string]any{name: values})[name].(map[string]any)
	id, _ := made["id"].(float64)
	if id == 0 {
		s.t.Fatalf("POST %s made no %s: %v", path, name, made)
	}
	return int64(id)
}

func (s real) edit(path, name string, values map[string]any) {
	s.t.Helper()
	s.call(http.MethodPut, path, map[string]any{name: values})
}

// due are the due dates of the milestones of a kind that are there, by id.
func due(l *connectortest.Ledger, kind string) map[string]string {
	got := map[string]string{}
	for _, f := range l.Facts {
		if m, ok := f.(*portfolio.MilestoneFact); ok && m.Kind == kind && m.Presence == "" {
			got[m.ID] = m.Due.String()
		}
	}
	return got
}

// TestRealRedmine fills a Redmine through its interface, reads it, changes,
// closes, archives and deletes, and reads it again: counts and dates are equal
// each time.
func TestRealRedmine(t *testing.T) {
	s := real{t, os.Getenv("PLUMBLINE_REDMINE_URL"), os.Getenv("PLUMBLINE_REDMINE_KEY")}
	if s.url == "" {
		t.Skip("needs a Redmine to write to: make test-redmine starts one")
	}
	const feature, support, manager, closed = 2, 3, 3, 5
	versions, issues := map[string]string{}, map[string]string{}
	var projects []int64
	for n := range 3 {
		values := map[string]any{"name": fmt.Sprintf("Project %d", n), "identifier": fmt.Sprintf("p%d", n), "tracker_ids": []int{1, feature, support}}
		if n == 1 {
			values["parent_id"] = projects[0]
		}
		projects = append(projects, s.add("/projects.json", "project", values))
	}
	ana := s.add("/users.json", "user", map[string]any{"login": "ana", "password": "long enough", "firstname": "Ana", "lastname": "Pm", "mail": "ana@example.net"})
	s.add(fmt.Sprintf("/projects/%d/memberships.json", projects[0]), "membership", map[string]any{"user_id": ana, "role_ids": []int{manager}})
	first := time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)
	day := func(n int) string { return first.AddDate(0, 0, n).Format(time.DateOnly) }
	var versionIDs, issueIDs []int64
	for n := range 6 {
		id := s.add(fmt.Sprintf("/projects/%d/versions.json", projects[n%3]), "version", map[string]any{
			"name": fmt.Sprintf("M%d", n), "due_date": day(7 * n), "sharing": []string{"none", "descendants", "system"}[n/2],
			"custom_fields": []map[string]any{{"id": 2, "value": day(7*n - 1)}},
		})
		versionIDs, versions[fmt.Sprint(id)] = append(versionIDs, id), day(7*n)
	}
	for n := range 120 { // more than one page
		values := map[string]any{"project_id": projects[n%3], "tracker_id": feature, "subject": fmt.Sprintf("Step %d", n), "start_date": day(n), "due_date": day(n + 2)}
		if n%2 == 0 {
			values["assigned_to_id"] = nil
		}
		if n == 0 {
			values["assigned_to_id"], values["fixed_version_id"] = ana, versionIDs[0]
		}
		id := s.add("/issues.json", "issue", values)
		issueIDs, issues[fmt.Sprint(id)] = append(issueIDs, id), day(n+2)
	}
	s.add("/issues.json", "issue", map[string]any{"project_id": projects[0], "tracker_id": support, "subject": "no milestone"})
	// One date moves before the first run.
	s.edit(fmt.Sprintf("/issues/%d.json", issueIDs[3]), "issue", map[string]any{"due_date": day(50)})
	issues[fmt.Sprint(issueIDs[3])] = day(50)

	open := func(key string) connectors.Connector {
		settings := Settings{URL: s.url, Auth: Auth{Token: secret.New(key)}}
		settings.Milestones.From = []string{"versions", "Feature"}
		c, err := settings.Open(connectors.Env{Connection: "ops", Fields: []string{"Day of version", "cf_1"}, AllowPrivate: true})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c, l := open(s.key), connectortest.NewLedger()
	same := func(when string) {
		t.Helper()
		check(t, "due dates of versions "+when, due(l, "version"), versions)
		check(t, "due dates of issues "+when, due(l, "issue"), issues)
		check(t, "quarantined "+when, len(l.Quarantined), 0)
	}
	start := time.Now()
	pull(t, l, c)
	t.Logf("first run: %d facts in %v, %d requests", len(l.Facts), time.Since(start).Round(time.Millisecond), c.(*Connector).Usage().Requests)
	same("after the first run")
	check(t, "counts", count(l), map[portfolio.Kind]int{portfolio.KindProject: 3, portfolio.KindMilestone: 126, portfolio.KindPerson: 1})
	p := fact[*portfolio.ProjectFact](t, l, portfolio.DocID("ops", "project", fmt.Sprint(projects[0])))
	person := fact[*portfolio.PersonFact](t, l, portfolio.DocID("ops", "user", fmt.Sprint(ana)))
	check(t, "who leads", []string{p.Lead, person.Name, person.Email}, []string{person.DocID(), "Ana Pm", "ana@example.net"})
	v := fact[*portfolio.MilestoneFact](t, l, portfolio.DocID("ops", "version", fmt.Sprint(versionIDs[0])))
	check(t, "a field of a version", fmt.Sprint(v.Fields[0].Type, " ", v.Fields[0].Date), "DATE "+day(-1))

	today := time.Now().UTC().Format(time.DateOnly)
	check(t, "a move from before the first run", movesOf(t, l, portfolio.DocID("ops", "issue", fmt.Sprint(issueIDs[3]))),
		fmt.Sprintf("read true, first %s, later 1; %s: %s to %s", day(5), today, day(5), day(50)))

	writes := l.Writes
	pull(t, l, c)
	sweep(t, l, c)
	check(t, "writes without a change", l.Writes, writes)

	// Change, close, relate, delete.
	s.edit(fmt.Sprintf("/versions/%d.json", versionIDs[3]), "version", map[string]any{"due_date": day(99)})
	versions[fmt.Sprint(versionIDs[3])] = day(99)
	s.edit(fmt.Sprintf("/issues/%d.json", issueIDs[7]), "issue", map[string]any{"due_date": day(77)})
	issues[fmt.Sprint(issueIDs[7])] = day(77)
	s.edit(fmt.Sprintf("/issues/%d.json", issueIDs[4]), "issue", map[string]any{"status_id": closed})
	s.add(fmt.Sprintf("/issues/%d/relations.json", issueIDs[8]), "relation", map[string]any{"issue_to_id": issueIDs[20], "relation_type": "precedes", "delay": 3})
	s.add(fmt.Sprintf("/issues/%d/relations.json", issueIDs[30]), "relation", map[string]any{"issue_to_id": issueIDs[31], "relation_type": "blocked"})
	put, _ := s.call(http.MethodGet, fmt.Sprintf("/issues/%d.json", issueIDs[20]), nil)["issue"].(map[string]any)
	issues[fmt.Sprint(issueIDs[20])] = fmt.Sprint(put["due_date"]) // Redmine moves the one that follows
	s.call(http.MethodDelete, fmt.Sprintf("/issues/%d.json", issueIDs[9]), nil)
	delete(issues, fmt.Sprint(issueIDs[9]))
	s.call(http.MethodDelete, fmt.Sprintf("/versions/%d.json", versionIDs[5]), nil)
	delete(versions, fmt.Sprint(versionIDs[5]))
	pull(t, l, c)
	sweep(t, l, c)
	same("after changes")
	done := fact[*portfolio.MilestoneFact](t, l, portfolio.DocID("ops", "issue", fmt.Sprint(issueIDs[4])))
	check(t, "a closed issue", []string{string(done.StatusCategory), done.Finished.String()}, []string{"DONE", today})
	var order []string
	for _, f := range l.Facts {
		if d, ok := f.(*portfolio.DependencyFact); ok {
			order = append(order, fmt.Sprintf("%s %s then %s after %d", d.Type, d.Predecessor.Key, d.Successor.Key, d.LagDays))
		}
	}
	slices.Sort(order)
	check(t, "dependencies", order, []string{
		fmt.Sprintf("blocks #%d then #%d after 0", issueIDs[31], issueIDs[30]),
		fmt.Sprintf("precedes #%d then #%d after 3", issueIDs[8], issueIDs[20]),
	})

	// A project that is closed stays, one that is archived is put away.
	s.call(http.MethodPut, fmt.Sprintf("/projects/%d/close.json", projects[2]), nil)
	s.call(http.MethodPut, fmt.Sprintf("/projects/%d/archive.json", projects[1]), nil)
	pull(t, l, c)
	sweep(t, l, c)
	var states []string
	for _, id := range projects {
		p := fact[*portfolio.ProjectFact](t, l, portfolio.DocID("ops", "project", fmt.Sprint(id)))
		states = append(states, p.Status+" "+string(p.Presence))
	}
	check(t, "projects", states, []string{"active ", "active ARCHIVED", "closed "})
	for i, id := range issueIDs {
		if i%3 == 1 {
			delete(issues, fmt.Sprint(id))
		}
	}
	for i, id := range versionIDs {
		if i%3 == 1 {
			delete(versions, fmt.Sprint(id))
		}
	}
	same("after a project was archived")

	report, err := c.(connectors.Checker).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(t, "would read", fmt.Sprint(report.Counts), fmt.Sprintf("[{projects 2 false} {issues that are milestones %d false}]", len(issues)))
	for _, f := range report.Fields {
		if f.ID == "" {
			t.Errorf("field %s was not found", f.Asked)
		}
	}
	refused(t, connectortest.NewLedger().Pull(t.Context(), open("nobody's"), nil))
}
