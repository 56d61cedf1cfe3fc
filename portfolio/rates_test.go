package portfolio

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func euros(t *testing.T, rates ...Rate) *plan {
	t.Helper()
	p := newPlan(&Settings{TimeZone: "UTC", Currency: "EUR", Rates: rates})
	if len(p.problems) > 0 {
		t.Fatal(p.problems)
	}
	return p
}

func rate(currency, from, worth string) Rate {
	day, err := ParseDate(from)
	if err != nil {
		panic(err)
	}
	return Rate{currency, day, decimal.RequireFromString(worth)}
}

func TestMoneyIsConvertedByTheRateOfTheDay(t *testing.T) {
	p := euros(t, rate("USD", "2026-07-01", "0.85"), rate("USD", "2026-01-01", "0.92"), rate("JPY", "2026-01-01", "0.0061"))
	for _, test := range []struct{ amount, currency, on, want, code string }{
		{"100", "USD", "2026-01-01", "92", ""},
		{"100", "USD", "2026-06-30", "92", ""},
		{"100", "USD", "2026-07-01", "85", ""},
		{"100", "USD", "2025-12-31", "", "RATE_MISSING"},
		{"0.01", "JPY", "2030-01-01", "0.000061", ""},
		{"-3.3", "USD", "2026-03-01", "-3.036", ""},
		{"100", "EUR", "2020-01-01", "100", ""},
		{"100", "GBP", "2026-03-01", "", "RATE_MISSING"},
		{"100", "", "2026-03-01", "", "RATE_MISSING"},
	} {
		m := Money{decimal.RequireFromString(test.amount), test.currency}
		got, reason := p.convert(m, rate("X", test.on, "1").From)
		if test.code != "" {
			if reason == nil || reason.Code != test.code || !strings.Contains(reason.Message, test.currency) || !strings.Contains(reason.Message, test.on) {
				t.Errorf("%s on %s: %v, %+v; want %s", m, test.on, got, reason, test.code)
			}
			continue
		}
		if reason != nil || got.String() != test.want+" EUR" {
			t.Errorf("%s on %s = %s, %+v; want %s", m, test.on, got, reason, test.want)
		}
	}
	if _, reason := newPlan(nil).convert(Money{Currency: "EUR"}, Date{}); reason == nil || reason.Code != "NO_CURRENCY" {
		t.Errorf("without a currency: %+v", reason)
	}
}

func TestBudgetsAreAddedInOneCurrencyOrNotAtAll(t *testing.T) {
	on := rate("X", "2026-03-01", "1").From
	total := func(p *plan, byCurrency ...Money) *MoneyTotal {
		t := &MoneyTotal{ByCurrency: byCurrency}
		t.convert(p, on)
		return t
	}
	usd, eur := Money{decimal.New(100, 0), "USD"}, Money{decimal.New(8, 0), "EUR"}

	all := total(euros(t, rate("USD", "2026-01-01", "0.92")), eur, usd)
	if all.Converted == nil || all.Converted.String() != "100 EUR" || *all.Currency != "EUR" || all.RatesOn != on || all.ConvertedReason != nil {
		t.Errorf("%+v", all)
	}
	// A single rate that is missing must not make the sum too small.
	part := total(euros(t), eur, usd)
	if part.Converted != nil || part.ConvertedReason == nil || part.ConvertedReason.Code != "RATE_MISSING" {
		t.Errorf("%+v", part)
	}
	none := total(newPlan(nil), eur)
	if none.Converted != nil || none.Currency != nil || none.ConvertedReason == nil || none.ConvertedReason.Code != "NO_CURRENCY" {
		t.Errorf("%+v", none)
	}
}

func TestRatesThatCannotBeAreNamedAndLeftOut(t *testing.T) {
	for _, test := range []struct {
		rates []Rate
		want  string
	}{
		{[]Rate{rate("usd", "2026-01-01", "1")}, `rate 1: "usd" is not a currency of three capital letters`},
		{[]Rate{rate("EUR", "2026-01-01", "1")}, "rate 1: EUR is what the others are converted to and needs no rate"},
		{[]Rate{{Currency: "USD", Rate: decimal.New(1, 0)}}, "rate 1: USD: from is missing; it is the first day of the rate"},
		{[]Rate{rate("USD", "2026-01-01", "0")}, "rate 1: USD: rate is not above 0; it is what one USD is worth in EUR"},
		{[]Rate{rate("USD", "2026-01-01", "1e13")}, "rate 1: USD: rate has more than 12 decimals or 24 digits"},
		{[]Rate{rate("USD", "2026-01-01", "0.92"), rate("USD", "2026-01-01", "0.93")}, "rate 2: USD has two rates from 2026-01-01"},
	} {
		s := &Settings{TimeZone: "UTC", Currency: "EUR", Rates: test.rates}
		err := s.Validate()
		if err == nil {
			t.Errorf("%v: no error", test.rates)
			continue
		}
		if d := cmp.Diff(ErrInvalid.Error()+": "+test.want, err.Error()); d != "" {
			t.Error(d)
		}
		if kept := newPlan(s).rates["USD"]; len(kept) != len(test.rates)-1 {
			t.Errorf("%v: %v is kept", test.rates, kept)
		}
	}
	if err := (&Settings{TimeZone: "UTC", Currency: "euro"}).Validate(); err == nil || !strings.Contains(err.Error(), `currency: "euro" is not a currency`) {
		t.Error(err)
	}
	if err := (&Settings{TimeZone: "UTC", Rates: []Rate{rate("USD", "2026-01-01", "1")}}).Validate(); err == nil || !strings.Contains(err.Error(), "no currency to convert USD to") {
		t.Error(err)
	}
}

// Spend is compared in one currency, or not at all: with the day of the rates
// beside it, and again as soon as the settings have the rate.
func TestSpendInSeveralCurrenciesIsConverted(t *testing.T) {
	l := strategyLog(t)
	budget := func(key, money string) {
		l.put(&Override{Target: "project:eng/project/" + key, Field: "budget", Value: Field{Type: FieldText, Text: money}})
	}
	l.put(&ProjectFact{Source: source("eng", "project", "OPS"), Name: "Operations"}, contributes("eng:PAY", "a", "1"), contributes("eng:OPS", "b", "1"))
	budget("PAY", "100 USD")
	budget("OPS", "8 EUR")
	settings := func(s Settings) {
		s.TimeZone = "UTC"
		s.Connections = []ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira"}}
		l.put(&s)
	}
	usd := rate("USD", "2026-01-01", "0.92")
	for _, test := range []struct {
		story    string
		settings Settings
		spend    string
		on       string
		reason   string
		mean     bool
	}{
		{"no currency", Settings{}, "", "", "MIXED_CURRENCIES", false},
		{"no rate", Settings{Currency: "EUR"}, "", "", "RATE_MISSING", false},
		{"a rate of later", Settings{Currency: "EUR", Rates: []Rate{rate("USD", "2026-03-02", "0.9")}}, "", "", "RATE_MISSING", false},
		{"the rate", Settings{Currency: "EUR", Rates: []Rate{usd}}, "100 EUR", "2026-03-01", "", true},
	} {
		settings(test.settings)
		v := l.now.View(Local)
		m := v.Misalignment(nil)
		spend, reason := "", ""
		if m.Spend() != nil {
			spend = m.Spend().String()
		}
		if m.SpendReason() != nil {
			reason = m.SpendReason().Code
		}
		if spend != test.spend || reason != test.reason || m.SpendRatesOn().String() != test.on {
			t.Errorf("%s: spend %q on %q, reason %q; want %q on %q, %q", test.story, spend, m.SpendRatesOn(), reason, test.spend, test.on, test.reason)
		}
		all, err := v.Projects(nil, nil, PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if mean := all.Aggregates().BudgetWeightedAlignment(); (mean.Value != nil) != test.mean || (len(mean.Reasons) == 0) != test.mean {
			t.Errorf("%s: the mean weighted by budgets is %+v", test.story, mean)
		}
	}
}

// A budget below 0 is no spend, and says so.
func TestANegativeBudgetHasNoRank(t *testing.T) {
	l := strategyLog(t)
	l.put(&Override{Target: "project:eng/project/PAY", Field: "budget", Value: Field{Type: FieldText, Text: "-5 EUR"}})
	p, err := l.now.View(Local).Project("eng/project/PAY")
	if err != nil {
		t.Fatal(err)
	}
	a := p.Alignment()
	if reason := a.FundingRankReason(); a.FundingRank() != nil || reason == nil || reason.Code != "NEGATIVE" {
		t.Errorf("funding rank %v, %+v", a.FundingRank(), reason)
	}
}
