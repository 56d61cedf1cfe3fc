package portfolio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A FieldPrecedence says whose word about a field of a project counts first
// where several tools tell of the same project. Without one it is that of the
// connection that stands first in the settings.
type FieldPrecedence struct {
	// Field is the portfolio's name of a field of projects, or that of a custom
	// field.
	Field string `json:"field"`
	// Connections are their ids, the first to be believed first. Those that are
	// not named come after them, in their usual order.
	Connections []string `json:"connections"`
}

// PrecedenceFields are the portfolio's fields of projects that a precedence may
// name, owner being another name of manager. Any other name is that of a custom
// field.
var PrecedenceFields = []string{
	"name", "description", "category", "department", "sponsor", "manager", "owner", "budget", "health",
	"start", "due", "baseline", "forecast", "finished", "objectives", "pmoId", "phase", "priority",
	"justification", "businessValue", "timeCriticality", "riskReduction", "jobSize",
}

// newPrecedence checks what the settings say; what is wrong is left out.
func newPrecedence(s *Settings) (map[string][]string, []error) {
	precedence := map[string][]string{}
	var problems []error
	for i, p := range s.Precedence {
		if p.Field == "owner" {
			p.Field = "manager"
		}
		_, twice := precedence[p.Field]
		switch {
		case p.Field == "":
			problems = append(problems, fmt.Errorf("precedence %d: names no field", i+1))
		case slices.Contains(portfolioFields, p.Field) && !slices.Contains(PrecedenceFields, p.Field):
			problems = append(problems, fmt.Errorf("precedence %d: %q is no field of projects; those are %s, and custom fields", i+1, p.Field, strings.Join(PrecedenceFields, ", ")))
		case twice:
			problems = append(problems, fmt.Errorf("precedence %d: %q has one already", i+1, p.Field))
		case len(p.Connections) == 0:
			problems = append(problems, fmt.Errorf("precedence %d: names no connection", i+1))
		default:
			precedence[p.Field] = p.Connections
		}
		for _, id := range p.Connections {
			if !slices.ContainsFunc(s.Connections, func(c ConnectionSettings) bool { return c.ID == id }) {
				problems = append(problems, fmt.Errorf("precedence %d: there is no connection %q", i+1, id))
			}
		}
	}
	return precedence, problems
}

// believed is the place of a connection's word about a field, 0 for the first.
func (p *plan) believed(field, connection string) int {
	order := p.precedence[field]
	if at := slices.Index(order, connection); at >= 0 {
		return at
	}
	return len(order)
}

// A saying is what one of the tools that tell of a project says of it.
type saying struct {
	fact   *ProjectFact
	absent int // 0 where the tool still shows it
	mapped
}

// prefer lets each field that has a precedence say what the tool says whose word
// counts first. What a tool no longer shows comes after what others show.
func (p *plan) prefer(row *ProjectRow, m *mapped, said []saying) {
	// No field is named twice, so the order in which they are taken changes nothing.
	for field := range p.precedence {
		ordered := slices.Clone(said)
		slices.SortStableFunc(ordered, func(x, y saying) int {
			return cmp.Or(cmp.Compare(x.absent, y.absent), cmp.Compare(p.believed(field, x.fact.Connection), p.believed(field, y.fact.Connection)))
		})
		for i := range ordered {
			if row.adopt(field, ordered[i].fact) || m.adopt(field, &ordered[i]) {
				break
			}
		}
	}
}

// adopt takes one of the tool's own attributes, and reports whether there was
// one to take.
func (p *ProjectRow) adopt(field string, from *ProjectFact) bool {
	switch field {
	case "description":
		return adopt(&p.Description, from.Description)
	case "category":
		return adopt(&p.Category, from.Category)
	}
	return false
}

// adopt takes one field of what a tool says, and reports whether it said it.
func (m *mapped) adopt(field string, from *saying) bool {
	switch field {
	case "name":
		return adopt(&m.name, cmp.Or(from.name, from.fact.Name))
	case "department":
		return adopt(&m.department, from.department)
	case "sponsor":
		return adopt(&m.sponsor, from.sponsor)
	case "manager":
		return adopt(&m.manager, from.manager)
	case "budget":
		return adopt(&m.budget, from.budget)
	case "health":
		if !adopt(&m.health, from.health) {
			return false
		}
		m.healthOn, m.healthNotAfter, m.healthFrom = from.healthOn, from.healthNotAfter, from.fact.Connection
		return true
	case "start":
		return adopt(&m.start, from.start)
	case "due":
		return adopt(&m.due, from.due)
	case "baseline":
		return adopt(&m.baseline, from.baseline)
	case "forecast":
		return adopt(&m.forecast, from.forecast)
	case "finished":
		return adopt(&m.finished, from.finished)
	case "objectives":
		if from.objectives == nil {
			return false
		}
		m.objectives = from.objectives
		return true
	case "pmoId":
		return adopt(&m.pmoID, from.pmoID)
	case "phase":
		return adopt(&m.phase, from.phase)
	case "priority":
		return adopt(&m.priority, from.priority)
	case "justification":
		return adopt(&m.justification, from.justification)
	case "businessValue":
		return adopt(&m.job.value, from.job.value)
	case "timeCriticality":
		return adopt(&m.job.urgency, from.job.urgency)
	case "riskReduction":
		return adopt(&m.job.riskReduction, from.job.riskReduction)
	case "jobSize":
		return adopt(&m.job.size, from.job.size)
	}
	custom, found := fieldByName(from.custom, field)
	if !found || textOf(custom) == "" {
		return false
	}
	m.setCustom(custom)
	return true
}

// adopt sets to unless there is nothing to set it to.
func adopt[T comparable](to *T, value T) bool {
	var zero T
	if value == zero {
		return false
	}
	*to = value
	return true
}
