package portfolio

import "cmp"

// A CycleReview is what became of a cycle up to today, or to its end once that
// is past, as one caller sees it. It counts what the caller may see.
type CycleReview struct{ cycle *Cycle }

// Text is what people say of the cycle.
func (r *CycleReview) Text() string { return r.cycle.CycleFact.Review }

// From is the first day of the cycle.
func (r *CycleReview) From() Date { return r.cycle.Starts }

// To is the last day that the review looks at; zero before the cycle begins.
func (r *CycleReview) To() Date {
	today := r.cycle.view.snap.today
	switch r.cycle.state(today) {
	case CycleUpcoming:
		return Date{}
	case CycleOver:
		return r.cycle.Ends
	}
	return today
}

// Goals counts the goals.
func (r *CycleReview) Goals() int { return len(r.cycle.Goals()) }

// Achieved counts the goals that people say are achieved.
func (r *CycleReview) Achieved() int { return r.goals(GoalAchieved) }

// Progressed counts the goals that people say are under way.
func (r *CycleReview) Progressed() int { return r.goals(GoalProgressed) }

// NotBegun counts the goals that people say nothing was done for.
func (r *CycleReview) NotBegun() int { return r.goals(GoalNotBegun) }

// NotSaid counts the goals of which nobody said how far they are.
func (r *CycleReview) NotSaid() int { return r.goals(GoalNotSaid) }

func (r *CycleReview) goals(state GoalState) int {
	n := 0
	for _, g := range r.cycle.Goals() {
		if g.State() == state {
			n++
		}
	}
	return n
}

// Progress is the mean of what people say of the goals, 0 to 1.
func (r *CycleReview) Progress() *float64 {
	sum, n := 0.0, 0
	for _, g := range r.cycle.Goals() {
		if g.Progress != nil {
			sum += g.Progress.InexactFloat64()
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return finite(sum / float64(n))
}

// ProgressReason says why there is none.
func (r *CycleReview) ProgressReason() *Reason { return reasonOf(r.Progress(), codeNoProgress) }

// Wins are figures over the quick wins that were achieved in the cycle.
func (r *CycleReview) Wins() *QuickWinAggregates {
	wins := seenRecords(r.cycle.view, r.cycle.wins())
	return &QuickWinAggregates{func(f func(*QuickWinFact)) {
		for _, w := range wins {
			f(w)
		}
	}}
}

// DecisionsMade counts the decisions that were made in the cycle.
func (r *CycleReview) DecisionsMade() int {
	n := 0
	for _, d := range recordsOf[DecisionFact](r.cycle.view.snap, KindDecision) {
		if r.covers(d.Decided) && r.cycle.view.seesRecord(d) {
			n++
		}
	}
	return n
}

// covers reports whether a day is one that the review looks at.
func (r *CycleReview) covers(day Date) bool { return r.cycle.holds(day) && !day.After(r.To()) }

// CompletedMilestones are the milestones that were finished in the cycle, by
// when.
func (r *CycleReview) CompletedMilestones(filter *MilestoneFilter, orderBy []*MilestoneOrder, first *int, after *string, last *int, before *string) (*MilestoneConnection, error) {
	return r.milestones("completed in ", func(m *MilestoneRow) bool { return r.covers(m.FinishedDate) }, MilestoneByFinishedDate,
		filter, orderBy, pageRequest(first, after, last, before))
}

// DueNext are the milestones that are not finished and due next: in what is
// left of a cycle that runs, in a cycle that has not begun, and in as many days
// after one that is over as it had.
func (r *CycleReview) DueNext(filter *MilestoneFilter, orderBy []*MilestoneOrder, first *int, after *string, last *int, before *string) (*MilestoneConnection, error) {
	from, to := r.next()
	due := func(m *MilestoneRow) bool {
		return !m.done() && !m.TargetDate.IsZero() && !m.TargetDate.Before(from) && !m.TargetDate.After(to)
	}
	return r.milestones("due next after ", due, MilestoneByTargetDate, filter, orderBy, pageRequest(first, after, last, before))
}

// next are the first and the last day of what comes next.
func (r *CycleReview) next() (from, to Date) {
	switch c := r.cycle; c.State() {
	case CycleUpcoming:
		return c.Starts, c.Ends
	case CycleOver:
		return c.Ends.AddDays(1), c.Ends.AddDays(c.days())
	}
	return r.cycle.view.snap.today, r.cycle.Ends
}

func (r *CycleReview) milestones(scope string, is func(*MilestoneRow) bool, by MilestoneOrderField, filter *MilestoneFilter, orderBy []*MilestoneOrder, page PageRequest) (*MilestoneConnection, error) {
	var rows []*MilestoneRow
	for _, chunk := range r.cycle.view.snap.milestoneRows() {
		for _, m := range chunk {
			if is(m) {
				rows = append(rows, m)
			}
		}
	}
	if len(orderBy) == 0 {
		orderBy = []*MilestoneOrder{{Field: by}}
	}
	return r.cycle.view.milestonesIn(scope+r.cycle.Slug, [][]*MilestoneRow{rows}, cmp.Or(filter, &MilestoneFilter{}), orderBy, page)
}

// Changes are how the KPIs of the goals moved, each KPI once.
func (r *CycleReview) Changes() []*KPIChange {
	changes := []*KPIChange{}
	seen := map[string]bool{}
	for _, g := range r.cycle.Goals() {
		if k := g.KPI(); k != nil && !seen[k.KPIRow.ID] {
			seen[k.KPIRow.ID] = true
			changes = append(changes, r.cycle.change(k))
		}
	}
	return changes
}
