package portfolio

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// native are a project's own attributes that a mapping may name like fields.
func (f *ProjectFact) native(name string) string {
	switch name {
	case "name":
		return f.Name
	case "key":
		return f.Source.Key
	case "category":
		return f.Category
	case "status":
		return f.Status
	}
	return ""
}

// buildProjects computes what dirty projects draw from their own facts. Where
// that bears on milestones, these become dirty.
func (b *builder) buildProjects() {
	ids := slices.Sorted(maps.Keys(b.dirty.touched)) // so that they lie in memory in this order
	b.projects.reserve(len(ids))
	for _, merge := range []bool{true, false} {
		for _, id := range ids {
			if b.dirty.touched[id] != merge {
				continue
			}
			unified := b.unified(id)
			b.freshProject(unified, merge)
			if unified != id && b.projects.before(id) != nil {
				b.freshProject(id, true) // gone, because joined to another one
			}
		}
	}
}

// freshProject computes a project from its own facts, once in a round. Where
// merge is false these are the same as before, and so is what follows from
// them alone.
func (b *builder) freshProject(id string, merge bool) *ProjectRow {
	if b.projects.isFresh(id) {
		return b.projects.get(id)
	}
	old := b.projects.before(id)
	if !merge && old != nil {
		row := copyOfProject(old)
		b.projects.put(id, old, row)
		return row
	}
	row := b.projectFromFacts(id)
	b.projects.put(id, old, row)
	if b.dirty.settings || !sameForMilestones(old, row) {
		b.decideMilestonesOf(id)
		if row != nil {
			for _, led := range row.led() {
				b.decideOrphansOf(led)
			}
		}
	}
	return row
}

// spareProjects are rows for the next rounds to write to: most projects whose
// milestones change come out as they were, and their rows are large.
var spareProjects = sync.Pool{New: func() any { return new(ProjectRow) }}

func copyOfProject(old *ProjectRow) *ProjectRow {
	row := spareProjects.Get().(*ProjectRow)
	*row = *old
	return row
}

// sameForMilestones reports whether two versions of a project are the same in
// everything that milestones draw from it.
func sameForMilestones(a, b *ProjectRow) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.Name == b.Name && a.Key == b.Key && a.Category == b.Category && a.Phase == b.Phase &&
		a.SourceStatus == b.SourceStatus && a.DepartmentID == b.DepartmentID && a.StartDate == b.StartDate &&
		slices.Equal(a.Labels, b.Labels) && equalFields(a.Custom, b.Custom) && slices.Equal(a.Members, b.Members) && slices.Equal(a.Redirects, b.Redirects)
}

// projectFromFacts merges the facts of a project, under the mapping, the
// overrides and the rules; nil when there is no such project.
func (b *builder) projectFromFacts(id string) *ProjectRow {
	if b.unified(id) != id {
		return nil
	}
	members, further := []string{id}, []string(nil)
	if g, ok := b.groups.get(id); ok {
		members, further = g.members, g.further
	}
	facts := b.projectFacts(members)
	if len(facts) == 0 {
		return nil
	}
	row := &ProjectRow{ID: id, Members: members, Redirects: further}
	primary := facts[0].Doc.(*ProjectFact)
	row.Presence, row.GoneSince = b.plan.presence(&primary.Source), primary.GoneSince

	b.plan.presentFirst(facts)
	if b.plan.absent(facts[0]) == 0 {
		row.Presence, row.GoneSince = PresencePresent, Date{}
	}
	var m mapped
	status := StatusCategory("")
	var sayings []saying
	for i, v := range facts {
		f := v.Doc.(*ProjectFact)
		row.Rev = max(row.Rev, v.Rev)
		said := b.plan.projectSaid(f)
		if len(facts) > 1 && len(b.plan.precedence) > 0 {
			sayings = append(sayings, saying{f, b.plan.absent(v), said})
		}
		fillText(&said.name, f.Name) // else the mapped name of another tool would come before the primary's own
		if i == 0 {
			m = said
		} else {
			m.fill(&said)
		}
		fillText(&row.Name, f.Name)
		fillText(&row.Key, f.Source.Key)
		fillText(&row.URL, f.URL)
		fillText(&row.Description, f.Description)
		fillText(&row.Category, f.Category)
		fillText(&row.ParentID, f.Parent)
		if row.SourceStatus == "" {
			row.SourceStatus, status = f.Status, f.StatusCategory
		}
		row.Labels = union(row.Labels, filled(f.Labels))
		if row.CreatedAt.IsZero() || (!f.CreatedAt.IsZero() && f.CreatedAt.Before(row.CreatedAt)) {
			row.CreatedAt = f.CreatedAt
		}
		if f.UpdatedAt.After(row.UpdatedAt) {
			row.UpdatedAt = f.UpdatedAt
		}
	}
	b.plan.prefer(row, &m, sayings)
	row.toolPMO = m.pmoID
	overridden := b.override(&m, KindProject, func() []string {
		return targetsOfProject(append(slices.Clip(members), further...), row.toolPMO, b.projectFact)
	}, primary.Connection, &row.Rev)
	fillText(&m.name, row.Name)
	row.Name = m.name
	if row.ParentID != "" {
		row.ParentID = b.unified(row.ParentID)
	}
	row.ManagerID = b.personID(m.manager)
	row.SponsorID = b.personID(m.sponsor)
	row.StartDate, row.FinishedDate = m.start, m.finished
	row.own = ownDates{target: m.due, baseline: m.baseline, forecast: m.forecast}
	row.PMOID, row.Priority, row.Objectives = m.pmoID, m.priority, m.objectives
	row.Custom, row.budget, row.costs = m.custom, m.budget, costsPending
	row.Justification = m.justification
	row.BusinessValue, row.TimeCriticality, row.RiskReduction, row.JobSize = m.job.value, m.job.urgency, m.job.riskReduction, m.job.size
	row.wsjf, _ = m.job.wsjf()
	b.decideProject(row, &m, status, overridden, primary.Connection)
	row.report = b.projectReport(&m, row, overridden["health"])
	row.people = personWords(m.manager, m.sponsor)
	return row
}

// decideProject sets department and phase: what a person said, else the first
// rule that matches, else what the tool says.
func (b *builder) decideProject(row *ProjectRow, m *mapped, status StatusCategory, overridden map[string]bool, connection string) {
	rules := b.plan.rules
	ruledDepartment, ruledPhase := "", ""
	if len(rules.department)+len(rules.phase) > 0 {
		var r ruler
		in := &r.input
		*in = RuleInput{Connection: b.ruleConnection(connection), Project: RuleProject{
			Name: row.Name, Key: row.Key, Category: row.Category, Status: row.SourceStatus, Labels: row.Labels,
			Connection: connection, Department: b.names.slug(m.department), Custom: ruleCustom(row.Custom),
		}}
		ruledDepartment, _ = r.first(rules.department)
		ruledPhase, _ = r.first(rules.phase)
	}
	row.departmentName = m.department
	if ruledDepartment != "" && !overridden["department"] {
		row.departmentName = ruledDepartment
	}
	row.DepartmentID = b.names.slug(row.departmentName)

	said, understood := phaseOf(m.phase)
	if understood && overridden["phase"] {
		row.Phase = said
		return
	}
	if ruled, ok := phaseOf(ruledPhase); ok {
		row.Phase = ruled
		return
	}
	if understood {
		row.Phase = said
		return
	}
	row.Phase = b.plan.phase(row.SourceStatus, status, !row.FinishedDate.IsZero())
}

// phase is what a tool's status amounts to: by the settings' list of
// statuses, else by its category.
func (p *plan) phase(status string, category StatusCategory, finished bool) Phase {
	if phase, ok := p.statuses[strings.ToLower(status)]; ok && status != "" {
		return phase
	}
	switch {
	case category == StatusTodo:
		return PhasePlanned
	case category == StatusDone:
		return PhaseDone
	case category == StatusCancelled:
		return PhaseCancelled
	case category == "" && finished:
		return PhaseDone
	}
	return PhaseActive
}

// projectFacts returns the facts of those ids that have one.
func (b *builder) projectFacts(ids []string) []Versioned {
	facts := make([]Versioned, 0, len(ids))
	for _, id := range ids {
		if v, ok := b.factsOf(KindProject).get(id); ok {
			facts = append(facts, v)
		}
	}
	return facts
}

// projectSaid is what one fact says of a project, its name left out.
func (p *plan) projectSaid(f *ProjectFact) mapped {
	said := p.mapFields(f.Connection, f.Fields, f.native)
	fillDate(&said.start, f.Start)
	fillDate(&said.due, f.Due)
	fillDate(&said.finished, f.Finished)
	said.healthNotAfter = p.day(f.UpdatedAt)
	if said.manager == (person{}) {
		said.manager = person{id: f.Lead}
	}
	return said
}

// presentFirst sorts the facts of a project, given by its members: what the
// tools still show comes first, then the primary.
func (p *plan) presentFirst(facts []Versioned) {
	slices.SortStableFunc(facts, func(x, y Versioned) int {
		return cmp.Compare(p.absent(x), p.absent(y))
	})
}

// absent is 0 for a fact that its tool still shows and 1 for others.
func (p *plan) absent(v Versioned) int {
	if p.presence(v.Doc.(ToolFact).Origin()) == PresencePresent {
		return 0
	}
	return 1
}

func (b *builder) ruleConnection(id string) RuleConnection {
	if c := b.plan.connection(id); c != nil {
		return RuleConnection{ID: id, Name: c.Name, Type: c.Type}
	}
	return RuleConnection{ID: id}
}

// union appends what is not there yet; it does not change labels.
func union(labels, more []string) []string {
	if len(labels) == 0 {
		return more
	}
	for _, label := range more {
		if !slices.Contains(labels, label) {
			labels = append(slices.Clip(labels), label)
		}
	}
	return labels
}

// personID is the document id of whom a fact names; "" when nobody of that
// name is known.
func (b *builder) personID(p person) string {
	if p.word == "" {
		return p.id
	}
	return cmp.Or(p.among(b.accountsCalled(p.word)), b.personRef(p.word))
}

// among chooses one of the accounts that a word leads to.
func (p person) among(accounts []string) string {
	found := ""
	for _, id := range accounts {
		if strings.HasPrefix(id, p.connection+"/") {
			return id
		}
		fillText(&found, id)
	}
	return found
}

func personWords(people ...person) []string {
	var words []string
	for _, p := range people {
		if p.word != "" {
			words = append(words, p.word)
		}
	}
	return words
}
