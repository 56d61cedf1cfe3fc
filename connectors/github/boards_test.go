package github

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/github/githubtest"
	"plumbline/portfolio"
)

func boardsOnly(s *Settings) { s.Projects.From = []string{"boards"} }

var boardFields = []githubtest.BoardField{
	{ID: "PVTF_due", Name: "Target date", Type: "DATE"},
	{ID: "PVTF_start", Name: "Start date", Type: "DATE"},
	{ID: "PVTF_status", Name: "Status", Type: "SINGLE_SELECT"},
	{ID: "PVTF_budget", Name: "Budget", Type: "NUMBER"},
	{ID: "PVTF_sprint", Name: "Sprint", Type: "ITERATION", Iterations: []githubtest.Iteration{
		{ID: "aaaa", Title: "Sprint 1", Start: "2026-01-05", Days: 14, Completed: true},
		{ID: "bbbb", Title: "Sprint 2", Start: "2026-01-19", Days: 14},
	}},
}

// TestBoards holds what becomes of a board, its status updates, iterations and
// items, and of what vanishes from it.
func TestBoards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		board := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Health record", Description: "One record", Creator: "pia", Fields: boardFields})
		second := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Overview", Fields: boardFields[:1]})
		site.AddBoard(githubtest.Board{Owner: "acme", Title: "How we plan", Template: true})
		issue := site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "Go-live", Assignees: []string{"pia"}, Labels: []string{"launch"}})
		part := site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "Training", Parent: issue.ID, BlockedBy: []int64{issue.ID}})
		pull := site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "Code", PullRequest: true})
		item := site.AddItem(githubtest.Item{Board: board.ID, Issue: issue.ID, Values: map[string]any{
			"Target date": "2026-05-01", "Start date": "2026-01-05", "Status": "In Progress", "Budget": 1250.5, "Sprint": "Sprint 2",
		}})
		site.AddItem(githubtest.Item{Board: second.ID, Issue: issue.ID, Values: map[string]any{"Target date": "2026-06-01"}})
		site.AddItem(githubtest.Item{Board: board.ID, Issue: part.ID, Values: map[string]any{"Target date": "2026-04-01"}})
		site.AddItem(githubtest.Item{Board: board.ID, Issue: pull.ID, Values: map[string]any{"Target date": "2026-04-01"}})
		site.AddItem(githubtest.Item{Board: board.ID, Issue: part.ID, Redacted: true})
		site.AddItem(githubtest.Item{Board: board.ID, Title: "No date"})
		draft := site.AddItem(githubtest.Item{Board: board.ID, Title: "Contract signed", Values: map[string]any{"Target date": "2026-02-01", "Status": "Done"}})
		var updates []githubtest.StatusUpdate
		for n := range 25 {
			time.Sleep(time.Hour)
			updates = append(updates, site.AddStatusUpdate(githubtest.StatusUpdate{
				Board: board.ID, Status: "AT_RISK", Body: fmt.Sprint("Week ", n), Start: "2026-01-01", Target: "2026-06-30", Creator: "pia",
			}))
		}
		r := read(t, open(t, site, []string{"Budget"}, boardsOnly))
		check(t, "milestones", r.Names(), []string{"Contract signed", "Go-live", "Sprint 1", "Sprint 2", "Training"})
		doc := func(kind string, id int64) string { return fmt.Sprintf("code/%s/%d", kind, id) }
		p := get[*portfolio.ProjectFact](r, doc("board", board.ID))
		check(t, "a board", []string{p.Name, p.Source.Key, p.Description, p.Start.String(), p.Due.String(), p.Category, p.Status}, []string{
			"Health record", "acme/1", "One record", "2026-01-01", "2026-06-30", "acme", "open",
		})
		check(t, "its lead", get[*portfolio.PersonFact](r, p.Lead).Name, "Pia Moser")
		u := get[*portfolio.StatusReportFact](r, doc("statusupdate", updates[0].ID))
		check(t, "a status update", []string{u.Health, u.Text, u.Project, u.Author}, []string{"AT_RISK", "Week 0", doc("board", board.ID), p.Lead})
		m := get[*portfolio.MilestoneFact](r, doc("issue", issue.ID))
		check(t, "an issue", []string{m.Start.String(), m.Due.String(), m.Status, string(m.StatusCategory), m.Owner, m.Project, m.Source.Key, m.Fields[0].Number}, []string{
			"2026-01-05", "2026-05-01", "In Progress", "IN_PROGRESS", p.Lead, doc("board", board.ID), "acme/api#1", "1250.5",
		})
		d := get[*portfolio.MilestoneFact](r, doc("item", draft.ID))
		check(t, "a draft", []string{d.Due.String(), string(d.StatusCategory)}, []string{"2026-02-01", "DONE"})
		i := get[*portfolio.MilestoneFact](r, "code/iteration/PVTF_sprint-aaaa")
		check(t, "an iteration", []string{i.Start.String(), i.Due.String(), i.Finished.String(), string(i.StatusCategory)}, []string{"2026-01-05", "2026-01-18", "2026-01-18", "DONE"})
		l := get[*portfolio.DependencyFact](r, fmt.Sprintf("code/subissue/%d-%d", part.ID, issue.ID))
		check(t, "a sub-issue", []string{l.Predecessor.Name, l.Successor.Key}, []string{"Training", "acme/api#1"})

		blocked := fmt.Sprintf("code/blockedby/%d-%d", issue.ID, part.ID)
		check(t, "what is blocked", get[*portfolio.DependencyFact](r, blocked).Successor.Name, "Training")

		writes := r.Writes
		r.again()
		r.sweep()
		check(t, "written of what did not change", r.Writes-writes, 0)
		time.Sleep(time.Hour)
		site.EditItem(item.ID, func(x *githubtest.Item) { x.Values = nil })
		site.EditIssue(part.ID, func(x *githubtest.Issue) { x.Parent, x.BlockedBy = 0, nil })
		site.DeleteItem(draft.ID)
		site.DeleteStatusUpdate(board.ID, updates[3].ID)
		site.EditBoard(board.ID, func(b *githubtest.Board) {
			b.Fields[4].Iterations = b.Fields[4].Iterations[1:]
		})
		r.again()
		r.sweep()
		at := func(id string) portfolio.Presence { return get[portfolio.ToolFact](r, id).Origin().Presence }
		check(t, "an issue that has its date on another board", get[*portfolio.MilestoneFact](r, doc("issue", issue.ID)).Presence, portfolio.PresenceOutOfScope)
		check(t, "a draft that was deleted", at(doc("item", draft.ID)), portfolio.PresenceDeleted)
		check(t, "a status update that was deleted", at(doc("statusupdate", updates[3].ID)), portfolio.PresenceDeleted)
		check(t, "an iteration that was deleted", at("code/iteration/PVTF_sprint-aaaa"), portfolio.PresenceDeleted)
		check(t, "a relation that was deleted", at(fmt.Sprintf("code/subissue/%d-%d", part.ID, issue.ID)), portfolio.PresenceDeleted)
		check(t, "what is blocked no longer", at(blocked), portfolio.PresenceDeleted)
		site.Hide(token(t), board.ID)
		r.sweep()
		check(t, "a board that is hidden", at(doc("board", board.ID)), portfolio.PresenceAccessLost)
		check(t, "the issue, which is on the other one too", get[*portfolio.MilestoneFact](r, doc("issue", issue.ID)).Project, doc("board", second.ID))
	})
}

// TestAQueryThatIsRateLimited holds that an error in a good reply is waited for.
func TestAQueryThatIsRateLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio"})
		mend := site.Inject(fake.Fault{Kind: githubtest.RateLimitedQuery, Path: "/graphql", After: 50 * time.Second, Times: 1})
		r := read(t, open(t, site, nil, boardsOnly))
		mend()
		if n := site.Counts(); len(n.TooEarly) > 0 || len(r.Facts) != 1 {
			t.Errorf("%d facts; asked too early: %v", len(r.Facts), n.TooEarly)
		}
		site.Inject(fake.Fault{Kind: githubtest.RateLimitedQuery, Path: "/graphql", After: time.Hour})
		err := connectortest.NewLedger().Pull(t.Context(), r.c, nil)
		var parked *connectors.RateLimited
		if !errors.As(err, &parked) {
			t.Errorf("error = %v, want to be parked", err)
		}
	})
}

// TestRelations holds that what blocks an issue, and its parts, come before it,
// and that what is gone is told so.
func TestRelations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		api := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		web := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "web"})
		first := site.AddIssue(githubtest.Issue{Repository: web.ID, Title: "Interface"})
		second := site.AddIssue(githubtest.Issue{Repository: api.ID, Title: "Go-live", Labels: []string{"m"}, BlockedBy: []int64{first.ID}})
		part := site.AddIssue(githubtest.Issue{Repository: api.ID, Title: "Pilot", Labels: []string{"m"}, Parent: second.ID})
		site.AddIssue(githubtest.Issue{Repository: api.ID, Title: "a task", Parent: second.ID})
		byLabel := func(s *Settings) { s.Milestones.From = []string{"label:m"} }
		r := read(t, open(t, site, nil, byLabel))
		blocked := fmt.Sprintf("code/blockedby/%d-%d", first.ID, second.ID)
		d := get[*portfolio.DependencyFact](r, blocked)
		check(t, "blocked by", []string{d.Type, d.Predecessor.Key, d.Predecessor.Name, d.Successor.Ref}, []string{
			"Blocked by", "acme/web#1", "Interface", fmt.Sprintf("code/issue/%d", second.ID),
		})
		get[*portfolio.DependencyFact](r, fmt.Sprintf("code/subissue/%d-%d", part.ID, second.ID))
		check(t, "facts", len(r.Facts), 2+2+2) // repositories, milestones, relations
		time.Sleep(time.Hour)
		site.EditIssue(second.ID, func(x *githubtest.Issue) { x.BlockedBy = nil })
		r.again()
		r.sweep()
		check(t, "no longer blocked", get[*portfolio.DependencyFact](r, blocked).Presence, portfolio.PresenceDeleted)
		off := read(t, open(t, site, nil, func(s *Settings) { byLabel(s); s.Dependencies.Off = true }))
		check(t, "facts without relations", len(off.Facts), 2+2)
	})
}

// TestWithheldBoards holds that boards which may not be seen are not taken for
// boards that are not there.
func TestWithheldBoards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.AddBoard(githubtest.Board{Owner: "acme", Raw: []byte("null")})
		err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, boardsOnly), nil)
		if !hasStatus(err, 403) {
			t.Errorf("error = %v, want one that names the permission", err)
		}
		site.AddBoard(githubtest.Board{Owner: "acme", Title: "Seen"})
		for page, err := range open(t, site, nil, boardsOnly).Pull(t.Context(), nil) {
			for _, s := range page.Complete {
				if slices.Contains([]string{scopeBoards, scopeIterations, scopeUpdates, scopeItems, scopeDependencies}, s.Name) {
					t.Errorf("%s are called complete", s.Name)
				}
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
}
