package graph_test

import (
	"math/rand/v2"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// oddKPIs are keys that may be seen, which are among the texts that queries
// ask for, with how often they are measured.
var oddKPIs = []struct {
	key    string
	period portfolio.Period
	spans  []string
}{
	{"open", portfolio.PeriodMonth, []string{"2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"}},
	{"eng", portfolio.PeriodMonth, []string{"2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"}},
	{"size", portfolio.PeriodQuarter, []string{"2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-02"}},
	{"PAY-7", portfolio.PeriodWeek, []string{"2026-W01", "2026-W07", "2026-W08", "2026-W53", "0001-W01", "soon"}},
}

// measured are KPIs with enough measurements for every figure to be computed
// somewhere.
func (w *oddWorld) measured(chance *rand.Rand) []portfolio.Document {
	var docs []portfolio.Document
	o := &oddity{Rand: chance}
	docs = append(docs, &portfolio.PersonFact{Source: portfolio.Source{Connection: "eng", Kind: "owner", ID: "1"}, Name: "Größe", Email: "who@size"})
	for i := range oddKPIs {
		docs = append(docs, o.kpiOf(i))
		for _, span := range oddKPIs[i].spans {
			docs = append(docs, o.measurementOf(i, span, ""), o.measurementOf(i, span, "size"))
		}
	}
	for i := range 60 {
		docs = append(docs, o.costOf(o.ref("project", oddProjects), []string{"2025-Q4", "2026-01", "2026-02", "2026-03", "2026-Q1"}[i%5]))
	}
	for range 5 {
		project := o.ref("project", oddProjects)
		docs = append(docs,
			&portfolio.KPILinkFact{Project: project, KPI: oddKPIs[0].key, Authored: o.authored()},
			&portfolio.MilestoneFact{
				Source: portfolio.Source{Connection: "eng", Kind: "row", ID: project}, Name: "Go-live", Project: project,
				StatusCategory: portfolio.StatusDone, Finished: portfolio.NewDate(2025, 11, 3),
			})
	}
	return docs
}

func (o *oddity) figure() *decimal.Decimal {
	texts := []string{"", "0", "12", "40", "50.5", "60", "-3", "123456789012345678901234567890", "0.000000000000000001", "1e400"}
	text := texts[o.IntN(len(texts))]
	if text == "" {
		return nil
	}
	d := decimal.RequireFromString(text)
	return &d
}

// costOf is a cost that says something of everything, now and then.
func (o *oddity) costOf(project, period string) *portfolio.CostFact {
	return &portfolio.CostFact{
		Project: project, Period: period, Category: o.maybe(o.text()), Currency: []string{"", "EUR", "EUR", "USD"}[o.IntN(4)],
		Budget: o.figure(), Planned: o.figure(), Earned: o.figure(), Actual: o.figure(), Forecast: o.figure(), Note: o.maybe(o.text()), Authored: o.authored(),
	}
}

func (o *oddity) authored() portfolio.Authored {
	return portfolio.Authored{Author: "key:" + o.text(), At: o.instant()}
}

func (o *oddity) kpi() portfolio.Document {
	o.hidden = o.one(2)
	return o.kpiOf(o.IntN(len(oddKPIs)))
}

func (o *oddity) kpiKey(i int) string {
	if o.hidden {
		return oddKPIs[i].key + unseen
	}
	return oddKPIs[i].key
}

func (o *oddity) kpiOf(i int) portfolio.Document {
	f := &portfolio.KPIFact{
		Slug: o.kpiKey(i), Name: o.text(), Description: o.maybe(o.text()), Owner: o.maybe("who@size"), Unit: o.maybe(o.text()),
		Department:  []string{"open", "open-below", "Open 🚪"}[o.IntN(3)],
		Direction:   []portfolio.KPIDirection{portfolio.HigherIsBetter, portfolio.LowerIsBetter, portfolio.TargetBand}[o.IntN(3)],
		Indicator:   []portfolio.IndicatorType{"", portfolio.IndicatorLeading, portfolio.IndicatorLagging}[o.IntN(3)],
		Perspective: []portfolio.KPIPerspective{"", portfolio.PerspectiveCustomer, portfolio.PerspectiveEmployee}[o.IntN(3)],
		Period:      oddKPIs[i].period,
		Aggregation: []portfolio.KPIAggregation{"", portfolio.AggregateSum, portfolio.AggregateMean, portfolio.AggregateLast, portfolio.AggregateRatio}[o.IntN(5)],
		Baseline:    o.figure(), Target: o.figure(), BandLow: o.figure(), BandHigh: o.figure(),
		Leads: []string{oddKPIs[o.IntN(2)].key, oddKPIs[2].key + unseen, "nothing"}, Authored: o.authored(),
	}
	if o.one(3) {
		f.Attainment = portfolio.AttainmentFromBaseline
	}
	if o.hidden {
		f.Department = []string{"shut", "", "nobody knows " + unseen}[o.IntN(3)]
	}
	return f
}

func (o *oddity) measurement() portfolio.Document {
	o.hidden = o.one(2)
	i := o.IntN(len(oddKPIs))
	return o.measurementOf(i, oddKPIs[i].spans[o.IntN(len(oddKPIs[i].spans))], o.maybe(o.text()))
}

func (o *oddity) measurementOf(i int, span, segment string) portfolio.Document {
	f := &portfolio.MeasurementFact{
		KPI: o.kpiKey(i), Period: span, Segment: segment, Note: o.maybe(o.text()), Authored: o.authored(),
		Actual: o.figure(), Target: o.figure(), Projection: o.figure(), Numerator: o.figure(), Denominator: o.figure(),
	}
	if d := decimal.New(int64(10+o.IntN(90)), 0); i < 2 && segment == "" {
		f.Actual, f.Numerator, f.Denominator = &d, &d, &d
	}
	return f
}

func (o *oddity) kpiLink() portfolio.Document {
	o.hidden = o.one(2)
	i := o.IntN(2)
	f := &portfolio.KPILinkFact{
		Project: o.ref("project", oddProjects), KPI: o.kpiKey(i), ExpectedChange: o.figure(),
		Rationale: o.maybe(o.text()), Authored: o.authored(),
	}
	if o.hidden && o.one(2) {
		f.Project, f.KPI = "pmo:"+unseen, oddKPIs[i].key // nobody knows whose it is
	}
	return f
}
