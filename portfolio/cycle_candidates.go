package portfolio

import (
	"cmp"
	"fmt"
	"slices"
)

// DefaultCandidates is how many candidates for quick wins are answered when
// nobody says.
const DefaultCandidates = 10

// Why a milestone may be a quick win.
const (
	codeFinishedAhead  = "FINISHED_AHEAD"
	codeFinishedOnTime = "FINISHED_ON_TIME"
	codeDueOnTime      = "DUE_ON_TIME"
	codeHighAlignment  = "HIGH_ALIGNMENT"
	codeKPIImproved    = "KPI_IMPROVED"
)

// A QuickWinCandidate is a milestone that may be worth telling as a quick win,
// and why.
type QuickWinCandidate struct {
	cycle     *Cycle
	milestone *MilestoneRow
	project   *ProjectRow
	ahead     int // days
	reasons   []*Reason
}

// QuickWinCandidates are milestones of the current cycle that no quick win
// names yet: finished in it ahead of their baseline or on it, or due in it and
// not expected later, of projects whose score is high among those that the
// caller may see, or with a KPI that improved in the cycle. Those with most
// reasons come first, what is finished before what is due, then those most
// days ahead; without a current cycle there are none.
func (v *View) QuickWinCandidates(first *int) ([]*QuickWinCandidate, error) {
	if first == nil {
		first = new(int)
		*first = DefaultCandidates
	}
	n, _, err := (PageRequest{First: first}).length(v.caller)
	if err != nil {
		return nil, err
	}
	found := []*QuickWinCandidate{}
	cycle := v.cycleOn(v.snap.today)
	if cycle == nil {
		return found, nil
	}
	s := &candidateSearch{cycle: cycle, high: v.highScore(), why: map[string][]*Reason{}, told: map[string]bool{}}
	for _, w := range cycle.wins() {
		if p := v.projectNamed(w.Project); p != nil && w.Milestone == "" && v.seesRecord(w) {
			s.told[p.ProjectRow.ID] = true
		}
	}
	for _, chunk := range v.snap.milestoneRows() {
		for _, m := range chunk {
			if c := s.candidate(m); c != nil {
				found = append(found, c)
			}
		}
	}
	slices.SortFunc(found, func(a, b *QuickWinCandidate) int {
		return cmp.Or(
			cmp.Compare(len(b.reasons), len(a.reasons)),
			-cmp.Compare(one(a.Finished()), one(b.Finished())),
			cmp.Compare(b.ahead, a.ahead),
			cmp.Compare(a.milestone.ID, b.milestone.ID),
		)
	})
	return found[:min(n, len(found))], nil
}

// one is 1 of what is so.
func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// A candidateSearch is what is known while milestones are looked at.
type candidateSearch struct {
	cycle *Cycle
	high  *float64             // the score from which it is high
	why   map[string][]*Reason // by project; of those that were looked at
	told  map[string]bool      // projects of which a quick win without a milestone tells
}

// candidate is nil of a milestone that is none.
func (s *candidateSearch) candidate(m *MilestoneRow) *QuickWinCandidate {
	own, ahead := s.achievement(m)
	if own == nil {
		return nil
	}
	v := s.cycle.view
	p, ok := v.snap.Project(m.ProjectID)
	if !ok || !v.sees(p) || p.Presence != PresencePresent || p.Phase == PhaseCancelled || s.told[p.ID] {
		return nil
	}
	for _, w := range recordsFoundBy[QuickWinFact](v.snap, KindQuickWin, v.snap.milestoneWords(v.snap.ContinuedMilestone(m))...) {
		if v.seesRecord(w) {
			return nil
		}
	}
	why, known := s.why[p.ID]
	if !known {
		why = s.projectReasons(p)
		s.why[p.ID] = why
	}
	if len(why) == 0 {
		return nil
	}
	return &QuickWinCandidate{s.cycle, m, p, ahead, append([]*Reason{own}, why...)}
}

// achievement says why a milestone by itself may be a quick win, and how many
// days it is ahead of its baseline; nil when it may not. Without a baseline
// nobody knows.
func (s *candidateSearch) achievement(m *MilestoneRow) (*Reason, int) {
	if m.Presence != PresencePresent || m.SlipDays == nil || *m.SlipDays > 0 {
		return nil, 0
	}
	ahead, today := -*m.SlipDays, s.cycle.view.snap.today
	switch {
	case m.done():
		if !s.cycle.holds(m.FinishedDate) || m.FinishedDate.After(today) {
			return nil, 0
		}
		if ahead == 0 {
			return &Reason{Code: codeFinishedOnTime, Message: fmt.Sprintf("It was finished on %s, as planned.", m.FinishedDate)}, 0
		}
		return &Reason{Code: codeFinishedAhead, Message: fmt.Sprintf("It was finished on %s, %s ahead of its baseline.", m.FinishedDate, daysInWords(ahead))}, ahead
	case !s.cycle.holds(m.TargetDate) || m.TargetDate.Before(today) || m.Health.Overall == HealthRed:
		return nil, 0
	}
	return &Reason{Code: codeDueOnTime, Message: fmt.Sprintf("It is due on %s, within the cycle, and not expected later than planned.", m.TargetDate)}, ahead
}

func daysInWords(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// projectReasons say why what a project achieves is worth telling.
func (s *candidateSearch) projectReasons(p *ProjectRow) []*Reason {
	var why []*Reason
	if score := p.alignment.score; s.high != nil && score != nil && *score >= *s.high {
		why = append(why, &Reason{Code: codeHighAlignment, Message: fmt.Sprintf("Its project serves the strategy more than %d %% of the others do, with a score of %.1f.", int(HighShare*100), *score)})
	}
	v := s.cycle.view
	for _, l := range v.snap.linksOfProject(p) {
		k := v.kpi(l.KPIID)
		if k == nil {
			continue
		}
		if change := s.cycle.change(k); change.improved() {
			why = append(why, &Reason{Code: codeKPIImproved, Message: fmt.Sprintf("The KPI %q improved in the cycle, from %s to %s.", k.Name(), exact(change.start.Actual), exact(change.end.Actual))})
		}
	}
	return why
}

// highScore is the lowest score that is above those of HighShare of the other
// projects that the caller may see and that are ranked; nil when there is none.
func (v *View) highScore() *float64 {
	var scores []float64
	for p := range v.snap.Projects() {
		if p.alignment.ranked && p.alignment.score != nil && v.sees(p) {
			scores = append(scores, *p.alignment.score)
		}
	}
	slices.Sort(scores)
	for i, score := range scores {
		lower, _ := slices.BinarySearch(scores[:i], score)
		if float64(lower) > HighShare*float64(len(scores)-1) {
			return &scores[i]
		}
	}
	return nil
}

// Milestone is what may be a quick win.
func (c *QuickWinCandidate) Milestone() *Milestone { return c.cycle.view.milestoneOf(c.milestone) }

// Project is where it comes from.
func (c *QuickWinCandidate) Project() *Project { return c.cycle.view.projectOf(c.project) }

// Cycle is the current one.
func (c *QuickWinCandidate) Cycle() *Cycle { return c.cycle }

// Finished reports whether it is finished; else it is due in the cycle.
func (c *QuickWinCandidate) Finished() bool { return c.milestone.done() }

// DaysAhead is how many days it is ahead of its baseline, or expected to be.
func (c *QuickWinCandidate) DaysAhead() int { return c.ahead }

// Reasons say why it is a candidate.
func (c *QuickWinCandidate) Reasons() []*Reason { return c.reasons }
