package asana

import (
	"slices"
)

// The names of what every project or task has beside its custom fields. A
// mapping names them like fields.
const (
	fieldPortfolios = "Portfolios"
	fieldTeam       = "Team"
	fieldSection    = "Section"
	fieldProjects   = "Projects"
	fieldGoals      = "Goals"
	fieldReport     = "Status update" // gives the words of status updates a meaning, under health
)

// wording is what the settings and the mapping name, which decides what is
// asked for and what is kept.
type wording struct {
	rules   []rule
	fields  []string // custom fields, by name or gid
	named   []string // of the names above, those that the mapping has
	links   bool
	tree    bool // portfolios are projects
	grouped bool // portfolios are read
}

func (c *Connector) wording() wording {
	w := wording{rules: c.settings.rules(), links: !c.settings.Dependencies.Off, tree: c.settings.Portfolios.Parents}
	for _, f := range c.env.Fields {
		switch f {
		case fieldPortfolios, fieldTeam, fieldSection, fieldProjects, fieldGoals, fieldReport:
			w.named = append(w.named, f)
		case "name", "key", "category", "status", "type": // told without a field
		default:
			w.fields = append(w.fields, f)
		}
	}
	w.grouped = w.tree || w.asks(fieldPortfolios) || len(c.settings.Portfolios.IDs)+len(c.settings.Projects.Portfolios) > 0
	return w
}

// asks tells whether the mapping names one of the fields above.
func (w wording) asks(field string) bool { return slices.Contains(w.named, field) }

// keeps tells whether a custom field is one that the mapping names.
func (w wording) keeps(gid, name string) bool {
	return slices.Contains(w.fields, gid) || slices.Contains(w.fields, name)
}

func (w wording) anyRule(is func(rule) bool) bool { return slices.ContainsFunc(w.rules, is) }

func (w wording) bySection() bool { return w.anyRule(func(r rule) bool { return r.section != "" }) }
func (w wording) byField() bool   { return w.anyRule(func(r rule) bool { return r.field != "" }) }

// plainly tells whether the subtype of a task says all.
func (w wording) plainly() bool { return !w.bySection() && !w.byField() }

// customFields are what is asked of custom fields. Asana cannot be asked for
// some of them only.
var customFields = []string{
	"custom_fields", "custom_fields.name", "custom_fields.type", "custom_fields.text_value", "custom_fields.number_value",
	"custom_fields.enum_value.name", "custom_fields.multi_enum_values.name", "custom_fields.date_value.date", "custom_fields.date_value.date_time",
	"custom_fields.display_value",
}

// projectFields are the fields to ask for of a project.
func (w wording) projectFields() []string {
	list := []string{
		"name", "archived", "completed", "completed_at", "created_at", "modified_at", "start_on", "due_on", "notes",
		"owner", "team", "team.name", "permalink_url", "current_status_update",
	}
	if len(w.fields) > 0 {
		list = append(list, customFields...)
	}
	return list
}

// taskFields are the fields to ask for of a task.
func (w wording) taskFields() []string {
	list := []string{
		"name", "resource_subtype", "completed", "completed_at", "created_at", "modified_at", "start_on", "due_on",
		"assignee", "assignee.name", "permalink_url", "projects", "tags.name", "approval_status",
	}
	if w.asks(fieldProjects) {
		list = append(list, "projects.name")
	}
	if w.bySection() || w.asks(fieldSection) {
		list = append(list, "memberships.project", "memberships.section.name")
	}
	if len(w.fields) > 0 || w.byField() {
		list = append(list, customFields...)
		list = append(list, "custom_fields.people_value.name")
	}
	if w.links {
		list = append(list, "dependencies", "dependents")
	}
	return list
}

// portfolioFields are the fields to ask for of a portfolio.
func (w wording) portfolioFields() []string {
	list := []string{"name"}
	if w.tree {
		list = append(list, "archived", "created_at", "start_on", "due_on", "owner", "permalink_url", "current_status_update")
	}
	return list
}

// goalFields are the fields to ask for of a goal.
func (c *Connector) goalFields() []string {
	list := []string{"name"}
	if c.settings.Goals.on() {
		list = append(list, "notes", "status", "owner", "owner.name", "team", "team.name", "start_on", "due_on",
			"time_period.start_on", "time_period.end_on", "metric.unit", "metric.currency_code", "metric.precision",
			"metric.initial_number_value", "metric.target_number_value", "metric.current_number_value")
	}
	return list
}

// reportFields are the fields to ask for of a status update.
var reportFields = []string{"title", "text", "status_type", "author", "author.name", "created_at", "modified_at", "parent"}
