package portfolio

import "github.com/shopspring/decimal"

// AssignmentFact says that somebody works on a project.
type AssignmentFact struct {
	Slug    string `json:"key"`
	Project string `json:"project"` // reference
	Person  string `json:"person"`  // by key, e-mail or name
	Role    string `json:"role,omitempty"`
	From    Date   `json:"from,omitempty,omitzero"` // without one it begins with the project
	To      Date   `json:"to,omitempty,omitzero"`   // the last day; without one it ends with the project
	// Allocation is the share of full time: 0.5 is half of every working week.
	Allocation decimal.Decimal `json:"allocation"`
	Authored   `json:",inline"`
}

// CapacityFact says how much of full time somebody can work, for a while.
// Whoever has none works full time.
type CapacityFact struct {
	Slug     string          `json:"key"`
	Person   string          `json:"person"` // by key, e-mail or name
	From     Date            `json:"from,omitempty,omitzero"`
	To       Date            `json:"to,omitempty,omitzero"` // the last day; without one it holds for good
	Share    decimal.Decimal `json:"share"`                 // of full time; 0 is away
	Reason   string          `json:"reason,omitempty"`
	Authored `json:",inline"`
}

// ControlExceptionFact lets a project fail a control for a while, because
// somebody has agreed to it.
type ControlExceptionFact struct {
	Slug       string      `json:"key"`
	Control    ControlCode `json:"control"`
	Project    string      `json:"project"` // reference
	Reason     string      `json:"reason"`
	ApprovedBy string      `json:"approvedBy"`               // a person, by key, e-mail or name
	Until      Date        `json:"until,omitempty,omitzero"` // the last day; without one it holds for good
	Authored   `json:",inline"`
}

// Key identifies the document.
func (f *AssignmentFact) Key() Key { return Key{KindAssignment, f.Slug} }

// Key identifies the document.
func (f *CapacityFact) Key() Key { return Key{KindCapacity, f.Slug} }

// Key identifies the document.
func (f *ControlExceptionFact) Key() Key { return Key{KindControlException, f.Slug} }

// Bearing is what it is about.
func (f *AssignmentFact) Bearing() Bearing {
	return Bearing{Projects: []string{f.Project}, Words: []string{personWord(f.Person)}}
}

// Bearing is what it is about. Who may see the person may see it.
func (f *CapacityFact) Bearing() Bearing {
	return Bearing{Words: []string{personWord(f.Person)}}
}

// Bearing is what it is about.
func (f *ControlExceptionFact) Bearing() Bearing {
	return Bearing{Projects: []string{f.Project}, Words: []string{personWord(f.ApprovedBy)}}
}
