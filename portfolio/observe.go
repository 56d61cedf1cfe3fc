package portfolio

import (
	"cmp"
	"math"
	"slices"
)

// Observed is the history that the snapshot carries, nil for none. It may have
// days that the snapshot's own day has not reached: see View.
func (s *Snapshot) Observed() *Observed { return s.observed }

// WithObserved returns the same snapshot with another history: the one that
// was read from the store, or, for a past snapshot, the newest there is.
func (s *Snapshot) WithObserved(o *Observed) *Snapshot {
	next := *s
	next.observed = o
	return &next
}

// observedBefore returns the last day before today that was observed.
func (s *Snapshot) observedBefore() Date { return s.observed.lastDay(s.today.AddDays(-1)) }

// Observe returns the documents that say what each project is at the close of
// the snapshot's day: what differs from the last observation before, all of it
// in the first one of a month, and while that last one is not known. It does
// not look at today's own, so that making one again gives the same. Before the
// first day there is nothing to observe.
func (s *Snapshot) Observe() []*ObservationFact {
	if s.today.IsZero() {
		return nil
	}
	before := s.observedBefore()
	whole := before.IsZero() || s.observed.Pending() || !sameMonth(before, s.today)
	var projects []ObservedProject
	for p := range s.Projects() {
		now := s.observe(p)
		var was Observation
		there := false
		if !whole {
			was, there = s.observed.At(p.ID, before)
		}
		if !there {
			projects = append(projects, now.changes(p.ID, nil))
		} else if !now.same(&was) {
			projects = append(projects, now.changes(p.ID, &was))
		}
	}
	if !whole {
		for _, id := range s.observed.goneSince(before, func(id string) bool { _, ok := s.projects.byID.get(id); return ok }) {
			projects = append(projects, ObservedProject{ID: id, Gone: true})
		}
		slices.SortFunc(projects, func(a, b ObservedProject) int { return cmp.Compare(a.ID, b.ID) })
	}
	parts := max(1, (len(projects)+ObservedProjects-1)/ObservedProjects) // a day without a change was observed too
	facts := make([]*ObservationFact, parts)
	for i := range facts {
		n := min(ObservedProjects, len(projects))
		facts[i] = &ObservationFact{Day: s.today, Part: i + 1, Parts: parts, Whole: whole, Of: s.at.Revision, Projects: projects[:n:n]}
		projects = projects[n:]
	}
	return facts
}

func sameMonth(a, b Date) bool {
	return SpanOf(PeriodMonth, a) == SpanOf(PeriodMonth, b)
}

// goneSince returns the ids of the projects that were there on a day and are
// not now, sorted.
func (o *Observed) goneSince(day Date, there func(id string) bool) []string {
	var gone []string
	d := o.dayNumber(day)
	for i, id := range o.ids {
		if o.presence.at(i, d, noCode) != noCode && !there(id) {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	return gone
}

// observe is what a project is now.
func (s *Snapshot) observe(p *ProjectRow) Observation {
	o := Observation{
		On:       s.today,
		Overall:  p.Health.Overall,
		Reported: p.Health.Reported,
		Computed: p.Health.Computed,
		Phase:    p.Phase,
		Presence: p.Presence,
		SlipDays: p.SlipDays,
		Forecast: p.ForecastDate,
		spent:    p.spent(),
	}
	if p.alignment != nil {
		o.Score = p.alignment.score
	}
	done, total := 0, 0
	for _, m := range s.milestonesOf(p.ID) {
		if m.Work == nil || m.Presence != PresencePresent || m.StatusCategory == StatusCancelled {
			continue
		}
		done += m.Work.Done
		total += m.Work.Todo + m.Work.InProgress + m.Work.Done
	}
	if total > 0 {
		// An answer holds no larger number.
		done, total = min(done, math.MaxInt32), min(total, math.MaxInt32)
		o.WorkDone, o.WorkTotal = &done, &total
	}
	return o
}

// same reports whether nothing but the day differs.
func (o *Observation) same(was *Observation) bool {
	c := o.changes("", was)
	return c.Overall == "" && c.Reported == "" && c.Computed == "" && c.Phase == "" && c.Presence == "" &&
		c.Score == nil && c.SlipDays == nil && c.Forecast.IsZero() && c.WorkDone == nil && c.WorkTotal == nil &&
		c.Spent == "" && len(c.Cleared) == 0
}

// changes says what is new since a former observation; everything when there
// is none.
func (o *Observation) changes(id string, was *Observation) ObservedProject {
	if was == nil {
		was = new(Observation)
	}
	c := ObservedProject{ID: id}
	differing(&c, "", &c.Overall, o.Overall, was.Overall)
	differing(&c, "", &c.Reported, o.Reported, was.Reported)
	differing(&c, "", &c.Computed, o.Computed, was.Computed)
	differing(&c, "phase", &c.Phase, o.Phase, was.Phase)
	differing(&c, "", &c.Presence, o.Presence, was.Presence)
	differingPointer(&c, "score", &c.Score, o.Score, was.Score)
	differingPointer(&c, "slipDays", &c.SlipDays, o.SlipDays, was.SlipDays)
	differing(&c, "forecast", &c.Forecast, o.Forecast, was.Forecast)
	differingPointer(&c, "workDone", &c.WorkDone, o.WorkDone, was.WorkDone)
	differingPointer(&c, "workTotal", &c.WorkTotal, o.WorkTotal, was.WorkTotal)
	differing(&c, "spent", &c.Spent, o.spent, was.spent)
	return c
}

func differing[T comparable](c *ObservedProject, name string, to *T, now, was T) {
	var none T
	switch {
	case now == was:
	case now == none && name != "":
		c.Cleared = append(c.Cleared, name)
	default:
		*to = now
	}
}

func differingPointer[T comparable](c *ObservedProject, name string, to **T, now, was *T) {
	switch {
	case now == nil && was == nil, now != nil && was != nil && *now == *was:
	case now == nil:
		c.Cleared = append(c.Cleared, name)
	default:
		*to = now
	}
}

// spent is the actual cost that is recorded of a project, as text; "" when
// there is none, or it is in several currencies that cannot be converted.
func (p *ProjectRow) spent() string {
	if p.costs == nil || p.costs.missing != nil {
		return ""
	}
	sum := p.costs.sum(actualOf)
	if sum == nil {
		return ""
	}
	return Money{*sum, p.costs.currency}.String()
}

// ObservedFrom is the first day whose observations must be read so that those
// of the last keep days are complete; 0 means DefaultObservedDays.
func ObservedFrom(today Date, keep int) Date {
	return SpanOf(PeriodMonth, today.AddDays(-cmp.Or(max(keep, 0), DefaultObservedDays))).First
}
