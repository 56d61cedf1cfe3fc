package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// The lists that a view offers. Where a noun has a presence, records that the
// tools no longer show are left out unless the filter speaks of presence.

type (
	// ProjectConnection is a page of projects.
	ProjectConnection struct {
		*Connection[ProjectRow, Project]
	}
	// MilestoneConnection is a page of milestones.
	MilestoneConnection struct {
		*Connection[MilestoneRow, Milestone]
	}
	// StrategyConnection is a page of strategies.
	StrategyConnection = Connection[StrategyRow, Strategy]
	// StrategyVersionConnection is a page of versions of a strategy.
	StrategyVersionConnection = Connection[StrategyVersionRow, StrategyVersion]
	// ObjectiveConnection is a page of objectives.
	ObjectiveConnection = Connection[ObjectiveRow, Objective]
	// KeyResultConnection is a page of key results.
	KeyResultConnection = Connection[KeyResultRow, KeyResult]
	// ContributionConnection is a page of contributions.
	ContributionConnection = Connection[ContributionRow, Contribution]
	// DependencyConnection is a page of dependencies.
	DependencyConnection = Connection[DependencyRow, Dependency]
	// RiskConnection is a page of risks.
	RiskConnection struct {
		*Connection[RiskRow, Risk]
	}
	// PersonConnection is a page of people.
	PersonConnection = Connection[PersonRow, Person]
	// IdentityConnection is a page of identities.
	IdentityConnection = Connection[IdentityRow, Identity]
	// DepartmentConnection is a page of departments.
	DepartmentConnection = Connection[DepartmentRow, Department]
	// ToolConnection is a page of connections.
	ToolConnection = Connection[ConnectionRow, Tool]
	// SyncRunConnection is a page of sync runs.
	SyncRunConnection = Connection[Run, SyncRun]
	// UnreadableRecordConnection is a page of unreadable records.
	UnreadableRecordConnection = Connection[Quarantine, UnreadableRecord]
	// HeldListingConnection is a page of held listings.
	HeldListingConnection = Connection[Hold, HeldListing]
)

type (
	// ProjectEdge is a project in a list.
	ProjectEdge = Edge[Project]
	// MilestoneEdge is a milestone in a list.
	MilestoneEdge = Edge[Milestone]
	// StrategyEdge is a strategy in a list.
	StrategyEdge = Edge[Strategy]
	// StrategyVersionEdge is a version of a strategy in a list.
	StrategyVersionEdge = Edge[StrategyVersion]
	// ObjectiveEdge is an objective in a list.
	ObjectiveEdge = Edge[Objective]
	// KeyResultEdge is a key result in a list.
	KeyResultEdge = Edge[KeyResult]
	// ContributionEdge is a contribution in a list.
	ContributionEdge = Edge[Contribution]
	// DependencyEdge is a dependency in a list.
	DependencyEdge = Edge[Dependency]
	// RiskEdge is a risk in a list.
	RiskEdge = Edge[Risk]
	// PersonEdge is a person in a list.
	PersonEdge = Edge[Person]
	// IdentityEdge is an identity in a list.
	IdentityEdge = Edge[Identity]
	// DepartmentEdge is a department in a list.
	DepartmentEdge = Edge[Department]
	// ToolEdge is a connection in a list.
	ToolEdge = Edge[Tool]
	// SyncRunEdge is a sync run in a list.
	SyncRunEdge = Edge[SyncRun]
	// UnreadableRecordEdge is an unreadable record in a list.
	UnreadableRecordEdge = Edge[UnreadableRecord]
	// HeldListingEdge is a held listing in a list.
	HeldListingEdge = Edge[HeldListing]
)

// Projects lists the projects that the filter means; nil means all.
func (v *View) Projects(filter *ProjectFilter, orderBy []*ProjectOrder, r PageRequest) (*ProjectConnection, error) {
	return v.projectsIn("projects", v.snap.projectRows(), filter, orderBy, r)
}

func (v *View) projectsIn(scope string, chunks [][]*ProjectRow, filter *ProjectFilter, orderBy []*ProjectOrder, r PageRequest) (*ProjectConnection, error) {
	order, err := v.projectOrder(orderBy)
	if err != nil {
		return nil, err
	}
	f := cmp.Or(filter, &ProjectFilter{})
	c := v.compiler()
	keep := compilePresent[ProjectRow](c, f, func(p *ProjectRow) Presence { return p.Presence })
	l := &listing[ProjectRow]{view: v, chunks: chunks, order: order, keep: only(v.limited(), keep, v.sees)}
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	page, err := connect(c, l, r, v.projectOf)
	if err != nil {
		return nil, err
	}
	return &ProjectConnection{page}, nil
}

// Milestones lists the milestones that the filter means; nil means all.
func (v *View) Milestones(filter *MilestoneFilter, orderBy []*MilestoneOrder, r PageRequest) (*MilestoneConnection, error) {
	return v.milestonesIn("milestones", v.snap.milestoneRows(), filter, orderBy, r)
}

func (v *View) milestonesIn(scope string, chunks [][]*MilestoneRow, filter *MilestoneFilter, orderBy []*MilestoneOrder, r PageRequest) (*MilestoneConnection, error) {
	order, err := v.milestoneOrder(orderBy)
	if err != nil {
		return nil, err
	}
	f := cmp.Or(filter, &MilestoneFilter{})
	c := v.compiler()
	c.rows = rowsOf(chunks)
	keep := compilePresent[MilestoneRow](c, f, milestonePresence)
	l := &listing[MilestoneRow]{view: v, chunks: chunks, order: order, keep: only(v.limited(), keep, v.seesMilestone)}
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	page, err := connect(c, l, r, v.milestoneOf)
	if err != nil {
		return nil, err
	}
	return &MilestoneConnection{page}, nil
}

// only joins a filter and what a limited caller may see.
func only[R any](limited bool, keep test[*R], sees func(*R) bool) test[*R] {
	switch {
	case !limited:
		return keep
	case keep == nil:
		return sees
	}
	return func(r *R) bool { return keep(r) && sees(r) }
}

// Dependencies lists the dependencies that the filter means; nil means all.
func (v *View) Dependencies(filter *DependencyFilter, r PageRequest) (*DependencyConnection, error) {
	return v.dependencyList("dependencies", slices.Collect(v.snap.Dependencies()), filter, r)
}

func (v *View) dependenciesIn(scope string, ids []string, filter *DependencyFilter, r PageRequest) (*DependencyConnection, error) {
	rows := make([]*DependencyRow, 0, len(ids))
	for _, id := range ids {
		if d, ok := v.snap.Dependency(id); ok {
			rows = append(rows, d)
		}
	}
	return v.dependencyList(scope, rows, filter, r)
}

func (v *View) dependencyList(scope string, rows []*DependencyRow, filter *DependencyFilter, r PageRequest) (*DependencyConnection, error) {
	f := cmp.Or(filter, &DependencyFilter{})
	c := v.compiler()
	keep := only(v.limited(), compilePresent[DependencyRow](c, f, dependencyPresence), v.seesDependency)
	return simpleList(c, scope, rows, f, keep, (*DependencyRow).id, nil, r, v.dependencyOf)
}

// Risks lists the risks that the filter means; nil means all.
func (v *View) Risks(filter *RiskFilter, orderBy []*RiskOrder, r PageRequest) (*RiskConnection, error) {
	return v.risksIn("risks", v.snap.risks.ordered.chunks, filter, orderBy, r)
}

func (v *View) risksIn(scope string, chunks [][]*RiskRow, filter *RiskFilter, orderBy []*RiskOrder, r PageRequest) (*RiskConnection, error) {
	order, err := v.riskOrder(orderBy)
	if err != nil {
		return nil, err
	}
	f := cmp.Or(filter, &RiskFilter{})
	c := v.compiler()
	keep := only(v.limited(), compilePresent[RiskRow](c, f, riskPresence), v.seesRisk)
	l := &listing[RiskRow]{view: v, chunks: chunks, order: order, keep: keep}
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	page, err := connect(c, l, r, v.riskOf)
	if err != nil {
		return nil, err
	}
	return &RiskConnection{page}, nil
}

// People lists the people that the filter means, by name; nil means all.
func (v *View) People(filter *PersonFilter, r PageRequest) (*PersonConnection, error) {
	f := cmp.Or(filter, &PersonFilter{})
	c := v.compiler()
	keep := only(v.limited(), compilePresent[PersonRow](c, f, personPresence), v.seesPerson)
	byName := func(p *PersonRow) sortValue { return textValue(p.Name) }
	return simpleList(c, "people", slices.Collect(v.snap.People()), f, keep, (*PersonRow).id, byName, r, v.personOf)
}

// Identities lists the people with all their accounts that the filter means,
// by name; nil means all.
func (v *View) Identities(filter *IdentityFilter, r PageRequest) (*IdentityConnection, error) {
	f := cmp.Or(filter, &IdentityFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), v.seesIdentity)
	byName := func(i *IdentityRow) sortValue { return textValue(cmp.Or(i.Name, i.ID)) }
	return simpleList(c, "identities", slices.Collect(v.snap.Identities()), f, keep, (*IdentityRow).id, byName, r, v.identityOf)
}

// Departments lists the departments that the filter means, by name; nil means
// all.
func (v *View) Departments(filter *DepartmentFilter, r PageRequest) (*DepartmentConnection, error) {
	f := cmp.Or(filter, &DepartmentFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), v.seesDepartment)
	byName := func(d *DepartmentRow) sortValue { return textValue(cmp.Or(d.Name, d.ID)) }
	return simpleList(c, "departments", slices.Collect(v.snap.Departments()), f, keep, (*DepartmentRow).id, byName, r, v.departmentOf)
}

// Tools lists the connections that the filter means; nil means all.
func (v *View) Tools(filter *ToolFilter, r PageRequest) (*ToolConnection, error) {
	f := cmp.Or(filter, &ToolFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), v.seesTool)
	return simpleList(c, "connections", slices.Collect(v.snap.Connections()), f, keep, (*ConnectionRow).id, nil, r, v.toolOf)
}

// Runs lists the sync runs that the filter means, newest first; nil means all.
func (v *View) Runs(filter *RunFilter, r PageRequest) (*SyncRunConnection, error) {
	return v.runsIn("runs", documentsOf[*Run](v.snap, KindRun), filter, r)
}

func (v *View) runsIn(scope string, runs []*Run, filter *RunFilter, r PageRequest) (*SyncRunConnection, error) {
	f := cmp.Or(filter, &RunFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), func(*Run) bool { return false })
	// The newest first: by the complement of the time at which it started.
	newest := func(r *Run) sortValue { return sortValue{num: -r.StartedAt.UnixMicro()} }
	return simpleList(c, scope, runs, f, keep, func(r *Run) string { return r.Key().ID }, newest, r, v.runOf)
}

// Unreadable lists the quarantined records that the filter means; nil means
// all.
func (v *View) Unreadable(filter *QuarantineFilter, r PageRequest) (*UnreadableRecordConnection, error) {
	f := cmp.Or(filter, &QuarantineFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), func(*Quarantine) bool { return false })
	rows := documentsOf[*Quarantine](v.snap, KindQuarantine)
	return simpleList(c, "quarantine", rows, f, keep, func(q *Quarantine) string { return q.Key().ID }, nil, r, v.unreadableOf)
}

// Holds lists the held listings that the filter means; nil means all.
func (v *View) Holds(filter *HoldFilter, r PageRequest) (*HeldListingConnection, error) {
	f := cmp.Or(filter, &HoldFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), func(*Hold) bool { return false })
	rows := documentsOf[*Hold](v.snap, KindHold)
	return simpleList(c, "holds", rows, f, keep, func(h *Hold) string { return h.Key().ID }, nil, r, v.holdOf)
}

// documentsOf returns the documents of a kind, sorted by id.
func documentsOf[D Document](s *Snapshot, kind Kind) []D {
	var all []D
	for v := range s.Documents(kind) {
		all = append(all, v.Doc.(D))
	}
	slices.SortFunc(all, func(a, b D) int { return strings.Compare(a.Key().ID, b.Key().ID) })
	return all
}

// simpleList pages through rows in one order: by a value, if there is one, and
// then by id.
func simpleList[R, H any](c *compiler, scope string, rows []*R, filter any, keep test[*R], id func(*R) string,
	by func(*R) sortValue, r PageRequest, handle func(*R) *H,
) (*Connection[R, H], error) {
	l := &listing[R]{view: c.view, chunks: [][]*R{rows}, keep: keep, order: ordering[R]{id: id}}
	if by != nil {
		l.order.terms = []term[R]{{value: by}}
	}
	var err error
	if l.hash, err = listHash(scope, filter); err != nil {
		return nil, err
	}
	return connect(c, l, r, handle)
}
