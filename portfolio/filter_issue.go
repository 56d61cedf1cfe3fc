package portfolio

type (
	// IssueSeverityComparator is a condition on how bad an issue is.
	IssueSeverityComparator = EnumComparator[IssueSeverity]
	// AssumptionStateComparator is a condition on what is known of an
	// assumption.
	AssumptionStateComparator = EnumComparator[AssumptionState]
)

// An IssueFilter says which issues are meant. Every member that is given must
// hold.
type IssueFilter struct {
	And []*IssueFilter
	Or  []*IssueFilter
	Not *IssueFilter

	ID         *IDComparator
	Key        *StringComparator
	Title      *StringComparator
	Project    *ProjectFilter
	Department *StringComparator
	Severity   *IssueSeverityComparator
	Owner      *PersonFilter
	Risk       *IDComparator
	Raised     *DateComparator
	Due        *DateComparator
	Resolved   *DateComparator
	Open       *bool
	Overdue    *bool
}

func (f *IssueFilter) joined() (and, or, not []nounFilter[IssueFact]) {
	return joins[IssueFact](f.And, f.Or, f.Not)
}

func (f *IssueFilter) conditions(c *compiler, all *conditions[IssueFact]) {
	holds(all, c.ids(f.ID, KindIssue), func(i *IssueFact) string { return i.Slug })
	holds(all, f.Key.compile(), func(i *IssueFact) string { return i.Slug })
	holds(all, f.Title.compile(), func(i *IssueFact) string { return i.Title })
	recordConditions[IssueFact](c, all, f.Project, f.Department, f.Owner, func(i *IssueFact) string { return i.Owner })
	holds(all, f.Severity.compile(), (*IssueFact).severity)
	holds(all, c.ids(f.Risk, KindRecordedRisk), func(i *IssueFact) string {
		if c.view.risk(i.Risk) == nil {
			return ""
		}
		return i.Risk
	})
	holds(all, f.Raised.compile(c.today), func(i *IssueFact) Date { return i.Raised })
	holds(all, f.Due.compile(c.today), func(i *IssueFact) Date { return i.Due })
	holds(all, f.Resolved.compile(c.today), func(i *IssueFact) Date { return i.Resolved })
	holdsAs(all, f.Open, (*IssueFact).open)
	holdsAs(all, f.Overdue, func(i *IssueFact) bool { return c.view.issueOf(i).Overdue() })
}

// An AssumptionFilter says which assumptions are meant. Every member that is
// given must hold.
type AssumptionFilter struct {
	And []*AssumptionFilter
	Or  []*AssumptionFilter
	Not *AssumptionFilter

	ID         *IDComparator
	Key        *StringComparator
	Title      *StringComparator
	Project    *ProjectFilter
	Department *StringComparator
	State      *AssumptionStateComparator
	Owner      *PersonFilter
	Raised     *DateComparator
	Due        *DateComparator
	Validated  *DateComparator
	Overdue    *bool
}

func (f *AssumptionFilter) joined() (and, or, not []nounFilter[AssumptionFact]) {
	return joins[AssumptionFact](f.And, f.Or, f.Not)
}

func (f *AssumptionFilter) conditions(c *compiler, all *conditions[AssumptionFact]) {
	holds(all, c.ids(f.ID, KindAssumption), func(a *AssumptionFact) string { return a.Slug })
	holds(all, f.Key.compile(), func(a *AssumptionFact) string { return a.Slug })
	holds(all, f.Title.compile(), func(a *AssumptionFact) string { return a.Title })
	recordConditions[AssumptionFact](c, all, f.Project, f.Department, f.Owner, func(a *AssumptionFact) string { return a.Owner })
	holds(all, f.State.compile(), (*AssumptionFact).state)
	holds(all, f.Raised.compile(c.today), func(a *AssumptionFact) Date { return a.Raised })
	holds(all, f.Due.compile(c.today), func(a *AssumptionFact) Date { return a.Due })
	holds(all, f.Validated.compile(c.today), func(a *AssumptionFact) Date { return a.Validated })
	holdsAs(all, f.Overdue, func(a *AssumptionFact) bool { return c.view.assumptionOf(a).Overdue() })
}

// recordConditions adds the conditions on what a record bears on: its first
// project, its department, and who answers for it.
func recordConditions[R any, D interface {
	*R
	Registered
}](c *compiler, all *conditions[R], project *ProjectFilter, department *StringComparator, owner *PersonFilter, ownerOf func(*R) string) {
	onProject(c, all, project, func(r *R) string {
		for _, reference := range D(r).Bearing().Projects {
			if p, ok := c.view.snap.ProjectByReference(reference); ok {
				return p.ID
			}
		}
		return ""
	})
	if t := c.department(department); t != nil {
		all.costly = append(all.costly, func(r *R) bool {
			slug := c.view.snap.recordDepartment(D(r).Bearing())
			if c.view.department(slug) == nil {
				slug = ""
			}
			return t(slug)
		})
	}
	c.personCondition(owner, func(t test[string]) {
		all.costly = append(all.costly, func(r *R) bool {
			p, _ := c.view.snap.PersonByReference(ownerOf(r))
			return p != nil && t(p.ID)
		})
	})
}
