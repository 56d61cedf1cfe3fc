package portfolio

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
)

// The curve of planned value rises evenly within a period, and periods of
// several categories run side by side.
func TestPlannedValueOfCategories(t *testing.T) {
	l := costedLog(t, "2026-04-10", nil, nil,
		costOf(t, "2026-01", "planned=31"), costOf(t, "2026-03", "planned=31"), costOf(t, "2026-Q1", "category=licences", "planned=90"))
	s := l.pay().costs
	for on, want := range map[string]string{"2025-12-31": "0", "2026-01-01": "2", "2026-01-31": "62", "2026-02-28": "90", "2026-03-31": "152", "2026-12-31": "152"} {
		if got := s.by(day(t, on), plannedOf); got.String() != want {
			t.Errorf("planned value by %s = %s, want %s", on, got, want)
		}
	}
	last := s.plan[len(s.plan)-1]
	if last.At != 90 || last.Value != 152 || s.plan[1].At != 31 || s.plan[1].Value != 62 {
		t.Errorf("the curve is %v", s.plan)
	}
}

// Costs of two references may overlap once these lead to one project; then one
// of them counts, the same whoever came first.
func TestOverlappingCostsCountOnce(t *testing.T) {
	other := costOf(t, "2026-02", "actual=500")
	other.Project = "eng/project/PAY"
	l := costedLog(t, "2026-04-10", nil, nil, costOf(t, "2026-Q1", "actual=300"), other)
	s := l.pay().costs
	if got := s.sum(actualOf).String(); got != "300" || !s.ignores(other.Key().ID) {
		t.Errorf("spent %s, ignored %v; want 300 of the quarter", got, s.ignored)
	}
}

// A project's amounts are brought to one currency by the rates at the end of
// each period.
func TestCostsInSeveralCurrencies(t *testing.T) {
	l := costedLog(t, "2026-04-10", nil, nil, costOf(t, "2026-01", "actual=100", "currency=USD"), costOf(t, "2026-02", "actual=100", "currency=USD"), costOf(t, "2026-03", "actual=5"))
	if s := l.pay().costs; s.missing == nil || s.missing.Code != "NO_CURRENCY" {
		t.Fatalf("without a currency: %v", s.missing)
	}
	settings := *l.docs[(*Settings)(nil).Key()].Doc.(*Settings)
	settings.Currency = "EUR"
	settings.Rates = []Rate{{"USD", day(t, "2026-01-31"), decimal.New(9, -1)}, {"USD", day(t, "2026-02-01"), decimal.New(8, -1)}}
	l.put(&settings)
	if s := l.pay().costs; s.missing != nil || s.sum(actualOf).String() != "175" || s.currency != "EUR" {
		t.Errorf("spent %v %s (%v), want 175 EUR", s.sum(actualOf), s.currency, s.missing)
	}
	settings.Rates = settings.Rates[1:]
	l.put(&settings)
	if s := l.pay().costs; s.missing == nil || s.missing.Code != "RATE_MISSING" {
		t.Errorf("without a rate: %v", s.missing)
	}
}

// BenchmarkThousandCosts applies 1,000 costs to a portfolio of 10,000 projects,
// each of which has twelve.
func BenchmarkThousandCosts(b *testing.B) {
	state := benchState(benchProjects, benchProjects)
	month := func(project, i int, actual int64) *CostFact {
		d, planned := decimal.NewFromInt(actual), decimal.NewFromInt(100)
		return &CostFact{Project: DocID("eng", "project", strconv.Itoa(10_000+project)), Period: fmt.Sprintf("2026-%02d", i+1), Currency: "EUR", Planned: &planned, Earned: &d, Actual: &d}
	}
	for p := range benchProjects {
		for i := range 12 {
			state.Docs = append(state.Docs, Versioned{1, month(p, i, 90)})
		}
	}
	s, err := NewSnapshot(state)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	round := 0
	timed(b, func() {
		round++
		c := benchCommit(s, nil)
		c.Put = nil
		for i := range 1_000 {
			c.Put = append(c.Put, month((i*7+round)%benchProjects, round%12, int64(80+round%20)))
		}
		s, _ = s.Apply(c)
	})
}
