package portfolio

import (
	"cmp"
	"fmt"
)

// A Milestone is a milestone as one caller sees it.
type Milestone struct {
	*MilestoneRow
	view *View
}

// Milestone returns a milestone by its document id, or ErrNotFound.
func (v *View) Milestone(id string) (*Milestone, error) {
	if m := v.milestone(id); m != nil {
		return m, nil
	}
	return nil, fmt.Errorf("%w: no milestone %q", ErrNotFound, id)
}

func (v *View) milestone(id string) *Milestone {
	if id == "" {
		return nil
	}
	if row, ok := v.snap.Milestone(id); ok && v.seesMilestone(row) {
		return v.milestoneOf(row)
	}
	return nil
}

func (v *View) milestoneOf(row *MilestoneRow) *Milestone { return &Milestone{row, v} }

// IsNode marks a type of the interface Node.
func (*Milestone) IsNode() {}

// ID is the global id.
func (m *Milestone) ID() string { return NodeID(KindMilestone, m.MilestoneRow.ID) }

// Name is the milestone's name, or its key or id when the tool has none.
func (m *Milestone) Name() string { return cmp.Or(m.MilestoneRow.Name, m.Key, m.MilestoneRow.ID) }

// Health is reported and computed health.
func (m *Milestone) Health() *HealthStatus { return &HealthStatus{&m.MilestoneRow.Health, m.view} }

// Project is the project it belongs to; nil when that is not synced.
func (m *Milestone) Project() *Project { return m.view.project(m.ProjectID) }

// Parent is the milestone above it.
func (m *Milestone) Parent() *Milestone { return m.view.milestone(m.ParentID) }

// Connection is the connection to its tool.
func (m *Milestone) Connection() *Tool { return m.view.tool(connectionOf(m.MilestoneRow.ID)) }

// Owner answers for it.
func (m *Milestone) Owner() *Person { return m.view.person(m.OwnerID) }

// Finished reports whether it is done.
func (m *Milestone) Finished() bool { return m.done() }

// DaysToTarget counts the days from today to the target date.
func (m *Milestone) DaysToTarget() *int { return m.view.daysTo(m.TargetDate) }

// Overdue reports whether the target date is past and it is not done.
func (m *Milestone) Overdue() bool {
	return !m.done() && m.StatusCategory != StatusCancelled && m.view.past(m.TargetDate)
}

// Moves are the last moves of its due date, oldest first.
func (m *Milestone) Moves() []*DueMove {
	doc, ok := m.view.snap.Document(Key{KindMilestone, m.MilestoneRow.ID})
	if !ok {
		return nil
	}
	return pointers(doc.Doc.(*MilestoneFact).History.Moves)
}

// Dependencies are the dependencies in which it is the successor: what it
// waits for.
func (m *Milestone) Dependencies(filter *DependencyFilter, first *int, after *string, last *int, before *string) (*DependencyConnection, error) {
	predecessors, _ := m.view.snap.DependenciesOf(m.MilestoneRow.ID)
	return m.view.dependenciesIn("dependencies of "+m.MilestoneRow.ID, predecessors, filter, pageRequest(first, after, last, before))
}

// Dependents are the dependencies in which it is the predecessor: what waits
// for it.
func (m *Milestone) Dependents(filter *DependencyFilter, first *int, after *string, last *int, before *string) (*DependencyConnection, error) {
	_, successors := m.view.snap.DependenciesOf(m.MilestoneRow.ID)
	return m.view.dependenciesIn("dependents of "+m.MilestoneRow.ID, successors, filter, pageRequest(first, after, last, before))
}

// CustomFields are the custom fields with these names or ids, or all.
func (m *Milestone) CustomFields(keys []string) []*CustomField {
	return m.view.customFields(m.Custom, keys)
}

// Overrides are what people said of it in place of its tool, by field and then
// by when it was said.
func (m *Milestone) Overrides() []*SeenOverride {
	return m.view.overrides(KindMilestone, m.MilestoneRow.ID)
}

// Sources says where the fact behind the milestone comes from.
func (m *Milestone) Sources() []*Provenance {
	return provenances(m.view.snap, KindMilestone, m.MilestoneRow.ID)
}
