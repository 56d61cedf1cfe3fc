package github

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"plumbline/connectors/github/githubtest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// TestDueDates holds that a milestone is due on the day that people chose,
// which GitHub keeps as midnight on the Pacific coast, in winter and summer.
func TestDueDates(t *testing.T) {
	site := newSite(t, githubtest.Options{})
	repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
	want := map[int64]string{}
	for _, day := range []string{"2026-01-31", "2026-03-08", "2026-03-09", "2026-06-30", "2026-11-01", "2026-11-02", "2026-12-31"} {
		want[site.AddMilestone(githubtest.Milestone{Repository: repo.ID, Title: day, Due: day}).ID] = day
	}
	r := read(t, open(t, site, nil, nil))
	for id, day := range want {
		check(t, "due", get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/milestone/%d", id)).Due.String(), day)
	}
	for text, day := range map[string]string{"2024-01-31T00:00:00Z": "2024-01-31", "2019-05-23T07:00:00Z": "2019-05-23", "": ""} {
		var at instants
		if got := at.due("due_on", text); at.err != nil || !got.IsZero() && got.String() != day || got.IsZero() != (day == "") {
			t.Errorf("due_on %q = %s, %v, want %s", text, got, at.err, day)
		}
	}
}

// TestRecordedMilestones converts what GitHub sent about milestones and
// issues.
func TestRecordedMilestones(t *testing.T) {
	v := conversion{session: &session{}, connection: "code", hidden: new(secret.Hidden)}
	repo := repository{id: 186853002, fullName: "Codertocat/Hello-World", issues: true}
	var event struct {
		Milestone, Issue, Repository json.RawMessage
	}
	recorded(t, "milestone.closed", &event)
	m := v.milestone(event.Milestone, repo).facts[1].(*portfolio.MilestoneFact)
	check(t, "a milestone", []string{m.DocID(), m.Name, m.Due.String(), m.Status, string(m.StatusCategory), m.Finished.String(), m.Owner, m.Project, m.URL}, []string{
		"code/milestone/4317517", "v1.0", "2019-05-23", "closed", "DONE", "2019-05-15", "code/user/21031067", "code/repository/186853002",
		"https://github.com/Codertocat/Hello-World/milestone/1",
	})
	found, of := v.repository(event.Repository)
	p := found.facts[len(found.facts)-1].(*portfolio.ProjectFact)
	check(t, "its repository", []string{p.DocID(), p.Name, p.Source.Key, p.Lead, of.fullName}, []string{
		"code/repository/186853002", "Hello-World", "Codertocat/Hello-World", "code/user/21031067", "Codertocat/Hello-World",
	})
	recorded(t, "issues.milestoned", &event)
	check(t, "facts of a pull request", len(v.issue(event.Issue, repo).facts), 0)
	event.Issue = nil
	recorded(t, "issues.edited", &event)
	facts := v.issue(event.Issue, repo).facts
	i := facts[len(facts)-1].(*portfolio.MilestoneFact)
	check(t, "an issue", []string{i.DocID(), i.Name, i.Source.Key, i.Due.String(), i.Status, i.Owner, fmt.Sprint(i.Labels)}, []string{
		"code/issue/444500041", "Spelling error in the README file", "Codertocat/Hello-World#1", "2019-05-23", "open", "code/user/21031067", "[bug]",
	})
}

// recorded reads a payload that GitHub sent.
func recorded(t *testing.T, name string, into any) []byte {
	t.Helper()
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with the recorded payloads")
	}
	raw, err := os.ReadFile(filepath.Join(data, "github", "webhooks", name+".payload.json"))
	if err == nil && into != nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestIssuesAreMilestones holds what becomes of an issue's fields.
func TestIssuesAreMilestones(t *testing.T) {
	site := newSite(t, githubtest.Options{})
	site.AddIssueField(githubtest.IssueField{Name: "Target date", Type: "date"})
	site.AddIssueField(githubtest.IssueField{Name: "Budget", Type: "number"})
	repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
	dated := site.AddIssue(githubtest.Issue{
		Repository: repo.ID, Type: "Epic", Title: "Roll-out", Assignees: []string{"pia"}, Labels: []string{"wave-1"},
		Fields: map[string]any{"Target date": "2026-05-01", "Budget": 250000.5},
	})
	site.AddIssue(githubtest.Issue{Repository: repo.ID, Type: "Bug", Title: "no milestone"})
	dropped := site.AddIssue(githubtest.Issue{Repository: repo.ID, Type: "Epic", Title: "Dropped", State: "closed", Reason: "not_planned"})
	site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "a part", Parent: dated.ID, State: "closed", Closed: time.Now()})
	r := read(t, open(t, site, []string{"Budget"}, func(s *Settings) { s.Milestones.From = []string{"type:Epic"} }))
	check(t, "names", r.Names(), []string{"Dropped", "Roll-out"})
	m := get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/issue/%d", dated.ID))
	check(t, "dates and people", []string{m.Type, m.Due.String(), m.Owner, string(m.StatusCategory), m.Fields[0].Number}, []string{
		"Epic", "2026-05-01", "code/user/" + fmt.Sprint(1002), "IN_PROGRESS", "250000.5",
	})
	check(t, "work", *m.Work, portfolio.WorkDone{Done: 1})
	d := get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/issue/%d", dropped.ID))
	check(t, "what was dropped", []string{d.Status, string(d.StatusCategory), d.Finished.String()}, []string{"closed (not planned)", "CANCELLED", ""})
}
