package portfolio

import "github.com/shopspring/decimal"

// KPIFact is a measure that a department answers for.
type KPIFact struct {
	Slug        string         `json:"key"`
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Department  string         `json:"department"`      // slug
	Owner       string         `json:"owner,omitempty"` // a person, by key, e-mail or name
	Direction   KPIDirection   `json:"direction"`
	Indicator   IndicatorType  `json:"indicator,omitempty"`
	Perspective KPIPerspective `json:"perspective,omitempty"`
	Unit        string         `json:"unit,omitempty"` // patients, minutes, %, EUR
	// Period is how often it is measured.
	Period Period `json:"period"`
	// Aggregation is how periods and segments add up.
	Aggregation KPIAggregation   `json:"aggregation,omitempty"` // empty is SUM
	Baseline    *decimal.Decimal `json:"baseline"`
	// Target is that of periods whose measurement has none of its own.
	Target   *decimal.Decimal `json:"target"`
	BandLow  *decimal.Decimal `json:"bandLow"` // of TARGET_BAND
	BandHigh *decimal.Decimal `json:"bandHigh"`
	// Attainment is how attainment is computed; empty is FROM_TARGET.
	Attainment AttainmentForm `json:"attainment,omitempty"`
	// Green and Yellow are the attainments from which it is so; empty is 0.90
	// and 0.80.
	Green  *decimal.Decimal `json:"green"`
	Yellow *decimal.Decimal `json:"yellow"`
	// GraceDays is how long after its end a period may be without an actual
	// value; empty is 10.
	GraceDays *int     `json:"graceDays,omitempty"`
	Leads     []string `json:"leads,omitempty"` // keys of KPIs that it is believed to run ahead of
	Authored  `json:",inline"`
}

// KPIDirection is which values are good.
type KPIDirection string

// The values of KPIDirection.
const (
	HigherIsBetter KPIDirection = "HIGHER_IS_BETTER"
	LowerIsBetter  KPIDirection = "LOWER_IS_BETTER"
	TargetBand     KPIDirection = "TARGET_BAND"
)

// IndicatorType tells what comes first from what follows.
type IndicatorType string

// The values of IndicatorType.
const (
	IndicatorLeading IndicatorType = "LEADING"
	IndicatorLagging IndicatorType = "LAGGING"
)

// KPIPerspective is the side from which a KPI looks at the organisation.
type KPIPerspective string

// The values of KPIPerspective.
const (
	PerspectiveCustomer  KPIPerspective = "CUSTOMER"
	PerspectiveEmployee  KPIPerspective = "EMPLOYEE"
	PerspectiveFinancial KPIPerspective = "FINANCIAL"
	PerspectiveProcess   KPIPerspective = "PROCESS"
)

// Period is the length of a period.
type Period string

// The values of Period.
const (
	PeriodDay     Period = "DAY"
	PeriodWeek    Period = "WEEK"
	PeriodMonth   Period = "MONTH"
	PeriodQuarter Period = "QUARTER"
	PeriodYear    Period = "YEAR"
)

// KPIAggregation is how values of several periods or segments become one.
type KPIAggregation string

// The values of KPIAggregation.
const (
	AggregateSum  KPIAggregation = "SUM"
	AggregateMean KPIAggregation = "MEAN"
	// AggregateLast takes the last period, and adds segments: a stock.
	AggregateLast KPIAggregation = "LAST"
	// AggregateRatio adds numerators and denominators and divides once.
	AggregateRatio KPIAggregation = "RATIO"
)

// AttainmentForm is how attainment follows from actual, target and baseline.
type AttainmentForm string

// The values of AttainmentForm.
const (
	AttainmentFromTarget   AttainmentForm = "FROM_TARGET"
	AttainmentFromBaseline AttainmentForm = "FROM_BASELINE"
)

// MeasurementFact is what is known of a KPI in one period and segment.
type MeasurementFact struct {
	KPI string `json:"kpi"` // key
	// Period is 2026, 2026-Q1, 2026-03, 2026-W07 or 2026-03-15, as long as the
	// KPI's period.
	Period string `json:"period"`
	// Segment is a part of the whole, such as pilot or rural; empty is the
	// whole, which without a measurement of its own is made of its segments.
	Segment    string           `json:"segment,omitempty"`
	Actual     *decimal.Decimal `json:"actual"`
	Target     *decimal.Decimal `json:"target"`
	Projection *decimal.Decimal `json:"projection"`
	// Numerator and Denominator are the parts of the actual value of a RATIO.
	Numerator   *decimal.Decimal `json:"numerator"`
	Denominator *decimal.Decimal `json:"denominator"`
	Note        string           `json:"note,omitempty"`
	Authored    `json:",inline"`
}

// KPILinkFact says what a project is expected to change of a KPI.
type KPILinkFact struct {
	Project string `json:"project"` // reference
	KPI     string `json:"kpi"`     // key
	// ExpectedChange is in the unit of the KPI, from before to after go-live.
	ExpectedChange *decimal.Decimal `json:"expectedChange"`
	Rationale      string           `json:"rationale,omitempty"`
	Authored       `json:",inline"`
}

// Key identifies the document.
func (f *KPIFact) Key() Key { return Key{KindKPI, f.Slug} }

// Key identifies the document: one for each period and segment.
func (f *MeasurementFact) Key() Key {
	return Key{KindMeasurement, f.KPI + "/" + f.Period + "/" + f.Segment}
}

// Key identifies the document: one for each project and KPI.
func (f *KPILinkFact) Key() Key { return Key{KindKPILink, f.Project + "#" + f.KPI} }
