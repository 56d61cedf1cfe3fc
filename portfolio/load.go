package portfolio

import (
	"fmt"
	"slices"
)

// The load of people is computed by sweeping over the days on which something
// begins or ends. Between two of them nothing changes, so a year costs as
// little as a week.

// MaxLoadDays is how long a span may be of which a load is asked.
const MaxLoadDays = 3660

// ReasonNoCapacity is the code of a load of people who cannot work at all.
const ReasonNoCapacity = "NO_CAPACITY"

// ReasonNoWorkingDays is the code of a load in a span without a working day.
const ReasonNoWorkingDays = "NO_WORKING_DAYS"

// A stretch is some days, of which some are working days, on which what
// somebody has to do and can do stays the same.
type stretch struct {
	from, to  Date
	days      int     // working days, at least one
	allocated float64 // of full time
	capacity  float64
	active    []*AssignmentRow // by key
}

// over reports whether more has to be done than a threshold allows of what can
// be done.
func (s *stretch) over(threshold float64) bool {
	return s.allocated > rounded(threshold*s.capacity)
}

// stretches cuts the span into the stretches of a worker, the earliest first,
// without those in which nobody works.
func (s *Snapshot) stretches(w *worker, from, to Date) []stretch {
	cuts := []Date{from, to.AddDays(1)}
	cut := func(begins, ends Date) {
		if begins.After(from) && !begins.After(to) {
			cuts = append(cuts, begins)
		}
		if !ends.IsZero() && !ends.Before(from) && ends.Before(to) {
			cuts = append(cuts, ends.AddDays(1))
		}
	}
	for _, e := range w.engagements {
		if e.idle == "" {
			cut(e.from, e.to)
		}
	}
	for _, c := range w.capacities {
		cut(c.From, c.To)
	}
	slices.SortFunc(cuts, Date.Compare)
	cuts = slices.Compact(cuts)
	var all []stretch
	for i := range len(cuts) - 1 {
		part := stretch{from: cuts[i], to: cuts[i+1].AddDays(-1), capacity: w.capacity(cuts[i])}
		if part.days = s.workingDays(part.from, part.to); part.days == 0 {
			continue
		}
		for _, e := range w.engagements {
			if e.idle == "" && e.covers(part.from) {
				part.allocated += e.fact.Allocation.InexactFloat64()
				part.active = append(part.active, e)
			}
		}
		part.allocated = rounded(part.allocated)
		all = append(all, part)
	}
	return all
}

// capacity is how much of full time somebody can work on a day: the smallest of
// what holds then, all of it when nothing does.
func (w *worker) capacity(on Date) float64 {
	share := 1.0
	for _, c := range w.capacities {
		if !on.Before(c.From) && (c.To.IsZero() || !on.After(c.To)) {
			share = min(share, c.Share.InexactFloat64())
		}
	}
	return rounded(share)
}

// workingDays counts the working days of a span, both ends included.
func (s *Snapshot) workingDays(from, to Date) int {
	working := s.plan.workingDays(from, to)
	if s.plan.workingDay(from) {
		working++
	}
	return working
}

// A WorkLoad is how much people have to do, against what they can do. Both are
// counted in days of full-time work.
type WorkLoad struct {
	From, To    Date
	WorkingDays int
	people      int
	// reason is why there are no figures for the caller.
	reason    *Reason
	allocated float64
	capacity  float64
	peak      float64
	peaked    bool // whether there was a day with capacity
	over      int
}

var reasonLoadScope = &Reason{Code: ReasonScope, Message: "It also follows from work that this key may not see."}

// checkSpan refuses a span that is none, or that is too long.
func checkSpan(from, to Date) error {
	switch {
	case from.IsZero() || to.IsZero():
		return fmt.Errorf("%w: the span needs both a first and a last day", ErrInvalid)
	case to.Before(from):
		return fmt.Errorf("%w: the span ends on %s, before it begins on %s", ErrInvalid, to, from)
	case to.DaysSince(from) >= MaxLoadDays:
		return fmt.Errorf("%w: the span from %s to %s has %d days; at most %d are looked at", ErrInvalid, from, to, to.DaysSince(from)+1, MaxLoadDays)
	}
	return nil
}

// load adds up the stretches of workers. A caller who may not see one of them,
// or some of what they do in that time, is told so and nothing else.
func (v *View) load(workers []*worker, from, to Date) (*WorkLoad, error) {
	if err := checkSpan(from, to); err != nil {
		return nil, err
	}
	l := &WorkLoad{From: from, To: to, WorkingDays: v.snap.workingDays(from, to), people: len(workers)}
	for _, w := range workers {
		if !v.seesWorker(*w) || !v.seesWorkOf(w, from, to) {
			l.reason = reasonLoadScope
			return l, nil
		}
		for _, part := range v.snap.stretches(w, from, to) {
			days := float64(part.days)
			l.allocated += days * part.allocated
			l.capacity += days * part.capacity
			if part.over(1) {
				l.over += part.days
			}
			if part.capacity > 0 {
				l.peak, l.peaked = max(l.peak, part.allocated/part.capacity), true
			}
		}
	}
	return l, nil
}

// seesWorkOf reports whether the caller may see everything that somebody does
// in a span.
func (v *View) seesWorkOf(w *worker, from, to Date) bool {
	return !slices.ContainsFunc(w.engagements, func(e *AssignmentRow) bool {
		return e.idle == "" && !e.from.After(to) && (e.to.IsZero() || !e.to.Before(from)) && !v.seesEngagement(e)
	})
}

// Load is the days that are allocated, divided by those that can be worked; nil
// is explained by LoadReason.
func (l *WorkLoad) Load() *float64 {
	if l.LoadReason() != nil {
		return nil
	}
	load := rounded(l.allocated / l.capacity)
	return &load
}

// LoadReason says why there is no load.
func (l *WorkLoad) LoadReason() *Reason {
	switch {
	case l.reason != nil:
		return l.reason
	case l.people == 0:
		return &Reason{Code: ReasonNoCapacity, Message: "Nobody belongs here. A person's department is recorded with their identity."}
	case l.WorkingDays == 0:
		return &Reason{Code: ReasonNoWorkingDays, Message: "The span has no working day."}
	case l.capacity == 0:
		return &Reason{Code: ReasonNoCapacity, Message: "Whom it is about cannot work in that time, as their capacity says."}
	}
	return nil
}

// People counts the people whom it is about.
func (l *WorkLoad) People() *int {
	if l.reason != nil {
		return nil
	}
	return &l.people
}

// AllocatedDays are the days of full-time work that are allocated; nil when the
// caller may not see all of it.
func (l *WorkLoad) AllocatedDays() *float64 { return l.figure(l.allocated) }

// CapacityDays are the days of full-time work that can be done.
func (l *WorkLoad) CapacityDays() *float64 { return l.figure(l.capacity) }

func (l *WorkLoad) figure(f float64) *float64 {
	if l.reason != nil {
		return nil
	}
	f = rounded(f)
	return &f
}

// Peak is the highest load of one person on one working day on which they can
// work.
func (l *WorkLoad) Peak() *float64 {
	if !l.peaked {
		return nil
	}
	return l.figure(l.peak)
}

// OverAllocatedDays counts the working days on which somebody has more to do
// than they can; of several people the days of each.
func (l *WorkLoad) OverAllocatedDays() *int {
	if l.reason != nil {
		return nil
	}
	return &l.over
}

// Load is how much the person has to do in a span, with all their accounts.
func (p *Person) Load(from, to Date) (*WorkLoad, error) {
	return p.view.loadOf(p.view.snap.workerOfAccount(p.PersonRow), from, to)
}

// Load is how much the person has to do in a span.
func (i *Identity) Load(from, to Date) (*WorkLoad, error) {
	return i.view.loadOf(workerOfIdentity(i.IdentityRow), from, to)
}

func (v *View) loadOf(who worker, from, to Date) (*WorkLoad, error) {
	return v.load([]*worker{v.snap.work().of(who)}, from, to)
}

// Load is how much the people of the department have to do in a span: those
// whose identity names it, or one below it.
func (d *Department) Load(from, to Date, below *bool) (*WorkLoad, error) {
	divisions := map[string]bool{d.DepartmentRow.ID: true}
	if below == nil || *below {
		divisions = d.view.snap.divisionsUnder([]string{d.DepartmentRow.ID})
	}
	var workers []*worker
	work := d.view.snap.work()
	for i := range d.view.snap.Identities() {
		if divisions[i.DepartmentID] {
			workers = append(workers, work.of(workerOfIdentity(i)))
		}
	}
	return d.view.load(workers, from, to)
}

// workerName is what somebody who works is called, as far as the caller may
// see it.
func (v *View) workerName(w *worker) string {
	if i := v.identity(w.identity); i != nil {
		return i.Name()
	}
	if p := v.person(w.person); p != nil {
		return p.Name()
	}
	return w.reference
}
