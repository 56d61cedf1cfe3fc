package portfolio

// DecisionTypeComparator is a condition on the type of a decision.
type DecisionTypeComparator = EnumComparator[DecisionType]

// A DecisionFilter says which decisions are meant. Every member that is given
// must hold.
type DecisionFilter struct {
	And []*DecisionFilter
	Or  []*DecisionFilter
	Not *DecisionFilter

	ID          *IDComparator
	Key         *StringComparator
	Title       *StringComparator
	Type        *DecisionTypeComparator
	Project     *ProjectFilter
	Department  *StringComparator
	Decider     *PersonFilter
	DeciderName *StringComparator
	Raised      *DateComparator
	Due         *DateComparator
	Decided     *DateComparator
	Open        *bool
	Overdue     *bool
	LatencyDays *IntComparator
	WaitingDays *IntComparator
	// Blocks is a condition on some milestone that it blocks.
	Blocks *MilestoneFilter
	// Blocking is whether some milestone waits for it.
	Blocking *bool
}

func (f *DecisionFilter) joined() (and, or, not []nounFilter[DecisionFact]) {
	return joins[DecisionFact](f.And, f.Or, f.Not)
}

func (f *DecisionFilter) conditions(c *compiler, all *conditions[DecisionFact]) {
	v := c.view
	holds(all, c.ids(f.ID, KindDecision), func(d *DecisionFact) string { return d.Slug })
	holds(all, f.Key.compile(), func(d *DecisionFact) string { return d.Slug })
	holds(all, f.Title.compile(), func(d *DecisionFact) string { return d.Title })
	holds(all, f.Type.compile(), (*DecisionFact).kind)
	holds(all, f.Raised.compile(c.today), func(d *DecisionFact) Date { return d.Raised })
	holds(all, f.Due.compile(c.today), func(d *DecisionFact) Date { return d.Due })
	holds(all, f.Decided.compile(c.today), func(d *DecisionFact) Date { return d.Decided })
	holdsAs(all, f.Open, (*DecisionFact).open)
	holdsAs(all, f.Overdue, v.overdueDecision)
	holds(all, f.LatencyDays.compile(), func(d *DecisionFact) optionalInt { return optionalOf(v.latency(d)) })
	holds(all, f.WaitingDays.compile(), func(d *DecisionFact) optionalInt { return optionalOf(v.waiting(d)) })
	holds(all, f.DeciderName.compile(), func(d *DecisionFact) string { return v.calledPerson(d.Decider) })
	onRecordPerson(c, all, f.Decider, func(d *DecisionFact) string { return d.Decider })
	onRecordDepartment(c, all, f.Department)
	onRecordProject(c, all, f.Project)
	holdsAs(all, f.Blocking, func(d *DecisionFact) bool { return d.open() && len(v.waitingFor(d)) > 0 })
	if f.Blocks != nil {
		c.related(func() {
			t := orTrue(compile(c, f.Blocks))
			all.costly = append(all.costly, func(d *DecisionFact) bool {
				for _, m := range v.blockedBy(d) {
					if t(m) {
						return true
					}
				}
				return false
			})
		})
	}
}

// An ActionItemFilter says which actions are meant. Every member that is given
// must hold.
type ActionItemFilter struct {
	And []*ActionItemFilter
	Or  []*ActionItemFilter
	Not *ActionItemFilter

	Title     *StringComparator
	Owner     *PersonFilter
	OwnerName *StringComparator
	Due       *DateComparator
	Done      *DateComparator
	Open      *bool
	Overdue   *bool
	Decision  *DecisionFilter
}

func (f *ActionItemFilter) joined() (and, or, not []nounFilter[ActionRow]) {
	return joins[ActionRow](f.And, f.Or, f.Not)
}

func (f *ActionItemFilter) conditions(c *compiler, all *conditions[ActionRow]) {
	holds(all, f.Title.compile(), func(a *ActionRow) string { return a.Title })
	holds(all, f.OwnerName.compile(), func(a *ActionRow) string { return c.view.calledPerson(a.Owner) })
	holds(all, f.Due.compile(c.today), func(a *ActionRow) Date { return a.Due })
	holds(all, f.Done.compile(c.today), func(a *ActionRow) Date { return a.Done })
	holdsAs(all, f.Open, (*ActionRow).open)
	holdsAs(all, f.Overdue, func(a *ActionRow) bool { return a.open() && c.view.past(a.Due) })
	onRecordPerson(c, all, f.Owner, func(a *ActionRow) string { return a.Owner })
	if f.Decision != nil {
		c.related(func() {
			t := orTrue(compile(c, f.Decision))
			all.costly = append(all.costly, func(a *ActionRow) bool { return t(a.decision) })
		})
	}
}
