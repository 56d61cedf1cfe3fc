package portfolio

import "github.com/shopspring/decimal"

// ForecastBasis says what an expected cost follows from.
type ForecastBasis string

// The values of ForecastBasis, in the order in which they are tried.
const (
	ForecastByPerformance ForecastBasis = "COST_PERFORMANCE"
	ForecastRecorded      ForecastBasis = "RECORDED"
)

// A Spend is what a project has cost and is expected to cost, in one currency.
// All of it needs the field group cost.
type Spend struct{ evm *Evm }

// Spend is what the project has cost so far.
func (p *Project) Spend() *Spend { return &Spend{p.view.evm(p.ProjectRow, p.view.snap.Today())} }

// Budget is the budget at completion.
func (s *Spend) Budget() *EvmAmount { return s.evm.Bac() }

// Actual is all that was spent, whichever period it was recorded for.
func (s *Spend) Actual() *EvmAmount {
	if s.evm.reason != nil {
		return &EvmAmount{Reason: s.evm.reason}
	}
	return s.evm.exactly(s.evm.sheet.sum(actualOf), &Reason{Code: "NO_ACTUAL_COST", Message: "No actual costs are recorded."})
}

// Forecast is what it is expected to cost in the end.
func (s *Spend) Forecast() *EvmAmount {
	if s.evm.reason != nil {
		return &EvmAmount{Reason: s.evm.reason}
	}
	if eac := s.evm.Eac(); eac.Value != nil {
		return eac
	}
	total, known := s.evm.sheet.expected()
	if !known {
		total = nil
	}
	return s.evm.exactly(total, &Reason{Code: "NO_FORECAST", Message: "Neither is it known how dear the work is, nor is a forecast recorded."})
}

// ForecastBasis says what Forecast follows from.
func (s *Spend) ForecastBasis() *ForecastBasis {
	basis := ForecastRecorded
	switch {
	case s.Forecast().Value == nil:
		return nil
	case s.evm.Eac().Value != nil:
		basis = ForecastByPerformance
	}
	return &basis
}

// Remaining is the budget less what was spent.
func (s *Spend) Remaining() *EvmAmount {
	budget, actual := s.Budget(), s.Actual()
	switch {
	case budget.Value == nil:
		return budget
	case actual.Value == nil:
		return actual
	}
	left := s.evm.sheet.budget.Sub(actual.Value.Amount)
	return s.evm.exactly(&left, nil)
}

// exactly is a sum that was not rounded.
func (e *Evm) exactly(sum *decimal.Decimal, otherwise *Reason) *EvmAmount {
	if sum == nil {
		return &EvmAmount{Reason: otherwise}
	}
	return &EvmAmount{Value: &Money{*sum, e.sheet.currency}}
}

// Spent adds what the projects have cost so far; nil figures say why.
func (a *ProjectAggregates) Spent() *MoneyTotal {
	return a.spend((*Spend).Actual, "Of none of the projects actual costs are recorded.")
}

// ExpectedCost adds what the projects are expected to cost in the end.
func (a *ProjectAggregates) ExpectedCost() *MoneyTotal {
	return a.spend((*Spend).Forecast, "Of none of the projects it is known what it is expected to cost.")
}

func (a *ProjectAggregates) spend(of func(*Spend) *EvmAmount, none string) *MoneyTotal {
	return moneyTotal(a.view, a.each, func(p *ProjectRow) *Money {
		if p.costs == nil {
			return nil
		}
		return of(&Spend{a.view.evm(p, a.view.snap.Today())}).Value
	}, none, "The costs are in several currencies; byCurrency has a sum of each, converted one of all.")
}
