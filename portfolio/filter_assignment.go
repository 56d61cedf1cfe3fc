package portfolio

import (
	"github.com/shopspring/decimal"
)

// An AssignmentFilter says which assignments are meant. Every member that is
// given must hold.
type AssignmentFilter struct {
	And []*AssignmentFilter
	Or  []*AssignmentFilter
	Not *AssignmentFilter

	ID         *IDComparator
	Key        *StringComparator
	Project    *ProjectFilter
	Department *StringComparator
	// Person is a condition on one of the worker's accounts.
	Person          *PersonFilter
	PersonReference *StringComparator
	Role            *StringComparator
	Allocation      *DecimalComparator
	CountsFrom      *DateComparator
	CountsTo        *DateComparator
	// ActiveOn is a day on which it counts.
	ActiveOn *When
	Counts   *bool
}

func (f *AssignmentFilter) joined() (and, or, not []nounFilter[AssignmentRow]) {
	return joins[AssignmentRow](f.And, f.Or, f.Not)
}

func (f *AssignmentFilter) conditions(c *compiler, all *conditions[AssignmentRow]) {
	project := func(e *AssignmentRow) string { return e.project }
	holds(all, c.ids(f.ID, KindAssignment), (*AssignmentRow).id)
	holds(all, f.Key.compile(), (*AssignmentRow).id)
	holds(all, f.PersonReference.compile(), func(e *AssignmentRow) string { return e.fact.Person })
	holds(all, f.Role.compile(), func(e *AssignmentRow) string { return e.fact.Role })
	holds(all, f.Allocation.compile(), func(e *AssignmentRow) *decimal.Decimal { return &e.fact.Allocation })
	holds(all, f.CountsFrom.compile(c.today), func(e *AssignmentRow) Date { return e.from })
	holds(all, f.CountsTo.compile(c.today), func(e *AssignmentRow) Date { return e.to })
	holdsAs(all, f.Counts, func(e *AssignmentRow) bool { return e.idle == "" })
	if f.ActiveOn != nil {
		on := f.ActiveOn.On(c.today)
		all.tests = append(all.tests, func(e *AssignmentRow) bool { return e.idle == "" && e.covers(on) })
	}
	onProject(c, all, f.Project, project)
	onDepartment(c, all, f.Department, project)
	c.workerCondition(f.Person, all)
}

// covers reports whether a day lies between its first and its last one.
func (e *AssignmentRow) covers(on Date) bool {
	return !on.Before(e.from) && (e.to.IsZero() || !on.After(e.to))
}

// workerCondition adds a condition on one of the accounts of who works.
func (c *compiler) workerCondition(f *PersonFilter, all *conditions[AssignmentRow]) {
	c.personCondition(f, func(t test[string]) {
		all.costly = append(all.costly, func(e *AssignmentRow) bool {
			who := c.view.snap.work().workers[e.worker]
			if i, ok := c.view.snap.Identity(who.identity); ok {
				for _, account := range i.AccountIDs {
					if t(account) {
						return true
					}
				}
				return false
			}
			return t(who.person)
		})
	})
}

// A CapacityFilter says which capacities are meant. Every member that is given
// must hold.
type CapacityFilter struct {
	And []*CapacityFilter
	Or  []*CapacityFilter
	Not *CapacityFilter

	ID              *IDComparator
	Key             *StringComparator
	Person          *PersonFilter
	PersonReference *StringComparator
	From            *DateComparator
	To              *DateComparator
	Share           *DecimalComparator
	Reason          *StringComparator
}

func (f *CapacityFilter) joined() (and, or, not []nounFilter[CapacityFact]) {
	return joins[CapacityFact](f.And, f.Or, f.Not)
}

func (f *CapacityFilter) conditions(c *compiler, all *conditions[CapacityFact]) {
	holds(all, c.ids(f.ID, KindCapacity), func(r *CapacityFact) string { return r.Slug })
	holds(all, f.Key.compile(), func(r *CapacityFact) string { return r.Slug })
	holds(all, f.PersonReference.compile(), func(r *CapacityFact) string { return r.Person })
	holds(all, f.From.compile(c.today), func(r *CapacityFact) Date { return r.From })
	holds(all, f.To.compile(c.today), func(r *CapacityFact) Date { return r.To })
	holds(all, f.Share.compile(), func(r *CapacityFact) *decimal.Decimal { return &r.Share })
	holds(all, f.Reason.compile(), func(r *CapacityFact) string { return r.Reason })
	onRecordPerson(c, all, f.Person, func(r *CapacityFact) string { return r.Person })
}

// A ControlExceptionFilter says which exceptions are meant. Every member that
// is given must hold.
type ControlExceptionFilter struct {
	And []*ControlExceptionFilter
	Or  []*ControlExceptionFilter
	Not *ControlExceptionFilter

	ID         *IDComparator
	Key        *StringComparator
	Control    *ControlCodeComparator
	Project    *ProjectFilter
	Department *StringComparator
	ApprovedBy *PersonFilter
	Until      *DateComparator
	Expired    *bool
}

// ControlCodeComparator is a condition on a control.
type ControlCodeComparator = EnumComparator[ControlCode]

func (f *ControlExceptionFilter) joined() (and, or, not []nounFilter[ControlExceptionFact]) {
	return joins[ControlExceptionFact](f.And, f.Or, f.Not)
}

func (f *ControlExceptionFilter) conditions(c *compiler, all *conditions[ControlExceptionFact]) {
	holds(all, c.ids(f.ID, KindControlException), func(r *ControlExceptionFact) string { return r.Slug })
	holds(all, f.Key.compile(), func(r *ControlExceptionFact) string { return r.Slug })
	holds(all, f.Control.compile(), func(r *ControlExceptionFact) ControlCode { return r.Control })
	holds(all, f.Until.compile(c.today), func(r *ControlExceptionFact) Date { return r.Until })
	holdsAs(all, f.Expired, func(r *ControlExceptionFact) bool { return r.expired(c.today) })
	onRecordProject(c, all, f.Project)
	onRecordDepartment(c, all, f.Department)
	onRecordPerson(c, all, f.ApprovedBy, func(r *ControlExceptionFact) string { return r.ApprovedBy })
}

// AssignmentOrderField is a value that assignments can be sorted by.
type AssignmentOrderField string

// The values of AssignmentOrderField.
const (
	AssignmentByKey        AssignmentOrderField = "KEY"
	AssignmentByProject    AssignmentOrderField = "PROJECT"
	AssignmentByPerson     AssignmentOrderField = "PERSON"
	AssignmentByRole       AssignmentOrderField = "ROLE"
	AssignmentByCountsFrom AssignmentOrderField = "COUNTS_FROM"
	AssignmentByCountsTo   AssignmentOrderField = "COUNTS_TO"
	AssignmentByAllocation AssignmentOrderField = "ALLOCATION"
)

// AssignmentOrder is one term of an order of assignments.
type AssignmentOrder OrderBy[AssignmentOrderField]

func (v *View) assignmentSort(field AssignmentOrderField) func(*AssignmentRow) sortValue {
	switch field {
	case AssignmentByKey:
		return func(e *AssignmentRow) sortValue { return textValue(e.id()) }
	case AssignmentByProject:
		return func(e *AssignmentRow) sortValue { return v.projectName(e.project) }
	case AssignmentByPerson:
		return func(e *AssignmentRow) sortValue { return textValue(v.workerName(v.snap.work().workers[e.worker])) }
	case AssignmentByRole:
		return func(e *AssignmentRow) sortValue { return textValue(e.fact.Role) }
	case AssignmentByCountsFrom:
		return func(e *AssignmentRow) sortValue { return dateValue(e.from) }
	case AssignmentByCountsTo:
		return func(e *AssignmentRow) sortValue { return dateValue(e.to) }
	case AssignmentByAllocation:
		return func(e *AssignmentRow) sortValue { return sortValue{dec: &e.fact.Allocation} }
	}
	return nil
}
