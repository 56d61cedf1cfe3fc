package scoring

// The codes of earned value.
const (
	// NoBudget: there is no budget at completion.
	NoBudget Code = "NO_BUDGET"
	// NoPlannedValue: nobody said what should have been earned by when.
	NoPlannedValue Code = "NO_PLANNED_VALUE"
	// NoEarnedValue: what was earned is not known.
	NoEarnedValue Code = "NO_EARNED_VALUE"
	// NoActualCost: what was spent is not known.
	NoActualCost Code = "NO_ACTUAL_COST"
	// PlannedZero: by the plan nothing should have been earned yet.
	PlannedZero Code = "PLANNED_ZERO"
	// ActualNotPositive: nothing was spent yet, so there is no cost of what was earned.
	ActualNotPositive Code = "ACTUAL_NOT_POSITIVE"
	// EarnedZero: nothing was earned yet, so that the end is out of sight.
	EarnedZero Code = "EARNED_ZERO"
	// BudgetSpent: nothing of the budget is left to do the rest with.
	BudgetSpent Code = "BUDGET_SPENT"
)

// A Figure is a value or the reason why there is none.
type Figure struct {
	Value *float64
	Code  Code // empty exactly when there is a value
}

func figureOf(x float64) Figure {
	v, code := value(x)
	return Figure{v, code}
}

func without(code Code) Figure { return Figure{Code: code} }

// EarnedValue is where a project stands on a day, all in one currency: nil is
// what nobody knows.
type EarnedValue struct {
	Budget  *float64 // BAC, the budget at completion
	Planned *float64 // PV, the budgeted cost of the work scheduled by the day
	Earned  *float64 // EV, the budgeted cost of the work done by the day
	Actual  *float64 // AC, the cost of that work
}

// A Performance is what follows from earned value: amounts in its currency but
// for the three indices, of which 1 is as planned and more is better, TCPI
// excepted.
type Performance struct {
	// ScheduleVariance is SV = EV - PV and CostVariance CV = EV - AC; below 0
	// is late and dear.
	ScheduleVariance, CostVariance Figure
	// SPI = EV / PV and CPI = EV / AC, both 0 or more.
	SPI, CPI Figure
	// AtCompletion is EAC = BAC / CPI: the cost of the whole if the rest is as
	// dear as what was done. AtPlan is AC + BAC - EV: if the rest costs what
	// was planned.
	AtCompletion, AtPlan Figure
	// ToComplete is ETC = EAC - AC, VarianceAtCompletion is VAC = BAC - EAC.
	ToComplete, VarianceAtCompletion Figure
	// TCPI = (BAC - EV) / (BAC - AC): the CPI that the rest needs for the
	// budget to do; above 1 is harder than planned.
	TCPI Figure
}

// Perform computes the performance. The formulas are those of ANSI/EIA-748 and
// of the PMBOK Guide.
func Perform(e EarnedValue) Performance {
	p := Performance{
		ScheduleVariance: difference(e.Earned, NoEarnedValue, e.Planned, NoPlannedValue),
		CostVariance:     difference(e.Earned, NoEarnedValue, e.Actual, NoActualCost),
		SPI:              index(e.Earned, e.Planned, NoPlannedValue, PlannedZero),
		CPI:              index(e.Earned, e.Actual, NoActualCost, ActualNotPositive),
	}
	switch {
	case e.Budget == nil:
		p.AtCompletion, p.AtPlan, p.TCPI = without(NoBudget), without(NoBudget), without(NoBudget)
	case p.CPI.Value == nil:
		p.AtCompletion = without(p.CPI.Code)
	case *e.Earned <= 0:
		p.AtCompletion = without(EarnedZero)
	default:
		p.AtCompletion = figureOf(*e.Budget * *e.Actual / *e.Earned)
	}
	if e.Budget != nil {
		p.AtPlan, p.TCPI = p.rest(e)
	}
	p.ToComplete, p.VarianceAtCompletion = p.AtCompletion, p.AtCompletion
	if p.AtCompletion.Value != nil {
		p.ToComplete = figureOf(*p.AtCompletion.Value - *e.Actual)
		p.VarianceAtCompletion = figureOf(*e.Budget - *p.AtCompletion.Value)
	}
	return p
}

// rest is what the remaining work costs as planned, and how well it must go.
func (p Performance) rest(e EarnedValue) (atPlan, tcpi Figure) {
	switch {
	case e.Earned == nil:
		return without(NoEarnedValue), without(NoEarnedValue)
	case e.Actual == nil:
		return without(NoActualCost), without(NoActualCost)
	}
	atPlan = figureOf(*e.Actual + *e.Budget - *e.Earned)
	if Round9(*e.Budget-*e.Actual) <= 0 {
		return atPlan, without(BudgetSpent)
	}
	return atPlan, figureOf((*e.Budget - *e.Earned) / (*e.Budget - *e.Actual))
}

func difference(a *float64, noA Code, b *float64, noB Code) Figure {
	switch {
	case a == nil:
		return without(noA)
	case b == nil:
		return without(noB)
	}
	return figureOf(*a - *b)
}

// index is earned by what it is held against.
func index(earned, against *float64, missing, zero Code) Figure {
	switch {
	case against == nil:
		return without(missing)
	case earned == nil:
		return without(NoEarnedValue)
	case Round9(*against) <= 0:
		return without(zero)
	}
	return figureOf(*earned / *against)
}
