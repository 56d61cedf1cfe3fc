package edit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"plumbline/edit"
	"plumbline/portfolio"
)

// kpiWith is a right KPI but for what change does to it.
func kpiWith(change func(*portfolio.KPIFact)) *portfolio.KPIFact {
	f := &portfolio.KPIFact{Slug: "new", Name: "New", Department: "care", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodMonth}
	change(f)
	return f
}

func objectiveWith(change func(*portfolio.ObjectiveFact)) *portfolio.ObjectiveFact {
	f := &portfolio.ObjectiveFact{Slug: "new", Strategy: "plan", Name: "New"}
	change(f)
	return f
}

func versionWith(change func(*portfolio.StrategyVersionFact)) *portfolio.StrategyVersionFact {
	f := &portfolio.StrategyVersionFact{Strategy: "plan", Version: "2027", Method: portfolio.WeightEqual}
	change(f)
	return f
}

func judged(pairs ...portfolio.PairComparison) *portfolio.JudgementFact {
	return &portfolio.JudgementFact{Strategy: "plan", Version: "2026", Judge: "Ines", Pairs: pairs}
}

func pair(more, less, times string) portfolio.PairComparison {
	return portfolio.PairComparison{More: more, Less: less, Times: times}
}

func textOf(target, field, text string) *portfolio.Override {
	return &portfolio.Override{Target: target, Field: field, Value: portfolio.Field{Type: portfolio.FieldText, Text: text}}
}

func numberOf(target, field, number string) *portfolio.Override {
	return &portfolio.Override{Target: target, Field: field, Value: portfolio.Field{Type: portfolio.FieldNumber, Number: number}}
}

const project = "project:eng:PAY"

// Each case is an edit of the organisation; all that is wrong with it is said
// at once.
var invalid = []struct {
	name string
	put  []portfolio.RecordedFact
	want []string
}{
	// Keys, texts and lists.
	{"nothing at all", []portfolio.RecordedFact{&portfolio.DepartmentFact{}}, []string{
		`BLANK items.0.key: A key is needed, such as digital-health.`,
		`BLANK items.0.name: A name is needed.`,
	}},
	{"a key that is no slug", []portfolio.RecordedFact{&portfolio.DepartmentFact{Slug: "Digital Health", Name: "x"}}, []string{
		`INVALID items.0.key: "Digital Health" is not a key: write small letters, digits and - . _, beginning with a letter or digit, as in digital-health.`,
	}},
	{"a long key", []portfolio.RecordedFact{&portfolio.DepartmentFact{Slug: strings.Repeat("a", 101), Name: "x"}}, []string{
		`TOO_MANY items.0.key: The key has 101 characters; it may have 100.`,
	}},
	{"long texts", []portfolio.RecordedFact{&portfolio.StrategyFact{Slug: "s", Name: strings.Repeat("ü", 201), Description: strings.Repeat("a", 10_001), Owner: "a\nb"}}, []string{
		`TOO_MANY items.0.name: The text has 201 characters; it may have 200.`,
		`TOO_MANY items.0.description: The text has 10001 characters; it may have 10000.`,
		`INVALID items.0.owner: The text has more than one line; write it in one.`,
	}},
	{"unwritten texts", []portfolio.RecordedFact{&portfolio.StrategyFact{Slug: "s", Name: "a\x00b", Description: "a\xff", Owner: "\u009c"}}, []string{
		`INVALID items.0.name: The text has a control character; leave it away.`,
		`INVALID items.0.description: The text is not in UTF-8.`,
		`INVALID items.0.owner: The text has a control character; leave it away.`,
	}},
	{"lists", []portfolio.RecordedFact{
		&portfolio.DepartmentFact{Slug: "d", Name: "d", Aliases: []string{"a", "", "a"}},
		&portfolio.DepartmentFact{Slug: "e", Name: "e", Aliases: make([]string, 201)},
	}, []string{
		`BLANK items.0.aliases.1: A text is needed.`,
		`TAKEN items.0.aliases.2: "a" is in the list twice; keep one of them.`,
		`TOO_MANY items.1.aliases: The list has 201 elements; it may have 200.`,
	}},
	{"twice in one edit", []portfolio.RecordedFact{&portfolio.DepartmentFact{Slug: "d", Name: "d"}, &portfolio.DepartmentFact{Slug: "d", Name: "e"}}, []string{
		`TAKEN items.1: Department "d" is in this request twice, first at items.0; keep one of them.`,
	}},
	{"not for people", []portfolio.RecordedFact{&portfolio.Answer{Caller: "a", Token: "b"}}, []string{
		`INVALID items.0: Documents of the kind "answer" are not recorded by people.`,
	}},

	// Departments and people.
	{"a department below itself", []portfolio.RecordedFact{&portfolio.DepartmentFact{Slug: "care", Name: "Care", Parent: "wards"}}, []string{
		`CIRCULAR items.0.parent: Department "care" would be above itself; choose another parent than "wards".`,
	}},
	{"a department that is its own parent", []portfolio.RecordedFact{&portfolio.DepartmentFact{Slug: "new", Name: "New", Parent: "new"}}, []string{
		`CIRCULAR items.0.parent: Department "new" would be above itself; choose another parent than "new".`,
	}},
	{"a parent that is not there", []portfolio.RecordedFact{&portfolio.DepartmentFact{Slug: "new", Name: "New", Parent: "none"}}, []string{
		`NOT_FOUND items.0.parent: There is no department "none"; record it first, or in the same request.`,
	}},
	{"a person", []portfolio.RecordedFact{&portfolio.IdentityFact{Slug: "p", Name: "P", Email: "nobody", Accounts: []string{"INES@work.example.com", "what"}, Department: "none"}}, []string{
		`INVALID items.0.email: "nobody" is not an e-mail address.`,
		`TAKEN items.0.accounts.0: "INES@work.example.com" belongs to identity "ines" already; an account is one person's.`,
		`INVALID items.0.accounts.1: "what" is no account: write an e-mail address, or the id <connection>/<kind>/<id>.`,
		`NOT_FOUND items.0.department: There is no department "none"; record it first, or in the same request.`,
	}},
	{"two people with one account", []portfolio.RecordedFact{
		&portfolio.IdentityFact{Slug: "p", Name: "P", Accounts: []string{"eng/user/9"}}, &portfolio.IdentityFact{Slug: "q", Name: "Q", Accounts: []string{"eng/user/9"}},
	}, []string{
		`TAKEN items.1.accounts.0: "eng/user/9" belongs to identity "p" already; an account is one person's.`,
	}},

	// Decisions and lessons.
	{"a decision of nothing", []portfolio.RecordedFact{&portfolio.DecisionFact{Slug: "d", Department: "none", Actions: make([]portfolio.RecordedAction, 201)}}, []string{
		`BLANK items.0.title: A title is needed.`,
		`BLANK items.0.raised: The day on which it was raised is needed; how long it takes is counted from then.`,
		`TOO_MANY items.0.actions: The list has 201 elements; it may have 200.`,
		`NOT_FOUND items.0.department: There is no department "none"; record it first, or in the same request.`,
	}},
	{"a decision", []portfolio.RecordedFact{&portfolio.DecisionFact{
		Slug: "d", Title: "D", Type: "SMALL", Projects: []string{"eng:PAY", "PAY", "eng:PAY"}, Blocks: []string{"eng:V7", "", "pmo:7", "eng:V7"}, Decider: "a\nb",
		Raised: day("2026-02-03"), Due: day("2026-02-02"), Decided: day("2026-02-01"), Outcome: " ",
		Actions: []portfolio.RecordedAction{{Due: day("2026-02-02")}, {Title: "x", Owner: "a\nb", Done: day("2026-02-01")}},
	}}, []string{
		`INVALID items.0.type: "SMALL" is none of the values: write DECISION or GATE.`,
		`INVALID items.0.projects.1: "PAY" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`TAKEN items.0.projects.2: "eng:PAY" is in the list twice; keep one of them.`,
		`BLANK items.0.blocks.1: A milestone is needed: <connection>:<key>, or its id.`,
		`INVALID items.0.blocks.2: "pmo:7" is no reference to a milestone: write <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`TAKEN items.0.blocks.3: "eng:V7" is in the list twice; keep one of them.`,
		`INVALID items.0.decider: The text has more than one line; write it in one.`,
		`INVALID items.0.due: 2026-02-02 lies before 2026-02-03, the day on which the decision was raised.`,
		`INVALID items.0.decided: 2026-02-01 lies before 2026-02-03, the day on which the decision was raised.`,
		`BLANK items.0.outcome: It was decided, so what was decided is needed.`,
		`BLANK items.0.actions.0.title: A title is needed.`,
		`INVALID items.0.actions.0.due: 2026-02-02 lies before 2026-02-03, the day on which the decision was raised.`,
		`INVALID items.0.actions.1.owner: The text has more than one line; write it in one.`,
		`INVALID items.0.actions.1.done: 2026-02-01 lies before 2026-02-03, the day on which the decision was raised.`,
	}},
	{"an outcome without a day", []portfolio.RecordedFact{&portfolio.DecisionFact{Slug: "d", Title: "D", Raised: day("2026-02-03"), Outcome: "Yes."}}, []string{
		`BLANK items.0.decided: There is an outcome, so the day on which it was decided is needed.`,
	}},
	{"long lists of a decision", []portfolio.RecordedFact{&portfolio.DecisionFact{Slug: "d", Title: "D", Raised: day("2026-02-03"), Projects: make([]string, 201), Blocks: make([]string, 201)}}, []string{
		`TOO_MANY items.0.projects: The list has 201 elements; it may have 200.`,
		`TOO_MANY items.0.blocks: The list has 201 elements; it may have 200.`,
	}},
	{"a lesson of nothing", []portfolio.RecordedFact{&portfolio.LessonFact{Slug: "l", WhatHappened: " "}}, []string{
		`BLANK items.0.title: A title is needed.`,
		`BLANK items.0.category: A category is needed.`,
		`BLANK items.0.project: A lesson needs the project or the department that learned it.`,
		`BLANK items.0.whatHappened: What happened is needed.`,
		`BLANK items.0.recommendation: A recommendation is needed.`,
	}},
	{"a lesson", []portfolio.RecordedFact{&portfolio.LessonFact{
		Slug: "l", Title: "L", Category: "c", Project: "PAY", Department: "none", WhatHappened: "w", Recommendation: strings.Repeat("a", 10_001), AppliedTo: []string{"eng:PAY", "eng:PAY"},
	}}, []string{
		`INVALID items.0.project: "PAY" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`TOO_MANY items.0.recommendation: The text has 10001 characters; it may have 10000.`,
		`TAKEN items.0.appliedTo.1: "eng:PAY" is in the list twice; keep one of them.`,
		`NOT_FOUND items.0.department: There is no department "none"; record it first, or in the same request.`,
	}},

	// Strategies.
	{"a version", []portfolio.RecordedFact{versionWith(func(f *portfolio.StrategyVersionFact) {
		f.Strategy, f.Version, f.Method = "none", "", "GUESS"
		f.ValidFrom, f.ValidTo = day("2026-02-01"), day("2026-01-31")
	})}, []string{
		`BLANK items.0.version: A key is needed, such as digital-health.`,
		`INVALID items.0.validTo: It ends on 2026-01-31, before it begins on 2026-02-01; write a later day, or none.`,
		`INVALID items.0.method: "GUESS" is none of the values: write MANUAL, EQUAL or AHP.`,
		`NOT_FOUND items.0.strategy: There is no strategy "none"; record it first, or in the same request.`,
	}},
	{"a version without method", []portfolio.RecordedFact{versionWith(func(f *portfolio.StrategyVersionFact) { f.Method = "" })}, []string{
		`BLANK items.0.method: A value is needed: MANUAL, EQUAL or AHP.`,
	}},
	{"MANUAL without weights", []portfolio.RecordedFact{versionWith(func(f *portfolio.StrategyVersionFact) { f.Method = portfolio.WeightManual })}, []string{
		`BLANK items.0.weights: MANUAL needs a weight for each objective; without weights the method is EQUAL or AHP.`,
	}},
	{"weights without MANUAL", []portfolio.RecordedFact{versionWith(func(f *portfolio.StrategyVersionFact) {
		f.Weights = []portfolio.ObjectiveWeight{{Objective: "grow", Weight: *dec("-1")}, {Objective: "grow"}, {Objective: ""}, {Objective: "none"}}
	})}, []string{
		`INVALID items.0.weights: EQUAL computes its weights; leave them away, or write MANUAL.`,
		`INVALID items.0.weights.0.weight: -1 is negative; write 0 or more.`,
		`TAKEN items.0.weights.1.objective: "grow" has two weights; keep one of them.`,
		`BLANK items.0.weights.2.objective: The key of an objective is needed.`,
		`NOT_FOUND items.0.weights.3.objective: There is no objective "none"; record it first, or in the same request.`,
	}},
	{"weights of another strategy", []portfolio.RecordedFact{
		&portfolio.StrategyFact{Slug: "other", Name: "Other"},
		&portfolio.StrategyVersionFact{Strategy: "other", Version: "1", Method: portfolio.WeightManual, Weights: []portfolio.ObjectiveWeight{{Objective: "grow", Weight: *dec("1")}}},
	}, []string{
		`INVALID items.1.weights.0.objective: Objective "grow" belongs to the strategy "plan", not to "other".`,
	}},
	{"an objective", []portfolio.RecordedFact{objectiveWith(func(f *portfolio.ObjectiveFact) {
		f.Parent, f.RollUp, f.Progress = "none", "MOST", dec("11")
		f.ValidFrom, f.ValidTo = day("2026-02-01"), day("2026-01-31")
	})}, []string{
		`INVALID items.0.validTo: It ends on 2026-01-31, before it begins on 2026-02-01; write a later day, or none.`,
		`INVALID items.0.rollUp: "MOST" is none of the values: write WEIGHTED_MEAN, MEAN, MIN or MANUAL.`,
		`INVALID items.0.progress: 11 is out of range; it is from 0 to 10.`,
		`INVALID items.0.progress: Progress is told of an objective whose rollUp is MANUAL only; write that, or leave it away.`,
		`NOT_FOUND items.0.parent: There is no objective "none"; record it first, or in the same request.`,
	}},
	{"a circle of objectives, made in one edit", []portfolio.RecordedFact{
		&portfolio.ObjectiveFact{Slug: "save", Strategy: "plan", Name: "Save", Parent: "new"},
		objectiveWith(func(f *portfolio.ObjectiveFact) { f.Parent = "save-time" }),
	}, []string{
		`CIRCULAR items.0.parent: Objective "save" would be above itself; choose another parent than "new".`,
		`CIRCULAR items.1.parent: Objective "new" would be above itself; choose another parent than "save-time".`,
	}},
	{"an objective moves without its children", []portfolio.RecordedFact{
		&portfolio.StrategyFact{Slug: "other", Name: "Other"},
		&portfolio.ObjectiveFact{Slug: "save", Strategy: "other", Name: "Save"},
	}, []string{
		`INVALID items.1.strategy: Objective "save-time" is below it and stays in the strategy "plan"; move both in one request.`,
	}},
	{"judgements", []portfolio.RecordedFact{judged(
		pair("grow", "save", "10"), pair("save", "grow", "1/3"), pair("grow", "save-time", "2"), pair("grow", "grow", "1"), pair("grow", "none", "0.11"), pair("grow", "", "1"),
	)}, []string{
		`INVALID items.0.pairs.0.times: "10" is not on the scale: write a number from 1/9 to 9, such as 3, 0.5 or 1/3.`,
		`TAKEN items.0.pairs.1: "save" and "grow" are compared twice, first in pair 1; keep one of them.`,
		`NOT_COMPARABLE items.0.pairs.2: "grow" is at the top and "save-time" is below save; only siblings are compared.`,
		`NOT_COMPARABLE items.0.pairs.3: "grow" is compared with itself.`,
		`INVALID items.0.pairs.4.times: "0.11" is not on the scale: write a number from 1/9 to 9, such as 3, 0.5 or 1/3.`,
		`BLANK items.0.pairs.5: A pair needs the keys of two objectives, more and less.`,
		`NOT_FOUND items.0.pairs.4.less: There is no objective "none"; record it first, or in the same request.`,
	}},
	{"a judgement of nothing", []portfolio.RecordedFact{&portfolio.JudgementFact{Strategy: "plan", Version: "1999", Judge: " Ines"}}, []string{
		`INVALID items.0.judge: " Ines" begins or ends with a space; leave it away.`,
		`BLANK items.0.pairs: A judge compares at least one pair of objectives.`,
		`NOT_FOUND items.0.version: There is no strategy version "plan@1999"; record it first, or in the same request.`,
	}},
	{"a judgement of too many", append(siblings(9), judged(pair("s0", "s1", "1"), pair("s1", "s2", "1"))), []string{
		`TOO_MANY items.9.pairs.0: "s0" has 11 siblings, itself counted; judges compare at most 10. Group them below new objectives.`,
	}},
	{"contributions", []portfolio.RecordedFact{
		&portfolio.ContributionFact{Project: "PAY", Objective: "grow", Strength: *dec("1.01")},
		&portfolio.ContributionFact{Objective: "none", Strength: *dec("-0.1")},
		&portfolio.ContributionFact{Project: "eng: PAY", Objective: "", Strength: decimal.New(1, 999)},
	}, []string{
		`INVALID items.0.project: "PAY" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`INVALID items.0.strength: 1.01 is out of range; it is from 0 to 1.`,
		`BLANK items.1.project: A project is needed, such as pmo:PMO-7, <connection>:<key>, or its id.`,
		`INVALID items.1.strength: -0.1 is out of range; it is from 0 to 1.`,
		`NOT_FOUND items.1.objective: There is no objective "none"; record it first, or in the same request.`,
		`INVALID items.2.project: "eng: PAY" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`BLANK items.2.objective: The key of an objective is needed.`,
		`INVALID items.2.strength: The number is too long; write at most 64 digits.`,
	}},
	{"a key result", []portfolio.RecordedFact{&portfolio.KeyResultFact{Slug: "k", Objective: "none", Name: "K", KPI: "visits", Actual: dec("1"), Progress: dec("-1"), Weight: dec("-2")}}, []string{
		`INVALID items.0.progress: -1 is out of range; it is from 0 to 10.`,
		`INVALID items.0.weight: -2 is negative; write 0 or more.`,
		`INVALID items.0.actual: It takes the value of KPI "visits"; leave actual away, or kpi.`,
		`NOT_FOUND items.0.objective: There is no objective "none"; record it first, or in the same request.`,
	}},

	// KPIs.
	{"a KPI of nothing", []portfolio.RecordedFact{&portfolio.KPIFact{}}, []string{
		`BLANK items.0.key: A key is needed, such as digital-health.`,
		`BLANK items.0.name: A name is needed.`,
		`BLANK items.0.department: The key of a department is needed.`,
		`BLANK items.0.direction: A value is needed: HIGHER_IS_BETTER, LOWER_IS_BETTER or TARGET_BAND.`,
		`BLANK items.0.period: A value is needed: DAY, WEEK, MONTH, QUARTER or YEAR.`,
	}},
	{"a KPI of wrong words", []portfolio.RecordedFact{kpiWith(func(f *portfolio.KPIFact) {
		f.Direction, f.Indicator, f.Perspective, f.Period, f.Aggregation, f.Attainment = "UP", "MIDDLE", "OTHER", "HOUR", "MAX", "FROM_SKY"
		f.Department = "none"
	})}, []string{
		`INVALID items.0.direction: "UP" is none of the values: write HIGHER_IS_BETTER, LOWER_IS_BETTER or TARGET_BAND.`,
		`INVALID items.0.indicator: "MIDDLE" is none of the values: write LEADING or LAGGING.`,
		`INVALID items.0.perspective: "OTHER" is none of the values: write CUSTOMER, EMPLOYEE, FINANCIAL or PROCESS.`,
		`INVALID items.0.period: "HOUR" is none of the values: write DAY, WEEK, MONTH, QUARTER or YEAR.`,
		`INVALID items.0.aggregation: "MAX" is none of the values: write SUM, MEAN, LAST or RATIO.`,
		`INVALID items.0.attainment: "FROM_SKY" is none of the values: write FROM_TARGET or FROM_BASELINE.`,
		`NOT_FOUND items.0.department: There is no department "none"; record it first, or in the same request.`,
	}},
	{"a band", []portfolio.RecordedFact{kpiWith(func(f *portfolio.KPIFact) {
		f.Direction, f.BandLow, f.BandHigh = portfolio.TargetBand, dec("0"), dec("-1")
	})}, []string{
		`INVALID items.0.bandLow: 0 is not above 0; attainment below the band is the share of its lower end.`,
		`INVALID items.0.bandHigh: The band ends at -1, below its beginning at 0.`,
	}},
	{"half a band", []portfolio.RecordedFact{kpiWith(func(f *portfolio.KPIFact) { f.Direction, f.BandLow = portfolio.TargetBand, dec("1") })}, []string{
		`BLANK items.0.bandHigh: TARGET_BAND needs the upper end of the band.`,
	}},
	{"a band of no use", []portfolio.RecordedFact{kpiWith(func(f *portfolio.KPIFact) { f.BandHigh = dec("1") })}, []string{
		`INVALID items.0.direction: Only TARGET_BAND has bandLow and bandHigh; leave them away.`,
	}},
	{"thresholds", []portfolio.RecordedFact{
		kpiWith(func(f *portfolio.KPIFact) { f.Green = dec("0.7") }),
		kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.Green = "n2", dec("90") }),
		kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.GraceDays, f.Leads = "n3", new(-1), []string{"n3", "none"} }),
	}, []string{
		`INVALID items.0.yellow: Yellow begins at 0.8, above green at 0.7; it is not higher.`,
		`INVALID items.1.green: 90 is out of range; it is from 0 to 2.`,
		`INVALID items.2.graceDays: -1 is out of range; it is from 0 to 366 days.`,
		`CIRCULAR items.2.leads.0: KPI "n3" cannot run ahead of itself.`,
		`NOT_FOUND items.2.leads.1: There is no KPI "none"; record it first, or in the same request.`,
	}},
	{"a KPI whose measurements would not fit", []portfolio.RecordedFact{
		&portfolio.KPIFact{Slug: "visits", Name: "Visits", Department: "care", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodQuarter},
		&portfolio.KPIFact{Slug: "late", Name: "Late", Department: "care", Direction: portfolio.LowerIsBetter, Period: portfolio.PeriodMonth},
	}, []string{
		`INVALID items.0.period: 1 of its measurements would not fit, first that of 2026-01; delete or replace them in the same request.`,
		`INVALID items.1.aggregation: 1 of its measurements would not fit, first that of 2026-01; delete or replace them in the same request.`,
	}},
	{"measurements", []portfolio.RecordedFact{
		&portfolio.MeasurementFact{KPI: "visits", Period: "2026-Q1"},
		&portfolio.MeasurementFact{KPI: "visits", Period: "", Actual: dec("1")},
		&portfolio.MeasurementFact{KPI: "none", Period: "2026-02", Actual: dec("1")},
		&portfolio.MeasurementFact{KPI: "visits", Period: "2026-13", Actual: dec("1"), Segment: "a "},
		&portfolio.MeasurementFact{KPI: "visits", Period: "2026-03", Numerator: dec("1")},
		&portfolio.MeasurementFact{KPI: "visits", Period: "2026-04", Actual: dec("1"), Denominator: dec("1")},
		&portfolio.MeasurementFact{KPI: "late", Period: "2026-03", Actual: dec("0.05")},
		&portfolio.MeasurementFact{KPI: "late", Period: "2026-04", Numerator: dec("1")},
		&portfolio.MeasurementFact{KPI: "late", Period: "2026-05", Numerator: dec("1"), Denominator: dec("-1")},
		&portfolio.MeasurementFact{KPI: "late", Period: "2026-06", Target: dec("0.02")},
	}, []string{
		`BLANK items.0.actual: A measurement needs a value: actual, target or projection.`,
		`INVALID items.0.period: "2026-Q1" is not a month; KPI "visits" is measured by MONTH, as in 2026-03.`,
		`BLANK items.1.period: A period is needed, such as 2026-03.`,
		`NOT_FOUND items.2.kpi: There is no KPI "none"; record it first, or in the same request.`,
		`INVALID items.3.segment: "a " begins or ends with a space; leave it away.`,
		`INVALID items.3.period: "2026-13" is not a month; KPI "visits" is measured by MONTH, as in 2026-03.`,
		`INVALID items.4.numerator: Only a KPI of aggregation RATIO has a numerator; write actual.`,
		`INVALID items.5.denominator: Only a KPI of aggregation RATIO has a denominator; write actual.`,
		`BLANK items.6.numerator: The KPI is a RATIO: its value is numerator by denominator, so that periods and segments add up; write both.`,
		`BLANK items.7.denominator: The KPI is a RATIO: its value is numerator by denominator, so that periods and segments add up; write both.`,
		`INVALID items.8.denominator: -1 is negative; write 0 or more.`,
	}},
	{"assignments", []portfolio.RecordedFact{
		&portfolio.AssignmentFact{},
		&portfolio.AssignmentFact{Slug: "a", Project: "eng:A", Person: " ", From: day("2026-02-02"), To: day("2026-02-01"), Allocation: *dec("50")},
		&portfolio.AssignmentFact{Slug: "b", Project: "A", Person: "Ines", Role: "a\nb", Allocation: *dec("1e-200")},
	}, []string{
		`BLANK items.0.key: A key is needed, such as digital-health.`,
		`BLANK items.0.project: A project is needed, such as pmo:PMO-7, <connection>:<key>, or its id.`,
		`BLANK items.0.person: A person is needed.`,
		`INVALID items.0.allocation: 0 is out of range; it is above 0, and at most 2: 0.5 is half of full time.`,
		`BLANK items.1.person: A person is needed.`,
		`INVALID items.1.to: It ends on 2026-02-01, before it begins on 2026-02-02; write a later day, or none.`,
		`INVALID items.1.allocation: 50 is out of range; it is above 0, and at most 2: 0.5 is half of full time.`,
		`INVALID items.2.project: "A" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`INVALID items.2.role: The text has more than one line; write it in one.`,
		`INVALID items.2.allocation: The number is too long; write at most 64 digits.`,
	}},
	{"capacities", []portfolio.RecordedFact{
		&portfolio.CapacityFact{Slug: "c", From: day("2026-02-02"), To: day("2026-02-01"), Share: *dec("1.1")},
		&portfolio.CapacityFact{Slug: "d", Person: "Ines", Share: *dec("-0.1")},
	}, []string{
		`BLANK items.0.person: A person is needed.`,
		`INVALID items.0.to: It ends on 2026-02-01, before it begins on 2026-02-02; write a later day, or none.`,
		`INVALID items.0.share: 1.1 is out of range; it is from 0 to 1.`,
		`INVALID items.1.share: -0.1 is out of range; it is from 0 to 1.`,
	}},
	{"exceptions from controls", []portfolio.RecordedFact{
		&portfolio.ControlExceptionFact{Slug: "x"},
		&portfolio.ControlExceptionFact{Slug: "y", Control: "SPONSORS", Project: "eng:A", Reason: "R", ApprovedBy: "Ines"},
	}, []string{
		`BLANK items.0.control: A value is needed: SPONSOR, MANAGER, DEPARTMENT, BASELINE, GO_LIVE, BUDGET, OBJECTIVE, RECENT_STATUS, RISK_OWNERS, CONTINGENCY or DECISIONS_IN_TIME.`,
		`BLANK items.0.project: A project is needed, such as pmo:PMO-7, <connection>:<key>, or its id.`,
		`BLANK items.0.reason: A reason is needed.`,
		`BLANK items.0.approvedBy: The person who has agreed to it is needed.`,
		`INVALID items.1.control: "SPONSORS" is none of the values: write SPONSOR, MANAGER, DEPARTMENT, BASELINE, GO_LIVE, BUDGET, OBJECTIVE, RECENT_STATUS, RISK_OWNERS, CONTINGENCY or DECISIONS_IN_TIME.`,
	}},
	{"a link to a KPI", []portfolio.RecordedFact{&portfolio.KPILinkFact{Project: "x", KPI: "none"}, &portfolio.KPILinkFact{Project: "eng:A"}}, []string{
		`INVALID items.0.project: "x" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`NOT_FOUND items.0.kpi: There is no KPI "none"; record it first, or in the same request.`,
		`BLANK items.1.kpi: The key of a KPI is needed.`,
	}},

	// Fields of projects and milestones, and links.
	{"targets of fields", []portfolio.RecordedFact{
		textOf("person:x", "name", "x"), textOf("project:PAY", "name", "x"), textOf("milestone:", "name", "x"), textOf("milestone:pmo:M-1", "name", "x"), textOf(project, " name", "x"), textOf(project, "", "x"),
	}, []string{
		`INVALID items.0: "person:x" is neither a project nor a milestone: write project: or milestone: and a reference.`,
		`INVALID items.1.project: "PAY" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`BLANK items.2.milestone: A milestone is needed: <connection>:<key>, or its id.`,
		`INVALID items.3.milestone: "pmo:M-1" is no reference: write <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`,
		`INVALID items.4.field: " name" begins or ends with a space; leave it away.`,
		`BLANK items.5.field: The name of a field is needed.`,
	}},
	{"values of fields", []portfolio.RecordedFact{
		numberOf(project, "name", "1"), textOf(project, "department", "Nowhere"), textOf(project, "phase", "LATE"), textOf(project, "budget", "1200"),
		textOf(project, "start", "2026-01-01"), numberOf(project, "jobSize", "-1"), numberOf(project, "businessValue", "much"), textOf(project, "sponsor", " "),
		textOf("milestone:eng:V", "kind", "BIG"), textOf("milestone:eng:V", "health", "PURPLE"), textOf(project, "manager", strings.Repeat("a", 201)),
	}, []string{
		`INVALID items.0.name: The value of name is a text.`,
		`NOT_FOUND items.1.department: There is no department "Nowhere"; record it first, or in the same request.`,
		`INVALID items.2.phase: "LATE" is none of the values: write PROPOSED, PLANNED, ACTIVE, ON_HOLD, DONE or CANCELLED.`,
		`INVALID items.3.budget: "1200" has no currency of three capital letters after the amount; write for example 4600000 USD.`,
		`INVALID items.4.start: The value of start is a date, such as 2026-03-01.`,
		`INVALID items.5.jobSize: -1 is negative; write 0 or more.`,
		`INVALID items.6.businessValue: "much" is not a number; write one such as 1200.50.`,
		`BLANK items.7.sponsor: An empty text says nothing; to take back what was recorded, delete it.`,
		`INVALID items.8.kind: "BIG" is none of the values: write STANDARD, KEY or GO_LIVE.`,
		`INVALID items.9.health: "PURPLE" is none of the values: write GREEN, YELLOW, RED or UNKNOWN.`,
		`TOO_MANY items.10.manager: The text has 201 characters; it may have 200.`,
	}},
	{"more values of fields", []portfolio.RecordedFact{
		textOf(project, "budget", "many USD"), textOf(project, "budget2", ""), numberOf(project, "Colour", "x"),
		&portfolio.Override{Target: project, Field: "due", Value: portfolio.Field{Type: portfolio.FieldDate}},
		&portfolio.Override{Target: project, Field: "When", Value: portfolio.Field{Type: portfolio.FieldTime}},
		&portfolio.Override{Target: project, Field: "objectives", Value: portfolio.Field{Type: portfolio.FieldList, List: []string{""}}},
		&portfolio.Override{Target: project, Field: "What", Value: portfolio.Field{Type: "SOUND"}},
	}, []string{
		`INVALID items.0.budget: "many" is not a number; write one such as 1200.50.`,
		`BLANK items.1.budget2: An empty text says nothing; to take back what was recorded, delete it.`,
		`INVALID items.2.Colour: "x" is not a number; write one such as 1200.50.`,
		`BLANK items.3.due: A date is needed, such as 2026-03-01; to take back what was recorded, delete it.`,
		`BLANK items.4.When: An instant is needed, such as 2026-03-01T12:00:00Z.`,
		`BLANK items.5.objectives.0: A text is needed.`,
		`INVALID items.6.What: "SOUND" is not a type of value.`,
	}},
	{"links", []portfolio.RecordedFact{
		&portfolio.Link{Primary: "eng:PAY"}, &portfolio.Link{Primary: "eng/project/5", Members: []string{"eng/project/5", "ops:X"}},
	}, []string{
		`INVALID items.0.primary: "eng:PAY" is not the id of a project: write <connection>/<kind>/<id>.`,
		`BLANK items.0.members: A link needs the id of at least one other project.`,
		`CIRCULAR items.1.members.0: A project is not linked with itself.`,
		`INVALID items.1.members.1: "ops:X" is not the id of a project: write <connection>/<kind>/<id>.`,
	}},
	{"the state of a folder", []portfolio.RecordedFact{&portfolio.FolderFact{}}, []string{
		`FORBIDDEN items.0: Only the strategy folder says which of its states were applied.`,
		`BLANK items.0.folder: The folder is needed.`,
	}},
}

// siblings are more objectives at the top of the strategy.
func siblings(n int) []portfolio.RecordedFact {
	var all []portfolio.RecordedFact
	for i := range n {
		slug := "s" + string(rune('0'+i))
		all = append(all, &portfolio.ObjectiveFact{Slug: slug, Strategy: "plan", Name: slug})
	}
	return all
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	for _, c := range invalid {
		t.Run(c.name, func(t *testing.T) {
			e := puts(c.put...)
			result := w.edit(e)
			if diff := cmp.Diff(c.want, told(result)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			for _, o := range result.Outcomes {
				if o.What != portfolio.OutcomeRefused {
					t.Errorf("%s is %s in an edit with errors", o.Key, o.What)
				}
			}
		})
	}
	if w.log.commits != 1 {
		t.Errorf("%d commits, want only that of the organisation", w.log.commits)
	}
}

// What is at the limits is right.
func TestWhatIsAllowed(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	w.must(puts(append(siblings(8), judged(
		pair("grow", "save", "9"), pair("grow", "s0", "1/9"), pair("grow", "s1", "0.111111111"), pair("s0", "s1", "3"), pair("s1", "s2", "9.0"), pair("s2", "s3", "2/3"),
	))...))
	w.must(puts(
		&portfolio.DepartmentFact{Slug: strings.Repeat("a", edit.MaxKey), Name: strings.Repeat("ü", edit.MaxName), Parent: "wards"},
		&portfolio.StrategyFact{Slug: "a.b_c-1", Name: "x", Description: strings.Repeat("a", edit.MaxText-1) + "\n"},
		kpiWith(func(f *portfolio.KPIFact) {
			f.Direction, f.BandLow, f.BandHigh = portfolio.TargetBand, dec("0.001"), dec("0.001")
			f.Green, f.Yellow, f.GraceDays, f.Leads = dec("0.5"), dec("0.5"), new(0), []string{"visits", "late"}
		}),
		&portfolio.ContributionFact{Project: "eng/project/1", Objective: "grow", Strength: *dec("0")},
		&portfolio.ContributionFact{Project: "eng:PAY", Objective: "grow", Strength: *dec("1")},
		&portfolio.MeasurementFact{KPI: "visits", Period: "2026-02", Projection: dec("-3.5")},
		&portfolio.MeasurementFact{KPI: "late", Period: "2026-02", Actual: dec("0.5"), Numerator: dec("1"), Denominator: dec("0")},
		&portfolio.Override{Target: project, Field: "Seen", Value: portfolio.Field{Type: portfolio.FieldBool}},
		textOf(project, "department", "wards"),
	))
}

// A whole organisation may come in any order and in one edit, whatever is
// above or before what.
func TestTheOrderOfChangesDoesNotMatter(t *testing.T) {
	w := newWorld(t)
	facts := organisation()
	for i, j := 0, len(facts)-1; i < j; i, j = i+1, j-1 {
		facts[i], facts[j] = facts[j], facts[i]
	}
	w.must(puts(facts...))
}
