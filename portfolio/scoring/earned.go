package scoring

// The codes of earned schedule.
const (
	// NotBegun: the plan begins after the day.
	NotBegun Code = "NOT_BEGUN"
	// PlanTooShort: more was earned than the plan ever has, and it is not all.
	PlanTooShort Code = "PLAN_TOO_SHORT"
	// PlannedTimeOver: no planned time is left to do the rest in.
	PlannedTimeOver Code = "PLANNED_TIME_OVER"
)

// A PlanPoint is what should have been earned by a time since the plan began.
type PlanPoint struct{ At, Value float64 }

// A Schedule is performance in time instead of money, where SPI fails: that
// returns to 1 on every finished late project. Times are in the unit of the
// plan.
type Schedule struct {
	// Earned is ES: when what is earned should have been earned.
	Earned Figure
	// SPI is SPI(t) = ES / AT, 0 or more; 1 is as planned and more is early.
	SPI Figure
	// AtCompletion is IEAC(t) = PD / SPI(t): how long the whole takes at this
	// speed, where PD is the planned duration.
	AtCompletion Figure
	// ToComplete is TSPI = (PD - ES) / (PD - AT): the speed that the rest needs
	// for the planned end.
	ToComplete Figure
}

// EarnSchedule computes earned schedule (Lipke 2003): ES = C + (EV - PV_C) /
// (PV_{C+1} - PV_C), where C is the last point by which no more was planned
// than is earned. The plan is cumulative, ascending in time and never falling;
// it begins with 0 at 0, which need not be said. Budget is what is earned when
// all is done. Elapsed is AT, the time since the plan began, until the actual
// finish at most.
//
// Where nothing is planned for a while, C is the end of that while: nobody is
// late who does nothing then. Once all is earned, ES is when the plan first has
// all, however much later the plan goes on.
func EarnSchedule(plan []PlanPoint, budget, earned, elapsed float64) Schedule {
	missing := func(code Code) Schedule {
		return Schedule{without(code), without(code), without(code), without(code)}
	}
	if len(plan) == 0 || plan[len(plan)-1].Value <= 0 {
		return missing(NoPlannedValue)
	}
	whole := plan[len(plan)-1].Value
	duration := 0.0
	for i := len(plan) - 1; i >= 0 && plan[i].Value >= whole; i-- {
		duration = plan[i].At
	}
	if elapsed <= 0 {
		return missing(NotBegun)
	}
	es := duration
	switch reached := Round9(earned); {
	case reached > Round9(whole) && reached < Round9(budget):
		return missing(PlanTooShort)
	case reached < Round9(whole):
		es = earnedBy(plan, earned)
	}
	es = Round9(es)
	s := Schedule{Earned: figureOf(es), SPI: figureOf(es / elapsed)}
	if es > 0 {
		s.AtCompletion = figureOf(duration * elapsed / es)
	} else {
		s.AtCompletion = without(EarnedZero)
	}
	if Round9(duration-elapsed) > 0 {
		s.ToComplete = figureOf((duration - es) / (duration - elapsed))
	} else {
		s.ToComplete = without(PlannedTimeOver)
	}
	return s
}

// earnedBy is when a value below the whole should have been earned.
func earnedBy(plan []PlanPoint, earned float64) float64 {
	before := PlanPoint{}
	for _, next := range plan {
		if next.Value > earned {
			// Here the plan rises: before is not above earned, and next is.
			return before.At + (next.At-before.At)*max(0, earned-before.Value)/(next.Value-before.Value)
		}
		before = next
	}
	return before.At
}
