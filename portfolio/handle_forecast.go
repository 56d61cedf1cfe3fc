package portfolio

import (
	"fmt"
	"slices"

	"plumbline/portfolio/scoring"
)

// ForecastMethod says what a forecast is made from.
type ForecastMethod string

// The values of ForecastMethod.
const (
	// ForecastByWork counts the work items that were observed to be done in
	// each week.
	ForecastByWork ForecastMethod = "OBSERVED_WORK"
	// ForecastByMilestones counts the milestones that were finished in each
	// week.
	ForecastByMilestones ForecastMethod = "FINISHED_MILESTONES"
)

// forecastWeeks is how many weeks a forecast looks back at most: what is longer
// ago was another team.
const forecastWeeks = 26

// A CompletionForecast is when a project will have done what is left, if it
// goes on as in the last weeks.
type CompletionForecast struct {
	Method ForecastMethod
	// Samples are how many, by the method, were done in each week, the earliest
	// first.
	Samples []int
	// From and To are the first and the last day of these weeks; zero without
	// any.
	From, To  Date
	Remaining int
	// P50, P80 and P95 are the days by which it is done with that probability.
	P50, P80, P95 Date
	Target        Date
	OnTarget      *float64
	// Reason says why dates or the probability are missing.
	Reason *Reason
}

// Forecast is when the project will be done, and the probability that it is by
// the target, its own without another.
func (p *Project) Forecast(target *Date) *CompletionForecast {
	f := &CompletionForecast{Method: ForecastByMilestones, Samples: []int{}, Target: p.TargetDate}
	if target != nil {
		f.Target = *target
	}
	today := p.view.snap.Today()
	switch {
	case today.IsZero():
		f.Reason = reasonNoDay
		return f
	case !p.FinishedDate.IsZero() || p.Phase == PhaseDone || p.Phase == PhaseCancelled:
		f.Reason = &Reason{Code: "PROJECT_OVER", Message: "The project is over."}
		return f
	}
	if !f.observeWork(p.view.snap, p.ProjectRow, today) {
		f.Method = ForecastByMilestones
		if all := f.observeMilestones(p.view.snap.milestonesOf(p.ProjectRow.ID), p.StartDate, today); all == 0 {
			f.Reason = &Reason{Code: "NO_MILESTONES", Message: "The project has no milestones whose end could be foreseen."}
			return f
		}
	}
	f.foresee(today)
	return f
}

// observeWork counts the work items that are left and those that were done in
// each whole week before today, by what was observed at the weeks' ends. It
// reports false where that does not tell enough: a week was not observed, fewer
// weeks were than a forecast takes, or a milestone that is still open does not
// count its work.
func (f *CompletionForecast) observeWork(s *Snapshot, project *ProjectRow, today Date) bool {
	for _, m := range s.milestonesOf(project.ID) {
		if m.Presence == PresencePresent && m.StatusCategory != StatusCancelled && !m.done() && m.Work == nil {
			return false
		}
	}
	now := s.observe(project)
	if now.WorkTotal == nil {
		return false
	}
	this := SpanOf(PeriodWeek, today)
	ends := this.First.AddDays(-1)
	var samples []int
	later, known := s.observed.workBy(project.ID, ends)
	for known && len(samples) < forecastWeeks {
		earlier, before := s.observed.workBy(project.ID, ends.AddDays(-7*(len(samples)+1)))
		if !before {
			break
		}
		samples = append(samples, max(0, later-earlier)) // work that was taken off the list was not done
		later = earlier
	}
	if len(samples) < scoring.MinSamples {
		return false
	}
	slices.Reverse(samples)
	f.Method, f.Samples, f.Remaining = ForecastByWork, samples, *now.WorkTotal-*now.WorkDone
	f.From, f.To = this.First.AddDays(-7*len(samples)), ends
	return true
}

// workBy is how much of a project's work was done at the close of a day that
// was observed.
func (o *Observed) workBy(project string, on Date) (int, bool) {
	if !o.saw(on) {
		return 0, false
	}
	was, there := o.At(project, on)
	if !there || was.WorkDone == nil {
		return 0, false
	}
	return *was.WorkDone, true
}

// observeMilestones counts what is left and what was finished in each whole week before
// today, and returns how many milestones there are. The weeks begin with the
// project, else with what it finished first: before that nothing could be.
func (f *CompletionForecast) observeMilestones(milestones []*MilestoneRow, start, today Date) int {
	this := SpanOf(PeriodWeek, today)
	var finished []Date
	all, first := 0, start
	for _, m := range milestones {
		if m.Presence != PresencePresent || m.StatusCategory == StatusCancelled {
			continue
		}
		all++
		switch {
		case !m.done():
			f.Remaining++
		case !m.FinishedDate.IsZero():
			finished = append(finished, m.FinishedDate)
			first = sooner(first, m.FinishedDate)
		}
	}
	if first.IsZero() || !first.Before(this.First) {
		return all
	}
	f.From, f.To = SpanOf(PeriodWeek, first).First, this.First.AddDays(-1)
	if earliest := this.First.AddDays(-7 * forecastWeeks); f.From.Before(earliest) {
		f.From = earliest
	}
	f.Samples = make([]int, this.First.DaysSince(f.From)/7)
	for _, on := range finished {
		if !on.Before(f.From) && !on.After(f.To) {
			f.Samples[on.DaysSince(f.From)/7]++
		}
	}
	return all
}

// foresee computes the dates from the samples.
func (f *CompletionForecast) foresee(today Date) {
	weeks := -1
	if !f.Target.IsZero() {
		weeks = max(-1, floorWeeks(f.Target.DaysSince(today)))
	}
	c := scoring.ForecastCompletion(f.Samples, f.Remaining, weeks)
	after := func(weeks *int) Date {
		if weeks == nil {
			return Date{}
		}
		return today.AddDays(7 * *weeks)
	}
	f.P50, f.P80, f.P95, f.OnTarget = after(c.P50), after(c.P80), after(c.P95), c.OnTarget
	if c.Code != "" {
		f.Reason = &Reason{Code: string(c.Code), Message: forecastReasons[c.Code]}
	}
	switch {
	case f.Target.IsZero() && f.Reason == nil:
		f.Reason = &Reason{Code: "NO_TARGET", Message: "There is no target date whose probability could be told."}
	case !f.Target.IsZero() && weeks < 0 && f.Remaining > 0 && f.OnTarget == nil && c.P50 != nil:
		f.OnTarget = new(float64) // it is past
	}
}

// floorWeeks is how many whole weeks some days have; negative when they do.
func floorWeeks(days int) int {
	if days < 0 {
		return -1
	}
	return days / 7
}

var forecastReasons = map[scoring.Code]string{
	scoring.TooFewSamples:   fmt.Sprintf("Fewer than %d whole weeks have passed since the project began; chance would tell anything.", scoring.MinSamples),
	scoring.NothingFinished: "In none of the weeks a milestone was finished.",
	scoring.TooFar:          "At this speed it takes more than ten years.",
	scoring.TooMuchLeft:     "Too much is left to do for a forecast.",
}
