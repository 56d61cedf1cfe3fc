package portfolio

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// A costSheet is the money of a project by period, in one currency. It is the
// same on every day: what holds on a day is computed from it.
type costSheet struct {
	currency string
	// missing says why the amounts are not in one currency; then there are no
	// entries, and nothing follows.
	missing *Reason
	entries []costEntry // by category, then by first day; none overlaps another of its category
	ignored []string    // ids of costs that overlap with one that counts, sorted
	budget  *decimal.Decimal
	basis   BudgetBasis

	// What follows from the entries.
	plan  []scoring.PlanPoint // planned value up to the end of a day, in days since begin
	begin Date                // the first day for which something is planned
}

// A costEntry is one cost in the currency of its sheet.
type costEntry struct {
	id       string // of the document
	category string
	span     Span
	amounts  costAmounts
}

// costAmounts are the amounts of one period; nil was not said.
type costAmounts struct{ budget, planned, earned, actual, forecast *decimal.Decimal }

// BudgetBasis says what a budget at completion is.
type BudgetBasis string

// The values of BudgetBasis, in the order in which they are tried.
const (
	BudgetOfProject BudgetBasis = "PROJECT_BUDGET"
	BudgetOfPeriods BudgetBasis = "PERIOD_BUDGETS"
	BudgetOfPlan    BudgetBasis = "PLANNED_VALUES"
)

// EarnedBasis says where an earned value comes from.
type EarnedBasis string

// The values of EarnedBasis, in the order in which they are tried.
const (
	EarnedRecorded EarnedBasis = "RECORDED"
	EarnedByWork   EarnedBasis = "WORK_DONE"
)

func plannedOf(e *costEntry) *decimal.Decimal { return e.amounts.planned }
func earnedOf(e *costEntry) *decimal.Decimal  { return e.amounts.earned }
func actualOf(e *costEntry) *decimal.Decimal  { return e.amounts.actual }

// newCostSheet puts the costs of a project side by side, in the currency that
// all of them and the budget have, else in the settings'.
func newCostSheet(facts []*CostFact, budget *Money, p *plan) *costSheet {
	if len(facts) == 0 {
		return nil
	}
	s := &costSheet{}
	taken := make([]costEntry, 0, len(facts))
	currencies := map[string]bool{}
	native := p.settings.Currency
	if budget != nil {
		native = budget.Currency
		currencies[native] = true
	}
	codes := map[string]string{} // by id
	for _, f := range facts {
		span, err := ParseSpan(f.Period)
		if err != nil {
			continue // nothing that was validated
		}
		id := f.Key().ID
		codes[id] = cmp.Or(f.Currency, native)
		currencies[codes[id]] = true
		taken = append(taken, costEntry{id, f.Category, span, costAmounts{f.Budget, f.Planned, f.Earned, f.Actual, f.Forecast}})
	}
	slices.SortFunc(taken, compareCosts)
	s.entries = taken[:0]
	for _, e := range taken {
		if n := len(s.entries); n > 0 && s.entries[n-1].category == e.category && !s.entries[n-1].span.Last.Before(e.span.First) {
			s.ignored = append(s.ignored, e.id)
			continue
		}
		s.entries = append(s.entries, e)
	}
	slices.Sort(s.ignored)
	if budget != nil {
		s.budget = &budget.Amount
	}
	switch {
	case currencies[""]:
		s.missing = reasonNoCostCurrency
	case len(currencies) > 1:
		s.missing = s.convert(p, budget, codes)
	default:
		for code := range currencies {
			s.currency = code
		}
	}
	if s.missing != nil {
		s.entries, s.budget, s.currency = nil, nil, ""
		return s
	}
	s.settleBudget()
	s.settlePlan()
	return s
}

var reasonNoCostCurrency = &Reason{Code: "NO_CURRENCY", Message: "A cost names no currency, and neither the project's budget nor the settings do."}

func compareCosts(a, b costEntry) int {
	return cmp.Or(strings.Compare(a.category, b.category), a.span.First.Compare(b.span.First), a.span.Last.Compare(b.span.Last), strings.Compare(a.id, b.id))
}

// convert brings all amounts to the settings' currency, each by the rate on the
// last day of its period, and the project's budget by that on the last day of
// all.
func (s *costSheet) convert(p *plan, budget *Money, codes map[string]string) *Reason {
	var last Date
	for i := range s.entries {
		e := &s.entries[i]
		if e.span.Last.After(last) {
			last = e.span.Last
		}
		for _, amount := range []**decimal.Decimal{&e.amounts.budget, &e.amounts.planned, &e.amounts.earned, &e.amounts.actual, &e.amounts.forecast} {
			if *amount == nil {
				continue
			}
			converted, reason := p.convert(Money{**amount, codes[e.id]}, e.span.Last)
			if reason != nil {
				return reason
			}
			*amount = &converted.Amount
		}
	}
	if budget != nil {
		converted, reason := p.convert(*budget, last)
		if reason != nil {
			return reason
		}
		s.budget = &converted.Amount
	}
	s.currency = p.settings.Currency
	return nil
}

// settleBudget decides what the budget at completion is.
func (s *costSheet) settleBudget() {
	if s.budget != nil {
		s.basis = BudgetOfProject
		return
	}
	if s.budget = s.sum(func(e *costEntry) *decimal.Decimal { return e.amounts.budget }); s.budget != nil {
		s.basis = BudgetOfPeriods
	} else if s.budget = s.sum(plannedOf); s.budget != nil {
		s.basis = BudgetOfPlan
	}
}

// sum adds what all periods say; nil when none does.
func (s *costSheet) sum(of func(*costEntry) *decimal.Decimal) *decimal.Decimal {
	var total *decimal.Decimal
	for i := range s.entries {
		if amount := of(&s.entries[i]); amount != nil {
			if total == nil {
				total = new(decimal.Decimal)
			}
			*total = total.Add(*amount)
		}
	}
	return total
}

// days counts the days of a span.
func (s Span) days() int { return s.Last.DaysSince(s.First) + 1 }

// settlePlan makes the curve of planned value: within a period it rises evenly,
// and periods of several categories may run side by side.
func (s *costSheet) settlePlan() {
	type bend struct {
		on    Date
		slope float64 // by day, from then on
	}
	var bends []bend
	for i := range s.entries {
		e := &s.entries[i]
		if e.amounts.planned == nil {
			continue
		}
		byDay := e.amounts.planned.InexactFloat64() / float64(e.span.days())
		bends = append(bends, bend{e.span.First, byDay}, bend{e.span.Last.AddDays(1), -byDay})
	}
	if len(bends) == 0 {
		return
	}
	slices.SortStableFunc(bends, func(a, b bend) int { return a.on.Compare(b.on) })
	s.begin = bends[0].on
	value, slope, at := 0.0, 0.0, s.begin
	for i, b := range bends {
		if b.on != at {
			value += slope * float64(b.on.DaysSince(at))
			at = b.on
		}
		slope += b.slope
		if i+1 == len(bends) || bends[i+1].on != at {
			s.plan = append(s.plan, scoring.PlanPoint{At: float64(at.DaysSince(s.begin)), Value: scoring.Round9(value)})
		}
	}
	for i := range s.plan[1:] { // the noise of adding slopes must not make it fall
		s.plan[i+1].Value = max(s.plan[i].Value, s.plan[i+1].Value)
	}
}

// by is the sum of what periods say up to the end of a day, evenly within the
// period that holds it; nil when no period says anything.
func (s *costSheet) by(on Date, of func(*costEntry) *decimal.Decimal) *decimal.Decimal {
	return s.sum(func(e *costEntry) *decimal.Decimal {
		amount := of(e)
		switch {
		case amount == nil || !e.span.Last.After(on):
			return amount
		case e.span.First.After(on):
			return new(decimal.Decimal)
		}
		gone := decimal.NewFromInt(int64(on.DaysSince(e.span.First) + 1))
		part := amount.Mul(gone).DivRound(decimal.NewFromInt(int64(e.span.days())), costDecimals)
		return &part
	})
}

// costDecimals is how many decimals a part of an amount has.
const costDecimals = 9

// over is the sum of what periods say that are over; nil when none of them says
// anything.
func (s *costSheet) over(today Date, of func(*costEntry) *decimal.Decimal) *decimal.Decimal {
	return s.sum(func(e *costEntry) *decimal.Decimal {
		if !e.span.closed(today) {
			return nil
		}
		return of(e)
	})
}

// turns are the last period that is over and says something, and the day on
// which that is another one; zero for none.
func (s *costSheet) turns(today Date, of func(*costEntry) *decimal.Decimal) (last, next Date) {
	for i := range s.entries {
		switch e := &s.entries[i]; {
		case of(e) == nil:
		case e.span.closed(today):
			if e.span.Last.After(last) {
				last = e.span.Last
			}
		default:
			next = sooner(next, e.span.Last.AddDays(1))
		}
	}
	return last, next
}

// elapsed counts the days of the plan up to the end of a day, or to the actual
// finish when that was before.
func (s *costSheet) elapsed(on, finished Date) float64 {
	if !finished.IsZero() && finished.Before(on) {
		on = finished
	}
	return float64(on.DaysSince(s.begin) + 1)
}

// expected is what the project is expected to cost in the end when nothing is
// known of how dear its work is: what was spent, and in the periods without
// that what is forecast. It is false without any forecast: what was spent then
// is the least that it can be.
func (s *costSheet) expected() (*decimal.Decimal, bool) {
	forecast := false
	total := s.sum(func(e *costEntry) *decimal.Decimal {
		if e.amounts.actual != nil {
			return e.amounts.actual
		}
		forecast = forecast || e.amounts.forecast != nil
		return e.amounts.forecast
	})
	return total, forecast
}

func sameSheet(a, b *costSheet) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.currency == b.currency && a.basis == b.basis && equalReason(a.missing, b.missing) && sameAmount(a.budget, b.budget) &&
		slices.Equal(a.ignored, b.ignored) && slices.EqualFunc(a.entries, b.entries, sameEntry)
}

func equalReason(a, b *Reason) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func sameEntry(a, b costEntry) bool {
	x, y := a.amounts, b.amounts
	return a.id == b.id && a.category == b.category && a.span == b.span && sameAmount(x.budget, y.budget) && sameAmount(x.planned, y.planned) &&
		sameAmount(x.earned, y.earned) && sameAmount(x.actual, y.actual) && sameAmount(x.forecast, y.forecast)
}

func sameAmount(a, b *decimal.Decimal) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// ignores reports whether a cost overlaps with one that counts.
func (s *costSheet) ignores(id string) bool {
	_, found := slices.BinarySearch(s.ignored, id)
	return found
}
