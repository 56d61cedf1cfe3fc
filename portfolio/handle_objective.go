package portfolio

import (
	"cmp"
	"math"

	"plumbline/portfolio/scoring"
)

// An Objective is an objective as one caller sees it.
type Objective struct {
	*ObjectiveRow
	view *View
}

func (v *View) objective(key string) *Objective {
	if row, ok := v.snap.objectives.byID.get(key); ok && v.seesStrategies() {
		return v.objectiveOf(row)
	}
	return nil
}

func (v *View) objectiveOf(row *ObjectiveRow) *Objective { return &Objective{row, v} }

// IsNode marks a type of the interface Node.
func (*Objective) IsNode() {}

// ID is the global id.
func (o *Objective) ID() string { return NodeID(KindObjective, o.ObjectiveRow.ID) }

// Key is what people call it in files and edits.
func (o *Objective) Key() string { return o.ObjectiveRow.ID }

// Name is the objective's name, or its key.
func (o *Objective) Name() string { return cmp.Or(o.ObjectiveRow.Name, o.ObjectiveRow.ID) }

// Strategy is the strategy that it belongs to; nil when there is none.
func (o *Objective) Strategy() *Strategy { return o.view.strategy(o.StrategyID) }

// Parent is the objective above it.
func (o *Objective) Parent() *Objective { return o.view.objective(o.ParentID) }

// Owner answers for it.
func (o *Objective) Owner() *Person { return o.view.personCalled(o.ObjectiveRow.Owner) }

// OwnerName is who answers for it, as recorded.
func (o *Objective) OwnerName() string { return o.ObjectiveRow.Owner }

// Recorded says who recorded it.
func (o *Objective) Recorded() *Recorded {
	return o.view.recorded(Key{KindObjective, o.ObjectiveRow.ID})
}

// Children are the objectives right below it, by name.
func (o *Objective) Children(first *int, after *string, last *int, before *string) (*ObjectiveConnection, error) {
	return o.view.objectivesIn("objectives below "+o.ObjectiveRow.ID, func(c *ObjectiveRow) bool { return c.ParentID == o.ObjectiveRow.ID && c.StrategyID == o.StrategyID }, nil, nil, pageRequest(first, after, last, before))
}

// LocalWeight is its weight among its siblings in the version in force.
func (o *Objective) LocalWeight() *float64 { return shown(o.ObjectiveRow.LocalWeight) }

// GlobalWeight is its weight in the whole strategy in the version in force.
func (o *Objective) GlobalWeight() *float64 { return shown(o.ObjectiveRow.GlobalWeight) }

// WeightReason says why it has no weights.
func (o *Objective) WeightReason() *Reason { return o.weightReason }

// Progress is how far it is reached.
func (o *Objective) Progress() *Progress { return &Progress{&o.ObjectiveRow.Progress} }

// KeyResults are how one sees that it is reached.
func (o *Objective) KeyResults(first *int, after *string, last *int, before *string) (*KeyResultConnection, error) {
	var rows []*KeyResultRow
	for row := range o.view.snap.keyResults.ordered.all() {
		if row.ObjectiveID == o.ObjectiveRow.ID {
			rows = append(rows, row)
		}
	}
	return simpleList(o.view.compiler(), "key results of "+o.ObjectiveRow.ID, rows, nil, nil, (*KeyResultRow).id, nil,
		pageRequest(first, after, last, before), o.view.keyResultOf)
}

// Contributions are what projects contribute to it directly.
func (o *Objective) Contributions(filter *ContributionFilter, orderBy []*ContributionOrder, first *int, after *string, last *int, before *string) (*ContributionConnection, error) {
	ids := o.view.snap.refs[KindContribution].of(objectiveWord(o.ObjectiveRow.ID))
	rows := make([]*ContributionRow, 0, len(ids))
	for _, id := range ids {
		if row, ok := o.view.snap.contributions.byID.get(id); ok {
			rows = append(rows, row)
		}
	}
	return o.view.contributionsIn("contributions to "+o.ObjectiveRow.ID, [][]*ContributionRow{rows}, nil, filter, orderBy, pageRequest(first, after, last, before))
}

// Projects are the projects that serve it or an objective below it, by id
// unless an order is given.
func (o *Objective) Projects(filter *ProjectFilter, orderBy []*ProjectOrder, first *int, after *string, last *int, before *string) (*ProjectConnection, error) {
	serving := o.view.serving(o.ObjectiveRow.ID)
	var rows []*ProjectRow
	for row := range o.view.snap.Projects() {
		if serving(row) {
			rows = append(rows, row)
		}
	}
	return o.view.projectsIn("projects of "+o.ObjectiveRow.ID, [][]*ProjectRow{rows}, filter, orderBy, pageRequest(first, after, last, before))
}

// serving reports whether a contribution of a project to the objective, or to
// one below it, counts for its score or would with weights.
func (v *View) serving(key string) func(*ProjectRow) bool {
	under := map[string]bool{key: true}
	if o, ok := v.snap.objectives.byID.get(key); ok {
		if plan := v.snap.strategies.plans[o.StrategyID]; plan != nil {
			for _, n := range plan.tree.ordered {
				if n.parent != nil && under[n.parent.fact.Slug] {
					under[n.fact.Slug] = true
				}
			}
		}
	}
	return func(p *ProjectRow) bool {
		for _, id := range v.snap.contributors.of(p.ID) {
			if c, ok := v.snap.contributions.byID.get(id); ok && c.State == ContributionCounts && c.Strength > 0 && under[c.ObjectiveID] {
				return true
			}
		}
		return false
	}
}

// Coverage is how the ranked projects serve it.
func (o *Objective) Coverage() *Coverage { return o.view.coverage(o.ObjectiveRow.ID) }

// Progress is how far something is reached, 1 is all the way.
type Progress struct{ row *ProgressRow }

// Value is how far; nil with Reason.
func (p *Progress) Value() *float64 { return shown(p.row.Value) }

// Reason says why Value is nil.
func (p *Progress) Reason() *Reason { return p.row.Reason }

// Method is how the value follows from what is below; "" for a key result.
func (p *Progress) Method() *RollUpMethod {
	if p.row.Method == "" {
		return nil
	}
	return &p.row.Method
}

// Counted is how many parts have a progress of their own and were rolled up.
func (p *Progress) Counted() int { return p.row.Counted }

// Of is how many parts there are.
func (p *Progress) Of() int { return p.row.Of }

// A KeyResult is a key result as one caller sees it.
type KeyResult struct {
	*KeyResultRow
	view *View
}

func (v *View) keyResult(key string) *KeyResult {
	if row, ok := v.snap.keyResults.byID.get(key); ok && v.seesStrategies() {
		return v.keyResultOf(row)
	}
	return nil
}

func (v *View) keyResultOf(row *KeyResultRow) *KeyResult { return &KeyResult{row, v} }

// IsNode marks a type of the interface Node.
func (*KeyResult) IsNode() {}

// ID is the global id.
func (k *KeyResult) ID() string { return NodeID(KindKeyResult, k.KeyResultRow.ID) }

// Key is what people call it in files and edits.
func (k *KeyResult) Key() string { return k.KeyResultRow.ID }

// Name is the key result's name, or its key.
func (k *KeyResult) Name() string { return cmp.Or(k.KeyResultRow.Name, k.KeyResultRow.ID) }

// Objective is what it shows the way to; nil when there is none of that key.
func (k *KeyResult) Objective() *Objective { return k.view.objective(k.ObjectiveID) }

// Owner answers for it.
func (k *KeyResult) Owner() *Person { return k.view.personCalled(k.KeyResultRow.Owner) }

// OwnerName is who answers for it, as recorded.
func (k *KeyResult) OwnerName() string { return k.KeyResultRow.Owner }

// KPI is the KPI whose last actual value it takes; nil when there is none of
// the recorded key, or the caller may not see it.
func (k *KeyResult) KPI() *KPI { return k.view.kpi(k.KeyResultRow.KPI) }

// KpiKey is the key of the KPI whose last actual value it takes, as recorded;
// empty for a KPI that a caller who sees only some departments may not see.
func (k *KeyResult) KpiKey() string {
	if k.view.limited() && k.KPI() == nil {
		return ""
	}
	return k.KeyResultRow.KPI
}

// Progress is how far it is reached.
func (k *KeyResult) Progress() *Progress { return &Progress{&k.KeyResultRow.Progress} }

// Weight is its weight among what the objective rolls up.
func (k *KeyResult) Weight() float64 { return scoring.Round9(k.KeyResultRow.Weight) }

// Recorded says who recorded it.
func (k *KeyResult) Recorded() *Recorded {
	return k.view.recorded(Key{KindKeyResult, k.KeyResultRow.ID})
}

// A Coverage is how the ranked projects serve an objective, and whether money
// goes where the weight is.
type Coverage struct {
	key     string
	at      int // in the weights; -1 with reason
	reasons []*Reason
	view    *View
}

// coverage returns the coverage of an objective of the leading strategy.
func (v *View) coverage(key string) *Coverage {
	c := &Coverage{key: key, at: -1, view: v}
	weights, missing := v.snap.strategies.weights()
	switch {
	case v.limited():
		c.reasons = []*Reason{reasonScope}
	case !weights.known():
		c.reasons = pointers(missing)
	case weights.of(key) == nil:
		c.reasons = []*Reason{{Code: ReasonObjectiveNotValid, Message: "It is not in force in the leading strategy."}}
	default:
		c.at = weights.at[key]
	}
	return c
}

// Objective is what is covered.
func (c *Coverage) Objective() *Objective { return c.view.objective(c.key) }

// Weight is its global weight.
func (c *Coverage) Weight() *float64 {
	if c.at < 0 {
		return nil
	}
	return shown(c.view.snap.standing().weights.objectives[c.at].global)
}

// Reasons say why Weight and ProjectCount are nil, and all else with them.
func (c *Coverage) Reasons() []*Reason { return c.reasons }

// ProjectCount counts the ranked projects that serve it.
func (c *Coverage) ProjectCount() *int {
	if c.at < 0 {
		return nil
	}
	return &c.view.snap.standing().projects[c.at]
}

// ProjectsAtRisk counts those of them whose overall health is YELLOW or RED.
func (c *Coverage) ProjectsAtRisk() *int {
	if c.at < 0 {
		return nil
	}
	return &c.view.snap.exposure().projects[c.at]
}

// spendReason says why there are no shares of the spend.
func (c *Coverage) spendReason() []*Reason {
	switch {
	case c.at < 0:
		return c.reasons
	case !c.view.caller.Reads(GroupCost):
		return []*Reason{reasonFieldGroup}
	case c.view.snap.standing().spend.missing != nil:
		return []*Reason{c.view.snap.standing().spend.missing}
	}
	return nil
}

// SpendShare is the share of the spend that goes to it.
func (c *Coverage) SpendShare() *Score {
	if reasons := c.spendReason(); reasons != nil {
		return &Score{Reasons: reasons}
	}
	return scoreOrReasons(&c.view.snap.standing().shares[c.at])
}

// Gap is the share of the spend minus the weight.
func (c *Coverage) Gap() *Score {
	if reasons := c.spendReason(); reasons != nil {
		return &Score{Reasons: reasons}
	}
	return scoreOrReasons(&c.view.snap.standing().gaps[c.at])
}

// AtRiskShare is the share of its spend that goes to projects whose overall
// health is YELLOW or RED.
func (c *Coverage) AtRiskShare() *Score {
	if reasons := c.spendReason(); reasons != nil {
		return &Score{Reasons: reasons}
	}
	share := c.view.snap.exposure().shares[c.at]
	if math.IsNaN(share) {
		return &Score{Reasons: []*Reason{{Code: ReasonNoSpend, Message: "No money goes to it."}}}
	}
	return scoreOrReasons(&share)
}

// Objectives lists the objectives that the filter means, as they stand in their
// trees unless an order is given; nil means all.
func (v *View) Objectives(filter *ObjectiveFilter, orderBy []*ObjectiveOrder, r PageRequest) (*ObjectiveConnection, error) {
	return v.objectivesIn("objectives", nil, filter, orderBy, r)
}

func (v *View) objectivesIn(scope string, among test[*ObjectiveRow], filter *ObjectiveFilter, orderBy []*ObjectiveOrder, r PageRequest) (*ObjectiveConnection, error) {
	order := v.objectiveOrder(orderBy)
	var err error
	f := cmp.Or(filter, &ObjectiveFilter{})
	c := v.compiler()
	keep := only(!v.seesStrategies(), compile[ObjectiveRow](c, f), func(*ObjectiveRow) bool { return false })
	var rows []*ObjectiveRow
	for row := range v.snap.objectives.ordered.all() {
		if among == nil || among(row) {
			rows = append(rows, row)
		}
	}
	l := &listing[ObjectiveRow]{view: v, chunks: [][]*ObjectiveRow{rows}, order: order, keep: keep}
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	return connect(c, l, r, v.objectiveOf)
}

// inTree is where an objective stands when its tree is read from the top: the
// keys from the root to it.
func (v *View) inTree(o *ObjectiveRow) sortValue {
	plan := v.snap.strategies.plans[o.StrategyID]
	if plan == nil {
		return textValue(o.StrategyID)
	}
	return sortValue{text: o.StrategyID, num: int64(plan.tree.nodes[o.ID].place)}
}
