package portfolio

import (
	"slices"
	"strings"
)

// summariseProjects computes what fresh projects draw from their milestones.
func (b *builder) summariseProjects() {
	inPieces(len(b.projects.round), func(from, to int) {
		for _, p := range b.projects.round[from:to] {
			if p.now != nil {
				b.summarise(p.now)
			}
		}
	})
}

// summarise sets the go-live of a project, the milestone whose
// slip is the project's, and the dates that only milestones tell.
func (b *builder) summarise(row *ProjectRow) {
	row.goLives = nil
	row.GoLiveID, row.SlipFromID, row.SlipDays = "", "", nil
	row.TargetDate, row.BaselineDate, row.ForecastDate = row.own.target, row.own.baseline, row.own.forecast
	var nextGoLive, lastGoLive, latest *MilestoneRow
	milestones := b.milestonesOf(row.ID)
	row.milestoneCount = len(milestones)
	for _, m := range milestones {
		if m.Presence != PresencePresent || m.StatusCategory == StatusCancelled {
			continue
		}
		if m.Kind == MilestoneGoLive {
			if !m.done() && nextGoLive == nil {
				nextGoLive = m
			}
			if !m.done() && !m.TargetDate.IsZero() {
				row.goLives = append(row.goLives, goLive{m.ID, m.TargetDate})
			}
			if m.done() && (lastGoLive == nil || !m.FinishedDate.Before(lastGoLive.FinishedDate)) {
				lastGoLive = m
			}
		}
		if !m.expected().IsZero() && (latest == nil || !m.expected().Before(latest.expected())) {
			latest = m
		}
	}
	slipFrom := latest
	switch {
	case nextGoLive != nil:
		row.GoLiveID, slipFrom = nextGoLive.ID, nextGoLive
	case lastGoLive != nil:
		row.GoLiveID = lastGoLive.ID
	}
	if slipFrom == nil {
		if !row.BaselineDate.IsZero() && !row.expected().IsZero() {
			row.SlipDays = dayCount(row.expected().DaysSince(row.BaselineDate))
		}
	} else {
		row.SlipFromID, row.SlipDays = slipFrom.ID, slipFrom.SlipDays
		if row.TargetDate.IsZero() {
			row.TargetDate = slipFrom.TargetDate
			fillDate(&row.ForecastDate, slipFrom.ForecastDate)
			fillDate(&row.BaselineDate, slipFrom.BaselineDate)
		}
	}
	row.ForecastDate = row.expected()
}

// led are all ids that lead to a project; other records may name any of them.
// None leads to a row that is not there.
func (p *ProjectRow) led() []string {
	if p == nil {
		return nil
	}
	if len(p.Redirects) == 0 {
		return p.Members
	}
	return append(slices.Clip(p.Members), p.Redirects...)
}

// expected is when a project ends or ended, as far as anybody said.
func (p *ProjectRow) expected() Date {
	switch {
	case !p.FinishedDate.IsZero():
		return p.FinishedDate
	case !p.ForecastDate.IsZero():
		return p.ForecastDate
	}
	return p.TargetDate
}

// compareByTarget orders milestones by target date, those without one last.
func compareByTarget(a, b *MilestoneRow) int {
	if a.TargetDate.IsZero() != b.TargetDate.IsZero() {
		if b.TargetDate.IsZero() {
			return -1
		}
		return 1
	}
	if c := a.TargetDate.Compare(b.TargetDate); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}
