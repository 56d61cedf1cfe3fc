package portfolio

// Before is what holds before the change.
func (c *StrategyComparison) Before() *StrategyWeighing { return &StrategyWeighing{c.before, c.view} }

// After is what would hold after it.
func (c *StrategyComparison) After() *StrategyWeighing { return &StrategyWeighing{c.after, c.view} }

// Moved counts the projects whose rank changes; nil with MovedReason.
func (c *StrategyComparison) Moved() *int {
	if c.MovedReason() != nil {
		return nil
	}
	return &c.moved
}

// MovedReason says why Moved is nil, and ranks with it.
func (c *StrategyComparison) MovedReason() *Reason {
	switch {
	case c.view.limited():
		return reasonScope
	case len(c.before.missing) > 0:
		return &c.before.missing[0]
	case len(c.after.missing) > 0:
		return &c.after.missing[0]
	}
	return nil
}

// Tau is Kendall's tau-b between the scores before and after, of the projects
// that the caller may see.
func (c *StrategyComparison) Tau() *Score {
	var x, y []float64
	for _, r := range c.changes {
		if r.before != nil && r.after != nil {
			x, y = append(x, *r.before), append(y, *r.after)
		}
	}
	return scoreOrReasons(tau(x, y), &Reason{ReasonTooFew, "Fewer than two projects have scores that differ.", ""})
}

// Weights are the objectives with their weights before and after.
func (c *StrategyComparison) Weights() []*WeightChange {
	var all []*WeightChange
	seen := map[string]bool{}
	for _, w := range []*weighing{c.before.weights, c.after.weights} {
		for i := range w.objectives {
			if key := w.objectives[i].key; !seen[key] {
				seen[key] = true
				all = append(all, &WeightChange{key, c})
			}
		}
	}
	return all
}

// Changes are the ranked projects, those first whose rank changes most, and
// then those whose score does.
func (c *StrategyComparison) Changes(first *int, after *string, last *int, before *string) (*RankChangeConnection, error) {
	l := &listing[rankChange]{view: c.view, chunks: [][]*rankChange{c.changes}}
	l.order.id = func(r *rankChange) string { return r.project }
	l.order.terms = []term[rankChange]{
		{value: func(r *rankChange) sortValue { return numberValue(-max(r.from-r.to, r.to-r.from)) }},
		{value: func(r *rankChange) sortValue {
			if r.before == nil || r.after == nil {
				return nothing
			}
			change := -max(*r.after-*r.before, *r.before-*r.after)
			return floatValue(&change)
		}},
	}
	var err error
	if l.hash, err = listHash("rank changes", c.before.weights.objectives, c.after.weights.objectives); err != nil {
		return nil, err
	}
	page, err := l.cut(pageRequest(first, after, last, before))
	if err != nil {
		return nil, err
	}
	handle := func(r *rankChange) *RankChange { return &RankChange{r, c} }
	return &RankChangeConnection{&Connection[rankChange, RankChange]{page, handle}}, nil
}

type (
	// RankChangeConnection is a page of changes of rank.
	RankChangeConnection struct {
		*Connection[rankChange, RankChange]
	}
	// RankChangeEdge is a change of rank in a list.
	RankChangeEdge = Edge[RankChange]
)

// A StrategyWeighing is one side of a comparison.
type StrategyWeighing struct {
	side *weighed
	view *View
}

// Version is the version that weighs; nil for weights that are only tried.
func (s *StrategyWeighing) Version() *StrategyVersion {
	return s.view.strategyVersion(s.side.weights.version)
}

// Method is where the weights come from.
func (s *StrategyWeighing) Method() WeightMethod { return s.side.weights.method }

// AsOf is the day that the weights are of.
func (s *StrategyWeighing) AsOf() Date {
	if version := s.Version(); version != nil {
		return version.AsOf()
	}
	return s.view.snap.today
}

// PortfolioAlignment is the index by these weights.
func (s *StrategyWeighing) PortfolioAlignment() *Score {
	if reason := s.view.whole(); reason == nil && len(s.side.missing) > 0 {
		return &Score{Reasons: pointers(s.side.missing)}
	}
	return s.view.portfolioAlignment(s.side.standings)
}

// Reasons say why there are no scores.
func (s *StrategyWeighing) Reasons() []*Reason { return pointers(s.side.missing) }

// A WeightChange is an objective with its weights before and after.
type WeightChange struct {
	key string
	in  *StrategyComparison
}

// Objective is what is weighed.
func (w *WeightChange) Objective() *Objective { return w.in.view.objective(w.key) }

// Before is its global weight before; nil when it is not in force there, or not
// known.
func (w *WeightChange) Before() *float64 { return w.in.before.weights.shownGlobal(w.key) }

// After is its global weight after.
func (w *WeightChange) After() *float64 { return w.in.after.weights.shownGlobal(w.key) }

// Reason says why one of them is nil.
func (w *WeightChange) Reason() *Reason {
	for _, side := range []*weighed{w.in.before, w.in.after} {
		switch o := side.weights.of(w.key); {
		case o == nil:
			return &Reason{Code: ReasonObjectiveNotValid, Message: "It is not in force on both days."}
		case o.global == nil:
			return &side.missing[0]
		}
	}
	return nil
}

func (w *weighing) shownGlobal(key string) *float64 {
	if o := w.of(key); o != nil {
		return shown(o.global)
	}
	return nil
}

// A RankChange is what other weights change for one project.
type RankChange struct {
	row *rankChange
	in  *StrategyComparison
}

// Project is the project.
func (r *RankChange) Project() *Project { return r.in.view.project(r.row.project) }

// ScoreBefore is its score before.
func (r *RankChange) ScoreBefore() *float64 { return r.row.before }

// ScoreAfter is its score after.
func (r *RankChange) ScoreAfter() *float64 { return r.row.after }

// RankBefore is its rank before.
func (r *RankChange) RankBefore() *int { return rankOrNil(r.row.from) }

// RankAfter is its rank after.
func (r *RankChange) RankAfter() *int { return rankOrNil(r.row.to) }

func rankOrNil(rank int) *int {
	if rank == 0 {
		return nil
	}
	return &rank
}

// Places is by how many places it rises; negative when it falls.
func (r *RankChange) Places() *int {
	if r.row.from == 0 || r.row.to == 0 {
		return nil
	}
	places := r.row.from - r.row.to
	return &places
}

// Reason says why a score or a rank is nil.
func (r *RankChange) Reason() *Reason {
	if r.row.from != 0 && r.row.to != 0 {
		return nil
	}
	return r.in.MovedReason()
}
