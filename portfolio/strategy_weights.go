package portfolio

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/portfolio/scoring"
)

// A weighing is how one version of a strategy weighs the objectives in force
// on one day. It is made once and never changed.
type weighing struct {
	strategy string
	version  string // document id of the version; "" for one that is only tried out
	method   WeightMethod
	on       Date
	// objectives are those in force, parents first, siblings by key.
	objectives []weighedObjective
	panels     []ComparisonRow
	problems   []Reason
	// missing says why some weights are not known; then there are no scores.
	missing []Reason
	at      map[string]int
	leaves  []int
}

// A weighedObjective is one objective in force and its weights.
type weighedObjective struct {
	key    string
	parent int // in objectives; -1 for a root
	leaf   bool
	// last is the place behind the last objective below this one.
	last          int
	local, global *float64
	again         bool // its siblings' weights were normalised again
}

// ComparisonRow is what the judges of a version make of one group of siblings.
type ComparisonRow struct {
	Parent      string   // key of the objective above them; "" at the top
	Objectives  []string // keys
	Weights     []float64
	Consistency *ConsistencyRow
	Judges      []JudgeRow
	// Consensus is 1 when all judges weigh alike, and nil with its reason when
	// fewer than two have weights.
	Consensus       *float64
	ConsensusReason *Reason
	Disagreements   []DisagreementRow // the widest first
	// Missing says why there are no weights.
	Missing *Reason
}

// ConsistencyRow says how well judgements agree among themselves.
type ConsistencyRow struct {
	Lambda, Index, Ratio float64
	Acceptable           bool
	// Approximate says that missing judgements were completed.
	Approximate bool
	Worst       *WorstPairRow
}

// WorstPairRow is the judgement that most spoils consistency, and the value
// that would mend it.
type WorstPairRow struct {
	A, B             string // keys
	Given, Suggested float64
	RatioThen        float64
}

// JudgeRow is what one judge makes of a group of siblings.
type JudgeRow struct {
	Judge       string // as recorded
	Weights     []float64
	Consistency *ConsistencyRow
	Missing     *Reason // why there are no weights
}

// DisagreementRow is a pair that judges compare differently.
type DisagreementRow struct {
	A, B              string // keys
	Low, High, Spread float64
}

// shownDisagreements is how many pairs are named on which judges disagree most.
const shownDisagreements = 5

// A versionPlan is a version of a strategy with the judgements made for it.
type versionPlan struct {
	fact   *StrategyVersionFact
	rev    int64
	judges []*JudgementFact // by judge
}

// weigh computes the weights of the objectives that are in force on a day.
func (t *objectiveTree) weigh(v *versionPlan, on Date) *weighing {
	w := &weighing{strategy: t.strategy, version: v.fact.Key().ID, method: v.fact.Method, on: on, at: map[string]int{}}
	w.problems = append(w.problems, t.problems...)
	given := map[string]float64{}
	for _, weight := range v.fact.Weights {
		if n := t.nodes[weight.Objective]; n == nil || n.detached {
			w.problem(ReasonWeightIgnored, "A weight is given to %s, which is no objective of this strategy.", weight.Objective)
			continue
		}
		given[weight.Objective] = weight.Weight.InexactFloat64()
	}
	s := &weigher{weighing: w, version: v, given: given}
	s.group(-1, nil, t.roots)
	for i := range w.objectives {
		if w.objectives[i].leaf {
			w.leaves = append(w.leaves, i)
		}
	}
	if len(w.objectives) == 0 {
		w.missing = append(w.missing, Reason{ReasonNoObjectives, "No objective of the strategy is in force.", ""})
	}
	return w
}

// known reports whether there are scores.
func (w *weighing) known() bool { return w != nil && len(w.missing) == 0 }

func (w *weighing) problem(code, format string, args ...any) Reason {
	r := Reason{code, fmt.Sprintf(format, args...), ""}
	w.problems = append(w.problems, r)
	return r
}

func (w *weighing) miss(code, format string, args ...any) *Reason {
	r := w.problem(code, format, args...)
	w.missing = append(w.missing, r)
	return &r
}

// of returns an objective in force, nil when it is not.
func (w *weighing) of(key string) *weighedObjective {
	if w == nil {
		return nil
	}
	if i, ok := w.at[key]; ok {
		return &w.objectives[i]
	}
	return nil
}

// A weigher makes a weighing.
type weigher struct {
	*weighing
	version *versionPlan
	given   map[string]float64
}

// group weighs siblings and all below them.
func (s *weigher) group(parent int, above *objectiveNode, siblings []*objectiveNode) {
	var inForce []*objectiveNode
	for _, n := range siblings {
		if n.state(s.on) == ObjectiveInForce {
			inForce = append(inForce, n)
		}
	}
	if len(inForce) == 0 {
		return
	}
	locals, again := s.locals(above, siblings, inForce)
	for i, n := range inForce {
		place := len(s.objectives)
		o := weighedObjective{key: n.fact.Slug, parent: parent, again: again}
		if locals != nil {
			o.local = &locals[i]
			global := locals[i]
			if parent >= 0 {
				if up := s.objectives[parent].global; up != nil {
					global *= *up
					o.global = &global
				}
			} else {
				o.global = &global
			}
		}
		s.at[o.key] = place
		s.objectives = append(s.objectives, o)
		s.group(place, n, n.children)
		s.objectives[place].last = len(s.objectives)
		s.objectives[place].leaf = len(s.objectives) == place+1
	}
}

// locals returns the weights of the siblings in force, which sum to 1, and
// whether others that the version weighs are out of force, so that these were
// normalised again; nil when the weights are not known.
func (s *weigher) locals(above *objectiveNode, siblings, inForce []*objectiveNode) (weights []float64, again bool) {
	where := "at the top"
	if above != nil {
		where = "below " + above.called()
	}
	weights = make([]float64, len(inForce))
	switch s.method {
	case WeightManual:
		for i, n := range inForce {
			weight, ok := s.given[n.fact.Slug]
			if !ok && len(inForce) > 1 {
				s.problem(ReasonNoWeight, "Version %s gives no weight to %s, which therefore weighs nothing.", s.version.fact.Version, n.called())
			}
			weights[i] = weight
		}
		for _, n := range siblings {
			again = again || (s.given[n.fact.Slug] > 0 && n.state(s.on) != ObjectiveInForce)
		}
	case WeightEqual:
		for i := range weights {
			weights[i] = 1
		}
		for _, n := range siblings {
			again = again || n.state(s.on) == ObjectiveExpired && n.overlaps(s.version.fact.ValidFrom, s.version.fact.ValidTo)
		}
	default:
		var members []*objectiveNode
		for _, n := range siblings {
			out := n.state(s.on) != ObjectiveInForce
			if !out || (n.overlaps(s.version.fact.ValidFrom, s.version.fact.ValidTo) && s.version.judged(n.fact.Slug)) {
				members = append(members, n)
				again = again || out
			}
		}
		judged := s.compare(above, where, members)
		if judged == nil {
			return nil, again
		}
		for i, n := range inForce {
			weights[i] = judged[slices.Index(members, n)]
		}
	}
	if again {
		s.problem(ReasonNormalisedAgain, "Not all objectives %s that version %s weighs are in force, so the weights of the others were normalised again.", where, s.version.fact.Version)
	}
	if len(inForce) == 1 {
		return []float64{1}, again
	}
	normal, ok := scoring.Normalise(weights)
	if !ok {
		s.miss(ReasonWeightsSumToZero, "The weights of the objectives %s add up to 0 in version %s.", where, s.version.fact.Version)
		return nil, again
	}
	return normal, again
}

// judged reports whether some judge compares an objective.
func (v *versionPlan) judged(key string) bool {
	for _, j := range v.judges {
		for i := range j.Pairs {
			if j.Pairs[i].More == key || j.Pairs[i].Less == key {
				return true
			}
		}
	}
	return false
}

// compare weighs siblings by what the judges say; nil when that does not do.
func (s *weigher) compare(above *objectiveNode, where string, members []*objectiveNode) []float64 {
	if len(members) == 1 {
		return []float64{1}
	}
	panel := ComparisonRow{Objectives: make([]string, len(members))}
	if above != nil {
		panel.Parent = above.fact.Slug
	}
	for i, n := range members {
		panel.Objectives[i] = n.fact.Slug
	}
	defer func() { s.panels = append(s.panels, panel) }()
	if len(members) > scoring.MaxSiblings {
		panel.Missing = s.miss(ReasonTooManySiblings, "There are %d objectives %s; at most %d can be compared. Group them.", len(members), where, scoring.MaxSiblings)
		return nil
	}
	var judges [][]scoring.Judgement
	for _, j := range s.version.judges {
		if judgements := s.judgements(j, panel.Objectives); len(judgements) > 0 {
			judges = append(judges, judgements)
			panel.Judges = append(panel.Judges, JudgeRow{Judge: j.Judge})
		}
	}
	together, err := scoring.PrioritiseTogether(len(members), judges)
	if together != nil {
		panel.take(together)
	}
	if err != nil {
		panel.Missing = s.notCompared(where, members, err)
		return nil
	}
	panel.Weights = together.Group.Weights
	panel.Consistency = consistencyOf(together.Group, panel.Objectives)
	if c := panel.Consistency; !c.Acceptable {
		s.problem(ReasonInconsistent, "The comparisons of the objectives %s contradict each other: the consistency ratio is %.3f, which should be at most %.2f.", where, c.Ratio, scoring.AcceptableCR)
	}
	return panel.Weights
}

// take fills in what each judge says and where they differ.
func (panel *ComparisonRow) take(together *scoring.Panel) {
	for i := range panel.Judges {
		one := together.Judges[i]
		if one == nil {
			panel.Judges[i].Missing = &Reason{ReasonNotCompared, "The comparisons of this judge do not connect all objectives.", ""}
			continue
		}
		panel.Judges[i].Weights = one.Weights
		panel.Judges[i].Consistency = consistencyOf(one, panel.Objectives)
	}
	if panel.Consensus = together.Consensus; panel.Consensus == nil {
		panel.ConsensusReason = &Reason{string(together.ConsensusReason), "Fewer than two judges compare enough to have weights of their own.", ""}
	}
	for _, p := range together.Spread[:min(len(together.Spread), shownDisagreements)] {
		panel.Disagreements = append(panel.Disagreements, DisagreementRow{panel.Objectives[p.A], panel.Objectives[p.B], p.Low, p.High, p.Spread})
	}
}

// notCompared says why judgements give no weights.
func (s *weigher) notCompared(where string, members []*objectiveNode, err error) *Reason {
	var apart *scoring.NotConnected
	if !errors.As(err, &apart) {
		return s.miss(ReasonNotCompared, "The objectives %s cannot be weighed: %v.", where, err)
	}
	groups := make([]string, len(apart.Groups))
	for i, group := range apart.Groups {
		names := make([]string, len(group))
		for k, member := range group {
			names[k] = members[member].called()
		}
		groups[i] = strings.Join(names, ", ")
	}
	return s.miss(ReasonNotCompared, "No judge compares these objectives %s with each other: %s.", where, strings.Join(groups, " | "))
}

// judgements reads what one judge says of siblings.
func (s *weigher) judgements(j *JudgementFact, siblings []string) []scoring.Judgement {
	var all []scoring.Judgement
	for i := range j.Pairs {
		pair := &j.Pairs[i]
		a, b := slices.Index(siblings, pair.More), slices.Index(siblings, pair.Less)
		if a < 0 || b < 0 || a == b {
			continue
		}
		times, err := scoring.ParseTimes(pair.Times)
		if err != nil {
			s.problem(ReasonJudgementIgnored, "%s compares %s with %s by %v.", j.Judge, pair.More, pair.Less, err)
			continue
		}
		all = append(all, scoring.Judgement{A: a, B: b, Times: times})
	}
	return all
}

func consistencyOf(p *scoring.Priorities, keys []string) *ConsistencyRow {
	c := &ConsistencyRow{Lambda: p.Lambda, Index: p.CI, Ratio: p.CR, Acceptable: p.Acceptable, Approximate: p.Approximate}
	if p.Worst != nil {
		c.Worst = &WorstPairRow{keys[p.Worst.A], keys[p.Worst.B], p.Worst.Given, p.Worst.Suggested, p.Worst.CRThen}
	}
	return c
}
