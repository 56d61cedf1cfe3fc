package portfolio

import (
	"fmt"
	"math"
	"slices"

	"plumbline/portfolio/scoring"
)

// How far KPIs are looked for running ahead of others.
const (
	DefaultLag = 6  // periods, when nobody says
	MaxLag     = 36 // periods
	// maxLeadPeriods is how many of the newest periods are compared.
	maxLeadPeriods = 500
)

const codeNoVariation scoring.Code = "NO_VARIATION"

// A KPILead is how one KPI runs ahead of another, by what was measured.
type KPILead struct {
	// Lag is by how many periods; nil when that cannot be told.
	Lag *int
	// Correlation is Pearson's, from -1 to 1, at that lag.
	Correlation *float64
	// Pairs is of how many pairs of values.
	Pairs int
	// Period is what lags are counted in: the longer of the KPIs' own.
	Period Period
	kpi    *KPIRow
	reason scoring.Code
	view   *View
}

// KPI is the other one: the one that follows, or of LedBy the one that leads.
func (l *KPILead) KPI() *KPI { return l.view.kpiOf(l.kpi) }

// Reason says why Lag and Correlation are nil.
func (l *KPILead) Reason() *Reason {
	switch l.reason {
	case "":
		return nil
	case codeNoVariation:
		return &Reason{Code: string(l.reason), Message: "One of the KPIs did not change, so that nothing goes with it."}
	}
	return &Reason{Code: string(l.reason), Message: fmt.Sprintf("Fewer than %d pairs of periods have an actual value of both.", scoring.MinPairs)}
}

// Leads are the KPIs that this one is believed to run ahead of, with what was
// measured of that.
func (k *KPI) Leads(maxLag *int) ([]*KPILead, error) {
	lag, err := lagOf(maxLag)
	if err != nil {
		return nil, err
	}
	leads := []*KPILead{}
	for _, key := range k.LeadIDs {
		if other := k.view.kpi(key); other != nil {
			leads = append(leads, k.view.lead(k.KPIRow, other.KPIRow, other.KPIRow, lag))
		}
	}
	return leads, nil
}

// LedBy are the KPIs that are believed to run ahead of this one, with what was
// measured of that.
func (k *KPI) LedBy(maxLag *int) ([]*KPILead, error) {
	lag, err := lagOf(maxLag)
	if err != nil {
		return nil, err
	}
	leads := []*KPILead{}
	for other := range k.view.snap.kpis.ordered.all() {
		if slices.Contains(other.LeadIDs, k.KPIRow.ID) && k.view.seesKPI(other) {
			leads = append(leads, k.view.lead(other, k.KPIRow, other, lag))
		}
	}
	return leads, nil
}

// LeadOver is what was measured of this KPI running ahead of another one,
// whatever is believed; nil when there is no such KPI.
func (k *KPI) LeadOver(key string, maxLag *int) (*KPILead, error) {
	lag, err := lagOf(maxLag)
	if err != nil {
		return nil, err
	}
	other := k.view.kpi(key)
	if other == nil {
		return nil, nil //nolint:nilnil // a lookup of one thing answers null in GraphQL
	}
	return k.view.lead(k.KPIRow, other.KPIRow, other.KPIRow, lag), nil
}

func lagOf(maxLag *int) (int, error) {
	switch {
	case maxLag == nil:
		return DefaultLag, nil
	case *maxLag < 0 || *maxLag > MaxLag:
		return 0, fmt.Errorf("%w: maxLag is %d; it lies between 0 and %d periods", ErrInvalid, *maxLag, MaxLag)
	}
	return *maxLag, nil
}

// lead measures how x runs ahead of y; shown is the one of them that is told.
func (v *View) lead(x, y, shown *KPIRow, maxLag int) *KPILead {
	l := &KPILead{Period: x.Period, kpi: shown, view: v}
	if y.Period.longerThan(x.Period) {
		l.Period = y.Period
	}
	before, after := inStep(x.complete(l.Period, v.snap.Today()), y.complete(l.Period, v.snap.Today()))
	if best, ok := scoring.Lead(before, after, maxLag); ok {
		l.Lag, l.Correlation, l.Pairs = &best.Lag, &best.R, best.N
		return l
	}
	for i := range before {
		if !math.IsNaN(before[i]) && !math.IsNaN(after[i]) {
			l.Pairs++
		}
	}
	l.reason = codeInsufficientData
	if l.Pairs >= scoring.MinPairs {
		l.reason = codeNoVariation
	}
	return l
}

// complete are the closed periods of the whole all of whose own periods have
// an actual value: a quarter of which a month is missing says nothing.
func (k *KPIRow) complete(period Period, today Date) []*KPIPointRow {
	return slices.DeleteFunc(slices.Clone(k.by(period, "", today)), func(p *KPIPointRow) bool {
		return !p.Closed || p.Actual == nil || p.Measured < p.Expected
	})
}

// inStep lines up the actual values of two series by period, from the first
// that either has to the last, with NaN where there is none.
func inStep(x, y []*KPIPointRow) (before, after []float64) {
	if len(x) == 0 || len(y) == 0 {
		return nil, nil
	}
	first, last := x[0].Span, x[len(x)-1].Span
	if y[0].First.Before(first.First) {
		first = y[0].Span
	}
	if y[len(y)-1].First.After(last.First) {
		last = y[len(y)-1].Span
	}
	for span := last; !span.First.Before(first.First) && len(before) < maxLeadPeriods; span = span.Previous() {
		var a, b float64
		a, x = takeLast(x, span)
		b, y = takeLast(y, span)
		before, after = append(before, a), append(after, b)
	}
	slices.Reverse(before)
	slices.Reverse(after)
	return before, after
}

// takeLast takes the value of a period off the end of a series.
func takeLast(points []*KPIPointRow, span Span) (float64, []*KPIPointRow) {
	if n := len(points); n > 0 && points[n-1].Span == span {
		return *points[n-1].Actual, points[:n-1]
	}
	return math.NaN(), points
}
