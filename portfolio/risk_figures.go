package portfolio

import (
	"strings"

	"github.com/shopspring/decimal"
)

// riskFigures are what is said of how probable and how costly a risk is, and
// what follows: exposure is probability times impact. Amounts are of the field
// group cost.
type riskFigures struct {
	probability, residualProbability *decimal.Decimal // 0 to 1
	impact, residualImpact           *Money

	// inherent is the exposure before anything was done about it, residual the
	// one with what was done, and prevented the difference of the two of a risk
	// that is PREVENTED. A code says why there is none.
	inherent, residual, prevented             *Money
	inherentCode, residualCode, preventedCode string
}

// Codes of missing figures of a risk.
const (
	codeNoProbability = "NO_PROBABILITY"
	codeNoImpact      = "NO_IMPACT"
	codeNoCurrency    = "NO_CURRENCY"
	codeNoResidual    = "NO_RESIDUAL"
	codeMixed         = "MIXED_CURRENCIES"
	codeNotPrevented  = "NOT_PREVENTED"
)

// riskSentences go with the codes.
var riskSentences = map[string]string{
	codeNoProbability: "Nobody said how probable it is, from 0 to 1.",
	codeNoImpact:      "Nobody said what it costs if it occurs.",
	codeNoCurrency:    "The amount has no currency, and the settings name none.",
	codeNoResidual:    "It is PREVENTED, but nobody said what is left of it: give residualProbability, 0 when it cannot occur any more.",
	codeMixed:         "The impact and the residual impact are in different currencies.",
	codeNotPrevented:  "It is not PREVENTED.",
}

// riskReason is a code with its sentence; nil for none.
func riskReason(code string) *Reason {
	if code == "" {
		return nil
	}
	return &Reason{Code: code, Message: riskSentences[code]}
}

// follow computes the exposures.
func (f *riskFigures) follow(response RiskResponse) {
	f.inherent, f.inherentCode = exposureOf(f.probability, f.impact)
	switch {
	case f.residualProbability == nil && f.residualImpact == nil && response == ResponsePrevented:
		f.residualCode = codeNoResidual
	case f.impact != nil && f.residualImpact != nil && f.impact.Currency != f.residualImpact.Currency:
		f.residualCode = codeMixed
	default:
		probability, impact := f.residualProbability, f.residualImpact
		if probability == nil {
			probability = f.probability
		}
		if impact == nil {
			impact = f.impact
		}
		f.residual, f.residualCode = exposureOf(probability, impact)
	}
	switch {
	case response != ResponsePrevented:
		f.preventedCode = codeNotPrevented
	case f.inherent == nil:
		f.preventedCode = f.inherentCode
	case f.residual == nil:
		f.preventedCode = f.residualCode
	default:
		f.prevented = &Money{f.inherent.Amount.Sub(f.residual.Amount), f.inherent.Currency}
	}
}

func exposureOf(probability *decimal.Decimal, impact *Money) (*Money, string) {
	switch {
	case probability == nil:
		return nil, codeNoProbability
	case impact == nil:
		return nil, codeNoImpact
	case impact.Currency == "":
		return nil, codeNoCurrency
	}
	return &Money{probability.Mul(impact.Amount), impact.Currency}, ""
}

func equalDecimal(a, b *decimal.Decimal) bool {
	return a == b || (a != nil && b != nil && a.Equal(*b))
}

// recordedFigures are those of a risk that people recorded.
func (p *plan) recordedFigures(f *RecordedRiskFact) riskFigures {
	currency := f.Currency
	if currency == "" {
		currency = p.settings.Currency
	}
	amount := func(d *decimal.Decimal) *Money {
		if d == nil {
			return nil
		}
		return &Money{*d, currency}
	}
	return riskFigures{
		probability: f.Probability, residualProbability: f.ResidualProbability,
		impact: amount(f.Impact), residualImpact: amount(f.ResidualImpact),
	}
}

// Names under which a mapping says of risks what no tool has of its own. On
// other records they make custom fields, as any name does.
const (
	riskResponse            = "response"
	riskProbability         = "probability"
	riskImpact              = "impact"
	riskResidualProbability = "residualProbability"
	riskResidualImpact      = "residualImpact"
)

// mappedFigures takes what a tool's risk says under the mapping out of its
// custom fields.
func (p *plan) mappedFigures(f *RiskFact, m *mapped) (riskFigures, RiskResponse) {
	var figures riskFigures
	var response RiskResponse
	c := p.connection(f.Connection)
	if c == nil {
		return figures, ""
	}
	for name, set := range map[string]func(Field, string){
		riskResponse:            func(v Field, _ string) { response = responseOf(textOf(v)) },
		riskProbability:         func(v Field, _ string) { figures.probability = probabilityOf(v) },
		riskImpact:              func(v Field, currency string) { figures.impact = p.impactOf(v, currency) },
		riskResidualProbability: func(v Field, _ string) { figures.residualProbability = probabilityOf(v) },
		riskResidualImpact:      func(v Field, currency string) { figures.residualImpact = p.impactOf(v, currency) },
	} {
		mapping := c.byTo[name]
		if mapping == nil {
			continue
		}
		value, found := fieldNamed(f.Fields, mapping.Field)
		if !found {
			value = Field{Type: FieldText, Text: f.native(mapping.Field)}
		}
		if values := c.values[mapping]; values != nil {
			value = translated(value, values)
		}
		set(value, mapping.Currency)
		m.dropCustom(name)
	}
	return figures, response
}

// dropCustom takes a custom field out; amounts must not show among them.
func (m *mapped) dropCustom(name string) {
	var left []Field
	for _, f := range m.custom {
		if f.Name != name {
			left = append(left, f)
		}
	}
	m.custom = left
}

// responseOf reads a response without regard to case; "" when it is none.
func responseOf(word string) RiskResponse {
	constant := RiskResponse(constantOf(word))
	for _, r := range Responses {
		if constant == r {
			return r
		}
	}
	return ""
}

var certain = decimal.NewFromInt(1)

// probabilityOf reads a share of 1, or a percentage as in "30 %"; what is
// neither is no probability.
func probabilityOf(v Field) *decimal.Decimal {
	text, isPercent := strings.CutSuffix(textOf(v), "%")
	d := sensible(decimalOf(Field{Type: FieldText, Text: strings.TrimSpace(text)}))
	if d == nil {
		return nil
	}
	if isPercent {
		share := d.Shift(-2)
		d = &share
	}
	if d.IsNegative() || d.GreaterThan(certain) {
		return nil
	}
	return d
}

// impactOf reads an amount of 0 or more; the settings' currency is that of one
// without any.
func (p *plan) impactOf(v Field, currency string) *Money {
	if currency == "" {
		currency = p.settings.Currency
	}
	m := moneyOf(v, currency)
	if m == nil || sensible(&m.Amount) == nil || m.Amount.IsNegative() {
		return nil
	}
	return m
}

// Bounds of a figure that is computed with: 1e999999999 takes minutes to add.
const (
	maxFigureDigits   = 64
	maxFigureExponent = 100
)

// sensible is nil for a number that is too long to compute with.
func sensible(d *decimal.Decimal) *decimal.Decimal {
	if d == nil || d.Exponent() > maxFigureExponent || d.Exponent() < -maxFigureExponent || d.NumDigits() > maxFigureDigits {
		return nil
	}
	return d
}
