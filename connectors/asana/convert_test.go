package asana

import (
	"sync/atomic"
	"testing"
	"time"

	"plumbline/connectors/asana/asanatest"
	"plumbline/portfolio"
)

// known are the gids of what is in the organisation of the tests.
type known struct {
	me, kim                 string
	web, app, old           string // projects
	goLive, gate, design    string // tasks
	section, plain, both    string
	report                  string
	change, programme       string // portfolios
	goal                    string
	gateField, budget       string
	sponsor, regions, notes string
	review                  string
}

// organisation is a small site with something of everything.
func organisation(t testing.TB) (*asanatest.Site, known) {
	t.Helper()
	var seconds atomic.Int64
	begun := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	site, me := newSite(t, asanatest.Options{Now: func() time.Time { return begun.Add(time.Duration(seconds.Add(1)) * time.Second) }})
	o := known{me: me}
	o.kim = site.AddUser(asanatest.User{Name: "Kim Ito", Email: "kim@example.com"})
	o.gateField = site.AddField(asanatest.CustomField{Name: "Gate", Type: "enum"})
	o.budget = site.AddField(asanatest.CustomField{Name: "Budget", Type: "number"})
	o.sponsor = site.AddField(asanatest.CustomField{Name: "Sponsor", Type: "people"})
	o.regions = site.AddField(asanatest.CustomField{Name: "Regions", Type: "multi_enum"})
	o.review = site.AddField(asanatest.CustomField{Name: "Review", Type: "date"})
	o.notes = site.AddField(asanatest.CustomField{Name: "Notes", Type: "text"})
	o.web = site.AddProject(asanatest.Project{
		Name: "New website", Notes: "All pages anew.", Owner: me, Team: "Marketing", StartOn: "2026-01-05", DueOn: "2026-06-30",
		Custom: map[string]any{o.budget: 125000.5, o.sponsor: []string{o.kim}, o.regions: []string{"Kyoto", "Aachen"}, o.review: "2026-04-02"},
	})
	o.app = site.AddProject(asanatest.Project{Name: "App", Owner: o.kim, Team: "IT", Completed: time.Date(2026, 2, 20, 23, 30, 0, 0, time.UTC)})
	o.old = site.AddProject(asanatest.Project{Name: "Old shop", Archived: true})
	o.design = site.AddTask(asanatest.Task{Name: "Design agreed", Subtype: "milestone", DueOn: "2026-02-10", Completed: time.Date(2026, 2, 9, 15, 0, 0, 0, time.UTC), Projects: []string{o.web}})
	o.goLive = site.AddTask(asanatest.Task{
		Name: "Go-live", Subtype: "milestone", DueOn: "2026-06-01", Assignee: o.kim, Projects: []string{o.web}, Tags: []string{"public", "big"},
		Sections: map[string]string{o.web: "Launch"}, DependsOn: []string{o.design},
		Custom: map[string]any{o.gateField: "Go-live", o.sponsor: []string{me}, o.notes: "With a party."},
	})
	o.gate = site.AddTask(asanatest.Task{Name: "Board approves", Subtype: "approval", Approval: "changes_requested", Projects: []string{o.web}})
	o.section = site.AddTask(asanatest.Task{Name: "Shop is open", Projects: []string{o.web}, Sections: map[string]string{o.web: "Go-lives"}})
	o.plain = site.AddTask(asanatest.Task{Name: "Buy cake", Projects: []string{o.web}, Custom: map[string]any{o.gateField: "Review"}})
	o.both = site.AddTask(asanatest.Task{Name: "Shared", Subtype: "milestone", Projects: []string{o.old, o.app, o.web}})
	site.AddTask(asanatest.Task{Name: "Shut down", Subtype: "milestone", Projects: []string{o.old}})
	o.report = site.AddStatus(asanatest.Status{Project: o.web, Type: "at_risk", Title: "Week 9", Text: "Texts are late.", Author: o.kim})
	o.change = site.AddPortfolio(asanatest.Portfolio{Name: "Change", Owner: me, Items: []string{o.web}})
	o.programme = site.AddPortfolio(asanatest.Portfolio{Name: "All of it", Owner: me, Items: []string{o.change, o.app}})
	o.goal = site.AddGoal(asanatest.Goal{Name: "Sell more online", Supports: []string{o.web, o.programme}})
	return site, o
}

var mapped = []string{"Portfolios", "Team", "Section", "Projects", "Gate", "Budget", "Sponsor", "Regions", "Review", "Notes"}

func TestProject(t *testing.T) {
	site, o := organisation(t)
	e := read(t, open(t, site, mapped, nil))
	p := get[*portfolio.ProjectFact](e, kindProject, o.web)
	check(t, "a project", []string{p.Name, p.Description, p.Category, p.Status, string(p.StatusCategory), p.Lead, p.Start.String(), p.Due.String(), string(p.Presence), p.URL}, []string{
		"New website", "All pages anew.", "Marketing", "Incomplete", "IN_PROGRESS", doc(kindUser, o.me), "2026-01-05", "2026-06-30", "", "https://app.asana.com/0/project/" + o.web,
	})
	review, _ := portfolio.ParseDate("2026-04-02")
	check(t, "its fields", p.Fields, []portfolio.Field{
		{ID: o.budget, Name: "Budget", Type: portfolio.FieldNumber, Number: "125000.5"},
		{ID: o.sponsor, Name: "Sponsor", Type: portfolio.FieldText, Text: "Kim Ito"}, // the listing of projects names people only
		{ID: o.regions, Name: "Regions", Type: portfolio.FieldList, List: []string{"Aachen", "Kyoto"}},
		{ID: o.review, Name: "Review", Type: portfolio.FieldDate, Date: review},
		{ID: "portfolios", Name: "Portfolios", Type: portfolio.FieldList, List: []string{"Change"}},
		{ID: "team", Name: "Team", Type: portfolio.FieldText, Text: "Marketing"},
	})
	done := get[*portfolio.ProjectFact](e, kindProject, o.app)
	check(t, "a complete one", []string{done.Status, string(done.StatusCategory), done.Finished.String()}, []string{"Complete", "DONE", "2026-02-20"})
	check(t, "an archived one", get[*portfolio.ProjectFact](e, kindProject, o.old).Presence, portfolio.PresenceArchived)
	kim := get[*portfolio.PersonFact](e, kindUser, o.kim)
	check(t, "a person", []string{kim.Name, kim.Email}, []string{"Kim Ito", "kim@example.com"})
}

func TestMilestone(t *testing.T) {
	site, o := organisation(t)
	e := read(t, open(t, site, mapped, nil))
	m := get[*portfolio.MilestoneFact](e, kindTask, o.goLive)
	check(t, "a milestone", []string{m.Name, m.Type, m.Project, m.Owner, m.Status, string(m.StatusCategory), m.Due.String(), m.Finished.String()}, []string{
		"Go-live", "Milestone", doc(kindProject, o.web), doc(kindUser, o.kim), "Incomplete", "TODO", "2026-06-01", "",
	})
	check(t, "its labels", m.Labels, []string{"big", "public"})
	check(t, "its fields", m.Fields, []portfolio.Field{
		{ID: o.gateField, Name: "Gate", Type: portfolio.FieldText, Text: "Go-live"},
		{ID: o.sponsor, Name: "Sponsor", Type: portfolio.FieldUser, Text: doc(kindUser, o.me)},
		{ID: o.notes, Name: "Notes", Type: portfolio.FieldText, Text: "With a party."},
		{ID: "projects", Name: "Projects", Type: portfolio.FieldList, List: []string{"New website"}},
		{ID: "section", Name: "Section", Type: portfolio.FieldText, Text: "Launch"},
	})
	done := get[*portfolio.MilestoneFact](e, kindTask, o.design)
	check(t, "a finished one", []string{done.Status, string(done.StatusCategory), done.Finished.String()}, []string{"Complete", "DONE", "2026-02-09"})
	d := get[*portfolio.DependencyFact](e, kindLink, o.design+"-"+o.goLive)
	check(t, "a dependency", []string{d.Predecessor.Ref, d.Successor.Ref}, []string{doc(kindTask, o.design), doc(kindTask, o.goLive)})
	check(t, "dependencies, as both ends show the same one", e.count(portfolio.KindDependency), 1)
	shared := get[*portfolio.MilestoneFact](e, kindTask, o.both)
	check(t, "a task of several projects is of the oldest in use", []string{shared.Project, string(shared.Presence)}, []string{doc(kindProject, o.web), ""})
	check(t, "milestones in use", e.count(portfolio.KindMilestone), 3)
}

// TestGoals holds that the goals which a project supports are a field that its
// objectives can be mapped from, as they change.
func TestGoals(t *testing.T) {
	site, o := organisation(t)
	e := read(t, open(t, site, []string{"Goals"}, func(s *Settings) { s.Portfolios.Parents = true }))
	goals := func(kind, gid string) []portfolio.Field { return get[*portfolio.ProjectFact](e, kind, gid).Fields }
	want := []portfolio.Field{{ID: "goals", Name: "Goals", Type: portfolio.FieldList, List: []string{"Sell more online"}}}
	check(t, "of a project", goals(kindProject, o.web), want)
	check(t, "of a portfolio", goals(kindPortfolio, o.programme), want)
	check(t, "of a project without", goals(kindProject, o.app), nil)
	site.AddGoal(asanatest.Goal{GID: o.goal, Name: "Sell everything online", Supports: []string{o.app}})
	e.again()
	check(t, "when it supports none any more", goals(kindProject, o.web), nil)
	check(t, "under a new name", goals(kindProject, o.app)[0].List, []string{"Sell everything online"})
}

func TestReport(t *testing.T) {
	site, o := organisation(t)
	e := read(t, open(t, site, nil, nil))
	r := get[*portfolio.StatusReportFact](e, kindReport, o.report)
	check(t, "a status update", []string{r.Project, r.Health, r.Text, r.Author, r.ReportedAt.Format(time.DateOnly)}, []string{
		doc(kindProject, o.web), "at_risk", "Week 9\nTexts are late.", doc(kindUser, o.kim), "2026-03-01",
	})
}

func TestMilestonesFrom(t *testing.T) {
	site, o := organisation(t)
	for from, want := range map[string][]string{
		"milestones":         {o.design, o.goLive, o.both},
		"approvals":          {o.gate},
		"tasks":              {o.design, o.goLive, o.gate, o.section, o.plain, o.both},
		"section:go-lives":   {o.section},
		"field:Gate":         {o.goLive, o.plain},
		"field:gate=Go-live": {o.goLive},
	} {
		e := read(t, open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{from} }))
		check(t, from, e.count(portfolio.KindMilestone), len(want))
		for _, gid := range want {
			get[*portfolio.MilestoneFact](e, kindTask, gid)
		}
	}
	e := read(t, open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{"approvals"} }))
	m := get[*portfolio.MilestoneFact](e, kindTask, o.gate)
	check(t, "an approval", []string{m.Type, m.Status, string(m.StatusCategory)}, []string{"Approval", "changes_requested", "IN_PROGRESS"})
}
