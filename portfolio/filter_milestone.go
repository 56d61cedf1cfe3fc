package portfolio

import "time"

// A MilestoneFilter says which milestones are meant. Every member that is
// given must hold.
type MilestoneFilter struct {
	And []*MilestoneFilter
	Or  []*MilestoneFilter
	Not *MilestoneFilter

	ID             *IDComparator
	Name           *StringComparator
	Key            *StringComparator
	Type           *StringComparator
	Kind           *MilestoneKindComparator
	SourceStatus   *StringComparator
	StatusCategory *StatusCategoryComparator
	Presence       *PresenceComparator
	GoneSince      *DateComparator
	Health         *HealthComparator
	ReportedHealth *HealthComparator
	ComputedHealth *HealthComparator
	Disagreement   *BooleanComparator
	ReportedAt     *DateComparator
	Project        *ProjectFilter
	Department     *StringComparator
	Owner          *PersonFilter
	StartDate      *DateComparator
	TargetDate     *DateComparator
	BaselineDate   *DateComparator
	BaselineBasis  *BaselineBasisComparator
	ForecastDate   *DateComparator
	FinishedDate   *DateComparator
	// Finished is whether it is done.
	Finished    *bool
	Contingency *StringComparator
	// HasContingency is whether it is said what is done if it is missed.
	HasContingency *bool
	SlipDays       *IntComparator
	SlipCount      *IntComparator
	Labels         *ListComparator
	Connection     *StringComparator
	CreatedAt      *DateTimeComparator
	UpdatedAt      *DateTimeComparator
	CustomFields   []*CustomFieldFilter
}

func milestonePresence(m *MilestoneRow) Presence { return m.Presence }

func (f *MilestoneFilter) presence() *PresenceComparator { return f.Presence }

func (f *MilestoneFilter) joined() (and, or, not []nounFilter[MilestoneRow]) {
	return joins[MilestoneRow](f.And, f.Or, f.Not)
}

func (f *MilestoneFilter) conditions(c *compiler, all *conditions[MilestoneRow]) {
	holds(all, c.ids(f.ID, KindMilestone), func(m *MilestoneRow) string { return m.ID })
	holds(all, f.Name.compile(), func(m *MilestoneRow) string { return m.Name })
	holds(all, f.Key.compile(), func(m *MilestoneRow) string { return m.Key })
	holds(all, f.Type.compile(), func(m *MilestoneRow) string { return m.Type })
	holds(all, f.Kind.compile(), func(m *MilestoneRow) MilestoneKind { return m.Kind })
	holds(all, f.SourceStatus.compile(), func(m *MilestoneRow) string { return m.SourceStatus })
	holds(all, f.StatusCategory.compile(), func(m *MilestoneRow) StatusCategory { return m.StatusCategory })
	holds(all, f.Presence.compile(), milestonePresence)
	holds(all, f.GoneSince.compile(c.today), func(m *MilestoneRow) Date { return m.GoneSince })
	healthConditions(c, all, f.Health, f.ReportedHealth, f.ComputedHealth, f.Disagreement, f.ReportedAt,
		func(m *MilestoneRow) *HealthView { return &m.Health })
	onProject(c, all, f.Project, func(m *MilestoneRow) string { return m.ProjectID })
	onDepartment(c, all, f.Department, func(m *MilestoneRow) string { return m.ProjectID })
	c.personCondition(f.Owner, func(t test[string]) {
		holds(all, t, func(m *MilestoneRow) string { return m.OwnerID })
	})
	holds(all, f.StartDate.compile(c.today), func(m *MilestoneRow) Date { return m.StartDate })
	holds(all, f.TargetDate.compile(c.today), func(m *MilestoneRow) Date { return m.TargetDate })
	holds(all, f.BaselineDate.compile(c.today), func(m *MilestoneRow) Date { return m.BaselineDate })
	holds(all, f.BaselineBasis.compile(), func(m *MilestoneRow) BaselineBasis { return m.BaselineBasis })
	holds(all, f.ForecastDate.compile(c.today), func(m *MilestoneRow) Date { return m.ForecastDate })
	holds(all, f.FinishedDate.compile(c.today), func(m *MilestoneRow) Date { return m.FinishedDate })
	if f.Finished != nil {
		want := *f.Finished
		all.tests = append(all.tests, func(m *MilestoneRow) bool { return m.done() == want })
	}
	holds(all, f.Contingency.compile(), (*MilestoneRow).Contingency)
	if f.HasContingency != nil {
		want := *f.HasContingency
		all.tests = append(all.tests, func(m *MilestoneRow) bool { return (m.Contingency() != "") == want })
	}
	holds(all, f.SlipDays.compile(), func(m *MilestoneRow) optionalInt { return optionalOf(m.SlipDays) })
	holds(all, f.SlipCount.compile(), func(m *MilestoneRow) optionalInt { return optionalInt{m.SlipCount, true} })
	holds(all, f.Labels.compile(), func(m *MilestoneRow) []string { return m.Labels })
	holds(all, f.Connection.compile(), func(m *MilestoneRow) string { return connectionOf(m.ID) })
	holds(all, f.CreatedAt.compile(c.today), func(m *MilestoneRow) time.Time { return m.CreatedAt })
	holds(all, f.UpdatedAt.compile(c.today), func(m *MilestoneRow) time.Time { return m.UpdatedAt })
	for _, custom := range f.CustomFields {
		holds(all, custom.compile(c), func(m *MilestoneRow) []Field { return m.Custom })
	}
}
