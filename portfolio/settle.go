package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// settleProjects decides which fresh rows are other rows than before, and
// brings along what leads to them: departments and names of people.
func (b *builder) settleProjects() {
	b.projects.keep()
	b.milestones.keep()
	b.dependencies.keep()
	b.risks.keep()
	b.people.keep()
	b.identities.keep()
	b.strategyRows.keep()
	b.strategyVersions.keep()
	b.objectives.keep()
	b.keyResults.keep()
	b.contributions.keep()
	b.settleOrphans()
	var none ProjectRow
	for _, p := range b.projects.changed {
		was, is := p.old, p.now
		if was == nil {
			was = &none
		}
		if is == nil {
			is = &none
		}
		if was.DepartmentID != is.DepartmentID || was.departmentName != is.departmentName {
			b.dirty.departments[was.DepartmentID] = true
			b.dirty.departments[is.DepartmentID] = true
			b.byDivision.move(p.id, departmentWord(was), departmentWord(is))
		}
		b.mention(KindProject, p.id, was.people, is.people)
	}
	for _, m := range b.milestones.changed {
		b.mention(KindMilestone, m.id, m.old.people(), m.now.people())
	}
	for _, r := range b.risks.changed { // recorded ones too, under the kind of their row
		b.mention(KindRisk, r.id, r.old.mentioned(), r.now.mentioned())
	}
}

func (b *builder) mention(kind Kind, id string, was, is []string) {
	if len(was) > 0 || len(is) > 0 {
		b.mentions.move(Key{kind, id}.String(), was, is)
	}
}

func departmentWord(p *ProjectRow) []string {
	if p.DepartmentID == "" {
		return nil
	}
	return []string{p.DepartmentID}
}

// nextDue brings the rows that changed to the place of their next date.
func (b *builder) nextDue() (next sorted[dueRow]) {
	var out, in []dueRow
	move := func(kind Kind, id string, was, is Date) {
		if was == is {
			return
		}
		if !was.IsZero() {
			out = append(out, dueRow{was, kind, id})
		}
		if !is.IsZero() {
			in = append(in, dueRow{is, kind, id})
		}
	}
	for _, p := range b.projects.changed {
		move(KindProject, p.id, p.old.changesOn(), p.now.changesOn())
	}
	for _, m := range b.milestones.changed {
		move(KindMilestone, m.id, m.old.changesOn(), m.now.changesOn())
	}
	for _, s := range b.strategyRows.changed {
		move(KindStrategy, s.id, s.old.changesOn(), s.now.changesOn())
	}
	for _, k := range b.kpis.changed {
		move(KindKPI, k.id, k.old.changesOn(), k.now.changesOn())
	}
	slices.SortFunc(out, compareDue)
	slices.SortFunc(in, compareDue)
	next, b.rescheduled = b.old.due.change(compareDue, out, in)
	return next
}

// changesOn is ChangesOn; zero for a row that is not there.
func (p *ProjectRow) changesOn() Date {
	if p == nil {
		return Date{}
	}
	return p.ChangesOn
}

// changesOn is ChangesOn; zero for a row that is not there.
func (m *MilestoneRow) changesOn() Date {
	if m == nil {
		return Date{}
	}
	return m.ChangesOn
}

// changesOn is ChangesOn; zero for a row that is not there.
func (s *StrategyRow) changesOn() Date {
	if s == nil {
		return Date{}
	}
	return s.ChangesOn
}

// changesOn is ChangesOn; zero for a row that is not there.
func (k *KPIRow) changesOn() Date {
	if k == nil {
		return Date{}
	}
	return k.ChangesOn
}

func compareDue(a, b dueRow) int {
	if c := a.on.Compare(b.on); c != 0 {
		return c
	}
	if c := cmp.Compare(a.kind, b.kind); c != 0 {
		return c
	}
	return strings.Compare(a.id, b.id)
}
