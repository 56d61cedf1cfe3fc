package graph_test

import (
	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// unsaid is in every word of a quote without consent, which nobody ever reads.
const unsaid = "Unsaid"

// oddCycles are cycles and what belongs to them: for everybody, for callers of
// one department, and for nobody but those who see all.
func oddCycles() []portfolio.Document {
	by := portfolio.Authored{Author: "file:cycles.yaml", At: oddDates[5].Time()}
	number := func(s string) *decimal.Decimal { d := decimal.RequireFromString(s); return &d }
	count := func(n int) *int { return &n }
	day := func(month, day int) portfolio.Date {
		return portfolio.NewDate(2026, 1, 1).AddDays(31*(month-1) + day - 1)
	}
	hidden := portfolio.DocID("vault", "project", "1")
	docs := []portfolio.Document{
		&portfolio.KPIFact{Slug: "wins", Name: "Wins", Department: "open", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodMonth},
		&portfolio.MeasurementFact{KPI: "wins", Period: "2025-12", Actual: number("3")},
		&portfolio.MeasurementFact{KPI: "wins", Period: "2026-01", Actual: number("4")},
		&portfolio.KPIFact{Slug: "unmeasured", Name: "Unmeasured", Department: "open", Direction: portfolio.LowerIsBetter, Period: portfolio.PeriodMonth},
		&portfolio.KPILinkFact{Project: "eng:ORD-100", KPI: "wins"},
		&portfolio.DecisionFact{Slug: "made", Title: "Made", Projects: []string{"eng:ORD-100"}, Raised: day(1, 2), Decided: day(2, 2)},

		&portfolio.CycleFact{Slug: "open", Name: "Cycle 🚴", Starts: day(1, 1), Ends: day(4, 1), Review: "Good.", Authored: by, Goals: []portfolio.CycleGoal{
			{Title: "Wins", Objective: "open", KPI: "wins", Project: "eng:ORD-100", Owner: "eng/user/2", Progress: number("0.5")},
			{Title: "Unmeasured", KPI: "unmeasured"},
			{Title: unseen, Project: hidden, Progress: number("1")},
			{Title: unseen, KPI: oddKPIs[0].key + unseen},
		}},
		&portfolio.CycleFact{Slug: "size", Name: "Before", Starts: day(1, 1).AddDays(-400), Ends: day(1, 1).AddDays(-300)},
		&portfolio.CycleFact{Slug: "null", Name: "After", Starts: day(9, 1), Ends: day(11, 1), Goals: []portfolio.CycleGoal{{Title: "Wins", KPI: "wins"}}},

		&portfolio.QuoteFact{Slug: "open", Text: "Said.", By: "Ada", Role: "Engineer", Said: day(2, 1), Project: "eng:ORD-100", Consent: true, Authored: by},
		&portfolio.QuoteFact{Slug: "of-few", Text: unseen, By: unseen, Project: hidden, Consent: true},
		&portfolio.QuoteFact{Slug: "of-nobody-" + unsaid, Text: unsaid, By: unsaid, Role: unsaid, Said: day(2, 1), Project: "eng:ORD-100", Department: "open"},
		&portfolio.QuoteFact{Slug: "of-nowhere-" + unsaid, Text: unsaid, By: unsaid, Project: "pmo:" + unsaid, Department: "open"},

		&portfolio.QuickWinFact{Slug: "open", Title: "Won", Description: "More.", Project: "eng:ORD-100", Milestone: "eng/issue/won", Achieved: day(2, 3), Amount: number("-0.000000000000000000000001"), Unit: "EUR", Objective: "open", Quote: "open", Authored: by},
		&portfolio.QuickWinFact{Slug: "size", Title: "Quiet", Department: "open-below", Achieved: day(2, 4), Amount: number("123456789012345678901234567890.5"), Unit: "EUR", Quote: "of-nobody-" + unsaid},
		&portfolio.QuickWinFact{Slug: "of-few", Title: unseen, Project: hidden, Achieved: day(2, 4), Amount: number("1"), Unit: unseen, Quote: "open"},
		&portfolio.QuickWinFact{Slug: "dangling", Title: "Dangling", Department: "open", Achieved: day(9, 1), Quote: "never-said", Milestone: "eng:nothing", Unit: "hours"},
		&portfolio.MilestoneFact{Source: portfolio.Source{Connection: "eng", Kind: "issue", ID: "won"}, Name: "Won", Project: "eng/project/100", Due: day(2, 3), Baseline: day(2, 3), Finished: day(2, 3), StatusCategory: portfolio.StatusDone},
		&portfolio.MilestoneFact{Source: portfolio.Source{Connection: "eng", Kind: "issue", ID: "candidate"}, Name: "Candidate", Project: "eng/project/100", Due: day(2, 3), Baseline: day(2, 3), Finished: day(2, 1), StatusCategory: portfolio.StatusDone},

		&portfolio.SurveyFact{Slug: "open", Name: "Survey", Question: "Well?", Project: "eng:ORD-100", Sent: day(2, 1), Invited: 9, Responses: 7, Mean: number("4.5"), ScaleLow: number("1"), ScaleHigh: number("5"), Promoters: count(4), Detractors: count(1), Authored: by},
		&portfolio.SurveyFact{Slug: "null", Name: "Nobody", Department: "open", Sent: day(2, 1), Mean: number("1"), ScaleLow: number("5"), ScaleHigh: number("5"), Promoters: count(4)},
		&portfolio.SurveyFact{Slug: "of-few", Name: unseen, Question: unseen, Project: hidden, Sent: day(2, 1), Invited: 10_000_000, Responses: 1, Promoters: count(10_000_000), Detractors: count(0)},

		&portfolio.BenefitFact{Slug: "open", Name: "Benefit", Description: "More.", Project: "eng:ORD-100", Objective: "open", KPI: "wins", Owner: "eng/user/2", Unit: "EUR", Planned: *number("3"), Due: day(2, 1), Authored: by,
			Realised: []portfolio.RealisedBenefit{{On: day(1, 1), Amount: *number("1"), Note: "First."}, {On: day(9, 1), Amount: *number("1")}}},
		&portfolio.BenefitFact{Slug: "size", Name: "Later", Project: "eng:ORD-100", Unit: "hours", Planned: *number("3"), Due: day(9, 1), KPI: oddKPIs[0].key + unseen},
		&portfolio.BenefitFact{Slug: "null", Name: "Nothing", Project: "eng:ORD-100", Unit: "EUR", Due: day(2, 1)},
		&portfolio.BenefitFact{Slug: "of-few", Name: unseen, Project: hidden, Unit: unseen, Planned: *number("3"), Due: day(2, 1)},
		&portfolio.BenefitFact{Slug: "of-nothing", Name: unseen, Project: "pmo:" + unseen, Unit: "EUR", Planned: *number("3"), Due: day(2, 1)},
	}
	// Two days were observed, one of them when the cycle began.
	score := 12.5
	for _, on := range []portfolio.Date{day(1, 1).AddDays(-1), day(2, 10)} {
		docs = append(docs, &portfolio.ObservationFact{Day: on, Part: 1, Parts: 1, Whole: true, Of: 1, Projects: []portfolio.ObservedProject{
			{ID: "eng/project/100", Overall: portfolio.HealthGreen, Presence: portfolio.PresencePresent, Score: &score},
		}})
	}
	return docs
}
