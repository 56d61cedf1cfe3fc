package edit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

// with is a fact but for what change does to it.
func with[F any](f F, change func(*F)) *F {
	change(&f)
	return &f
}

var (
	cycle   = portfolio.CycleFact{Slug: "q2", Name: "Q2", Starts: day("2026-04-01"), Ends: day("2026-06-29")}
	win     = portfolio.QuickWinFact{Slug: "w", Title: "Won", Achieved: day("2026-04-17")}
	quote   = portfolio.QuoteFact{Slug: "said", Text: "Good.", By: "A nurse"}
	survey  = portfolio.SurveyFact{Slug: "s", Name: "S", Sent: day("2026-04-30"), Invited: 10, Responses: 4}
	benefit = portfolio.BenefitFact{Slug: "b", Name: "B", Project: "eng:PAY", Unit: "EUR a year", Planned: *dec("10"), Due: day("2026-12-31")}
)

func count(n int) *int { return &n }

var invalidCycles = []struct {
	name string
	put  []portfolio.RecordedFact
	want []string
}{
	{"nothing at all", []portfolio.RecordedFact{&portfolio.CycleFact{}, &portfolio.QuickWinFact{}, &portfolio.QuoteFact{}, &portfolio.SurveyFact{}, &portfolio.BenefitFact{}}, []string{
		`BLANK items.0.key: A key is needed, such as digital-health.`,
		`BLANK items.0.name: A name is needed.`,
		`BLANK items.0.starts: The day on which the cycle begins is needed, such as 2026-03-01.`,
		`BLANK items.0.ends: The day on which the cycle ends is needed, such as 2026-03-01.`,
		`BLANK items.1.key: A key is needed, such as digital-health.`,
		`BLANK items.1.title: A title is needed.`,
		`BLANK items.1.achieved: The day on which it was achieved is needed, such as 2026-03-01.`,
		`BLANK items.2.key: A key is needed, such as digital-health.`,
		`BLANK items.2.text: What was said is needed.`,
		`BLANK items.2.by: Who said it is needed.`,
		`BLANK items.3.key: A key is needed, such as digital-health.`,
		`BLANK items.3.name: A name is needed.`,
		`BLANK items.3.sent: The day on which it was sent is needed, such as 2026-03-01.`,
		`BLANK items.4.key: A key is needed, such as digital-health.`,
		`BLANK items.4.name: A name is needed.`,
		`BLANK items.4.project: A project is needed, such as pmo:PMO-7, <connection>:<key>, or its id.`,
		`BLANK items.4.unit: A unit, such as EUR a year, is needed.`,
		`INVALID items.4.planned: 0 is not above 0; write what is planned as a gain, such as 40 hours a week less.`,
		`BLANK items.4.due: The day on which it is to be realised is needed, such as 2026-03-01.`,
	}},
	{"cycles that end too early or too late", []portfolio.RecordedFact{
		with(cycle, func(f *portfolio.CycleFact) { f.Slug, f.Ends = "a", f.Starts }),
		with(cycle, func(f *portfolio.CycleFact) { f.Slug, f.Ends = "b", day("2026-03-31") }),
		with(cycle, func(f *portfolio.CycleFact) { f.Slug, f.Starts, f.Ends = "c", day("2027-01-01"), day("2028-01-02") }),
	}, []string{
		`INVALID items.0.ends: It ends on 2026-04-01, not after it begins on 2026-04-01; write a later day.`,
		`INVALID items.1.ends: It ends on 2026-03-31, not after it begins on 2026-04-01; write a later day.`,
		`INVALID items.2.ends: It lasts 367 days, from 2027-01-01 to 2028-01-02; a cycle lasts at most 366.`,
	}},
	{"goals", []portfolio.RecordedFact{with(cycle, func(f *portfolio.CycleFact) {
		f.Goals = []portfolio.CycleGoal{
			{Progress: dec("1.01")}, {Title: "T", Project: "somewhere", Progress: dec("-0.1")}, {Title: "T", KPI: "nothing", Objective: "nowhere"},
		}
	})}, []string{
		`BLANK items.0.goals.0.title: A title is needed.`,
		`INVALID items.0.goals.0.progress: 1.01 is out of range; it is from 0 to 1.`,
		`INVALID items.0.goals.1.project: "somewhere" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`INVALID items.0.goals.1.progress: -0.1 is out of range; it is from 0 to 1.`,
		`NOT_FOUND items.0.goals.2.objective: There is no objective "nowhere"; record it first, or in the same request.`,
		`NOT_FOUND items.0.goals.2.kpi: There is no KPI "nothing"; record it first, or in the same request.`,
	}},
	{"too many goals", []portfolio.RecordedFact{with(cycle, func(f *portfolio.CycleFact) { f.Goals = make([]portfolio.CycleGoal, 201) })}, []string{
		`TOO_MANY items.0.goals: The cycle has 201 goals; it may have 200.`,
	}},
	{"quick wins", []portfolio.RecordedFact{with(win, func(f *portfolio.QuickWinFact) {
		f.Amount, f.Project, f.Milestone, f.Department, f.Objective, f.Quote = dec("3"), "?", "?", "nowhere", "nothing", "never-said"
	})}, []string{
		`INVALID items.0.project: "?" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`INVALID items.0.milestone: "?" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`BLANK items.0.unit: An amount needs its unit, such as hours a week or EUR: amounts are added up by it.`,
		`NOT_FOUND items.0.department: There is no department "nowhere"; record it first, or in the same request.`,
		`NOT_FOUND items.0.objective: There is no objective "nothing"; record it first, or in the same request.`,
		`NOT_FOUND items.0.quote: There is no quote "never-said"; record it first, or in the same request.`,
	}},
	{"who was asked and who answered", []portfolio.RecordedFact{
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Responses = "a", 11 }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Invited = "b", -1 }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Responses = "c", -1 }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Promoters, f.Detractors = "d", count(3), count(2) }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Promoters = "e", count(3) }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Detractors = "f", count(3) }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Promoters, f.Detractors = "g", count(3), count(-1) }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Promoters, f.Detractors = "h", count(-3), count(1) }),
	}, []string{
		`INVALID items.0.responses: 11 answered, and only 10 were invited.`,
		`INVALID items.1.invited: -1 is negative; write how many were invited.`,
		`INVALID items.2.responses: -1 is negative; write how many answered.`,
		`INVALID items.3.promoters: 3 promoters and 2 detractors are more than the 4 who answered.`,
		`BLANK items.4.detractors: Who counts promoters counts detractors too; write 0 when there were none.`,
		`BLANK items.5.promoters: Who counts detractors counts promoters too; write 0 when there were none.`,
		`INVALID items.6.detractors: -1 is negative; write 0 or more.`,
		`INVALID items.7.promoters: -3 is negative; write 0 or more.`,
	}},
	{"scales", []portfolio.RecordedFact{
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Mean = "a", dec("4") }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Mean, f.ScaleLow = "b", dec("4"), dec("1") }),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.ScaleLow, f.ScaleHigh = "c", dec("5"), dec("5") }),
		with(survey, func(f *portfolio.SurveyFact) {
			f.Slug, f.Mean, f.ScaleLow, f.ScaleHigh = "d", dec("5.1"), dec("1"), dec("5")
		}),
		with(survey, func(f *portfolio.SurveyFact) {
			f.Slug, f.Responses, f.Mean, f.ScaleLow, f.ScaleHigh = "e", 0, dec("5"), dec("1"), dec("5")
		}),
	}, []string{
		`BLANK items.0.scaleLow: The lowest possible answer is needed, such as 1: a mean says something on its scale only.`,
		`BLANK items.1.scaleHigh: The highest possible answer is needed, such as 5: a mean says something on its scale only.`,
		`INVALID items.2.scaleHigh: The scale ends at 5, not above its beginning at 5.`,
		`INVALID items.3.mean: 5.1 is not on the scale from 1 to 5.`,
		`INVALID items.4.mean: Nobody answered, so there is no mean; leave it away, or write how many answered.`,
	}},
	{"benefits", []portfolio.RecordedFact{with(benefit, func(f *portfolio.BenefitFact) {
		f.Planned, f.Objective, f.KPI = *dec("-5"), "nothing", "nothing"
		f.Realised = []portfolio.RealisedBenefit{
			{Amount: *dec("1")}, {On: day("2026-03-02"), Amount: *dec("1")}, {On: day("2026-03-01"), Amount: *dec("1e200")}, {On: day("2026-03-01")},
		}
	})}, []string{
		`INVALID items.0.planned: -5 is not above 0; write what is planned as a gain, such as 40 hours a week less.`,
		`BLANK items.0.realised.0.on: The day on which this part came is needed, such as 2026-03-01.`,
		`INVALID items.0.realised.2.on: 2026-03-01 is before 2026-03-02, the day of the entry above it; write the oldest first.`,
		`INVALID items.0.realised.2.amount: The number is too long; write at most 64 digits.`,
		`NOT_FOUND items.0.objective: There is no objective "nothing"; record it first, or in the same request.`,
		`NOT_FOUND items.0.kpi: There is no KPI "nothing"; record it first, or in the same request.`,
	}},
	{"too many entries", []portfolio.RecordedFact{with(benefit, func(f *portfolio.BenefitFact) { f.Realised = make([]portfolio.RealisedBenefit, 201) })}, []string{
		`TOO_MANY items.0.realised: The benefit has 201 entries; it may have 200: add up those of a month or a year.`,
	}},
}

func TestAllThatIsWrongWithACycleIsSaidAtOnce(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	for _, c := range invalidCycles {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, told(w.edit(puts(c.put...)))); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// What is at the limits is right, cycles may overlap, and a quick win may name
// a quote that comes in the same edit, with consent or without.
func TestWhatIsAllowedOfCycles(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	w.must(puts(
		&cycle,
		with(cycle, func(f *portfolio.CycleFact) { f.Slug, f.Ends = "two-days", day("2026-04-02") }),
		with(cycle, func(f *portfolio.CycleFact) {
			f.Slug, f.Ends = "leap-year", day("2027-04-01")
			f.Goals = []portfolio.CycleGoal{{Title: "T", KPI: "visits", Objective: "grow", Project: "eng:PAY", Owner: "ines", Progress: dec("0")}, {Title: "T", Progress: dec("1")}}
		}),
		with(win, func(f *portfolio.QuickWinFact) {
			f.Quote, f.Amount, f.Unit, f.Milestone, f.Department = "said", dec("-2"), "minutes a visit", "eng:PAY-7", "wards"
		}),
		&quote,
		with(survey, func(f *portfolio.SurveyFact) {
			f.Mean, f.ScaleLow, f.ScaleHigh, f.Promoters, f.Detractors = dec("1"), dec("1"), dec("5"), count(3), count(1)
		}),
		with(survey, func(f *portfolio.SurveyFact) { f.Slug, f.Invited, f.Responses = "nobody", 0, 0 }),
		with(benefit, func(f *portfolio.BenefitFact) {
			f.KPI, f.Objective = "visits", "save"
			f.Realised = []portfolio.RealisedBenefit{{On: day("2026-03-01"), Amount: *dec("4")}, {On: day("2026-03-01"), Amount: *dec("-1"), Note: "counted twice"}}
		}),
	))
}

// What something names is not deleted, and what may not be read is not named
// in saying so.
func TestErrorsNameNoQuoteWithoutConsent(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	w.must(puts(
		&portfolio.DepartmentFact{Slug: "labs", Name: "Labs"},
		with(quote, func(f *portfolio.QuoteFact) { f.Slug, f.Department = "canary-of-nobody", "labs" }),
	))
	remove := func(kind portfolio.Kind, id string) []string {
		return told(w.edit(portfolio.Edit{Caller: portfolio.Local, Changes: []portfolio.EditChange{{Delete: portfolio.Key{Kind: kind, ID: id}, Path: []string{"items", "0"}}}}))
	}
	if diff := cmp.Diff([]string{`IN_USE items.0: Department "labs" is named by something else; delete that in the same request, or have it name another.`}, remove(portfolio.KindDepartment, "labs")); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	w.must(puts(with(quote, func(f *portfolio.QuoteFact) { f.Slug, f.Department, f.Consent = "shared", "labs", true })))
	if diff := cmp.Diff([]string{`IN_USE items.0: Department "labs" is named by quote "shared"; delete that in the same request, or have it name another.`}, remove(portfolio.KindDepartment, "labs")); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	w.must(puts(with(win, func(f *portfolio.QuickWinFact) { f.Quote = "shared" })))
	if diff := cmp.Diff([]string{`IN_USE items.0: Quote "shared" is named by quick win "w"; delete that in the same request, or have it name another.`}, remove(portfolio.KindQuote, "shared")); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// An editor of one department records what is of it, and learns nothing of
// other quotes.
func TestADepartmentRecordsItsOwnWins(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	w.must(puts(
		&portfolio.DepartmentFact{Slug: "labs", Name: "Labs"},
		with(quote, func(f *portfolio.QuoteFact) { f.Slug, f.Department, f.Consent = "of-labs", "labs", true }),
		with(quote, func(f *portfolio.QuoteFact) { f.Slug, f.Department = "of-wards", "wards" }),
	))
	ask := func(facts ...portfolio.RecordedFact) []string {
		e := puts(facts...)
		e.Caller = portfolio.Caller{Name: "wards", Role: portfolio.RoleEditor, Departments: []string{"wards"}}
		return told(w.edit(e))
	}
	ours := with(win, func(f *portfolio.QuickWinFact) { f.Department, f.Quote = "wards", "of-wards" })
	if wrong := ask(ours); len(wrong) > 0 {
		t.Errorf("their own win: %q", wrong)
	}
	wrong := ask(with(win, func(f *portfolio.QuickWinFact) { f.Slug, f.Department, f.Quote = "x", "wards", "of-labs" }))
	if !slices.ContainsFunc(wrong, func(s string) bool { return strings.Contains(s, `There is no quote "of-labs"`) }) {
		t.Errorf("a quote of another department: %q", wrong)
	}
	for _, f := range []portfolio.RecordedFact{&cycle, &quote, with(win, func(f *portfolio.QuickWinFact) { f.Department = "labs" })} {
		if wrong := ask(f); len(wrong) != 1 || !strings.HasPrefix(wrong[0], "FORBIDDEN") {
			t.Errorf("%s: %q, want FORBIDDEN", f.Key(), wrong)
		}
	}
}
