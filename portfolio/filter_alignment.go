package portfolio

import "slices"

// An AlignmentFlagsComparator is a condition on the flags of a project.
type AlignmentFlagsComparator struct {
	Any  []AlignmentFlag
	All  []AlignmentFlag
	None []AlignmentFlag
}

// alignmentConditions compiles what a filter says of how a project serves the
// strategy.
func (f *ProjectFilter) alignmentConditions(c *compiler, all *conditions[ProjectRow]) {
	holds(all, f.AlignmentScore.compile(), func(p *ProjectRow) *float64 { return p.alignment.score })
	holds(all, f.Wsjf.compile(), func(p *ProjectRow) *float64 { return p.wsjf })
	holds(all, f.AlignmentRank.compile(), func(p *ProjectRow) optionalInt { return rankOf(c.view.placeOf(p).rank) })
	if f.FundingRank != nil && c.mayReadCost("ranks by money") {
		holds(all, f.FundingRank.compile(), func(p *ProjectRow) optionalInt { return rankOf(c.view.placeOf(p).funding) })
	}
	for _, b := range []struct {
		want *bool
		of   func(*ProjectRow) bool
	}{
		{f.Orphan, (*ProjectRow).orphan},
		{f.Ranked, func(p *ProjectRow) bool { return p.alignment.ranked }},
		{f.Programme, func(p *ProjectRow) bool { return p.alignment.programme }},
	} {
		if b.want != nil {
			want, of := *b.want, b.of
			all.tests = append(all.tests, func(p *ProjectRow) bool { return of(p) == want })
		}
	}
	f.flagConditions(c, all)
	if t := f.Objective.compile(); t != nil {
		all.costly = append(all.costly, func(p *ProjectRow) bool { return c.view.servesSome(p, t) })
	}
}

// rankOf is a rank that may be missing.
func rankOf(rank int) optionalInt { return optionalInt{rank, rank > 0} }

// placeOf is where a project stands among all of them; nowhere for callers who
// see only a part of the portfolio.
func (v *View) placeOf(p *ProjectRow) place {
	if v.limited() {
		return place{}
	}
	return v.snap.standing().places[p.ID]
}

// mayReadCost refuses what follows from money to callers who may not read it.
func (c *compiler) mayReadCost(what string) bool {
	if c.view.caller.Reads(GroupCost) {
		return true
	}
	if c.err == nil {
		c.err = forbiddenGroup(what, GroupCost)
	}
	return false
}

// localAlignmentFlags are the flags that follow from a project alone.
var localAlignmentFlags = []AlignmentFlag{FlagOrphan, FlagStaleLink, FlagChampionOnly}

func (f *ProjectFilter) flagConditions(c *compiler, all *conditions[ProjectRow]) {
	if f.AlignmentFlags == nil {
		return
	}
	asked := f.AlignmentFlags
	of := func(p *ProjectRow) []AlignmentFlag { return p.alignment.flags }
	for _, flag := range slices.Concat(asked.Any, asked.All, asked.None) {
		if !slices.Contains(localAlignmentFlags, flag) {
			if !c.mayReadCost("flags such as " + string(flag)) {
				return
			}
			of = c.view.flags
		}
	}
	contains := func(p *ProjectRow) func(AlignmentFlag) bool {
		flags := of(p)
		return func(flag AlignmentFlag) bool { return slices.Contains(flags, flag) }
	}
	all.costly = append(all.costly, func(p *ProjectRow) bool {
		has := contains(p)
		return (asked.Any == nil || slices.ContainsFunc(asked.Any, has)) &&
			!slices.ContainsFunc(asked.All, func(flag AlignmentFlag) bool { return !has(flag) }) &&
			!slices.ContainsFunc(asked.None, has)
	})
}

// servesSome reports whether an objective that a project serves, or one above
// it, satisfies a condition on its key.
func (v *View) servesSome(p *ProjectRow, t test[string]) bool {
	none := true
	for _, id := range v.snap.contributors.of(p.ID) {
		c, ok := v.snap.contributions.byID.get(id)
		if !ok || c.State != ContributionCounts || c.Strength == 0 {
			continue
		}
		none = false
		for o, ok := v.snap.objectives.byID.get(c.ObjectiveID); ok; o, ok = v.snap.objectives.byID.get(o.ParentID) {
			if t(o.ID) {
				return true
			}
		}
	}
	return none && t("")
}

// alignmentSort says by what projects are sorted for the fields of alignment.
func (v *View) alignmentSort(field ProjectOrderField) func(*ProjectRow) sortValue {
	rank := func(of func(place) int) func(*ProjectRow) sortValue {
		return func(p *ProjectRow) sortValue {
			if n := of(v.placeOf(p)); n > 0 {
				return numberValue(n)
			}
			return nothing
		}
	}
	switch field {
	case ProjectByAlignment:
		return func(p *ProjectRow) sortValue { return floatValue(p.alignment.score) }
	case ProjectByAlignmentRank:
		return rank(func(p place) int { return p.rank })
	case ProjectByFundingRank:
		return rank(func(p place) int { return p.funding })
	case ProjectByWSJF:
		return func(p *ProjectRow) sortValue { return floatValue(p.wsjf) }
	}
	return nil
}
