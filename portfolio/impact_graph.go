package portfolio

// A slipNode is something whose date others may wait for.
type slipNode struct {
	what slipKind
	id   string // of the milestone or the unified project
}

type slipKind int8

// A project has two dates: others wait for its end, and it waits with its
// start.
const (
	slipMilestone slipKind = iota
	slipStart
	slipEnd
)

// A slipGraph is how a later date makes others later, in a snapshot. Its edges
// are found when they are asked for.
//
//   - A dependency leads from what comes first, a milestone or the end of a
//     project as a whole, to what waits, a milestone or the start of a project as
//     a whole. A record inside a project that is not synced itself has no date
//     and bears on nothing.
//   - The start of a project leads to its milestones and to its end: the whole
//     plan moves.
//   - The milestone that a project's slip is taken from leads to its end.
//
// Milestones of one project do not lead to each other unless a dependency says
// so, and a project as a whole does not wait for its own milestones, nor they
// for it.
type slipGraph struct{ s *Snapshot }

// next calls yield for everything that a node leads to; dep is nil where no
// dependency does.
func (g slipGraph) next(n slipNode, yield func(to slipNode, dep *DependencyRow)) {
	switch n.what {
	case slipStart:
		for _, m := range g.s.milestonesOf(n.id) {
			if m.Presence == PresencePresent {
				yield(slipNode{slipMilestone, m.ID}, nil)
			}
		}
		yield(slipNode{slipEnd, n.id}, nil)
	case slipEnd:
		p, ok := g.s.Project(n.id)
		if !ok {
			return
		}
		for _, member := range p.led() {
			g.dependents(member, n, yield)
		}
	case slipMilestone:
		g.dependents(n.id, n, yield)
		m, _ := g.s.Milestone(n.id)
		if p, ok := g.s.Project(m.ProjectID); ok && p.SlipFromID == n.id {
			yield(slipNode{slipEnd, p.ID}, nil)
		}
	}
}

// dependents yields what waits for a node, of the dependencies that name a
// reference to it.
func (g slipGraph) dependents(ref string, n slipNode, yield func(slipNode, *DependencyRow)) {
	for _, id := range g.s.refs[KindDependency].of(ref) {
		dep, ok := g.s.Dependency(id)
		if !ok || dep.Presence != PresencePresent {
			continue
		}
		v, _ := g.s.Document(Key{KindDependency, id})
		if f, ok := v.Doc.(*DependencyFact); !ok || f.Predecessor.Ref != ref {
			continue
		}
		to, ok := waits(dep)
		if ok && (n.what != slipEnd && to.what != slipStart || g.project(n) != g.project(to)) {
			yield(to, dep)
		}
	}
}

// waits is what a dependency makes wait.
func waits(dep *DependencyRow) (slipNode, bool) {
	switch {
	case dep.Successor.MilestoneID != "":
		return slipNode{slipMilestone, dep.Successor.MilestoneID}, true
	case dep.binds != "":
		return slipNode{slipStart, dep.Successor.ProjectID}, true
	}
	return slipNode{}, false
}

// project is the id of the project that a node is of.
func (g slipGraph) project(n slipNode) string {
	if n.what != slipMilestone {
		return n.id
	}
	m, _ := g.s.Milestone(n.id)
	return m.ProjectID
}

// movable reports whether the date of a node can still change: what is over,
// or gone from its tool, is frozen.
func (g slipGraph) movable(n slipNode) bool {
	project := n.id
	if n.what == slipMilestone {
		m, ok := g.s.Milestone(n.id)
		if !ok || m.Presence != PresencePresent || m.done() || m.StatusCategory == StatusCancelled {
			return false
		}
		if project = m.ProjectID; project == "" {
			return true
		}
	}
	p, ok := g.s.Project(project)
	return ok && p.Presence == PresencePresent && p.FinishedDate.IsZero() && p.Phase != PhaseDone && p.Phase != PhaseCancelled
}

// date is when a node is expected. A start that nobody said is that of the
// first milestone still ahead, and else the end. Zero is not known.
func (g slipGraph) date(n slipNode) Date {
	if n.what == slipMilestone {
		m, _ := g.s.Milestone(n.id)
		return m.expected()
	}
	p, _ := g.s.Project(n.id)
	if n.what == slipEnd {
		return p.expected()
	}
	if !p.StartDate.IsZero() {
		return p.StartDate
	}
	var first Date
	for _, m := range g.s.milestonesOf(p.ID) {
		if g.movable(slipNode{slipMilestone, m.ID}) {
			first = sooner(first, m.expected())
		}
	}
	if first.IsZero() {
		return p.expected()
	}
	return first
}

// slack is by how many days one node may slip before the other does; what is
// late already has none, and is not made later for that. It is not known when
// a dependency has an end without a date.
func (g slipGraph) slack(from, to slipNode, dep *DependencyRow) (days int, known bool) {
	before, after := g.date(from), g.date(to)
	switch {
	case dep == nil && (from.what == slipStart || before.IsZero() || after.IsZero()):
		return 0, true
	case dep == nil:
		return max(0, after.DaysSince(before)), true
	case before.IsZero() || after.IsZero():
		return 0, false
	}
	return max(0, after.DaysSince(before)-dep.LagDays), true
}
