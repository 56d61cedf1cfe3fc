package portfolio

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// Objectives are the whole organisation's, but the KPIs behind their key
// results are their departments'.
func TestAKeyResultNamesNoKPIThatTheCallerMayNotSee(t *testing.T) {
	l := strategyLog(t)
	target := decimal.NewFromInt(5)
	l.put(&DepartmentFact{Slug: "wards"}, &DepartmentFact{Slug: "finance"},
		&KPIFact{Slug: "days-to-close", Department: "finance", Direction: LowerIsBetter, Period: PeriodMonth, Aggregation: AggregateMean},
		&KeyResultFact{Slug: "kr", Objective: "a1", KPI: "days-to-close", Target: &target})
	for name, test := range map[string]struct {
		caller Caller
		want   string
	}{
		"everything": {Local, "days-to-close"},
		"finance":    {Caller{Role: RoleViewer, Departments: []string{"finance"}}, "days-to-close"},
		"wards":      {Caller{Role: RoleViewer, Departments: []string{"wards"}}, ""},
	} {
		k := l.now.View(test.caller).keyResult("kr")
		if got := k.KpiKey(); got != test.want {
			t.Errorf("%s: kpiKey = %q, want %q", name, got, test.want)
		}
		if reason := k.Progress().Reason(); reason == nil || strings.Contains(reason.Message, "days-to-close") {
			t.Errorf("%s: reason %+v, want one without the key", name, reason)
		}
	}
}
