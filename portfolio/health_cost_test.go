package portfolio

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// costOf is a cost from pairs such as "planned=100".
func costOf(t testing.TB, period string, amounts ...string) *CostFact {
	t.Helper()
	f := &CostFact{Project: "eng:PAY", Period: period}
	for _, a := range amounts {
		name, value, _ := strings.Cut(a, "=")
		if name == "currency" {
			f.Currency = value
			continue
		}
		if name == "category" {
			f.Category = value
			continue
		}
		d := decimal.RequireFromString(value)
		switch name {
		case "budget":
			f.Budget = &d
		case "planned":
			f.Planned = &d
		case "earned":
			f.Earned = &d
		case "actual":
			f.Actual = &d
		case "forecast":
			f.Forecast = &d
		default:
			t.Fatalf("a cost has no %s", name)
		}
	}
	return f
}

// costedLog has the project eng:PAY with one milestone on its baseline.
func costedLog(t testing.TB, today string, project func(*ProjectFact), milestone func(*MilestoneFact), docs ...Document) *testLog {
	t.Helper()
	l := newTestLog(t, today)
	p := &ProjectFact{Source: source("eng", "project", "PAY"), Name: "Pay", Fields: []Field{{ID: "b", Name: "Budget", Type: FieldNumber, Number: "1200"}}}
	p.Source.Key = "PAY"
	m := &MilestoneFact{Source: source("eng", "version", "1"), Project: p.DocID(), Start: day(t, "2026-01-01"), Due: day(t, "2026-12-31"), Baseline: day(t, "2026-12-31")}
	if project != nil {
		project(p)
	}
	if milestone != nil {
		milestone(m)
	}
	settings := &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{{To: "budget", Field: "Budget", Currency: "EUR"}}}}}
	l.put(append([]Document{settings, p, m}, docs...)...)
	return l
}

func (l *testLog) pay() *ProjectRow {
	l.t.Helper()
	p, ok := l.now.ProjectByReference("eng:PAY")
	if !ok {
		l.t.Fatal("project eng:PAY is missing")
	}
	return p
}

// months are the costs of the months of 2026, of which each plans 100.
func months(t testing.TB, n int, more ...string) []Document {
	var docs []Document
	for i := range n {
		docs = append(docs, costOf(t, SpanOf(PeriodMonth, NewDate(2026, 1, 1).AddMonths(i)).String(), append([]string{"planned=100"}, more...)...))
	}
	return docs
}

func TestHealthByCosts(t *testing.T) {
	work := func(todo, done int) func(*MilestoneFact) {
		return func(m *MilestoneFact) { m.Work = &WorkDone{Todo: todo, Done: done} }
	}
	for _, c := range []struct {
		story     string
		today     string
		project   func(*ProjectFact)
		milestone func(*MilestoneFact)
		costs     []Document
		want      Health
		reasons   string
		leftOut   string
	}{
		{"nothing is recorded", "2026-04-10", nil, nil, nil, HealthGreen, "SLIP_IN_LIMIT INPUTS_MISSING",
			"Left out: schedule performance SPI(t), because there are no planned and earned values, and cost, because there is no forecast cost."},
		{"all as planned", "2026-04-10", nil, nil, append(months(t, 3, "earned=100", "actual=100"), costOf(t, "2026-04", "planned=900")), HealthGreen,
			"SLIP_IN_LIMIT SPI_IN_LIMIT COST_IN_BUDGET", ""},
		{"a tenth too little is earned", "2026-04-10", nil, nil, append(months(t, 3, "earned=90", "actual=90"), costOf(t, "2026-04", "planned=900")), HealthYellow,
			"SPI COST_IN_BUDGET SLIP_IN_LIMIT", ""},
		{"a fifth too little is earned", "2026-04-10", nil, nil, append(months(t, 3, "earned=80", "actual=80"), costOf(t, "2026-04", "planned=900")), HealthRed,
			"SPI_LOW COST_IN_BUDGET SLIP_IN_LIMIT", ""},
		{"work is a tenth dearer than planned", "2026-04-10", nil, nil, append(months(t, 3, "earned=100", "actual=110"), costOf(t, "2026-04", "planned=900")), HealthYellow,
			"COST_OVER_BUDGET SPI_IN_LIMIT SLIP_IN_LIMIT", ""},
		{"work is a fifth dearer than planned", "2026-04-10", nil, nil, append(months(t, 3, "earned=100", "actual=120"), costOf(t, "2026-04", "planned=900")), HealthRed,
			"COST_FAR_OVER_BUDGET SPI_IN_LIMIT SLIP_IN_LIMIT", ""},
		{"what is forecast is over the budget", "2026-04-10", nil, nil, []Document{costOf(t, "2026-Q1", "actual=400"), costOf(t, "2026-Q2", "forecast=1000")}, HealthRed,
			"COST_FAR_OVER_BUDGET SLIP_IN_LIMIT INPUTS_MISSING", "Left out: schedule performance SPI(t), because there are no earned values and no work items."},
		{"what was spent alone is no forecast", "2026-04-10", nil, nil, []Document{costOf(t, "2026-Q1", "actual=400")}, HealthGreen,
			"SLIP_IN_LIMIT INPUTS_MISSING", "Left out: schedule performance SPI(t), because there are no earned values and no work items, and cost, because there is no forecast cost."},
		{"what was spent alone is over the budget", "2026-04-10", nil, nil, []Document{costOf(t, "2026-Q1", "actual=1201")}, HealthYellow,
			"COST_OVER_BUDGET SLIP_IN_LIMIT INPUTS_MISSING", "Left out: schedule performance SPI(t), because there are no earned values and no work items."},
		{"no period with an earned value is over", "2026-01-31", nil, nil, months(t, 1, "earned=10"), HealthGreen,
			"SLIP_IN_LIMIT INPUTS_MISSING", "Left out: schedule performance SPI(t), because no period with an earned value is over, and cost, because there is no forecast cost."},
		{"half of the work is done at half of the time", "2026-06-30", nil, work(5, 5), months(t, 12), HealthGreen,
			"SLIP_IN_LIMIT SPI_IN_LIMIT INPUTS_MISSING", "Left out: cost, because there is no forecast cost."},
		{"half of the work is done at two thirds of the time", "2026-08-31", nil, work(5, 5), months(t, 12), HealthRed,
			"SPI_LOW SLIP_IN_LIMIT INPUTS_MISSING", "Left out: cost, because there is no forecast cost."},
		{"the plan has not begun", "2025-12-31", nil, work(5, 5), months(t, 12), HealthGreen,
			"SLIP_IN_LIMIT INPUTS_MISSING", "Left out: schedule performance SPI(t), because the plan has not begun, and cost, because there is no forecast cost."},
		{"finished late: SPI(t) remembers it", "2026-12-31",
			func(p *ProjectFact) { p.StatusCategory, p.Finished = StatusDone, day(t, "2026-04-30") },
			func(m *MilestoneFact) { m.StatusCategory, m.Finished, m.Work = StatusDone, m.Due, &WorkDone{Done: 3} },
			months(t, 3), HealthRed, "SPI_LOW SLIP_IN_LIMIT INPUTS_MISSING", ""},
		{"done, and nobody says when", "2026-12-31",
			func(p *ProjectFact) { p.StatusCategory = StatusDone }, work(0, 3), months(t, 3), HealthGreen,
			"SLIP_IN_LIMIT INPUTS_MISSING", "Left out: schedule performance SPI(t), because it is done, but the tool does not tell when, and cost, because there is no forecast cost."},
		{"a currency without a rate", "2026-04-10", nil, nil, []Document{costOf(t, "2026-Q1", "planned=5", "currency=USD")}, HealthGreen,
			"SLIP_IN_LIMIT INPUTS_MISSING", "Left out: schedule performance SPI(t), because amounts cannot be brought to one currency, and cost, because amounts cannot be brought to one currency."},
		{"only what is planned is known of the budget", "2026-04-10", func(p *ProjectFact) { p.Fields = nil }, nil,
			append(months(t, 3, "currency=EUR", "earned=100", "actual=150"), costOf(t, "2026-04", "currency=EUR", "planned=100")), HealthRed,
			"COST_FAR_OVER_BUDGET SPI_IN_LIMIT SLIP_IN_LIMIT", ""},
	} {
		t.Run(c.story, func(t *testing.T) {
			p := costedLog(t, c.today, c.project, c.milestone, c.costs...).pay()
			if p.Health.Computed != c.want || codes(p.Health.Reasons) != c.reasons {
				t.Errorf("computed health = %s because of %s, want %s because of %s", p.Health.Computed, codes(p.Health.Reasons), c.want, c.reasons)
			}
			last := p.Health.Reasons[len(p.Health.Reasons)-1].Message
			if c.leftOut != "" && last != c.leftOut {
				t.Errorf("the last reason is %q, want %q", last, c.leftOut)
			}
		})
	}
}

// Sentences of health are read by callers who may not read costs.
func TestReasonsTellNoAmounts(t *testing.T) {
	l := costedLog(t, "2026-04-10", nil, nil, append(months(t, 3, "earned=80", "actual=120"), costOf(t, "2026-04", "planned=900"))...)
	var told []string
	for _, r := range l.pay().Health.Reasons {
		told = append(told, r.Message)
	}
	want := []string{
		"Schedule performance SPI(t) by the end of 2026-03-31 is below 0.85.", "The expected cost exceeds the budget by more than 10 %.", "It has not slipped.",
	}
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("reasons tell %q, want %q", told, want)
	}
}

func TestLimitsOfPerformanceByKind(t *testing.T) {
	costs := append(months(t, 3, "earned=80", "actual=95"), costOf(t, "2026-04", "planned=900"))
	l := costedLog(t, "2026-04-10", nil, func(m *MilestoneFact) { m.Name = "Key" }, costs...)
	settings := *l.docs[(*Settings)(nil).Key()].Doc.(*Settings)
	settings.Rules = []Rule{{When: `milestone.name == "Key"`, Set: Assignment{Kind: MilestoneKey}}}
	settings.Health = []HealthThresholds{{Kind: MilestoneKey, RedSPI: 0.5, RedCost: 0.2}, {GreenSPI: 0.9}}
	l.put(&settings)
	if p := l.pay(); p.Health.Computed != HealthYellow || codes(p.Health.Reasons) != "SPI COST_OVER_BUDGET SLIP_IN_LIMIT" {
		t.Errorf("computed health = %s because of %s, want YELLOW under redSPI 0.5 and redCost 0.2", p.Health.Computed, codes(p.Health.Reasons))
	}
}

// By the share of the work done, SPI(t) falls every day while nothing happens.
func TestHealthTurnsBetweenPeriods(t *testing.T) {
	l := costedLog(t, "2026-06-30", nil, func(m *MilestoneFact) { m.Work = &WorkDone{Todo: 5, Done: 5} }, months(t, 12)...)
	p := l.pay()
	// Half of the plan is earned on 30 June, day 181: 181 / 0.95 = 190.5.
	if p.Health.Computed != HealthGreen || p.ChangesOn != day(t, "2026-07-10") {
		t.Fatalf("computed health = %s until %s, want GREEN until 2026-07-10", p.Health.Computed, p.ChangesOn)
	}
	l.today("2026-07-09")
	if p := l.pay(); p.Health.Computed != HealthGreen {
		t.Errorf("on the day before it is %s", p.Health.Computed)
	}
	l.today("2026-07-10")
	// 181 / 0.85 = 212.9: red from day 213 on.
	if p := l.pay(); p.Health.Computed != HealthYellow || p.ChangesOn != day(t, "2026-08-01") {
		t.Errorf("on that day it is %s until %s, want YELLOW until 2026-08-01", p.Health.Computed, p.ChangesOn)
	}
	l.today("2026-08-01")
	if p := l.pay(); p.Health.Computed != HealthRed || !p.ChangesOn.IsZero() {
		t.Errorf("then it is %s until %s, want RED for good", p.Health.Computed, p.ChangesOn)
	}
}

// A cost counts for the project that its reference leads to now.
func TestCostsFollowTheirProject(t *testing.T) {
	l := costedLog(t, "2026-04-10", nil, nil, costOf(t, "2026-Q1", "actual=5000"))
	if l.pay().Health.Computed != HealthRed {
		t.Fatalf("overspent, and %s", l.pay().Health.Computed)
	}
	p := *l.docs[Key{KindProject, "eng/project/PAY"}].Doc.(*ProjectFact)
	p.Source.Key = "PAID"
	other := &ProjectFact{Source: source("eng", "project", "2"), Name: "Other"}
	other.Source.Key = "PAY"
	l.put(&p, other)
	if row, _ := l.now.Project(p.DocID()); row.costs != nil || row.Health.Computed != HealthGreen {
		t.Errorf("the renamed project is %s and has costs %v", row.Health.Computed, row.costs)
	}
	if l.pay().ID != other.DocID() || l.pay().costs == nil {
		t.Errorf("the project of that key has no costs")
	}
	l.remove(costOf(t, "2026-Q1").Key())
	if l.pay().costs != nil {
		t.Error("a deleted cost counts")
	}
}
