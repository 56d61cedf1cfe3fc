package portfolio

import (
	"slices"

	"plumbline/portfolio/scoring"
)

// Over how many periods on each side of a go-live a KPI is compared.
const (
	impactPeriods    = 6 // at most
	minImpactPeriods = 3
)

// Why there is no realised change.
const (
	codeUnknownKPI       scoring.Code = "UNKNOWN_KPI"
	codeUnknownProject   scoring.Code = "UNKNOWN_PROJECT"
	codeNotLive          scoring.Code = "NOT_LIVE"
	codeInsufficientData scoring.Code = "INSUFFICIENT_DATA"
)

// around compares the periods before and after a day: equally many on both
// sides, those with an actual value that lie nearest, out of the last and the
// next impactPeriods. The period in which the day lies is on neither side, and
// periods that have not closed do not count.
func (k *KPIRow) around(goLive Date) (before, after *KPIWindowRow, reason scoring.Code) {
	middle := SpanOf(k.Period, goLive)
	from, to := middle, middle
	for range impactPeriods {
		from, to = from.Previous(), to.Next()
	}
	var earlier, later []*KPIPointRow
	for _, p := range k.whole() {
		switch {
		case !p.Closed || p.Actual == nil || p.First.Before(from.First) || p.First.After(to.First):
		case p.First.Before(middle.First):
			earlier = append(earlier, p)
		case p.First.After(middle.First):
			later = append(later, p)
		}
	}
	n := min(len(earlier), len(later))
	if n < minImpactPeriods {
		return nil, nil, codeInsufficientData
	}
	if before, reason = k.window(earlier[len(earlier)-n:]); reason == "" {
		after, reason = k.window(later[:n])
	}
	if reason != "" {
		return nil, nil, reason
	}
	return before, after, ""
}

// window is the mean of a KPI over points that all have an actual value: of a
// RATIO the sum of the numerators by that of the denominators.
func (k *KPIRow) window(points []*KPIPointRow) (*KPIWindowRow, scoring.Code) {
	w := &KPIWindowRow{}
	for _, p := range points {
		w.Spans = append(w.Spans, p.Span)
	}
	var mean *float64
	if k.Aggregation == AggregateRatio {
		numerator, denominator := sumOf(points, numeratorOf), sumOf(points, denominatorOf)
		if numerator == nil || denominator == nil {
			return nil, codePartsMissing
		}
		if *denominator == 0 {
			return nil, codeDenominatorZero
		}
		mean = finite(*numerator / *denominator)
	} else if sum := sumOf(points, func(p *KPIPointRow) *float64 { return p.Actual }); sum != nil {
		mean = finite(*sum / float64(len(points)))
	}
	if mean == nil {
		return nil, codeInsufficientData
	}
	w.Mean = *mean
	w.Spans = slices.Clip(w.Spans)
	return w, ""
}
