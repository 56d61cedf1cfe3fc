package github

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors/github/githubtest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestRisks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		add := func(i githubtest.Issue) githubtest.Issue { i.Repository = repo.ID; return site.AddIssue(i) }
		epic := add(githubtest.Issue{Title: "Tills", Type: "Epic"})
		flood := add(githubtest.Issue{Title: "The cellar floods", Type: "Risk", Assignees: []string{"pia"}, BlockedBy: []int64{epic.ID}})
		late := add(githubtest.Issue{Title: "The tills come late", Labels: []string{"risk"}})
		both := add(githubtest.Issue{Title: "A risk, whatever else", Type: "Epic", Labels: []string{"risk"}})
		gone := add(githubtest.Issue{Title: "Nobody buys", Labels: []string{"Risk"}})
		add(githubtest.Issue{Title: "A bug", Type: "Bug"})
		raised := portfolio.DateOf(time.Now().UTC()).String()
		r := read(t, open(t, site, nil, func(s *Settings) {
			s.Milestones.From = []string{"type:Epic"}
			s.Risks.From = []string{"type:Risk", "label:risk"}
		}))
		risk := func(id int64) *portfolio.RiskFact {
			return get[*portfolio.RiskFact](r, fmt.Sprintf("code/issue/%d", id))
		}
		f := risk(flood.ID)
		check(t, "risk", []string{f.Title, f.Source.Key, f.Project, f.Status, string(f.StatusCategory), f.Raised.String(), f.Closed.String(), f.Scope},
			[]string{"The cellar floods", "acme/api#2", fmt.Sprintf("code/repository/%d", repo.ID), "open", "TODO", raised, "", "risks"})
		check(t, "its owner", get[*portfolio.PersonFact](r, f.Owner).Name, "Pia Moser")
		check(t, "milestones", r.Names(), []string{"Tills"})
		check(t, "one that is an epic too", risk(both.ID).Title, "A risk, whatever else")
		for _, fact := range r.Facts {
			if d, ok := fact.(*portfolio.DependencyFact); ok {
				t.Errorf("what a risk waits for is told: %+v", d)
			}
		}
		time.Sleep(24 * time.Hour)
		site.EditIssue(flood.ID, func(i *githubtest.Issue) { i.State, i.Reason, i.Closed = "closed", "not_planned", time.Now() })
		site.EditIssue(late.ID, func(i *githubtest.Issue) { i.Labels, i.Type = nil, "Epic" })
		site.DeleteIssue(gone.ID)
		r.again()
		check(t, "a closed one", []string{risk(flood.ID).Closed.String(), string(risk(flood.ID).StatusCategory)}, []string{portfolio.DateOf(time.Now().UTC()).String(), "CANCELLED"})
		r.sweep()
		for id, want := range map[int64]portfolio.Presence{flood.ID: "", late.ID: portfolio.PresenceOutOfScope, both.ID: "", gone.ID: portfolio.PresenceDeleted} {
			check(t, fmt.Sprint("risk ", id), risk(id).Presence, want)
		}
		check(t, "what became a milestone", get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/issue/%d", late.ID)).Name, "The tills come late")
		writes := r.Writes
		r.again()
		r.sweep()
		check(t, "writes when nothing happened", r.Writes-writes, 0)
	})
}

// TestARiskOnABoardIsNoMilestone holds it for issues whose label says so.
func TestARiskOnABoardIsNoMilestone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		board := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio", Fields: boardFields})
		for title, label := range map[string]string{"The cellar floods": "Risk", "Go-live": "launch"} {
			i := site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: title, Labels: []string{label}})
			site.AddItem(githubtest.Item{Board: board.ID, Issue: i.ID, Values: map[string]any{"Target date": "2026-05-01"}})
		}
		r := read(t, open(t, site, nil, func(s *Settings) {
			s.Projects.From, s.Milestones.From, s.Risks.From = []string{"repositories", "boards"}, []string{"items"}, []string{"label:risk"}
		}))
		r.sweep()
		check(t, "milestones", r.Names(), []string{"Go-live"})
	})
}

func TestARiskThatCannotBeReadIsARiskInQuarantine(t *testing.T) {
	v := conversion{session: &session{}, connection: "code", hidden: new(secret.Hidden), risks: []string{"label:risk"}}
	got := v.issue([]byte(`{"id":7,"number":3,"labels":[{"name":"risk"}],"created_at":"soon"}`), repository{id: 1, fullName: "acme/api"})
	if got.quarantined == nil || got.quarantined.Of != portfolio.KindRisk || got.quarantined.Scope != scopeRisks {
		t.Errorf("%+v", got.quarantined)
	}
}

func TestRiskSettings(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		`risks.from has "Risk": type:`:               func(s *Settings) { s.Risks.From = []string{"Risk"} },
		`risks.from has "label:": type:`:             func(s *Settings) { s.Risks.From = []string{"label:"} },
		"risks.from has type:Risk, but projects":     func(s *Settings) { s.Risks.From, s.Projects.From = []string{"type:Risk"}, []string{"boards"} },
		"risks.from has type:Epic, which milestones": func(s *Settings) { s.Risks.From, s.Milestones.From = []string{"type:Epic"}, []string{"type:Epic"} },
		"risks.from has type:Risk beside items": func(s *Settings) {
			s.Risks.From, s.Projects.From = []string{"type:Risk"}, []string{"repositories", "boards"}
		},
	} {
		s := Settings{Auth: Auth{Token: secret.New("t")}, Owners: []string{"acme"}}
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one that says %q", err, want)
		}
	}
}
