package portfolio

// RiskAggregates are figures over the risks of a list or a group.
type RiskAggregates struct {
	view *View
	each func(func(*RiskRow))
}

// RiskResponseCount counts the risks of a response.
type RiskResponseCount struct {
	Response RiskResponse // "" where tools do not tell
	Count    int
}

// Aggregates are figures over the whole list, not over the page.
func (c *RiskConnection) Aggregates() *RiskAggregates {
	return &RiskAggregates{c.list.view, c.list.each}
}

// Count counts the risks.
func (a *RiskAggregates) Count() int { return countRows(a.each) }

// Open counts the risks of which something has to be done.
func (a *RiskAggregates) Open() int {
	return countWhere(a.each, func(r *RiskRow) bool { return !r.closed() })
}

// Overdue counts the open ones whose due date is past.
func (a *RiskAggregates) Overdue() int {
	return countWhere(a.each, func(r *RiskRow) bool { return a.view.riskOf(r).Overdue() })
}

// WithoutOwner counts the open ones for which nobody answers.
func (a *RiskAggregates) WithoutOwner() int {
	return countWhere(a.each, func(r *RiskRow) bool { return !r.closed() && r.OwnerID == "" })
}

// ByResponse counts the risks of each response, and of none if there are any.
func (a *RiskAggregates) ByResponse() []RiskResponseCount {
	values := append([]RiskResponse{}, Responses...)
	values = append(values, "")
	var counts []RiskResponseCount
	for i, n := range countBy(a.each, values, func(r *RiskRow) RiskResponse { return r.Response }) {
		if values[i] != "" || n > 0 {
			counts = append(counts, RiskResponseCount{values[i], n})
		}
	}
	return counts
}

// InherentExposure adds the exposures before anything was done.
func (a *RiskAggregates) InherentExposure() *MoneyTotal { return a.total(a.each, riskInherent) }

// ResidualExposure adds the exposures with what was done.
func (a *RiskAggregates) ResidualExposure() *MoneyTotal { return a.total(a.each, riskResidual) }

// PreventedExposure adds by how much less the exposures are of the risks that
// are PREVENTED.
func (a *RiskAggregates) PreventedExposure() *MoneyTotal {
	return a.total(a.with(ResponsePrevented), riskPrevented)
}

func (a *RiskAggregates) total(each func(func(*RiskRow)), of func(*riskFigures) *Money) *MoneyTotal {
	return moneyTotal(a.view, each, func(r *RiskRow) *Money { return of(&r.figures) },
		"None of the risks has both a probability and an impact.",
		"The impacts are in several currencies; byCurrency has a sum of each, converted one of all.")
}

// with are the risks of a response.
func (a *RiskAggregates) with(response RiskResponse) func(func(*RiskRow)) {
	return func(f func(*RiskRow)) {
		a.each(func(r *RiskRow) {
			if r.Response == response {
				f(r)
			}
		})
	}
}

// Effectiveness is which share of the risks that could no longer be waited out
// was prevented: the prevented ones by those and the ones that occurred.
func (a *RiskAggregates) Effectiveness() *float64 {
	prevented, occurred := countRows(a.with(ResponsePrevented)), countRows(a.with(ResponseOccurred))
	if prevented+occurred == 0 {
		return nil
	}
	share := rounded(float64(prevented) / float64(prevented+occurred))
	return &share
}

// EffectivenessReason says why Effectiveness is nil.
func (a *RiskAggregates) EffectivenessReason() *Reason {
	if a.Effectiveness() != nil {
		return nil
	}
	return &Reason{Code: "NO_OUTCOMES", Message: "None of the risks was prevented, and none occurred."}
}
