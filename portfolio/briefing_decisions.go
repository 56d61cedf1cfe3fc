package portfolio

// briefedDecisions are the decisions that a briefing tells of.
type briefedDecisions struct {
	pending, made                             []*DecisionFact
	known                                     int
	overdue                                   int
	pendingBefore, overdueBefore, madeEarlier int
}

// lookAtDecisions sorts out the decisions.
func (b *Briefing) lookAtDecisions() {
	of := &b.decisions
	last, before := b.Days.Last, b.Before.Last
	for _, f := range recordsOf[DecisionFact](b.view.snap, KindDecision) {
		if !b.seesRecord(f) {
			continue
		}
		of.known++
		if f.openOn(last) {
			of.pending = append(of.pending, f)
			if f.lateOn(last) {
				of.overdue++
			}
		}
		if f.openOn(before) {
			of.pendingBefore++
			if f.lateOn(before) {
				of.overdueBefore++
			}
		}
		switch {
		case b.Days.has(f.Decided):
			of.made = append(of.made, f)
		case b.Before.has(f.Decided):
			of.madeEarlier++
		}
	}
}

// openOn reports whether a decision had been raised and not been made at the
// end of a day, by what is known now.
func (f *DecisionFact) openOn(day Date) bool {
	return !f.Raised.After(day) && (f.open() || f.Decided.After(day))
}

// lateOn reports whether a decision that is open on a day was due before.
func (f *DecisionFact) lateOn(day Date) bool { return !f.Due.IsZero() && f.Due.Before(day) }

// DecisionsPending are the decisions that somebody owes, the oldest first.
func (b *Briefing) DecisionsPending(first *int, after *string) (*DecisionConnection, error) {
	return b.view.decisionsIn(b.scope("decisions pending"), b.decisions.pending, nil, []*DecisionOrder{{Field: DecisionByRaised}}, b.page(first, after))
}

// DecisionsMade are the decisions that were made in the days.
func (b *Briefing) DecisionsMade(first *int, after *string) (*DecisionConnection, error) {
	return b.view.decisionsIn(b.scope("decisions made"), b.decisions.made, nil, []*DecisionOrder{{Field: DecisionByDecided}}, b.page(first, after))
}
