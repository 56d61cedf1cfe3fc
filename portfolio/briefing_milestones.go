package portfolio

// briefedMilestones are the milestones that a briefing tells of.
type briefedMilestones struct {
	completed, dueNext, overdue, goLives []*MilestoneRow
	// known counts all that were looked at.
	known int
	now   milestoneCounts
	// before is the same as of the last day before the briefing's days.
	before milestoneCounts
}

// milestoneCounts is how many milestones there are of each sort as of a day.
type milestoneCounts struct{ completed, dueNext, overdue, goLives, goLivesAtRisk int }

// eachMilestone calls f for the milestones that the briefing is of and that a
// tool still shows.
func (b *Briefing) eachMilestone(f func(*MilestoneRow)) {
	each := func(rows []*MilestoneRow) {
		for _, m := range rows {
			if m.Presence == PresencePresent {
				f(m)
			}
		}
	}
	if b.whole() {
		for _, chunk := range b.view.snap.milestoneRows() {
			each(chunk)
		}
		return
	}
	for _, slug := range b.divisions() {
		for _, id := range b.view.snap.ProjectsOf(slug) {
			each(b.view.snap.milestonesOf(id))
		}
	}
}

// lookAtMilestones sorts out the milestones in one pass over all of them.
func (b *Briefing) lookAtMilestones() {
	of := &b.milestones
	before := b.Before.Last
	beforeNext := &BriefingDays{before, b.Period.later(before, 1)}
	ahead, beforeAhead := goLiveWindow(b.Days.Last), goLiveWindow(before)
	horizon := beforeNext.Last
	if beforeAhead.Last.After(horizon) {
		horizon = beforeAhead.Last
	}
	b.eachMilestone(func(m *MilestoneRow) {
		of.known++
		if m.done() && b.Days.has(m.FinishedDate) {
			of.completed = append(of.completed, m)
		}
		if m.done() && b.Before.has(m.FinishedDate) {
			of.before.completed++
		}
		if m.openOn(b.Days.Last) {
			due := b.view.dueOn(m, b.Days.Last)
			switch {
			case b.Next.has(due):
				of.dueNext = append(of.dueNext, m)
			case !due.IsZero() && due.Before(b.Days.Last):
				of.overdue = append(of.overdue, m)
			}
			if m.Kind == MilestoneGoLive && (ahead.has(due) || ahead.has(m.expected())) {
				of.goLives = append(of.goLives, m)
				if m.atRisk() {
					of.now.goLivesAtRisk++
				}
			}
		}
		// What never moved later was due then on the same day or after it.
		if m.openOn(before) && (m.SlipCount > 0 || !m.TargetDate.After(horizon)) {
			due := b.view.dueOn(m, before)
			switch {
			case beforeNext.has(due):
				of.before.dueNext++
			case !due.IsZero() && due.Before(before):
				of.before.overdue++
			}
			if m.Kind == MilestoneGoLive && beforeAhead.has(due) {
				of.before.goLives++
			}
		}
	})
	of.now.completed, of.now.dueNext = len(of.completed), len(of.dueNext)
	of.now.overdue, of.now.goLives = len(of.overdue), len(of.goLives)
}

// goLiveWindow are the days in which go-lives lie ahead of a day.
func goLiveWindow(day Date) *BriefingDays { return &BriefingDays{day, day.AddDays(GoLiveDays)} }

// openOn reports whether a milestone was neither done nor cancelled at the end
// of a day, by what is known now.
func (m *MilestoneRow) openOn(day Date) bool {
	if m.StatusCategory == StatusCancelled {
		return false
	}
	return !m.done() || m.FinishedDate.After(day)
}

// atRisk reports whether something speaks against the date of a milestone.
func (m *MilestoneRow) atRisk() bool {
	return m.Health.Overall == HealthRed || m.Health.Overall == HealthYellow
}

// dueOn is a milestone's target date as it stood at the end of a day: moves
// after that day are taken back. A date that a person or another field says in
// place of the tool's own due date has no moves.
func (v *View) dueOn(m *MilestoneRow, day Date) Date {
	if !day.Before(v.snap.Today()) {
		return m.TargetDate // nothing has moved since
	}
	doc, ok := v.snap.Document(Key{KindMilestone, m.ID})
	if !ok {
		return m.TargetDate
	}
	f := doc.Doc.(*MilestoneFact)
	if f.Due != m.TargetDate {
		return m.TargetDate
	}
	for i := range f.History.Moves {
		if move := &f.History.Moves[i]; move.On.After(day) {
			return move.From
		}
	}
	return m.TargetDate
}

// byWeight lists go-lives first, then key milestones, each by a date.
func byWeight(date MilestoneOrderField) []*MilestoneOrder {
	heavy := Descending
	return []*MilestoneOrder{{Field: MilestoneByKind, Direction: &heavy}, {Field: date}}
}

func (b *Briefing) milestoneList(list string, rows []*MilestoneRow, order []*MilestoneOrder, first *int, after *string) (*MilestoneConnection, error) {
	return b.view.milestonesIn(b.scope(list), [][]*MilestoneRow{rows}, nil, order, b.page(first, after))
}

// Completed are the milestones that were finished in the days, go-lives first,
// then key milestones.
func (b *Briefing) Completed(first *int, after *string) (*MilestoneConnection, error) {
	return b.milestoneList("completed", b.milestones.completed, byWeight(MilestoneByFinishedDate), first, after)
}

// DueNext are the unfinished milestones that are due in the days to come,
// go-lives first, then key milestones.
func (b *Briefing) DueNext(first *int, after *string) (*MilestoneConnection, error) {
	return b.milestoneList("due next", b.milestones.dueNext, byWeight(MilestoneByTargetDate), first, after)
}

// Overdue are the unfinished milestones that were due earlier, go-lives first,
// then key milestones, those that are longest overdue before others.
func (b *Briefing) Overdue(first *int, after *string) (*MilestoneConnection, error) {
	return b.milestoneList("overdue", b.milestones.overdue, byWeight(MilestoneByTargetDate), first, after)
}

// GoLivesAhead are the unfinished go-lives that are due or expected in the next
// GoLiveDays days, by date.
func (b *Briefing) GoLivesAhead(first *int, after *string) (*MilestoneConnection, error) {
	return b.milestoneList("go-lives", b.milestones.goLives, []*MilestoneOrder{{Field: MilestoneByTargetDate}}, first, after)
}
