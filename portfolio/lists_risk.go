package portfolio

// Risks are the recorded risks that threaten the milestone, by due date unless
// an order is given.
func (m *Milestone) Risks(filter *RiskFilter, orderBy []*RiskOrder, first *int, after *string, last *int, before *string) (*RiskConnection, error) {
	if len(orderBy) == 0 {
		orderBy = []*RiskOrder{{Field: RiskByDueDate}}
	}
	snap := m.view.snap
	named := snap.ContinuedMilestone(m.MilestoneRow)
	var rows []*RiskRow
	for _, f := range recordsFoundBy[RecordedRiskFact](snap, KindRecordedRisk, snap.milestoneWords(named)...) {
		row, ok := snap.Risk(f.Slug)
		if meant, _ := snap.MilestoneByReference(f.Milestone); ok && meant != nil && meant.ID == named.ID {
			rows = append(rows, row)
		}
	}
	return m.view.risksIn("risks of "+m.MilestoneRow.ID, [][]*RiskRow{rows}, filter, orderBy, pageRequest(first, after, last, before))
}
