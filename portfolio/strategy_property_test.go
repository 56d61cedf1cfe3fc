package portfolio

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func (h *history) objective() string { return h.word("a", "a1", "a2", "b", "c") }

func (h *history) authored() Authored {
	return Authored{Author: h.word("key:ann", "file:s.yaml"), At: h.date("at").Time()}
}

func (h *history) decimal(of ...string) decimal.Decimal {
	return decimal.RequireFromString(h.word(of...))
}

func (h *history) optionalDecimal(of ...string) *decimal.Decimal {
	if h.chance(3) {
		return nil
	}
	d := h.decimal(of...)
	return &d
}

func (h *history) projectRef() string {
	switch h.word("pmo", "key", "id") {
	case "pmo":
		return "pmo:" + h.word("P1", "P2")
	case "key":
		return h.word("eng", "ops") + ":" + h.word("A", "B", "C", "1", "2")
	}
	return h.projectID()
}

// strategyDocument draws what people record of strategies, over so few keys
// that parents are missing, siblings expire and trees are closed to rings.
func (h *history) strategyDocument() Document {
	strategy := h.word("s", "s", "s", "t")
	switch h.word("strategy", "version", "version", "objective", "objective", "objective", "objective", "judgement", "key result", "measurement") {
	case "strategy":
		return &StrategyFact{Slug: strategy, Name: "Strategy", Leading: h.chance(2), Authored: h.authored()}
	case "version":
		f := &StrategyVersionFact{Strategy: strategy, Version: h.word("1", "2"), Authored: h.authored(),
			Method: pick(h.t, "method", []WeightMethod{WeightManual, WeightEqual, WeightEqual, WeightAHP})}
		f.ValidFrom, f.ValidTo = h.validity()
		for _, key := range []string{"a", "a1", "a2", "b", "c"} {
			if h.chance(2) {
				f.Weights = append(f.Weights, ObjectiveWeight{key, h.decimal("0", "0.25", "1", "3")})
			}
		}
		return f
	case "objective":
		f := &ObjectiveFact{Slug: h.objective(), Strategy: strategy, Name: "Objective", Authored: h.authored(),
			RollUp: pick(h.t, "roll-up", []RollUpMethod{"", RollUpMean, RollUpMin, RollUpManual}), Progress: h.optionalDecimal("0.5", "1")}
		if len(f.Slug) > 1 || h.chance(6) {
			f.Parent = h.word("a", "a", "a", "b", "missing")
		}
		f.ValidFrom, f.ValidTo = h.validity()
		return f
	case "judgement":
		f := &JudgementFact{Strategy: strategy, Version: h.word("1", "2"), Judge: h.word("ann", "bob"), Authored: h.authored()}
		for _, pair := range [][2]string{{"a", "b"}, {"b", "c"}, {"a", "c"}, {"a1", "a2"}} {
			if h.chance(2) {
				f.Pairs = append(f.Pairs, PairComparison{pair[0], pair[1], h.word("1", "3", "1/5", "9", "much")})
			}
		}
		return f
	case "key result":
		return &KeyResultFact{Slug: h.word("k1", "k2"), Objective: h.objective(), Name: "Result", KPI: h.word("", "kpi"), Baseline: h.optionalDecimal("0", "1"),
			Target: h.optionalDecimal("1", "10"), Actual: h.optionalDecimal("2"), Progress: h.optionalDecimal("0.25"), Weight: h.optionalDecimal("0", "2")}
	}
	return &MeasurementFact{KPI: h.word("kpi", "other"), Period: h.word("2026-01", "2026-02"), Segment: h.word("", "pilot"), Actual: h.optionalDecimal("3", "4")}
}

// strategy is a strategy in force, two projects, and what they do for it, so
// that random changes have something to change.
func (h *history) strategy() []Document {
	return []Document{
		&Clock{Today: NewDate(2026, 3, 1)},
		&StrategyFact{Slug: "s", Name: "Strategy"},
		&StrategyVersionFact{Strategy: "s", Version: "1", Method: pick(h.t, "method", []WeightMethod{WeightManual, WeightEqual, WeightAHP}),
			Weights: []ObjectiveWeight{{"a", h.decimal("1", "3")}, {"b", h.decimal("1", "0")}, {"a1", h.decimal("1", "2")}, {"a2", h.decimal("1", "2")}}},
		&JudgementFact{Strategy: "s", Version: "1", Judge: "ann", Pairs: []PairComparison{{"a", "b", h.word("3", "1/7")}, {"a1", "a2", h.word("2", "1/3")}}},
		&ObjectiveFact{Slug: "a", Strategy: "s"}, &ObjectiveFact{Slug: "b", Strategy: "s"},
		&ObjectiveFact{Slug: "a1", Strategy: "s", Parent: "a"}, &ObjectiveFact{Slug: "a2", Strategy: "s", Parent: "a"},
		&KeyResultFact{Slug: "k1", Objective: "a1", KPI: "kpi", Target: h.optionalDecimal("10")},
		&MeasurementFact{KPI: "kpi", Period: "2026-01", Actual: h.optionalDecimal("4")},
		&ProjectFact{Source: Source{Connection: "eng", Kind: "project", ID: "1", Key: "A"}, Name: "Pay"},
		&ProjectFact{Source: Source{Connection: "ops", Kind: "project", ID: "2", Key: "B"}, Name: "Move"},
		&ContributionFact{Project: "eng:A", Objective: h.objective(), Strength: h.decimal("0.5", "1")},
		&ContributionFact{Project: "ops/project/2", Objective: h.objective(), Strength: h.decimal("0.5", "1")},
	}
}

func (h *history) validity() (from, to Date) {
	if h.chance(2) {
		from = h.date("valid from")
	}
	if h.chance(2) {
		to = h.date("valid to")
	}
	return from, to
}

// The parts of a score add up to it, it lies between 0 and 100, the weights of
// siblings and of leaves sum to 1, and what is missing has a reason.
func TestScoresAddUp(t *testing.T) {
	checkProperty(t, 200, func(t *rapid.T) {
		h := newHistory(t)
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			c := h.commit()
			applied, _ := h.now.Apply(c)
			h.accept(c, applied)
		}
		weights, reasons := h.now.strategies.weights()
		if weights.known() != (len(reasons) == 0) {
			t.Fatalf("weights known %v, reasons %v", weights.known(), reasons)
		}
		if weights.known() {
			sum := 0.0
			for _, leaf := range weights.leaves {
				sum += *weights.objectives[leaf].global
			}
			if sum < 1-1e-9 || sum > 1+1e-9 {
				t.Fatalf("the leaves weigh %v", sum)
			}
		}
		for p := range h.now.Projects() {
			a := p.alignment
			if a.score == nil {
				if a.own == nil && len(reasons) == 0 {
					t.Fatalf("%s has neither score nor reason", p.ID)
				}
				continue
			}
			sum := 0.0
			for i := range a.parts {
				sum += a.parts[i].points
			}
			if diff := sum - *a.score; diff < -1e-8 || diff > 1e-8 || *a.score < 0 || *a.score > 100 {
				t.Fatalf("%s: score %v, parts %v", p.ID, *a.score, a.parts)
			}
			if orphan := slices.Contains(a.flags, FlagOrphan); a.ranked && orphan != (*a.score == 0) {
				t.Fatalf("%s: score %v, flags %v", p.ID, *a.score, a.flags)
			}
		}
	})
}

// standingsOf is what follows from the whole list, but for the weights, which
// are a part of other rows.
func standingsOf(s *Snapshot) [2]any {
	st, risk := *s.standing(), *s.exposure()
	st.weights = nil
	return [2]any{st, risk}
}

// Trying out the weights of today changes no score and no rank.
func TestTodaysWeightsChangeNothing(t *testing.T) {
	checkProperty(t, 100, func(t *rapid.T) {
		h := newHistory(t)
		h.begin(h.strategy()...)
		for range rapid.IntRange(0, 5).Draw(t, "commits") {
			c := h.commit()
			next, _ := h.now.Apply(c)
			h.accept(c, next)
		}
		v := h.now.View(Local)
		weights, _ := h.now.strategies.weights()
		if !weights.known() {
			return
		}
		var trial StrategyTrial
		for _, o := range v.weighed(weights) {
			trial.Weights = append(trial.Weights, &TrialWeight{o.row.key, decimal.NewFromFloat(*o.Local())})
		}
		comparison, err := v.SimulateStrategy(trial)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range comparison.changes {
			if !equalScores(change.before, change.after) || change.from != change.to {
				t.Fatalf("%s: score %v becomes %v, rank %d becomes %d", change.project, change.before, change.after, change.from, change.to)
			}
		}
		if *comparison.Moved() != 0 {
			t.Fatalf("%d projects moved", *comparison.Moved())
		}
	})
}

// Whatever may be null is so exactly when there is a reason.
func TestANullAlignmentHasAReasonAndAReasonANull(t *testing.T) {
	callers := []Caller{
		Local, {Name: "without cost", Role: RoleViewer}, {Name: "of a department", Role: RoleViewer, Departments: []string{"digital"}, Groups: []string{GroupCost}},
	}
	checkProperty(t, 200, func(t *rapid.T) {
		h := newHistory(t)
		for range rapid.IntRange(1, 10).Draw(t, "commits") {
			c := h.commit()
			next, _ := h.now.Apply(c)
			h.accept(c, next)
		}
		for _, caller := range callers {
			v := h.now.View(caller)
			check := func(what string, there bool, reasons ...*Reason) {
				reasons = slices.DeleteFunc(reasons, func(r *Reason) bool { return r == nil })
				if there == (len(reasons) > 0) {
					t.Fatalf("%s for %s: there is a value: %t, reasons: %v", what, caller.Name, there, reasons)
				}
			}
			score := func(what string, s *Score) { check(what, s.Value != nil, s.Reasons...) }
			for row := range h.now.Projects() {
				p := v.project(row.ID)
				if p == nil {
					continue
				}
				a := p.Alignment()
				score("score", a.Score())
				score("wsjf", a.Wsjf())
				score("spend share", a.SpendShare())
				check("rank", a.Rank() != nil, a.RankReason())
				check("funding rank", a.FundingRank() != nil, a.FundingRankReason())
				check("wsjf rank", a.WsjfRank() != nil, a.WsjfRankReason())
				check("spend", a.Explain().Spend().Amount() != nil, a.Explain().Spend().Reason())
				check("calculation", a.Explain().Calculation() != "", a.Score().Reasons...)
				for _, term := range a.Explain().Terms() {
					check("term", term.Calculation() != "", term.Reason())
				}
			}
			for row := range h.now.strategyRows.ordered.all() {
				s := v.strategyOf(row)
				check("version in force", s.InForce() != nil, s.InForceReason())
			}
			for row := range h.now.strategyVersions.ordered.all() {
				version := v.strategyVersionOf(row)
				for _, o := range version.Weights() {
					check("weight", o.Global() != nil, o.Reason())
				}
				for _, c := range version.Comparisons() {
					check("compared weights", len(c.Weights()) > 0, c.Reason())
					check("consistency", c.Consistency() != nil, c.Reason())
					check("consensus", c.Consensus != nil, c.ConsensusReason)
					for _, j := range c.Judges() {
						check("a judge's weights", len(j.Weights()) > 0, j.Reason())
					}
				}
			}
			for row := range h.now.objectives.ordered.all() {
				o := v.objectiveOf(row)
				check("global weight", o.GlobalWeight() != nil, o.WeightReason())
				check("local weight", o.LocalWeight() != nil, o.WeightReason())
				check("progress", o.Progress().Value() != nil, o.Progress().Reason())
				check("covered projects", o.Coverage().ProjectCount() != nil, o.Coverage().Reasons()...)
				check("covered weight", o.Coverage().Weight() != nil, o.Coverage().Reasons()...)
				score("spend share of an objective", o.Coverage().SpendShare())
				score("gap", o.Coverage().Gap())
				score("share at risk", o.Coverage().AtRiskShare())
			}
			for row := range h.now.keyResults.ordered.all() {
				k := v.keyResultOf(row)
				check("progress of a key result", k.Progress().Value() != nil, k.Progress().Reason())
			}
			m := v.Misalignment(nil)
			score("portfolio alignment", m.PortfolioAlignment())
			score("share of orphans", m.OrphanSpendShare())
			score("funding tau", m.FundingTau())
			score("wsjf tau", m.WsjfTau())
			check("ranked projects", m.RankedCount() != nil, m.Reason())
			check("spend of all", m.Spend() != nil, m.SpendReason())
			if c, err := v.CompareStrategyVersions(nil, "1", "2"); err == nil {
				check("moved projects", c.Moved() != nil, c.MovedReason())
				score("portfolio alignment by another version", c.After().PortfolioAlignment())
				score("tau", c.Tau())
				for _, r := range c.changes {
					change := &RankChange{r, c}
					check("changed rank", change.Places() != nil && change.ScoreBefore() != nil && change.ScoreAfter() != nil, change.Reason())
				}
				for _, w := range c.Weights() {
					check("changed weight", w.Before() != nil && w.After() != nil, w.Reason())
				}
			}
			all, err := v.Projects(nil, nil, PageRequest{})
			if err != nil {
				t.Fatal(err)
			}
			score("percent aligned", all.Aggregates().PercentAligned())
			score("mean by budget", all.Aggregates().BudgetWeightedAlignment())
		}
	})
}
