package portfolio

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// A ProjectFilter says which projects are meant. Every member that is given
// must hold.
type ProjectFilter struct {
	And []*ProjectFilter
	Or  []*ProjectFilter
	Not *ProjectFilter

	ID             *IDComparator
	Name           *StringComparator
	Key            *StringComparator
	Description    *StringComparator
	Category       *StringComparator
	Phase          *PhaseComparator
	SourceStatus   *StringComparator
	Presence       *PresenceComparator
	GoneSince      *DateComparator
	Health         *HealthComparator
	ReportedHealth *HealthComparator
	ComputedHealth *HealthComparator
	Disagreement   *BooleanComparator
	ReportedAt     *DateComparator
	// Department compares the slug, the name and the aliases.
	Department   *StringComparator
	Manager      *PersonFilter
	Sponsor      *PersonFilter
	Parent       *IDComparator
	StartDate    *DateComparator
	TargetDate   *DateComparator
	BaselineDate *DateComparator
	ForecastDate *DateComparator
	FinishedDate *DateComparator
	SlipDays     *IntComparator
	PmoID        *StringComparator
	Priority     *StringComparator
	Objectives   *ListComparator
	Labels       *ListComparator
	// Connection compares the ids of the connections it comes from: some of
	// them must satisfy it.
	Connection    *StringComparator
	CreatedAt     *DateTimeComparator
	UpdatedAt     *DateTimeComparator
	BudgetAmount  *DecimalComparator
	Currency      *StringComparator
	HasGoLive     *bool
	Justification *StringComparator
	// AlignmentScore is from 0 to 100.
	AlignmentScore *FloatComparator
	AlignmentRank  *IntComparator
	FundingRank    *IntComparator
	AlignmentFlags *AlignmentFlagsComparator
	// Objective compares the keys of the objectives that it serves and of those
	// above them: one of them must satisfy it.
	Objective    *StringComparator
	Orphan       *bool
	Ranked       *bool
	Programme    *bool
	Wsjf         *FloatComparator
	Milestones   *MilestoneCollectionFilter
	CustomFields []*CustomFieldFilter
}

func (f *ProjectFilter) presence() *PresenceComparator { return f.Presence }

func (f *ProjectFilter) joined() (and, or, not []nounFilter[ProjectRow]) {
	return joins[ProjectRow](f.And, f.Or, f.Not)
}

func (f *ProjectFilter) conditions(c *compiler, all *conditions[ProjectRow]) {
	holds(all, c.ids(f.ID, KindProject), func(p *ProjectRow) string { return p.ID })
	holds(all, f.Name.compile(), func(p *ProjectRow) string { return p.Name })
	holds(all, f.Key.compile(), func(p *ProjectRow) string { return p.Key })
	holds(all, f.Description.compile(), func(p *ProjectRow) string { return p.Description })
	holds(all, f.Category.compile(), func(p *ProjectRow) string { return p.Category })
	holds(all, f.Phase.compile(), func(p *ProjectRow) Phase { return p.Phase })
	holds(all, f.SourceStatus.compile(), func(p *ProjectRow) string { return p.SourceStatus })
	holds(all, f.Presence.compile(), func(p *ProjectRow) Presence { return p.Presence })
	holds(all, f.GoneSince.compile(c.today), func(p *ProjectRow) Date { return p.GoneSince })
	healthConditions(c, all, f.Health, f.ReportedHealth, f.ComputedHealth, f.Disagreement, f.ReportedAt,
		func(p *ProjectRow) *HealthView { return &p.Health })
	holds(all, c.department(f.Department), func(p *ProjectRow) string { return p.DepartmentID })
	c.personCondition(f.Manager, func(t test[string]) {
		holds(all, t, func(p *ProjectRow) string { return p.ManagerID })
	})
	c.personCondition(f.Sponsor, func(t test[string]) {
		holds(all, t, func(p *ProjectRow) string { return p.SponsorID })
	})
	holds(all, c.ids(f.Parent, KindProject), func(p *ProjectRow) string {
		if c.view.project(p.ParentID) == nil {
			return ""
		}
		return c.view.snap.unified(p.ParentID)
	})
	holds(all, f.StartDate.compile(c.today), func(p *ProjectRow) Date { return p.StartDate })
	holds(all, f.TargetDate.compile(c.today), func(p *ProjectRow) Date { return p.TargetDate })
	holds(all, f.BaselineDate.compile(c.today), func(p *ProjectRow) Date { return p.BaselineDate })
	holds(all, f.ForecastDate.compile(c.today), func(p *ProjectRow) Date { return p.ForecastDate })
	holds(all, f.FinishedDate.compile(c.today), func(p *ProjectRow) Date { return p.FinishedDate })
	holds(all, f.SlipDays.compile(), func(p *ProjectRow) optionalInt { return optionalOf(p.SlipDays) })
	holds(all, f.PmoID.compile(), func(p *ProjectRow) string { return p.PMOID })
	holds(all, f.Priority.compile(), func(p *ProjectRow) string { return p.Priority })
	holds(all, f.Objectives.compile(), func(p *ProjectRow) []string { return p.Objectives })
	holds(all, f.Labels.compile(), func(p *ProjectRow) []string { return p.Labels })
	if t := f.Connection.compile(); t != nil {
		all.tests = append(all.tests, func(p *ProjectRow) bool {
			for _, member := range p.Members {
				if t(connectionOf(member)) {
					return true
				}
			}
			return false
		})
	}
	holds(all, f.CreatedAt.compile(c.today), func(p *ProjectRow) time.Time { return p.CreatedAt })
	holds(all, f.UpdatedAt.compile(c.today), func(p *ProjectRow) time.Time { return p.UpdatedAt })
	f.costConditions(c, all)
	f.alignmentConditions(c, all)
	holds(all, f.Justification.compile(), func(p *ProjectRow) string { return p.Justification })
	if f.HasGoLive != nil {
		want := *f.HasGoLive
		all.tests = append(all.tests, func(p *ProjectRow) bool { return (p.GoLiveID != "") == want })
	}
	if f.Milestones != nil {
		c.related(func() { f.Milestones.conditions(c, all) })
	}
	for _, custom := range f.CustomFields {
		holds(all, custom.compile(c), func(p *ProjectRow) []Field { return p.Custom })
	}
}

func (f *ProjectFilter) costConditions(c *compiler, all *conditions[ProjectRow]) {
	if f.BudgetAmount == nil && f.Currency == nil {
		return
	}
	if !c.view.caller.Reads(GroupCost) {
		if c.err == nil {
			c.err = forbiddenGroup("budgets", GroupCost)
		}
		return
	}
	holds(all, f.BudgetAmount.compile(), amountOf)
	holds(all, f.Currency.compile(), func(p *ProjectRow) string {
		if p.budget == nil {
			return ""
		}
		return p.budget.Currency
	})
}

// forbiddenGroup refuses what a caller may neither read nor filter, sort or
// group by.
func forbiddenGroup(what, group string) error {
	return fmt.Errorf("%w: %s are of the field group %q, which this key may not read", ErrForbidden, what, group)
}

func healthConditions[R any](c *compiler, all *conditions[R], overall, reported, computed *HealthComparator,
	disagreement *BooleanComparator, reportedAt *DateComparator, of func(*R) *HealthView,
) {
	holds(all, overall.compile(), func(r *R) Health { return of(r).Overall })
	holds(all, reported.compile(), func(r *R) Health { return of(r).Reported })
	holds(all, computed.compile(), func(r *R) Health { return of(r).Computed })
	holds(all, disagreement.compile(), func(r *R) *bool { return &of(r).Disagreement })
	holds(all, reportedAt.compile(c.today), func(r *R) Date { return of(r).ReportedAt })
}

// personCondition compiles a condition on a related person to one on their id.
func (c *compiler) personCondition(f *PersonFilter, add func(test[string])) {
	if f == nil {
		return
	}
	c.related(func() {
		t := compile(c, f)
		add(func(id string) bool {
			p, ok := c.view.snap.Person(id)
			return ok && c.view.seesPerson(p) && (t == nil || t(p))
		})
	})
}

// A MilestoneCollectionFilter is a condition on the milestones of a project:
// those a tool still shows, unless the filter speaks of presence itself.
type MilestoneCollectionFilter struct {
	Some  *MilestoneFilter
	Every *MilestoneFilter
	None  *MilestoneFilter
	// Count is of the milestones that are PRESENT.
	Count *IntComparator
}

func (f *MilestoneCollectionFilter) conditions(c *compiler, all *conditions[ProjectRow]) {
	snap := c.view.snap
	anyOf := func(p *ProjectRow, t test[*MilestoneRow]) bool {
		for _, m := range snap.milestonesOf(p.ID) {
			if t(m) {
				return true
			}
		}
		return false
	}
	present := func(m *MilestoneRow) bool { return m.Presence == PresencePresent }
	if f.Some != nil {
		t := compilePresent(c, f.Some, milestonePresence)
		all.costly = append(all.costly, func(p *ProjectRow) bool { return anyOf(p, orTrue(t)) })
	}
	if f.None != nil {
		t := compilePresent(c, f.None, milestonePresence)
		all.costly = append(all.costly, func(p *ProjectRow) bool { return !anyOf(p, orTrue(t)) })
	}
	if f.Every != nil {
		t, asks := orTrue(compile(c, f.Every)), asksPresence(f.Every)
		all.costly = append(all.costly, func(p *ProjectRow) bool {
			return !anyOf(p, func(m *MilestoneRow) bool { return (asks || present(m)) && !t(m) })
		})
	}
	if t := f.Count.compile(); t != nil {
		all.costly = append(all.costly, func(p *ProjectRow) bool {
			n := 0
			for _, m := range snap.milestonesOf(p.ID) {
				if present(m) {
					n++
				}
			}
			return t(optionalInt{n, true})
		})
	}
}

func orTrue[V any](t test[V]) test[V] {
	if t == nil {
		return func(V) bool { return true }
	}
	return t
}

func amountOf(p *ProjectRow) *decimal.Decimal {
	if p.budget == nil {
		return nil
	}
	return &p.budget.Amount
}
