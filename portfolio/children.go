package portfolio

import (
	"iter"
	"maps"
	"slices"
)

// children lead from a project to its milestones by target date. They hold
// rows rather than ids, because whoever looks from a project to its milestones
// reads them all; it is an index of the snapshot, no part of a row.
type children = table[[]*MilestoneRow]

// moved notes for each project which fresh milestones came, went or changed.
type moved struct {
	last  map[string]int // by project, its last note
	notes []movedNote
}

// A movedNote is one milestone of a project, and where the project's note
// before this one is; -1 when there is none.
type movedNote struct {
	place  int // in milestones.round
	before int
}

// reserve makes room for n milestones, before any is noted.
func (m *moved) reserve(n int) {
	m.last = make(map[string]int, n)
	m.notes = make([]movedNote, 0, n)
}

func (m *moved) note(f freshRow[MilestoneRow], place int) {
	for i, side := range []*MilestoneRow{f.old, f.now} {
		if side == nil || side.ProjectID == "" || (i == 1 && f.old != nil && f.old.ProjectID == side.ProjectID) {
			continue
		}
		before, ok := m.last[side.ProjectID]
		if !ok {
			before = -1
		}
		m.last[side.ProjectID] = len(m.notes)
		m.notes = append(m.notes, movedNote{place, before})
	}
}

// of yields the places of the milestones noted for a project.
func (m *moved) of(project string) iter.Seq[int] {
	return func(yield func(int) bool) {
		at, ok := m.last[project]
		for ok && at >= 0 && yield(m.notes[at].place) {
			at = m.notes[at].before
		}
	}
}

// milestonesOf returns the milestones of a project as they stand now, by
// target date.
func (b *builder) milestonesOf(project string) []*MilestoneRow {
	list, _ := b.children.get(project)
	fresh := 0
	for range b.moved.of(project) {
		fresh++
	}
	if fresh == 0 {
		return list
	}
	next := append(make([]*MilestoneRow, 0, len(list)+fresh), list...)
	for place := range b.moved.of(project) {
		if old := b.milestones.round[place].old; old != nil {
			if at := slices.Index(next, old); at >= 0 {
				next = slices.Delete(next, at, at+1)
			}
		}
	}
	for place := range b.moved.of(project) {
		if m := b.milestones.round[place].now; m != nil && m.ProjectID == project {
			at, _ := slices.BinarySearchFunc(next, m, compareByTarget)
			next = slices.Insert(next, at, m)
		}
	}
	return next
}

// nextChildren brings milestones that changed to their projects, after it is
// decided which rows stay the old ones.
func (b *builder) nextChildren() children {
	projects := slices.Collect(maps.Keys(b.moved.last))
	lists := make([][]*MilestoneRow, len(projects))
	inPieces(len(projects), func(from, to int) {
		for i := from; i < to; i++ {
			lists[i] = b.milestonesOf(projects[i])
		}
	})
	for i, project := range projects {
		if len(lists[i]) > 0 {
			b.children.set(project, lists[i])
		} else {
			b.children.delete(project)
		}
	}
	return b.children.done()
}

// settleOrphans notes by the project that their tool names which milestones
// have none, so that they are found when it appears.
func (b *builder) settleOrphans() {
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
