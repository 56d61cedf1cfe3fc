package portfolio

import (
	"reflect"
	"time"

	"github.com/shopspring/decimal"
)

// StrategyRow is a strategy as it stands today.
type StrategyRow struct {
	ID          string // key
	Name        string
	Description string
	Owner       string // as recorded
	// Leading says that projects are scored and ranked by this one.
	Leading bool
	// InForceID is the document id of the version in force today.
	InForceID string
	ChangesOn Date // the next date at which a version or an objective begins or ends
	Rev       int64
}

// StrategyVersionRow is a version of a strategy and the weights that follow
// from it.
type StrategyVersionRow struct {
	ID         string
	StrategyID string
	Version    string
	Name       string
	ValidFrom  Date
	ValidTo    Date
	Method     WeightMethod
	InForce    bool
	Rev        int64 // of the version and the judgements made for it

	weighing *weighing
}

// ObjectiveRow is an objective as it stands today in its tree.
type ObjectiveRow struct {
	ID          string // key
	StrategyID  string
	ParentID    string // key
	Name        string
	Description string
	Owner       string // as recorded
	ValueDriver string
	Horizon     string
	Aliases     []string
	Reported    string // the word of whoever reports it
	ValidFrom   Date
	ValidTo     Date
	State       ObjectiveState
	// Leaf says that nothing in force lies below it, so that projects are
	// scored by it.
	Leaf         bool
	LocalWeight  *float64 // among its siblings, in the version in force
	GlobalWeight *float64 // in the whole strategy
	Progress     ProgressRow
	Rev          int64

	weightReason *Reason // why it has no weights
}

// ProgressRow is how far an objective or a key result is reached.
type ProgressRow struct {
	Value *float64 // 1 is reached
	// Reason says why Value is nil.
	Reason *Reason
	Method RollUpMethod // "" for a key result
	// Counted of Of parts have a progress of their own that was rolled up.
	Counted, Of int
}

// KeyResultRow is a key result as it stands today.
type KeyResultRow struct {
	ID          string // key
	ObjectiveID string // key
	Name        string
	Owner       string // as recorded
	Unit        string
	KPI         string // key
	Baseline    *decimal.Decimal
	Target      *decimal.Decimal
	// Actual is the last one of the KPI where it names one.
	Actual       *decimal.Decimal
	ActualPeriod string // the period of the KPI
	Progress     ProgressRow
	Told         bool // the progress was told instead of computed
	Weight       float64
	Due          Date
	Rev          int64
}

// ContributionRow is what somebody says a project does for an objective.
type ContributionRow struct {
	ID          string
	ProjectRef  string // as recorded
	ProjectID   string // what the reference leads to; "" when nothing
	ObjectiveID string // key
	StrategyID  string // key; "" when the objective is not known
	Strength    float64
	Rationale   string
	State       ContributionState
	Author      string
	At          time.Time
	Rev         int64
}

// ContributionState is whether a contribution counts.
type ContributionState string

// The values of ContributionState.
const (
	ContributionCounts           ContributionState = "COUNTS"
	ContributionSuperseded       ContributionState = "SUPERSEDED"        // a later one says the same of the same project
	ContributionStale            ContributionState = "STALE"             // the objective has expired
	ContributionNotYet           ContributionState = "NOT_YET"           // the objective is not in force yet
	ContributionUnknownObjective ContributionState = "UNKNOWN_OBJECTIVE" // there is no such objective, or it is detached
	ContributionUnknownProject   ContributionState = "UNKNOWN_PROJECT"   // the reference leads to no project
)

var strategyFields = []rowField[StrategyRow]{
	hidden(field("rev", func(s *StrategyRow) int64 { return s.Rev })),
	field("name", func(s *StrategyRow) string { return s.Name }),
	field("description", func(s *StrategyRow) string { return s.Description }),
	field("owner", func(s *StrategyRow) string { return s.Owner }),
	field("leading", func(s *StrategyRow) bool { return s.Leading }),
	field("inForce", func(s *StrategyRow) string { return s.InForceID }),
	hidden(field("id", func(s *StrategyRow) string { return s.ID })),
	hidden(field("changesOn", func(s *StrategyRow) Date { return s.ChangesOn })),
}

var strategyVersionFields = []rowField[StrategyVersionRow]{
	hidden(field("rev", func(v *StrategyVersionRow) int64 { return v.Rev })),
	field("version", func(v *StrategyVersionRow) string { return v.Version }),
	field("strategy", func(v *StrategyVersionRow) string { return v.StrategyID }),
	field("name", func(v *StrategyVersionRow) string { return v.Name }),
	field("validFrom", func(v *StrategyVersionRow) Date { return v.ValidFrom }),
	field("validTo", func(v *StrategyVersionRow) Date { return v.ValidTo }),
	field("method", func(v *StrategyVersionRow) WeightMethod { return v.Method }),
	field("inForce", func(v *StrategyVersionRow) bool { return v.InForce }),
	{name: "weights", equal: func(a, b *StrategyVersionRow) bool {
		return reflect.DeepEqual(a.weighing.objectives, b.weighing.objectives)
	}},
	{name: "comparisons", equal: func(a, b *StrategyVersionRow) bool {
		return reflect.DeepEqual(a.weighing.panels, b.weighing.panels)
	}},
	{name: "problems", equal: func(a, b *StrategyVersionRow) bool {
		return reflect.DeepEqual(a.weighing.problems, b.weighing.problems)
	}},
	hidden(field("id", func(v *StrategyVersionRow) string { return v.ID })),
}

var objectiveFields = []rowField[ObjectiveRow]{
	hidden(field("rev", func(o *ObjectiveRow) int64 { return o.Rev })),
	field("strategy", func(o *ObjectiveRow) string { return o.StrategyID }),
	field("parent", func(o *ObjectiveRow) string { return o.ParentID }),
	field("name", func(o *ObjectiveRow) string { return o.Name }),
	field("description", func(o *ObjectiveRow) string { return o.Description }),
	field("owner", func(o *ObjectiveRow) string { return o.Owner }),
	field("valueDriver", func(o *ObjectiveRow) string { return o.ValueDriver }),
	field("horizon", func(o *ObjectiveRow) string { return o.Horizon }),
	list("aliases", func(o *ObjectiveRow) []string { return o.Aliases }),
	field("reported", func(o *ObjectiveRow) string { return o.Reported }),
	field("validFrom", func(o *ObjectiveRow) Date { return o.ValidFrom }),
	field("validTo", func(o *ObjectiveRow) Date { return o.ValidTo }),
	field("state", func(o *ObjectiveRow) ObjectiveState { return o.State }),
	field("leaf", func(o *ObjectiveRow) bool { return o.Leaf }),
	optional("localWeight", func(o *ObjectiveRow) *float64 { return o.LocalWeight }),
	optional("globalWeight", func(o *ObjectiveRow) *float64 { return o.GlobalWeight }),
	{name: "progress", equal: func(a, b *ObjectiveRow) bool { return reflect.DeepEqual(a.Progress, b.Progress) }},
	hidden(optional("weightReason", func(o *ObjectiveRow) *Reason { return o.weightReason })),
	hidden(field("id", func(o *ObjectiveRow) string { return o.ID })),
}

var keyResultFields = []rowField[KeyResultRow]{
	hidden(field("rev", func(k *KeyResultRow) int64 { return k.Rev })),
	field("objective", func(k *KeyResultRow) string { return k.ObjectiveID }),
	field("name", func(k *KeyResultRow) string { return k.Name }),
	field("owner", func(k *KeyResultRow) string { return k.Owner }),
	field("unit", func(k *KeyResultRow) string { return k.Unit }),
	field("kpi", func(k *KeyResultRow) string { return k.KPI }),
	amount("baseline", func(k *KeyResultRow) *decimal.Decimal { return k.Baseline }),
	amount("target", func(k *KeyResultRow) *decimal.Decimal { return k.Target }),
	amount("actual", func(k *KeyResultRow) *decimal.Decimal { return k.Actual }),
	field("actualPeriod", func(k *KeyResultRow) string { return k.ActualPeriod }),
	{name: "progress", equal: func(a, b *KeyResultRow) bool { return reflect.DeepEqual(a.Progress, b.Progress) }},
	field("told", func(k *KeyResultRow) bool { return k.Told }),
	field("weight", func(k *KeyResultRow) float64 { return k.Weight }),
	field("due", func(k *KeyResultRow) Date { return k.Due }),
	hidden(field("id", func(k *KeyResultRow) string { return k.ID })),
}

var contributionFields = []rowField[ContributionRow]{
	hidden(field("rev", func(c *ContributionRow) int64 { return c.Rev })),
	field("projectRef", func(c *ContributionRow) string { return c.ProjectRef }),
	field("project", func(c *ContributionRow) string { return c.ProjectID }),
	field("objective", func(c *ContributionRow) string { return c.ObjectiveID }),
	field("strategy", func(c *ContributionRow) string { return c.StrategyID }),
	field("strength", func(c *ContributionRow) float64 { return c.Strength }),
	field("rationale", func(c *ContributionRow) string { return c.Rationale }),
	field("state", func(c *ContributionRow) ContributionState { return c.State }),
	field("author", func(c *ContributionRow) string { return c.Author }),
	instant("at", func(c *ContributionRow) time.Time { return c.At }),
	hidden(field("id", func(c *ContributionRow) string { return c.ID })),
}

// amount compares exact numbers that may be missing.
func amount[R any](name string, of func(*R) *decimal.Decimal) rowField[R] {
	return rowField[R]{
		name: name,
		equal: func(a, b *R) bool {
			x, y := of(a), of(b)
			return x == y || (x != nil && y != nil && x.Equal(*y))
		},
		text: func(r *R) string { return decimalText(of(r)) },
	}
}

func (s *StrategyRow) id() string        { return s.ID }
func (v *StrategyVersionRow) id() string { return v.ID }
func (o *ObjectiveRow) id() string       { return o.ID }
func (k *KeyResultRow) id() string       { return k.ID }
func (c *ContributionRow) id() string    { return c.ID }
