package portfolio

import (
	"maps"
	"slices"
	"strings"
)

// native are a milestone's own attributes that a mapping may name like fields.
func (f *MilestoneFact) native(name string) string {
	switch name {
	case "name":
		return f.Name
	case "key":
		return f.Source.Key
	case "type":
		return f.Type
	case "status":
		return f.Status
	}
	return ""
}

// buildMilestones computes the dirty milestones, all but their health. A
// milestone that is another one now makes its projects fresh. They are made in
// the order of their ids, so that a scan in that order walks through memory
// from one end to the other: five times faster over 100,000 of them.
func (b *builder) buildMilestones() {
	ids := slices.Sorted(maps.Keys(b.dirty.milestones))
	fresh := make([]freshRow[MilestoneRow], len(ids))
	inPieces(len(ids), func(from, to int) {
		var r ruler
		for i := from; i < to; i++ {
			fresh[i] = b.computeMilestone(ids[i], b.dirty.milestones[ids[i]], &r)
		}
	})
	b.milestones.reserve(len(fresh))
	b.moved.reserve(len(fresh))
	for _, f := range fresh {
		b.putMilestone(f)
	}
}

// freshMilestone computes a milestone that no rule has to judge again, once in
// a round.
func (b *builder) freshMilestone(id string) {
	if !b.milestones.isFresh(id) {
		b.putMilestone(b.computeMilestone(id, keepKind, new(ruler)))
	}
}

// computeMilestone computes a milestone. It writes to nothing but the row, so
// that several may be computed at a time.
func (b *builder) computeMilestone(id string, d decision, r *ruler) freshRow[MilestoneRow] {
	old := b.milestones.before(id)
	return freshRow[MilestoneRow]{id, old, b.milestoneFromFact(id, old, d, r)}
}

// putMilestone makes a computed milestone known, and its projects fresh.
func (b *builder) putMilestone(f freshRow[MilestoneRow]) {
	place := b.milestones.put(f.id, f.old, f.now)
	b.moved.note(f, place)
	if !sameForProject(f.old, f.now) || !sameWork(f.old, f.now) && (b.costed(f.old) || b.costed(f.now)) {
		for _, side := range []*MilestoneRow{f.old, f.now} {
			if side != nil && side.ProjectID != "" && b.unified(side.ProjectID) == side.ProjectID {
				b.freshProject(side.ProjectID, false)
			}
		}
	}
}

// costed reports whether a milestone's project has costs, which may be earned by
// the work done.
func (b *builder) costed(m *MilestoneRow) bool {
	if m == nil {
		return false
	}
	p := b.projects.get(m.ProjectID)
	return p != nil && p.costs != nil
}

func sameWork(a, b *MilestoneRow) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Work == b.Work || a.Work != nil && b.Work != nil && *a.Work == *b.Work
}

// sameForProject reports whether two versions of a milestone are the same in
// everything that its project draws from it.
func sameForProject(a, b *MilestoneRow) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ProjectID == b.ProjectID && a.Kind == b.Kind && a.Presence == b.Presence &&
		a.StatusCategory == b.StatusCategory && a.TargetDate == b.TargetDate && a.BaselineDate == b.BaselineDate &&
		a.BaselineBasis == b.BaselineBasis && a.ForecastDate == b.ForecastDate && a.FinishedDate == b.FinishedDate &&
		a.StartDate == b.StartDate && a.observedSince == b.observedSince && a.firstSeen == b.firstSeen
}

// milestoneFromFact computes a milestone under the mapping, the overrides and
// the rules; nil when there is none.
func (b *builder) milestoneFromFact(id string, old *MilestoneRow, d decision, r *ruler) *MilestoneRow {
	v, ok := b.factsOf(KindMilestone).get(id)
	if !ok {
		return nil
	}
	f := v.Doc.(*MilestoneFact)
	m := b.plan.milestoneSaid(f)
	row := &MilestoneRow{
		ID:             id,
		Key:            f.Source.Key,
		URL:            f.URL,
		Type:           f.Type,
		ParentID:       f.Parent,
		SourceStatus:   f.Status,
		StatusCategory: f.StatusCategory,
		Presence:       b.plan.presence(&f.Source),
		GoneSince:      f.GoneSince,
		SlipCount:      f.History.LaterMoves,
		Work:           f.Work,
		Labels:         filled(f.Labels),
		CreatedAt:      f.CreatedAt,
		UpdatedAt:      f.UpdatedAt,
		Rev:            v.Rev,
	}
	overridden := b.override(&m, KindMilestone, func() []string { return targetsOfMilestone(b, id) }, f.Connection, &row.Rev)
	fillText(&m.name, f.Name)
	row.Name = m.name
	row.OwnerID = b.personID(m.manager)
	row.StartDate, row.TargetDate, row.FinishedDate = m.start, m.due, m.finished
	row.Custom = m.custom
	if m.health != "" || m.manager.word != "" || m.contingency != "" {
		row.said = &said{
			report:      report{word: m.health, on: m.healthOn, notAfter: b.plan.day(f.UpdatedAt)},
			people:      personWords(m.manager),
			contingency: m.contingency,
		}
	}

	project := b.projects.get(b.unified(f.Project))
	if project != nil {
		row.ProjectID = project.ID
	}
	row.setBaseline(b.plan, &m, &f.History, overridden["baseline"])
	row.setObserved(b.plan, f)
	row.setForecast(m.forecast)
	if old == nil || (d == checkKind && !sameForRules(old, row, &m)) {
		d = decideKind
	}
	if d == keepKind || (d == checkKind && old.TargetDate == row.TargetDate) {
		row.Kind, row.KindRule = old.Kind, old.KindRule
		return row
	}
	choose := r.first
	if d == checkKind {
		choose = func(rules []compiledRule) (value, when string) { return r.again(rules, old.KindRule) }
	}
	b.decideKind(row, &m, project, f, overridden["kind"], r, choose)
	return row
}

// milestoneSaid is what the fact says of a milestone, its name left out.
func (p *plan) milestoneSaid(f *MilestoneFact) mapped {
	m := p.mapFields(f.Connection, f.Fields, f.native)
	fillDate(&m.start, f.Start)
	fillDate(&m.due, f.Due)
	fillDate(&m.finished, f.Finished)
	fillDate(&m.baseline, f.Baseline)
	if m.manager == (person{}) {
		m.manager = person{id: f.Owner}
	}
	return m
}

// decideKind sets the kind and what decided it: a person, else the first rule
// that matches, else the tool's field.
// Choose runs the rules by r.
func (b *builder) decideKind(row *MilestoneRow, m *mapped, project *ProjectRow, f *MilestoneFact, overridden bool,
	r *ruler, choose func([]compiledRule) (value, when string)) {
	said, understood := milestoneKind(m.kind)
	if understood && overridden {
		row.Kind, row.KindRule = said, ruleOverride
		return
	}
	if len(b.plan.rules.kind) > 0 {
		in := &r.input
		*in = RuleInput{Connection: b.ruleConnection(f.Connection), Milestone: RuleMilestone{
			Name: row.Name, Key: row.Key, Type: row.Type, Status: row.SourceStatus, Labels: row.Labels,
			Due: row.TargetDate.String(), Custom: ruleCustom(row.Custom),
		}}
		if project != nil {
			in.Project = ruleProject(project)
		}
		if value, when := choose(b.plan.rules.kind); when != "" {
			row.Kind, row.KindRule = MilestoneKind(value), when
			return
		}
	}
	if understood {
		row.Kind, row.KindRule = said, ruleField+m.kindField
		return
	}
	row.Kind, row.KindRule = MilestoneStandard, ruleDefault
}

// sameForRules reports whether two versions of a milestone are the same in
// everything that decides its kind but the due date, given that the rules and
// what they read of its project are the same.
func sameForRules(old, row *MilestoneRow, m *mapped) bool {
	return m.kind == "" && old.KindRule != ruleOverride && !strings.HasPrefix(old.KindRule, ruleField) &&
		old.ProjectID == row.ProjectID && old.Name == row.Name && old.Key == row.Key && old.Type == row.Type &&
		old.SourceStatus == row.SourceStatus &&
		slices.Equal(old.Labels, row.Labels) && equalFields(old.Custom, row.Custom)
}

// What decided a kind, where it was no rule's expression.
const (
	ruleOverride = "override"
	ruleField    = "field " // and the tool's field
	ruleDefault  = "default"
)

// ruleProject is a project as rules for its milestones see it.
func ruleProject(p *ProjectRow) RuleProject {
	return RuleProject{
		Name: p.Name, Key: p.Key, Category: p.Category, Status: p.SourceStatus, Labels: p.Labels,
		Connection: connectionOf(p.ID), Department: p.DepartmentID, Custom: ruleCustom(p.Custom),
	}
}

// done reports whether the milestone is finished, with or without a date.
func (m *MilestoneRow) done() bool {
	return !m.FinishedDate.IsZero() || m.StatusCategory == StatusDone
}

// expected is when the milestone is expected or was finished; zero when that
// is not known.
func (m *MilestoneRow) expected() Date { return m.ForecastDate }
