package jira

import (
	"strings"
	"testing"
	"time"

	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func withRisks(s *Settings) { s.Risks.From = []string{"Risk"} }

func TestRisks(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddType(jiratest.IssueType{ID: 10900, Name: "Risk"})
		site.AddField(jiratest.Field{ID: "customfield_1", Name: "Probability", Type: "number"})
		site.AddUser(jiratest.User{ID: "sue", Name: "Sue Park"})
		site.SetZone("me", "Pacific/Auckland")
		epic := site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "Tills"})
		flood := site.AddIssue("PAY", jiratest.Issue{
			Type: "Risk", Summary: "The cellar floods", Status: "In Progress", Due: "2026-03-01", Assignee: "sue",
			Created: time.Date(2026, 1, 9, 20, 0, 0, 0, time.UTC), Fields: map[string]any{"customfield_1": 0.25},
		})
		late := site.AddIssue("PAY", jiratest.Issue{Type: "Risk", Summary: "The tills come late"})
		gone := site.AddIssue("PAY", jiratest.Issue{Type: "Risk", Summary: "Nobody buys"})
		project := doc("project", flood.Project)

		r := read(t, open(t, site, []string{"Probability"}, withRisks))
		f := get[*portfolio.RiskFact](r, doc("issue", flood.ID))
		check(t, "risk", []string{f.Title, f.Source.Key, f.Project, f.Owner, f.Status, string(f.StatusCategory), f.Due.String(), f.Raised.String(), f.Scope},
			[]string{"The cellar floods", "PAY-2", project, "eng/user/sue", "In Progress", "IN_PROGRESS", "2026-03-01", "2026-01-10", "risks"})
		check(t, "probability", f.Fields, []portfolio.Field{{ID: "customfield_1", Name: "Probability", Type: portfolio.FieldNumber, Number: "0.25"}})
		get[*portfolio.MilestoneFact](r, doc("issue", epic.ID))

		site.EditIssue(flood.Key, func(i *jiratest.Issue) { i.Status, i.Resolved = "Done", time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC) })
		site.EditIssue(late.Key, func(i *jiratest.Issue) { i.Type = "Story" })
		site.DeleteIssue(gone.Key)
		r.again()
		check(t, "day it was closed", get[*portfolio.RiskFact](r, doc("issue", flood.ID)).Closed.String(), "2026-02-03")
		r.sweep()
		for _, c := range []struct {
			what string
			id   int64
			want portfolio.Presence
		}{
			{"a risk that stays", flood.ID, ""}, {"one that is a story now", late.ID, portfolio.PresenceOutOfScope}, {"a deleted one", gone.ID, portfolio.PresenceDeleted},
		} {
			check(t, c.what, get[*portfolio.RiskFact](r, doc("issue", c.id)).Presence, c.want)
		}
	})
}

func TestARiskIsOfTheProjectAboveIt(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddType(jiratest.IssueType{ID: 10900, Name: "Risk"})
		above := site.AddIssue("PAY", jiratest.Issue{Type: "Initiative", Summary: "Tills"})
		under := site.AddIssue("PAY", jiratest.Issue{Type: "Risk", Summary: "The tills come late", Parent: above.ID})
		loose := site.AddIssue("PAY", jiratest.Issue{Type: "Risk", Summary: "The cellar floods"})

		for name, c := range map[string]struct {
			from []string
			want map[int64]string // the risk's project
		}{
			"issues and projects": {[]string{"projects", "Initiative"}, map[int64]string{under.ID: doc("issue", above.ID), loose.ID: doc("project", loose.Project)}},
			"issues only":         {[]string{"Initiative"}, map[int64]string{under.ID: doc("issue", above.ID)}},
		} {
			r := read(t, open(t, site, nil, func(s *Settings) { withRisks(s); s.Projects.From = c.from }))
			r.sweep()
			got := map[int64]string{}
			for _, i := range []int64{under.ID, loose.ID} {
				if f, ok := r.Facts[portfolio.Key{Kind: portfolio.KindRisk, ID: doc("issue", i)}].(*portfolio.RiskFact); ok && f.Presence == "" {
					got[i] = f.Project
				}
			}
			check(t, name, got, c.want)
		}
	})
}

// A query of the settings that would find risks and cards among the milestones
// does not make milestones of them.
func TestAQueryDoesNotFindRisks(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddType(jiratest.IssueType{ID: 10900, Name: "Risk"})
		flood := site.AddIssue("PAY", jiratest.Issue{Type: "Risk", Summary: "The cellar floods", Due: "2026-03-01"})
		story := site.AddIssue("PAY", jiratest.Issue{Type: "Story", Summary: "Pumps", Due: "2026-03-01"})
		r := read(t, open(t, site, nil, func(s *Settings) { withRisks(s); s.Milestones.From = []string{"jql: duedate is not EMPTY"} }))
		r.sweep()
		get[*portfolio.RiskFact](r, doc("issue", flood.ID))
		get[*portfolio.MilestoneFact](r, doc("issue", story.ID))
	})
}

func TestARiskThatCannotBeReadIsARiskInQuarantine(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddType(jiratest.IssueType{ID: 10900, Name: "Risk"})
		c := open(t, site, nil, withRisks)
		run, err := c.run(t.Context(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := run.issue([]byte(`{"id":"7","key":"PAY-7","fields":{"summary":{"odd":true},"issuetype":{"id":"10900"}}}`))
		if got.quarantined == nil || got.quarantined.Of != portfolio.KindRisk || got.quarantined.Scope != "risks" {
			t.Errorf("%+v", got.quarantined)
		}
	})
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q in it", err, want)
	}
}

func TestRiskTypesAreChecked(t *testing.T) {
	for from, want := range map[string]string{
		"epics": `risks.from has "epics": the name or id of an issue type`, "": `risks.from has "": the name or id of an issue type`,
	} {
		s := Settings{URL: "https://example.atlassian.net", Auth: Auth{Email: "pmo@example.com", Token: secret.New("t")}, Risks: RiskSettings{From: []string{from}}}
		wantError(t, s.Validate(), want)
	}
	site := newSite(t, jiratest.Options{})
	c := open(t, site, nil, func(s *Settings) { s.Risks.From = []string{"Hazard"} })
	_, err := c.Check(t.Context())
	wantError(t, err, `risks.from names the issue type "Hazard", which is not there; there are`)
	c = open(t, site, nil, func(s *Settings) { s.Risks.From, s.Projects.From = []string{"Epic"}, []string{"Epic"} })
	_, err = c.Check(t.Context())
	wantError(t, err, `the issue type Epic is named in projects.from and in risks.from`)
}
