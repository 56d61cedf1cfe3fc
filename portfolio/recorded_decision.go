package portfolio

// DecisionFact is a decision that somebody owes or has made, a small one as
// well as a gate.
type DecisionFact struct {
	Slug        string       `json:"key"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	Type        DecisionType `json:"type,omitempty"`       // empty is DECISION
	Projects    []string     `json:"projects,omitempty"`   // references
	Department  string       `json:"department,omitempty"` // slug; empty is that of the first project
	// Blocks are references to the milestones that wait for it.
	Blocks []string `json:"blocks,omitempty"`
	// Decider owes it, or made it: a person, by key, e-mail or name.
	Decider string           `json:"decider,omitempty"`
	Raised  Date             `json:"raised"`
	Due     Date             `json:"due,omitempty,omitzero"`
	Decided Date             `json:"decided,omitempty,omitzero"`
	Outcome string           `json:"outcome,omitempty"`
	Actions []RecordedAction `json:"actions,omitempty"`

	Authored `json:",inline"`
}

// DecisionType tells gates from other decisions.
type DecisionType string

// The values of DecisionType.
const (
	DecisionPlain DecisionType = "DECISION"
	DecisionGate  DecisionType = "GATE"
)

// RecordedAction is what somebody has to do because of a decision, as it was
// written.
type RecordedAction struct {
	Title string `json:"title"`
	Owner string `json:"owner,omitempty"` // a person, by key, e-mail or name
	Due   Date   `json:"due,omitempty,omitzero"`
	Done  Date   `json:"done,omitempty,omitzero"`
}

// LessonFact is what was learned.
type LessonFact struct {
	Slug           string   `json:"key"`
	Title          string   `json:"title"`
	Category       string   `json:"category"`
	Project        string   `json:"project,omitempty"`    // reference to where it was learned
	Department     string   `json:"department,omitempty"` // slug; empty is that of the project
	WhatHappened   string   `json:"whatHappened"`
	Cause          string   `json:"cause,omitempty"`
	Recommendation string   `json:"recommendation"`
	AppliedTo      []string `json:"appliedTo,omitempty"` // references to projects
	Learned        Date     `json:"learned,omitempty,omitzero"`
	Authored       `json:",inline"`
}

// Key identifies the document.
func (f *DecisionFact) Key() Key { return Key{KindDecision, f.Slug} }

// Key identifies the document.
func (f *LessonFact) Key() Key { return Key{KindLesson, f.Slug} }

// Bearing is what it is about.
func (f *DecisionFact) Bearing() Bearing {
	words := []string{personWord(f.Decider)}
	for _, ref := range f.Blocks {
		words = append(words, milestoneWord(ref))
	}
	for i := range f.Actions {
		words = append(words, personWord(f.Actions[i].Owner))
	}
	return Bearing{Projects: f.Projects, Department: f.Department, Words: words}
}

// Bearing is what it is about: where it was learned, and where it was applied.
func (f *LessonFact) Bearing() Bearing {
	return Bearing{Projects: append([]string{f.Project}, f.AppliedTo...), Department: f.Department}
}
