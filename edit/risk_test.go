package edit_test

import (
	"strings"
	"testing"

	"plumbline/portfolio"
)

func TestWhatIsWrongWithRisksIssuesAndAssumptions(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	for _, c := range []struct {
		name string
		put  portfolio.RecordedFact
		want []string
	}{
		{"nothing of a risk", &portfolio.RecordedRiskFact{}, []string{
			`BLANK items.0.key: A key is needed, such as digital-health.`,
			`BLANK items.0.title: A title is needed.`,
			`BLANK items.0.project: A project or a department is needed; nobody would find it otherwise.`,
		}},
		{"figures of a risk", &portfolio.RecordedRiskFact{
			Slug: "r", Title: "R", Department: "care", Response: "AVOIDED", Probability: dec("1.5"), Impact: dec("-1"), ResidualProbability: dec("-0.1"),
			ResidualImpact: dec("1e300"), Currency: "euro", Milestone: "pmo:PMO-1", Raised: day("2026-02-02"), Due: day("2026-02-01"), Closed: day("2026-01-01"),
		}, []string{
			`INVALID items.0.milestone: "pmo:PMO-1" is no reference: write <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
			`INVALID items.0.response: "AVOIDED" is none of the values: write MONITORED, MITIGATING, MITIGATED, PREVENTED, OCCURRED, ACCEPTED or CLOSED.`,
			`INVALID items.0.probability: 1.5 is out of range; it is from 0 to 1.`,
			`INVALID items.0.impact: -1 is negative; write 0 or more.`,
			`INVALID items.0.residualProbability: -0.1 is out of range; it is from 0 to 1.`,
			`INVALID items.0.residualImpact: The number is too long; write at most 64 digits.`,
			`INVALID items.0.currency: "euro" is not a currency: write three capital letters, as in EUR.`,
			`INVALID items.0.due: 2026-02-01 lies before 2026-02-02, the day on which it was raised.`,
			`INVALID items.0.closed: 2026-01-01 lies before 2026-02-02, the day on which it was raised.`,
		}},
		{"references", &portfolio.IssueFact{Slug: "i", Title: "I", Project: "nowhere", Department: "unknown", Risk: "unheard-of", Severity: "BAD", Resolution: "Mopped."}, []string{
			`INVALID items.0.project: "nowhere" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
			`INVALID items.0.severity: "BAD" is none of the values: write LOW, MEDIUM, HIGH or CRITICAL.`,
			`BLANK items.0.raised: The day on which it was raised is needed; its age counts from there.`,
			`BLANK items.0.resolved: There is a resolution, but not the day of it; write both, or neither while it is open.`,
			`NOT_FOUND items.0.department: There is no department "unknown"; record it first, or in the same request.`,
			`NOT_FOUND items.0.risk: There is no risk "unheard-of"; record it first, or in the same request.`,
		}},
		{"an assumption that is open and validated", &portfolio.AssumptionFact{Slug: "a", Title: "A", Department: "care", Validated: day("2026-02-01")}, []string{
			`INVALID items.0.state: It was validated on 2026-02-01 and still is OPEN; write CONFIRMED or REFUTED, or leave the day away.`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) { wantErrors(t, w.edit(puts(c.put)), c.want...) })
	}
	wantErrors(t, w.edit(portfolio.Edit{Caller: portfolio.Local, Author: "key:x", Changes: []portfolio.EditChange{
		{Delete: portfolio.Key{Kind: portfolio.KindRecordedRisk, ID: "flood"}, Path: []string{"items", "0"}},
	}}), `IN_USE items.0: Risk "flood" is named by issue "wet"; delete that in the same request, or have it name another.`)
}

// A key that may not read amounts may neither write them nor replace a record
// that has some; it may record what has none.
func TestAmountsOfRisksNeedTheFieldGroupCost(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	may := func(f *portfolio.RecordedRiskFact, groups ...string) bool {
		e := puts(f)
		e.Caller = portfolio.Caller{Name: "key", Role: portfolio.RoleEditor, Groups: groups}
		result := w.edit(e)
		for _, wrong := range result.Errors {
			if wrong.Code != portfolio.UserErrorForbidden || !strings.Contains(wrong.Message, "field group cost") {
				t.Errorf("%s: %s", wrong.Code, wrong.Message)
			}
		}
		return len(result.Errors) == 0
	}
	costly := &portfolio.RecordedRiskFact{Slug: "new", Title: "New", Department: "care", Impact: dec("1")}
	for name, c := range map[string]struct{ got, want bool }{
		"an amount without the group":    {may(costly), false},
		"an amount with the group":       {may(costly, portfolio.GroupCost), true},
		"no amount":                      {may(&portfolio.RecordedRiskFact{Slug: "free", Title: "Free", Department: "care"}), true},
		"in the place of one that costs": {may(&portfolio.RecordedRiskFact{Slug: "flood", Title: "Flood", Department: "care"}), false},
	} {
		if c.got != c.want {
			t.Errorf("%s may be recorded: %t, want %t", name, c.got, c.want)
		}
	}
}
