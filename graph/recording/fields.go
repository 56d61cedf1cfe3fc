package recording

import (
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// Members of a row of fields: one that is null says something else than one
// that is left away.
type (
	texts  = graphql.Omittable[*string]
	dates  = graphql.Omittable[*portfolio.Date]
	number = graphql.Omittable[*decimal.Decimal]
)

// ProjectFields is a row of setProjectFields.
type ProjectFields struct {
	Project                                                string
	Name, Department, Sponsor, Manager, Priority           texts
	Justification, PMOID                                   texts
	Phase                                                  graphql.Omittable[*portfolio.Phase]
	Health                                                 graphql.Omittable[*portfolio.Health]
	Budget                                                 graphql.Omittable[*portfolio.Money]
	Objectives                                             graphql.Omittable[[]string]
	Start, Due, Baseline, Forecast, Finished               dates
	BusinessValue, TimeCriticality, RiskReduction, JobSize number
	Custom                                                 []*CustomValue
	Reason                                                 string
	Seen
}

// MilestoneFields is a row of setMilestoneFields.
type MilestoneFields struct {
	Milestone                                string
	Name, Owner, Contingency                 texts
	Kind                                     graphql.Omittable[*portfolio.MilestoneKind]
	Health                                   graphql.Omittable[*portfolio.Health]
	Start, Due, Baseline, Forecast, Finished dates
	Custom                                   []*CustomValue
	Reason                                   string
	Seen
}

// A CustomValue is a value of a field that the portfolio does not know.
type CustomValue struct {
	Name    string
	Text    *string
	Number  *decimal.Decimal
	Date    *portfolio.Date
	Boolean *bool
	List    []string
}

// A FieldValue is what a row says of one field; a nil value takes back what was
// recorded.
type FieldValue struct {
	Name  string
	Value *portfolio.Field
}

// said is a list of what a row says.
type said []FieldValue

// Fields are what the row says of fields.
func (f *ProjectFields) Fields() ([]FieldValue, error) {
	var s said
	add(&s, "name", f.Name, asText)
	add(&s, "department", f.Department, asText)
	add(&s, "sponsor", f.Sponsor, asText)
	add(&s, "manager", f.Manager, asText)
	add(&s, "priority", f.Priority, asText)
	add(&s, "justification", f.Justification, asText)
	add(&s, "pmoId", f.PMOID, asText)
	add(&s, "phase", f.Phase, asText)
	add(&s, "health", f.Health, asText)
	add(&s, "budget", f.Budget, func(m portfolio.Money) portfolio.Field { return asText(m.String()) })
	add(&s, "start", f.Start, asDate)
	add(&s, "due", f.Due, asDate)
	add(&s, "baseline", f.Baseline, asDate)
	add(&s, "forecast", f.Forecast, asDate)
	add(&s, "finished", f.Finished, asDate)
	add(&s, "businessValue", f.BusinessValue, asNumber)
	add(&s, "timeCriticality", f.TimeCriticality, asNumber)
	add(&s, "riskReduction", f.RiskReduction, asNumber)
	add(&s, "jobSize", f.JobSize, asNumber)
	if list, ok := f.Objectives.ValueOK(); ok {
		var value *portfolio.Field
		if list != nil {
			value = &portfolio.Field{Type: portfolio.FieldList, List: list}
		}
		s = append(s, FieldValue{"objectives", value})
	}
	return s.with(f.Custom)
}

// Fields are what the row says of fields.
func (f *MilestoneFields) Fields() ([]FieldValue, error) {
	var s said
	add(&s, "name", f.Name, asText)
	add(&s, "owner", f.Owner, asText)
	add(&s, "contingency", f.Contingency, asText)
	add(&s, "kind", f.Kind, asText)
	add(&s, "health", f.Health, asText)
	add(&s, "start", f.Start, asDate)
	add(&s, "due", f.Due, asDate)
	add(&s, "baseline", f.Baseline, asDate)
	add(&s, "forecast", f.Forecast, asDate)
	add(&s, "finished", f.Finished, asDate)
	return s.with(f.Custom)
}

// add adds a member, unless it was left away.
func add[V any](s *said, name string, member graphql.Omittable[*V], field func(V) portfolio.Field) {
	value, ok := member.ValueOK()
	switch {
	case !ok:
	case value == nil:
		*s = append(*s, FieldValue{Name: name})
	default:
		f := field(*value)
		*s = append(*s, FieldValue{name, &f})
	}
}

func asText[T ~string](text T) portfolio.Field {
	return portfolio.Field{Type: portfolio.FieldText, Text: string(text)}
}

func asDate(d portfolio.Date) portfolio.Field {
	return portfolio.Field{Type: portfolio.FieldDate, Date: d}
}

func asNumber(n decimal.Decimal) portfolio.Field {
	return portfolio.Field{Type: portfolio.FieldNumber, Number: n.String()}
}

// with adds the fields that the portfolio does not know.
func (s said) with(custom []*CustomValue) ([]FieldValue, error) {
	for _, c := range custom {
		var values []portfolio.Field
		if c.Text != nil {
			values = append(values, asText(*c.Text))
		}
		if c.Number != nil {
			values = append(values, asNumber(*c.Number))
		}
		if c.Date != nil {
			values = append(values, asDate(*c.Date))
		}
		if c.Boolean != nil {
			values = append(values, portfolio.Field{Type: portfolio.FieldBool, Bool: *c.Boolean})
		}
		if c.List != nil {
			values = append(values, portfolio.Field{Type: portfolio.FieldList, List: c.List})
		}
		switch len(values) {
		case 0:
			s = append(s, FieldValue{Name: c.Name})
		case 1:
			s = append(s, FieldValue{c.Name, &values[0]})
		default:
			return nil, fmt.Errorf("%w: the field %q is given %d values; give it one", portfolio.ErrInvalid, c.Name, len(values))
		}
	}
	return s, nil
}

// together is what became of a row that was several fields of one thing: what
// became of all of them, or else UPDATED. Its version is the highest; its id
// and key are those of the thing.
func together(outcomes []portfolio.EditOutcome) Result {
	whole := outcomes[0]
	for _, o := range outcomes[1:] {
		if o.What != whole.What {
			whole.What = portfolio.OutcomeUpdated
		}
		whole.Version = max(whole.Version, o.Version)
	}
	target, _, _ := strings.Cut(whole.Key.ID, "#")
	if key, err := portfolio.ParseKey(target); err == nil {
		whole.Key = key
	}
	return newResult(whole)
}
