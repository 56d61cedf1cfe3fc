package briefing

import (
	"strconv"

	"plumbline/portfolio"
)

// counted returns the count of a measure; nil when the briefing has none.
func (r *report) counted(measure portfolio.BriefingMeasure) *portfolio.BriefingCount {
	for _, c := range r.of.Headline() {
		if c.Measure == measure {
			return c
		}
	}
	return nil
}

// compared says how a count changed, in a sentence.
func (r *report) compared(measure portfolio.BriefingMeasure) string {
	c := r.counted(measure)
	before := " than in the " + periodWord(r.of.Period) + " before"
	switch {
	case c == nil || c.Change() == nil:
		return "which cannot be compared"
	case *c.Change() > 0:
		return number(*c.Change()) + " more" + before
	case *c.Change() < 0:
		return number(-*c.Change()) + " fewer" + before
	}
	return "as many as in the " + periodWord(r.of.Period) + " before"
}

// labels are what tiles call the measures, and whether more of them is good.
var labels = map[portfolio.BriefingMeasure]struct {
	label string
	more  tone
}{
	portfolio.MeasureGoLivesAtRisk:    {"go-lives at risk", bad},
	portfolio.MeasureGoLivesAhead:     {"go-lives ahead", neutral},
	portfolio.MeasureRed:              {"projects red", bad},
	portfolio.MeasureDisagreeing:      {"reported better than they are", bad},
	portfolio.MeasureOverdue:          {"milestones overdue", bad},
	portfolio.MeasureDueNext:          {"milestones due next", neutral},
	portfolio.MeasureCompleted:        {"milestones done", good},
	portfolio.MeasureKPIsBelowTarget:  {"KPIs below target", bad},
	portfolio.MeasureNewlyRed:         {"turned red", bad},
	portfolio.MeasureRecovered:        {"recovered", good},
	portfolio.MeasureDecisionsPending: {"decisions owed", bad},
	portfolio.MeasureDecisionsOverdue: {"decisions overdue", bad},
	portfolio.MeasureDecisionsMade:    {"decisions made", good},
	portfolio.MeasureWins:             {"quick wins", good},
	portfolio.MeasureRisksOpen:        {"risks open", bad},
	portfolio.MeasureRisksPrevented:   {"risks prevented", good},
	portfolio.MeasureIssuesOpened:     {"issues raised", bad},
	portfolio.MeasureIssuesCritical:   {"critical issues", bad},
}

// tileOrder is what matters most first.
var tileOrder = []portfolio.BriefingMeasure{
	portfolio.MeasureGoLivesAtRisk, portfolio.MeasureRed, portfolio.MeasureNewlyRed, portfolio.MeasureRecovered,
	portfolio.MeasureDecisionsPending, portfolio.MeasureOverdue, portfolio.MeasureIssuesCritical, portfolio.MeasureRisksOpen,
	portfolio.MeasureRisksPrevented, portfolio.MeasureCompleted, portfolio.MeasureDueNext, portfolio.MeasureKPIsBelowTarget,
}

// addTiles makes a tile of each count that is known.
func (r *report) addTiles() {
	for _, measure := range tileOrder {
		c := r.counted(measure)
		if c == nil || c.Now == nil {
			continue
		}
		words := labels[measure]
		t := tile{Value: grouped(strconv.Itoa(*c.Now)), Label: words.label, Tone: neutral}
		if change := c.Change(); change != nil {
			t.Change = signed(*change) + " on the " + periodWord(r.of.Period) + " before"
			if *change == 0 {
				t.Change = "as the " + periodWord(r.of.Period) + " before"
			}
			if words.more != neutral && *change != 0 {
				t.Tone = good
				if (*change > 0) == (words.more == bad) {
					t.Tone = bad
				}
			}
		}
		r.Figures = append(r.Figures, t)
	}
}

// gap is why a part of the briefing cannot be told; nil when it can.
func (r *report) gap(part portfolio.BriefingSection) *portfolio.Reason {
	for _, g := range r.of.Gaps() {
		if g.Section == part {
			return g.Reason
		}
	}
	return nil
}

// note says in a section what is missing of it.
func (r *report) note(s *section, part portfolio.BriefingSection) {
	if reason := r.gap(part); reason != nil {
		s.Notes = append(s.Notes, say(reason.Message))
	}
}

// addGaps says at last what the briefing cannot tell.
func (r *report) addGaps() error {
	s := &section{ID: "gaps", Title: "What this briefing cannot tell"}
	for _, g := range r.of.Gaps() {
		s.Notes = append(s.Notes, say(g.Reason.Message))
	}
	if len(s.Notes) > 0 {
		r.add(s)
	}
	return nil
}
