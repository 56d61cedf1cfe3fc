package portfolio

import (
	"maps"
	"slices"
)

// A yardstick counts money of several projects in one currency, so that it can
// be compared: as it is when all of it is in one, else in the settings'
// currency by the rates of the day.
type yardstick struct {
	plan *plan
	// on is the day of the rates; zero when none were needed.
	on      Date
	missing *Reason // why it cannot be compared
}

// yardstick returns what counts money of these currencies.
func (s *Snapshot) yardstick(currencies map[string]bool) yardstick {
	y := yardstick{plan: s.plan}
	if len(currencies) <= 1 {
		return y
	}
	if s.plan.settings.Currency == "" {
		y.missing = &Reason{ReasonCurrencies, "The budgets are in several currencies, and the settings name none to convert them to.", ""}
		return y
	}
	y.on = s.Today()
	for _, currency := range slices.Sorted(maps.Keys(currencies)) {
		if _, y.missing = s.plan.convert(Money{Currency: currency}, y.on); y.missing != nil {
			return y
		}
	}
	return y
}

// count returns the money in the common currency; it must not be asked when
// something is missing.
func (y *yardstick) count(m Money) Money {
	if y.on.IsZero() {
		return m
	}
	converted, _ := y.plan.convert(m, y.on)
	return converted
}
