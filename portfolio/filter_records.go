package portfolio

import "time"

// A DependencyFilter says which dependencies are meant.
type DependencyFilter struct {
	And []*DependencyFilter
	Or  []*DependencyFilter
	Not *DependencyFilter

	Type      *StringComparator
	Violated  *BooleanComparator
	Circular  *BooleanComparator
	CrossTool *BooleanComparator
	LagDays   *IntComparator
	Presence  *PresenceComparator
	// Predecessor and Successor are conditions on the projects of the ends.
	Predecessor *ProjectFilter
	Successor   *ProjectFilter
}

func dependencyPresence(d *DependencyRow) Presence { return d.Presence }

func (f *DependencyFilter) presence() *PresenceComparator { return f.Presence }

func (f *DependencyFilter) joined() (and, or, not []nounFilter[DependencyRow]) {
	return joins[DependencyRow](f.And, f.Or, f.Not)
}

func (f *DependencyFilter) conditions(c *compiler, all *conditions[DependencyRow]) {
	holds(all, f.Type.compile(), func(d *DependencyRow) string { return d.Type })
	holds(all, f.Violated.compile(), func(d *DependencyRow) *bool { return c.view.violated(d) })
	holds(all, f.Circular.compile(), func(d *DependencyRow) *bool { return c.view.circular(d) })
	holds(all, f.CrossTool.compile(), func(d *DependencyRow) *bool { return &d.CrossTool })
	holds(all, f.LagDays.compile(), func(d *DependencyRow) optionalInt { return optionalInt{d.LagDays, true} })
	holds(all, f.Presence.compile(), dependencyPresence)
	onProject(c, all, f.Predecessor, func(d *DependencyRow) string { return d.Predecessor.ProjectID })
	onProject(c, all, f.Successor, func(d *DependencyRow) string { return d.Successor.ProjectID })
}

// A PersonFilter says which people are meant.
type PersonFilter struct {
	And []*PersonFilter
	Or  []*PersonFilter
	Not *PersonFilter

	ID         *IDComparator
	Name       *StringComparator
	Email      *StringComparator
	Connection *StringComparator
	Active     *BooleanComparator
	Presence   *PresenceComparator
	// Suggested is whether an account in another tool may be the same person's.
	Suggested *BooleanComparator
}

func personPresence(p *PersonRow) Presence { return p.Presence }

func (f *PersonFilter) presence() *PresenceComparator { return f.Presence }

func (f *PersonFilter) joined() (and, or, not []nounFilter[PersonRow]) {
	return joins[PersonRow](f.And, f.Or, f.Not)
}

func (f *PersonFilter) conditions(c *compiler, all *conditions[PersonRow]) {
	holds(all, c.ids(f.ID, KindPerson), func(p *PersonRow) string { return p.ID })
	holds(all, f.Name.compile(), func(p *PersonRow) string { return p.Name })
	holds(all, f.Email.compile(), func(p *PersonRow) string { return p.Email })
	holds(all, f.Connection.compile(), func(p *PersonRow) string { return p.Connection })
	holds(all, f.Active.compile(), func(p *PersonRow) *bool { return &p.Active })
	holds(all, f.Presence.compile(), personPresence)
	holds(all, f.Suggested.compile(), func(p *PersonRow) *bool {
		found := len(c.view.personOf(p).SuggestedSame()) > 0
		return &found
	})
}

// A DepartmentFilter says which departments are meant.
type DepartmentFilter struct {
	And []*DepartmentFilter
	Or  []*DepartmentFilter
	Not *DepartmentFilter

	Key  *StringComparator
	Slug *StringComparator // an older name of Key
	Name *StringComparator
	// Parent compares the slug of the department above.
	Parent   *StringComparator
	Recorded *BooleanComparator
}

func (f *DepartmentFilter) joined() (and, or, not []nounFilter[DepartmentRow]) {
	return joins[DepartmentRow](f.And, f.Or, f.Not)
}

func (f *DepartmentFilter) conditions(c *compiler, all *conditions[DepartmentRow]) {
	holds(all, f.Key.compile(), func(d *DepartmentRow) string { return d.ID })
	holds(all, f.Slug.compile(), func(d *DepartmentRow) string { return d.ID })
	holds(all, f.Name.compile(), func(d *DepartmentRow) string { return d.Name })
	holds(all, f.Parent.compile(), func(d *DepartmentRow) string {
		if c.view.department(d.ParentID) == nil {
			return ""
		}
		return d.ParentID
	})
	holds(all, f.Recorded.compile(), func(d *DepartmentRow) *bool { return &d.Recorded })
}

// A ToolFilter says which connections are meant.
type ToolFilter struct {
	And []*ToolFilter
	Or  []*ToolFilter
	Not *ToolFilter

	Slug           *StringComparator
	Name           *StringComparator
	Type           *StringComparator
	Removed        *BooleanComparator
	Held           *BooleanComparator
	Stale          *BooleanComparator
	LastSuccessAt  *DateTimeComparator
	LastCompleteAt *DateTimeComparator
}

func (f *ToolFilter) joined() (and, or, not []nounFilter[ConnectionRow]) {
	return joins[ConnectionRow](f.And, f.Or, f.Not)
}

func (f *ToolFilter) conditions(c *compiler, all *conditions[ConnectionRow]) {
	holds(all, f.Slug.compile(), func(t *ConnectionRow) string { return t.ID })
	holds(all, f.Name.compile(), func(t *ConnectionRow) string { return t.Name })
	holds(all, f.Type.compile(), func(t *ConnectionRow) string { return t.Type })
	holds(all, f.Removed.compile(), func(t *ConnectionRow) *bool { return &t.Removed })
	holds(all, f.Held.compile(), func(t *ConnectionRow) *bool { return &t.Held })
	holds(all, f.Stale.compile(), func(t *ConnectionRow) *bool { return &t.Stale })
	holds(all, f.LastSuccessAt.compile(c.today), func(t *ConnectionRow) time.Time { return t.LastSuccessAt })
	holds(all, f.LastCompleteAt.compile(c.today), func(t *ConnectionRow) time.Time { return t.LastCompleteAt })
}

// A RunFilter says which sync runs are meant.
type RunFilter struct {
	And []*RunFilter
	Or  []*RunFilter
	Not *RunFilter

	// Connection compares the id of the connection.
	Connection *StringComparator
	State      *RunStateComparator
	StartedAt  *DateTimeComparator
	EndedAt    *DateTimeComparator
}

func (f *RunFilter) joined() (and, or, not []nounFilter[Run]) {
	return joins[Run](f.And, f.Or, f.Not)
}

func (f *RunFilter) conditions(c *compiler, all *conditions[Run]) {
	holds(all, f.Connection.compile(), func(r *Run) string { return r.Connection })
	holds(all, f.State.compile(), func(r *Run) RunState { return r.State })
	holds(all, f.StartedAt.compile(c.today), func(r *Run) time.Time { return r.StartedAt })
	holds(all, f.EndedAt.compile(c.today), func(r *Run) time.Time { return r.EndedAt })
}

// A QuarantineFilter says which unreadable records are meant.
type QuarantineFilter struct {
	And []*QuarantineFilter
	Or  []*QuarantineFilter
	Not *QuarantineFilter

	Connection *StringComparator
	Kind       *StringComparator
	Key        *StringComparator
	Reason     *StringComparator
	Since      *DateTimeComparator
}

func (f *QuarantineFilter) joined() (and, or, not []nounFilter[Quarantine]) {
	return joins[Quarantine](f.And, f.Or, f.Not)
}

func (f *QuarantineFilter) conditions(c *compiler, all *conditions[Quarantine]) {
	holds(all, f.Connection.compile(), func(q *Quarantine) string { return q.Connection })
	holds(all, f.Kind.compile(), func(q *Quarantine) string { return q.Kind })
	holds(all, f.Key.compile(), func(q *Quarantine) string { return q.Source.Key })
	holds(all, f.Reason.compile(), func(q *Quarantine) string { return q.Reason })
	holds(all, f.Since.compile(c.today), func(q *Quarantine) time.Time { return q.Since })
}

// A HoldFilter says which holds are meant.
type HoldFilter struct {
	And []*HoldFilter
	Or  []*HoldFilter
	Not *HoldFilter

	Connection *StringComparator
	Scope      *StringComparator
	Since      *DateTimeComparator
	// Confirmed is whether somebody said that the losses are real.
	Confirmed *bool
}

func (f *HoldFilter) joined() (and, or, not []nounFilter[Hold]) {
	return joins[Hold](f.And, f.Or, f.Not)
}

func (f *HoldFilter) conditions(c *compiler, all *conditions[Hold]) {
	holds(all, f.Connection.compile(), func(h *Hold) string { return h.Connection })
	holds(all, f.Scope.compile(), func(h *Hold) string { return h.Scope })
	holds(all, f.Since.compile(c.today), func(h *Hold) time.Time { return h.Since })
	if f.Confirmed != nil {
		want := *f.Confirmed
		all.tests = append(all.tests, func(h *Hold) bool { return (h.ConfirmedBy != "") == want })
	}
}
