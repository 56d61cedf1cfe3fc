package portfolio

import (
	"slices"
	"strings"
)

// mapped is what one fact says under the portfolio's own names of fields,
// after the mapping of its connection. Zero members were not said.
type mapped struct {
	name       string
	department string
	sponsor    person
	manager    person
	budget     *Money
	health     string
	healthOn   Date   // when health was said; zero when that is not known
	healthFrom string // the connection, where its word counts first
	// healthNotAfter is the latest day it can have been said on.
	healthNotAfter Date
	start          Date
	due            Date
	baseline       Date
	forecast       Date
	finished       Date
	objectives     []string
	pmoID          string
	phase          string
	priority       string
	kind           string
	justification  string
	contingency    string
	job            job
	kindField      string // the tool's field that kind was read from
	custom         []Field
}

// A person is named by the document id of their account or, where the tool
// has only text, by name or e-mail address.
type person struct {
	id         string
	word       string // lower case
	connection string // whose people are looked at first
}

// mapFields applies the mapping of a connection to the fields of a fact.
// native answers for the tool's own attributes, such as category.
func (p *plan) mapFields(connection string, fields []Field, native func(string) string) mapped {
	var m mapped
	c := p.connection(connection)
	if c == nil || len(c.Fields) == 0 {
		m.custom = customFields(nil, fields)
		return m
	}
	for i := range c.Fields {
		mapping := &c.Fields[i]
		if c.byTo[mapping.To] != mapping {
			continue // a later mapping of the same name
		}
		value, found := fieldNamed(fields, mapping.Field)
		if !found {
			text := native(mapping.Field)
			if text == "" {
				continue
			}
			value = Field{Type: FieldText, Text: text}
		}
		if values := c.values[mapping]; values != nil {
			value = translated(value, values)
		}
		m.set(p, connection, mapping.To, value, mapping.Currency)
		if mapping.To == "kind" && m.kind != "" {
			m.kindField = mapping.Field
		}
	}
	m.custom = customFields(c, fields)
	for i := range m.custom {
		if mapping := c.mappingOf(&m.custom[i]); mapping != nil {
			if values := c.values[mapping]; values != nil {
				m.custom[i] = translated(m.custom[i], values)
			}
			m.custom[i].Name = mapping.To
		}
	}
	sortFields(m.custom)
	return m
}

// set puts a value under the portfolio's name of a field; a name it does not
// know makes a custom field.
func (m *mapped) set(p *plan, connection, to string, value Field, currency string) {
	switch to {
	case "name":
		m.name = textOf(value)
	case "department":
		m.department = textOf(value)
	case "sponsor":
		m.sponsor = personOf(connection, value)
	case "manager", "owner":
		m.manager = personOf(connection, value)
	case "budget":
		if currency == "" && m.budget != nil {
			currency = m.budget.Currency
		}
		m.budget = moneyOf(value, currency)
	case "health":
		m.health, m.healthOn = textOf(value), Date{}
	case "start":
		m.start = dateOf(p, value)
	case "due":
		m.due = dateOf(p, value)
	case "baseline":
		m.baseline = dateOf(p, value)
	case "forecast":
		m.forecast = dateOf(p, value)
	case "finished":
		m.finished = dateOf(p, value)
	case "objectives":
		m.objectives = listOf(value)
	case "pmoId":
		m.pmoID = textOf(value)
	case "phase":
		m.phase = textOf(value)
	case "priority":
		m.priority = textOf(value)
	case "kind":
		m.kind = textOf(value)
	case "justification":
		m.justification = textOf(value)
	case "contingency":
		m.contingency = textOf(value)
	case "businessValue":
		m.job.value = decimalOf(value)
	case "timeCriticality":
		m.job.urgency = decimalOf(value)
	case "riskReduction":
		m.job.riskReduction = decimalOf(value)
	case "jobSize":
		m.job.size = decimalOf(value)
	}
}

// text is what was said of a field under the portfolio's name of it, but for
// the people that sponsor and manager name.
func (m *mapped) text(field string) string {
	switch field {
	case "name":
		return m.name
	case "department":
		return m.department
	case "budget":
		if m.budget == nil {
			return ""
		}
		return strings.TrimSpace(m.budget.String())
	case "health":
		return m.health
	case "start":
		return m.start.String()
	case "due":
		return m.due.String()
	case "baseline":
		return m.baseline.String()
	case "forecast":
		return m.forecast.String()
	case "finished":
		return m.finished.String()
	case "objectives":
		return strings.Join(m.objectives, ", ")
	case "pmoId":
		return m.pmoID
	case "phase":
		return m.phase
	case "priority":
		return m.priority
	case "kind":
		return m.kind
	case "justification":
		return m.justification
	case "contingency":
		return m.contingency
	case "businessValue":
		return decimalText(m.job.value)
	case "timeCriticality":
		return decimalText(m.job.urgency)
	case "riskReduction":
		return decimalText(m.job.riskReduction)
	case "jobSize":
		return decimalText(m.job.size)
	}
	return ""
}

// portfolioFields are the names that set knows.
var portfolioFields = []string{
	"name", "department", "sponsor", "manager", "owner", "budget", "health", "start", "due", "baseline",
	"forecast", "finished", "objectives", "pmoId", "phase", "priority", "kind",
	"justification", "contingency", "businessValue", "timeCriticality", "riskReduction", "jobSize",
}

// setCustom puts or replaces a custom field.
func (m *mapped) setCustom(value Field) {
	m.custom = slices.Clone(m.custom)
	for i := range m.custom {
		if m.custom[i].Name == value.Name {
			m.custom[i] = value
			return
		}
	}
	m.custom = append(m.custom, value)
	sortFields(m.custom)
}

// fill takes from other what m does not say.
func (m *mapped) fill(other *mapped) {
	fillText(&m.name, other.name)
	fillText(&m.department, other.department)
	fillText(&m.pmoID, other.pmoID)
	fillText(&m.phase, other.phase)
	if m.health == "" {
		m.health, m.healthOn, m.healthNotAfter = other.health, other.healthOn, other.healthNotAfter
	}
	fillText(&m.priority, other.priority)
	fillText(&m.justification, other.justification)
	m.job.fill(&other.job)
	fillDate(&m.start, other.start)
	fillDate(&m.due, other.due)
	fillDate(&m.baseline, other.baseline)
	fillDate(&m.forecast, other.forecast)
	fillDate(&m.finished, other.finished)
	if m.sponsor == (person{}) {
		m.sponsor = other.sponsor
	}
	if m.manager == (person{}) {
		m.manager = other.manager
	}
	if m.budget == nil {
		m.budget = other.budget
	}
	if m.objectives == nil {
		m.objectives = other.objectives
	}
	for _, f := range other.custom {
		if _, taken := fieldByName(m.custom, f.Name); !taken {
			m.setCustom(f)
		}
	}
}

// filled is a list without its empty texts, which say nothing; it does not
// change list.
func filled(list []string) []string {
	if !slices.Contains(list, "") {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return text == "" })
}

func fillText(to *string, from string) {
	if *to == "" {
		*to = from
	}
}

func fillDate(to *Date, from Date) {
	if to.IsZero() {
		*to = from
	}
}

// customFields are the fields of a fact that make custom fields, copied:
// those mapped to a name the portfolio does not know, and those not mapped at
// all, under their own name.
func customFields(c *connectionPlan, fields []Field) []Field {
	var custom []Field
	for i := range fields {
		if c != nil {
			if mapping := c.mappingOf(&fields[i]); mapping != nil && slices.Contains(portfolioFields, mapping.To) {
				continue
			}
		}
		f := fields[i]
		if f.Name == "" {
			f.Name = f.ID
		}
		f.List = filled(f.List)
		custom = append(custom, f)
	}
	if c == nil {
		sortFields(custom)
	}
	return custom
}

func sortFields(fields []Field) {
	slices.SortStableFunc(fields, func(a, b Field) int {
		if a.Name != b.Name {
			return strings.Compare(a.Name, b.Name)
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// mappingOf returns the mapping that takes a field, nil when none does.
func (c *connectionPlan) mappingOf(f *Field) *FieldMapping {
	for i := range c.Fields {
		m := &c.Fields[i]
		if c.byTo[m.To] == m && (m.Field == f.ID || m.Field == f.Name) {
			return m
		}
	}
	return nil
}

// fieldNamed finds a field by id or else by name.
func fieldNamed(fields []Field, name string) (Field, bool) {
	for i := range fields {
		if fields[i].ID == name {
			return fields[i], true
		}
	}
	return fieldByName(fields, name)
}

func fieldByName(fields []Field, name string) (Field, bool) {
	for i := range fields {
		if fields[i].Name == name {
			return fields[i], true
		}
	}
	return Field{}, false
}
