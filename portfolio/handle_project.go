package portfolio

import (
	"cmp"
	"fmt"
)

// A Project is a project as one caller sees it.
type Project struct {
	*ProjectRow
	view *View
}

// Project returns the unified project that a document id leads to, or
// ErrNotFound.
func (v *View) Project(id string) (*Project, error) {
	if p := v.project(id); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%w: no project %q", ErrNotFound, id)
}

// ProjectByKey returns the project that a tool's key leads to, or ErrNotFound.
func (v *View) ProjectByKey(connection, key string) (*Project, error) {
	if row, ok := v.snap.ProjectByKey(connection, key); ok && v.sees(row) {
		return v.projectOf(row), nil
	}
	return nil, fmt.Errorf("%w: connection %q has no project with the key %q", ErrNotFound, connection, key)
}

func (v *View) project(id string) *Project {
	if row, ok := v.snap.Project(id); ok && v.sees(row) {
		return v.projectOf(row)
	}
	return nil
}

func (v *View) projectOf(row *ProjectRow) *Project { return &Project{row, v} }

// IsNode marks a type of the interface Node.
func (*Project) IsNode() {}

// ID is the global id.
func (p *Project) ID() string { return NodeID(KindProject, p.ProjectRow.ID) }

// Name is the project's name, or its key or id when the tool has none.
func (p *Project) Name() string { return cmp.Or(p.ProjectRow.Name, p.Key, p.ProjectRow.ID) }

// Health is reported and computed health.
func (p *Project) Health() *HealthStatus { return &HealthStatus{&p.ProjectRow.Health, p.view} }

// Connection is the connection to its primary tool.
func (p *Project) Connection() *Tool { return p.view.tool(connectionOf(p.ProjectRow.ID)) }

// Department is the department it belongs to.
func (p *Project) Department() *Department { return p.view.department(p.DepartmentID) }

// Manager leads the project.
func (p *Project) Manager() *Person { return p.view.person(p.ManagerID) }

// Sponsor answers for the project.
func (p *Project) Sponsor() *Person { return p.view.person(p.SponsorID) }

// Parent is the project above it.
func (p *Project) Parent() *Project {
	if p.ParentID == "" {
		return nil
	}
	return p.view.project(p.ParentID)
}

// GoLive is the next unfinished go-live, else the last finished one.
func (p *Project) GoLive() *Milestone { return p.view.milestone(p.GoLiveID) }

// SlipFrom is the milestone whose slip is the project's.
func (p *Project) SlipFrom() *Milestone { return p.view.milestone(p.SlipFromID) }

// DaysToTarget counts the days from today to the target date.
func (p *Project) DaysToTarget() *int { return p.view.daysTo(p.TargetDate) }

// Overdue reports whether the target date is past and the project not over.
func (p *Project) Overdue() bool {
	return p.FinishedDate.IsZero() && p.Phase != PhaseDone && p.Phase != PhaseCancelled && p.view.past(p.TargetDate)
}

// Budget is what may be spent; nil when there is none, or when the caller may
// not read the field group cost.
func (p *Project) Budget() *Money {
	if !p.view.caller.Reads(GroupCost) {
		return nil
	}
	return p.budget
}

// BudgetReason says why Budget is nil.
func (p *Project) BudgetReason() *Reason {
	switch {
	case !p.view.caller.Reads(GroupCost):
		return reasonFieldGroup
	case p.budget == nil:
		return reasonNoBudget
	}
	return nil
}

var reasonFieldGroup = &Reason{Code: "FIELD_GROUP", Message: "This key may not read the field group cost."}

// Milestones are the project's milestones, by target date unless an order is
// given.
func (p *Project) Milestones(filter *MilestoneFilter, orderBy []*MilestoneOrder, first *int, after *string, last *int, before *string) (*MilestoneConnection, error) {
	rows := p.view.snap.milestonesOf(p.ProjectRow.ID)
	if len(orderBy) == 0 {
		orderBy = []*MilestoneOrder{{Field: MilestoneByTargetDate}}
	}
	return p.view.milestonesIn("milestones of "+p.ProjectRow.ID, [][]*MilestoneRow{rows}, filter, orderBy, pageRequest(first, after, last, before))
}

// Risks are the project's risks, by due date unless an order is given.
func (p *Project) Risks(filter *RiskFilter, orderBy []*RiskOrder, first *int, after *string, last *int, before *string) (*RiskConnection, error) {
	if len(orderBy) == 0 {
		orderBy = []*RiskOrder{{Field: RiskByDueDate}}
	}
	rows := p.view.snap.risksOf(p.ProjectRow)
	return p.view.risksIn("risks of "+p.ProjectRow.ID, [][]*RiskRow{rows}, filter, orderBy, pageRequest(first, after, last, before))
}

// Dependencies are the dependencies in which the project is the successor:
// what it waits for.
func (p *Project) Dependencies(filter *DependencyFilter, first *int, after *string, last *int, before *string) (*DependencyConnection, error) {
	predecessors, _ := p.view.snap.DependenciesOf(p.ProjectRow.ID)
	return p.view.dependenciesIn("dependencies of "+p.ProjectRow.ID, predecessors, filter, pageRequest(first, after, last, before))
}

// Dependents are the dependencies in which the project is the predecessor:
// what waits for it.
func (p *Project) Dependents(filter *DependencyFilter, first *int, after *string, last *int, before *string) (*DependencyConnection, error) {
	_, successors := p.view.snap.DependenciesOf(p.ProjectRow.ID)
	return p.view.dependenciesIn("dependents of "+p.ProjectRow.ID, successors, filter, pageRequest(first, after, last, before))
}

// CustomFields are the custom fields with these names or ids, or all.
func (p *Project) CustomFields(keys []string) []*CustomField {
	return p.view.customFields(p.Custom, keys)
}

// Sources says where the facts behind the project come from, the primary
// first.
func (p *Project) Sources() []*Provenance {
	return provenances(p.view.snap, KindProject, p.ProjectRow.ID)
}

// Overrides are what people said of it in place of its tools, by field and
// then by when it was said.
func (p *Project) Overrides() []*SeenOverride { return p.view.overrides(KindProject, p.ProjectRow.ID) }

func provenances(s *Snapshot, kind Kind, id string) []*Provenance {
	return pointers(s.Sources(Key{kind, id}))
}
