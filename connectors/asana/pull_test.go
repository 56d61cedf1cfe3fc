package asana

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/connectors/connectortest"
	"plumbline/portfolio"
)

// virtual runs a test under virtual time, with a site of one project and a
// milestone in it, read once a day ago less an hour.
func virtual(t *testing.T, o asanatest.Options, run func(t *testing.T, site *asanatest.Site, e *engine, project, task string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		site, _ := newSite(t, o)
		project := site.AddProject(asanatest.Project{Name: "Website"})
		task := site.AddTask(asanatest.Task{Name: "Go-live", Subtype: "milestone", DueOn: "2000-06-01", Projects: []string{project}})
		site.AddTask(asanatest.Task{Name: "Something else", Projects: []string{project}})
		e := read(t, open(t, site, nil, nil))
		time.Sleep(time.Hour)
		site.ResetCounts()
		run(t, site, e, project, task)
	})
}

func rename(site *asanatest.Site, task, name string) {
	site.EditTask(task, func(x *asanatest.Task) { x.Name = name })
}

func TestQuietProjectsCostOneRequest(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, _, task string) {
		e.again()
		check(t, "requests", site.Counts().ByPath, map[string]int{"/users/me": 1, "/projects": 1, "/events": 1})
		site.ResetCounts()
		site.Comment(task)
		e.again()
		check(t, "requests after a comment", site.Counts().ByPath, map[string]int{"/users/me": 1, "/projects": 1, "/events": 1})
		site.ResetCounts()
		rename(site, task, "Go-live, at last")
		e.again()
		check(t, "requests after an edit", site.Counts().ByPath, map[string]int{"/users/me": 1, "/projects": 1, "/events": 1, "/tasks": 1})
		check(t, "names", e.Names(), []string{"Go-live, at last"})
	})
}

func TestTokensExpire(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, project, task string) {
		rename(site, task, "after a day")
		time.Sleep(25 * time.Hour)
		e.again()
		check(t, "names", e.Names(), []string{"after a day"})
		if n := site.Counts().ByPath["/events"]; n != 1 {
			t.Errorf("asked for events %d times, want once: the refusal has the new token", n)
		}
		writes := e.Writes
		rename(site, task, "after it was forgotten")
		site.ForgetEvents(project)
		e.again()
		check(t, "names", e.Names(), []string{"after it was forgotten"})
		check(t, "written", e.Writes-writes, 1)
		site.ResetCounts()
		e.again()
		check(t, "tasks were asked for", site.Counts().ByPath["/tasks"], 0)
	})
}

// TestManyEvents has more events than one reply holds.
func TestManyEvents(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, _, task string) {
		for range 250 {
			rename(site, task, "again and again")
		}
		e.again()
		check(t, "requests", site.Counts().ByPath, map[string]int{"/users/me": 1, "/projects": 1, "/events": 3, "/tasks": 1})
		site.ResetCounts()
		e.again()
		check(t, "tasks were asked for", site.Counts().ByPath["/tasks"], 0)
	})
}

// TestLateEvents has events that come half an hour late, after runs in between.
func TestLateEvents(t *testing.T) {
	virtual(t, asanatest.Options{EventDelay: 30 * time.Minute}, func(t *testing.T, site *asanatest.Site, e *engine, _, task string) {
		rename(site, task, "late")
		for range 4 {
			e.again()
			time.Sleep(10 * time.Minute)
		}
		e.again()
		check(t, "names", e.Names(), []string{"late"})
	})
}

// TestTakenOutOfItsProject has a task of two projects that leaves the one it
// counted for: that is no event of the other one.
func TestTakenOutOfItsProject(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, project, task string) {
		app := site.AddProject(asanatest.Project{Name: "App"})
		site.Move(task, "", app)
		e.again()
		time.Sleep(time.Hour)
		site.Move(task, project, "")
		e.again()
		check(t, "the project of the task", get[*portfolio.MilestoneFact](e, kindTask, task).Project, doc(kindProject, app))
	})
}

// TestLostEvents holds that a sweep finds what no event told.
func TestLostEvents(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, project, task string) {
		rename(site, task, "nobody told")
		site.LoseEvents(project)
		e.again()
		check(t, "names before the sweep", e.Names(), []string{"Go-live"})
		e.sweep()
		check(t, "names", e.Names(), []string{"nobody told"})
	})
}

func TestStatusUpdates(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, project, _ string) {
		first := site.AddStatus(asanatest.Status{Project: project, Type: "off_track", Title: "Oh", Text: "dear"})
		site.LoseEvents(project) // the project itself shows that there is another one
		e.again()
		check(t, "health", get[*portfolio.StatusReportFact](e, kindReport, first).Health, "off_track")
		check(t, "requests", site.Counts().ByPath, map[string]int{"/users/me": 1, "/projects": 1, "/events": 1, "/status_updates": 1})
		second := site.AddStatus(asanatest.Status{Project: project, Type: "on_track"})
		e.again()
		check(t, "status updates", e.count(portfolio.KindStatusReport), 2)
		site.DeleteStatus(second)
		e.again()
		e.sweep()
		check(t, "a deleted one", get[*portfolio.StatusReportFact](e, kindReport, second).Presence, portfolio.PresenceDeleted)
		check(t, "the other", get[*portfolio.StatusReportFact](e, kindReport, first).Presence, "")
	})
}

func TestNewAndArchivedProjects(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, project, task string) {
		app := site.AddProject(asanatest.Project{Name: "App"})
		beta := site.AddTask(asanatest.Task{Name: "Beta", Subtype: "milestone", Projects: []string{app}})
		e.again()
		check(t, "a milestone of a new project", get[*portfolio.MilestoneFact](e, kindTask, beta).Project, doc(kindProject, app))
		site.EditProject(project, func(p *asanatest.Project) { p.Archived = true })
		e.again()
		e.sweep()
		check(t, "an archived project", get[*portfolio.ProjectFact](e, kindProject, project).Presence, portfolio.PresenceArchived)
		check(t, "its milestone", get[*portfolio.MilestoneFact](e, kindTask, task).Presence, portfolio.PresenceArchived)
		site.EditProject(project, func(p *asanatest.Project) { p.Archived = false })
		e.again()
		check(t, "in use again", get[*portfolio.ProjectFact](e, kindProject, project).Presence, "")
		check(t, "its milestone, in use again", get[*portfolio.MilestoneFact](e, kindTask, task).Presence, "")
	})
}

func TestWhatBecameOfTasks(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, project, task string) {
		app := site.AddProject(asanatest.Project{Name: "App"})
		add := func(name string) string {
			return site.AddTask(asanatest.Task{Name: name, Subtype: "milestone", Projects: []string{project}})
		}
		deleted, moved, plain, taken, waits := add("deleted"), add("moved"), add("plain"), add("taken out"), add("waits")
		site.AddDependency(task, waits)
		site.AddDependency(moved, waits)
		e.again()
		check(t, "milestones", e.count(portfolio.KindMilestone), 6)
		site.DeleteTask(deleted)
		site.Move(moved, project, app)
		site.Move(taken, project, "")
		site.EditTask(plain, func(x *asanatest.Task) { x.Subtype = "default_task" })
		site.RemoveDependency(task, waits)
		e.again()
		e.sweep()
		for gid, want := range map[string]portfolio.Presence{
			deleted: portfolio.PresenceDeleted, moved: "", plain: portfolio.PresenceOutOfScope, taken: portfolio.PresenceOutOfScope, task: "",
		} {
			m := get[*portfolio.MilestoneFact](e, kindTask, gid)
			check(t, m.Name, m.Presence, want)
		}
		check(t, "the moved one is in", get[*portfolio.MilestoneFact](e, kindTask, moved).Project, doc(kindProject, app))
		check(t, "a dependency that was removed", get[*portfolio.DependencyFact](e, kindLink, task+"-"+waits).Presence, portfolio.PresenceDeleted)
		check(t, "one that is there", get[*portfolio.DependencyFact](e, kindLink, moved+"-"+waits).Presence, "")
	})
}

func TestLostProjects(t *testing.T) {
	virtual(t, asanatest.Options{}, func(t *testing.T, site *asanatest.Site, e *engine, project, task string) {
		hidden := site.AddProject(asanatest.Project{Name: "Secret"})
		inside := site.AddTask(asanatest.Task{Name: "inside", Subtype: "milestone", Projects: []string{hidden}})
		e.again()
		site.Hide(token(t), hidden)
		site.DeleteProject(project)
		e.again()
		e.sweep()
		check(t, "a deleted project", get[*portfolio.ProjectFact](e, kindProject, project).Presence, portfolio.PresenceDeleted)
		check(t, "a task that is in no project any more", get[*portfolio.MilestoneFact](e, kindTask, task).Presence, portfolio.PresenceOutOfScope)
		check(t, "a hidden project", get[*portfolio.ProjectFact](e, kindProject, hidden).Presence, portfolio.PresenceAccessLost)
		check(t, "its milestone", get[*portfolio.MilestoneFact](e, kindTask, inside).Presence, portfolio.PresenceAccessLost)
		site.Show(token(t), hidden)
		e.again()
		check(t, "shown again", get[*portfolio.MilestoneFact](e, kindTask, inside).Presence, "")
	})
}

// TestOffsetsExpire has a run that broke off in the middle of a project and
// goes on when its offset is no longer good.
func TestOffsetsExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site, _ := newSite(t, asanatest.Options{OffsetLife: time.Hour})
		project := site.AddProject(asanatest.Project{Name: "Big"})
		for range 1500 {
			site.AddTask(asanatest.Task{Name: "one of many", Subtype: "milestone", Projects: []string{project}})
		}
		c, l := open(t, site, nil, nil), connectortest.NewLedger()
		if err := l.Pull(t.Context(), c, func(page int) bool { return page < 2 }); err == nil {
			t.Fatal("the run was not killed")
		}
		if p := l.Cursor[streamProject+project].Position; !strings.Contains(p, "offset") {
			t.Fatalf("the position is %q, want one in the middle of the project", p)
		}
		time.Sleep(2 * time.Hour)
		if err := l.Pull(t.Context(), c, nil); err != nil {
			t.Fatal(err)
		}
		check(t, "milestones", len(l.Names()), 1500)
	})
}

func TestWhoWeAre(t *testing.T) {
	site, _ := newSite(t, asanatest.Options{})
	c := open(t, site, nil, nil)
	e := read(t, c)
	check(t, "the site", e.Site, portfolio.Site{Connection: "work", Type: "asana", Instance: site.Workspace(), Title: "Example", Account: "Pia Moser"})
	other := site.AddUser(asanatest.User{Name: "Somebody else"})
	site.AddAccount(asanatest.Account{Token: token(t) + "-other", User: other})
	cursor := connectors.Cursor{streamTasks: e.Cursor[streamTasks], streamAccount: {Since: other}}
	for _, err := range c.Pull(t.Context(), cursor) {
		if err == nil || !strings.Contains(err.Error(), "it was made by account "+other) {
			t.Errorf("with the cursor of another account: %v", err)
		}
	}
	for workspace, want := range map[string]string{"example": "", "Elsewhere": `no workspace "Elsewhere"; it is in "Example"`} {
		_, err := open(t, site, nil, func(s *Settings) { s.Workspace = workspace }).Check(t.Context())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("workspace %s: %v, want %q", workspace, err, want)
		}
	}
}
