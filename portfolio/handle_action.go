package portfolio

import "fmt"

// An ActionRow is something to be done because of a decision, and its place
// among the actions of that decision.
type ActionRow struct {
	*RecordedAction
	decision *DecisionFact
	at       int
}

// actionsOf are the rows of a decision's actions, in the order in which they
// were written.
func actionsOf(f *DecisionFact) []*ActionRow {
	rows := make([]*ActionRow, len(f.Actions))
	for i := range f.Actions {
		rows[i] = &ActionRow{&f.Actions[i], f, i}
	}
	return rows
}

// id sorts actions by their decision and their place in it.
func (a *ActionRow) id() string { return fmt.Sprintf("%s#%03d", a.decision.Slug, a.at) }

// open reports whether the action is still to be done.
func (a *ActionRow) open() bool { return a.Done.IsZero() }

// An ActionItem is something to be done because of a decision, as one caller
// sees it: whoever sees the decision.
type ActionItem struct {
	*ActionRow
	view *View
}

func (v *View) actionOf(row *ActionRow) *ActionItem { return &ActionItem{row, v} }

// Decision is what it follows from.
func (a *ActionItem) Decision() *Decision { return a.view.decisionOf(a.decision) }

// Owner does it.
func (a *ActionItem) Owner() *Person { return a.view.personNamed(a.RecordedAction.Owner) }

// OwnerName is the owner's name, or what was recorded when no tool knows them.
func (a *ActionItem) OwnerName() string { return a.view.calledPerson(a.RecordedAction.Owner) }

// Open reports whether it is still to be done.
func (a *ActionItem) Open() bool { return a.open() }

// Overdue reports whether it is open and its due date is past.
func (a *ActionItem) Overdue() bool { return a.open() && a.view.past(a.Due) }

// DaysToDue counts the days from today to the due date.
func (a *ActionItem) DaysToDue() *int { return a.view.daysTo(a.Due) }
