package portfolio

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// QuickWinAggregates are figures over quick wins.
type QuickWinAggregates struct {
	each func(func(*QuickWinFact))
}

// UnitAmount is a sum of amounts of one unit.
type UnitAmount struct {
	Unit   string
	Amount decimal.Decimal
	Count  int
}

// Aggregates are figures over the whole list, not over the page.
func (c *QuickWinConnection) Aggregates() *QuickWinAggregates {
	return &QuickWinAggregates{c.list.each}
}

// Count counts the quick wins.
func (a *QuickWinAggregates) Count() int { return countRows(a.each) }

// WithoutAmount counts the quick wins that have no amount.
func (a *QuickWinAggregates) WithoutAmount() int {
	n := 0
	a.each(func(w *QuickWinFact) {
		if w.Amount == nil {
			n++
		}
	})
	return n
}

// Amounts are added up by unit, and sorted by it. Units are never converted.
func (a *QuickWinAggregates) Amounts() []*UnitAmount {
	sums := map[string]*UnitAmount{}
	a.each(func(w *QuickWinFact) {
		if w.Amount == nil {
			return
		}
		sum := sums[w.Unit]
		if sum == nil {
			sum = &UnitAmount{Unit: w.Unit}
			sums[w.Unit] = sum
		}
		sum.Amount = sum.Amount.Add(*w.Amount)
		sum.Count++
	})
	return byUnit(sums)
}

// byUnit are the values in the order of their units.
func byUnit[V any](of map[string]V) []V {
	all := make([]V, 0, len(of))
	for _, unit := range slices.Sorted(maps.Keys(of)) {
		all = append(all, of[unit])
	}
	return all
}

// SurveyAggregates are figures over surveys.
type SurveyAggregates struct {
	each func(func(*SurveyFact))
}

// Aggregates are figures over the whole list, not over the page.
func (c *SurveyConnection) Aggregates() *SurveyAggregates { return &SurveyAggregates{c.list.each} }

// Count counts the surveys.
func (a *SurveyAggregates) Count() int { return countRows(a.each) }

// Invited counts all who were invited.
func (a *SurveyAggregates) Invited() int {
	n := 0
	a.each(func(s *SurveyFact) { n += s.Invited })
	return n
}

// Responses counts all who answered.
func (a *SurveyAggregates) Responses() int {
	n := 0
	a.each(func(s *SurveyFact) { n += s.Responses })
	return n
}

// ResponseRate is all who answered by all who were invited: it is not a mean
// of rates.
func (a *SurveyAggregates) ResponseRate() *float64 { return shareOf(a.Responses(), a.Invited()) }

// ResponseRateReason says why there is none.
func (a *SurveyAggregates) ResponseRateReason() *Reason {
	return reasonOf(a.ResponseRate(), codeNobodyInvited)
}

// NPS is that of all who answered surveys in which promoters and detractors
// were counted.
func (a *SurveyAggregates) NPS() *float64 {
	net, responses := a.promoters()
	return netPromoters(net, responses)
}

// NPSReason says why there is none.
func (a *SurveyAggregates) NPSReason() *Reason {
	if net, _ := a.promoters(); net == nil {
		return reasonOf(nil, codePromotersNotCounted)
	}
	return reasonOf(a.NPS(), codeNobodyAnswered)
}

func (a *SurveyAggregates) promoters() (net *int, responses int) {
	a.each(func(s *SurveyFact) {
		if n := s.promoters(); n != nil {
			if net == nil {
				net = new(int)
			}
			*net += *n
			responses += s.Responses
		}
	})
	return net, responses
}

// NormalisedMean is the mean of all answers to surveys that have one, each
// survey counting by how many answered it.
func (a *SurveyAggregates) NormalisedMean() *float64 {
	sum, responses := decimal.Zero, 0
	a.each(func(s *SurveyFact) {
		if mean := s.normalised(); mean != nil && s.Responses > 0 {
			sum = sum.Add(mean.Mul(decimal.NewFromInt(int64(s.Responses))))
			responses += s.Responses
		}
	})
	if responses == 0 {
		return nil
	}
	return finite(sum.Div(decimal.NewFromInt(int64(responses))).InexactFloat64())
}

// NormalisedMeanReason says why there is none.
func (a *SurveyAggregates) NormalisedMeanReason() *Reason {
	return reasonOf(a.NormalisedMean(), codeNoMean)
}

// BenefitAggregates are figures over benefits.
type BenefitAggregates struct {
	view *View
	each func(func(*BenefitFact))
}

// Aggregates are figures over the whole list, not over the page.
func (c *BenefitConnection) Aggregates() *BenefitAggregates {
	return &BenefitAggregates{c.list.view, c.list.each}
}

// Count counts the benefits.
func (a *BenefitAggregates) Count() int { return countRows(a.each) }

// BenefitStatusCount counts the benefits of a status.
type BenefitStatusCount struct {
	Status BenefitStatus
	Count  int
}

// ByStatus counts the benefits of each status.
func (a *BenefitAggregates) ByStatus() []BenefitStatusCount {
	today := a.view.snap.today
	counts := make([]BenefitStatusCount, len(benefitStatuses))
	for i, n := range countBy(a.each, benefitStatuses, func(b *BenefitFact) BenefitStatus { return b.status(today) }) {
		counts[i] = BenefitStatusCount{benefitStatuses[i], n}
	}
	return counts
}

// BenefitUnit is what is planned and realised in one unit.
type BenefitUnit struct {
	Unit  string
	Count int
	// Planned and Realised are of all benefits; PlannedByNow and RealisedOfDue
	// of those that are due by today. Realised is up to today.
	Planned       decimal.Decimal
	Realised      decimal.Decimal
	PlannedByNow  decimal.Decimal
	RealisedOfDue decimal.Decimal
	due           int
}

// Realisation is realised by planned, of the benefits that are due by today.
func (u *BenefitUnit) Realisation() *float64 {
	if !u.PlannedByNow.IsPositive() {
		return nil
	}
	return ratio(u.RealisedOfDue, u.PlannedByNow)
}

// RealisationReason says why there is none.
func (u *BenefitUnit) RealisationReason() *Reason {
	if u.due == 0 {
		return reasonOf(nil, codeNothingDue)
	}
	return reasonOf(u.Realisation(), codeNothingPlanned)
}

// ByUnit adds up benefits by unit, and sorts by it. Units are never converted.
func (a *BenefitAggregates) ByUnit() []*BenefitUnit {
	today := a.view.snap.today
	units := map[string]*BenefitUnit{}
	a.each(func(b *BenefitFact) {
		u := units[b.Unit]
		if u == nil {
			u = &BenefitUnit{Unit: b.Unit}
			units[b.Unit] = u
		}
		realised := b.realised(today)
		u.Count++
		u.Planned, u.Realised = u.Planned.Add(b.Planned), u.Realised.Add(realised)
		if b.isDue(today) {
			u.due++
			u.PlannedByNow, u.RealisedOfDue = u.PlannedByNow.Add(b.Planned), u.RealisedOfDue.Add(realised)
		}
	})
	return byUnit(units)
}
