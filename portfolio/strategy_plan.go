package portfolio

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// strategies are what people recorded of strategies, made ready for use: trees
// of objectives, versions with their judgements, and the weights in force.
// They are computed as a whole when any of it changes, and shared otherwise.
type strategies struct {
	plans map[string]*strategyPlan
	// leading is the key of the strategy that projects are scored by.
	leading string
}

// A strategyPlan is one strategy made ready for use.
type strategyPlan struct {
	key      string
	fact     *StrategyFact // nil when only others name it
	rev      int64
	tree     *objectiveTree
	versions []*versionPlan // by id
	inForce  *weighing      // nil when there is none
	missing  *Reason        // why there is none
}

// weights returns the weights that projects are scored by; nil when there are
// none, in which case reasons say why.
func (s *strategies) weights() (w *weighing, reasons []Reason) {
	plan := s.plans[s.leading]
	switch {
	case plan == nil:
		return nil, []Reason{reasonNoStrategy}
	case plan.inForce == nil:
		return nil, []Reason{*plan.missing}
	}
	return plan.inForce, plan.inForce.missing
}

var reasonNoStrategy = Reason{ReasonNoStrategy, "Nobody recorded a strategy.", ""}

// newStrategies reads the recorded facts, of which each list is sorted here so
// that all replicas compute the same.
func (b *builder) newStrategies() *strategies {
	s := &strategies{plans: map[string]*strategyPlan{}}
	plan := func(key string) *strategyPlan {
		p := s.plans[key]
		if p == nil {
			p = &strategyPlan{key: key}
			s.plans[key] = p
		}
		return p
	}
	for _, v := range b.factsOf(KindStrategy).all() {
		f := v.Doc.(*StrategyFact)
		p := plan(f.Slug)
		p.fact, p.rev = f, v.Rev
	}
	objectives := map[string][]Versioned{}
	for _, v := range b.factsOf(KindObjective).all() {
		f := v.Doc.(*ObjectiveFact)
		plan(f.Strategy)
		objectives[f.Strategy] = append(objectives[f.Strategy], v)
	}
	versions := map[string]*versionPlan{}
	for id, v := range b.factsOf(KindStrategyVersion).all() {
		f := v.Doc.(*StrategyVersionFact)
		versions[id] = &versionPlan{fact: f, rev: v.Rev}
		p := plan(f.Strategy)
		p.versions = append(p.versions, versions[id])
	}
	for _, v := range b.factsOf(KindJudgement).all() {
		f := v.Doc.(*JudgementFact)
		if version := versions[StrategyVersionID(f.Strategy, f.Version)]; version != nil {
			version.judges = append(version.judges, f)
			version.rev = max(version.rev, v.Rev)
		}
	}
	for _, v := range versions {
		slices.SortFunc(v.judges, func(a, b *JudgementFact) int { return strings.Compare(a.Judge, b.Judge) })
	}
	for key, p := range s.plans {
		slices.SortFunc(p.versions, func(a, b *versionPlan) int { return strings.Compare(a.fact.Version, b.fact.Version) })
		p.tree = newObjectiveTree(key, objectives[key])
		p.decide(b.today)
		if p.fact != nil && s.leadsBefore(p) {
			s.leading = key
		}
	}
	return s
}

// leadsBefore reports whether a strategy leads rather than the one that leads
// so far: one that people said leads, and of several the first by key.
func (s *strategies) leadsBefore(p *strategyPlan) bool {
	other := s.plans[s.leading]
	if other == nil || other.fact == nil {
		return true
	}
	if p.fact.Leading != other.fact.Leading {
		return p.fact.Leading
	}
	return p.key < other.key
}

// decide finds the version in force: of those that are valid, the one that
// began last.
func (p *strategyPlan) decide(today Date) {
	if p.fact == nil {
		reason := unknownStrategy(p.key)
		p.missing = &reason
		return
	}
	var found *versionPlan
	for _, v := range p.versions {
		if v.valid(today) && (found == nil || !v.fact.ValidFrom.Before(found.fact.ValidFrom)) {
			found = v
		}
	}
	switch {
	case found != nil:
		p.inForce = p.tree.weigh(found, today)
	case today.IsZero():
		p.missing = &Reason{ReasonTodayUnknown, "It is not known what day it is.", ""}
	case len(p.versions) == 0:
		p.missing = &Reason{ReasonNoVersion, "The strategy has no version, so nothing weighs its objectives.", ""}
	default:
		p.missing = &Reason{ReasonNoVersion, "No version of the strategy is in force today.", ""}
	}
}

// valid reports whether a version is valid on a day.
func (v *versionPlan) valid(on Date) bool {
	return !on.IsZero() && (v.fact.ValidFrom.IsZero() || !v.fact.ValidFrom.After(on)) &&
		(v.fact.ValidTo.IsZero() || !v.fact.ValidTo.Before(on))
}

// asOf is the day of a period that is nearest to today.
func asOf(today, from, to Date) Date {
	switch {
	case !from.IsZero() && today.Before(from):
		return from
	case !to.IsZero() && today.After(to):
		return to
	}
	return today
}

// changesOn is the next day on which a version or an objective begins to count
// or ceases to.
func (p *strategyPlan) changesOn(today Date) Date {
	var next Date
	consider := func(from, to Date) {
		if !to.IsZero() {
			to = to.AddDays(1)
		}
		for _, on := range []Date{from, to} {
			if on.After(today) && (next.IsZero() || on.Before(next)) {
				next = on
			}
		}
	}
	for _, v := range p.versions {
		consider(v.fact.ValidFrom, v.fact.ValidTo)
	}
	for _, n := range p.tree.ordered {
		consider(n.fact.ValidFrom, n.fact.ValidTo)
	}
	return next
}

// sameScores reports whether two weighings score every project alike.
func sameScores(a, b *weighing) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a == b || (a.known() == b.known() && reflect.DeepEqual(a.objectives, b.objectives))
}

// buildStrategies computes strategies, versions and objectives again when
// anything that people recorded of them changed, and marks the contributions
// and scores that follow from them.
func (b *builder) buildStrategies() {
	b.strategies = b.old.strategies
	if !b.dirty.strategies {
		if b.dirty.progress {
			b.buildProgress()
		}
		return
	}
	b.strategies = b.newStrategies()
	was, before := b.old.strategies.weights()
	is, now := b.strategies.weights()
	b.rescore = !sameScores(was, is) || !slices.Equal(before, now)

	for id := range b.strategyRows.rows.all() {
		if p := b.strategies.plans[id]; p == nil || p.fact == nil {
			b.strategyRows.put(id, b.strategyRows.before(id), nil)
		}
	}
	for id := range b.strategyVersions.rows.all() {
		if v, _ := b.factsOf(KindStrategyVersion).get(id); v.Doc == nil {
			b.strategyVersions.put(id, b.strategyVersions.before(id), nil)
		}
	}
	for _, key := range sortedKeys(b.strategies.plans) {
		p := b.strategies.plans[key]
		if p.fact != nil {
			b.strategyRows.put(key, b.strategyRows.before(key), b.strategyRow(p))
		}
		for _, v := range p.versions {
			id := v.fact.Key().ID
			b.strategyVersions.put(id, b.strategyVersions.before(id), b.strategyVersionRow(p, v))
		}
	}
	b.buildProgress()
	for i := range b.objectives.round {
		if o := &b.objectives.round[i]; !sameForContributions(o.old, o.now) {
			for _, id := range b.refsOf(KindContribution).of(objectiveWord(o.id)) {
				b.dirty.contributions[id] = true
			}
		}
	}
}

func (b *builder) strategyRow(p *strategyPlan) *StrategyRow {
	row := &StrategyRow{
		ID: p.key, Name: p.fact.Name, Description: p.fact.Description, Owner: p.fact.Owner,
		Leading: b.strategies.leading == p.key, ChangesOn: p.changesOn(b.today), Rev: p.rev,
	}
	if p.inForce != nil {
		row.InForceID = p.inForce.version
	}
	return row
}

func (b *builder) strategyVersionRow(p *strategyPlan, v *versionPlan) *StrategyVersionRow {
	f := v.fact
	row := &StrategyVersionRow{
		ID: f.Key().ID, StrategyID: f.Strategy, Version: f.Version, Name: f.Name,
		ValidFrom: f.ValidFrom, ValidTo: f.ValidTo, Method: f.Method, Rev: v.rev,
	}
	if p.inForce != nil && p.inForce.version == row.ID {
		row.InForce, row.weighing = true, p.inForce
		return row
	}
	if p.fact == nil { // nothing of it is in force on any day
		row.weighing = &weighing{strategy: p.key, version: row.ID, method: f.Method, missing: []Reason{unknownStrategy(p.key)}, at: map[string]int{}}
		return row
	}
	row.weighing = p.tree.weigh(v, asOf(b.today, f.ValidFrom, f.ValidTo))
	return row
}

// sameForContributions reports whether two versions of an objective are the
// same in everything that decides whether contributions to it count.
func sameForContributions(a, b *ObjectiveRow) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.State == b.State && a.StrategyID == b.StrategyID
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// objectiveRow computes an objective but for its progress.
func (b *builder) objectiveRow(p *strategyPlan, n *objectiveNode) *ObjectiveRow {
	f := n.fact
	row := &ObjectiveRow{
		ID: f.Slug, StrategyID: f.Strategy, ParentID: f.Parent, Name: f.Name, Description: f.Description, Owner: f.Owner,
		ValueDriver: f.ValueDriver, Horizon: f.Horizon, Aliases: f.Aliases, Reported: f.Reported, ValidFrom: f.ValidFrom, ValidTo: f.ValidTo,
		State: n.state(b.today), Rev: n.rev,
	}
	if p.fact == nil {
		row.State = ObjectiveDetached
	}
	o := p.inForce.of(f.Slug)
	switch {
	case row.State != ObjectiveInForce:
		row.weightReason = &Reason{ReasonObjectiveNotValid, "The objective is not in force.", ""}
	case p.inForce == nil:
		row.weightReason = p.missing
	default:
		row.Leaf = o.leaf
		if o.global == nil {
			row.weightReason = &p.inForce.missing[0]
		} else {
			row.LocalWeight, row.GlobalWeight = o.local, o.global
		}
	}
	return row
}

func objectiveWord(key string) string { return "objective " + key }

// unknownStrategy says that an objective names a strategy that is not there.
func unknownStrategy(key string) Reason {
	return Reason{ReasonStrategyUnknown, fmt.Sprintf("There is no strategy %s.", key), ""}
}
