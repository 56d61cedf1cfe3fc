package portfolio

import "slices"

// children lead from a project to its milestones by target date. They hold
// rows rather than ids, because whoever looks from a project to its milestones
// reads them all; it is an index of the snapshot, no part of a row.
type children = table[[]*MilestoneRow]

// moved notes for each project which fresh milestones came, went or changed.
type moved map[string][]int // places in milestones.round

func (m moved) note(f freshRow[MilestoneRow], place int) {
	for i, side := range []*MilestoneRow{f.old, f.now} {
		if side == nil || side.ProjectID == "" || (i == 1 && f.old != nil && f.old.ProjectID == side.ProjectID) {
			continue
		}
		m[side.ProjectID] = append(m[side.ProjectID], place)
	}
}

// milestonesOf returns the milestones of a project as they stand now, by
// target date.
func (b *builder) milestonesOf(project string) []*MilestoneRow {
	list, _ := b.children.get(project)
	places := b.moved[project]
	if len(places) == 0 {
		return list
	}
	next := make([]*MilestoneRow, 0, len(list)+len(places))
	for _, m := range list {
		if !slices.ContainsFunc(places, func(i int) bool { return b.milestones.round[i].old == m }) {
			next = append(next, m)
		}
	}
	for _, i := range places {
		if m := b.milestones.round[i].now; m != nil && m.ProjectID == project {
			at, _ := slices.BinarySearchFunc(next, m, compareByTarget)
			next = slices.Insert(next, at, m)
		}
	}
	return next
}

// settleChildren brings milestones that changed to their projects, after it is
// decided which rows stay the old ones. Milestones without a project are found
// by the project that their tool names, for when that appears.
func (b *builder) settleChildren() {
	for project := range b.moved {
		if list := b.milestonesOf(project); len(list) > 0 {
			b.children.set(project, list)
		} else {
			b.children.delete(project)
		}
	}
	for _, m := range b.milestones.changed {
		var was, is []string
		if m.old != nil && m.old.ProjectID == "" {
			v, _ := b.old.facts[KindMilestone].get(m.id)
			was = []string{v.Doc.(*MilestoneFact).Project}
		}
		if m.now != nil && m.now.ProjectID == "" {
			v, _ := b.factsOf(KindMilestone).get(m.id)
			is = []string{v.Doc.(*MilestoneFact).Project}
		}
		b.orphans.move(m.id, was, is)
	}
}

// decideMilestonesOf makes the milestones dirty that a project had.
func (b *builder) decideMilestonesOf(project string) {
	list, _ := b.children.get(project)
	for _, m := range list {
		b.dirty.milestones[m.ID] = decideKind
	}
}

// decideOrphansOf makes the milestones dirty that name a project of which
// there was nothing.
func (b *builder) decideOrphansOf(projectFact string) {
	for _, id := range b.orphans.of(projectFact) {
		b.dirty.milestones[id] = decideKind
	}
}
