package redmine

import (
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/redmine/redminetest"
	"plumbline/portfolio"
)

// withRisks makes the issues of one tracker milestones and those of another risks.
func withRisks(s *Settings) {
	milestones(s)
	s.Risks.From = []string{"bug"}
}

func TestRisks(t *testing.T) {
	for _, admin := range []bool{false, true} {
		clock := newClock()
		site := newSite(t, clock.of())
		site.AddAccount(redminetest.Account{Key: token(t), User: 1, Admin: admin})
		sue := site.AddUser(redminetest.User{Login: "sue", First: "Sue", Last: "Park"})
		likely := site.AddField(redminetest.Field{Name: "Probability", Of: "issue", Format: "float"})
		p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
		away := site.AddProject(redminetest.Project{Identifier: "old", Name: "Old"})
		flood := site.AddIssue(redminetest.Issue{Project: p.ID, Tracker: "Bug", Subject: "The cellar floods", Due: "2026-03-01", Assignee: sue.ID, Fields: map[int64]any{likely.ID: "0.25"}}).ID
		late := site.AddIssue(redminetest.Issue{Project: p.ID, Tracker: "Bug", Subject: "The tills come late"}).ID
		gone := site.AddIssue(redminetest.Issue{Project: p.ID, Tracker: "Bug", Subject: "Nobody buys"}).ID
		put := site.AddIssue(redminetest.Issue{Project: away.ID, Tracker: "Bug", Subject: "It was old"}).ID
		bad := site.AddIssue(redminetest.Issue{Project: p.ID, Tracker: "Bug", Subject: "Odd", Raw: []byte(`{"id":5,"project":{"id":1},"tracker":{"id":1},"subject":{"odd":true}}`)}).ID
		gate := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Go-live"}).ID
		site.AddRelation("blocks", flood, gate, nil, false)
		site.AddRelation("blocks", flood, late, nil, false)

		c, l := open(t, site, []string{"Probability"}, withRisks), connectortest.NewLedger()
		pull(t, l, c)
		risk := func(id int64) *portfolio.RiskFact {
			t.Helper()
			return fact[*portfolio.RiskFact](t, l, "ops/issue/"+texts([]int64{id})[0])
		}
		f := risk(flood)
		check(t, "risk", []string{f.Title, f.Source.Key, f.Project, f.Owner, f.Status, string(f.StatusCategory), f.Due.String(), f.Raised.String(), f.Scope, f.URL},
			[]string{"The cellar floods", "#1", "ops/project/1", "ops/user/2", "New", "TODO", "2026-03-01", "2026-02-03", "risks", address + "/issues/1"})
		want := portfolio.Field{ID: "cf_1", Name: "Probability", Type: portfolio.FieldText, Text: "0.25"}
		if admin {
			want = portfolio.Field{ID: "cf_1", Name: "Probability", Type: portfolio.FieldNumber, Number: "0.25"}
		}
		check(t, "probability", f.Fields, []portfolio.Field{want})
		check(t, "what it blocks", fact[*portfolio.DependencyFact](t, l, "ops/relation/1").Predecessor.Ref, "ops/issue/1")
		check(t, "counts", count(l), map[portfolio.Kind]int{portfolio.KindProject: 2, portfolio.KindRisk: 4, portfolio.KindMilestone: 1, portfolio.KindDependency: 1, portfolio.KindPerson: 1})
		for _, q := range l.Quarantined {
			check(t, "one that cannot be read", []string{string(q.Of), q.Scope, q.ID}, []string{string(portfolio.KindRisk), "risks", texts([]int64{bad})[0]})
		}
		check(t, "in quarantine", len(l.Quarantined), 1)

		clock.later(24 * time.Hour)
		site.EditIssue(flood, func(i *redminetest.Issue) { i.Status = "Closed" })
		site.EditIssue(late, func(i *redminetest.Issue) { i.Tracker = "Milestone" })
		site.DeleteIssue(gone)
		site.EditProject(away.ID, func(p *redminetest.Project) { p.Status = redminetest.Archived })
		pull(t, l, c)
		check(t, "day it was closed", []string{risk(flood).Closed.String(), string(risk(flood).StatusCategory)}, []string{"2026-02-04", "DONE"})
		check(t, "what was a risk", fact[*portfolio.MilestoneFact](t, l, "ops/issue/2").Name, "The tills come late")
		sweep(t, l, c)
		presence := portfolio.PresenceAccessLost
		if admin {
			presence = portfolio.PresenceArchived
		}
		check(t, "presence", []portfolio.Presence{risk(flood).Presence, risk(late).Presence, risk(gone).Presence, risk(put).Presence},
			[]portfolio.Presence{"", portfolio.PresenceOutOfScope, portfolio.PresenceDeleted, presence})
		r, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, "would read", r.Counts, []connectors.Count{{Of: "projects", Records: 1}, {Of: "issues that are milestones", Records: 2}, {Of: "issues that are risks", Records: 2}})
	}
}

// TestRiskTrackers holds what is said of settings that cannot be.
func TestRiskTrackers(t *testing.T) {
	site := newSite(t, redminetest.Options{})
	for want, from := range map[string]string{
		`risks.from names the tracker "Hazard", which is not there; there are`:                      "Hazard",
		`the tracker Milestone is named in milestones.from and in risks.from; expected one of them`: "Milestone",
	} {
		_, err := open(t, site, nil, func(s *Settings) { milestones(s); s.Risks.From = []string{from} }).Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want %q", err, want)
		}
	}
	for from, want := range map[string]string{"versions": "risks.from has versions", "": "risks.from has an empty entry"} {
		s := Settings{URL: address, Risks: RiskSettings{From: []string{from}}}
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want %q", err, want)
		}
	}
}
