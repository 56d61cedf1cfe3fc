package gitlab

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/gitlab/gitlabtest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// withRisks makes the issues of one label milestones and those of another risks.
func withRisks(s *Settings) {
	s.Milestones.From, s.Risks.From = []string{"milestones", "label:gate"}, []string{"label: risk"}
}

func TestRisks(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.options())
	sue := site.AddUser(gitlabtest.User{Name: "Sue Park", Username: "sue"})
	g := site.AddGroup(gitlabtest.Group{Path: "pay", Name: "Payments"})
	p := site.AddProject(gitlabtest.Project{Path: "tills", Name: "Tills", Group: g.ID})
	own := site.AddProject(gitlabtest.Project{Path: "own", Name: "Own", Owner: sue.ID})
	add := func(i gitlabtest.Issue) int64 { return site.AddIssue(i).ID }
	flood := add(gitlabtest.Issue{Project: p.ID, Title: "The cellar floods", Labels: []string{"risk", "gate"}, Due: "2026-03-01", Assignee: sue.ID, Weight: 4})
	late := add(gitlabtest.Issue{Project: p.ID, Title: "The tills come late", Labels: []string{"risk"}})
	gone := add(gitlabtest.Issue{Project: p.ID, Title: "Nobody buys", Labels: []string{"risk"}})
	moved := add(gitlabtest.Issue{Project: p.ID, Title: "Elsewhere", Labels: []string{"risk"}})
	gate := add(gitlabtest.Issue{Project: p.ID, Title: "Go-live", Labels: []string{"gate"}})
	site.AddLink(gitlabtest.Link{From: flood, To: gate})
	site.AddLink(gitlabtest.Link{From: flood, To: late})

	c, l := open(t, site, []string{"weight"}, withRisks), connectortest.NewLedger()
	clock.nextDay()
	pull(t, l, c)
	risk := func(id int64) *portfolio.RiskFact {
		t.Helper()
		return fact[*portfolio.RiskFact](t, l, fmt.Sprint("dev/issue/", id))
	}
	f := risk(flood)
	check(t, "risk", []string{f.Title, f.Source.Key, f.Project, f.Owner, f.Status, string(f.StatusCategory), f.Due.String(), f.Raised.String(), f.Scope},
		[]string{"The cellar floods", "pay/tills#1", "dev/project/1", "dev/user/2", "opened", "TODO", "2026-03-01", "2026-02-03", "risks"})
	check(t, "its fields", f.Fields, []portfolio.Field{{ID: "weight", Name: "Weight", Type: portfolio.FieldNumber, Number: "4"}})
	check(t, "milestones", l.Names(), []string{"Go-live"}) // an issue with both labels is a risk
	links := 0
	for key := range l.Facts {
		if key.Kind == portfolio.KindDependency {
			links++
		}
	}
	check(t, "links: that of two risks is none", links, 1)

	clock.nextDay()
	site.EditIssue(flood, func(i *gitlabtest.Issue) { i.State = "closed" })
	site.EditIssue(late, func(i *gitlabtest.Issue) { i.Labels = []string{"gate"} })
	site.DeleteIssue(gone)
	there := site.MoveIssue(moved, own.ID)
	fresh := add(gitlabtest.Issue{Project: own.ID, Title: "A new one", Labels: []string{"risk"}})
	site.ResetCounts()
	pull(t, l, c)
	check(t, "projects that are asked for their issues", site.Counts().ByPath["/api/v4/projects/{}/issues"], 2) // that of a person, with each label
	check(t, "day it was closed", []string{risk(flood).Closed.String(), string(risk(flood).StatusCategory)}, []string{"2026-02-05", "DONE"})
	check(t, "what was a risk", milestone(t, l, fmt.Sprint("dev/issue/", late)).Name, "The tills come late")
	check(t, "one that was moved", []string{string(risk(moved).Presence), risk(there.ID).Project}, []string{"OUT_OF_SCOPE", "dev/project/2"})
	check(t, "a new one", risk(fresh).Title, "A new one")
	sweep(t, l, c)
	check(t, "presence", []portfolio.Presence{risk(flood).Presence, risk(late).Presence, risk(gone).Presence, risk(moved).Presence, risk(fresh).Presence},
		[]portfolio.Presence{"", portfolio.PresenceOutOfScope, portfolio.PresenceDeleted, portfolio.PresenceOutOfScope, ""})
}

func TestRiskLabels(t *testing.T) {
	for from, want := range map[string]string{
		"risk": `risks.from has "risk": label: and a label`, "label:": "label: and a label",
		"label:gate": "the label gate is named in milestones.from and in risks.from; expected one of them",
	} {
		s := Settings{URL: address, Auth: Auth{Token: secret.New("t")}}
		withRisks(&s)
		s.Risks.From = []string{from}
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want %q", err, want)
		}
		s.Projects.From, s.Milestones.From, s.Risks.From = []string{"groups"}, nil, []string{"label:risk"}
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "to which issues belong") {
			t.Errorf("error = %v", err)
		}
	}
	v := conversion{session: new(session), want: &Settings{Risks: RiskSettings{From: []string{"label:risk"}}}, hidden: new(secret.Hidden)}
	q := v.issue([]byte(`{"id":7,"title":{"odd":true},"labels":["risk"]}`)).quarantined
	if q == nil || q.Of != portfolio.KindRisk || q.Scope != "risks" {
		t.Errorf("a risk that cannot be read: %+v", q)
	}
}
