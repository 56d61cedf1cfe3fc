package portfolio

import "time"

// A RiskFilter says which risks are meant. Every member that is given must
// hold.
type RiskFilter struct {
	And []*RiskFilter
	Or  []*RiskFilter
	Not *RiskFilter

	ID             *IDComparator
	Title          *StringComparator
	Key            *StringComparator
	SourceStatus   *StringComparator
	StatusCategory *StatusCategoryComparator
	Presence       *PresenceComparator
	GoneSince      *DateComparator
	Project        *ProjectFilter
	Department     *StringComparator
	Owner          *PersonFilter
	RaisedDate     *DateComparator
	DueDate        *DateComparator
	ClosedDate     *DateComparator
	// Closed is whether nothing has to be done about it any more.
	Closed       *bool
	Connection   *StringComparator
	CreatedAt    *DateTimeComparator
	UpdatedAt    *DateTimeComparator
	CustomFields []*CustomFieldFilter
}

func riskPresence(r *RiskRow) Presence { return r.Presence }

func (f *RiskFilter) presence() *PresenceComparator { return f.Presence }

func (f *RiskFilter) joined() (and, or, not []nounFilter[RiskRow]) {
	return joins[RiskRow](f.And, f.Or, f.Not)
}

func (f *RiskFilter) conditions(c *compiler, all *conditions[RiskRow]) {
	project := func(r *RiskRow) string { return r.ProjectID }
	holds(all, c.ids(f.ID, KindRisk), func(r *RiskRow) string { return r.ID })
	holds(all, f.Title.compile(), func(r *RiskRow) string { return r.Title })
	holds(all, f.Key.compile(), func(r *RiskRow) string { return r.Key })
	holds(all, f.SourceStatus.compile(), func(r *RiskRow) string { return r.SourceStatus })
	holds(all, f.StatusCategory.compile(), func(r *RiskRow) StatusCategory { return r.StatusCategory })
	holds(all, f.Presence.compile(), riskPresence)
	holds(all, f.GoneSince.compile(c.today), func(r *RiskRow) Date { return r.GoneSince })
	onProject(c, all, f.Project, project)
	onDepartment(c, all, f.Department, project)
	c.personCondition(f.Owner, func(t test[string]) {
		holds(all, t, func(r *RiskRow) string { return r.OwnerID })
	})
	holds(all, f.RaisedDate.compile(c.today), func(r *RiskRow) Date { return r.RaisedDate })
	holds(all, f.DueDate.compile(c.today), func(r *RiskRow) Date { return r.DueDate })
	holds(all, f.ClosedDate.compile(c.today), func(r *RiskRow) Date { return r.ClosedDate })
	if f.Closed != nil {
		want := *f.Closed
		all.tests = append(all.tests, func(r *RiskRow) bool { return r.closed() == want })
	}
	holds(all, f.Connection.compile(), func(r *RiskRow) string { return connectionOf(r.ID) })
	holds(all, f.CreatedAt.compile(c.today), func(r *RiskRow) time.Time { return r.CreatedAt })
	holds(all, f.UpdatedAt.compile(c.today), func(r *RiskRow) time.Time { return r.UpdatedAt })
	for _, custom := range f.CustomFields {
		holds(all, custom.compile(c), func(r *RiskRow) []Field { return r.Custom })
	}
}
