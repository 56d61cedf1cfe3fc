package edit

import (
	"slices"
	"strings"

	"plumbline/portfolio"
	"plumbline/portfolio/scoring"
)

// mostProgress is how far beyond its target anything is believed to be; 1 is
// the target.
const mostProgress = "10"

func (c *check) strategy(f *portfolio.StrategyFact) {
	c.slug(f.Slug, "key")
	c.needed("A name", f.Name, "name")
	c.long(f.Description, "description")
	c.line(f.Owner, "owner")
}

func (c *check) strategyVersion(f *portfolio.StrategyVersionFact) {
	c.named("The key of a strategy", f.Strategy, "strategy")
	c.slug(f.Version, "version")
	c.line(f.Name, "name")
	c.span(f.ValidFrom, f.ValidTo)
	oneOf(c, "method", f.Method, true, portfolio.WeightManual, portfolio.WeightEqual, portfolio.WeightAHP)
	switch {
	case f.Method == portfolio.WeightManual && len(f.Weights) == 0:
		c.wrong(portfolio.UserErrorBlank, at("weights"), "MANUAL needs a weight for each objective; without weights the method is EQUAL or AHP.")
	case f.Method != portfolio.WeightManual && f.Method != "" && len(f.Weights) > 0:
		c.invalid(at("weights"), "%s computes its weights; leave them away, or write MANUAL.", f.Method)
	}
	seen := map[string]bool{}
	for i := range f.Weights {
		w := &f.Weights[i]
		c.atLeastZero(&w.Weight, "weights", i, "weight")
		if w.Objective == "" {
			c.wrong(portfolio.UserErrorBlank, at("weights", i, "objective"), "The key of an objective is needed.")
		} else if seen[w.Objective] {
			c.wrong(portfolio.UserErrorTaken, at("weights", i, "objective"), "%q has two weights; keep one of them.", w.Objective)
		}
		seen[w.Objective] = true
		c.ofStrategy(f.Strategy, w.Objective, "weights", i, "objective")
	}
}

// ofStrategy returns an objective as it will be, and reports one that belongs
// to another strategy. What there will not be is reported as a reference.
func (c *check) ofStrategy(strategy, objective string, path ...any) *portfolio.ObjectiveFact {
	o := findAs[portfolio.ObjectiveFact](c.draft, portfolio.KindObjective, objective)
	if o != nil && o.Strategy != strategy {
		c.invalid(at(path...), "Objective %q belongs to the strategy %q, not to %q.", objective, o.Strategy, strategy)
		return nil
	}
	return o
}

func (c *check) objective(f *portfolio.ObjectiveFact) {
	c.slug(f.Slug, "key")
	c.named("The key of a strategy", f.Strategy, "strategy")
	c.needed("A name", f.Name, "name")
	c.long(f.Description, "description")
	c.line(f.Owner, "owner")
	c.line(f.ValueDriver, "valueDriver")
	c.line(f.Horizon, "horizon")
	c.lines(f.Aliases, "aliases")
	c.span(f.ValidFrom, f.ValidTo)
	oneOf(c, "rollUp", f.RollUp, false, portfolio.RollUpWeightedMean, portfolio.RollUpMean, portfolio.RollUpMin, portfolio.RollUpManual)
	c.line(f.Reported, "reported")
	c.within(f.Progress, "0", mostProgress, "progress")
	if f.Progress != nil && f.RollUp != portfolio.RollUpManual {
		c.invalid(at("progress"), "Progress is told of an objective whose rollUp is MANUAL only; write that, or leave it away.")
	}
	if f.Parent != "" {
		c.ofStrategy(f.Strategy, f.Parent, "parent")
		c.acyclic(f.Slug, f.Parent, func(slug string) (string, bool) {
			above := findAs[portfolio.ObjectiveFact](c.draft, portfolio.KindObjective, slug)
			if above == nil {
				return "", false
			}
			return above.Parent, true
		})
	}
	c.childrenFollow(f)
}

// childrenFollow reports an objective that moves to another strategy without
// those below it.
func (c *check) childrenFollow(f *portfolio.ObjectiveFact) {
	was, ok := c.before(f.Key())
	if !ok || was.Doc.(*portfolio.ObjectiveFact).Strategy == f.Strategy {
		return
	}
	for child := range all[*portfolio.ObjectiveFact](c.draft, portfolio.KindObjective) {
		if _, changed := c.changes[child.Key()]; !changed && child.Parent == f.Slug {
			c.invalid(at("strategy"), "Objective %q is below it and stays in the strategy %q; move both in one request.", child.Slug, child.Strategy)
			return
		}
	}
}

func (c *check) judgement(f *portfolio.JudgementFact) {
	c.named("The key of a strategy", f.Strategy, "strategy")
	c.named("A version of the strategy", f.Version, "version")
	c.needed("A judge", f.Judge, "judge")
	c.identifying(f.Judge, "judge")
	if len(f.Pairs) == 0 {
		c.wrong(portfolio.UserErrorBlank, at("pairs"), "A judge compares at least one pair of objectives.")
	}
	judged := map[[2]string]int{}
	crowds := map[string]bool{}
	for i, p := range f.Pairs {
		if p.More == "" || p.Less == "" {
			c.wrong(portfolio.UserErrorBlank, at("pairs", i), "A pair needs the keys of two objectives, more and less.")
			continue
		}
		if _, err := scoring.ParseTimes(p.Times); err != nil {
			c.invalid(at("pairs", i, "times"), "%q is not on the scale: write a number from 1/9 to 9, such as 3, 0.5 or 1/3.", shortened(p.Times))
		}
		pair := [2]string{min(p.More, p.Less), max(p.More, p.Less)}
		if first, twice := judged[pair]; twice {
			c.wrong(portfolio.UserErrorTaken, at("pairs", i), "%q and %q are compared twice, first in pair %d; keep one of them.", p.More, p.Less, first+1)
			continue
		}
		judged[pair] = i
		c.siblings(f, i, crowds)
	}
}

// siblings reports a pair that is not of one level of the strategy, and, once,
// a level of which there are too many to compare.
func (c *check) siblings(f *portfolio.JudgementFact, i int, crowds map[string]bool) {
	p := f.Pairs[i]
	if p.More == p.Less {
		c.wrong(portfolio.UserErrorNotComparable, at("pairs", i), "%q is compared with itself.", p.More)
		return
	}
	more := c.ofStrategy(f.Strategy, p.More, "pairs", i, "more")
	less := c.ofStrategy(f.Strategy, p.Less, "pairs", i, "less")
	if more == nil || less == nil {
		return
	}
	if more.Parent != less.Parent {
		c.wrong(portfolio.UserErrorNotComparable, at("pairs", i), "%q is %s and %q is %s; only siblings are compared.", p.More, below(more), p.Less, below(less))
		return
	}
	if n := c.siblingsOf(more); n > scoring.MaxSiblings && !crowds[more.Parent] {
		crowds[more.Parent] = true
		c.wrong(portfolio.UserErrorTooMany, at("pairs", i), "%q has %d siblings, itself counted; judges compare at most %d. Group them below new objectives.", p.More, n, scoring.MaxSiblings)
	}
}

// below says where an objective is.
func below(o *portfolio.ObjectiveFact) string {
	if o.Parent == "" {
		return "at the top"
	}
	return "below " + o.Parent
}

// siblingsOf counts the objectives on the level of one, itself included.
func (c *check) siblingsOf(o *portfolio.ObjectiveFact) int {
	return once(c.draft, "siblings", func() map[string]int {
		counts := map[string]int{}
		for each := range all[*portfolio.ObjectiveFact](c.draft, portfolio.KindObjective) {
			counts[each.Strategy+"\n"+each.Parent]++
		}
		return counts
	})[o.Strategy+"\n"+o.Parent]
}

func (c *check) contribution(f *portfolio.ContributionFact) {
	c.project(f.Project, "project")
	c.named("The key of an objective", f.Objective, "objective")
	c.within(&f.Strength, "0", "1", "strength")
	c.long(f.Rationale, "rationale")
}

func (c *check) keyResult(f *portfolio.KeyResultFact) {
	c.slug(f.Slug, "key")
	c.named("The key of an objective", f.Objective, "objective")
	c.needed("A name", f.Name, "name")
	c.line(f.Owner, "owner")
	c.line(f.Unit, "unit")
	c.number(f.Baseline, "baseline")
	c.number(f.Target, "target")
	c.number(f.Actual, "actual")
	c.within(f.Progress, "0", mostProgress, "progress")
	c.atLeastZero(f.Weight, "weight")
	if f.KPI != "" && f.Actual != nil {
		c.invalid(at("actual"), "It takes the value of KPI %q; leave actual away, or kpi.", f.KPI)
	}
}

// project checks the form of a reference to a project: whether it leads
// anywhere shows when the tools are read.
func (c *check) project(ref string, path ...any) {
	if ref == "" {
		c.wrong(portfolio.UserErrorBlank, at(path...), "A project is needed, such as pmo:PMO-7, <connection>:<key>, or its id.")
		return
	}
	c.line(ref, path...)
	if !isReference(ref) {
		c.invalid(at(path...), "%q is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.", shortened(ref))
		return
	}
	if _, field := c.change.Put.(*portfolio.Override); field {
		return // it holds for all of them
	}
	c.unambiguous(ref, c.snapshot.Candidates(ref), func(id string) bool { return c.scope.project(id) }, path...)
}

// unambiguous reports a reference that may mean several things, of which those
// are named that the caller may see.
func (c *check) unambiguous(ref string, candidates []string, visible func(id string) bool, path ...any) {
	if len(candidates) < 2 {
		return
	}
	if len(c.scope.caller.Departments) > 0 {
		candidates = slices.DeleteFunc(slices.Clone(candidates), func(id string) bool { return !visible(id) })
	}
	c.invalid(at(path...), "%q is the key of several; write the id of the one that is meant: %s.", shortened(ref), strings.Join(candidates[:min(len(candidates), shownUses)], ", "))
}

// isReference reports whether a text has the form of a reference to a project
// or milestone.
func isReference(ref string) bool {
	if isDocumentID(ref) {
		return true
	}
	connection, key, ok := strings.Cut(ref, ":")
	return ok && isConnection(connection) && key != "" && key == strings.TrimSpace(key)
}

// isDocumentID reports whether a text has the form <connection>/<kind>/<id>.
func isDocumentID(text string) bool {
	connection, rest, _ := strings.Cut(text, "/")
	kind, id, ok := strings.Cut(rest, "/")
	return ok && isConnection(connection) && kind != "" && id != "" && text == strings.TrimSpace(text) && !strings.Contains(kind, " ")
}

func isConnection(id string) bool { return id != "" && !strings.ContainsAny(id, "/:# \t") }
