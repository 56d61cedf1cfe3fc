package portfolio

import (
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// figure is a small number, or none.
func (h *history) figure(what string) *decimal.Decimal {
	n := rapid.IntRange(-4, 12).Draw(h.t, what)
	if n < -2 {
		return nil
	}
	d := decimal.New(int64(n*25), -1)
	return &d
}

func (h *history) kpi() *KPIFact {
	f := &KPIFact{
		Slug: h.word("reach", "speed"), Name: h.word("Reach", "Speed"), Department: h.word("digital", "Health", "nowhere"), Owner: h.word("", "Ann", "bob@x"),
		Direction:   pick(h.t, "direction", []KPIDirection{HigherIsBetter, LowerIsBetter, TargetBand}),
		Perspective: pick(h.t, "perspective", []KPIPerspective{"", PerspectiveCustomer, PerspectiveProcess}),
		Period:      pick(h.t, "period", []Period{PeriodMonth, PeriodMonth, PeriodMonth, PeriodWeek, PeriodQuarter}),
		Aggregation: pick(h.t, "aggregation", []KPIAggregation{"", AggregateSum, AggregateMean, AggregateLast, AggregateRatio}),
		Baseline:    h.figure("baseline"), Target: h.figure("target"), BandLow: h.figure("low"), BandHigh: h.figure("high"),
	}
	if h.chance(4) {
		f.Attainment = AttainmentFromBaseline
	}
	if h.chance(3) {
		days := rapid.IntRange(0, 40).Draw(h.t, "grace")
		f.GraceDays = &days
	}
	if h.chance(3) {
		f.Leads = []string{"speed"}
	}
	return f
}

func (h *history) measurement() *MeasurementFact {
	f := &MeasurementFact{
		KPI: h.word("reach", "reach", "speed", "unknown"), Segment: h.word("", "", "rural", "pilot"),
		Period: h.word("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-W01", "2026-Q1", "2026-3"),
		Actual: h.figure("actual"), Target: h.figure("own target"), Projection: h.figure("projection"),
	}
	if h.chance(2) {
		f.Numerator, f.Denominator = h.figure("numerator"), h.figure("denominator")
	}
	return f
}

func (h *history) kpiLink() *KPILinkFact {
	return &KPILinkFact{Project: h.word(h.projectID(), "pmo:P1", "pmo:P2", "eng:A", "ops:B", "nowhere"), KPI: h.word("reach", "speed", "unknown"), ExpectedChange: h.figure("expected")}
}
