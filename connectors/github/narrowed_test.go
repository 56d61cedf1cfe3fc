package github

import (
	"fmt"
	"testing"
	"testing/synctest"

	"plumbline/connectors/github/githubtest"
	"plumbline/portfolio"
)

// TestWhatIsReadNoLonger holds that what settings leave out from now on goes
// out of scope, and does not stay as it was last seen.
func TestWhatIsReadNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		m := site.AddMilestone(githubtest.Milestone{Repository: repo.ID, Title: "Go-live"})
		risk := site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "The cellar floods", Labels: []string{"risk"}})
		first := site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "Tills", Labels: []string{"milestone"}})
		second := site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "Scales", Labels: []string{"milestone"}, BlockedBy: []int64{first.ID}})
		board := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio", Fields: boardFields})
		draft := site.AddItem(githubtest.Item{Board: board.ID, Title: "Contract", Values: map[string]any{"Target date": "2026-05-01"}})
		update := site.AddStatusUpdate(githubtest.StatusUpdate{Board: board.ID, Status: "AT_RISK", Creator: "pia"})

		both := []string{"repositories", "boards"}
		all := func(s *Settings) {
			s.Projects.From, s.Milestones.From = both, []string{"milestones", "label:milestone", "iterations"}
			s.Risks.From = []string{"label:risk"}
		}
		r := read(t, open(t, site, nil, all))
		presence := func(kind string, id any) portfolio.Presence {
			t.Helper()
			return get[portfolio.ToolFact](r, fmt.Sprintf("code/%s/%v", kind, id)).Origin().Presence
		}
		narrowed := func(change func(*Settings)) {
			t.Helper()
			r.c, r.Cursor = open(t, site, nil, change), nil // other settings, so everything is read
			r.again()
			r.sweep()
		}
		blocked := fmt.Sprintf("%d-%d", first.ID, second.ID)
		for key := range r.Facts {
			if key.Kind == portfolio.KindDependency {
				_, blocked = r.c.bareKind(key.ID)
			}
		}
		narrowed(func(s *Settings) { all(s); s.Dependencies.Off = true })
		check(t, "what blocks an issue", presence("blockedby", blocked), portfolio.PresenceOutOfScope)
		narrowed(func(s *Settings) { s.Projects.From, s.Milestones.From = both, []string{"items"} })
		check(t, "a milestone", presence("milestone", m.ID), portfolio.PresenceOutOfScope)
		check(t, "an issue", presence("issue", first.ID), portfolio.PresenceOutOfScope)
		check(t, "a risk", get[*portfolio.RiskFact](r, fmt.Sprintf("code/issue/%d", risk.ID)).Presence, portfolio.PresenceOutOfScope)
		check(t, "an iteration", presence("iteration", "PVTF_sprint-aaaa"), portfolio.PresenceOutOfScope)
		check(t, "a draft on a board", presence("item", draft.ID), "")
		narrowed(func(s *Settings) { s.Projects.From, s.Milestones.From = []string{"boards"}, []string{"iterations"} })
		check(t, "a repository", presence("repository", repo.ID), portfolio.PresenceOutOfScope)
		check(t, "a draft on a board", presence("item", draft.ID), portfolio.PresenceOutOfScope)
		narrowed(nil)
		check(t, "a board", presence("board", board.ID), portfolio.PresenceOutOfScope)
		check(t, "its status update", presence("statusupdate", update.ID), portfolio.PresenceOutOfScope)
		check(t, "a milestone once more", presence("milestone", m.ID), "")
		writes := r.Writes
		r.again()
		r.sweep()
		check(t, "writes when nothing happened", r.Writes-writes, 0)
	})
}
