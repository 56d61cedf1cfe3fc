package github

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/github/githubtest"
	"plumbline/portfolio"
)

// TestWhatIsKnownCostsNothing holds that a quiet GitHub answers nearly all
// with 304, and that what did change is read all the same.
func TestWhatIsKnownCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.Fill("acme", 30, 3)
		c := open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{"milestones", "label:milestone"} })
		r := read(t, c)
		time.Sleep(10 * time.Minute)
		r.again() // asks for the issues since the hour for the first time
		time.Sleep(10 * time.Minute)
		site.ResetCounts()
		r.again()
		n := site.Counts()
		if n.Points > 4 || n.Unchanged != n.Requests-n.Points {
			t.Errorf("a quiet run cost %d of %d requests, %d unchanged; want at most 4: %v", n.Points, n.Requests, n.Unchanged, n.ByPath)
		}
		m := site.AddMilestone(githubtest.Milestone{Repository: r.c.firstRepository(t), Title: "New"})
		r.again()
		check(t, "a new milestone", get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/milestone/%d", m.ID)).Name, "New")
		writes := r.Writes
		site.ResetCounts()
		r.sweep()
		if n := site.Counts(); r.Writes != writes || n.Points > 3+30 {
			t.Errorf("a sweep of what is known cost %d and wrote %d", n.Points, r.Writes-writes)
		}
	})
}

// firstRepository is the id of the first one that was listed.
func (c *Connector) firstRepository(t *testing.T) int64 {
	t.Helper()
	least := int64(0)
	for id := range c.memory.listed {
		if least == 0 || id < least {
			least = id
		}
	}
	return least
}

// TestRenamedAndLost holds that a repository stays itself under another name,
// and that what vanished is told by why.
func TestRenamedAndLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		kept := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		other := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "web"})
		m := site.AddMilestone(githubtest.Milestone{Repository: kept.ID, Title: "Go-live"})
		lost := site.AddMilestone(githubtest.Milestone{Repository: other.ID, Title: "Elsewhere"})
		issue := site.AddIssue(githubtest.Issue{Repository: kept.ID, Title: "Moves", Labels: []string{"m"}})
		unlabelled := site.AddIssue(githubtest.Issue{Repository: kept.ID, Title: "Loses its label", Labels: []string{"m"}})
		r := read(t, open(t, site, nil, func(s *Settings) {
			s.Milestones.From = []string{"milestones", "label:m"}
			s.Owners, s.Projects.Repositories = nil, []string{"acme/api", "acme/w*"}
		}))
		time.Sleep(time.Hour)
		site.EditRepository(kept.ID, func(x *githubtest.Repository) { x.Name = "backend" })
		site.EditIssue(unlabelled.ID, func(x *githubtest.Issue) { x.Labels = nil })
		moved := site.TransferIssue(issue.ID, other.ID)
		r.again()
		r.sweep()
		p := get[*portfolio.ProjectFact](r, fmt.Sprintf("code/repository/%d", kept.ID))
		check(t, "renamed", []string{p.Name, p.Source.Key, string(p.Presence)}, []string{"backend", "acme/backend", ""})
		at := func(kind string, id int64) portfolio.Presence {
			return get[portfolio.ToolFact](r, fmt.Sprintf("code/%s/%d", kind, id)).Origin().Presence
		}
		check(t, "a transferred issue", at("issue", issue.ID), portfolio.PresenceDeleted)
		check(t, "what it is now", get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/issue/%d", moved.ID)).Project, fmt.Sprintf("code/repository/%d", other.ID))
		check(t, "an issue without the label", at("issue", unlabelled.ID), portfolio.PresenceOutOfScope)
		site.Hide(token(t), other.ID)
		site.DeleteMilestone(m.ID)
		r.sweep()
		check(t, "a hidden repository", at("repository", other.ID), portfolio.PresenceAccessLost)
		check(t, "its milestone", at("milestone", lost.ID), portfolio.PresenceAccessLost)
		check(t, "a deleted milestone", at("milestone", m.ID), portfolio.PresenceDeleted)
		site.Show(token(t), other.ID)
		r.again()
		check(t, "shown again", at("milestone", lost.ID), portfolio.Presence(""))
	})
}

// TestRateLimits holds that each of GitHub's ways to say that it is too much
// is waited for, or parks the run when the wait is long.
func TestRateLimits(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"secondary":            {Kind: fake.ForbiddenRetry, After: 9 * time.Second, Times: 1, Skip: 3},
		"secondary, no header": {Kind: githubtest.SecondaryBare, Times: 1, Skip: 3},
		"primary":              {Kind: githubtest.Primary, After: 40 * time.Second, Times: 1, Skip: 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				site := newSite(t, githubtest.Options{})
				site.Fill("acme", 5, 2)
				site.Inject(fault)
				r := read(t, open(t, site, nil, nil))
				check(t, "milestones", len(r.Names()), 10)
				if n := site.Counts(); len(n.TooEarly) > 0 {
					t.Errorf("asked too early: %v", n.TooEarly)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.Fill("acme", 5, 2)
		site.Inject(fake.Fault{Kind: githubtest.Primary, After: 40 * time.Minute, Skip: 3})
		var parked *connectors.RateLimited
		err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, nil), nil)
		if !errors.As(err, &parked) || time.Until(parked.Until) < 39*time.Minute {
			t.Errorf("error = %v, want to be parked for 40 minutes", err)
		}
	})
	synctest.Test(t, func(t *testing.T) { // a missing permission is no limit
		site := newSite(t, githubtest.Options{})
		site.Inject(fake.Fault{Kind: fake.Forbidden})
		err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, nil), nil)
		if !hasStatus(err, 403) {
			t.Errorf("error = %v, want the refusal", err)
		}
	})
}

// TestMemoryHoldsForItsOwnStore holds that what was read by a run that did not
// write, or before another one wrote, is asked for once more.
func TestMemoryHoldsForItsOwnStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.Fill("acme", 2, 2)
		r := read(t, open(t, site, nil, nil))
		m := site.AddMilestone(githubtest.Milestone{Repository: r.c.firstRepository(t), Title: "New"})
		for _, err := range r.c.Pull(t.Context(), r.Cursor) { // a dry run: its pages are thrown away
			if err != nil {
				t.Fatal(err)
			}
		}
		r.again()
		check(t, "after a dry run", get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/milestone/%d", m.ID)).Name, "New")

		replica := &reader{t, open(t, site, nil, nil), r.Ledger}
		site.EditMilestone(m.ID, func(x *githubtest.Milestone) { x.Open = 5 })
		replica.again()
		site.EditMilestone(m.ID, func(x *githubtest.Milestone) { x.Open = 0 })
		r.again()
		check(t, "after another replica's run", get[*portfolio.MilestoneFact](r, fmt.Sprintf("code/milestone/%d", m.ID)).Work, nil)
	})
}

// TestAMissingPermissionIsNoEmptyList holds that a token which lost a
// permission fails the run, and loses nothing of what is stored.
func TestAMissingPermissionIsNoEmptyList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, githubtest.Options{})
		site.Fill("acme", 2, 2)
		r := read(t, open(t, site, nil, nil))
		for _, kind := range []fake.Kind{fake.Forbidden, fake.NotFound} {
			mend := site.Inject(fake.Fault{Kind: kind, Path: "/milestones"})
			other := &reader{t, open(t, site, nil, nil), r.Ledger}
			if err := other.Sweep(t.Context(), other.c, nil); err == nil {
				t.Errorf("%s: the sweep ended well", kind)
			}
			mend()
		}
		check(t, "milestones", len(r.Names()), 4)
	})
}
