package config

import (
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/spelling"
)

// Tools makes the empty settings of each tool, by the name that a connection's
// type gives.
type Tools map[string]func() connectors.Settings

// names returns the tools' names in order.
func (t Tools) names() []string {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Connection is one tool read through one account. The keys of the tool stand
// beside the common ones.
type Connection struct {
	ID           string   `yaml:"id" jsonschema:"required,pattern=^[a-z0-9][a-z0-9-]*$" jsonschema_description:"Its immutable name of lower-case letters, digits and dashes. It is part of the identity of everything that is read."`
	Name         string   `yaml:"name,omitempty" jsonschema_description:"What people call it; its id when absent. May change at any time."`
	Type         string   `yaml:"type" jsonschema:"required" jsonschema_description:"The tool that is read."`
	Every        Duration `yaml:"every,omitempty" jsonschema:"default=10m,minimum=10s" jsonschema_description:"How often to ask what changed."`
	Cron         Cron     `yaml:"cron,omitempty" jsonschema_description:"When to ask what changed, in place of every: minute hour day month weekday, in the configured time zone."`
	Sweep        Duration `yaml:"sweep" jsonschema:"default=1h,minimum=1m" jsonschema_description:"How often to list everything, which finds what was deleted."`
	Fields       FieldMap `yaml:"fields,omitempty" jsonschema_description:"Field of the portfolio to the tool's field that holds it. A name the portfolio does not know makes a custom field."`
	AllowPrivate bool     `yaml:"allow_private,omitempty" jsonschema_description:"Whether the tool may be at a private address, as on-premises tools are."`

	// Tool holds the keys of the tool itself.
	Tool connectors.Settings `yaml:"-"`
}

// FieldMap says which field of the tool holds a field of the portfolio.
type FieldMap map[string]Field

// Field names a field of the tool. A bare name in YAML is short for
// {field: name}.
type Field struct {
	Field    string            `yaml:"field" jsonschema:"required" jsonschema_description:"The tool's field, by id or by name."`
	Currency string            `yaml:"currency,omitempty" jsonschema:"pattern=^[A-Z]{3}$" jsonschema_description:"Currency of a budget or of the impact of a risk, as ISO 4217."`
	Values   map[string]string `yaml:"values,omitempty" jsonschema_description:"The tool's value to the portfolio's; other values stay as they are."`
}

// UnmarshalText takes the short form, the field's id or name alone.
func (f *Field) UnmarshalText(text []byte) error {
	f.Field = string(text)
	return nil
}

// portfolioFields are the fields of the portfolio that a mapping may fill.
var portfolioFields = []string{
	"department", "sponsor", "manager", "budget", "health", "start", "due", "baseline", "forecast", "finished",
	"objectives", "pmoId", "phase", "priority", "kind",
	"justification", "contingency", "businessValue", "timeCriticality", "riskReduction", "jobSize",
	"response", "probability", "impact", "residualProbability", "residualImpact", // of risks
}

// misspelt returns the portfolio's field that the name of a custom field was
// probably meant to be, or "".
func misspelt(name string) string {
	if slices.Contains(portfolioFields, name) {
		return ""
	}
	if near := spelling.Nearest(name, portfolioFields); near != "" && !strings.Contains(name, " ") {
		return near
	}
	return ""
}
