package portfolio

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/portfolio/scoring"
)

// scoreFormula is how a score is computed.
const scoreFormula = "score = 100 * sum of weight * strength over the leaves in force; " +
	"a contribution to an objective that is no leaf counts for the leaves below it that have none nearer"

// An AlignmentExplanation shows how a score follows from what was recorded, so
// that anybody can compute it again.
type AlignmentExplanation struct {
	row  *ProjectRow
	view *View
}

func (v *View) explain(p *ProjectRow) *AlignmentExplanation { return &AlignmentExplanation{p, v} }

// Method names how it is computed.
func (*AlignmentExplanation) Method() string { return AlignmentMethod }

// Formula is how it is computed, as a text.
func (*AlignmentExplanation) Formula() string { return scoreFormula }

// Calculation is the formula with the figures, as a text.
func (e *AlignmentExplanation) Calculation() string {
	a := e.row.alignment
	if a.score == nil {
		return ""
	}
	parts := make([]string, len(a.parts))
	for i := range a.parts {
		parts[i] = a.parts[i].calculation()
	}
	if len(parts) == 0 {
		parts = []string{"0"}
	}
	return strings.Join(parts, " + ") + " = " + figure(*a.score)
}

func (p *alignmentPart) calculation() string {
	return fmt.Sprintf("100 * %s * %s", figure(p.weight), figure(p.strength))
}

func figure(f float64) string { return strconv.FormatFloat(scoring.Round9(f), 'f', -1, 64) }

// StrategyVersion is the version whose weights hold.
func (e *AlignmentExplanation) StrategyVersion() *StrategyVersion { return e.view.leadingVersion() }

// AsOf is the day that it is computed for.
func (e *AlignmentExplanation) AsOf() Date { return e.view.snap.today }

// Terms are the contributions and what each adds.
func (e *AlignmentExplanation) Terms() []*AlignmentTerm {
	rows := e.view.contributionsOf(e.row)
	terms := make([]*AlignmentTerm, 0, len(rows))
	for _, row := range rows {
		if e.view.seesContribution(row) {
			terms = append(terms, &AlignmentTerm{e.view.contributionOf(row)})
		}
	}
	return terms
}

// Weights are the weights of the objectives that count and of those above
// them, as they stand in their tree.
func (e *AlignmentExplanation) Weights() []*WeighedObjective {
	weights, _ := e.view.snap.strategies.weights()
	if weights == nil {
		return nil
	}
	needed := make([]bool, len(weights.objectives))
	places := make([]int, 0, len(e.row.alignment.parts))
	for i := range e.row.alignment.parts {
		places = append(places, weights.at[e.row.alignment.parts[i].objective])
	}
	for _, place := range places {
		weights.covers(places, place, func(leaf int) {
			for at := leaf; at >= 0; at = weights.objectives[at].parent {
				needed[at] = true
			}
		})
	}
	all := e.view.weighed(weights)
	chosen := all[:0]
	for i, o := range all {
		if needed[i] {
			chosen = append(chosen, o)
		}
	}
	return chosen
}

// Notes say what else bears on it: weights that were normalised again, judges
// who contradict themselves, why there is no score.
func (e *AlignmentExplanation) Notes() []*Reason {
	var notes []*Reason
	if e.row.alignment.score == nil {
		notes = e.view.scoreReasons(e.row)
	}
	weights, _ := e.view.snap.strategies.weights()
	if weights == nil {
		return notes
	}
	for i := range weights.problems {
		if r := &weights.problems[i]; !slices.ContainsFunc(notes, func(n *Reason) bool { return *n == *r }) {
			notes = append(notes, r)
		}
	}
	return notes
}

// Spend is where its money comes from, as rankings take it.
func (e *AlignmentExplanation) Spend() *ExplainedSpend { return &ExplainedSpend{e.row, e.view} }

// An AlignmentTerm is one contribution and what it adds to a score.
type AlignmentTerm struct{ contribution *Contribution }

// Contribution is what was recorded, with who and when.
func (t *AlignmentTerm) Contribution() *Contribution { return t.contribution }

// Counts reports whether it counts for the score.
func (t *AlignmentTerm) Counts() bool { return t.contribution.part().contribution != "" }

// Points are what it adds.
func (t *AlignmentTerm) Points() float64 { return t.contribution.Points() }

// Calculation is how the points follow, as a text; "" when it does not count.
func (t *AlignmentTerm) Calculation() string {
	p := t.contribution.part()
	if p.contribution == "" {
		return ""
	}
	return p.calculation() + " = " + figure(p.points)
}

// Leaves are the objectives that it counts for.
func (t *AlignmentTerm) Leaves() []*WeighedObjective {
	v := t.contribution.view
	part := t.contribution.part()
	weights, _ := v.snap.strategies.weights()
	p, ok := v.snap.Project(t.contribution.ProjectID)
	if part.contribution == "" || !ok {
		return nil
	}
	places := make([]int, len(p.alignment.parts))
	for i := range p.alignment.parts {
		places[i] = weights.at[p.alignment.parts[i].objective]
	}
	var leaves []*WeighedObjective
	weights.covers(places, weights.at[part.objective], func(leaf int) {
		leaves = append(leaves, &WeighedObjective{&weights.objectives[leaf], weights, v})
	})
	return leaves
}

// Reason says why it does not count; nil when it does.
func (t *AlignmentTerm) Reason() *Reason {
	if t.Counts() {
		return nil
	}
	c, v := t.contribution, t.contribution.view
	if c.State != ContributionCounts {
		return &Reason{Code: string(c.State), Message: contributionStates[c.State]}
	}
	if c.StrategyID != v.snap.strategies.leading {
		return &Reason{Code: "OTHER_STRATEGY", Message: "The objective belongs to another strategy than the leading one."}
	}
	_, missing := v.snap.strategies.weights()
	return &missing[0]
}

var contributionStates = map[ContributionState]string{
	ContributionSuperseded:       "A later contribution to the same objective, addressed otherwise, holds instead.",
	ContributionStale:            "The objective has expired.",
	ContributionNotYet:           "The objective is not in force yet.",
	ContributionUnknownObjective: "There is no such objective.",
	ContributionUnknownProject:   "The reference leads to no project.",
}

// SpendBasis says what money a spend is.
type SpendBasis string

// SpendBudget is what may be spent.
const SpendBudget SpendBasis = "BUDGET"

// An ExplainedSpend is the money of a project and where that is said.
type ExplainedSpend struct {
	row  *ProjectRow
	view *View
}

// Basis says what money it is.
func (*ExplainedSpend) Basis() SpendBasis { return SpendBudget }

// Amount is the money; nil with Reason.
func (s *ExplainedSpend) Amount() *Money { return (&Project{s.row, s.view}).Budget() }

// Reason says why Amount is nil.
func (s *ExplainedSpend) Reason() *Reason { return (&Project{s.row, s.view}).BudgetReason() }

// Override is what a person said of it; nil when tools say it.
func (s *ExplainedSpend) Override() *SeenOverride {
	if s.Amount() == nil {
		return nil
	}
	for _, o := range s.view.overrides(KindProject, s.row.ID) {
		if o.Field == "budget" && o.Wins {
			return o
		}
	}
	return nil
}

// Source is the tool that says it; nil when a person does.
func (s *ExplainedSpend) Source() *Provenance {
	if s.Amount() == nil || s.Override() != nil {
		return nil
	}
	snap := s.view.snap
	for _, p := range snap.Sources(Key{KindProject, s.row.ID}) {
		if v, ok := snap.Document(Key{KindProject, p.ID}); ok {
			if said := snap.plan.projectSaid(v.Doc.(*ProjectFact)); said.budget != nil {
				return &p
			}
		}
	}
	return nil
}
