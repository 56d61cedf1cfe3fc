package portfolio

// A Misalignment says where money and strategy differ, as one caller may read
// it.
type Misalignment struct {
	view   *View
	minGap int // ranks
}

// Misalignment reports where money and strategy differ. Inversions of fewer
// places than minGap are left out; nil leaves out those that are not flagged.
// Whoever has no role gets nil.
func (v *View) Misalignment(minGap *int) *Misalignment {
	if !v.seesStrategies() {
		return nil
	}
	m := &Misalignment{view: v}
	switch {
	case minGap != nil:
		m.minGap = *minGap
	case !v.limited():
		m.minGap = v.snap.standing().enoughPlaces()
	}
	return m
}

// whole says why the caller may not read figures of the whole portfolio that
// follow from money.
func (v *View) whole() *Reason {
	switch {
	case v.limited():
		return reasonScope
	case !v.caller.Reads(GroupCost):
		return reasonFieldGroup
	}
	return nil
}

// StrategyVersion is the version whose weights hold.
func (m *Misalignment) StrategyVersion() *StrategyVersion { return m.view.leadingVersion() }

// PortfolioAlignment is 1 when every objective has the share of the spend that
// it has of the weight.
func (m *Misalignment) PortfolioAlignment() *Score { return m.view.portfolioAlignment(nil) }

// portfolioAlignment is the index of standings, those of today for nil.
func (v *View) portfolioAlignment(st *standings) *Score {
	if reason := v.whole(); reason != nil {
		return &Score{Reasons: []*Reason{reason}}
	}
	if st == nil {
		st = v.snap.standing()
		if _, missing := v.snap.strategies.weights(); len(missing) > 0 {
			return &Score{Reasons: pointers(missing)}
		}
	}
	if st.index == nil {
		return &Score{Reasons: []*Reason{st.spend.missing}}
	}
	return scoreOrReasons(st.index)
}

// RankedCount counts the projects that take part in rankings; nil with Reason.
func (m *Misalignment) RankedCount() *int {
	if m.view.limited() {
		return nil
	}
	return &m.view.snap.standing().ranked
}

// Reason says why RankedCount is nil.
func (m *Misalignment) Reason() *Reason {
	if m.view.limited() {
		return reasonScope
	}
	return nil
}

// SpendBasis says what money a spend is.
func (*Misalignment) SpendBasis() SpendBasis { return SpendBudget }

// Spend is the spend of all ranked projects; nil with SpendReason.
func (m *Misalignment) Spend() *Money {
	if m.SpendReason() != nil {
		return nil
	}
	st := m.view.snap.standing()
	return &Money{Amount: st.spend.sum, Currency: st.spend.currency}
}

// SpendRatesOn is the day of the rates by which budgets in several currencies
// were converted; zero when none were needed, or Spend is nil.
func (m *Misalignment) SpendRatesOn() Date {
	if m.SpendReason() != nil {
		return Date{}
	}
	return m.view.snap.standing().spend.ratesOn
}

// SpendReason says why Spend is nil.
func (m *Misalignment) SpendReason() *Reason {
	if reason := m.view.whole(); reason != nil {
		return reason
	}
	return m.view.snap.standing().spend.missing
}

// Gaps are the objectives in force with their weight and their share of the
// spend, as they stand in their tree: the leaves, or all.
func (m *Misalignment) Gaps(leaves *bool) []*Coverage {
	weights, _ := m.view.snap.strategies.weights()
	if weights == nil {
		return nil
	}
	var gaps []*Coverage
	for i := range weights.objectives {
		if o := &weights.objectives[i]; o.leaf || (leaves != nil && !*leaves) {
			gaps = append(gaps, m.view.coverage(o.key))
		}
	}
	return gaps
}

// Orphans are the ranked projects that serve no objective.
func (m *Misalignment) Orphans(filter *ProjectFilter, orderBy []*ProjectOrder, first *int, after *string, last *int, before *string) (*ProjectConnection, error) {
	var rows []*ProjectRow
	for row := range m.view.snap.Projects() {
		if row.orphan() {
			rows = append(rows, row)
		}
	}
	return m.view.projectsIn("orphans", [][]*ProjectRow{rows}, filter, orderBy, pageRequest(first, after, last, before))
}

// orphan reports whether a ranked project serves no objective.
func (p *ProjectRow) orphan() bool {
	return p.alignment.ranked && p.alignment.score != nil && *p.alignment.score == 0
}

// OrphanSpendShare is the share of the spend that goes to orphans.
func (m *Misalignment) OrphanSpendShare() *Score {
	index := m.PortfolioAlignment()
	if index.Value == nil {
		return index
	}
	return scoreOrReasons(&m.view.snap.standing().orphanShare)
}

// FundingTau is Kendall's tau-b between the orders by score and by money: 1
// when they are the same, -1 when one is the other turned round.
func (m *Misalignment) FundingTau() *Score {
	if reason := m.view.whole(); reason != nil {
		return &Score{Reasons: []*Reason{reason}}
	}
	st := m.view.snap.standing()
	if st.spend.missing != nil && st.tau == nil {
		return &Score{Reasons: []*Reason{st.spend.missing}}
	}
	return scoreOrReasons(st.tau, tauReason(st.compared, "a budget"))
}

// WsjfTau is Kendall's tau-b between the orders by score and by weighted
// shortest job first.
func (m *Misalignment) WsjfTau() *Score {
	if m.view.limited() {
		return &Score{Reasons: []*Reason{reasonScope}}
	}
	st := m.view.snap.standing()
	return scoreOrReasons(st.jobTau, tauReason(st.jobs, "a weighted shortest job first"))
}

// Inversions are the projects that money and score rank most differently, the
// widest first; none for callers who may not read them, see InversionsReason.
func (m *Misalignment) Inversions(first *int, after *string, last *int, before *string) (*RankInversionConnection, error) {
	var rows []*inversion
	if m.view.whole() == nil {
		st := m.view.snap.standing()
		for i := range st.inversions {
			if r := &st.inversions[i]; r.places >= m.minGap || -r.places >= m.minGap {
				rows = append(rows, r)
			}
		}
	}
	widest := func(r *inversion) sortValue { return numberValue(-max(r.places, -r.places)) }
	page, err := simpleList(m.view.compiler(), "inversions", rows, m.minGap, nil, func(r *inversion) string { return r.project }, widest,
		pageRequest(first, after, last, before), func(r *inversion) *RankInversion { return &RankInversion{r, m.view} })
	if err != nil {
		return nil, err
	}
	return &RankInversionConnection{page}, nil
}

// InversionsReason says why the caller may not read inversions.
func (m *Misalignment) InversionsReason() *Reason { return m.view.whole() }

// A RankInversion is a project that money and score rank differently.
type RankInversion struct {
	row  *inversion
	view *View
}

// Project is the project.
func (r *RankInversion) Project() *Project { return r.view.project(r.row.project) }

// AlignmentRank is its place by score among ranked projects that have a score
// and a budget.
func (r *RankInversion) AlignmentRank() int { return r.row.alignment }

// FundingRank is its place by money among the same.
func (r *RankInversion) FundingRank() int { return r.row.money }

// Places is by how many places money puts it before its score; negative after.
func (r *RankInversion) Places() int { return r.row.places }

// Score is its score.
func (r *RankInversion) Score() float64 { return r.row.score }

// SpendShare is its share of the spend.
func (r *RankInversion) SpendShare() float64 { return *shown(&r.row.spendShare) }

type (
	// RankInversionConnection is a page of inversions.
	RankInversionConnection struct {
		*Connection[inversion, RankInversion]
	}
	// RankInversionEdge is an inversion in a list.
	RankInversionEdge = Edge[RankInversion]
)
