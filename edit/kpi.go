package edit

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
	"plumbline/portfolio/scoring"
)

// Limits of a KPI.
const (
	// mostThreshold is the highest attainment that green may begin at: a
	// share, so that 90 is told from 0.9.
	mostThreshold = "2"
	maxGraceDays  = 366
)

func (c *check) kpi(f *portfolio.KPIFact) {
	c.slug(f.Slug, "key")
	c.needed("A name", f.Name, "name")
	c.long(f.Description, "description")
	c.named("The key of a department", f.Department, "department")
	c.line(f.Owner, "owner")
	c.line(f.Unit, "unit")
	oneOf(c, "direction", f.Direction, true, portfolio.HigherIsBetter, portfolio.LowerIsBetter, portfolio.TargetBand)
	oneOf(c, "indicator", f.Indicator, false, portfolio.IndicatorLeading, portfolio.IndicatorLagging)
	oneOf(c, "perspective", f.Perspective, false, portfolio.PerspectiveCustomer, portfolio.PerspectiveEmployee, portfolio.PerspectiveFinancial, portfolio.PerspectiveProcess)
	oneOf(c, "period", f.Period, true, portfolio.PeriodDay, portfolio.PeriodWeek, portfolio.PeriodMonth, portfolio.PeriodQuarter, portfolio.PeriodYear)
	oneOf(c, "aggregation", f.Aggregation, false, portfolio.AggregateSum, portfolio.AggregateMean, portfolio.AggregateLast, portfolio.AggregateRatio)
	oneOf(c, "attainment", f.Attainment, false, portfolio.AttainmentFromTarget, portfolio.AttainmentFromBaseline)
	c.number(f.Baseline, "baseline")
	c.number(f.Target, "target")
	c.band(f)
	c.thresholds(f)
	if f.GraceDays != nil && (*f.GraceDays < 0 || *f.GraceDays > maxGraceDays) {
		c.invalid(at("graceDays"), "%d is out of range; it is from 0 to %d days.", *f.GraceDays, maxGraceDays)
	}
	c.lines(f.Leads, "leads")
	if i := slices.Index(f.Leads, f.Slug); i >= 0 && f.Slug != "" {
		c.wrong(portfolio.UserErrorCircular, at("leads", i), "%s cannot run ahead of itself.", c.noun())
	}
	c.measurementsFit(f)
}

// band checks the limits between which a KPI of direction TARGET_BAND is good.
func (c *check) band(f *portfolio.KPIFact) {
	low, high := c.number(f.BandLow, "bandLow"), c.number(f.BandHigh, "bandHigh")
	if f.Direction != portfolio.TargetBand {
		if f.BandLow != nil || f.BandHigh != nil {
			c.invalid(at("direction"), "Only TARGET_BAND has bandLow and bandHigh; leave them away.")
		}
		return
	}
	if f.BandLow == nil {
		c.wrong(portfolio.UserErrorBlank, at("bandLow"), "TARGET_BAND needs the lower end of the band.")
	}
	if f.BandHigh == nil {
		c.wrong(portfolio.UserErrorBlank, at("bandHigh"), "TARGET_BAND needs the upper end of the band.")
	}
	if low && !f.BandLow.IsPositive() {
		c.invalid(at("bandLow"), "%s is not above 0; attainment below the band is the share of its lower end.", f.BandLow)
	}
	if low && high && f.BandHigh.LessThan(*f.BandLow) {
		c.invalid(at("bandHigh"), "The band ends at %s, below its beginning at %s.", f.BandHigh, f.BandLow)
	}
}

// thresholds checks from which attainment a KPI is green and yellow.
func (c *check) thresholds(f *portfolio.KPIFact) {
	c.within(f.Green, "0", mostThreshold, "green")
	c.within(f.Yellow, "0", mostThreshold, "yellow")
	green, yellow := decimal.NewFromFloat(scoring.DefaultGreen), decimal.NewFromFloat(scoring.DefaultYellow)
	if f.Green != nil {
		green = *f.Green
	}
	if f.Yellow != nil {
		yellow = *f.Yellow
	}
	if yellow.GreaterThan(green) {
		c.invalid(at("yellow"), "Yellow begins at %s, above green at %s; it is not higher.", yellow, green)
	}
}

// measurementsFit reports a KPI whose period or aggregation changes so that
// measurements that stay would no longer fit.
func (c *check) measurementsFit(f *portfolio.KPIFact) {
	v, ok := c.before(f.Key())
	if !ok {
		return
	}
	was := v.Doc.(*portfolio.KPIFact)
	if was.Period == f.Period && (was.Aggregation == portfolio.AggregateRatio) == (f.Aggregation == portfolio.AggregateRatio) {
		return
	}
	field := "aggregation"
	if was.Period != f.Period {
		field = "period"
	}
	count, first := 0, ""
	for m := range all[*portfolio.MeasurementFact](c.draft, portfolio.KindMeasurement) {
		if _, changed := c.changes[m.Key()]; changed || m.KPI != f.Slug {
			continue
		}
		if ofPeriod(m.Period, f.Period) && partsProblem(m, f) == nil {
			continue
		}
		if count++; first == "" || m.Period < first {
			first = m.Period
		}
	}
	if count > 0 {
		c.invalid(at(field), "%d of its measurements would not fit, first that of %s; delete or replace them in the same request.", count, first)
	}
}

func (c *check) measurement(f *portfolio.MeasurementFact) {
	c.named("The key of a KPI", f.KPI, "kpi")
	c.line(f.Segment, "segment")
	c.identifying(f.Segment, "segment")
	c.number(f.Actual, "actual")
	c.number(f.Target, "target")
	c.number(f.Projection, "projection")
	c.number(f.Numerator, "numerator")
	c.atLeastZero(f.Denominator, "denominator")
	c.long(f.Note, "note")
	if f.Actual == nil && f.Target == nil && f.Projection == nil && f.Numerator == nil && f.Denominator == nil {
		c.wrong(portfolio.UserErrorBlank, at("actual"), "A measurement needs a value: actual, target or projection.")
	}
	kpi := findAs[portfolio.KPIFact](c.draft, portfolio.KindKPI, f.KPI)
	if f.Period == "" {
		c.wrong(portfolio.UserErrorBlank, at("period"), "A period is needed, such as 2026-03.")
		return
	}
	if kpi == nil {
		return // reported as a reference
	}
	if !ofPeriod(f.Period, kpi.Period) {
		c.invalid(at("period"), "%q is not a %s; KPI %q is measured by %s, as in %s.", shortened(f.Period), strings.ToLower(string(kpi.Period)), kpi.Slug, kpi.Period, periodExamples[kpi.Period])
	}
	if p := partsProblem(f, kpi); p != nil {
		c.wrong(p.code, at(p.field), "%s", p.sentence)
	}
}

// A fieldProblem says what is wrong with a field.
type fieldProblem struct {
	code     portfolio.UserErrorCode
	field    string
	sentence string
}

// partsProblem checks that a ratio comes with the two numbers it is made of,
// and nothing else does.
func partsProblem(f *portfolio.MeasurementFact, kpi *portfolio.KPIFact) *fieldProblem {
	ratio := kpi.Aggregation == portfolio.AggregateRatio
	switch {
	case !ratio && f.Numerator != nil:
		return &fieldProblem{portfolio.UserErrorInvalid, "numerator", "Only a KPI of aggregation RATIO has a numerator; write actual."}
	case !ratio && f.Denominator != nil:
		return &fieldProblem{portfolio.UserErrorInvalid, "denominator", "Only a KPI of aggregation RATIO has a denominator; write actual."}
	case ratio && f.Numerator == nil && (f.Actual != nil || f.Denominator != nil):
		return &fieldProblem{portfolio.UserErrorBlank, "numerator", "The KPI is a RATIO: its value is numerator by denominator, so that periods and segments add up; write both."}
	case ratio && f.Denominator == nil && (f.Actual != nil || f.Numerator != nil):
		return &fieldProblem{portfolio.UserErrorBlank, "denominator", "The KPI is a RATIO: its value is numerator by denominator, so that periods and segments add up; write both."}
	}
	return nil
}

// periodExamples show how the periods are written.
var periodExamples = map[portfolio.Period]string{
	portfolio.PeriodDay:     "2026-03-15",
	portfolio.PeriodWeek:    "2026-W07",
	portfolio.PeriodMonth:   "2026-03",
	portfolio.PeriodQuarter: "2026-Q1",
	portfolio.PeriodYear:    "2026",
}

// ofPeriod reports whether a text is a period of the length. Where the length
// is none that is known, the KPI is what is wrong.
func ofPeriod(text string, length portfolio.Period) bool {
	span, err := portfolio.ParseSpan(text)
	return err == nil && span.Period == length || periodExamples[length] == ""
}

func (c *check) kpiLink(f *portfolio.KPILinkFact) {
	c.project(f.Project, "project")
	c.named("The key of a KPI", f.KPI, "kpi")
	c.number(f.ExpectedChange, "expectedChange")
	c.long(f.Rationale, "rationale")
}
