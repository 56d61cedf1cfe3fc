package edit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

func costOf(project, period, category string, change ...func(*portfolio.CostFact)) *portfolio.CostFact {
	f := &portfolio.CostFact{Project: project, Period: period, Category: category, Actual: dec("10")}
	for _, c := range change {
		c(f)
	}
	return f
}

func TestWrongCosts(t *testing.T) {
	w := newWorld(t)
	w.seed(&portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: "1", Key: "PAY"}, Name: "Payments"})
	w.must(puts(costOf("eng:PAY", "2026-Q1", ""), costOf("eng:PAY", "2026-04", "licences")))
	for _, c := range []struct {
		name string
		put  []portfolio.RecordedFact
		want []string
	}{
		{"nothing at all", []portfolio.RecordedFact{&portfolio.CostFact{}}, []string{
			"BLANK items.0.project: A project is needed, such as pmo:PMO-7, <connection>:<key>, or its id.",
			"BLANK items.0.actual: A cost needs an amount: budget, planned, earned, actual or forecast.",
			"BLANK items.0.period: A period is needed, such as 2026-03.",
		}},
		{"words", []portfolio.RecordedFact{costOf("PAY", "March", " a#b", func(f *portfolio.CostFact) { f.Currency = "euro" })}, []string{
			`INVALID items.0.project: "PAY" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
			`INVALID items.0.category: " a#b" begins or ends with a space; leave it away.`,
			`INVALID items.0.category: " a#b" has a #, which separates the parts of the key; leave it away.`,
			`INVALID items.0.currency: "euro" is not a currency of three capital letters, such as EUR.`,
			`INVALID items.0.period: "March" is not a period: write a year (2026), a quarter (2026-Q1), a month (2026-03), an ISO week (2026-W07) or a day (2026-03-15).`,
		}},
		{"amounts", []portfolio.RecordedFact{costOf("eng:PAY", "2027", "", func(f *portfolio.CostFact) {
			f.Budget, f.Planned, f.Earned, f.Actual, f.Forecast = dec("-1"), dec("-2"), dec("-3"), dec("-4"), dec("1e101")
		})}, []string{
			"INVALID items.0.budget: -1 is negative; write 0 or more.",
			"INVALID items.0.planned: -2 is negative; write 0 or more.",
			"INVALID items.0.earned: -3 is negative; write 0 or more.",
			"INVALID items.0.forecast: The number is too long; write at most 64 digits.",
			"BLANK items.0.note: -4 was spent, which is less than nothing: say in a note what it corrects.",
		}},
		{"a month of a quarter that is there", []portfolio.RecordedFact{costOf("eng:PAY", "2026-03", "")}, []string{
			`TAKEN items.0.period: 2026-03 overlaps with cost "eng:PAY#2026-Q1#" of the same project and category; the money of a day would count twice. Delete one of them.`,
		}},
		{"a week that reaches into it, under another reference", []portfolio.RecordedFact{costOf("eng/project/1", "2026-W14", "")}, []string{
			`TAKEN items.0.period: 2026-W14 overlaps with cost "eng:PAY#2026-Q1#" of the same project and category; the money of a day would count twice. Delete one of them.`,
		}},
		{"a year and its last day", []portfolio.RecordedFact{costOf("pmo:NEW", "2024", "x"), costOf("pmo:NEW", "2024-12-31", "x")}, []string{
			`TAKEN items.0.period: 2024 overlaps with cost "pmo:NEW#2024-12-31#x" of the same project and category; the money of a day would count twice. Delete one of them.`,
			`TAKEN items.1.period: 2024-12-31 overlaps with cost "pmo:NEW#2024#x" of the same project and category; the money of a day would count twice. Delete one of them.`,
		}},
	} {
		if diff := cmp.Diff(c.want, told(w.edit(puts(c.put...)))); diff != "" {
			t.Errorf("%s: errors (-want +got):\n%s", c.name, diff)
		}
	}
	// What lies beside each other is right, and so is what replaces a period.
	e := puts(costOf("eng:PAY", "2026-01", ""), costOf("eng:PAY", "2026-02", ""), costOf("eng:PAY", "2026-04", ""), costOf("eng:PAY", "2026-Q1", "licences"),
		costOf("eng:PAY", "2026-05", "", func(f *portfolio.CostFact) { f.Actual, f.Note = dec("-3"), "A credit note." }))
	e.Changes = append(e.Changes, portfolio.EditChange{Delete: costOf("eng:PAY", "2026-Q1", "").Key()})
	w.must(e)
}

// Whether a cost is unchanged would tell what it is, and so would an error that
// names it.
func TestCostsNeedTheirFieldGroup(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	w.must(puts(costOf("eng:PAY", "2026-Q1", "")))
	want := []string{"FORBIDDEN items.0: The key may not read costs, so it may not write them; it needs the field group cost."}
	for _, e := range []portfolio.Edit{
		puts(costOf("eng:PAY", "2026-Q1", "")), puts(costOf("eng:PAY", "2026-01", "")),
		{Changes: []portfolio.EditChange{{Delete: costOf("eng:PAY", "2026-Q1", "").Key(), Path: []string{"items", "0"}}}},
	} {
		e.Caller = portfolio.Caller{Name: "writer", Role: portfolio.RoleEditor}
		if diff := cmp.Diff(want, told(w.edit(e))); diff != "" {
			t.Errorf("errors (-want +got):\n%s", diff)
		}
	}
}

// Ten thousand costs are one request of a spreadsheet.
func TestManyCostsAtOnce(t *testing.T) {
	w := newWorld(t)
	var rows []portfolio.RecordedFact
	for i := range 10_000 {
		rows = append(rows, costOf(fmt.Sprintf("pmo:P%d", i%500), fmt.Sprintf("20%02d-%02d", 10+i/500/12, i/500%12+1), ""))
	}
	began := time.Now()
	w.must(puts(rows...))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("10,000 costs took %s", took)
	} else {
		t.Logf("10,000 costs took %s", took)
	}
}
