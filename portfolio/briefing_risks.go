package portfolio

// briefedRisks are the risks and issues that a briefing tells of.
type briefedRisks struct {
	open, prevented []*RiskRow
	opened, grave   []*IssueFact
	// known counts the risks and issues that were looked at, undated the
	// prevented risks of which nobody said when.
	known, undated                                       int
	openBefore, preventedBefore, openedBefore, graveOnce int
}

// lookAtRisks sorts out the risks, of tools and of people, and the issues.
func (b *Briefing) lookAtRisks() {
	of := &b.risks
	before := b.Before.Last
	for r := range b.view.snap.Risks() {
		if r.Presence != PresencePresent || !b.view.seesRisk(r) || !b.within.seesRisk(r) {
			continue
		}
		of.known++
		if r.openOn(b.Days.Last) {
			of.open = append(of.open, r)
		}
		if r.openOn(before) {
			of.openBefore++
		}
		if r.Response != ResponsePrevented {
			continue
		}
		switch {
		case r.ClosedDate.IsZero():
			of.undated++
		case b.Days.has(r.ClosedDate):
			of.prevented = append(of.prevented, r)
		case b.Before.has(r.ClosedDate):
			of.preventedBefore++
		}
	}
	for _, i := range recordsOf[IssueFact](b.view.snap, KindIssue) {
		if !b.seesRecord(i) {
			continue
		}
		of.known++
		switch {
		case b.Days.has(i.Raised):
			of.opened = append(of.opened, i)
		case b.Before.has(i.Raised):
			of.openedBefore++
		}
		if i.severity() != SeverityCritical {
			continue
		}
		if i.openOn(b.Days.Last) {
			of.grave = append(of.grave, i)
		}
		if i.openOn(before) {
			of.graveOnce++
		}
	}
}

// seesRecord reports whether a record is of the briefing.
func (b *Briefing) seesRecord(r Registered) bool {
	return b.view.seesRecord(r) && (b.whole() || b.within.seesRecord(r))
}

// openOn reports whether a risk had been raised and not been closed at the end
// of a day, by what is known now.
func (r *RiskRow) openOn(day Date) bool {
	if r.RaisedDate.After(day) {
		return false
	}
	return !r.closed() || r.ClosedDate.After(day)
}

// openOn reports whether an issue had been raised and not been resolved at the
// end of a day, by what is known now.
func (f *IssueFact) openOn(day Date) bool {
	return !f.Raised.After(day) && (f.open() || f.Resolved.After(day))
}

// byExposure lists the largest exposures first, and for whoever may not read
// money by another field: the order would tell.
func (b *Briefing) byExposure(exposure, instead RiskOrderField) []*RiskOrder {
	if !b.view.caller.Reads(GroupCost) {
		return []*RiskOrder{{Field: instead}}
	}
	most := Descending
	return []*RiskOrder{{Field: exposure, Direction: &most}}
}

func (b *Briefing) riskList(list string, rows []*RiskRow, order []*RiskOrder, first *int, after *string) (*RiskConnection, error) {
	return b.view.risksIn(b.scope(list), [][]*RiskRow{rows}, nil, order, b.page(first, after))
}

// RisksPrevented are the risks that were prevented in the days, the largest
// prevented exposure first.
func (b *Briefing) RisksPrevented(first *int, after *string) (*RiskConnection, error) {
	return b.riskList("risks prevented", b.risks.prevented, b.byExposure(RiskByPrevented, RiskByClosedDate), first, after)
}

// RisksOpen are the risks that are open, the largest exposure that is left
// first.
func (b *Briefing) RisksOpen(first *int, after *string) (*RiskConnection, error) {
	return b.riskList("risks open", b.risks.open, b.byExposure(RiskByResidual, RiskByDueDate), first, after)
}

func (b *Briefing) issueList(list string, rows []*IssueFact, first *int, after *string) (*IssueConnection, error) {
	worst := Descending
	order := []*IssueOrder{{Field: IssueBySeverity, Direction: &worst}, {Field: IssueByRaised}}
	return b.view.issuesIn(b.scope(list), rows, nil, order, b.page(first, after))
}

// IssuesOpened are the issues that were raised in the days, the worst first.
func (b *Briefing) IssuesOpened(first *int, after *string) (*IssueConnection, error) {
	return b.issueList("issues opened", b.risks.opened, first, after)
}

// IssuesCritical are the issues that are critical and not resolved, the oldest
// first.
func (b *Briefing) IssuesCritical(first *int, after *string) (*IssueConnection, error) {
	return b.issueList("issues critical", b.risks.grave, first, after)
}
