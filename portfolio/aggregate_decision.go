package portfolio

// DecisionAggregates are figures over the decisions of a list or a group.
type DecisionAggregates struct {
	view *View
	each func(func(*DecisionFact))
}

// Aggregates are figures over the whole list, not over the page.
func (c *DecisionConnection) Aggregates() *DecisionAggregates {
	return &DecisionAggregates{c.list.view, c.list.each}
}

// Count counts the decisions.
func (a *DecisionAggregates) Count() int { return countRows(a.each) }

// Open counts those that are still to be made.
func (a *DecisionAggregates) Open() int { return countWhere(a.each, (*DecisionFact).open) }

// Overdue counts the open ones whose due date is past.
func (a *DecisionAggregates) Overdue() int { return countWhere(a.each, a.view.overdueDecision) }

// LatencyDays are figures over the working days that the decisions took that
// are made.
func (a *DecisionAggregates) LatencyDays() *IntStatistics { return statistics(a.each, a.view.latency) }

// WaitingDays are figures over the working days for which the open decisions
// have been open.
func (a *DecisionAggregates) WaitingDays() *IntStatistics { return statistics(a.each, a.view.waiting) }

// LatencyP50Days is the median latency of all decisions, in which open ones
// count with the working days until today: leaving them out would make an
// organisation look fast that puts off what is hard.
func (a *DecisionAggregates) LatencyP50Days() *float64 {
	return percentileOf(statistics(a.each, a.view.lasted), 50)
}

// LatencyP90Days is the latency that nine of ten decisions do not exceed, open
// ones counted as in LatencyP50Days.
func (a *DecisionAggregates) LatencyP90Days() *float64 {
	return percentileOf(statistics(a.each, a.view.lasted), 90)
}

// LatencyReason says why LatencyP50Days and LatencyP90Days are nil.
func (a *DecisionAggregates) LatencyReason() *Reason {
	if a.LatencyP50Days() != nil {
		return nil
	}
	return &Reason{Code: "NO_DECISIONS", Message: "There is no decision to measure."}
}

// DecidedLatencyP50Days is the median latency of the decisions that are made.
func (a *DecisionAggregates) DecidedLatencyP50Days() *float64 {
	return percentileOf(a.LatencyDays(), 50)
}

// DecidedLatencyP90Days is the latency that nine of ten of the decisions that
// are made did not exceed.
func (a *DecisionAggregates) DecidedLatencyP90Days() *float64 {
	return percentileOf(a.LatencyDays(), 90)
}

// DecidedLatencyReason says why the latencies of those that are made are nil.
func (a *DecisionAggregates) DecidedLatencyReason() *Reason {
	if a.DecidedLatencyP50Days() != nil {
		return nil
	}
	return &Reason{Code: "NONE_DECIDED", Message: "None of the decisions is made."}
}

// percentileOf is a percentile that is known to be one.
func percentileOf(s *IntStatistics, of float64) *float64 {
	value, err := s.Percentile(of)
	if err != nil {
		return nil
	}
	return value
}

// MilestonesBlocked counts the milestones that wait for an open decision.
func (a *DecisionAggregates) MilestonesBlocked() int {
	waiting := map[string]bool{}
	a.each(func(f *DecisionFact) {
		if !f.open() {
			return
		}
		for _, m := range a.view.waitingFor(f) {
			waiting[m.ID] = true
		}
	})
	return len(waiting)
}

// waitingFor are the milestones that a decision names and that still wait.
func (v *View) waitingFor(f *DecisionFact) []*MilestoneRow {
	var rows []*MilestoneRow
	for _, m := range v.blockedBy(f) {
		if m.waits() {
			rows = append(rows, m)
		}
	}
	return rows
}

// DecisionAge counts the open decisions of an age.
type DecisionAge struct {
	// From and To are the working days for which they have been open, both
	// included; the last age has no end.
	From int
	To   *int
	// Label is the age for people, such as 0-5.
	Label string
	Count int
}

// decisionAges are the ages by which open decisions are counted: a week, two,
// a month, and longer.
var decisionAges = []struct {
	from, to int
	label    string
}{{0, 5, "0-5"}, {6, 10, "6-10"}, {11, 20, "11-20"}, {21, -1, "21+"}}

// OpenByAge counts the open decisions by the working days for which they have
// been open.
func (a *DecisionAggregates) OpenByAge() []*DecisionAge {
	ages := make([]*DecisionAge, len(decisionAges))
	for i, age := range decisionAges {
		ages[i] = &DecisionAge{From: age.from, Label: age.label}
		if age.to >= 0 {
			ages[i].To = &age.to
		}
	}
	a.each(func(f *DecisionFact) {
		days := a.view.waiting(f)
		if days == nil {
			return
		}
		for i := len(ages) - 1; i >= 0; i-- {
			if *days >= ages[i].From {
				ages[i].Count++
				return
			}
		}
	})
	return ages
}
