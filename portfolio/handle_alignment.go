package portfolio

import (
	"fmt"
	"slices"
)

// An Alignment is how a project serves the leading strategy, as one caller sees
// it.
type Alignment struct {
	row  *ProjectRow
	view *View
}

// Alignment is how it serves the leading strategy.
func (p *Project) Alignment() *Alignment { return &Alignment{p.ProjectRow, p.view} }

// Score is from 0 to 100.
func (a *Alignment) Score() *Score {
	return scoreOrReasons(a.row.alignment.score, a.view.scoreReasons(a.row)...)
}

// scoreReasons say why a project has no score.
func (v *View) scoreReasons(p *ProjectRow) []*Reason {
	if p.alignment.own != nil {
		return []*Reason{p.alignment.own}
	}
	_, missing := v.snap.strategies.weights()
	return pointers(missing)
}

// place is where the project stands; the reason says why it stands nowhere.
func (a *Alignment) place() (place, *Reason) {
	switch {
	case a.view.limited():
		return place{}, reasonScope
	case !a.row.alignment.ranked:
		return place{}, notRanked(a.row)
	}
	return a.view.snap.standing().places[a.row.ID], nil
}

// notRanked says why a project takes no part in rankings.
func notRanked(p *ProjectRow) *Reason {
	switch {
	case p.alignment.programme:
		return &Reason{ReasonProgramme, "It is a programme: the projects below it are ranked instead.", ""}
	case p.Presence != PresencePresent:
		return &Reason{ReasonNotRanked, "No tool shows it any more.", ""}
	}
	return &Reason{ReasonNotRanked, fmt.Sprintf("It is %s.", p.Phase), ""}
}

// rank turns a place into what is answered: the rank, or why there is none.
func ranked(rank int, reason *Reason, none func() *Reason) (*int, *Reason) {
	switch {
	case reason != nil:
		return nil, reason
	case rank == 0:
		return nil, none()
	}
	return &rank, nil
}

func (a *Alignment) rank() (*int, *Reason) {
	p, reason := a.place()
	return ranked(p.rank, reason, func() *Reason { return a.view.scoreReasons(a.row)[0] })
}

// Rank is the place by score among ranked projects, 1 is the highest; nil with
// RankReason.
func (a *Alignment) Rank() *int { rank, _ := a.rank(); return rank }

// RankReason says why Rank is nil.
func (a *Alignment) RankReason() *Reason { _, reason := a.rank(); return reason }

func (a *Alignment) fundingRank() (*int, *Reason) {
	if !a.view.caller.Reads(GroupCost) {
		return nil, reasonFieldGroup
	}
	p, reason := a.place()
	return ranked(p.funding, reason, func() *Reason {
		switch {
		case a.row.budget == nil:
			return reasonNoBudget
		case !a.row.spends():
			return reasonNegativeBudget
		}
		return a.view.snap.standing().spend.missing
	})
}

var reasonNoBudget = &Reason{Code: "NOT_SET", Message: "No tool and nobody gave a budget."}

var reasonNegativeBudget = &Reason{Code: "NEGATIVE", Message: "A budget below 0 is no spend."}

// FundingRank is the place by money among ranked projects that have a budget;
// nil with FundingRankReason.
func (a *Alignment) FundingRank() *int { rank, _ := a.fundingRank(); return rank }

// FundingRankReason says why FundingRank is nil.
func (a *Alignment) FundingRankReason() *Reason { _, reason := a.fundingRank(); return reason }

// Wsjf is (business value + time criticality + risk reduction) / job size.
func (a *Alignment) Wsjf() *Score {
	if a.row.wsjf == nil {
		return &Score{Reasons: []*Reason{a.row.wsjfReason()}}
	}
	return scoreOrReasons(a.row.wsjf)
}

func (a *Alignment) wsjfRank() (*int, *Reason) {
	p, reason := a.place()
	return ranked(p.job, reason, a.row.wsjfReason)
}

// WsjfRank is the place by weighted shortest job first among ranked projects
// that have one; nil with WsjfRankReason.
func (a *Alignment) WsjfRank() *int { rank, _ := a.wsjfRank(); return rank }

// WsjfRankReason says why WsjfRank is nil.
func (a *Alignment) WsjfRankReason() *Reason { _, reason := a.wsjfRank(); return reason }

// SpendShare is its share of the spend of all ranked projects.
func (a *Alignment) SpendShare() *Score {
	_, reason := a.fundingRank()
	st := a.view.snap.standing
	switch {
	case reason != nil:
		return &Score{Reasons: []*Reason{reason}}
	case st().spend.missing != nil:
		return &Score{Reasons: []*Reason{st().spend.missing}}
	}
	share := st().places[a.row.ID].spend / st().spend.total
	return scoreOrReasons(&share)
}

// Flags say what is odd about it, those that the caller may read.
func (a *Alignment) Flags() []AlignmentFlag { return a.view.flags(a.row) }

// HiddenFlags say why flags may be missing: the caller may not read those that
// follow from money or from the whole portfolio, or there is no spend.
func (a *Alignment) HiddenFlags() []*Reason { return a.view.hiddenFlags() }

func (v *View) hiddenFlags() (reasons []*Reason) {
	if !v.caller.Reads(GroupCost) {
		reasons = append(reasons, reasonFieldGroup)
	}
	if v.limited() {
		return append(reasons, reasonScope)
	}
	if st := v.snap.standing(); len(reasons) == 0 && st.spend.missing != nil {
		reasons = append(reasons, st.spend.missing)
	}
	return reasons
}

// flags are the flags of a project that the caller may read.
func (v *View) flags(p *ProjectRow) []AlignmentFlag {
	if !v.caller.Reads(GroupCost) {
		return p.alignment.flags
	}
	far := v.placeOf(p).flags
	if len(far) == 0 {
		return p.alignment.flags
	}
	return append(slices.Clip(p.alignment.flags), far...)
}

// Ranked reports whether it takes part in rankings.
func (a *Alignment) Ranked() bool { return a.row.alignment.ranked }

// Programme reports whether projects below it are scored instead of it.
func (a *Alignment) Programme() bool { return a.row.alignment.programme }

// PrimaryObjective is the objective that gives most points.
func (a *Alignment) PrimaryObjective() *Objective {
	return a.view.objective(a.row.alignment.primary)
}

// Contributions are what it contributes to objectives, whether that counts or
// not.
func (a *Alignment) Contributions(filter *ContributionFilter, orderBy []*ContributionOrder, first *int, after *string, last *int, before *string) (*ContributionConnection, error) {
	return a.view.contributionsIn("contributions of "+a.row.ID, [][]*ContributionRow{a.view.contributionsOf(a.row)}, nil, filter, orderBy, pageRequest(first, after, last, before))
}

func (v *View) contributionsOf(p *ProjectRow) []*ContributionRow {
	ids := v.snap.contributors.of(p.ID)
	rows := make([]*ContributionRow, 0, len(ids))
	for _, id := range ids {
		if row, ok := v.snap.contributions.byID.get(id); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// StrategyVersion is the version that scores it; nil when none is in force.
func (a *Alignment) StrategyVersion() *StrategyVersion { return a.view.leadingVersion() }

func (v *View) leadingVersion() *StrategyVersion {
	weights, _ := v.snap.strategies.weights()
	if weights == nil {
		return nil
	}
	return v.strategyVersion(weights.version)
}

// Explain shows how the score follows from what was recorded.
func (a *Alignment) Explain() *AlignmentExplanation { return a.view.explain(a.row) }
