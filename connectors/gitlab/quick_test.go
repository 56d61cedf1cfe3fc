package gitlab

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/gitlab/gitlabtest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// clock is a site's, which goes on when it is told to.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC)} }

func (c *clock) options() gitlabtest.Options {
	return gitlabtest.Options{Now: func() time.Time { return c.now }}
}

// nextDay is longer than any overlap makes up for.
func (c *clock) nextDay() { c.now = c.now.AddDate(0, 0, 1) }

func milestone(t *testing.T, l *connectortest.Ledger, id string) *portfolio.MilestoneFact {
	t.Helper()
	return fact[*portfolio.MilestoneFact](t, l, id)
}

// TestUnchangedCostsLittle holds what a run over an unchanged site asks: who we
// are and what this GitLab is, the groups, 500 projects in five pages, and one
// question for all that changed.
func TestUnchangedCostsLittle(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.options())
	site.Fill(500, 10_000)
	clock.nextDay()
	c, l := open(t, site, nil, nil), connectortest.NewLedger()
	pull(t, l, c)
	check(t, "requests of the first run", site.Counts().Requests, 509)
	writes := l.Writes
	for _, c := range []*Connector{c, open(t, site, nil, nil)} { // the second one as after a restart
		clock.nextDay()
		site.ResetCounts()
		pull(t, l, c)
		check(t, "requests of a later run", site.Counts().Requests, 9)
	}
	check(t, "writes", l.Writes-writes, 0)
	check(t, "milestones", len(l.Names()), 10_000)
}

// TestChangesArrive edits, closes, moves and adds, and reads only what changed.
func TestChangesArrive(t *testing.T) {
	clock := newClock()
	site := story(t, clock.options())
	clock.nextDay()
	c, l := open(t, site, []string{"health_status"}, everything), connectortest.NewLedger()
	pull(t, l, c)
	clock.nextDay()

	site.EditMilestone(1, func(m *gitlabtest.Milestone) { m.Due = "2027-01-31" })   // of a group
	site.EditMilestone(2, func(m *gitlabtest.Milestone) { m.Title = "Beta two" })   // of a project in a group
	site.EditMilestone(3, func(m *gitlabtest.Milestone) { m.State = "closed" })     // of a person's own project
	site.EditEpic(1, func(e *gitlabtest.Epic) { e.Health = "needs_attention" })     //
	site.EditEpic(2, func(e *gitlabtest.Epic) { e.State = "opened" })               //
	site.EditIssue(1, func(i *gitlabtest.Issue) { i.Health = "at_risk" })           //
	added := site.AddMilestone(gitlabtest.Milestone{Project: 4, Title: "Put away"}) // of an archived project
	moved := site.MoveIssue(2, 1)
	other := site.AddIssue(gitlabtest.Issue{Project: 4, Title: "Audit", Labels: []string{"gate"}})
	link := site.AddLink(gitlabtest.Link{From: other.ID, To: 1})
	site.DeleteLink(1)

	site.ResetCounts()
	pull(t, l, c)
	for path, n := range site.Counts().ByPath {
		if strings.HasSuffix(path, "/milestones") && n > 2 { // one of the top group, one of the person's own project
			t.Errorf("%d requests for %s", n, path)
		}
	}
	check(t, "a group's milestone", milestone(t, l, "dev/milestone/1").Due.String(), "2027-01-31")
	check(t, "a project's milestone", milestone(t, l, "dev/milestone/2").Name, "Beta two")
	check(t, "a person's milestone", milestone(t, l, "dev/milestone/3").StatusCategory, portfolio.StatusDone)
	check(t, "health of an epic", milestone(t, l, "dev/epic/1").Fields[0].Text, "needs_attention")
	check(t, "an epic that was opened again", milestone(t, l, "dev/epic/2").Finished.String(), "")
	check(t, "health of an issue", milestone(t, l, "dev/issue/1").Fields[0].Text, "at_risk")
	check(t, "in an archived project", milestone(t, l, fmt.Sprint("dev/milestone/", added.ID)).Project, "dev/project/4")
	check(t, "an issue of an archived project", milestone(t, l, fmt.Sprint("dev/issue/", other.ID)).Name, "Audit")
	check(t, "where an issue was", milestone(t, l, "dev/issue/2").Presence, portfolio.PresenceOutOfScope)
	check(t, "where it went", milestone(t, l, fmt.Sprint("dev/issue/", moved.ID)).Project, "dev/project/1")
	check(t, "a new link", fact[*portfolio.DependencyFact](t, l, fmt.Sprint("dev/issuelink/", link.ID)).Predecessor.Name, "Audit")
	check(t, "an old link of epics", fact[*portfolio.DependencyFact](t, l, "dev/epiclink/1").Presence, portfolio.PresenceDeleted)

	site.DeleteProject(2)
	clock.nextDay()
	pull(t, l, c)
	check(t, "a deleted project", fact[*portfolio.ProjectFact](t, l, "dev/project/2").Presence, portfolio.PresenceAccessLost)

	quick := l.Export()
	sweep(t, l, c)
	whole := connectortest.NewLedger()
	pull(t, whole, open(t, site, []string{"health_status"}, everything))
	for key, f := range whole.Facts {
		want, _ := connectortest.Canonical(f)
		if got, _ := connectortest.Canonical(l.Facts[key]); got != want {
			t.Errorf("%s came by changes as %s, read as a whole it is %s", key, got, want)
		}
	}
	if !strings.Contains(quick, "dev/milestone/1") {
		t.Error("nothing was read")
	}
}

// TestNoChangeByGitLabsClock holds what waits for the sweep, and that it comes
// with it: GitLab calls none of this a change of the record.
func TestNoChangeByGitLabsClock(t *testing.T) {
	clock := newClock()
	site := story(t, clock.options())
	site.AddLink(gitlabtest.Link{From: 1, To: 2})
	clock.nextDay()
	c, l := open(t, site, nil, func(s *Settings) { everything(s); s.Projects.Lead = "owner" }), connectortest.NewLedger()
	pull(t, l, c)
	clock.nextDay()
	site.DeleteMilestone(1)
	site.DeleteEpic(2)
	site.InheritDue(1, "2026-09-30")
	site.RenameLabel("go-live", "launch")
	site.DeleteLink(4)
	site.AddMember("project", 2, 2, 50)
	site.AddMember("project", 4, 2, 50)
	states := func() []string {
		return []string{
			string(milestone(t, l, "dev/milestone/1").Presence), string(milestone(t, l, "dev/epic/2").Presence), milestone(t, l, "dev/epic/1").Due.String(),
			strings.Join(milestone(t, l, "dev/issue/1").Labels, " "), string(fact[*portfolio.DependencyFact](t, l, "dev/issuelink/4").Presence),
			fact[*portfolio.ProjectFact](t, l, "dev/project/4").Lead,
		}
	}
	pull(t, l, c)
	check(t, "after a quick run", states(), []string{"", "", "2026-06-30", "gate go-live", "", ""})
	sweep(t, l, c)
	check(t, "after a sweep", states(), []string{"DELETED", "DELETED", "2026-09-30", "gate launch", "DELETED", "dev/user/2"})
}

// TestNewcomers holds that what was changed long ago comes with a project that
// the account is let into, and new addresses with one that was moved, by a few
// requests where the same process read before.
func TestNewcomers(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		clock := newClock()
		site := newSite(t, clock.options())
		site.Fill(50, 100)
		site.AddProject(gitlabtest.Project{ID: 900, Path: "late", Name: "Late", Group: 1, NotMember: true})
		site.AddMilestone(gitlabtest.Milestone{Project: 900, Title: "Long ago"})
		clock.nextDay()
		c, l := open(t, site, nil, nil), connectortest.NewLedger()
		pull(t, l, c)
		clock.nextDay()
		pull(t, l, c)
		if slices.Contains(l.Names(), "Long ago") {
			t.Fatal("a milestone of a project that is not ours was read")
		}
		clock.nextDay()
		site.EditProject(900, func(p *gitlabtest.Project) { p.NotMember = false })
		site.EditProject(7, func(p *gitlabtest.Project) { p.Path = "renamed" })
		if restarted {
			c = open(t, site, nil, nil)
		}
		site.ResetCounts()
		pull(t, l, c)
		if !slices.Contains(l.Names(), "Long ago") {
			t.Error("what is in a project that we were let into did not come")
		}
		if url := milestone(t, l, "dev/milestone/7").URL; !strings.Contains(url, "/renamed/") {
			t.Errorf("the address is %s", url)
		}
		want := 2
		if restarted {
			want = 51
		}
		check(t, "projects read as a whole", site.Counts().ByPath["/api/v4/projects/{}/milestones"], want)
	}
}

// TestOldReleases holds that changes arrive where a group does not answer for
// what is below it, and where milestones have no search by their time of change;
// and that a check says what it costs.
func TestOldReleases(t *testing.T) {
	for release, warned := range map[string]bool{"14.10.5": true, "15.9.8-ee": true, "16.6.0": true, "16.7.0": false, "18.6.0-pre": false, "odd": true} {
		clock := newClock()
		o := clock.options()
		o.Version = release
		site := story(t, o)
		clock.nextDay()
		c, l := open(t, site, nil, nil), connectortest.NewLedger()
		pull(t, l, c)
		clock.nextDay()
		for id := range int64(3) {
			site.EditMilestone(id+1, func(m *gitlabtest.Milestone) { m.Title = release })
		}
		pull(t, l, c)
		check(t, release, l.Names(), []string{release, release, release})
		r, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, release+" is warned about", slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "before GitLab 16.7") }), warned)
	}
}

// TestNoDate holds that where replies do not tell the time, every run reads
// everything: our own clock is never used in place of GitLab's.
func TestNoDate(t *testing.T) {
	clock := newClock()
	o := clock.options()
	o.NoDate = true
	site := story(t, o)
	c, l := open(t, site, nil, nil), connectortest.NewLedger()
	pull(t, l, c)
	site.DeleteMilestone(2)
	pull(t, l, c)
	check(t, "deleted", milestone(t, l, "dev/milestone/2").Presence, portfolio.PresenceDeleted)
}

// TestWrittenLate holds that a change which shows only after the run is read by
// the next one, though its time is before that.
func TestWrittenLate(t *testing.T) {
	clock := newClock()
	site := story(t, clock.options())
	c, l := open(t, site, nil, nil), connectortest.NewLedger()
	pull(t, l, c)
	clock.nextDay()
	pull(t, l, c)
	clock.now = clock.now.Add(-14 * time.Minute)
	site.EditMilestone(2, func(m *gitlabtest.Milestone) { m.Title = "Late" })
	clock.now = clock.now.Add(24 * time.Minute)
	pull(t, l, c)
	check(t, "name", milestone(t, l, "dev/milestone/2").Name, "Late")
}

// TestQuickRunKilled kills a run over many changes and carries it on.
func TestQuickRunKilled(t *testing.T) {
	clock := newClock()
	site := newSite(t, clock.options())
	var projects []int64
	for n := range 4 { // no group answers for them, so that each makes a page
		projects = append(projects, site.AddProject(gitlabtest.Project{Path: fmt.Sprint("p", n), Owner: 1}).ID)
	}
	for n := range 4400 {
		site.AddMilestone(gitlabtest.Milestone{Project: projects[n%4], Title: fmt.Sprint("m", n)})
	}
	l := connectortest.NewLedger()
	pull(t, l, open(t, site, nil, nil))
	clock.nextDay()
	var want []string
	for n := range int64(4400) {
		want = append(want, fmt.Sprint("n", n))
		site.EditMilestone(n+1, func(m *gitlabtest.Milestone) { m.Title = want[n] })
	}
	slices.Sort(want)
	killed := func(page int) bool { return page < 2 }
	if err := l.Pull(t.Context(), open(t, site, nil, nil), killed); err == nil {
		t.Fatal("the run was not killed")
	}
	if p := l.Cursor[streamRun]; p.Since == "" || p.Position == "" {
		t.Fatalf("cursor of a run that was killed: %+v", p)
	}
	clock.nextDay()
	site.ResetCounts()
	pull(t, l, open(t, site, nil, nil))
	check(t, "names", l.Names(), want)
	check(t, "requests for milestones after it was killed", site.Counts().ByPath["/api/v4/projects/{}/milestones"], 22) // two projects of four
	site.EditMilestone(1, func(m *gitlabtest.Milestone) { m.Title = "between" })                                        // by then the first project is done
	pull(t, l, open(t, site, nil, nil))
	check(t, "edited meanwhile", milestone(t, l, "dev/milestone/1").Name, "between")
}

// meddler edits the site after a number of replies to a path.
type meddler struct {
	next  http.RoundTripper
	path  string
	after int
	edit  func()
}

func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.next.RoundTrip(r)
	if strings.HasSuffix(r.URL.Path, m.path) {
		if m.after--; m.after == 0 {
			m.edit()
		}
	}
	return resp, err
}

// TestShifted holds that a record which an edit or a deletion pulls over to a
// page that was read already is not lost: listings are in the order of due dates.
func TestShifted(t *testing.T) {
	for name, edit := range map[string]func(*gitlabtest.Site){
		"moved to the back": func(s *gitlabtest.Site) {
			s.EditMilestone(1, func(m *gitlabtest.Milestone) { m.Due = "2030-01-01" })
		},
		"deleted": func(s *gitlabtest.Site) { s.DeleteMilestone(1) },
	} {
		site := newSite(t, gitlabtest.Options{})
		p := site.AddProject(gitlabtest.Project{Path: "p", Owner: 1}).ID
		for n := range 150 {
			site.AddMilestone(gitlabtest.Milestone{Project: p, Title: fmt.Sprint("m", n), Due: time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)})
		}
		s := Settings{URL: address, Auth: Auth{Token: secret.New(token(t))}}
		c, err := s.Open(connectors.Env{Connection: "dev", Transport: &meddler{next: site.Transport(), path: "/milestones", after: 1, edit: func() { edit(site) }}})
		if err != nil {
			t.Fatal(err)
		}
		l := connectortest.NewLedger()
		pull(t, l, c)
		if !slices.Contains(l.Names(), "m100") || name == "deleted" && slices.Contains(l.Names(), "m0") {
			t.Errorf("%s: m100, which began the second page, or what was deleted, is wrong: %d milestones", name, len(l.Names()))
		}
	}
	restless := newSite(t, gitlabtest.Options{})
	p := restless.AddProject(gitlabtest.Project{Path: "p", Owner: 1}).ID
	for n := range 150 {
		restless.AddMilestone(gitlabtest.Milestone{Project: p, Title: fmt.Sprint("m", n)})
	}
	s := Settings{URL: address, Auth: Auth{Token: secret.New(token(t))}}
	c, err := s.Open(connectors.Env{Connection: "dev", Transport: restlessly{restless}})
	if err != nil {
		t.Fatal(err)
	}
	if err := connectortest.NewLedger().Pull(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "changed each of the 4 times") {
		t.Errorf("error = %v", err)
	}
}

// restlessly deletes a milestone of the first page after each time it is asked for.
type restlessly struct{ site *gitlabtest.Site }

func (m restlessly) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.site.Transport().RoundTrip(r)
	if strings.HasSuffix(r.URL.Path, "/milestones") && r.URL.Query().Get("page") == "1" {
		m.site.DeleteMilestone(m.site.Newest(1))
	}
	return resp, err
}

// TestBadCursor holds that a cursor which cannot be read asks for everything.
func TestBadCursor(t *testing.T) {
	c := open(t, story(t, gitlabtest.Options{}), nil, nil)
	for _, s := range []portfolio.StreamCursor{{Since: "yesterday"}, {Position: "{"}, {Position: `{"stage":"nowhere"}`}} {
		l := connectortest.NewLedger()
		l.Cursor = connectors.Cursor{streamRun: s}
		if err := l.Pull(t.Context(), c, nil); !errors.Is(err, connectors.ErrCursor) {
			t.Errorf("%+v: error = %v", s, err)
		}
	}
	l := connectortest.NewLedger()
	l.Listing = connectors.Cursor{streamListing: {Position: "nowhere"}}
	if err := l.Sweep(t.Context(), c, nil); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v", err)
	}
}
