package portfolio

import "github.com/shopspring/decimal"

// Of projects and milestones people record facts before the tools were ever
// read, so what they write is kept as they wrote it and looked up in the view:
// a reference is pmo:<PMO number>, <connection>:<the tool's key>, or the
// document id <connection>/<kind>/<id>.
//
// A number that may be left out has no omitempty: BSON would take 0 for nothing.

// StrategyFact is a strategy: a set of objectives, and versions that weigh them.
type StrategyFact struct {
	Slug        string `json:"key"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Owner       string `json:"owner,omitempty"` // a person, by key, e-mail or name
	// Leading says that projects are scored and ranked by this one; without
	// any, the first by key leads.
	Leading  bool `json:"leading,omitempty"`
	Authored `json:",inline"`
}

// StrategyVersionFact is how a strategy weighs its objectives for a while. Of
// several that are valid on a day, the one that began last is in force.
type StrategyVersionFact struct {
	Strategy  string       `json:"strategy"` // key
	Version   string       `json:"version"`  // unique in the strategy: 2026
	Name      string       `json:"name,omitempty"`
	ValidFrom Date         `json:"validFrom,omitempty,omitzero"`
	ValidTo   Date         `json:"validTo,omitempty,omitzero"` // the last day
	Method    WeightMethod `json:"method"`
	// Weights are those of MANUAL, each among its siblings; they are divided
	// by their sum.
	Weights  []ObjectiveWeight `json:"weights,omitempty"`
	Authored `json:",inline"`
}

// ObjectiveWeight is the weight of one objective among its siblings.
type ObjectiveWeight struct {
	Objective string          `json:"objective"` // key
	Weight    decimal.Decimal `json:"weight"`    // 0 or more
}

// WeightMethod is where the weights of objectives come from.
type WeightMethod string

// The values of WeightMethod.
const (
	WeightManual WeightMethod = "MANUAL"
	WeightEqual  WeightMethod = "EQUAL"
	WeightAHP    WeightMethod = "AHP"
)

// JudgementFact is how one judge compares the objectives of a strategy, for
// one version of it.
type JudgementFact struct {
	Strategy string           `json:"strategy"` // key
	Version  string           `json:"version"`
	Judge    string           `json:"judge"` // a person, by key, e-mail or name
	Pairs    []PairComparison `json:"pairs"`
	Authored `json:",inline"`
}

// PairComparison says how many times as important one objective is as one of
// its siblings, on Saaty's scale.
type PairComparison struct {
	More  string `json:"more"`  // key
	Less  string `json:"less"`  // key of a sibling
	Times string `json:"times"` // from 1/9 to 9, as a whole number, a decimal or a fraction
}

// ObjectiveFact is what a strategy is after. Objectives form a tree.
type ObjectiveFact struct {
	Slug        string `json:"key"`
	Strategy    string `json:"strategy"`         // key
	Parent      string `json:"parent,omitempty"` // key of an objective of the same strategy
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Owner       string `json:"owner,omitempty"` // a person, by key, e-mail or name
	ValueDriver string `json:"valueDriver,omitempty"`
	Horizon     string `json:"horizon,omitempty"` // in the organisation's words: 3 years
	// Aliases are what tools call it, for projects that name their objectives.
	Aliases   []string `json:"aliases,omitempty"`
	ValidFrom Date     `json:"validFrom,omitempty,omitzero"`
	ValidTo   Date     `json:"validTo,omitempty,omitzero"` // the last day
	// RollUp is how its progress follows from what is below it; empty is
	// WEIGHTED_MEAN.
	RollUp   RollUpMethod     `json:"rollUp,omitempty"`
	Progress *decimal.Decimal `json:"progress"` // of MANUAL: 0 to 1, more when exceeded
	// Reported is how it stands, in the word of whoever reports it: a tool, or
	// people.
	Reported string `json:"reported,omitempty"`
	Authored `json:",inline"`
}

// RollUpMethod is how progress follows from what is below.
type RollUpMethod string

// The values of RollUpMethod.
const (
	RollUpWeightedMean RollUpMethod = "WEIGHTED_MEAN"
	RollUpMean         RollUpMethod = "MEAN"
	RollUpMin          RollUpMethod = "MIN"
	RollUpManual       RollUpMethod = "MANUAL"
)

// ContributionFact says how much a project serves an objective.
type ContributionFact struct {
	Project   string          `json:"project"`   // reference
	Objective string          `json:"objective"` // key
	Strength  decimal.Decimal `json:"strength"`  // 0 to 1
	Rationale string          `json:"rationale,omitempty"`
	Authored  `json:",inline"`
}

// KeyResultFact is how one sees that an objective is reached.
type KeyResultFact struct {
	Slug      string `json:"key"`
	Objective string `json:"objective"` // key
	Name      string `json:"name"`
	Owner     string `json:"owner,omitempty"` // a person, by key, e-mail or name
	Unit      string `json:"unit,omitempty"`
	// KPI is the key of the KPI whose last actual value it takes; then Actual
	// stays empty.
	KPI      string           `json:"kpi,omitempty"`
	Baseline *decimal.Decimal `json:"baseline"`
	Target   *decimal.Decimal `json:"target"`
	Actual   *decimal.Decimal `json:"actual"`
	// Progress is told instead of computed: 0 to 1, more when exceeded.
	Progress *decimal.Decimal `json:"progress"`
	Weight   *decimal.Decimal `json:"weight"` // among what the objective rolls up; empty is 1
	Due      Date             `json:"due,omitempty,omitzero"`
	Authored `json:",inline"`
}

// Key identifies the document.
func (f *StrategyFact) Key() Key { return Key{KindStrategy, f.Slug} }

// Key identifies the document.
func (f *StrategyVersionFact) Key() Key {
	return Key{KindStrategyVersion, StrategyVersionID(f.Strategy, f.Version)}
}

// StrategyVersionID is the document id of a version of a strategy.
func StrategyVersionID(strategy, version string) string { return strategy + "@" + version }

// Key identifies the document: one for each judge of a version.
func (f *JudgementFact) Key() Key {
	return Key{KindJudgement, StrategyVersionID(f.Strategy, f.Version) + "#" + f.Judge}
}

// Key identifies the document.
func (f *ObjectiveFact) Key() Key { return Key{KindObjective, f.Slug} }

// Key identifies the document: one for each project and objective.
func (f *ContributionFact) Key() Key { return Key{KindContribution, f.Project + "#" + f.Objective} }

// Key identifies the document.
func (f *KeyResultFact) Key() Key { return Key{KindKeyResult, f.Slug} }
