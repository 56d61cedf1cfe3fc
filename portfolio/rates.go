package portfolio

import (
	"cmp"
	"fmt"
	"slices"
)

// rates are the settings' rates ready for use: of each currency those that are
// right, the latest first.
type rates map[string][]Rate

// newRates leaves out what is wrong and names it.
func newRates(s *Settings) (rates, []error) {
	table, problems := rates{}, []error(nil)
	if s.Currency != "" && !isCurrency.MatchString(s.Currency) {
		problems = append(problems, fmt.Errorf("currency: %q is not a currency of three capital letters", s.Currency))
	}
	for i, r := range s.Rates {
		if problem := s.rateProblem(r, table[r.Currency]); problem != nil {
			problems = append(problems, fmt.Errorf("rate %d: %w", i+1, problem))
			continue
		}
		table[r.Currency] = append(table[r.Currency], r)
	}
	for _, of := range table {
		slices.SortFunc(of, func(a, b Rate) int { return b.From.Compare(a.From) })
	}
	return table, problems
}

// Bounds of a rate, so that what was computed with it can be written.
const (
	maxRateDecimals = 12
	maxRateDigits   = 24
)

func (s *Settings) rateProblem(r Rate, others []Rate) error {
	switch {
	case s.Currency == "":
		return fmt.Errorf("there is no currency to convert %s to; give one, as in currency: EUR", cmp.Or(r.Currency, "it"))
	case !isCurrency.MatchString(r.Currency):
		return fmt.Errorf("%q is not a currency of three capital letters", r.Currency)
	case r.Currency == s.Currency:
		return fmt.Errorf("%s is what the others are converted to and needs no rate", r.Currency)
	case r.From.IsZero():
		return fmt.Errorf("%s: from is missing; it is the first day of the rate", r.Currency)
	case !r.Rate.IsPositive():
		return fmt.Errorf("%s: rate is not above 0; it is what one %s is worth in %s", r.Currency, r.Currency, s.Currency)
	case r.Rate.Exponent() < -maxRateDecimals || r.Rate.Exponent() > maxRateDecimals || r.Rate.NumDigits() > maxRateDigits:
		return fmt.Errorf("%s: rate has more than %d decimals or %d digits", r.Currency, maxRateDecimals, maxRateDigits)
	case slices.ContainsFunc(others, func(o Rate) bool { return o.From == r.From }):
		return fmt.Errorf("%s has two rates from %s", r.Currency, r.From)
	}
	return nil
}

// on returns the rate of a currency that holds on a day.
func (t rates) on(currency string, day Date) (Rate, bool) {
	for _, r := range t[currency] {
		if !r.From.After(day) {
			return r, true
		}
	}
	return Rate{}, false
}

// convert returns the money in the settings' currency by the rate that holds
// on a day, exactly; otherwise the reason why it cannot: NO_CURRENCY or
// RATE_MISSING.
func (p *plan) convert(m Money, on Date) (Money, *Reason) {
	to := p.settings.Currency
	switch {
	case to == "":
		return Money{}, &Reason{Code: "NO_CURRENCY", Message: "The settings name no currency to convert to."}
	case m.Currency == to:
		return m, nil
	}
	r, ok := p.rates.on(m.Currency, on)
	if !ok {
		return Money{}, &Reason{Code: "RATE_MISSING", Message: fmt.Sprintf("The settings have no rate from %s to %s for %s.", m.Currency, to, on)}
	}
	return Money{m.Amount.Mul(r.Rate), to}, nil
}
