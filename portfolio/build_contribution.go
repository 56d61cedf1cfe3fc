package portfolio

import (
	"maps"
	"slices"
)

// A lead is a reference that leads to a project, and whether the tool still
// shows what it names: of several, that one is meant.
type lead struct {
	text    string
	present bool
}

// leads are the references that lead, or may lead, to a project. Facts is
// where its members stand.
func (b *builder) leads(row *ProjectRow, p *plan, fact func(id string) *ProjectFact) []lead {
	if row == nil {
		return nil
	}
	ids := row.led()
	all := make([]lead, 0, 2*len(ids)+1)
	if row.PMOID != "" {
		all = append(all, lead{pmoReference + row.PMOID, row.Presence == PresencePresent})
	}
	for _, id := range ids {
		all = append(all, lead{id, true})
		if f := fact(id); f != nil {
			all = append(all, lead{keyReference(&f.Source), p.presence(&f.Source) == PresencePresent})
		}
	}
	return all
}

// moveLeads notes where references lead now, for projects that were computed
// again, and marks the contributions, recorded risks and costs that they bear
// on.
func (b *builder) moveLeads() {
	contributions, risks, costs := b.refsOf(KindContribution), b.refsOf(KindRecordedRisk), b.refsOf(KindCost)
	before := func(id string) *ProjectFact {
		v, _ := b.old.facts[KindProject].get(id)
		f, _ := v.Doc.(*ProjectFact)
		return f
	}
	for i := range b.projects.round {
		p := &b.projects.round[i]
		b.byPMO.move(p.id, pmoWords(p.old), pmoWords(p.now))
		was, is := b.leads(p.old, b.old.plan, before), b.leads(p.now, b.plan, b.projectFact)
		if slices.Equal(was, is) {
			continue
		}
		if contributions.count == 0 && risks.count == 0 && costs.count == 0 {
			continue
		}
		for _, l := range append(was, is...) {
			word := projectWord(l.text)
			for _, id := range contributions.of(word) {
				b.dirty.contributions[id] = true
			}
			for _, id := range risks.of(word) {
				b.dirty.risks[id] = true
			}
			if len(costs.of(word)) > 0 {
				b.dirty.costs[l.text] = true
			}
		}
	}
}

// projectByReference is the id of the project that a reference leads to; ""
// when there is none.
func (b *builder) projectByReference(reference string) string {
	if p := b.referenced(reference); p != nil {
		return p.ID
	}
	return ""
}

func projectWord(ref string) string { return "project " + ref }

// buildContributions computes the dirty contributions, and decides for the
// projects that they lead to now or led to before which of them count.
func (b *builder) buildContributions() {
	projects := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(b.dirty.contributions)) {
		old := b.contributions.before(id)
		row := b.contribution(id)
		b.contributions.put(id, old, row)
		b.contributors.move(id, projectOf(old), projectOf(row))
		for _, side := range []*ContributionRow{old, row} {
			if side != nil && side.ProjectID != "" {
				projects[side.ProjectID] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(projects)) {
		b.supersede(id)
		b.dirty.aligned[id] = true
	}
}

func projectOf(c *ContributionRow) []string {
	if c == nil || c.ProjectID == "" {
		return nil
	}
	return []string{c.ProjectID}
}

// contribution computes a contribution, but for whether another one supersedes
// it; nil when there is none.
func (b *builder) contribution(id string) *ContributionRow {
	v, ok := b.factsOf(KindContribution).get(id)
	if !ok {
		return nil
	}
	f := v.Doc.(*ContributionFact)
	row := &ContributionRow{
		ID: id, ProjectRef: f.Project, ProjectID: b.projectByReference(f.Project), ObjectiveID: f.Objective,
		Strength: min(max(f.Strength.InexactFloat64(), 0), 1), Rationale: f.Rationale, Author: f.Author, At: f.At, Rev: v.Rev,
	}
	if o := b.objectives.get(f.Objective); o != nil {
		row.StrategyID = o.StrategyID
	}
	row.State = b.contributionState(row)
	return row
}

// contributionState is whether a contribution counts if no other supersedes it.
func (b *builder) contributionState(c *ContributionRow) ContributionState {
	o := b.objectives.get(c.ObjectiveID)
	switch {
	case c.ProjectID == "":
		return ContributionUnknownProject
	case o == nil || o.State == ObjectiveDetached:
		return ContributionUnknownObjective
	case o.State == ObjectiveExpired:
		return ContributionStale
	case o.State == ObjectiveNotYet:
		return ContributionNotYet
	}
	return ContributionCounts
}

// supersede decides which contributions of a project are superseded: all but
// the one put last of those to the same objective.
func (b *builder) supersede(project string) {
	ids := b.contributors.of(project)
	last := make(map[string]*ContributionRow, len(ids))
	for _, id := range ids {
		c := b.contributions.get(id)
		if other := last[c.ObjectiveID]; other == nil || c.Rev > other.Rev || (c.Rev == other.Rev && c.ID > other.ID) {
			last[c.ObjectiveID] = c
		}
	}
	for _, id := range ids {
		c := b.contributions.get(id)
		state := ContributionSuperseded
		if last[c.ObjectiveID] == c {
			state = b.contributionState(c)
		}
		if c.State == state {
			continue
		}
		if b.contributions.isFresh(id) {
			c.State = state
			continue
		}
		row := *c
		row.State = state
		b.contributions.put(id, c, &row)
	}
}
