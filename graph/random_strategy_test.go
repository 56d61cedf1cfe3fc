package graph_test

import (
	"strconv"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// Keys of what everybody sees, among the texts that random queries compare
// with, so that some of them find something.
const (
	oddStrategy = "open"
	oddVersion  = "eng"
)

var oddObjectives = []string{"open", "open-below", "null", "size", "Person", "Größe"}

// oddStrategies are strategies as people record them on a good day and on a bad
// one: with one version of which judges make something, one that nobody can
// weigh, and one that was before.
func oddStrategies() []portfolio.Document {
	by := portfolio.Authored{Author: "file:strategy.yaml", At: oddDates[5].Time()}
	d := decimal.RequireFromString
	number := func(s string) *decimal.Decimal { n := d(s); return &n }
	docs := []portfolio.Document{
		&portfolio.StrategyFact{Slug: oddStrategy, Name: "Strategy 🚀", Description: "What is wanted.", Owner: "eng/user/2", Leading: true, Authored: by},
		&portfolio.StrategyFact{Slug: "null"},
		&portfolio.StrategyVersionFact{Strategy: oddStrategy, Version: oddVersion, Name: "Now", ValidFrom: oddDates[4], ValidTo: oddDates[8], Method: portfolio.WeightAHP, Authored: by},
		&portfolio.StrategyVersionFact{Strategy: oddStrategy, Version: "PAY-7", ValidTo: oddDates[3], Method: portfolio.WeightEqual},
		&portfolio.StrategyVersionFact{Strategy: oddStrategy, Version: "null", ValidFrom: oddDates[8].AddDays(1), Method: portfolio.WeightManual,
			Weights: []portfolio.ObjectiveWeight{{Objective: "gone", Weight: d("1")}}},
		&portfolio.StrategyVersionFact{Strategy: oddStrategy, Version: "size", ValidFrom: oddDates[8].AddDays(2), Method: portfolio.WeightAHP},
		&portfolio.JudgementFact{Strategy: oddStrategy, Version: oddVersion, Judge: "eng/user/2", Authored: by, Pairs: []portfolio.PairComparison{
			{More: "open", Less: "null", Times: "9"}, {More: "null", Less: "size", Times: "7"}, {More: "size", Less: "open", Times: "3"}, {More: "open-below", Less: "Person", Times: "2"}}},
		&portfolio.JudgementFact{Strategy: oddStrategy, Version: oddVersion, Judge: "Nobody", Pairs: []portfolio.PairComparison{
			{More: "open", Less: "null", Times: "1/3"}, {More: "null", Less: "size", Times: "5"}, {More: "open", Less: "size", Times: "many"}, {More: "Person", Less: "open-below", Times: "4"}}},
		&portfolio.JudgementFact{Strategy: oddStrategy, Version: oddVersion, Judge: "Who compares little", Pairs: []portfolio.PairComparison{{More: "open", Less: "null", Times: "2"}}},
		&portfolio.ObjectiveFact{Slug: "open", Strategy: oddStrategy, Name: "Openness", Description: "Doors.", Owner: "eng/user/2", ValueDriver: "Access", Horizon: "3 years",
			Aliases: []string{"Go-live"}, ValidFrom: oddDates[3], ValidTo: oddDates[9], Authored: by},
		&portfolio.ObjectiveFact{Slug: "open-below", Strategy: oddStrategy, Parent: "open", Name: "Below"},
		&portfolio.ObjectiveFact{Slug: "Person", Strategy: oddStrategy, Parent: "open", Name: "Person", RollUp: portfolio.RollUpMin},
		&portfolio.ObjectiveFact{Slug: "null", Strategy: oddStrategy},
		&portfolio.ObjectiveFact{Slug: "size", Strategy: oddStrategy, RollUp: portfolio.RollUpManual, Progress: number("1.25"), Reported: "at_risk"},
		&portfolio.ObjectiveFact{Slug: "Größe", Strategy: oddStrategy, Parent: "gone", ValidTo: oddDates[2]},
		&portfolio.KeyResultFact{Slug: "k1", Objective: "open-below", Name: "Doors opened", Owner: "eng/user/2", Unit: "doors", KPI: "doors", Baseline: number("1"), Target: number("9"),
			Weight: number("2"), Due: oddDates[8], Authored: by},
		&portfolio.KeyResultFact{Slug: "k2", Objective: "Person", Progress: number("0.5"), Actual: number("3")},
		&portfolio.KeyResultFact{Slug: "k3", Objective: "gone"},
		&portfolio.KPIFact{Slug: "doors", Name: "Doors", Department: "open", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodMonth, Target: number("9")},
		&portfolio.MeasurementFact{KPI: "doors", Period: "2026-01", Actual: number("4")},
		&portfolio.KPIFact{Slug: "share", Name: "Share", Department: "open", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodMonth, Aggregation: portfolio.AggregateRatio},
		&portfolio.MeasurementFact{KPI: "share", Period: "2026-01", Numerator: number("4"), Denominator: number("5")},
		// One that had no target before, so that nothing can be compared.
		&portfolio.KPIFact{Slug: "windows", Name: "Windows", Department: "open", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodMonth},
		&portfolio.MeasurementFact{KPI: "windows", Period: "2025-12", Actual: number("4")},
		&portfolio.MeasurementFact{KPI: "windows", Period: "2026-01", Actual: number("4"), Target: number("5")},
	}
	for i, budget := range []string{"9", "5", "5", "1", "", ""} {
		docs = append(docs, orderly("eng", strconv.Itoa(100+2*i), budget, oddObjectives[i%len(oddObjectives)], i)...)
	}
	docs = append(docs, orderly("ops", "112", "7", oddObjectives[0], 2)...) // in another currency
	return docs
}

// orderly is a project of which everything is known that rankings need.
func orderly(connection, id, budget, objective string, n int) []portfolio.Document {
	p := &portfolio.ProjectFact{
		Source: portfolio.Source{Connection: connection, Kind: "project", ID: id, Key: "ORD-" + id}, Name: "Orderly",
		Fields: []portfolio.Field{{ID: "dept", Name: "Department", Type: portfolio.FieldText, Text: "open"}},
	}
	if budget != "" {
		p.Fields = append(p.Fields, portfolio.Field{ID: "budget", Name: "Budget", Type: portfolio.FieldNumber, Number: budget + unpaid})
	}
	docs := []portfolio.Document{p, &portfolio.ContributionFact{Project: connection + ":ORD-" + id, Objective: objective, Strength: decimal.New(int64(n+1), -1)}}
	for _, field := range []string{"businessValue", "timeCriticality", "riskReduction", "jobSize"} {
		docs = append(docs, &portfolio.Override{Target: "project:" + connection + ":ORD-" + id, Field: field, Value: portfolio.Field{Type: portfolio.FieldNumber, Number: strconv.Itoa(n + 1)}})
	}
	return docs
}

// contribution is to an objective that everybody sees; what is said of a
// project that few see is for them alone.
func (o *oddity) contribution() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.ContributionFact{
		Project: o.ref("project", oddProjects), Objective: oddObjectives[o.IntN(len(oddObjectives))],
		Strength: decimal.New(int64(o.IntN(11)), -1), Rationale: o.maybe(o.text()),
	}
	if o.one(4) {
		f.Objective = "open" // which has others below it
	}
	f.Author, f.At = o.maybe("key:"+o.text()), o.instant()
	return f
}

// worth is what people say of a project for the second ranking, and why it is
// done.
func (o *oddity) worth() portfolio.Document {
	o.hidden = o.one(2)
	f := &portfolio.Override{Target: portfolio.Key{Kind: portfolio.KindProject, ID: o.ref("project", oddProjects)}.String()}
	f.Field = []string{"businessValue", "timeCriticality", "riskReduction", "jobSize", "justification"}[o.IntN(5)]
	f.Value = portfolio.Field{Type: portfolio.FieldNumber, Number: []string{"1", "8", "5.5", "0"}[o.IntN(4)]}
	if f.Field == "justification" {
		f.Value = portfolio.Field{Type: portfolio.FieldText, Text: o.text()}
	}
	if o.one(6) {
		f.Target = portfolio.Key{Kind: portfolio.KindMilestone, ID: o.ref("issue", oddMilestones)}.String()
		f.Field, f.Value = "contingency", portfolio.Field{Type: portfolio.FieldText, Text: o.text()}
	}
	return f
}

// deepQuestions are about what lies deeper than random questions mostly get.
var deepQuestions = []string{
	`{ cycles(first: 100) { nodes { review { observed { start end projects reason { code } scoreChange scoreChangeReason { code } } } } } }`,
	`{ objectives(first: 100) { nodes { keyResults(first: 3) { edges { cursor node { key } } } } } }`,
	`{ briefing(department: "open") { department { name } } all: briefing { kpiMovements { edges { cursor node { reason { code } } } } } }`,
	`{ joinSuggestions(minScore: 0.5) { edges { cursor } nodes { primary { key } member { key joinSuggestions(minScore: 1) { score } } score reasons { code weight message } } } }`,
	`{ overAllocations(from: "2026-03-02", to: "2026-03-20") { edges { cursor node { name } } } }`,
	`{ decisions(first: 100) { aggregates { latencyReason { code } decidedLatencyReason { code } openByAge { label from to count } } groups(by: [DEPARTMENT, TYPE]) { edges { cursor node { keys { label } aggregates { latencyP90Days milestonesBlocked } } } }
		nodes { latencyReason { code } waitingReason { code } blocks { waitsFor { key } } actions { owner { name } ownerName done daysToDue decision { key } } } } }`,
	`{ decisions(filter: { title: { eq: "none at all" } }) { aggregates { latencyReason { code } decidedLatencyReason { code } } } }`,
	`{ commonProblems(first: 100) { title category count projects { name } recommendation appliedTo { name } lessons { similar { score lesson { key } } } } }`,
	`{ projects(first: 100) { nodes { redRisk { withinDays probability transitions reason { code message } }
		history(from: "-P30W") { observedSince trend stoodAlone { id first last } points { period on observedOn now observed reason { code message }
		health reported computed phase score slipDays forecastDate workDone workTotal progress formerId spent { amount } } } } } }`,
	`{ healthTrend(from: "-P32W", filter: { key: { neq: "none" } }) { trend points { period on observedOn now observed reason { code } green yellow red unknown total } } }`,
	`{ redRiskCalibration(withinDays: 14) { withinDays brier predictions reason { code message } buckets { from to count predicted happened } } }`,
	`{ redRiskCalibration(withinDays: 365) { brier reason { code message } } }`,
	`{ milestones(first: 200) { nodes { dateMoves { count laterCount complete moves { on from to days } } } } }`,
	`{ changes(from: "2026-02-28", first: 500) { totalCount pageInfo { hasNextPage } edges { cursor node { kind } }
		nodes { id what kind node { __typename id } project { name } fields { name before after } } } }`,
	`{ projects(filter: { key: { eq: "ORD-100" } }) { aggregates { budget { total { amount } } } } }`,
	`{ projects(first: 100) { nodes { alignment { explain { method strategyVersion { version } weights { local } notes { code }
		terms { counts points calculation leaves { leaf } reason { code } contribution { points } }
		spend { amount { amount } reason { code } override { value } source { connection } } } } } } }`,
	`{ briefing(period: YEAR) { wins { totalCount nodes { title amount unit quote { text by role } } } quotes { totalCount nodes { text by role said project { name } } } costs { count spent { total { amount } reason { code } } expectedCost { count missing } budget { total { amount } } } } }`,
	`{ briefing { kpiMovements { nodes { kpi { key } change reason { code } } } headline { now before change reason { code } } gaps { reason { code } } } }`,
	`{ assumptions(first: 100) { nodes { recorded { author at version } } } }`,
	`{ misalignment { inversions { edges { cursor node { project { name } } } } orphans { edges { cursor node { name } } } } }`,
	`{ people(first: 100) { nodes { identity { key name email basis department { key } accounts { name } } suggestedSame { name } } } }`,
	`{ risks(first: 500) { nodes { milestone { name } recorded { author at version } preventedExposure { amount } preventedExposureReason { code } } aggregates { byResponse { response count } effectivenessReason { code } }
		groups(by: [DEPARTMENT, RESPONSE]) { edges { cursor node { keys { label } aggregates { open overdue withoutOwner preventedExposure { converted { amount } } } } } } } }`,
	`{ risks(filter: { title: { eq: "nothing is called so" } }) { aggregates { effectivenessReason { code message } } } }`,
	`{ milestones(first: 300) { nodes { risks { totalCount } impact(slipDays: 400) { reason { code } affectedCount goLivesAtRiskCount affected { milestone { name } newForecastDate slipDays depth via { id } }
		goLivesAtRisk { slipDays } undated { id } cycles { dependencies { id circular } } } } } }`,
	`{ projects(first: 100) { nodes { issues { totalCount nodes { risk { title } ageDays } } assumptions { nodes { ageDays note } } impact(slipDays: 2000) { affectedProjectCount affectedProjects { project { name } newForecastDate slipDays depth via { id } } } } } }`,
	`{ projects(first: 100) { nodes { evm { bacBasis evBasis bac { value { amount } reason { code } } eac { value { amount } reason { code } } spiT { value reason { code } } }
		spend { forecastBasis budget { value { amount } } actual { value { amount } } forecast { value { amount } reason { code } } }
		forecast { method samples p50 onTarget reason { code } } costs { reason { code } nodes { period ignoredReason { code } } aggregates { planned { total { amount } } } } } } }`,
	`{ costs(first: 100) { nodes { projectRef period currency note recorded { at } } reason { code } } }`,
	`{ predictability(from: "2025-01-01", to: "2026-06-01") { months { month due onTime percentage reason { code } } reason { code } } slipDistribution { p50 p90 reason { code } buckets { bucket count } } }`,
	`{ kpis(filter: { key: { eq: "share" } }) { nodes { series { numerator denominator } } } }`,
	`{ compareStrategyVersions(strategy: "` + oddStrategy + `", from: "` + oddVersion + `", to: "size") { weights { objective { key } before after reason { code } } } }`,
	`{ kpis(first: 100) { nodes { projectionError { reason { code } } } } }`,
	`{ people(first: 100) { nodes { load(from: "2026-03-02", to: "2026-03-20") { from to workingDays people load loadReason { code } allocatedDays capacityDays peak overAllocatedDays } } } }`,
	`{ departments(first: 100) { nodes { load(from: "2026-03-02", to: "2026-03-20") { load loadReason { code } } controls { passRate passRateReason { code } controls { passRate passRateReason { code } } }
		dataQuality { score scoreReason { code } parts { score scoreReason { code } checks { score examples { id name } } } reasons { code } } } } }`,
	`{ overAllocations(from: "2026-03-02", to: "2026-03-20", first: 50) { nodes { name person { name } identity { key } from to workingDays allocatedDays capacityDays excessDays load loadReason { code } peakAllocation assignments { key } } pageInfo { hasNextPage endCursor } } }`,
	`{ projects(first: 100) { nodes { controls { code outcome why mend exception { key expired until } exceptionReason { code } } } } }`,
	`{ controlFindings(first: 500) { nodes { control title why mend excepted exception { reason } exceptionReason { code } } } }`,
	`{ surveys(filter: { key: { eq: "nothing" } }) { aggregates { responseRateReason { code } npsReason { code } normalisedMeanReason { code } } } }`,
	`{ cycles { nodes { review { progressReason { code } completedMilestones { edges { cursor } } dueNext { totalCount } changes { differenceReason { code } start { period } end { period } } } } } }`,
	`{ strategy { versions { nodes { comparisons { weights reason { code } consensus consensusReason { code } judges { person { name } weights reason { code } consistency { ratio worst { suggested ratioThen given more { key } less { key } } } } } } } } }`,
}
