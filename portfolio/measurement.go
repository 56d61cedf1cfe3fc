package portfolio

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// Why a KPI has no value where one could be, beside what package scoring names.
const (
	codePartsMissing    scoring.Code = "PARTS_MISSING"
	codeDenominatorZero scoring.Code = "DENOMINATOR_ZERO"
	codeActualLate      scoring.Code = "ACTUAL_LATE"
)

// number is an entered decimal as it is computed with; nil for one that is not
// there or too large to compute with.
func number(d *decimal.Decimal) *float64 {
	if d == nil {
		return nil
	}
	f := d.InexactFloat64()
	if math.IsInf(f, 0) {
		return nil
	}
	return &f
}

// finite is a computed figure, rounded; nil when it is beyond all numbers.
func finite(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	f = scoring.Round9(f)
	return &f
}

// pointOf is what one measurement says, before attainment.
func (k *KPIRow) pointOf(f *MeasurementFact, span Span, today Date) *KPIPointRow {
	p := &KPIPointRow{
		KPIID: k.ID, Segment: f.Segment, Span: span, Basis: BasisRecorded, Expected: 1,
		Actual: number(f.Actual), Target: number(f.Target), Projection: number(f.Projection),
		Closed: span.closed(today),
	}
	if k.Aggregation == AggregateRatio {
		p.Numerator, p.Denominator = number(f.Numerator), number(f.Denominator)
		k.divide(p)
	}
	// What the KPI says of itself is of the whole; only means and ratios of
	// a part are measured by the same.
	switch {
	case f.Segment == "":
		p.scale = 1
	case k.Aggregation == AggregateMean || k.Aggregation == AggregateRatio:
		p.scale, p.Target = 1, orNumber(p.Target, k.Target)
	}
	if p.Actual != nil {
		p.Measured = 1
	}
	return p
}

// divide sets the actual value of a ratio from its parts, when it has both.
func (k *KPIRow) divide(p *KPIPointRow) {
	switch {
	case p.Numerator == nil || p.Denominator == nil:
		if p.Actual == nil && (p.Numerator != nil || p.Denominator != nil) {
			p.lacks = codePartsMissing
		}
	case *p.Denominator == 0:
		p.Actual, p.lacks = nil, codeDenominatorZero
	default:
		p.Actual = finite(*p.Numerator / *p.Denominator)
	}
}

// judge sets attainment and health of a point that has all other values.
func (k *KPIRow) judge(p *KPIPointRow) {
	p.Health = HealthUnknown
	p.Attainment, p.Reason = scoring.Attain(k.goal(p), p.Actual)
	if p.Reason == scoring.NoActual {
		p.Reason = cmp.Or(p.lacks, p.Reason)
	}
	if p.Attainment != nil {
		p.Health = Health(scoring.RAG(*p.Attainment, k.Green, k.Yellow))
	}
}

// goal is what the actual value of a point is measured by.
func (k *KPIRow) goal(p *KPIPointRow) scoring.Target {
	t := scoring.Target{Direction: scoring.Direction(k.Direction), FromBaseline: k.AttainmentForm == AttainmentFromBaseline, Target: p.Target}
	if p.scale > 0 {
		t.Baseline, t.Low, t.High = scaled(k.Baseline, p.scale), scaled(k.BandLow, p.scale), scaled(k.BandHigh, p.scale)
	}
	return t
}

func scaled(f *float64, by float64) *float64 {
	if f == nil || by == 1 {
		return f
	}
	return finite(*f * by)
}

// wholeOf makes the point of the whole from what was recorded of it, which may
// be nothing, and from the segments of the same period: whatever the record
// does not say is made of them.
func (k *KPIRow) wholeOf(recorded *KPIPointRow, segments []*KPIPointRow) *KPIPointRow {
	made := k.madeOf(segments, true)
	made.Span, made.Closed, made.Expected, made.scale = segments[0].Span, segments[0].Closed, 1, 1
	if made.Measured = 0; made.Actual != nil {
		made.Measured = 1
	}
	if recorded != nil {
		made.Target = orNumber(recorded.Target, made.Target)
		made.Projection = orNumber(recorded.Projection, made.Projection)
		if recorded.Actual != nil || recorded.lacks != "" {
			made.Actual, made.Numerator, made.Denominator, made.lacks = recorded.Actual, recorded.Numerator, recorded.Denominator, recorded.lacks
			made.Basis, made.Measured = BasisRecorded, recorded.Measured
		}
	}
	return made
}

func orNumber(first, second *float64) *float64 {
	if first != nil {
		return first
	}
	return second
}

// over makes one point of those of the shorter periods that belong to a
// longer one, the earliest first.
func (k *KPIRow) over(span Span, points []*KPIPointRow, today Date) *KPIPointRow {
	p := k.madeOf(points, false)
	p.Span, p.Basis, p.Expected = span, BasisPeriods, span.count(k.Period)
	p.Closed = span.closed(today)
	k.judge(p)
	return p
}

// madeOf makes one point of several: of the segments of one period, or of
// periods that follow one another.
//
// The actual value is made of those that have one. Once there is one, target
// and projection are made of the same ones, so that like is compared with
// like; when one of these lacks it, there is none.
func (k *KPIRow) madeOf(points []*KPIPointRow, segments bool) *KPIPointRow {
	p := &KPIPointRow{KPIID: k.ID, Basis: BasisSegments}
	if !segments {
		p.Segment, p.scale = points[0].Segment, points[0].scale
	}
	var counted []*KPIPointRow
	for _, part := range points {
		if part.Actual != nil || part.hasParts() {
			counted = append(counted, part)
			p.Measured += part.Measured
		}
	}
	if len(counted) == 0 {
		counted = points
	} else {
		k.addUp(p, counted, segments)
	}
	p.Target = k.combined(counted, segments, func(p *KPIPointRow) *float64 { return p.Target })
	p.Projection = k.combined(counted, segments, func(p *KPIPointRow) *float64 { return p.Projection })
	if k.Aggregation == AggregateSum {
		p.scale *= float64(len(counted))
	}
	return p
}

// addUp sets the actual value of a point from those of its parts, all of which
// have one.
func (k *KPIRow) addUp(p *KPIPointRow, parts []*KPIPointRow, segments bool) {
	if k.Aggregation != AggregateRatio {
		p.Actual = k.combined(parts, segments, func(p *KPIPointRow) *float64 { return p.Actual })
		return
	}
	p.Numerator, p.Denominator = sumOf(parts, numeratorOf), sumOf(parts, denominatorOf)
	if p.Numerator == nil || p.Denominator == nil {
		p.Numerator, p.Denominator, p.lacks = nil, nil, codePartsMissing
		return
	}
	k.divide(p)
}

// hasParts reports whether both parts of a ratio are known.
func (p *KPIPointRow) hasParts() bool { return p.Numerator != nil && p.Denominator != nil }

func numeratorOf(p *KPIPointRow) *float64   { return p.Numerator }
func denominatorOf(p *KPIPointRow) *float64 { return p.Denominator }

// combined makes one figure of those of several points as the KPI adds up;
// nil when one has none.
func (k *KPIRow) combined(points []*KPIPointRow, segments bool, of func(*KPIPointRow) *float64) *float64 {
	switch {
	case k.Aggregation == AggregateRatio:
		return weighted(points, of)
	case k.Aggregation == AggregateLast && !segments:
		return of(points[len(points)-1])
	}
	sum := sumOf(points, of)
	if sum != nil && k.Aggregation == AggregateMean {
		return finite(*sum / float64(len(points)))
	}
	return sum
}

func sumOf(points []*KPIPointRow, of func(*KPIPointRow) *float64) *float64 {
	sum := 0.0
	for _, p := range points {
		f := of(p)
		if f == nil {
			return nil
		}
		sum += *f
	}
	return finite(sum)
}

// weighted is the mean of ratios by their denominators, which is the ratio of
// the sums. Where they are all the same no denominator is needed.
func weighted(points []*KPIPointRow, of func(*KPIPointRow) *float64) *float64 {
	first := of(points[0])
	if !slices.ContainsFunc(points, func(p *KPIPointRow) bool { return !equalNumber(of(p), first) }) {
		return first
	}
	sum, weights := 0.0, 0.0
	for _, p := range points {
		f := of(p)
		if f == nil || p.Denominator == nil {
			return nil
		}
		sum += *f * *p.Denominator
		weights += *p.Denominator
	}
	if weights == 0 {
		return nil
	}
	return finite(sum / weights)
}

// measure makes the series of a KPI from its measurements.
func (k *KPIRow) measure(measurements []*MeasurementFact, today Date) {
	k.Series, k.Ignored = nil, nil
	recorded := map[Span]*KPIPointRow{}
	segments := map[string][]*KPIPointRow{}
	bySpan := map[Span][]*KPIPointRow{}
	for _, f := range measurements {
		span, err := ParseSpan(f.Period)
		if err != nil || span.Period != k.Period {
			k.Ignored = append(k.Ignored, Reason{Code: "WRONG_PERIOD", Message: fmt.Sprintf("A measurement of %q is not of a %s, by which this KPI is measured.", f.Period, strings.ToLower(string(k.Period)))})
			continue
		}
		p := k.pointOf(f, span, today)
		if f.Segment == "" {
			recorded[span] = p
			continue
		}
		k.judge(p)
		segments[f.Segment] = append(segments[f.Segment], p)
		bySpan[span] = append(bySpan[span], p)
	}
	var whole []*KPIPointRow
	for span, parts := range bySpan {
		slices.SortFunc(parts, func(a, b *KPIPointRow) int { return strings.Compare(a.Segment, b.Segment) })
		whole = append(whole, k.wholeOf(recorded[span], parts))
	}
	for span, p := range recorded {
		if bySpan[span] == nil {
			whole = append(whole, p)
		}
	}
	for _, p := range whole {
		p.Target = orNumber(p.Target, k.Target)
		k.judge(p)
	}
	if len(whole) > 0 {
		k.Series = append(k.Series, KPISeries{"", whole})
	}
	for name, points := range segments {
		k.Series = append(k.Series, KPISeries{name, points})
	}
	slices.SortFunc(k.Series, func(a, b KPISeries) int { return strings.Compare(a.Segment, b.Segment) })
	for i := range k.Series {
		slices.SortFunc(k.Series[i].Points, func(a, b *KPIPointRow) int { return a.First.Compare(b.First) })
	}
	slices.SortFunc(k.Ignored, func(a, b Reason) int { return strings.Compare(a.Message, b.Message) })
}

// look finds what is current, and judges by today whether that is all there
// should be.
func (k *KPIRow) look(today Date) {
	k.Current, k.Previous, k.Projection = nil, nil, nil
	var actual, projected []float64
	k.ChangesOn = Date{}
	for _, p := range k.whole() {
		switch {
		case p.Closed && p.Actual != nil:
			k.Previous, k.Current = k.Current, p
			if p.Projection != nil {
				actual, projected = append(actual, *p.Actual), append(projected, *p.Projection)
			}
		case !p.Closed && p.Projection != nil && k.Projection == nil:
			k.Projection = p
		}
		if !p.Closed {
			k.ChangesOn = sooner(k.ChangesOn, p.Last.AddDays(1))
		}
	}
	k.ProjectionError = ProjectionErrorRow{}
	k.ProjectionError.Absolute, k.ProjectionError.Share, k.ProjectionError.Count = scoring.ProjectionError(actual, projected)
	k.Health, k.HealthCode, k.ActualDue = HealthUnknown, scoring.NoActual, Date{}
	if k.Current == nil {
		return
	}
	k.ActualDue = k.Current.Next().Last.AddDays(k.GraceDays)
	if k.ActualDue.Before(today) {
		k.HealthCode = codeActualLate
		return
	}
	k.ChangesOn = sooner(k.ChangesOn, k.ActualDue.AddDays(1))
	k.Health, k.HealthCode = k.Current.Health, k.Current.Reason
}

// by makes the points of a segment by periods of a length: its own, or longer
// ones made of them. Of shorter ones there are none.
func (k *KPIRow) by(period Period, segment string, today Date) []*KPIPointRow {
	points := k.segment(segment)
	if period == k.Period {
		return points
	}
	var longer []*KPIPointRow
	for len(points) > 0 {
		span, ok := points[0].Within(period)
		if !ok {
			return nil
		}
		n := 1
		for n < len(points) {
			if next, _ := points[n].Within(period); next != span {
				break
			}
			n++
		}
		longer = append(longer, k.over(span, points[:n], today))
		points = points[n:]
	}
	return longer
}
