package redmine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/redmine/redminetest"
	"plumbline/portfolio"
)

func check[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func day(t *testing.T, s string) portfolio.Date {
	t.Helper()
	d, err := portfolio.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func refused(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, connectors.ErrUnauthorized) {
		t.Errorf("error = %v, want ErrUnauthorized", err)
	}
}

func pull(t *testing.T, l *connectortest.Ledger, c connectors.Connector) {
	t.Helper()
	if err := l.Pull(t.Context(), c, nil); err != nil {
		t.Fatalf("pull: %v", err)
	}
}

func sweep(t *testing.T, l *connectortest.Ledger, c connectors.Connector) {
	t.Helper()
	if err := l.Sweep(t.Context(), c, nil); err != nil {
		t.Fatalf("sweep: %v", err)
	}
}

// clock is one that the test turns.
type clock struct{ at time.Time }

func newClock() *clock                   { return &clock{time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC)} }
func (c *clock) now() time.Time          { return c.at }
func (c *clock) later(d time.Duration)   { c.at = c.at.Add(d) }
func (c *clock) of() redminetest.Options { return redminetest.Options{Now: c.now} }

// milestones makes issues of the tracker Milestone milestones too.
func milestones(s *Settings) { s.Milestones.From = []string{"versions", "Milestone"} }

// TestQuietChanges: what leaves no time of change anywhere is seen all the same,
// versions at once and relations by the next sweep.
func TestQuietChanges(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.of())
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	v := site.AddVersion(redminetest.Version{Project: p.ID, Name: "Go-live", Due: "2026-05-01"})
	a := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Design", Due: "2026-03-01", Version: v.ID})
	b := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Build", Due: "2026-04-01"})
	other := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Elsewhere"})
	clock.later(time.Hour)
	site.EditIssue(other.ID, func(*redminetest.Issue) {}) // so that the other two lie before what is read again
	c, l := open(t, site, nil, milestones), connectortest.NewLedger()
	pull(t, l, c)
	clock.later(time.Hour)
	site.EditVersion(v.ID, func(v *redminetest.Version) { v.Due = "2026-06-01" })
	delay := 2
	r := site.AddRelation("precedes", a.ID, b.ID, &delay, false)
	site.EditProject(p.ID, func(p *redminetest.Project) { p.Status = redminetest.Closed })
	pull(t, l, c)
	check(t, "the version after a quick run", fact[*portfolio.MilestoneFact](t, l, "ops/version/1").Due, day(t, "2026-06-01"))
	check(t, "the project, closed", fact[*portfolio.ProjectFact](t, l, "ops/project/1").StatusCategory, portfolio.StatusDone)
	check(t, "dependencies after a quick run", count(l)[portfolio.KindDependency], 0)
	sweep(t, l, c)
	check(t, "the lag", fact[*portfolio.DependencyFact](t, l, "ops/relation/1").LagDays, 2)
	site.DeleteRelation(r.ID)
	pull(t, l, c)
	check(t, "presence after a quick run", fact[*portfolio.DependencyFact](t, l, "ops/relation/1").Presence, "")
	sweep(t, l, c)
	check(t, "presence after a sweep", fact[*portfolio.DependencyFact](t, l, "ops/relation/1").Presence, portfolio.PresenceDeleted)
	writes := l.Writes
	pull(t, l, c)
	sweep(t, l, c)
	check(t, "writes without a change", l.Writes, writes)
}

// TestClosedIsListed: what was closed before the first run is read as what it is,
// without being asked for alone.
func TestClosedIsListed(t *testing.T) {
	site := newSite(t, newClock().of())
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments", Status: redminetest.Closed})
	i := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Design"})
	site.EditIssue(i.ID, func(i *redminetest.Issue) { i.Status = "Closed" })
	l := connectortest.NewLedger()
	pull(t, l, open(t, site, nil, milestones))
	check(t, "the project", fact[*portfolio.ProjectFact](t, l, "ops/project/1").StatusCategory, portfolio.StatusDone)
	check(t, "the issue", fact[*portfolio.MilestoneFact](t, l, "ops/issue/1").StatusCategory, portfolio.StatusDone)
}

// TestWrittenLate: a change that shows only after a run is read by the next one,
// though its time is before that of the newest one then.
func TestWrittenLate(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.of())
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	a := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Design"})
	b := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Build"})
	clock.later(time.Hour)
	site.EditIssue(b.ID, func(*redminetest.Issue) {})
	c, l := open(t, site, nil, milestones), connectortest.NewLedger()
	pull(t, l, c)
	clock.later(-14 * time.Minute)
	site.EditIssue(a.ID, func(i *redminetest.Issue) { i.Subject = "Late" })
	clock.later(time.Hour)
	pull(t, l, c)
	check(t, "name", fact[*portfolio.MilestoneFact](t, l, "ops/issue/1").Name, "Late")
}

// TestSharedVersions: a version that another project shares is taken from the
// one it belongs to, also where that is not read.
func TestSharedVersions(t *testing.T) {
	site := newSite(t, newClock().of())
	top := site.AddProject(redminetest.Project{Identifier: "top", Name: "Programme"})
	site.AddProject(redminetest.Project{Identifier: "sub", Name: "Part", Parent: top.ID})
	site.AddVersion(redminetest.Version{Project: top.ID, Name: "Go-live", Sharing: "descendants"})
	for key, want := range map[string][2]int{"top": {2, 1}, "sub": {1, 0}} {
		l := connectortest.NewLedger()
		pull(t, l, open(t, site, nil, func(s *Settings) { s.Projects.Keys = []string{key} }))
		check(t, key, [2]int{count(l)[portfolio.KindProject], count(l)[portfolio.KindMilestone]}, want)
	}
}

// TestRescheduled: where a relation puts the follower off, that is a change of
// the follower, and brings the relation along.
func TestRescheduled(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.of())
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
	a := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Design"})
	b := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Build"})
	c, l := open(t, site, nil, milestones), connectortest.NewLedger()
	pull(t, l, c)
	clock.later(time.Hour)
	site.AddRelation("precedes", a.ID, b.ID, nil, true)
	site.AddRelation("blocks", b.ID, a.ID, nil, false)
	site.AddRelation("relates", b.ID, a.ID, nil, false)
	pull(t, l, c)
	check(t, "dependencies", count(l)[portfolio.KindDependency], 2)
}

func TestStatuses(t *testing.T) {
	for _, old := range []bool{false, true} {
		o := newClock().of()
		o.Old = old
		site := newSite(t, o)
		p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"})
		var ids []int64
		for _, status := range []string{"New", "Feedback", "Closed", "Rejected"} {
			i := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: status})
			site.EditIssue(i.ID, func(i *redminetest.Issue) { i.Status = status })
			ids = append(ids, i.ID)
		}
		for _, status := range []string{"open", "locked", "closed", "unheard"} {
			ids = append(ids, site.AddVersion(redminetest.Version{Project: p.ID, Name: status, Status: status}).ID)
		}
		l := connectortest.NewLedger()
		pull(t, l, open(t, site, nil, func(s *Settings) { milestones(s); s.Milestones.Cancelled = []string{"rejected"} }))
		var got []string
		for i, id := range ids {
			kind := []string{"issue", "version"}[i/4]
			m := fact[*portfolio.MilestoneFact](t, l, portfolio.DocID("ops", kind, texts([]int64{id})[0]))
			got = append(got, strings.Join([]string{m.Status, string(m.StatusCategory), m.Finished.String()}, " "))
		}
		check(t, "statuses", got, []string{
			"New TODO ", "Feedback IN_PROGRESS ", "Closed DONE 2026-02-03", "Rejected CANCELLED 2026-02-03",
			"open TODO ", "locked IN_PROGRESS ", "closed DONE ", "unheard  ",
		})
	}
}

// TestWhatIsGone: deleted, archived and hidden things are told apart as far as
// the account may know.
func TestWhatIsGone(t *testing.T) {
	for _, admin := range []bool{true, false} {
		clock := newClock()
		site := newSite(t, clock.of())
		site.AddAccount(redminetest.Account{Key: token(t), User: 1, Admin: admin})
		var versions []string
		for _, name := range []string{"stays", "deleted", "archived", "hidden"} {
			p := site.AddProject(redminetest.Project{Identifier: name, Name: name, Private: true})
			v := site.AddVersion(redminetest.Version{Project: p.ID, Name: name})
			site.AddIssue(redminetest.Issue{Project: p.ID, Subject: name})
			versions = append(versions, portfolio.DocID("ops", "version", texts([]int64{v.ID})[0]))
		}
		c, l := open(t, site, nil, milestones), connectortest.NewLedger()
		pull(t, l, c)
		clock.later(time.Hour)
		site.DeleteProject(2)
		site.EditProject(3, func(p *redminetest.Project) { p.Status = redminetest.Archived })
		site.Hide(token(t), 4, true)
		pull(t, l, c)
		sweep(t, l, c)
		away, lost := portfolio.PresenceAccessLost, portfolio.PresenceAccessLost
		if admin {
			away, lost = portfolio.PresenceArchived, "" // nothing is hidden from administrators
		}
		var got []portfolio.Presence
		for _, id := range append(versions, "ops/issue/1", "ops/issue/2", "ops/issue/3", "ops/issue/4") {
			got = append(got, fact[*portfolio.MilestoneFact](t, l, id).Presence)
		}
		check(t, "presence", got, []portfolio.Presence{"", portfolio.PresenceDeleted, away, lost, "", portfolio.PresenceDeleted, away, lost})
		check(t, "name of an archived project", fact[*portfolio.ProjectFact](t, l, "ops/project/3").Name, "archived")
		site.EditProject(3, func(p *redminetest.Project) { p.Status = redminetest.Active })
		pull(t, l, c)
		check(t, "presence of a project that came back", fact[*portfolio.ProjectFact](t, l, "ops/project/3").Presence, "")
	}
}

// TestOutOfScope: an issue of another tracker now, and a version of a project
// that is not asked for any more.
func TestOutOfScope(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.of())
	top := site.AddProject(redminetest.Project{Identifier: "top", Name: "Programme"})
	p := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments", Parent: top.ID})
	other := site.AddProject(redminetest.Project{Identifier: "other", Name: "Other"})
	v := site.AddVersion(redminetest.Version{Project: p.ID, Name: "Go-live"})
	a := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Design"})
	b := site.AddIssue(redminetest.Issue{Project: p.ID, Subject: "Build"})
	site.AddIssue(redminetest.Issue{Project: other.ID, Subject: "Elsewhere"})
	site.AddRelation("blocks", a.ID, b.ID, nil, false)
	narrow := func(s *Settings) { milestones(s); s.Projects.Keys = []string{"TOP"} }
	c, l := open(t, site, nil, narrow), connectortest.NewLedger()
	pull(t, l, c)
	check(t, "counts", count(l), map[portfolio.Kind]int{portfolio.KindProject: 2, portfolio.KindMilestone: 3, portfolio.KindDependency: 1})
	clock.later(time.Hour)
	site.EditIssue(a.ID, func(i *redminetest.Issue) { i.Tracker = "Bug" })
	site.EditIssue(b.ID, func(i *redminetest.Issue) { i.Tracker = "Bug" })
	site.EditVersion(v.ID, func(v *redminetest.Version) { v.Project = other.ID })
	pull(t, l, c)
	sweep(t, l, c)
	for _, id := range []string{"ops/issue/1", "ops/issue/2"} {
		check(t, id, fact[*portfolio.MilestoneFact](t, l, id).Presence, portfolio.PresenceOutOfScope)
	}
	check(t, "the relation between them", fact[*portfolio.DependencyFact](t, l, "ops/relation/1").Presence, portfolio.PresenceOutOfScope)
	found, err := c.Fetch(t.Context(), []portfolio.ToolFact{fact[*portfolio.MilestoneFact](t, l, "ops/version/1")})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "a version of a project that is not asked for", found[0].Presence, portfolio.PresenceOutOfScope)
}
