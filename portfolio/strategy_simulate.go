package portfolio

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// A StrategyTrial says what weights are tried out. Nothing is written.
type StrategyTrial struct {
	// Strategy is the key; nil is the leading one.
	Strategy *string
	// Version is the version to begin with; nil is the one in force.
	Version *string
	// Method weighs the objectives another way: by the weights or by the
	// judgements that are recorded for the version, or all alike.
	Method *WeightMethod
	// Weights replace those of single objectives among their siblings; the
	// others keep theirs, and all are divided by their sum.
	Weights []*TrialWeight
}

// A TrialWeight is the weight that an objective gets in a trial.
type TrialWeight struct {
	Objective string // key
	Weight    decimal.Decimal
}

// A StrategyComparison says what other weights change.
type StrategyComparison struct {
	view          *View
	before, after *weighed
	changes       []*rankChange
	moved         int
}

// A weighed is a weighing with what follows from it for the whole list.
type weighed struct {
	weights   *weighing
	missing   []Reason // why there are no scores
	standings *standings
	scores    map[string]*alignment
}

// A rankChange is what other weights change for one project.
type rankChange struct {
	project       string
	before, after *float64
	from, to      int // ranks, 0 without
}

// SimulateStrategy compares the scores and ranks of today with those by other
// weights.
func (v *View) SimulateStrategy(t StrategyTrial) (*StrategyComparison, error) {
	plan, err := v.strategyPlan(t.Strategy)
	if err != nil {
		return nil, err
	}
	base := plan.inForce
	var version *versionPlan
	if t.Version != nil {
		if version, err = plan.version(*t.Version); err != nil {
			return nil, err
		}
		base = plan.tree.weigh(version, v.snap.today)
	} else if base != nil {
		version = plan.versionByID(base.version)
	}
	if base == nil {
		return nil, fmt.Errorf("%w: no version of strategy %q is in force; name the version to begin with", ErrInvalid, plan.key)
	}
	after := base
	if t.Method != nil && *t.Method != base.method {
		other := *version.fact
		other.Method = *t.Method
		after = plan.tree.weigh(&versionPlan{fact: &other, rev: version.rev, judges: version.judges}, v.snap.today)
	}
	if len(t.Weights) > 0 {
		if after, err = after.with(t.Weights); err != nil {
			return nil, err
		}
	}
	return v.compareWeights(v.weighedBy(base), v.weighedBy(after)), nil
}

// CompareStrategyVersions compares the scores and ranks of today's
// contributions by two versions of a strategy.
func (v *View) CompareStrategyVersions(strategy *string, from, to string) (*StrategyComparison, error) {
	plan, err := v.strategyPlan(strategy)
	if err != nil {
		return nil, err
	}
	var sides [2]*weighed
	for i, name := range []string{from, to} {
		version, err := plan.version(name)
		if err != nil {
			return nil, err
		}
		row, ok := v.snap.strategyVersions.byID.get(version.fact.Key().ID)
		if !ok {
			return nil, fmt.Errorf("%w: strategy %q has no version %q", ErrNotFound, plan.key, name)
		}
		sides[i] = v.weighedBy(row.weighing)
	}
	return v.compareWeights(sides[0], sides[1]), nil
}

func (v *View) strategyPlan(key *string) (*strategyPlan, error) {
	s, err := v.Strategy(orEmpty(key))
	if err != nil {
		return nil, err
	}
	return v.snap.strategies.plans[s.StrategyRow.ID], nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (p *strategyPlan) version(name string) (*versionPlan, error) {
	if v := p.versionByID(StrategyVersionID(p.key, name)); v != nil {
		return v, nil
	}
	return nil, fmt.Errorf("%w: strategy %q has no version %q", ErrNotFound, p.key, name)
}

func (p *strategyPlan) versionByID(id string) *versionPlan {
	for _, v := range p.versions {
		if v.fact.Key().ID == id {
			return v
		}
	}
	return nil
}

// with returns a weighing in which some objectives have other weights among
// their siblings.
func (w *weighing) with(trial []*TrialWeight) (*weighing, error) {
	given := map[string]float64{}
	for _, t := range trial {
		_, twice := given[t.Objective]
		switch {
		case twice:
			return nil, fmt.Errorf("%w: %q is given two weights", ErrInvalid, t.Objective)
		case w.of(t.Objective) == nil:
			return nil, fmt.Errorf("%w: %q is no objective in force of this strategy", ErrInvalid, t.Objective)
		case t.Weight.IsNegative():
			return nil, fmt.Errorf("%w: the weight of %q is %s; it cannot be negative", ErrInvalid, t.Objective, t.Weight)
		}
		given[t.Objective] = t.Weight.InexactFloat64()
	}
	next := *w
	next.version, next.method = "", WeightManual
	next.objectives = slices.Clone(w.objectives)
	next.missing = nil
	for i := -1; i < len(next.objectives); i++ {
		next.reweigh(i, given)
	}
	return &next, nil
}

// reweigh sets the weights of the objectives right below the one at a place.
func (w *weighing) reweigh(parent int, given map[string]float64) {
	var siblings []int
	var weights []float64
	other, unknown := false, false
	for i := range w.objectives {
		o := &w.objectives[i]
		if o.parent != parent {
			continue
		}
		siblings = append(siblings, i)
		weight, tried := given[o.key]
		switch {
		case tried && o.local != nil && scoring.Round9(weight) == scoring.Round9(*o.local):
			weight = *o.local // what was shown of it was rounded
		case tried:
			other = true
		case o.local == nil:
			unknown = true
		default:
			weight = *o.local
		}
		weights = append(weights, weight)
	}
	if len(siblings) == 0 {
		return
	}
	known := !unknown
	if other && known {
		weights, known = scoring.Normalise(weights)
	}
	if !known {
		w.missing = append(w.missing, Reason{ReasonWeightsSumToZero, "The weights of some siblings are not known, or add up to 0.", ""})
	}
	for i, at := range siblings {
		o := &w.objectives[at]
		o.local, o.global = nil, nil
		if !known {
			continue
		}
		o.local = &weights[i]
		global := weights[i]
		if parent >= 0 {
			if w.objectives[parent].global == nil {
				continue
			}
			global *= *w.objectives[parent].global
		}
		o.global = &global
	}
}

// weighedBy scores and ranks all projects by a weighing.
func (v *View) weighedBy(w *weighing) *weighed {
	side := &weighed{weights: w, missing: w.missing, scores: map[string]*alignment{}}
	snap := v.snap
	if current, _ := snap.strategies.weights(); current == w {
		side.standings = snap.standing()
		for row := range snap.Projects() {
			if row.alignment.ranked {
				side.scores[row.ID] = row.alignment
			}
		}
		return side
	}
	side.standings = snap.newStandings(w, func(row *ProjectRow) *alignment {
		a := &alignment{}
		if w.known() {
			a.parts = w.parts(snap.counting(row, w))
			a.score, a.primary = total(a.parts)
		}
		side.scores[row.ID] = a
		return a
	})
	return side
}

// counting are the contributions of a project that count by a weighing.
func (s *Snapshot) counting(p *ProjectRow, w *weighing) []*ContributionRow {
	var counting []*ContributionRow
	for _, id := range s.contributors.of(p.ID) {
		c, ok := s.contributions.byID.get(id)
		if ok && c.State != ContributionSuperseded && w.of(c.ObjectiveID) != nil {
			counting = append(counting, c)
		}
	}
	return counting
}

func (v *View) compareWeights(before, after *weighed) *StrategyComparison {
	c := &StrategyComparison{view: v, before: before, after: after}
	for row := range v.snap.Projects() {
		if !row.alignment.ranked || !v.sees(row) {
			continue
		}
		r := &rankChange{project: row.ID, before: before.scores[row.ID].score, after: after.scores[row.ID].score}
		if !v.limited() {
			r.from, r.to = before.standings.places[row.ID].rank, after.standings.places[row.ID].rank
		}
		if r.from != r.to {
			c.moved++
		}
		c.changes = append(c.changes, r)
	}
	return c
}
