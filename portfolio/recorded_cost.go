package portfolio

import "github.com/shopspring/decimal"

// CostFact is the money of a project in one period: what was allotted, what
// should have been earned by the plan, what was earned, and what was spent.
// All are of the period alone, not up to it.
type CostFact struct {
	Project string `json:"project"` // reference
	// Period is 2026, 2026-Q1, 2026-03, 2026-W07 or 2026-03-15.
	Period   string           `json:"period"`
	Category string           `json:"category,omitempty"` // capex, licences
	Currency string           `json:"currency,omitempty"` // ISO 4217; empty is that of the project's budget
	Budget   *decimal.Decimal `json:"budget"`
	// Planned is the planned value: the budgeted cost of the work scheduled.
	Planned *decimal.Decimal `json:"planned"`
	// Earned is the earned value: the budgeted cost of the work performed.
	// Where no period has one, it follows from the share of the work done.
	Earned *decimal.Decimal `json:"earned"`
	Actual *decimal.Decimal `json:"actual"`
	// Forecast is what is expected to be spent in a period without an actual cost.
	Forecast *decimal.Decimal `json:"forecast"`
	Note     string           `json:"note,omitempty"`
	Authored `json:",inline"`
}

// Key identifies the document: one for each project, period and category.
func (f *CostFact) Key() Key {
	return Key{KindCost, f.Project + "#" + f.Period + "#" + f.Category}
}

// Bearing is what it is about.
func (f *CostFact) Bearing() Bearing { return Bearing{Projects: []string{f.Project}} }
