package portfolio

// healthPoints is how many days a briefing looks back at health, a period
// apart.
const healthPoints = 12

// briefedTurns are the projects whose health turned, by what was observed at
// the close of days.
type briefedTurns struct {
	newlyRed, recovered             []*ProjectRow
	redBefore, recoveredBefore      int
	reason, reasonBefore            *Reason
	health, healthBefore            *BriefingHealth
	healthReason, healthUnknownThen *Reason
}

// BriefingHealth is how many of the projects that were neither over nor gone
// had which health at the close of a day.
type BriefingHealth struct {
	// On is the day: one that was observed, or today.
	On                          Date
	Green, Yellow, Red, Unknown int
	disagreeing                 int
}

func (h *BriefingHealth) count(overall Health, disagrees bool) {
	switch overall {
	case HealthGreen:
		h.Green++
	case HealthYellow:
		h.Yellow++
	case HealthRed:
		h.Red++
	default:
		h.Unknown++
	}
	if disagrees {
		h.disagreeing++
	}
}

// lookAtTurns finds the projects that turned in the days, and in those before.
func (b *Briefing) lookAtTurns() {
	of := &b.turns
	days := func(d *BriefingDays) Span { return Span{PeriodDay, d.First, d.Last} }
	ofBriefing := func(turns HealthTurns) (rows []*ProjectRow) {
		for i := range turns.Turns {
			if row := turns.Turns[i].Project.ProjectRow; b.within.sees(row) {
				rows = append(rows, row)
			}
		}
		return rows
	}
	red, recovered := b.view.NewlyRed(days(b.Days)), b.view.Recovered(days(b.Days))
	of.newlyRed, of.recovered, of.reason = ofBriefing(red), ofBriefing(recovered), red.Reason
	red, recovered = b.view.NewlyRed(days(b.Before)), b.view.Recovered(days(b.Before))
	of.redBefore, of.recoveredBefore, of.reasonBefore = len(ofBriefing(red)), len(ofBriefing(recovered)), red.Reason
	of.health, of.healthReason = b.healthOn(b.Days.Last)
	of.healthBefore, of.healthUnknownThen = b.healthOn(b.Before.Last)
}

// healthOn is how projects stood at the close of the last observed day that is
// not after a day, or how they stand now when the day is today.
func (b *Briefing) healthOn(day Date) (*BriefingHealth, *Reason) {
	if day == b.view.snap.Today() {
		h := &BriefingHealth{On: day}
		b.eachProject(func(p *ProjectRow) {
			if p.active() {
				h.count(p.Health.Overall, p.Health.Disagreement)
			}
		})
		return h, nil
	}
	on := b.view.until(day)
	if on.IsZero() {
		return nil, b.view.unobserved(day)
	}
	o := b.view.observed()
	h, n := &BriefingHealth{On: on}, o.dayNumber(on)
	b.eachProject(func(p *ProjectRow) {
		place, known := o.index[p.ID]
		if !known || valueOf(presenceCodes, o.presence.at(int(place), n, noCode)) != PresencePresent {
			return
		}
		if phase := valueOf(phaseCodes, o.phase.at(int(place), n, noCode)); phase == PhaseDone || phase == PhaseCancelled {
			return
		}
		reported, computed := o.health(&o.reported, int(place), n), o.health(&o.computed, int(place), n)
		h.count(o.health(&o.overall, int(place), n), badness(reported) > 0 && badness(computed) > badness(reported))
	})
	return h, nil
}

// Health is how projects stood at the close of the last day, and of the days a
// period apart before it, the earliest first. Days by which nobody had observed
// anything are left out.
func (b *Briefing) Health() []*BriefingHealth {
	found := make([]*BriefingHealth, healthPoints)
	concurrently(healthPoints, func(i int) { found[i], _ = b.healthOn(b.Period.later(b.Days.Last, i+1-healthPoints)) })
	points := []*BriefingHealth{}
	for _, h := range found {
		if h != nil && (len(points) == 0 || points[len(points)-1].On != h.On) {
			points = append(points, h)
		}
	}
	return points
}

// NewlyRed are the projects that are red at the end of the days and were not
// before them, the widest slip first.
func (b *Briefing) NewlyRed(first *int, after *string) (*ProjectConnection, error) {
	return b.projectList("newly red", b.turns.newlyRed, first, after)
}

// Recovered are the projects that were red before the days and are green or
// yellow at their end.
func (b *Briefing) Recovered(first *int, after *string) (*ProjectConnection, error) {
	return b.projectList("recovered", b.turns.recovered, first, after)
}

// healthCounts are the counts of the headline that follow from what was
// observed.
func (b *Briefing) healthCounts() []*BriefingCount {
	of := &b.turns
	stood := func(measure BriefingMeasure, n func(*BriefingHealth) int) *BriefingCount {
		c := &BriefingCount{Measure: measure, Reason: of.healthUnknownThen}
		if of.health != nil {
			now := n(of.health)
			c.Now = &now
		} else {
			c.Reason = of.healthReason
		}
		if of.healthBefore != nil {
			before := n(of.healthBefore)
			c.Before = &before
		}
		return c
	}
	turned := func(measure BriefingMeasure, now, before int) *BriefingCount {
		c := &BriefingCount{Measure: measure, Reason: of.reasonBefore}
		if of.reason == nil {
			c.Now = &now
		} else {
			c.Reason = of.reason
		}
		if of.reasonBefore == nil {
			c.Before = &before
		}
		return c
	}
	return []*BriefingCount{
		stood(MeasureRed, func(h *BriefingHealth) int { return h.Red }),
		stood(MeasureDisagreeing, func(h *BriefingHealth) int { return h.disagreeing }),
		turned(MeasureNewlyRed, len(of.newlyRed), of.redBefore),
		turned(MeasureRecovered, len(of.recovered), of.recoveredBefore),
	}
}
