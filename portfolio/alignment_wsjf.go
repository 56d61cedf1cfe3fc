package portfolio

import (
	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// A job is what people say of the worth and the size of a project, for the
// second ranking: weighted shortest job first.
type job struct {
	value, urgency, riskReduction, size *decimal.Decimal
}

// The codes of why there is no weighted shortest job first.
const (
	ReasonWSJFInputsMissing = "WSJF_INPUTS_MISSING"
	ReasonSizeNotPositive   = string(scoring.SizeNotPositive)
)

var (
	reasonWSJFInputs = &Reason{Code: ReasonWSJFInputsMissing, Message: "Business value, time criticality, risk reduction and job size are all needed."}
	reasonJobSize    = &Reason{Code: ReasonSizeNotPositive, Message: "The job size is not above 0."}
	reasonTooLarge   = &Reason{Code: string(scoring.OutOfRange), Message: "The figures are too large to compute with."}
)

// fill takes from other what is not said.
func (j *job) fill(other *job) {
	for _, side := range []struct {
		to   **decimal.Decimal
		from *decimal.Decimal
	}{{&j.value, other.value}, {&j.urgency, other.urgency}, {&j.riskReduction, other.riskReduction}, {&j.size, other.size}} {
		if *side.to == nil {
			*side.to = side.from
		}
	}
}

// wsjf is (value + time criticality + risk reduction) / size.
func (j *job) wsjf() (*float64, *Reason) {
	if j.value == nil || j.urgency == nil || j.riskReduction == nil || j.size == nil {
		return nil, reasonWSJFInputs
	}
	value, code := scoring.WSJF(j.value.InexactFloat64(), j.urgency.InexactFloat64(), j.riskReduction.InexactFloat64(), j.size.InexactFloat64())
	switch code {
	case "":
		return value, nil
	case scoring.SizeNotPositive:
		return nil, reasonJobSize
	}
	return nil, reasonTooLarge
}

// wsjfReason says why a project has none.
func (p *ProjectRow) wsjfReason() *Reason {
	j := job{p.BusinessValue, p.TimeCriticality, p.RiskReduction, p.JobSize}
	_, reason := j.wsjf()
	return reason
}
