package portfolio

import (
	"slices"

	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// What the flags that follow from the whole list begin at. Shares are of the
// projects that are compared.
const (
	// HighShare is above which share of the others a score or a spend is high.
	HighShare = 0.75
	// LowShare is up to which share of the others a score is low.
	LowShare = 0.25
	// InversionShare is how many places, as a share of all, lie between the
	// ranks by score and by money of a RANK_INVERSION; at least InversionPlaces.
	InversionShare  = 1.0 / 3
	InversionPlaces = 2
)

// The codes of why there is no place or no figure of the whole portfolio.
const (
	ReasonNotRanked  = "NOT_RANKED"
	ReasonScope      = "SCOPE"
	ReasonCurrencies = "MIXED_CURRENCIES"
	ReasonNoSpend    = "NO_SPEND"
	ReasonTooFew     = "TOO_FEW_TO_COMPARE"
)

// Standings are what follows from the whole list of projects: ranks, where the
// money goes, and where that differs from what counts. Ranked are the projects
// that a tool still shows, that are neither done nor cancelled, and that are no
// programmes, whose parts are ranked instead.
type standings struct {
	weights *weighing
	ranked  int
	places  map[string]place
	spend   spending
	// shares and projects are by place in weights: the share of the spend that
	// goes to an objective and all below it, and how many projects serve it.
	shares      []float64
	projects    []int
	orphans     int
	orphanShare float64
	index       *float64 // nil with spend.missing, or without weights
	gaps        []float64
	compared    int // projects that have both a score and money
	tau         *float64
	jobs        int // projects that have a score and a weighted shortest job first
	jobTau      *float64
	inversions  []inversion // by project
}

// A place is where a project stands; 0 is no rank.
type place struct {
	rank, funding, job int
	spend              float64
	flags              []AlignmentFlag
}

// Spending is what budgets add up to. For now the basis of spend is the budget.
type spending struct {
	currency string
	sum      decimal.Decimal
	total    float64 // sum, to compute with
	ratesOn  Date    // the day of the rates; zero when none were needed
	projects int     // that have a budget
	missing  *Reason // why there is no total
}

// An inversion is a project that money and score rank differently, among those
// that have both.
type inversion struct {
	project           string
	alignment, money  int
	places            int // by how many money puts it before score; negative after
	score, spendShare float64
}

// standing returns the standings, computing them when nobody asked before.
func (s *Snapshot) standing() *standings {
	return s.standings.get(func() *standings {
		weights, _ := s.strategies.weights()
		return s.newStandings(weights, func(p *ProjectRow) *alignment { return p.alignment })
	})
}

// contestant is one ranked project while standings are computed.
type contestant struct {
	row   *ProjectRow
	align *alignment
	money bool // whether it has a budget that can be compared
	place
}

// newStandings computes standings by weights, under which projects have these
// alignments.
func (s *Snapshot) newStandings(weights *weighing, align func(*ProjectRow) *alignment) *standings {
	st := &standings{weights: weights}
	if !weights.known() {
		st.weights = nil
	}
	contestants := make([]contestant, 0, s.projects.ordered.count)
	for _, chunk := range s.projectRows() {
		for _, row := range chunk {
			if row.alignment.ranked {
				contestants = append(contestants, contestant{row: row, align: align(row)})
			}
		}
	}
	st.ranked = len(contestants)
	s.spend(&st.spend, contestants)
	rankAll(contestants)
	st.flag(contestants)
	st.divide(contestants)
	st.compare(contestants)
	st.places = make(map[string]place, len(contestants))
	for i := range contestants {
		st.places[contestants[i].row.ID] = contestants[i].place
	}
	return st
}

// spends reports whether a project has a budget that can be spent.
func (p *ProjectRow) spends() bool { return p.budget != nil && !p.budget.Amount.IsNegative() }

// spend sets the spend of each contestant in one currency.
func (s *Snapshot) spend(total *spending, contestants []contestant) {
	currencies := map[string]bool{}
	for i := range contestants {
		if row := contestants[i].row; row.spends() {
			total.projects++
			currencies[row.budget.Currency] = true
		}
	}
	y := s.yardstick(currencies)
	if total.missing, total.ratesOn = y.missing, y.on; y.missing != nil {
		return
	}
	for i := range contestants {
		c := &contestants[i]
		if !c.row.spends() {
			continue
		}
		money := y.count(*c.row.budget)
		c.money, c.spend = true, money.Amount.InexactFloat64()
		total.sum = total.sum.Add(money.Amount)
		total.total += c.spend
		total.currency = money.Currency
	}
	if total.total == 0 {
		total.missing = &Reason{ReasonNoSpend, "No project that is ranked has a budget above 0.", ""}
	}
}

// rankAll gives places by score, by money and by weighted shortest job first.
func rankAll(contestants []contestant) {
	by := func(value func(c *contestant) (float64, bool), set func(p *place, rank int)) {
		var values []float64
		var of []*contestant
		for i := range contestants {
			if v, ok := value(&contestants[i]); ok {
				values = append(values, v)
				of = append(of, &contestants[i])
			}
		}
		for i, rank := range scoring.Ranks(values) {
			set(&of[i].place, rank)
		}
	}
	by(func(c *contestant) (float64, bool) { return orNone(c.align.score) }, func(p *place, rank int) { p.rank = rank })
	by(func(c *contestant) (float64, bool) { return c.spend, c.money }, func(p *place, rank int) { p.funding = rank })
	by(func(c *contestant) (float64, bool) { return orNone(c.row.wsjf) }, func(p *place, rank int) { p.job = rank })
}

func orNone(f *float64) (float64, bool) {
	if f == nil {
		return 0, false
	}
	return *f, true
}

// flag finds much money for little score, and much score without money.
func (st *standings) flag(contestants []contestant) {
	var scores, spends []float64
	for i := range contestants {
		if s, ok := orNone(contestants[i].align.score); ok {
			scores = append(scores, s)
		}
		if contestants[i].money {
			spends = append(spends, contestants[i].spend)
		}
	}
	if len(scores) == 0 || st.spend.missing != nil {
		return
	}
	slices.Sort(scores)
	slices.Sort(spends)
	low, high, dear := percentile(scores, LowShare), percentile(scores, HighShare), percentile(spends, HighShare)
	for i := range contestants {
		c := &contestants[i]
		s, ok := orNone(c.align.score)
		switch {
		case !ok:
		case s <= low && s < high && c.spend > 0 && c.spend >= dear:
			c.flags = append(c.flags, FlagLowAlignmentHighSpend)
		case s >= high && s > low && s > 0 && c.spend == 0:
			c.flags = append(c.flags, FlagHighAlignmentUnfunded)
		}
	}
}

// percentile is the value below which a share of sorted values lies.
func percentile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	low := int(at)
	value := sorted[low]
	if low+1 < len(sorted) {
		value += (at - float64(low)) * (sorted[low+1] - sorted[low])
	}
	return scoring.Round9(value)
}

// divide spreads the spend of each project over the objectives that it serves.
func (st *standings) divide(contestants []contestant) {
	if st.weights == nil {
		return
	}
	w := st.weights
	st.shares, st.projects = make([]float64, len(w.objectives)), make([]int, len(w.objectives))
	serves := make([]int, len(w.objectives)) // the number of the last project that serves it
	for i := range contestants {
		c := &contestants[i]
		a := c.align
		if a.score == nil {
			continue
		}
		if *a.score == 0 {
			st.orphans++
			st.orphanShare += c.spend
			continue
		}
		w.spread(a, func(leaf int, points float64) {
			for at := leaf; at >= 0; at = w.objectives[at].parent {
				st.shares[at] += c.spend * points / *a.score
				if serves[at] != i+1 {
					serves[at] = i + 1
					st.projects[at]++
				}
			}
		})
	}
	if st.spend.missing != nil {
		st.shares = nil
		return
	}
	for i := range st.shares {
		st.shares[i] /= st.spend.total
	}
	st.orphanShare /= st.spend.total
	weights, shares := make([]float64, len(w.leaves)), make([]float64, len(w.leaves))
	for i, leaf := range w.leaves {
		weights[i], shares[i] = *w.objectives[leaf].global, st.shares[leaf]
	}
	index, _ := scoring.PortfolioAlignment(weights, shares, st.orphanShare)
	st.index = &index
	st.gaps = make([]float64, len(st.shares))
	for i := range st.shares {
		st.shares[i] = scoring.Round9(st.shares[i])
		st.gaps[i] = scoring.Round9(st.shares[i] - *w.objectives[i].global)
	}
	st.orphanShare = scoring.Round9(st.orphanShare)
}

// spread yields the leaves that a project serves, with the points of each.
func (w *weighing) spread(a *alignment, yield func(leaf int, points float64)) {
	var few [8]int
	places := few[:0]
	for i := range a.parts {
		places = append(places, w.at[a.parts[i].objective])
	}
	for i := range a.parts {
		if a.parts[i].points == 0 {
			continue
		}
		w.covers(places, places[i], func(leaf int) {
			if points := 100 * *w.objectives[leaf].global * a.parts[i].strength; points > 0 {
				yield(leaf, points)
			}
		})
	}
}

// standsAlike reports whether two versions of a project are the same in
// everything that standings are computed from.
func standsAlike(a, b *ProjectRow) bool {
	switch {
	case a == nil || b == nil:
		return (a == nil || !a.alignment.ranked) && (b == nil || !b.alignment.ranked)
	case !a.alignment.ranked && !b.alignment.ranked:
		return true
	}
	return equalAlignment(a.alignment, b.alignment) && equalMoney(a.budget, b.budget) && equalScores(a.wsjf, b.wsjf)
}

// settleStandings decides whether the next snapshot shares what the old one
// computes of the whole list.
func (b *builder) settleStandings(next *Snapshot) {
	next.standings, next.risk = b.old.standings, b.old.risk
	other := b.rescore || b.dirty.settings || b.dirty.clock
	atRisk := other
	for _, p := range b.projects.changed {
		if !standsAlike(p.old, p.now) {
			other, atRisk = true, true
			break
		}
		atRisk = atRisk || (p.old != nil && p.now != nil && p.now.alignment.ranked && p.old.Health.Overall != p.now.Health.Overall)
	}
	if other {
		next.standings = new(lazy[standings])
	}
	if atRisk {
		next.risk = new(lazy[exposure])
	}
}
