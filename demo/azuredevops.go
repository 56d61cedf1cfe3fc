package demo

import (
	"html"
	"net/http"
	"time"

	"plumbline/connectors/azuredevops/azuredevopstest"
)

// boards is the organisation's Azure DevOps: projects are epics in a few team
// projects, and milestones are the features below them.
type boards struct {
	*stage
	site     *azuredevopstest.Site
	epics    map[*project]int64
	features map[*milestone]int64
}

// The fields that the engineers added, by reference name.
const (
	boardDepartment = "Custom.Department"
	boardSponsor    = "Custom.Sponsor"
	boardBudget     = "Custom.ApprovedBudget"
	boardHealth     = "Custom.Standing"
	boardSays       = "Custom.StandingNote"
	boardPMO        = "Custom.PMONumber"
	boardFallback   = "Custom.FallBack"
	boardPromised   = "Custom.FirstPromised"
)

// Azure DevOps' own words. An epic may also be proposed or on hold.
const (
	typeFeature = "Feature"
	typeTask    = "Task"

	stateNew     = "New"
	stateActive  = "Active"
	stateClosed  = "Closed"
	stateRemoved = "Removed"
)

// standings is how the engineers word a health.
var standings = map[string]string{"Green": "On schedule", "Amber": "Needs watching", "Red": "Needs help"}

// newBoards sets Azure DevOps up: people, fields, states, and no project yet.
func newBoards(on *stage) *boards {
	b := &boards{stage: on, epics: map[*project]int64{}, features: map[*milestone]int64{}}
	b.site = azuredevopstest.New(azuredevopstest.Options{BaseURL: b.address() + "/larkmoor", Now: b.clock.now})
	b.site.AddUser(azuredevopstest.User{ID: reader, Name: "Portfolio Office", Email: "pmo@larkmoor.example"})
	b.site.AddAccount(azuredevopstest.Account{Token: "demo-token-platform", User: reader})
	for _, d := range b.lib.departments {
		for _, name := range d.People {
			b.site.AddUser(azuredevopstest.User{ID: accountID(name), Name: name, Email: accountID(name) + "@larkmoor.example"})
		}
	}
	for _, f := range []azuredevopstest.Field{
		{Name: "Department", Ref: boardDepartment, Type: "string"},
		{Name: "Sponsor", Ref: boardSponsor, Type: "string", Identity: true},
		{Name: "Approved budget", Ref: boardBudget, Type: "double"},
		{Name: "Standing", Ref: boardHealth, Type: "string"},
		{Name: "Standing note", Ref: boardSays, Type: "plainText"},
		{Name: "PMO number", Ref: boardPMO, Type: "string"},
		{Name: "Fall-back", Ref: boardFallback, Type: "html"},
		{Name: "First promised", Ref: boardPromised, Type: "dateTime"},
	} {
		b.site.AddField(f)
	}
	b.site.AddType(azuredevopstest.ItemType{Name: typeEpic, States: []azuredevopstest.State{
		{Name: statusProposed, Category: "Proposed"}, {Name: stateNew, Category: "Proposed"}, {Name: stateActive, Category: "InProgress"},
		{Name: statusOnHold, Category: "InProgress"}, {Name: stateClosed, Category: "Completed"}, {Name: stateRemoved, Category: "Removed"},
	}})
	return b
}

func (b *boards) handler() http.Handler { return b.site }

// recall gathers what happened in Azure DevOps.
func (b *boards) recall() {
	begun := map[string]int{} // when somebody first used a team project
	for _, p := range b.here() {
		begun[p.Under] = min(begun[p.Under], p.entered())
	}
	told := map[string]bool{}
	for _, p := range b.here() {
		if !told[p.Under] {
			told[p.Under] = true
			b.on(begun[p.Under], func() { b.site.AddProject(azuredevopstest.Project{Name: p.Under}) })
		}
	}
	for _, p := range b.here() {
		b.enter(p)
	}
	for _, p := range b.here() {
		for _, m := range p.Milestones {
			b.link(p, m)
		}
	}
}

// enter plays a project: written down, promised anew, reported, over.
func (b *boards) enter(p *project) {
	due := promised(p)
	end := func() string {
		if day, ok := due.end(); ok {
			return b.picked(day)
		}
		return ""
	}
	b.on(p.entered(), func() {
		b.epics[p] = b.site.AddItem(azuredevopstest.Item{
			Project: p.Under, Type: typeEpic, Title: p.Name, State: b.firstState(p), Description: "<div>" + html.EscapeString(p.About) + "</div>",
			Assigned: accountID(p.Lead), Start: b.picked(p.Starts), Target: end(), Tags: p.Objectives, Fields: b.fieldsOf(p),
		}).ID
	})
	for _, m := range p.Milestones {
		c := follow(p, m)
		b.bring(p, m, c)
		for _, mv := range c.moves {
			b.on(mv.on, func() {
				due[m] = mv.to
				b.edit(b.epics[p], func(i *azuredevopstest.Item) { i.Target = end() })
			})
		}
	}
	b.tell(p)
}

func (b *boards) firstState(p *project) string {
	if p.Status == statusProposed {
		return statusProposed
	}
	return stateNew
}

// fieldsOf are what the engineers' own fields say of a project.
func (b *boards) fieldsOf(p *project) map[string]any {
	fields := map[string]any{boardDepartment: p.Department, boardPMO: p.PMO}
	if p.Sponsor != "" {
		fields[boardSponsor] = map[string]any{
			"displayName": p.Sponsor, "id": accountID(p.Sponsor), "uniqueName": accountID(p.Sponsor) + "@larkmoor.example",
		}
	}
	if p.Budget != 0 {
		fields[boardBudget] = p.Budget
	}
	return fields
}

// bring plays one milestone: written down, moved, begun, finished.
func (b *boards) bring(p *project, m *milestone, c course) {
	b.on(p.entered(), func() {
		i := azuredevopstest.Item{
			Project: p.Under, Type: typeFeature, Title: m.Name, State: stateNew, Parent: b.epics[p], Assigned: accountID(b.owner(p)),
			Start: b.picked(c.planned), Target: b.picked(m.Day), Fields: map[string]any{boardPromised: b.picked(m.Day)},
		}
		if m.Key {
			i.Tags = []string{labelKey}
		}
		if m.Fallback != "" {
			i.Fields[boardFallback] = "<p>" + html.EscapeString(m.Fallback) + "</p>"
		}
		b.features[m] = b.site.AddItem(i).ID
	})
	change := func(day int, change func(*azuredevopstest.Item)) {
		b.on(day, func() { b.edit(b.features[m], change) })
	}
	for _, mv := range c.moves {
		change(mv.on, func(i *azuredevopstest.Item) { i.Target, i.Start = b.picked(mv.to), b.picked(mv.start) })
	}
	if day, ok := c.begun(p); ok {
		change(day, func(i *azuredevopstest.Item) { i.State = stateActive })
	}
	if c.done {
		change(c.finished, b.close)
	}
}

func (b *boards) edit(id int64, change func(*azuredevopstest.Item)) { b.site.EditItem(id, change) }

// close finishes a work item now.
func (b *boards) close(i *azuredevopstest.Item) {
	i.State, i.Closed = stateClosed, b.clock.now().UTC().Format(time.RFC3339)
}

// tell plays what was reported of a project as a whole, and what became of it.
func (b *boards) tell(p *project) {
	change := func(day int, change func(*azuredevopstest.Item)) {
		b.on(day, func() { b.edit(b.epics[p], change) })
	}
	if p.Starts < 0 && p.Status != statusProposed {
		change(p.Starts, func(i *azuredevopstest.Item) { i.State = stateActive })
	}
	for _, r := range reports(p) {
		change(r.day, func(i *azuredevopstest.Item) {
			i.Fields[boardHealth] = standings[r.health]
			if r.day == told(p) && p.Says != "" {
				i.Fields[boardSays] = p.Says
			}
		})
	}
	switch end, done := span(p); {
	case p.Status == statusOnHold:
		change(told(p), func(i *azuredevopstest.Item) { i.State = statusOnHold })
	case p.Status == statusCancelled:
		change(told(p), func(i *azuredevopstest.Item) { i.State = stateRemoved })
	case done:
		change(end, b.close)
	}
}

// link plays what must come before a milestone. What is outside is a task that
// stands in the same team project and is no milestone.
func (b *boards) link(p *project, m *milestone) {
	for _, ref := range m.After {
		first, before, err := b.lib.resolve(ref)
		if err != nil {
			panic(err) // check has seen it
		}
		b.on(max(first.entered(), p.entered()), func() {
			id := b.epics[first]
			if before != nil {
				id = b.features[before]
			}
			b.site.AddLink(azuredevopstest.Dependency, id, b.features[m])
		})
	}
	if m.Waits != "" {
		b.on(p.entered(), func() {
			i := b.site.AddItem(azuredevopstest.Item{Project: p.Under, Type: typeTask, Title: m.Waits, State: stateActive, Assigned: accountID(p.Lead)})
			b.site.AddLink(azuredevopstest.Dependency, i.ID, b.features[m])
		})
	}
}

// picked is a day as somebody picks it in a form, which keeps the midnight of
// the place where they sit.
func (b *boards) picked(day int) string {
	return b.today.AddDate(0, 0, day).UTC().Format(time.RFC3339)
}
