package portfolio

import (
	"slices"

	"github.com/shopspring/decimal"
)

// A MoneyTotal is a sum of money. Currencies are added only after conversion
// by the settings' rates.
type MoneyTotal struct {
	Total *Money
	// Reason says why there is no total.
	Reason     *Reason
	ByCurrency []Money
	// Count and Missing count the rows with and without a value; nil when the
	// caller may not read them.
	Count, Missing *int

	// Converted is the whole sum in one currency by the rates that hold on
	// RatesOn; nil when a single rate is missing.
	Converted *Money
	// Currency is that of Converted, whether or not it could be computed; nil
	// when the settings name none.
	Currency *string
	// RatesOn is the day whose rates hold.
	RatesOn Date
	// ConvertedReason says why there is no Converted.
	ConvertedReason *Reason
}

// Budget adds the budgets; nil figures say why.
func (a *ProjectAggregates) Budget() *MoneyTotal {
	return moneyTotal(a.view, a.each, func(p *ProjectRow) *Money { return p.budget },
		"None of the projects has a budget.",
		"The budgets are in several currencies; byCurrency has a sum of each, converted one of all.")
}

// moneyTotal adds amounts of rows; none and mixed are the sentences that say
// why there is no total. A caller who may not read amounts gets none.
func moneyTotal[R any](v *View, each func(func(*R)), of func(*R) *Money, none, mixed string) *MoneyTotal {
	if !v.caller.Reads(GroupCost) {
		return &MoneyTotal{Reason: reasonFieldGroup, ConvertedReason: reasonFieldGroup}
	}
	t := &MoneyTotal{}
	sums := map[string]decimal.Decimal{}
	count, missing := 0, 0
	each(func(r *R) {
		m := of(r)
		if m == nil {
			missing++
			return
		}
		count++
		sums[m.Currency] = sums[m.Currency].Add(m.Amount)
	})
	t.Count, t.Missing = &count, &missing
	for currency, sum := range sums {
		t.ByCurrency = append(t.ByCurrency, Money{sum, currency})
	}
	slices.SortFunc(t.ByCurrency, func(x, y Money) int { return compareText(x.Currency, y.Currency) })
	switch len(t.ByCurrency) {
	case 0:
		t.Reason = &Reason{Code: "NO_VALUES", Message: none}
	case 1:
		t.Total = &t.ByCurrency[0]
	default:
		t.Reason = &Reason{Code: "MIXED_CURRENCIES", Message: mixed}
	}
	t.convert(v.snap.plan, v.snap.Today())
	return t
}

// convert sets the sum in the settings' currency.
func (t *MoneyTotal) convert(p *plan, on Date) {
	if currency := p.settings.Currency; currency != "" {
		t.Currency, t.RatesOn = &currency, on
	}
	if len(t.ByCurrency) == 0 {
		t.ConvertedReason = t.Reason
		return
	}
	sum := Money{Currency: p.settings.Currency}
	for _, m := range t.ByCurrency {
		converted, reason := p.convert(m, on)
		if reason != nil {
			t.ConvertedReason = reason
			return
		}
		sum.Amount = sum.Amount.Add(converted.Amount)
	}
	t.Converted = &sum
}
