package demo

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"plumbline/connectors/asana/asanatest"
)

// desk is the organisation's Asana: each department that uses it is a team,
// and what is planned under a name lies in the portfolio of that name.
type desk struct {
	*stage
	site       *asanatest.Site
	people     map[string]string              // gids by name
	fields     map[string]string              // gids by the names below
	portfolios map[string]asanatest.Portfolio // by name
	projects   map[*project]string
	milestones map[*milestone]string
	goals      map[string]asanatest.Goal // by the ids that the files give them
}

// The custom fields of the workspace.
const (
	deskBudget   = "Budget"
	deskSponsor  = "Sponsor"
	deskPMO      = "PMO number"
	deskStage    = "Stage"
	deskServes   = "Serves"
	deskFallback = "Plan B"
)

// office is whose account reads Asana and owns its portfolios.
const office = "Portfolio Office"

// The stages of a project. Of Asana's own accord it is either complete or not.
const (
	stageIdea     = "Idea"
	stagePlanned  = "Planned"
	stageUnderWay = "Under way"
	stageFinished = "Finished"
)

// updates is what a status update says of a health.
var updates = map[string]struct{ kind, title, text string }{
	"Green": {"on_track", "On track", "As planned."},
	"Amber": {"at_risk", "At risk", "Not quite as planned."},
	"Red":   {"off_track", "Off track", "Not as planned."},
}

// newDesk sets Asana up: people, fields, and no project yet.
func newDesk(on *stage) *desk {
	d := &desk{
		stage: on, people: map[string]string{}, fields: map[string]string{}, portfolios: map[string]asanatest.Portfolio{},
		projects: map[*project]string{}, milestones: map[*milestone]string{}, goals: map[string]asanatest.Goal{},
	}
	d.site = asanatest.New(asanatest.Options{Workspace: "Larkmoor Health Service", Now: d.clock.now})
	d.people[office] = d.site.AddUser(asanatest.User{Name: office, Email: "pmo@larkmoor.example"})
	d.site.AddAccount(asanatest.Account{Token: "demo-token-campaigns", User: d.people[office]})
	for _, department := range d.lib.departments {
		for _, name := range department.People {
			d.people[name] = d.site.AddUser(asanatest.User{Name: name, Email: accountID(name) + "@larkmoor.example"})
		}
	}
	for _, f := range []asanatest.CustomField{
		{Name: deskBudget, Type: "number"}, {Name: deskSponsor, Type: "people"}, {Name: deskPMO, Type: "text"},
		{Name: deskStage, Type: "enum"}, {Name: deskServes, Type: "multi_enum"}, {Name: deskFallback, Type: "text"},
	} {
		d.fields[f.Name] = d.site.AddField(f)
	}
	return d
}

func (d *desk) handler() http.Handler { return d.site }

// recall gathers what happened in Asana.
func (d *desk) recall() {
	for _, p := range d.here() {
		d.enter(p)
	}
	for _, p := range d.here() {
		for _, m := range p.Milestones {
			d.link(p, m)
		}
	}
	for _, g := range d.lib.goals {
		d.strive(g)
	}
	for _, g := range d.lib.goals {
		d.part(g)
	}
}

// enter plays a project: written down, promised anew, reported, over.
func (d *desk) enter(p *project) {
	due := promised(p)
	end := func() string {
		if day, ok := due.end(); ok {
			return d.date(day)
		}
		return ""
	}
	d.on(p.entered(), func() {
		d.projects[p] = d.site.AddProject(asanatest.Project{
			Name: p.Name, Notes: p.About, Owner: d.people[p.Lead], Team: p.Department, StartOn: d.date(p.Starts), DueOn: end(), Custom: d.custom(p),
		})
		d.hold(p)
	})
	for _, m := range p.Milestones {
		c := follow(p, m)
		d.bring(p, m, c)
		for _, mv := range c.moves {
			d.on(mv.on, func() {
				due[m] = mv.to
				d.site.EditProject(d.projects[p], func(a *asanatest.Project) { a.DueOn = end() })
			})
		}
	}
	d.tell(p)
}

// custom are the custom fields of a project that is written down.
func (d *desk) custom(p *project) map[string]any {
	values := map[string]any{d.fields[deskPMO]: p.PMO, d.fields[deskStage]: stagePlanned}
	if p.Status == statusProposed {
		values[d.fields[deskStage]] = stageIdea
	}
	if p.Budget != 0 {
		values[d.fields[deskBudget]] = float64(p.Budget)
	}
	if p.Sponsor != "" {
		values[d.fields[deskSponsor]] = []string{d.people[p.Sponsor]}
	}
	if len(p.Objectives) > 0 {
		values[d.fields[deskServes]] = slices.Clone(p.Objectives)
	}
	return values
}

// hold puts a project into its portfolio.
func (d *desk) hold(p *project) {
	f, known := d.portfolios[p.Under]
	if !known {
		f = asanatest.Portfolio{Name: p.Under, Owner: d.people[office], Created: d.clock.now()}
	}
	f.Items = append(slices.Clone(f.Items), d.projects[p])
	f.GID = d.site.AddPortfolio(f)
	d.portfolios[p.Under] = f
}

// bring plays one milestone: written down, moved, finished.
func (d *desk) bring(p *project, m *milestone, c course) {
	d.on(p.entered(), func() {
		t := asanatest.Task{
			Name: m.Name, Subtype: "milestone", Assignee: d.people[d.owner(p)], Projects: []string{d.projects[p]},
			StartOn: d.date(c.planned), DueOn: d.date(m.Day), Custom: map[string]any{},
		}
		if m.Key {
			t.Tags = []string{labelKey}
		}
		if m.Fallback != "" {
			t.Custom[d.fields[deskFallback]] = m.Fallback
		}
		d.milestones[m] = d.site.AddTask(t)
	})
	for _, mv := range c.moves {
		d.on(mv.on, func() {
			d.site.EditTask(d.milestones[m], func(t *asanatest.Task) { t.StartOn, t.DueOn = d.date(mv.start), d.date(mv.to) })
		})
	}
	if c.done {
		d.on(c.finished, func() {
			d.site.EditTask(d.milestones[m], func(t *asanatest.Task) { t.Completed = d.clock.now() })
		})
	}
}

// tell plays the status updates of a project, and its stages.
func (d *desk) tell(p *project) {
	enterStage := func(day int, name string) {
		d.on(day, func() {
			d.site.EditProject(d.projects[p], func(a *asanatest.Project) {
				a.Custom = maps.Clone(a.Custom)
				a.Custom[d.fields[deskStage]] = name
			})
		})
	}
	if p.Starts < 0 && p.Status != statusProposed {
		enterStage(p.Starts, stageUnderWay)
	}
	end, done := span(p)
	for _, r := range reports(p) {
		d.on(r.day, func() {
			u := updates[r.health]
			s := asanatest.Status{Project: d.projects[p], Type: u.kind, Title: u.title, Text: u.text, Author: d.people[p.Lead]}
			if r.day == told(p) {
				if p.Says != "" {
					s.Text = p.Says
				}
				if done {
					s.Type, s.Title = "complete", "Complete"
				}
			}
			d.site.AddStatus(s)
		})
	}
	if done {
		enterStage(end, stageFinished)
		d.on(end, func() {
			d.site.EditProject(d.projects[p], func(a *asanatest.Project) { a.Completed = d.clock.now() })
		})
	}
}

// link plays what must come before a milestone.
func (d *desk) link(p *project, m *milestone) {
	for _, ref := range m.After {
		first, before, err := d.lib.resolve(ref)
		if err != nil || before == nil {
			panic(fmt.Sprintf("demo: %s: Asana's tasks wait for tasks, and %q is none", p.ID, ref))
		}
		d.on(max(first.entered(), p.entered()), func() { d.site.AddDependency(d.milestones[before], d.milestones[m]) })
	}
}
