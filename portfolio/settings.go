package portfolio

import "github.com/shopspring/decimal"

// Settings is everything of the configuration that shapes views. It is a
// document of the log, so that every replica computes the same. It holds no
// secrets, no addresses and no listeners.
type Settings struct {
	// Files are the SHA-256 hashes of all files the settings were ever made
	// from, the current one last.
	Files []string `json:"files,omitempty"`
	// TimeZone is the organisation's IANA zone; it decides what today is.
	TimeZone    string               `json:"timeZone"`
	Connections []ConnectionSettings `json:"connections,omitempty"`
	Rules       []Rule               `json:"rules,omitempty"`
	Joins       []JoinRule           `json:"joins,omitempty"`
	Precedence  []FieldPrecedence    `json:"precedence,omitempty"`
	Health      []HealthThresholds   `json:"health,omitempty"`
	// Statuses maps a tool's status to a phase where the category does not do.
	Statuses []StatusPhase `json:"statuses,omitempty"`
	// Currency is that of roll-ups over several currencies; empty means that
	// there are none.
	Currency string `json:"currency,omitempty"`
	Rates    []Rate `json:"rates,omitempty"`
	// ReportMaxAge is after how many days a reported health is UNKNOWN; 0 means 14.
	ReportMaxAge int `json:"reportMaxAge,omitempty"`
	// Calendar is nil where the default one holds.
	Calendar *Calendar `json:"calendar,omitempty"`
}

// Rate is what one unit of a currency is worth in the settings' currency,
// from a date until the next rate of that currency begins.
type Rate struct {
	Currency string          `json:"currency"` // ISO 4217
	From     Date            `json:"from"`
	Rate     decimal.Decimal `json:"rate"` // more than 0
}

// ConnectionSettings is what views need to know of a connection.
type ConnectionSettings struct {
	ID     string         `json:"id"`
	Name   string         `json:"name"`
	Type   string         `json:"type"`
	Fields []FieldMapping `json:"fields,omitempty"`
}

// FieldMapping says which field of the tool holds a field of the portfolio.
type FieldMapping struct {
	// To is the portfolio's field: department, sponsor, manager, budget,
	// health, start, due, baseline, forecast, finished, objectives, pmoId,
	// phase, priority, kind, justification, contingency, businessValue,
	// timeCriticality, riskReduction, jobSize, and of a risk response,
	// probability, impact, residualProbability, residualImpact; any other name
	// makes a custom field of that name.
	To string `json:"to"`
	// Field is the tool's field, by id or by name, or one of the record's own
	// attributes: name, key, category, type or status.
	Field    string `json:"field"`
	Currency string `json:"currency,omitempty"` // of budget, impact and residualImpact
	// Values maps the tool's values to the portfolio's; others stay as they are.
	Values []ValueMapping `json:"values,omitempty"`
}

// ValueMapping is one pair of a FieldMapping.
type ValueMapping struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Rule sets fields of what its expression matches; for each field the first
// match wins.
type Rule struct {
	// When is an expression over project, milestone and connection.
	When string     `json:"when"`
	Set  Assignment `json:"set"`
}

// Assignment is what a rule sets; empty members are left alone.
type Assignment struct {
	Kind       MilestoneKind `json:"kind,omitempty"`
	Department string        `json:"department,omitempty"`
	Phase      Phase         `json:"phase,omitempty"`
}

// JoinRule joins projects that agree in one field, whichever connection they
// come from. It looks at what the tools say, not at overrides.
type JoinRule struct {
	// By is the field that must be equal and not empty: pmoId, key or name.
	By string `json:"by"`
}

// StatusPhase maps a tool's status, compared without case, to a phase.
type StatusPhase struct {
	Status string `json:"status"`
	Phase  Phase  `json:"phase"`
}

// HealthThresholds are the limits of computed health for one kind of
// milestone; "" is the default for kinds that are not named. Shares are of
// the planned duration.
type HealthThresholds struct {
	Kind MilestoneKind `json:"kind,omitempty"`
	// GreenSlip is the largest slip that is still GREEN; default 0.05.
	GreenSlip float64 `json:"greenSlip,omitempty"`
	// RedSlip is the slip beyond which it is RED; default 0.15.
	RedSlip float64 `json:"redSlip,omitempty"`
	// GreenSPI is the smallest schedule performance SPI(t) that is still GREEN;
	// default 0.95.
	GreenSPI float64 `json:"greenSPI,omitempty"`
	// RedSPI is the SPI(t) below which it is RED; default 0.85.
	RedSPI float64 `json:"redSPI,omitempty"`
	// RedCost is by which share of the budget the expected cost may exceed it
	// before it is RED; default 0.10.
	RedCost float64 `json:"redCost,omitempty"`
}

// Key identifies the document: there is one settings document.
func (*Settings) Key() Key { return Key{KindSettings, "settings"} }
