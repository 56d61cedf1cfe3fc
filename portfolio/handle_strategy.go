package portfolio

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"plumbline/portfolio/scoring"
)

// Recorded says who recorded something and when.
type Recorded struct {
	Author string
	At     time.Time
	// Version is the revision at which it was last put, as edits expect it.
	Version string
}

// recorded says who recorded a document.
func (v *View) recorded(key Key) *Recorded {
	doc, ok := v.snap.Document(key)
	fact, isRecorded := doc.Doc.(RecordedFact)
	if !ok || !isRecorded {
		return &Recorded{}
	}
	a := fact.Authorship()
	return &Recorded{a.Author, a.At, strconv.FormatInt(doc.Rev, 10)}
}

// A Score is a computed figure, or the reasons why there is none.
type Score struct {
	Value   *float64
	Reasons []*Reason
}

func scoreOrReasons(value *float64, reasons ...*Reason) *Score {
	if value != nil {
		rounded := scoring.Round9(*value)
		return &Score{Value: &rounded}
	}
	return &Score{Reasons: reasons}
}

// shown is a figure with nine decimals.
func shown(f *float64) *float64 {
	if f == nil {
		return nil
	}
	rounded := scoring.Round9(*f)
	return &rounded
}

// personCalled is the person whom a reference of people leads to; nil when
// nobody is known by it, or the caller may not see them.
func (v *View) personCalled(reference string) *Person {
	return v.person(personReferenced(v.snap, reference))
}

var reasonScope = &Reason{Code: ReasonScope, Message: "It is of the whole portfolio, of which this key sees only a part."}

// A Strategy is a strategy as one caller sees it. Strategies and objectives are
// the organisation's: everybody sees them whole.
type Strategy struct {
	*StrategyRow
	view *View
}

// Strategy returns a strategy by its key, the leading one for "", or
// ErrNotFound.
func (v *View) Strategy(key string) (*Strategy, error) {
	if key == "" {
		key = v.snap.strategies.leading
	}
	if s := v.strategy(key); s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("%w: no strategy %q", ErrNotFound, key)
}

func (v *View) strategy(key string) *Strategy {
	if row, ok := v.snap.strategyRows.byID.get(key); ok && v.seesStrategies() {
		return v.strategyOf(row)
	}
	return nil
}

func (v *View) strategyOf(row *StrategyRow) *Strategy { return &Strategy{row, v} }

// seesStrategies reports whether the caller may see what is the organisation's:
// whoever has a role.
func (v *View) seesStrategies() bool { return v.caller.May(RoleViewer) }

// IsNode marks a type of the interface Node.
func (*Strategy) IsNode() {}

// ID is the global id.
func (s *Strategy) ID() string { return NodeID(KindStrategy, s.StrategyRow.ID) }

// Key is what people call it in files and edits.
func (s *Strategy) Key() string { return s.StrategyRow.ID }

// Name is the strategy's name, or its key.
func (s *Strategy) Name() string { return cmp.Or(s.StrategyRow.Name, s.StrategyRow.ID) }

// Owner answers for it.
func (s *Strategy) Owner() *Person { return s.view.personCalled(s.StrategyRow.Owner) }

// OwnerName is who answers for it, as recorded.
func (s *Strategy) OwnerName() string { return s.StrategyRow.Owner }

// Recorded says who recorded it.
func (s *Strategy) Recorded() *Recorded {
	return s.view.recorded(Key{KindStrategy, s.StrategyRow.ID})
}

// InForce is the version in force today; nil with InForceReason.
func (s *Strategy) InForce() *StrategyVersion { return s.view.strategyVersion(s.InForceID) }

// InForceReason says why no version is in force.
func (s *Strategy) InForceReason() *Reason {
	return s.view.snap.strategies.plans[s.StrategyRow.ID].missing
}

// Versions are its versions, by their names.
func (s *Strategy) Versions(first *int, after *string, last *int, before *string) (*StrategyVersionConnection, error) {
	var rows []*StrategyVersionRow
	for row := range s.view.snap.strategyVersions.ordered.all() {
		if row.StrategyID == s.StrategyRow.ID {
			rows = append(rows, row)
		}
	}
	return simpleList(s.view.compiler(), "versions of "+s.StrategyRow.ID, rows, nil, nil, (*StrategyVersionRow).id, nil,
		pageRequest(first, after, last, before), s.view.strategyVersionOf)
}

// Objectives are its objectives, as they stand in their tree unless an order is
// given.
func (s *Strategy) Objectives(filter *ObjectiveFilter, orderBy []*ObjectiveOrder, first *int, after *string, last *int, before *string) (*ObjectiveConnection, error) {
	return s.view.objectivesIn("objectives of "+s.StrategyRow.ID, func(o *ObjectiveRow) bool { return o.StrategyID == s.StrategyRow.ID }, filter, orderBy, pageRequest(first, after, last, before))
}

// Contributions are what projects contribute to its objectives.
func (s *Strategy) Contributions(filter *ContributionFilter, orderBy []*ContributionOrder, first *int, after *string, last *int, before *string) (*ContributionConnection, error) {
	return s.view.contributionsIn("contributions to "+s.StrategyRow.ID, s.view.snap.contributions.ordered.chunks,
		func(c *ContributionRow) bool { return c.StrategyID == s.StrategyRow.ID }, filter, orderBy, pageRequest(first, after, last, before))
}

// Strategies lists the strategies by name.
func (v *View) Strategies(r PageRequest) (*StrategyConnection, error) {
	keep := only(!v.seesStrategies(), nil, func(*StrategyRow) bool { return false })
	byName := func(s *StrategyRow) sortValue { return textValue(cmp.Or(s.Name, s.ID)) }
	return simpleList(v.compiler(), "strategies", slices.Collect(v.snap.strategyRows.ordered.all()), nil, keep, (*StrategyRow).id, byName, r, v.strategyOf)
}

// A StrategyVersion is a version of a strategy as one caller sees it.
type StrategyVersion struct {
	*StrategyVersionRow
	view *View
}

func (v *View) strategyVersion(id string) *StrategyVersion {
	if row, ok := v.snap.strategyVersions.byID.get(id); ok && v.seesStrategies() {
		return v.strategyVersionOf(row)
	}
	return nil
}

func (v *View) strategyVersionOf(row *StrategyVersionRow) *StrategyVersion {
	return &StrategyVersion{row, v}
}

// IsNode marks a type of the interface Node.
func (*StrategyVersion) IsNode() {}

// ID is the global id.
func (s *StrategyVersion) ID() string { return NodeID(KindStrategyVersion, s.StrategyVersionRow.ID) }

// Name is the version's name, or what it is called among the versions.
func (s *StrategyVersion) Name() string { return cmp.Or(s.StrategyVersionRow.Name, s.Version) }

// Strategy is the strategy that it is a version of.
func (s *StrategyVersion) Strategy() *Strategy { return s.view.strategy(s.StrategyID) }

// AsOf is the day that the weights are of: today while it is valid, else its
// first or its last day, whichever is nearer.
func (s *StrategyVersion) AsOf() Date {
	return asOf(s.view.snap.today, s.ValidFrom, s.ValidTo)
}

// Recorded says who recorded it.
func (s *StrategyVersion) Recorded() *Recorded {
	return s.view.recorded(Key{KindStrategyVersion, s.StrategyVersionRow.ID})
}

// Weights are those of the objectives in force, as they stand in their tree.
func (s *StrategyVersion) Weights() []*WeighedObjective { return s.view.weighed(s.weighing) }

// WeightReasons say why some weights are not known; without them there are no
// scores by this version.
func (s *StrategyVersion) WeightReasons() []*Reason { return pointers(s.weighing.missing) }

// Problems are what is odd about it and the tree of objectives.
func (s *StrategyVersion) Problems() []*Reason { return pointers(s.weighing.problems) }

// Comparisons are what judges make of the objectives, a group of siblings each.
func (s *StrategyVersion) Comparisons() []*Comparison {
	all := make([]*Comparison, len(s.weighing.panels))
	for i := range s.weighing.panels {
		all[i] = &Comparison{&s.weighing.panels[i], s.view}
	}
	return all
}

// A WeighedObjective is an objective with its weights in one version.
type WeighedObjective struct {
	row  *weighedObjective
	of   *weighing
	view *View
}

func (v *View) weighed(w *weighing) []*WeighedObjective {
	if w == nil {
		return nil
	}
	all := make([]*WeighedObjective, len(w.objectives))
	for i := range w.objectives {
		all[i] = &WeighedObjective{&w.objectives[i], w, v}
	}
	return all
}

// Objective is what is weighed; nil when it was deleted since.
func (o *WeighedObjective) Objective() *Objective { return o.view.objective(o.row.key) }

// Leaf reports whether projects are scored by it.
func (o *WeighedObjective) Leaf() bool { return o.row.leaf }

// Local is its weight among its siblings.
func (o *WeighedObjective) Local() *float64 { return shown(o.row.local) }

// Global is its weight in the whole strategy.
func (o *WeighedObjective) Global() *float64 { return shown(o.row.global) }

// NormalisedAgain reports whether siblings that the version weighs too are out
// of force, so that the weights of the others were normalised again.
func (o *WeighedObjective) NormalisedAgain() bool { return o.row.again }

// Reason says why a weight is nil.
func (o *WeighedObjective) Reason() *Reason {
	if o.row.global != nil {
		return nil
	}
	return &o.of.missing[0]
}

// A Comparison is what the judges make of one group of siblings.
type Comparison struct {
	*ComparisonRow
	view *View
}

// Parent is the objective above them; nil at the top.
func (c *Comparison) Parent() *Objective { return c.view.objective(c.ComparisonRow.Parent) }

// Objectives are those that are compared, in the order of all weights.
func (c *Comparison) Objectives() []*Objective {
	all := make([]*Objective, 0, len(c.ComparisonRow.Objectives))
	for _, key := range c.ComparisonRow.Objectives {
		if o := c.view.objective(key); o != nil {
			all = append(all, o)
		}
	}
	return all
}

// Weights are those of all judges together.
func (c *Comparison) Weights() []float64 { return shownAll(c.ComparisonRow.Weights) }

func shownAll(weights []float64) []float64 {
	all := make([]float64, len(weights))
	for i, w := range weights {
		all[i] = scoring.Round9(w)
	}
	return all
}

// Reason says why there are no weights.
func (c *Comparison) Reason() *Reason { return c.Missing }

// Consistency says how well the judgements of all together agree.
func (c *Comparison) Consistency() *Consistency {
	return c.view.consistency(c.ComparisonRow.Consistency)
}

// Judges are what each judge makes of them.
func (c *Comparison) Judges() []*Judge {
	all := make([]*Judge, len(c.ComparisonRow.Judges))
	for i := range all {
		all[i] = &Judge{&c.ComparisonRow.Judges[i], c.view}
	}
	return all
}

// Disagreements are the pairs on which judges differ most.
func (c *Comparison) Disagreements() []*Disagreement {
	all := make([]*Disagreement, len(c.ComparisonRow.Disagreements))
	for i := range all {
		all[i] = &Disagreement{&c.ComparisonRow.Disagreements[i], c.view}
	}
	return all
}

// A Judge is what one judge makes of a group of siblings.
type Judge struct {
	*JudgeRow
	view *View
}

// Name is who judged, as recorded.
func (j *Judge) Name() string { return j.Judge }

// Person is who judged; nil when nobody is known by the name.
func (j *Judge) Person() *Person { return j.view.personCalled(j.Judge) }

// Weights follow from this judge alone.
func (j *Judge) Weights() []float64 { return shownAll(j.JudgeRow.Weights) }

// Reason says why there are no weights.
func (j *Judge) Reason() *Reason { return j.Missing }

// Consistency says how well the judgements agree among themselves.
func (j *Judge) Consistency() *Consistency { return j.view.consistency(j.JudgeRow.Consistency) }

// Consistency says how well judgements agree among themselves.
type Consistency struct {
	*ConsistencyRow
	view *View
}

func (v *View) consistency(row *ConsistencyRow) *Consistency {
	if row == nil {
		return nil
	}
	return &Consistency{row, v}
}

// Lambda is the principal eigenvalue.
func (c *Consistency) Lambda() float64 { return scoring.Round9(c.ConsistencyRow.Lambda) }

// Index is the consistency index.
func (c *Consistency) Index() float64 { return scoring.Round9(c.ConsistencyRow.Index) }

// Ratio is the consistency ratio.
func (c *Consistency) Ratio() float64 { return scoring.Round9(c.ConsistencyRow.Ratio) }

// Worst is the judgement that most spoils it; nil when nothing does.
func (c *Consistency) Worst() *WorstPair {
	if c.ConsistencyRow.Worst == nil {
		return nil
	}
	return &WorstPair{c.ConsistencyRow.Worst, c.view}
}

// A WorstPair is the judgement that most spoils consistency.
type WorstPair struct {
	*WorstPairRow
	view *View
}

// More is the objective that was judged to be more important.
func (w *WorstPair) More() *Objective { return w.view.objective(w.A) }

// Less is the other one.
func (w *WorstPair) Less() *Objective { return w.view.objective(w.B) }

// Given is how many times as important it was judged to be.
func (w *WorstPair) Given() float64 { return scoring.Round9(w.WorstPairRow.Given) }

// Suggested is the value that would mend it most.
func (w *WorstPair) Suggested() float64 { return scoring.Round9(w.WorstPairRow.Suggested) }

// RatioThen is the consistency ratio with the suggested value.
func (w *WorstPair) RatioThen() float64 { return scoring.Round9(w.WorstPairRow.RatioThen) }

// A Disagreement is a pair that judges compare differently.
type Disagreement struct {
	*DisagreementRow
	view *View
}

// First is the objective that is compared with the second.
func (d *Disagreement) First() *Objective { return d.view.objective(d.A) }

// Second is the other one.
func (d *Disagreement) Second() *Objective { return d.view.objective(d.B) }
