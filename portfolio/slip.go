package portfolio

// setBaseline sets what was promised first: a person's word, else the tool's
// own baseline, else the first due date ever seen.
func (m *MilestoneRow) setBaseline(p *plan, said *mapped, history *DueHistory, overridden bool) {
	switch {
	case !said.baseline.IsZero() && overridden:
		m.BaselineDate, m.BaselineBasis = said.baseline, BaselineOverride
	case !said.baseline.IsZero():
		m.BaselineDate, m.BaselineBasis = said.baseline, BaselineTool
	case !history.First.IsZero():
		m.BaselineDate, m.BaselineBasis = history.First, BaselineFirstSeen
	case !m.TargetDate.IsZero():
		m.BaselineDate, m.BaselineBasis = m.TargetDate, BaselineFirstSeen
	default:
		m.BaselineBasis = BaselineNone
	}
}

// setObserved notes since when the milestone's date is observed: since it was
// first seen, or since the tool's own record of it began where that was read.
func (m *MilestoneRow) setObserved(p *plan, f *MilestoneFact) {
	m.firstSeen = f.FirstSeen
	m.observedSince = f.FirstSeen
	if !f.History.Read {
		return
	}
	m.observedSince = sooner(m.observedSince, p.day(f.CreatedAt))
	if len(f.History.Moves) > 0 {
		m.observedSince = sooner(m.observedSince, f.History.Moves[0].On)
	}
}

// setForecast sets what is expected and the slip that follows: the actual date
// once the milestone is finished, else what was forecast, else the target.
func (m *MilestoneRow) setForecast(said Date) {
	switch {
	case !m.FinishedDate.IsZero():
		m.ForecastDate = m.FinishedDate
	case m.StatusCategory == StatusDone: // when, nobody tells
	case !said.IsZero():
		m.ForecastDate = said
	default:
		m.ForecastDate = m.TargetDate
	}
	if !m.ForecastDate.IsZero() && !m.BaselineDate.IsZero() {
		m.SlipDays = dayCount(m.ForecastDate.DaysSince(m.BaselineDate))
	}
}

// dayCounts are the numbers that most slips are, so that rows share them.
var dayCounts = func() (counts [2 * 512]int) {
	for i := range counts {
		counts[i] = i - len(counts)/2
	}
	return counts
}()

func dayCount(n int) *int {
	if i := n + len(dayCounts)/2; i >= 0 && i < len(dayCounts) {
		return &dayCounts[i]
	}
	return &n
}
