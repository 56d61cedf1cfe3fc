package portfolio

import (
	"math"

	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// evmPlaces is to how many decimal places computed amounts are rounded.
const evmPlaces = 2

// An EvmAmount is an amount of money, or why there is none.
type EvmAmount struct {
	Value  *Money
	Reason *Reason
}

// An EvmFigure is a ratio or a number of days, or why there is none.
type EvmFigure struct {
	Value  *float64
	Reason *Reason
}

// An Evm is the earned value and earned schedule of a project at the end of a
// day. All of it needs the field group cost.
type Evm struct {
	on     Date
	sheet  *costSheet
	reason *Reason // why there is nothing at all
	value  scoring.EarnedValue
	basis  EarnedBasis
	unsaid *Reason // why there is no earned value
	money  scoring.Performance
	time   scoring.Schedule

	elapsed float64
}

// Evm is the earned value at the end of a day; without one, of today.
func (p *Project) Evm(on *Date) *Evm {
	day := p.view.snap.Today()
	if on != nil {
		day = *on
	}
	return p.view.evm(p.ProjectRow, day)
}

func (v *View) evm(p *ProjectRow, on Date) *Evm {
	e := &Evm{on: on, sheet: p.costs}
	switch {
	case !v.caller.Reads(GroupCost):
		e.reason = reasonFieldGroup
	case p.costs == nil:
		e.reason = reasonNoCosts
	case p.costs.missing != nil:
		e.reason = p.costs.missing
	case on.IsZero():
		e.reason = reasonNoDay
	}
	if e.reason != nil {
		return e
	}
	s := p.costs
	e.value = scoring.EarnedValue{Budget: floatOf(s.budget), Planned: floatOf(s.by(on, plannedOf)), Actual: floatOf(s.by(on, actualOf))}
	e.earn(v, p, on)
	e.money = scoring.Perform(e.value)
	e.settleTime(p, on)
	return e
}

var (
	reasonNoCosts       = &Reason{Code: "NO_COSTS", Message: "No costs of the project are recorded."}
	reasonNoDay         = &Reason{Code: ReasonTodayUnknown, Message: "No day has begun yet."}
	reasonWorkOfToday   = &Reason{Code: "WORK_OF_TODAY_ONLY", Message: "No earned values are recorded, and the share of the work done is known of today only; ask for another day with asOf."}
	reasonNoEarnedValue = &Reason{Code: string(scoring.NoEarnedValue), Message: "No earned values are recorded, and the milestones have no work items whose share would tell."}
	reasonDoneUnknown   = &Reason{Code: ReasonNoActualDate, Message: "It is done, but the tool does not tell when."}
)

// earn sets what was earned by a day.
func (e *Evm) earn(v *View, p *ProjectRow, on Date) {
	if earned := e.sheet.by(on, earnedOf); earned != nil {
		e.value.Earned, e.basis = floatOf(earned), EarnedRecorded
		return
	}
	share := workShare(v.snap.milestonesOf(p.ID))
	switch {
	case share == nil || e.value.Budget == nil:
		e.unsaid = reasonNoEarnedValue
	case on != v.snap.Today():
		e.unsaid = reasonWorkOfToday
	default:
		earned := scoring.Round9(*e.value.Budget * *share)
		e.value.Earned, e.basis = &earned, EarnedByWork
	}
}

// settleTime sets earned schedule.
func (e *Evm) settleTime(p *ProjectRow, on Date) {
	code := scoring.NoPlannedValue
	switch {
	case len(e.sheet.plan) == 0:
	case e.value.Earned == nil:
		code = scoring.NoEarnedValue
	case p.Phase == PhaseDone && p.FinishedDate.IsZero():
		code = scoring.Code(ReasonNoActualDate)
	default:
		e.elapsed = max(0, e.sheet.elapsed(on, p.FinishedDate))
		e.time = scoring.EarnSchedule(e.sheet.plan, *e.value.Budget, *e.value.Earned, e.elapsed)
		return
	}
	none := scoring.Figure{Code: code}
	e.time = scoring.Schedule{Earned: none, SPI: none, AtCompletion: none, ToComplete: none}
}

// because is a code with its sentence; nil for none.
func (e *Evm) because(code scoring.Code) *Reason {
	switch {
	case e.reason != nil:
		return e.reason
	case code == "":
		return nil
	case code == scoring.NoEarnedValue:
		return e.unsaid
	case code == scoring.Code(ReasonNoActualDate):
		return reasonDoneUnknown
	}
	return &Reason{Code: string(code), Message: evmReasons[code]}
}

// evmReasons are the sentences that go with codes.
var evmReasons = map[scoring.Code]string{
	scoring.NoBudget:          "The project has no budget, and no period has a budget or a planned value.",
	scoring.NoPlannedValue:    "No planned values are recorded.",
	scoring.NoActualCost:      "No actual costs are recorded.",
	scoring.PlannedZero:       "By the plan nothing should have been earned by that day.",
	scoring.ActualNotPositive: "Nothing was spent by that day.",
	scoring.EarnedZero:        "Nothing was earned by that day, so that the end is out of sight.",
	scoring.BudgetSpent:       "The budget is spent: nothing is left to do the rest with.",
	scoring.NotBegun:          "The plan begins after that day.",
	scoring.PlanTooShort:      "More is earned than is planned in all, and it is less than the budget: the plan is of a part of the project.",
	scoring.PlannedTimeOver:   "The planned time is over: no speed would meet it.",
	scoring.OutOfRange:        "The figures are too large or too small to compute with.",
}

func (e *Evm) amount(value *float64, code scoring.Code) *EvmAmount {
	if e.reason != nil || value == nil {
		return &EvmAmount{Reason: e.because(code)}
	}
	exact := scoring.Round9(*value)
	if math.IsInf(exact, 0) || math.IsNaN(exact) {
		return &EvmAmount{Reason: e.because(scoring.OutOfRange)}
	}
	return &EvmAmount{Value: &Money{decimal.NewFromFloat(exact).Round(evmPlaces), e.sheet.currency}}
}

func (e *Evm) money9(f scoring.Figure) *EvmAmount { return e.amount(f.Value, f.Code) }

func (e *Evm) figure(f scoring.Figure) *EvmFigure {
	if e.reason != nil || f.Value == nil {
		return &EvmFigure{Reason: e.because(f.Code)}
	}
	return &EvmFigure{Value: f.Value}
}

// On is the day at whose end it is so.
func (e *Evm) On() Date { return e.on }

// Reason says why there is nothing at all.
func (e *Evm) Reason() *Reason { return e.reason }

// BacBasis says what the budget at completion is.
func (e *Evm) BacBasis() *BudgetBasis {
	if e.reason != nil || e.sheet.basis == "" {
		return nil
	}
	return &e.sheet.basis
}

// EvBasis says where the earned value comes from.
func (e *Evm) EvBasis() *EarnedBasis {
	if e.basis == "" {
		return nil
	}
	return &e.basis
}

// Bac is the budget at completion.
func (e *Evm) Bac() *EvmAmount { return e.amount(e.value.Budget, scoring.NoBudget) }

// Pv is the planned value.
func (e *Evm) Pv() *EvmAmount { return e.amount(e.value.Planned, scoring.NoPlannedValue) }

// Ev is the earned value.
func (e *Evm) Ev() *EvmAmount { return e.amount(e.value.Earned, scoring.NoEarnedValue) }

// Ac is the actual cost.
func (e *Evm) Ac() *EvmAmount { return e.amount(e.value.Actual, scoring.NoActualCost) }

// Sv is the schedule variance.
func (e *Evm) Sv() *EvmAmount { return e.money9(e.money.ScheduleVariance) }

// Cv is the cost variance.
func (e *Evm) Cv() *EvmAmount { return e.money9(e.money.CostVariance) }

// Spi is the schedule performance index.
func (e *Evm) Spi() *EvmFigure { return e.figure(e.money.SPI) }

// Cpi is the cost performance index.
func (e *Evm) Cpi() *EvmFigure { return e.figure(e.money.CPI) }

// Eac is the estimate at completion if the rest is as dear as what was done.
func (e *Evm) Eac() *EvmAmount { return e.money9(e.money.AtCompletion) }

// EacAtPlan is the estimate at completion if the rest costs what was planned.
func (e *Evm) EacAtPlan() *EvmAmount { return e.money9(e.money.AtPlan) }

// Etc is the estimate to complete.
func (e *Evm) Etc() *EvmAmount { return e.money9(e.money.ToComplete) }

// Vac is the variance at completion.
func (e *Evm) Vac() *EvmAmount { return e.money9(e.money.VarianceAtCompletion) }

// Tcpi is the cost performance that the rest needs.
func (e *Evm) Tcpi() *EvmFigure { return e.figure(e.money.TCPI) }

// EarnedDays is earned schedule.
func (e *Evm) EarnedDays() *EvmFigure { return e.figure(e.time.Earned) }

// ElapsedDays is the actual time.
func (e *Evm) ElapsedDays() *EvmFigure {
	if e.time.SPI.Value == nil {
		return e.figure(scoring.Figure{Code: e.time.SPI.Code})
	}
	return &EvmFigure{Value: &e.elapsed}
}

// SpiT is the schedule performance index in time.
func (e *Evm) SpiT() *EvmFigure { return e.figure(e.time.SPI) }

// ExpectedDays is how long the whole takes at this speed.
func (e *Evm) ExpectedDays() *EvmFigure { return e.figure(e.time.AtCompletion) }

// TspiT is the speed that the rest needs.
func (e *Evm) TspiT() *EvmFigure { return e.figure(e.time.ToComplete) }
