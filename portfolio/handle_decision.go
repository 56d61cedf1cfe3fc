package portfolio

import (
	"cmp"
	"fmt"
)

// A Decision is a decision as one caller sees it.
type Decision struct {
	*DecisionFact
	view *View
}

// Decision returns a decision by its key, or ErrNotFound.
func (v *View) Decision(key string) (*Decision, error) {
	if d := v.decision(key); d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("%w: no decision %q", ErrNotFound, key)
}

func (v *View) decision(key string) *Decision {
	if f := recordOf[DecisionFact](v, KindDecision, key); f != nil {
		return v.decisionOf(f)
	}
	return nil
}

func (v *View) decisionOf(f *DecisionFact) *Decision { return &Decision{f, v} }

// IsNode marks a type of the interface Node.
func (*Decision) IsNode() {}

// ID is the global id.
func (d *Decision) ID() string { return NodeID(KindDecision, d.Slug) }

// Key is what people call it, unique among decisions.
func (d *Decision) Key() string { return d.Slug }

// Type tells gates from other decisions.
func (d *Decision) Type() DecisionType { return d.kind() }

// Projects are the projects that it is about.
func (d *Decision) Projects() []*Project { return d.view.projectsNamed(d.DecisionFact.Projects) }

// Department owes it.
func (d *Decision) Department() *Department { return d.view.departmentOfRecord(d.DecisionFact) }

// Decider owes it, or made it.
func (d *Decision) Decider() *Person { return d.view.personNamed(d.DecisionFact.Decider) }

// DeciderName is the decider's name, or what was recorded when no tool knows
// them.
func (d *Decision) DeciderName() string { return d.view.calledPerson(d.DecisionFact.Decider) }

// Open reports whether it is still to be made.
func (d *Decision) Open() bool { return d.open() }

// Overdue reports whether it is open and its due date is past.
func (d *Decision) Overdue() bool { return d.view.overdueDecision(d.DecisionFact) }

// LatencyDays counts the working days from the day on which it was raised to
// the one on which it was made.
func (d *Decision) LatencyDays() *int { return d.view.latency(d.DecisionFact) }

// LatencyReason says why LatencyDays is nil.
func (d *Decision) LatencyReason() *Reason {
	if d.LatencyDays() != nil {
		return nil
	}
	return &Reason{Code: "OPEN", Message: "It is not decided yet; waitingDays tells for how long."}
}

// WaitingDays counts the working days for which it has been open.
func (d *Decision) WaitingDays() *int { return d.view.waiting(d.DecisionFact) }

// WaitingReason says why WaitingDays is nil.
func (d *Decision) WaitingReason() *Reason {
	switch {
	case d.WaitingDays() != nil:
		return nil
	case !d.open():
		return &Reason{Code: "DECIDED", Message: "It is decided; latencyDays tells how long that took."}
	}
	return &Reason{Code: "NO_TODAY", Message: "The server has not told yet which day it is."}
}

// DaysToDue counts the days from today to the due date.
func (d *Decision) DaysToDue() *int { return d.view.daysTo(d.Due) }

// Blocks are the milestones that it names and the caller may see.
func (d *Decision) Blocks() []*Milestone {
	rows := d.view.blockedBy(d.DecisionFact)
	all := make([]*Milestone, len(rows))
	for i, m := range rows {
		all[i] = d.view.milestoneOf(m)
	}
	return all
}

// Actions are what is to be done because of it.
func (d *Decision) Actions() []*ActionItem {
	all := make([]*ActionItem, len(d.DecisionFact.Actions))
	for i, row := range actionsOf(d.DecisionFact) {
		all[i] = d.view.actionOf(row)
	}
	return all
}

// Recorded says who recorded it, and when.
func (d *Decision) Recorded() *Recorded { return d.view.recorded(d.DecisionFact.Key()) }

// WaitsFor are the open decisions that block the milestone, by key; one that
// is done, cancelled or gone waits for none.
func (m *Milestone) WaitsFor() []*Decision {
	all := []*Decision{}
	if !m.waits() {
		return all
	}
	named := m.view.snap.ContinuedMilestone(m.MilestoneRow)
	for _, f := range recordsFoundBy[DecisionFact](m.view.snap, KindDecision, m.view.snap.milestoneWords(named)...) {
		if f.open() && m.view.seesRecord(f) && m.view.blocks(f, named) {
			all = append(all, m.view.decisionOf(f))
		}
	}
	return all
}

// kind is the type, which is DECISION unless somebody said otherwise.
func (f *DecisionFact) kind() DecisionType { return cmp.Or(f.Type, DecisionPlain) }

// open reports whether the decision is still to be made.
func (f *DecisionFact) open() bool { return f.Decided.IsZero() }

// waits reports whether anything about the milestone is still to come.
func (m *MilestoneRow) waits() bool {
	return !m.done() && m.StatusCategory != StatusCancelled && m.Presence == PresencePresent
}

// latency is how many working days a decision took; nil while it is open.
func (v *View) latency(f *DecisionFact) *int {
	if f.open() {
		return nil
	}
	return v.workedSince(f.Raised, f.Decided)
}

// waiting is for how many working days a decision has been open until today;
// nil when it is made. One that is raised ahead has not waited.
func (v *View) waiting(f *DecisionFact) *int {
	if !f.open() {
		return nil
	}
	return v.workedSince(f.Raised, v.snap.Today())
}

// lasted is latency or waiting, whichever there is.
func (v *View) lasted(f *DecisionFact) *int { return cmp.Or(v.latency(f), v.waiting(f)) }

func (v *View) workedSince(from, to Date) *int {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	return dayCount(max(0, v.snap.plan.workingDays(from, to)))
}

func (v *View) overdueDecision(f *DecisionFact) bool { return f.open() && v.past(f.Due) }

// blockedBy are the milestones that a decision names and the caller may see,
// each once.
func (v *View) blockedBy(f *DecisionFact) []*MilestoneRow {
	var rows []*MilestoneRow
	seen := map[string]bool{}
	for _, reference := range f.Blocks {
		if m, ok := v.snap.MilestoneByReference(reference); ok && !seen[m.ID] && v.seesMilestone(m) {
			seen[m.ID] = true
			rows = append(rows, m)
		}
	}
	return rows
}

// blocks reports whether a decision names the milestone: another one may have
// been found by the same key.
func (v *View) blocks(f *DecisionFact, m *MilestoneRow) bool {
	for _, reference := range f.Blocks {
		if found, ok := v.snap.MilestoneByReference(reference); ok && found.ID == m.ID {
			return true
		}
	}
	return false
}

// projectsNamed are the projects that references lead to and the caller may
// see, each once.
func (v *View) projectsNamed(references []string) []*Project {
	all := []*Project{}
	seen := map[string]bool{}
	for _, reference := range references {
		if p := v.projectNamed(reference); p != nil && !seen[p.ProjectRow.ID] {
			seen[p.ProjectRow.ID] = true
			all = append(all, p)
		}
	}
	return all
}

// calledPerson is the name of the person that a reference leads to, else of the
// identity of that key, else the reference itself: who owes something has a
// name even where no tool knows them.
func (v *View) calledPerson(reference string) string {
	if p, ok := v.snap.PersonByReference(reference); ok {
		return cmp.Or(p.Name, reference)
	}
	if i, ok := v.snap.Identity(reference); ok {
		return cmp.Or(i.Name, reference)
	}
	return reference
}
