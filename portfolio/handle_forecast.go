package portfolio

import (
	"fmt"

	"plumbline/portfolio/scoring"
)

// ForecastMethod says what a forecast is made from.
type ForecastMethod string

// ForecastByMilestones counts the milestones that were finished in each week.
const ForecastByMilestones ForecastMethod = "FINISHED_MILESTONES"

// forecastWeeks is how many weeks a forecast looks back at most: what is longer
// ago was another team.
const forecastWeeks = 26

// A CompletionForecast is when a project will have done what is left, if it
// goes on as in the last weeks.
type CompletionForecast struct {
	Method ForecastMethod
	// Samples are how many were finished in each week, the earliest first.
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
	all := f.observe(p.view.snap.milestonesOf(p.ProjectRow.ID), p.StartDate, today)
	if all == 0 {
		f.Reason = &Reason{Code: "NO_MILESTONES", Message: "The project has no milestones whose end could be foreseen."}
		return f
	}
	f.foresee(today)
	return f
}

// observe counts what is left and what was finished in each whole week before
// today, and returns how many milestones there are. The weeks begin with the
// project, else with what it finished first: before that nothing could be.
func (f *CompletionForecast) observe(milestones []*MilestoneRow, start, today Date) int {
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
