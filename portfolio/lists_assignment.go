package portfolio

import "cmp"

type (
	// AssignmentConnection is a page of assignments.
	AssignmentConnection = Connection[AssignmentRow, WorkAssignment]
	// AssignmentEdge is an assignment in a list.
	AssignmentEdge = Edge[WorkAssignment]
	// CapacityConnection is a page of capacities.
	CapacityConnection = Connection[CapacityFact, Capacity]
	// CapacityEdge is a capacity in a list.
	CapacityEdge = Edge[Capacity]
	// ControlExceptionConnection is a page of exceptions from controls.
	ControlExceptionConnection = Connection[ControlExceptionFact, ControlException]
	// ControlExceptionEdge is an exception from a control in a list.
	ControlExceptionEdge = Edge[ControlException]
)

// Assignments lists the assignments that the filter means; nil means all.
func (v *View) Assignments(filter *AssignmentFilter, orderBy []*AssignmentOrder, r PageRequest) (*AssignmentConnection, error) {
	return v.assignmentsIn("assignments", v.snap.work().engagements, filter, orderBy, r)
}

func (v *View) assignmentsIn(scope string, rows []*AssignmentRow, filter *AssignmentFilter, orderBy []*AssignmentOrder, r PageRequest) (*AssignmentConnection, error) {
	order := orderOf(orderBy, (*AssignmentRow).id, v.assignmentSort)
	f := cmp.Or(filter, &AssignmentFilter{})
	c := v.compiler()
	l := &listing[AssignmentRow]{view: v, chunks: [][]*AssignmentRow{rows}, order: order, keep: only(v.limited(), compile(c, f), v.seesEngagement)}
	var err error
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	return connect(c, l, r, v.assignmentOf)
}

// Assignments are who works on the project, by key unless an order is given.
func (p *Project) Assignments(filter *AssignmentFilter, orderBy []*AssignmentOrder, first *int, after *string, last *int, before *string) (*AssignmentConnection, error) {
	rows := p.view.snap.work().byProject[p.ProjectRow.ID]
	return p.view.assignmentsIn("assignments of project "+p.ProjectRow.ID, rows, filter, orderBy, pageRequest(first, after, last, before))
}

// Assignments are what the person works on, whichever of their accounts it was
// recorded with, by key unless an order is given.
func (p *Person) Assignments(filter *AssignmentFilter, orderBy []*AssignmentOrder, first *int, after *string, last *int, before *string) (*AssignmentConnection, error) {
	return p.view.assignmentsOf(p.view.snap.workerOfAccount(p.PersonRow), filter, orderBy, pageRequest(first, after, last, before))
}

// Assignments are what the person works on, by key unless an order is given.
func (i *Identity) Assignments(filter *AssignmentFilter, orderBy []*AssignmentOrder, first *int, after *string, last *int, before *string) (*AssignmentConnection, error) {
	return i.view.assignmentsOf(workerOfIdentity(i.IdentityRow), filter, orderBy, pageRequest(first, after, last, before))
}

func (v *View) assignmentsOf(who worker, filter *AssignmentFilter, orderBy []*AssignmentOrder, r PageRequest) (*AssignmentConnection, error) {
	return v.assignmentsIn("assignments of "+who.id, v.snap.work().of(who).engagements, filter, orderBy, r)
}

// Capacities lists the capacities that the filter means, by key; nil means all.
func (v *View) Capacities(filter *CapacityFilter, r PageRequest) (*CapacityConnection, error) {
	f := cmp.Or(filter, &CapacityFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), v.seesCapacity)
	rows := recordsOf[CapacityFact](v.snap, KindCapacity)
	return simpleList(c, "capacities", rows, f, keep, recordID[CapacityFact], nil, r, v.capacityOf)
}

// ControlExceptions lists the exceptions that the filter means, by key; nil
// means all.
func (v *View) ControlExceptions(filter *ControlExceptionFilter, r PageRequest) (*ControlExceptionConnection, error) {
	f := cmp.Or(filter, &ControlExceptionFilter{})
	c := v.compiler()
	keep := only(true, compile(c, f), v.seesException)
	rows := recordsOf[ControlExceptionFact](v.snap, KindControlException)
	return simpleList(c, "control exceptions", rows, f, keep, recordID[ControlExceptionFact], nil, r, v.exceptionOf)
}
