package portfolio

import (
	"fmt"
	"strings"

	"plumbline/portfolio/scoring"
)

// The codes of reasons for health that follow from costs. Their sentences tell
// no amounts and no ratios: whoever may read health may read them.
const (
	ReasonSPIInLimit    = "SPI_IN_LIMIT"
	ReasonSPI           = "SPI"
	ReasonSPILow        = "SPI_LOW"
	ReasonCostInBudget  = "COST_IN_BUDGET"
	ReasonCostOver      = "COST_OVER_BUDGET"
	ReasonCostFarOver   = "COST_FAR_OVER_BUDGET"
	noSPI               = "schedule performance SPI(t), because "
	noCost              = "cost, because "
	noForecastCost      = "there is no forecast cost"
	noOneCurrency       = "amounts cannot be brought to one currency"
	leftOutWithoutCosts = "Left out: " + noSPI + "there are no planned and earned values, and " + noCost + noForecastCost + "."
)

// What is left out of most healths, shared by their lists of reasons.
var (
	leftOutOfMilestone = &Reason{Code: ReasonInputsMissing, Message: "Left out: schedule performance SPI(t) and cost, which are measured of whole projects."}
	leftOutNoCosts     = &Reason{Code: ReasonInputsMissing, Message: leftOutWithoutCosts}
)

// A performance is what computed health takes from costs: either value, or why
// there is none.
type performance struct {
	spi    *float64
	spiBy  string // how it is measured: never by a date that moves by itself
	noSPI  string
	over   *float64 // expected cost by budget, less 1
	noCost string
	// changes is the next date at which one of them may be judged otherwise.
	changes Date
}

// performance judges the costs of a project. What people record is of periods,
// and that of a running one is not there yet: earned and actual values are
// looked at up to the end of the last period that has them and is over. A share
// of the work done is of today, so that schedule performance by it falls a
// little every day; changes then is the day on which it passes a limit.
func (b *builder) performance(p *ProjectRow, limits *HealthThresholds) performance {
	s := p.costs
	switch {
	case s == nil:
		return performance{}
	case s.missing != nil:
		return performance{noSPI: noOneCurrency, noCost: noOneCurrency}
	}
	var perf performance
	var value scoring.EarnedValue
	value.Budget = floatOf(s.budget)
	until, next := s.turns(b.today, earnedOf)
	switch {
	case s.sum(earnedOf) != nil:
		perf.changes = next
		if until.IsZero() {
			perf.noSPI = "no period with an earned value is over"
			break
		}
		perf.spiBy = "by the end of " + until.String()
		value.Earned, value.Actual = floatOf(s.by(until, earnedOf)), floatOf(s.by(until, actualOf))
		s.judgeSPI(&perf, value, limits, until, p)
	case value.Budget == nil:
		perf.noSPI = "there are no planned values"
	default:
		share := workShare(b.milestonesOf(p.ID))
		if share == nil {
			perf.noSPI = "there are no earned values and no work items"
			break
		}
		perf.spiBy = "by the share of the work done"
		earned := *value.Budget * *share
		value.Earned, value.Actual = &earned, floatOf(s.over(b.today, actualOf))
		_, perf.changes = s.turns(b.today, actualOf)
		if b.today.IsZero() {
			perf.noSPI = "no day has begun yet"
			break
		}
		if earned := s.judgeSPI(&perf, value, limits, b.today, p); earned != nil && !finishedBy(p, b.today) {
			s.falls(&perf, *earned, limits, b.today)
			perf.changes = sooner(perf.changes, p.FinishedDate) // it stops falling
		}
	}
	s.judgeCost(&perf, value)
	return perf
}

// judgeSPI sets SPI(t) on a day, or why there is none, and returns the earned
// schedule in days.
func (s *costSheet) judgeSPI(perf *performance, value scoring.EarnedValue, limits *HealthThresholds, on Date, p *ProjectRow) (earned *float64) {
	switch {
	case p.Phase == PhaseDone && p.FinishedDate.IsZero():
		perf.noSPI = "it is done, but the tool does not tell when"
		return nil
	case len(s.plan) == 0:
		perf.noSPI = "there are no planned values"
		return nil
	}
	schedule := scoring.EarnSchedule(s.plan, *value.Budget, *value.Earned, s.elapsed(on, p.FinishedDate))
	perf.spi, perf.noSPI = schedule.SPI.Value, noSPIBecause[schedule.SPI.Code]
	if schedule.SPI.Code == scoring.NotBegun && s.begin.After(on) {
		perf.changes = sooner(perf.changes, s.begin)
	}
	return schedule.Earned.Value
}

// finishedBy reports whether a project is finished on a day.
func finishedBy(p *ProjectRow, on Date) bool {
	return !p.FinishedDate.IsZero() && !p.FinishedDate.After(on)
}

// falls notes the next day on which SPI(t) is below a limit that it keeps today,
// while nothing more is earned.
func (s *costSheet) falls(perf *performance, earned float64, limits *HealthThresholds, today Date) {
	if earned <= 0 {
		return // it is 0 and stays so
	}
	for _, limit := range []float64{limits.GreenSPI, limits.RedSPI} {
		if *perf.spi >= limit {
			perf.changes = sooner(perf.changes, s.passes(earned, limit, s.elapsed(today, Date{})))
		}
	}
}

var noSPIBecause = map[scoring.Code]string{
	"":                     "",
	scoring.NoPlannedValue: "nothing is planned",
	scoring.NotBegun:       "the plan has not begun",
	scoring.PlanTooShort:   "more is earned than is planned in all",
	scoring.OutOfRange:     "the figures are too large",
}

// passes is the first day on which earned by elapsed is below the limit, while
// nothing more is earned; it is not yet.
func (s *costSheet) passes(earned, limit, elapsed float64) Date {
	const never = 100 * 366 // days: nobody plans further, and dates end
	at := max(elapsed+1, float64(int(min(earned/limit, never)))-1)
	for ; at < never; at++ {
		if scoring.Round9(earned/at) < limit {
			return s.begin.AddDays(int(at) - 1)
		}
	}
	return Date{}
}

// judgeCost sets by how much the expected cost is over the budget, or why that
// is not known.
func (s *costSheet) judgeCost(perf *performance, value scoring.EarnedValue) {
	if value.Budget == nil || *value.Budget <= 0 {
		perf.noCost = "there is no budget"
		return
	}
	expected := scoring.Perform(value).AtCompletion.Value
	if expected == nil {
		total, forecast := s.expected()
		expected = floatOf(total)
		if expected == nil || (!forecast && *expected <= *value.Budget) {
			perf.noCost = noForecastCost
			return
		}
	}
	over := rounded(*expected / *value.Budget - 1)
	perf.over = &over
}

// leftOut names the conditions without inputs; nil when there is none.
func (f *performance) leftOut(costs *costSheet) *Reason {
	if costs == nil {
		return leftOutNoCosts
	}
	var out []string
	if f.noSPI != "" {
		out = append(out, noSPI+f.noSPI)
	}
	if f.noCost != "" {
		out = append(out, noCost+f.noCost)
	}
	if len(out) == 0 {
		return nil
	}
	return &Reason{Code: ReasonInputsMissing, Message: "Left out: " + strings.Join(out, ", and ") + "."}
}

// judgePerformance adds what follows from costs to a verdict.
func (s *schedule) judgePerformance(v *verdict) {
	f := &s.performance
	v.changes = sooner(v.changes, f.changes)
	if f.spi != nil {
		health, r := HealthYellow, Reason{Code: ReasonSPI, Message: fmt.Sprintf("Schedule performance SPI(t) %s is below %v.", f.spiBy, s.limits.GreenSPI)}
		switch {
		case *f.spi >= s.limits.GreenSPI:
			health, r = HealthGreen, Reason{Code: ReasonSPIInLimit, Message: fmt.Sprintf("Schedule performance SPI(t) %s is at least %v.", f.spiBy, s.limits.GreenSPI)}
		case *f.spi < s.limits.RedSPI:
			health, r = HealthRed, Reason{Code: ReasonSPILow, Message: fmt.Sprintf("Schedule performance SPI(t) %s is below %v.", f.spiBy, s.limits.RedSPI)}
		}
		v.add(health, r)
	}
	if f.over != nil {
		share := percent(s.limits.RedCost)
		health, r := HealthYellow, Reason{Code: ReasonCostOver, Message: fmt.Sprintf("The expected cost exceeds the budget by at most %s.", share)}
		switch {
		case *f.over <= 0:
			health, r = HealthGreen, Reason{Code: ReasonCostInBudget, Message: "The expected cost is within the budget."}
		case *f.over > s.limits.RedCost:
			health, r = HealthRed, Reason{Code: ReasonCostFarOver, Message: fmt.Sprintf("The expected cost exceeds the budget by more than %s.", share)}
		}
		v.add(health, r)
	}
}

// add brings a condition to a verdict: the worst decides and comes first.
func (v *verdict) add(h Health, r Reason) {
	if badness(h) > badness(v.health) {
		v.health = h
		v.reasons = append([]Reason{r}, v.reasons...)
		return
	}
	v.reasons = append(v.reasons, r)
}

// percent writes a share.
func percent(share float64) string { return fmt.Sprintf("%v %%", rounded(share*100)) }
