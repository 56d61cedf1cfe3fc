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
	b.people.keep()
	var none ProjectRow
	for _, id := range b.projects.changed {
		was, is := b.projects.before(id), b.projects.fresh[id]
		if was == nil {
			was = &none
		}
		if is == nil {
			is = &none
		}
		if was.DepartmentID != is.DepartmentID || was.departmentName != is.departmentName {
			b.dirty.departments[was.DepartmentID] = true
			b.dirty.departments[is.DepartmentID] = true
			b.byDivision.move(id, departmentWord(was), departmentWord(is))
		}
		b.mention(KindProject, id, was.people, is.people)
	}
	for _, id := range b.milestones.changed {
		var was, is []string
		if old := b.milestones.before(id); old != nil {
			was = old.people
		}
		if row := b.milestones.fresh[id]; row != nil {
			is = row.people
		}
		b.mention(KindMilestone, id, was, is)
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
func (b *builder) nextDue() sorted[dueRow] {
	var out, in []dueRow
	for _, id := range b.projects.changed {
		out = appendDue(out, KindProject, id, b.projects.before(id), (*ProjectRow).changesOn)
		in = appendDue(in, KindProject, id, b.projects.fresh[id], (*ProjectRow).changesOn)
	}
	for _, id := range b.milestones.changed {
		out = appendDue(out, KindMilestone, id, b.milestones.before(id), (*MilestoneRow).changesOn)
		in = appendDue(in, KindMilestone, id, b.milestones.fresh[id], (*MilestoneRow).changesOn)
	}
	slices.SortFunc(out, compareDue)
	slices.SortFunc(in, compareDue)
	return b.old.due.change(compareDue, out, in)
}

func (p *ProjectRow) changesOn() Date   { return p.ChangesOn }
func (m *MilestoneRow) changesOn() Date { return m.ChangesOn }

func appendDue[R any](list []dueRow, kind Kind, id string, row *R, on func(*R) Date) []dueRow {
	if row == nil || on(row).IsZero() {
		return list
	}
	return append(list, dueRow{on(row), kind, id})
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
