package portfolio

import (
	"fmt"
	"strconv"
	"time"
)

// kpiMethod names how attainment is computed, for whoever keeps figures of
// several releases; it changes when a formula does.
const kpiMethod = "kpi/1"

// A KPIExplanation says how the attainment of a point came about: the formula,
// the values that it was fed with, and who recorded them.
type KPIExplanation struct {
	*KPIPointRow
	// Formula is in the symbols of Inputs; "" while there is no target.
	Formula string
	// ActualFormula says how A was made, in the symbols of Inputs or of the
	// same inputs of Parts; "" when it was recorded.
	ActualFormula string
	Inputs        []*KPITerm
	view          *View
	parts         []*KPIPointRow
}

// KPITermSource says where an input comes from.
type KPITermSource string

// The values of KPITermSource.
const (
	SourceMeasurement KPITermSource = "MEASUREMENT"
	SourceKPI         KPITermSource = "KPI"
	SourceParts       KPITermSource = "PARTS"
	SourceComputed    KPITermSource = "COMPUTED"
)

// A KPITerm is one value that attainment was computed from.
type KPITerm struct {
	Symbol  string
	Meaning string
	Value   *float64
	Source  KPITermSource
	// RecordedBy, RecordedAt and Version are of the document that says it;
	// zero for what was made of others.
	RecordedBy string
	RecordedAt time.Time
	version    int64
}

// Version is the revision at which the document that says it was last put.
func (i *KPITerm) Version() string {
	if i.version == 0 {
		return ""
	}
	return strconv.FormatInt(i.version, 10)
}

// Value is the attainment.
func (e *KPIExplanation) Value() *float64 { return e.Attainment }

// Reason says why there is no attainment.
func (e *KPIExplanation) Reason() *Reason { return kpiReason(e.KPIPointRow.Reason) }

// Method names the version of the formulas.
func (e *KPIExplanation) Method() string { return kpiMethod }

// Parts are what the actual value was made of: the segments of the period, or
// the shorter periods.
func (e *KPIExplanation) Parts() []*KPIPoint {
	parts := make([]*KPIPoint, len(e.parts))
	for i, p := range e.parts {
		parts[i] = e.view.pointOf(p)
	}
	return parts
}

// Explain says how the current attainment came about; nil when there is no
// current period.
func (k *KPI) Explain() *KPIExplanation {
	if k.KPIRow.Current == nil {
		return nil
	}
	return k.Current().Explain()
}

// Explain says how the attainment came about.
func (p *KPIPoint) Explain() *KPIExplanation {
	k, _ := p.view.snap.KPI(p.KPIID)
	e := &KPIExplanation{KPIPointRow: p.KPIPointRow, view: p.view, parts: k.partsOf(p.KPIPointRow)}
	var symbols string
	e.Formula, symbols = k.formula(p.KPIPointRow)
	e.ActualFormula = k.actualFormula(p.KPIPointRow)
	recorded, _ := p.view.snap.Document(p.key())
	measurement, _ := recorded.Doc.(*MeasurementFact)
	about, _ := p.view.snap.Document(Key{KindKPI, k.ID})
	from := func(i *KPITerm, source KPITermSource) {
		i.Source = source
		v := Versioned{}
		switch source {
		case SourceMeasurement:
			v = recorded
		case SourceKPI:
			v = about
		}
		if f, ok := v.Doc.(RecordedFact); ok {
			i.RecordedBy, i.RecordedAt, i.version = f.Authorship().Author, f.Authorship().At, v.Rev
		}
		e.Inputs = append(e.Inputs, i)
	}
	made := SourceMeasurement
	if p.Basis != BasisRecorded {
		made = SourceParts
	}
	if k.Aggregation == AggregateRatio && p.hasParts() {
		from(&KPITerm{Symbol: "N", Meaning: "numerator", Value: p.Numerator}, made)
		from(&KPITerm{Symbol: "D", Meaning: "denominator", Value: p.Denominator}, made)
		made = SourceComputed
	}
	goal := k.goal(p.KPIPointRow)
	for _, symbol := range symbols {
		switch symbol {
		case 'A':
			from(&KPITerm{Symbol: "A", Meaning: "actual value", Value: p.Actual}, made)
		case 'T':
			from(&KPITerm{Symbol: "T", Meaning: "target", Value: p.Target}, k.targetSource(p.KPIPointRow, measurement))
		case 'B':
			from(&KPITerm{Symbol: "B", Meaning: "baseline" + p.times(), Value: goal.Baseline}, SourceKPI)
		case 'L':
			from(&KPITerm{Symbol: "L", Meaning: "lower end of the target band" + p.times(), Value: goal.Low}, SourceKPI)
		case 'U':
			from(&KPITerm{Symbol: "U", Meaning: "upper end of the target band" + p.times(), Value: goal.High}, SourceKPI)
		}
	}
	return e
}

// times says how many periods a value of the KPI was taken for.
func (p *KPIPointRow) times() string {
	if p.scale <= 1 {
		return ""
	}
	return fmt.Sprintf(" of one period, times %g", p.scale)
}

// formula is by what the attainment of a point is computed, and the symbols of
// its inputs. What package scoring does is told here for people.
func (k *KPIRow) formula(p *KPIPointRow) (formula, symbols string) {
	goal := k.goal(p)
	switch {
	case k.Direction == TargetBand && (goal.Low == nil || goal.High == nil):
		return "", "A"
	case k.Direction == TargetBand && p.Actual != nil && *p.Actual < *goal.Low:
		return "A / L", "ALU"
	case k.Direction == TargetBand && p.Actual != nil && *p.Actual > *goal.High:
		return "1 - (A - U) / U", "ALU"
	case k.Direction == TargetBand:
		return "1 while L <= A <= U", "ALU"
	case p.Target == nil:
		return "", "A"
	case goal.FromBaseline || *p.Target < 0:
		return "(A - B) / (T - B)", "ATB"
	case *p.Target == 0 && k.Direction == HigherIsBetter:
		return "1 if A >= 0, else 0", "AT"
	case *p.Target == 0:
		return "1 if A <= 0, else 0", "AT"
	case k.Direction == HigherIsBetter:
		return "A / T", "AT"
	}
	return "2 - A / T", "AT"
}

// actualFormula is how the actual value of a point was made.
func (k *KPIRow) actualFormula(p *KPIPointRow) string {
	switch {
	case p.Actual == nil:
		return ""
	case k.Aggregation == AggregateRatio && p.hasParts() && p.Basis != BasisRecorded:
		return "N / D, where N is the sum of the parts' N and D that of their D"
	case k.Aggregation == AggregateRatio && p.hasParts():
		return "N / D"
	case p.Basis == BasisRecorded:
		return ""
	case k.Aggregation == AggregateMean:
		return "mean of the parts' A"
	case k.Aggregation == AggregateLast && p.Basis == BasisPeriods:
		return "A of the last part that has one"
	}
	return "sum of the parts' A"
}

// partsOf are the points that a point was made of; none when it was recorded.
func (k *KPIRow) partsOf(p *KPIPointRow) []*KPIPointRow {
	var parts []*KPIPointRow
	switch p.Basis {
	case BasisSegments:
		parts = k.segmentsOf(p.Span)
	case BasisPeriods:
		for _, part := range k.segment(p.Segment) {
			if whole, _ := part.Within(p.Period); whole == p.Span {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// segmentsOf are the points of the segments in one period.
func (k *KPIRow) segmentsOf(span Span) []*KPIPointRow {
	var parts []*KPIPointRow
	for i := range k.Series {
		if k.Series[i].Segment == "" {
			continue
		}
		for _, part := range k.Series[i].Points {
			if part.Span == span {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// targetSource says where the target of a point comes from.
func (k *KPIRow) targetSource(p *KPIPointRow, recorded *MeasurementFact) KPITermSource {
	switch {
	case p.Basis == BasisPeriods:
		return SourceParts
	case recorded != nil && recorded.Target != nil:
		return SourceMeasurement
	case p.Segment == "":
		if parts := k.segmentsOf(p.Span); len(parts) > 0 && k.madeOf(parts, true).Target != nil {
			return SourceParts
		}
	}
	return SourceKPI
}
