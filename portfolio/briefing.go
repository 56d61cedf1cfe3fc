package portfolio

import (
	"fmt"
	"slices"
	"time"
)

const (
	// BriefingLength is how long a list of a briefing is when nobody says.
	BriefingLength = 10
	// GoLiveDays is how many days a briefing looks ahead for go-lives.
	GoLiveDays = 90
)

// A Briefing is what happened in the days up to one day, what comes next and
// what is at risk, of the whole portfolio or of a department with those below
// it, as one caller sees it.
//
// Its days roll: a week is the seven days that end on the day, not the week of
// the calendar, of which on a Monday nothing would be over yet. So the days
// before it are as many, and every count can be compared with theirs.
type Briefing struct {
	Period Period
	Days   *BriefingDays
	// Before are as many days before Days.
	Before *BriefingDays
	// Next are as many days to come, with the last of Days in front: what is due
	// that day may still be done.
	Next *BriefingDays

	view       *View
	department string
	// within sees what the briefing is of, and perhaps more than the caller: it
	// only tells what belongs to the department.
	within     *View
	milestones briefedMilestones
	projects   briefedProjects
	kpis       briefedKPIs
	risks      briefedRisks
	decisions  briefedDecisions
	wins       briefedWins
	turns      briefedTurns
}

// BriefingDays are days one after the other.
type BriefingDays struct{ First, Last Date }

// has reports whether a day is one of them; no date is not.
func (d *BriefingDays) has(day Date) bool {
	return !day.IsZero() && !day.Before(d.First) && !day.After(d.Last)
}

// Briefing returns the briefing of the period that ends on a day, of today for
// the zero Date, by default of a week. What is not of the department with this
// slug or of those below it is left out; "" leaves nothing out. It is nil for
// whoever has no role, and before the first day.
func (v *View) Briefing(period *Period, department *string, on Date) (*Briefing, error) {
	today := v.snap.Today()
	if !v.seesStrategies() || today.IsZero() {
		return nil, nil
	}
	if on.IsZero() {
		on = today
	}
	if on.After(today) {
		return nil, fmt.Errorf("%w: on is %s, which is to come: a briefing is of days up to today, %s", ErrInvalid, on, today)
	}
	b := &Briefing{Period: PeriodWeek, view: v, within: v}
	if period != nil {
		b.Period = *period
	}
	if b.Period.later(on, -2).Before(NewDate(1, time.January, 1)) {
		return nil, fmt.Errorf("%w: on is %s, before which there are not days enough to compare with", ErrInvalid, on)
	}
	b.Days = &BriefingDays{b.Period.later(on, -1).AddDays(1), on}
	b.Before = &BriefingDays{b.Period.later(on, -2).AddDays(1), b.Days.First.AddDays(-1)}
	b.Next = &BriefingDays{on, b.Period.later(on, 1)}
	if department != nil && *department != "" {
		if v.department(*department) == nil {
			return nil, fmt.Errorf("%w: no department has the key %q", ErrNotFound, *department)
		}
		b.department = *department
		b.within = v.snap.View(Caller{Name: v.caller.Name, Role: v.caller.Role, Departments: []string{*department}})
	}
	// Each writes what it finds to a place of its own.
	together(b.lookAtMilestones, b.lookAtTurns, b.lookAtRisks, b.lookAtProjects, b.lookAtKPIs, b.lookAtDecisions, b.lookAtWins)
	return b, nil
}

// later is the day that many periods after a day, or before it.
func (p Period) later(d Date, periods int) Date {
	switch p {
	case PeriodDay:
		return d.AddDays(periods)
	case PeriodWeek:
		return d.AddDays(7 * periods)
	}
	return d.AddMonths(p.months() * periods)
}

// Department is what it is of; nil when it is of everything that the caller
// sees.
func (b *Briefing) Department() *Department { return b.view.department(b.department) }

// whole reports whether it is of the whole portfolio.
func (b *Briefing) whole() bool { return !b.within.limited() }

// now reports whether it ends today, so that what is known of today alone can
// be told.
func (b *Briefing) now() bool { return b.Days.Last == b.view.snap.Today() }

// scope names a list of the briefing, for its cursors.
func (b *Briefing) scope(list string) string {
	return fmt.Sprintf("briefing %s of %q, %s, %s", list, b.department, b.Period, b.Days.Last)
}

// page asks for a part of a list of the briefing.
func (b *Briefing) page(first *int, after *string) PageRequest {
	if first == nil {
		first = new(int)
		*first = BriefingLength
	}
	return pageRequest(first, after, nil, nil)
}

// seesProject reports whether a project is of the briefing.
func (b *Briefing) seesProject(p *ProjectRow) bool { return b.within.sees(p) && b.view.sees(p) }

// divisions are the departments that a briefing of a part is of, sorted.
func (b *Briefing) divisions() []string {
	var slugs []string
	for slug := range b.within.divisions {
		if !b.view.limited() || b.view.divisions[slug] {
			slugs = append(slugs, slug)
		}
	}
	slices.Sort(slugs)
	return slugs
}
