package portfolio

// Costs are figures over the projects that record what they cost, as they are
// today; nil for whoever may not read money, because even how many there are
// would tell.
func (b *Briefing) Costs() *ProjectAggregates {
	if !b.view.caller.Reads(GroupCost) {
		return nil
	}
	return &ProjectAggregates{b.view, func(f func(*ProjectRow)) {
		b.eachProject(func(p *ProjectRow) {
			if p.costs != nil && p.Presence == PresencePresent && b.seesProject(p) {
				f(p)
			}
		})
	}}
}
