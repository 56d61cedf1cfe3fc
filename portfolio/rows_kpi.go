package portfolio

import (
	"slices"

	"plumbline/portfolio/scoring"
)

// KPIRow is one KPI with what was measured of it and what follows from that.
type KPIRow struct {
	ID           string // key
	Name         string
	Description  string
	DepartmentID string // slug
	OwnerID      string // document id of a person

	Direction      KPIDirection
	Indicator      IndicatorType
	Perspective    KPIPerspective
	Unit           string
	Period         Period
	Aggregation    KPIAggregation // never empty
	AttainmentForm AttainmentForm // never empty
	Baseline       *float64
	Target         *float64 // of periods that have none of their own
	BandLow        *float64
	BandHigh       *float64
	Green          float64 // attainment from which it is so
	Yellow         float64
	GraceDays      int
	LeadIDs        []string // keys of KPIs that it is believed to run ahead of

	// Series are the points by period: first of the whole, then of each
	// segment by name. A KPI that was never measured has none.
	Series []KPISeries
	// Current is the last closed period with an actual value, Previous the one
	// with an actual before it, and Projection the next period that has not
	// closed and was projected. They are points of the whole.
	Current    *KPIPointRow
	Previous   *KPIPointRow
	Projection *KPIPointRow
	Health     Health
	// HealthCode says why Health is UNKNOWN.
	HealthCode scoring.Code
	// ActualDue is the last day on which the next actual value is not late.
	ActualDue Date
	// ProjectionError is that of the closed periods of the whole.
	ProjectionError ProjectionErrorRow
	// Ignored are measurements that count nothing, and why.
	Ignored []Reason

	ChangesOn Date
	Rev       int64

	people []string // names to be looked up among people
}

// KPISeries are the points of a KPI in one segment, by period.
type KPISeries struct {
	Segment string // "" is the whole
	Points  []*KPIPointRow
}

// KPIPointRow is a KPI in one period and segment.
type KPIPointRow struct {
	KPIID   string
	Segment string // "" is the whole
	Span

	Actual      *float64
	Target      *float64
	Projection  *float64
	Numerator   *float64 // of a RATIO
	Denominator *float64

	// Attainment is 1 when the target is met; Reason says why there is none.
	Attainment *float64
	Reason     scoring.Code
	Health     Health

	// Closed says that the period is over.
	Closed bool
	// Measured and Expected count the KPI's own periods in this one that have
	// an actual value, and all of them.
	Measured int
	Expected int
	// Basis says where the values come from.
	Basis KPIBasis
	// lacks is why a figure that was made of others is missing.
	lacks scoring.Code
	// scale is by how many periods the KPI's own baseline and band, which are
	// of one period, have to be taken; 0 where they do not apply.
	scale float64
}

// KPIBasis says where the values of a point come from.
type KPIBasis string

// The values of KPIBasis.
const (
	BasisRecorded KPIBasis = "RECORDED"
	// BasisSegments is a whole whose actual value is made of its segments.
	BasisSegments KPIBasis = "SEGMENTS"
	// BasisPeriods is a longer period made of shorter ones.
	BasisPeriods KPIBasis = "PERIODS"
)

// ProjectionErrorRow is by how much projections missed what became of them.
type ProjectionErrorRow struct {
	Absolute *float64 // mean of the absolute errors, in the unit of the KPI
	Share    *float64 // mean of the absolute errors as shares of the actual values (MAPE)
	Count    int
}

// KPILinkRow says what a project is expected to change of a KPI, and what it
// changed.
type KPILinkRow struct {
	ID             string
	ProjectID      string // id of the unified project; "" when the reference leads to none
	Reference      string // as it was written
	KPIID          string
	Known          bool // there is such a KPI
	ExpectedChange *float64
	Rationale      string
	GoLive         Date // the actual date of the project's first go-live
	// Before and After are of equally many periods before and after the
	// go-live; nil when there is too little.
	Before *KPIWindowRow
	After  *KPIWindowRow
	// RealisedChange is After - Before; Reason says why there is none.
	RealisedChange *float64
	Reason         scoring.Code
	Rev            int64
}

// KPIWindowRow is a KPI over several periods.
type KPIWindowRow struct {
	Mean  float64
	Spans []Span // those that it is the mean of, the earliest first
}

func (k *KPIRow) id() string     { return k.ID }
func (l *KPILinkRow) id() string { return l.ID }

func (p *KPIPointRow) id() string { return p.KPIID + "/" + p.String() + "/" + p.Segment }

// whole are the points of the whole.
func (k *KPIRow) whole() []*KPIPointRow { return k.segment("") }

// segment are the points of a segment; none of one that is not known.
func (k *KPIRow) segment(name string) []*KPIPointRow {
	for i := range k.Series {
		if k.Series[i].Segment == name {
			return k.Series[i].Points
		}
	}
	return nil
}

// attainment is that of the current period.
func (k *KPIRow) attainment() *float64 {
	if k.Current == nil {
		return nil
	}
	return k.Current.Attainment
}

// belowTarget reports whether the target is known to be missed.
func (k *KPIRow) belowTarget() bool { return missed(k.attainment()) }

func missed(attainment *float64) bool { return attainment != nil && *attainment < 1 }

// attainmentCode says why there is no attainment.
func (k *KPIRow) attainmentCode() scoring.Code {
	if k.Current == nil {
		return scoring.NoActual
	}
	return k.Current.Reason
}

// stale reports whether an actual value is late.
func (k *KPIRow) stale() bool {
	return k.HealthCode == codeActualLate || k.HealthCode == scoring.NoActual && k.Current == nil
}

var kpiFields = []rowField[KPIRow]{
	hidden(field("rev", func(k *KPIRow) int64 { return k.Rev })),
	field("name", func(k *KPIRow) string { return k.Name }),
	field("description", func(k *KPIRow) string { return k.Description }),
	field("department", func(k *KPIRow) string { return k.DepartmentID }),
	field("owner", func(k *KPIRow) string { return k.OwnerID }),
	field("direction", func(k *KPIRow) KPIDirection { return k.Direction }),
	field("indicator", func(k *KPIRow) IndicatorType { return k.Indicator }),
	field("perspective", func(k *KPIRow) KPIPerspective { return k.Perspective }),
	field("unit", func(k *KPIRow) string { return k.Unit }),
	field("period", func(k *KPIRow) Period { return k.Period }),
	field("aggregation", func(k *KPIRow) KPIAggregation { return k.Aggregation }),
	field("attainmentForm", func(k *KPIRow) AttainmentForm { return k.AttainmentForm }),
	optional("baseline", func(k *KPIRow) *float64 { return k.Baseline }),
	optional("target", func(k *KPIRow) *float64 { return k.Target }),
	optional("bandLow", func(k *KPIRow) *float64 { return k.BandLow }),
	optional("bandHigh", func(k *KPIRow) *float64 { return k.BandHigh }),
	field("green", func(k *KPIRow) float64 { return k.Green }),
	field("yellow", func(k *KPIRow) float64 { return k.Yellow }),
	field("graceDays", func(k *KPIRow) int { return k.GraceDays }),
	list("leads", func(k *KPIRow) []string { return k.LeadIDs }),
	{name: "series", equal: func(a, b *KPIRow) bool { return slices.EqualFunc(a.Series, b.Series, equalSeries) }},
	point("current", func(k *KPIRow) *KPIPointRow { return k.Current }),
	point("previous", func(k *KPIRow) *KPIPointRow { return k.Previous }),
	point("projection", func(k *KPIRow) *KPIPointRow { return k.Projection }),
	optional("attainment", (*KPIRow).attainment),
	field("attainmentReason", (*KPIRow).attainmentCode),
	field("health", func(k *KPIRow) Health { return k.Health }),
	field("healthReason", func(k *KPIRow) scoring.Code { return k.HealthCode }),
	field("actualDue", func(k *KPIRow) Date { return k.ActualDue }),
	{name: "projectionError", equal: func(a, b *KPIRow) bool { return a.ProjectionError.equal(&b.ProjectionError) }},
	{name: "ignored", equal: func(a, b *KPIRow) bool { return slices.Equal(a.Ignored, b.Ignored) }},
	hidden(field("id", func(k *KPIRow) string { return k.ID })),
	hidden(field("changesOn", func(k *KPIRow) Date { return k.ChangesOn })),
	hidden(list("people", func(k *KPIRow) []string { return k.people })),
}

var kpiLinkFields = []rowField[KPILinkRow]{
	hidden(field("rev", func(l *KPILinkRow) int64 { return l.Rev })),
	field("project", func(l *KPILinkRow) string { return l.ProjectID }),
	field("reference", func(l *KPILinkRow) string { return l.Reference }),
	field("kpi", func(l *KPILinkRow) string { return l.KPIID }),
	field("known", func(l *KPILinkRow) bool { return l.Known }),
	optional("expectedChange", func(l *KPILinkRow) *float64 { return l.ExpectedChange }),
	field("rationale", func(l *KPILinkRow) string { return l.Rationale }),
	field("goLive", func(l *KPILinkRow) Date { return l.GoLive }),
	{name: "before", equal: func(a, b *KPILinkRow) bool { return equalWindow(a.Before, b.Before) }},
	{name: "after", equal: func(a, b *KPILinkRow) bool { return equalWindow(a.After, b.After) }},
	optional("realisedChange", func(l *KPILinkRow) *float64 { return l.RealisedChange }),
	field("realisedReason", func(l *KPILinkRow) scoring.Code { return l.Reason }),
	hidden(field("id", func(l *KPILinkRow) string { return l.ID })),
}

func point(name string, of func(*KPIRow) *KPIPointRow) rowField[KPIRow] {
	return rowField[KPIRow]{name: name, equal: func(a, b *KPIRow) bool { return equalPoint(of(a), of(b)) }}
}

func equalSeries(a, b KPISeries) bool {
	return a.Segment == b.Segment && slices.EqualFunc(a.Points, b.Points, equalPoint)
}

func equalPoint(a, b *KPIPointRow) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.Actual, x.Target, x.Projection, x.Numerator, x.Denominator, x.Attainment = nil, nil, nil, nil, nil, nil
	y.Actual, y.Target, y.Projection, y.Numerator, y.Denominator, y.Attainment = nil, nil, nil, nil, nil, nil
	return x == y && equalNumber(a.Actual, b.Actual) && equalNumber(a.Target, b.Target) && equalNumber(a.Projection, b.Projection) &&
		equalNumber(a.Numerator, b.Numerator) && equalNumber(a.Denominator, b.Denominator) && equalNumber(a.Attainment, b.Attainment)
}

func equalNumber(a, b *float64) bool { return a == b || (a != nil && b != nil && *a == *b) }

func (e *ProjectionErrorRow) equal(other *ProjectionErrorRow) bool {
	return e.Count == other.Count && equalNumber(e.Absolute, other.Absolute) && equalNumber(e.Share, other.Share)
}

func equalWindow(a, b *KPIWindowRow) bool {
	return a == b || (a != nil && b != nil && a.Mean == b.Mean && slices.Equal(a.Spans, b.Spans))
}
