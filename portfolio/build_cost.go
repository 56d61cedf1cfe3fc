package portfolio

import (
	"maps"
	"slices"
)

// costsPending stands for the costs of a project that was merged again: they
// have yet to be put together.
var costsPending = new(costSheet)

// buildCosts puts the costs together of the projects that dirty ones lead to
// now or led to before, and of projects that were merged again.
func (b *builder) buildCosts() {
	b.moveLeads()
	projects := map[string]bool{}
	for reference := range b.dirty.costs {
		for _, p := range []*ProjectRow{referenced(b.old, reference), b.referenced(reference)} {
			if p != nil && b.projects.get(p.ID) != nil {
				projects[p.ID] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(projects)) {
		b.freshProject(id, false).costs = costsPending
	}
	inPieces(len(b.projects.round), func(from, to int) {
		for _, p := range b.projects.round[from:to] {
			if p.now != nil && p.now.costs == costsPending {
				p.now.costs = newCostSheet(b.costsOf(p.now), p.now.budget, b.plan)
			}
		}
	})
}

// costsOf are the costs that lead to a project, by whatever reference.
func (b *builder) costsOf(p *ProjectRow) []*CostFact {
	refs := b.refsOf(KindCost)
	if refs.count == 0 {
		return nil
	}
	var costs []*CostFact
	for _, reference := range p.references(b.factsOf(KindProject).get) {
		ids := refs.of(projectWord(reference))
		if len(ids) == 0 || b.referenced(reference) != p {
			continue
		}
		for _, id := range ids {
			v, _ := b.factsOf(KindCost).get(id)
			costs = append(costs, v.Doc.(*CostFact))
		}
	}
	return costs
}

// workShare is the share of a project's work items that are done, 0 to 1; nil
// when there are none.
func workShare(milestones []*MilestoneRow) *float64 {
	done, all := 0, 0
	for _, m := range milestones {
		if m.Work == nil || m.Presence != PresencePresent || m.StatusCategory == StatusCancelled {
			continue
		}
		done += m.Work.Done
		all += m.Work.Todo + m.Work.InProgress + m.Work.Done
	}
	if all == 0 {
		return nil
	}
	share := float64(done) / float64(all)
	return &share
}
