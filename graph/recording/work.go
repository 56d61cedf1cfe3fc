package recording

import "plumbline/portfolio"

type (
	// Assignment is a row of upsertAssignments.
	Assignment struct {
		portfolio.AssignmentFact
		Seen
	}
	// Capacity is a row of upsertCapacities.
	Capacity struct {
		portfolio.CapacityFact
		Seen
	}
	// ControlException is a row of upsertControlExceptions.
	ControlException struct {
		portfolio.ControlExceptionFact
		Seen
	}
)

// Fact implements Item.
func (i *Assignment) Fact() portfolio.RecordedFact {
	i.Project, i.Person = project(i.Project), person(i.Person)
	return &i.AssignmentFact
}

// Fact implements Item.
func (i *Capacity) Fact() portfolio.RecordedFact {
	i.Person = person(i.Person)
	return &i.CapacityFact
}

// Fact implements Item.
func (i *ControlException) Fact() portfolio.RecordedFact {
	i.Project, i.ApprovedBy = project(i.Project), person(i.ApprovedBy)
	return &i.ControlExceptionFact
}
