package portfolio

// Alignment are figures over the scores.
func (a *ProjectAggregates) Alignment() *FloatStatistics {
	return floatStatistics(a.each, func(p *ProjectRow) *float64 { return p.alignment.score })
}

// Wsjf are figures over weighted shortest job first.
func (a *ProjectAggregates) Wsjf() *FloatStatistics {
	return floatStatistics(a.each, func(p *ProjectRow) *float64 { return p.wsjf })
}

// Orphans counts the ranked projects that serve no objective.
func (a *ProjectAggregates) Orphans() int {
	n := 0
	a.each(func(p *ProjectRow) {
		if p.orphan() {
			n++
		}
	})
	return n
}

// PercentAligned is how many of a hundred ranked projects that have a score
// serve some objective.
func (a *ProjectAggregates) PercentAligned() *Score {
	aligned, all := 0, 0
	a.each(func(p *ProjectRow) {
		if p.alignment.ranked && p.alignment.score != nil {
			all++
			if *p.alignment.score > 0 {
				aligned++
			}
		}
	})
	if all == 0 {
		return &Score{Reasons: []*Reason{{Code: "NO_VALUES", Message: "None of the projects is ranked and has a score."}}}
	}
	percent := 100 * float64(aligned) / float64(all)
	return scoreOrReasons(&percent)
}

// BudgetWeightedAlignment is the mean of the scores, each weighted by the
// budget.
func (a *ProjectAggregates) BudgetWeightedAlignment() *Score {
	if !a.view.caller.Reads(GroupCost) {
		return &Score{Reasons: []*Reason{reasonFieldGroup}}
	}
	counts := func(p *ProjectRow) bool {
		return p.alignment.score != nil && p.budget != nil && p.budget.Amount.IsPositive()
	}
	currencies := map[string]bool{}
	a.each(func(p *ProjectRow) {
		if counts(p) {
			currencies[p.budget.Currency] = true
		}
	})
	y := a.view.snap.yardstick(currencies)
	if y.missing != nil {
		return &Score{Reasons: []*Reason{y.missing}}
	}
	sum, total := 0.0, 0.0
	a.each(func(p *ProjectRow) {
		if counts(p) {
			budget := y.count(*p.budget).Amount.InexactFloat64()
			sum += budget * *p.alignment.score
			total += budget
		}
	})
	if total == 0 {
		return &Score{Reasons: []*Reason{{Code: "NO_VALUES", Message: "None of the projects has both a score and a budget above 0."}}}
	}
	mean := sum / total
	return scoreOrReasons(&mean)
}
