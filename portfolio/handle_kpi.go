package portfolio

import (
	"cmp"
	"fmt"

	"plumbline/portfolio/scoring"
)

// A KPI is a KPI as one caller sees it.
type KPI struct {
	*KPIRow
	view *View
}

// KPI returns a KPI by its key, or ErrNotFound.
func (v *View) KPI(key string) (*KPI, error) {
	if k := v.kpi(key); k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("%w: no KPI %q", ErrNotFound, key)
}

func (v *View) kpi(key string) *KPI {
	if row, ok := v.snap.KPI(key); ok && v.seesKPI(row) {
		return v.kpiOf(row)
	}
	return nil
}

func (v *View) kpiOf(row *KPIRow) *KPI { return &KPI{row, v} }

// IsNode marks a type of the interface Node.
func (*KPI) IsNode() {}

// ID is the global id.
func (k *KPI) ID() string { return NodeID(KindKPI, k.KPIRow.ID) }

// Key is what people call it, unique among KPIs.
func (k *KPI) Key() string { return k.KPIRow.ID }

// Name is the KPI's name, or its key.
func (k *KPI) Name() string { return cmp.Or(k.KPIRow.Name, k.KPIRow.ID) }

// Department answers for it.
func (k *KPI) Department() *Department { return k.view.department(k.DepartmentID) }

// Owner answers for it in person.
func (k *KPI) Owner() *Person { return k.view.person(k.OwnerID) }

// Segments are the names of its parts, sorted.
func (k *KPI) Segments() []string {
	names := []string{}
	for i := range k.KPIRow.Series {
		if name := k.KPIRow.Series[i].Segment; name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Current is the last closed period with an actual value.
func (k *KPI) Current() *KPIPoint { return k.view.pointOf(k.KPIRow.Current) }

// Previous is the closed period with an actual value before the current one.
func (k *KPI) Previous() *KPIPoint { return k.view.pointOf(k.KPIRow.Previous) }

// Projection is the next period that has not closed and was projected.
func (k *KPI) Projection() *KPIPoint { return k.view.pointOf(k.KPIRow.Projection) }

// Attainment is that of the current period.
func (k *KPI) Attainment() *float64 { return k.attainment() }

// AttainmentReason says why Attainment is nil.
func (k *KPI) AttainmentReason() *Reason { return kpiReason(k.attainmentCode()) }

// BelowTarget reports whether the current target is known to be missed.
func (k *KPI) BelowTarget() bool { return k.belowTarget() }

// HealthReason says why Health is UNKNOWN.
func (k *KPI) HealthReason() *Reason { return kpiReason(k.HealthCode) }

// Stale reports whether an actual value is late.
func (k *KPI) Stale() bool { return k.stale() }

// ProjectionError is by how much projections missed what became of them.
func (k *KPI) ProjectionError() *ProjectionError { return &ProjectionError{&k.KPIRow.ProjectionError} }

// DataProblems are measurements that count nothing, and why.
func (k *KPI) DataProblems() []*Reason { return pointers(k.Ignored) }

// defaultSeries is how many points a series has when nobody says.
const defaultSeries = 60

// Series are points of the KPI or of one of its segments, the earliest first:
// at most the last ones of those that lie within the dates, by its own periods
// or by longer ones.
func (k *KPI) Series(period *Period, from, to *When, segment *string, last *int) ([]*KPIPoint, error) {
	if last == nil {
		last = new(int)
		*last = defaultSeries
	}
	n, _, err := (PageRequest{Last: last}).length(k.view.caller)
	if err != nil {
		return nil, err
	}
	today, name := k.view.snap.Today(), ""
	if segment != nil {
		name = *segment
	}
	length := k.Period
	if period != nil {
		length = *period
	}
	points := make([]*KPIPoint, 0, min(n, len(k.segment(name))))
	for _, p := range k.by(length, name, today) {
		if (from == nil || !p.Last.Before(from.On(today))) && (to == nil || !p.First.After(to.On(today))) {
			points = append(points, k.view.pointOf(p))
		}
	}
	return points[max(0, len(points)-n):], nil
}

// A ProjectionError is by how much projections missed what became of them.
type ProjectionError struct{ *ProjectionErrorRow }

// Reason says why Absolute, or Share alone, is nil.
func (e *ProjectionError) Reason() *Reason {
	switch {
	case e.Count == 0:
		return &Reason{Code: "NO_PROJECTION", Message: "No period that is over has both a projection and an actual value."}
	case e.Share == nil:
		return &Reason{Code: "ACTUAL_ZERO", Message: "All actual values are 0, of which nothing is a share."}
	}
	return nil
}

// A KPIPoint is a KPI in one period and segment as one caller sees it.
type KPIPoint struct {
	*KPIPointRow
	view *View
}

// pointOf is nil for no point.
func (v *View) pointOf(row *KPIPointRow) *KPIPoint {
	if row == nil {
		return nil
	}
	return &KPIPoint{row, v}
}

// KPI is what was measured; the caller may see it, because they see the point.
func (p *KPIPoint) KPI() *KPI {
	row, _ := p.view.snap.KPI(p.KPIID)
	return p.view.kpiOf(row)
}

// Period is the period as people write it: 2026-03.
func (p *KPIPoint) Period() string { return p.String() }

// PeriodStart is the first day of the period.
func (p *KPIPoint) PeriodStart() Date { return p.First }

// PeriodEnd is the last day of the period.
func (p *KPIPoint) PeriodEnd() Date { return p.Last }

// AttainmentReason says why Attainment is nil.
func (p *KPIPoint) AttainmentReason() *Reason { return kpiReason(p.Reason) }

// BelowTarget reports whether the target is known to be missed.
func (p *KPIPoint) BelowTarget() bool { return missed(p.Attainment) }

// ProjectionError is actual value minus projection, once the period is over.
func (p *KPIPoint) ProjectionError() *float64 {
	if !p.Closed || p.Actual == nil || p.Projection == nil {
		return nil
	}
	return finite(*p.Actual - *p.Projection)
}

// Note is what was remarked on the measurement.
func (p *KPIPoint) Note() string {
	if m := p.measurement(); m != nil {
		return m.Note
	}
	return ""
}

// measurement is what was recorded of the very period and segment; nil when
// the point is made of others.
func (p *KPIPoint) measurement() *MeasurementFact {
	v, _ := p.view.snap.Document(p.key())
	m, _ := v.Doc.(*MeasurementFact)
	return m
}

func (p *KPIPointRow) key() Key {
	return (&MeasurementFact{KPI: p.KPIID, Period: p.String(), Segment: p.Segment}).Key()
}

// kpiReasons are the sentences that go with codes.
var kpiReasons = map[scoring.Code]string{
	scoring.NoActual:                    "There is no actual value.",
	scoring.NoTarget:                    "There is no target, or the target band lacks one of its ends.",
	scoring.NoBaseline:                  "Attainment is measured from the baseline, and there is none.",
	scoring.NoDirection:                 "Nobody said whether higher or lower values are better.",
	scoring.NegativeTargetNeedsBaseline: "The target is negative, so attainment is measured from the baseline, and there is none.",
	scoring.TargetEqualsBaseline:        "The target is the baseline, so that there is nothing to attain.",
	scoring.BandNotPositive:             "The target band must begin above 0 and not end before it begins.",
	scoring.OutOfRange:                  "The figures are too large or too small to compute with.",
	codePartsMissing:                    "The KPI is a ratio, and the numerator or the denominator of a part is missing.",
	codeDenominatorZero:                 "The denominator of the ratio is 0.",
	codeActualLate:                      "The actual value of the last period that is over, its days of grace included, is missing.",
	codeUnknownKPI:                      "No KPI has this key.",
	codeUnknownProject:                  "The reference leads to no project that is known.",
	codeNotLive:                         "The project has no go-live that is done and has a date.",
	codeInsufficientData:                fmt.Sprintf("Fewer than %d periods before or after have an actual value.", minImpactPeriods),
}

// kpiReason is a code with its sentence; nil for none.
func kpiReason(code scoring.Code) *Reason {
	if code == "" {
		return nil
	}
	return &Reason{Code: string(code), Message: kpiReasons[code]}
}
