package portfolio

import "cmp"

type (
	// IssueConnection is a page of issues.
	IssueConnection struct {
		*Connection[IssueFact, Issue]
	}
	// IssueEdge is an issue in a list.
	IssueEdge = Edge[Issue]
	// AssumptionConnection is a page of assumptions.
	AssumptionConnection struct {
		*Connection[AssumptionFact, Assumption]
	}
	// AssumptionEdge is an assumption in a list.
	AssumptionEdge = Edge[Assumption]
)

// Issues lists the issues that the filter means; nil means all.
func (v *View) Issues(filter *IssueFilter, orderBy []*IssueOrder, r PageRequest) (*IssueConnection, error) {
	return v.issuesIn("issues", recordsOf[IssueFact](v.snap, KindIssue), filter, orderBy, r)
}

func (v *View) issuesIn(scope string, rows []*IssueFact, filter *IssueFilter, orderBy []*IssueOrder, r PageRequest) (*IssueConnection, error) {
	order := orderOf(orderBy, recordID[IssueFact], v.issueSort)
	var err error
	f := cmp.Or(filter, &IssueFilter{})
	c := v.compiler()
	sees := func(i *IssueFact) bool { return v.seesRecord(i) }
	l := &listing[IssueFact]{view: v, chunks: [][]*IssueFact{rows}, order: order, keep: only(v.limited(), compile(c, f), sees)}
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	page, err := connect(c, l, r, v.issueOf)
	if err != nil {
		return nil, err
	}
	return &IssueConnection{page}, nil
}

// Assumptions lists the assumptions that the filter means; nil means all.
func (v *View) Assumptions(filter *AssumptionFilter, orderBy []*AssumptionOrder, r PageRequest) (*AssumptionConnection, error) {
	return v.assumptionsIn("assumptions", recordsOf[AssumptionFact](v.snap, KindAssumption), filter, orderBy, r)
}

func (v *View) assumptionsIn(scope string, rows []*AssumptionFact, filter *AssumptionFilter, orderBy []*AssumptionOrder, r PageRequest) (*AssumptionConnection, error) {
	order := orderOf(orderBy, recordID[AssumptionFact], v.assumptionSort)
	var err error
	f := cmp.Or(filter, &AssumptionFilter{})
	c := v.compiler()
	sees := func(a *AssumptionFact) bool { return v.seesRecord(a) }
	l := &listing[AssumptionFact]{view: v, chunks: [][]*AssumptionFact{rows}, order: order, keep: only(v.limited(), compile(c, f), sees)}
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	page, err := connect(c, l, r, v.assumptionOf)
	if err != nil {
		return nil, err
	}
	return &AssumptionConnection{page}, nil
}

// Issues are the project's issues, by due date unless an order is given.
func (p *Project) Issues(filter *IssueFilter, orderBy []*IssueOrder, first *int, after *string, last *int, before *string) (*IssueConnection, error) {
	if len(orderBy) == 0 {
		orderBy = []*IssueOrder{{Field: IssueByDue}}
	}
	rows := recordsOfProject[IssueFact](p, KindIssue)
	return p.view.issuesIn("issues of "+p.ProjectRow.ID, rows, filter, orderBy, pageRequest(first, after, last, before))
}

// Assumptions are the project's assumptions, by due date unless an order is
// given.
func (p *Project) Assumptions(filter *AssumptionFilter, orderBy []*AssumptionOrder, first *int, after *string, last *int, before *string) (*AssumptionConnection, error) {
	if len(orderBy) == 0 {
		orderBy = []*AssumptionOrder{{Field: AssumptionByDue}}
	}
	rows := recordsOfProject[AssumptionFact](p, KindAssumption)
	return p.view.assumptionsIn("assumptions of "+p.ProjectRow.ID, rows, filter, orderBy, pageRequest(first, after, last, before))
}

// recordsOfProject returns the records of a register of which a reference leads
// to the project, by id: of several projects of one key, that may be another.
func recordsOfProject[F any, D interface {
	*F
	Registered
}](p *Project, kind Kind) []*F {
	snap := p.view.snap
	found := recordsFoundBy[F, D](snap, kind, snap.projectWords(p.ProjectRow)...)
	rows := found[:0]
	for _, f := range found {
		for _, reference := range D(f).Bearing().Projects {
			if row, ok := snap.ProjectByReference(reference); ok && row.ID == p.ProjectRow.ID {
				rows = append(rows, f)
				break
			}
		}
	}
	return rows
}

// IssueAggregates are figures over the issues of a list.
type IssueAggregates struct {
	view *View
	each func(func(*IssueFact))
}

// IssueSeverityCount counts the issues of a severity.
type IssueSeverityCount struct {
	Severity IssueSeverity
	Count    int
	Open     int
}

// Aggregates are figures over the whole list, not over the page.
func (c *IssueConnection) Aggregates() *IssueAggregates {
	return &IssueAggregates{c.list.view, c.list.each}
}

// Count counts the issues.
func (a *IssueAggregates) Count() int { return countRows(a.each) }

// Open counts the ones that are not resolved.
func (a *IssueAggregates) Open() int { return countWhere(a.each, (*IssueFact).open) }

// Overdue counts the open ones whose due date is past.
func (a *IssueAggregates) Overdue() int {
	return countWhere(a.each, func(i *IssueFact) bool { return a.view.issueOf(i).Overdue() })
}

// BySeverity counts the issues of each severity.
func (a *IssueAggregates) BySeverity() []IssueSeverityCount {
	counts := make([]IssueSeverityCount, len(Severities))
	for i, n := range countBy(a.each, Severities, (*IssueFact).severity) {
		counts[i] = IssueSeverityCount{Severity: Severities[i], Count: n}
	}
	open := func(f func(*IssueFact)) {
		a.each(func(i *IssueFact) {
			if i.open() {
				f(i)
			}
		})
	}
	for i, n := range countBy(open, Severities, (*IssueFact).severity) {
		counts[i].Open = n
	}
	return counts
}

// AgeDays are figures over the ages.
func (a *IssueAggregates) AgeDays() *IntStatistics {
	return statistics(a.each, func(i *IssueFact) *int { return a.view.issueOf(i).AgeDays() })
}

// AssumptionAggregates are figures over the assumptions of a list.
type AssumptionAggregates struct {
	view *View
	each func(func(*AssumptionFact))
}

// AssumptionStateCount counts the assumptions of a state.
type AssumptionStateCount struct {
	State AssumptionState
	Count int
}

// Aggregates are figures over the whole list, not over the page.
func (c *AssumptionConnection) Aggregates() *AssumptionAggregates {
	return &AssumptionAggregates{c.list.view, c.list.each}
}

// Count counts the assumptions.
func (a *AssumptionAggregates) Count() int { return countRows(a.each) }

// Overdue counts those at which somebody should have looked by now.
func (a *AssumptionAggregates) Overdue() int {
	return countWhere(a.each, func(f *AssumptionFact) bool { return a.view.assumptionOf(f).Overdue() })
}

// ByState counts the assumptions of each state.
func (a *AssumptionAggregates) ByState() []AssumptionStateCount {
	counts := make([]AssumptionStateCount, len(AssumptionStates))
	for i, n := range countBy(a.each, AssumptionStates, (*AssumptionFact).state) {
		counts[i] = AssumptionStateCount{AssumptionStates[i], n}
	}
	return counts
}
