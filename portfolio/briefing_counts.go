package portfolio

import "fmt"

// BriefingMeasure is what a briefing counts.
type BriefingMeasure string

// The values of BriefingMeasure.
const (
	MeasureCompleted        BriefingMeasure = "COMPLETED"
	MeasureDueNext          BriefingMeasure = "DUE_NEXT"
	MeasureOverdue          BriefingMeasure = "OVERDUE"
	MeasureGoLivesAhead     BriefingMeasure = "GO_LIVES_AHEAD"
	MeasureGoLivesAtRisk    BriefingMeasure = "GO_LIVES_AT_RISK"
	MeasureRed              BriefingMeasure = "RED"
	MeasureDisagreeing      BriefingMeasure = "DISAGREEING"
	MeasureNewlyRed         BriefingMeasure = "NEWLY_RED"
	MeasureRecovered        BriefingMeasure = "RECOVERED"
	MeasureDecisionsPending BriefingMeasure = "DECISIONS_PENDING"
	MeasureDecisionsOverdue BriefingMeasure = "DECISIONS_OVERDUE"
	MeasureDecisionsMade    BriefingMeasure = "DECISIONS_MADE"
	MeasureWins             BriefingMeasure = "WINS"
	MeasureKPIsBelowTarget  BriefingMeasure = "KPIS_BELOW_TARGET"
	MeasureRisksOpen        BriefingMeasure = "RISKS_OPEN"
	MeasureRisksPrevented   BriefingMeasure = "RISKS_PREVENTED"
	MeasureIssuesOpened     BriefingMeasure = "ISSUES_OPENED"
	MeasureIssuesCritical   BriefingMeasure = "ISSUES_CRITICAL"
)

// The codes of why a briefing does not tell something.
const (
	ReasonNotToday      = "NOT_TODAY"
	ReasonNotKept       = "NOT_KEPT"
	ReasonNoMilestones  = "NO_MILESTONES"
	ReasonNoKPIs        = "NO_KPIS"
	ReasonTooFewPeriods = "TOO_FEW_PERIODS"
	ReasonLateActuals   = "LATE_ACTUALS"
	ReasonNoRisks       = "NO_RISKS"
	ReasonNoDecisions   = "NO_DECISIONS"
	ReasonNoWins        = "NO_WINS"
	ReasonUndatedRisks  = "UNDATED_RISKS"
)

// A BriefingCount is one figure of the headline with its change.
type BriefingCount struct {
	Measure BriefingMeasure
	// Now is as of the briefing's last day, or in its days; Before as of the
	// last day before them, or in the days before. nil with Reason.
	Now, Before *int
	Reason      *Reason
}

// Change is Now - Before; nil when one of them is.
func (c *BriefingCount) Change() *int {
	if c.Now == nil || c.Before == nil {
		return nil
	}
	change := *c.Now - *c.Before
	return &change
}

// Headline are the counts of the briefing, each now and before.
func (b *Briefing) Headline() []*BriefingCount {
	now, before := &b.milestones.now, &b.milestones.before
	notKept := &Reason{Code: ReasonNotKept, Message: "The health that milestones had is not kept day by day, so there is nothing to compare with."}
	return append([]*BriefingCount{
		both(MeasureCompleted, now.completed, before.completed),
		both(MeasureDueNext, now.dueNext, before.dueNext),
		both(MeasureOverdue, now.overdue, before.overdue),
		both(MeasureGoLivesAhead, now.goLives, before.goLives),
		b.today(MeasureGoLivesAtRisk, now.goLivesAtRisk, notKept),
		both(MeasureKPIsBelowTarget, b.kpis.below, b.kpis.belowBefore),
		both(MeasureRisksOpen, len(b.risks.open), b.risks.openBefore),
		both(MeasureRisksPrevented, len(b.risks.prevented), b.risks.preventedBefore),
		both(MeasureIssuesOpened, len(b.risks.opened), b.risks.openedBefore),
		both(MeasureIssuesCritical, len(b.risks.grave), b.risks.graveOnce),
		both(MeasureDecisionsPending, len(b.decisions.pending), b.decisions.pendingBefore),
		both(MeasureDecisionsOverdue, b.decisions.overdue, b.decisions.overdueBefore),
		both(MeasureDecisionsMade, len(b.decisions.made), b.decisions.madeEarlier),
		both(MeasureWins, len(b.wins.achieved), b.wins.achievedEarlier),
	}, b.healthCounts()...)
}

// both is a count that is known of both days.
func both(measure BriefingMeasure, now, before int) *BriefingCount {
	return &BriefingCount{Measure: measure, Now: &now, Before: &before}
}

// today is a count that is known of today alone.
func (b *Briefing) today(measure BriefingMeasure, now int, why *Reason) *BriefingCount {
	if !b.now() {
		return &BriefingCount{Measure: measure, Reason: reasonNotToday(b.view.snap.Today())}
	}
	return &BriefingCount{Measure: measure, Now: &now, Reason: why}
}

func reasonNotToday(today Date) *Reason {
	return &Reason{Code: ReasonNotToday, Message: fmt.Sprintf("It is known of today, %s, alone; asOf shows what was known on another day.", today)}
}

// BriefingSection is a part of a briefing.
type BriefingSection string

// The values of BriefingSection.
const (
	SectionMilestones BriefingSection = "MILESTONES"
	SectionHealth     BriefingSection = "HEALTH"
	SectionKPIs       BriefingSection = "KPIS"
	SectionMoney      BriefingSection = "MONEY"
	SectionRisks      BriefingSection = "RISKS"
	SectionDecisions  BriefingSection = "DECISIONS"
	SectionWins       BriefingSection = "WINS"
)

// A BriefingGap says why a part of a briefing is empty, or tells less than it
// might.
type BriefingGap struct {
	Section BriefingSection
	Reason  *Reason
}

// Gaps say what the briefing cannot tell, by section, so that an empty list is
// never taken for good news.
func (b *Briefing) Gaps() []*BriefingGap {
	gaps := []*BriefingGap{}
	add := func(section BriefingSection, code, format string, args ...any) {
		gaps = append(gaps, &BriefingGap{section, &Reason{Code: code, Message: fmt.Sprintf(format, args...)}})
	}
	if b.milestones.known == 0 {
		add(SectionMilestones, ReasonNoMilestones, "No tool shows a milestone.")
	}
	if reason := b.turns.reason; reason != nil {
		gaps = append(gaps, &BriefingGap{SectionHealth, reason})
	}
	switch k := &b.kpis; {
	case k.known == 0:
		add(SectionKPIs, ReasonNoKPIs, "No KPI is recorded.")
	case k.compared == 0:
		add(SectionKPIs, ReasonTooFewPeriods, "No KPI has actual values of two periods that are over, of which the last is not late.")
	case k.late > 0:
		add(SectionKPIs, ReasonLateActuals, "The actual values of %s are late.", counted(k.late, "KPI"))
	}
	switch r := &b.risks; {
	case r.known == 0:
		add(SectionRisks, ReasonNoRisks, "No risk and no issue is recorded.")
	case r.undated > 0:
		add(SectionRisks, ReasonUndatedRisks, "Nobody said when %s prevented.", were(r.undated, "risk"))
	}
	if b.decisions.known == 0 {
		add(SectionDecisions, ReasonNoDecisions, "No decision is recorded.")
	}
	if b.wins.known == 0 {
		add(SectionWins, ReasonNoWins, "No quick win is recorded.")
	}
	if b.department != "" {
		add(SectionMoney, ReasonScope, "Spend is compared with strategy for the whole organisation only: strategies are not a department's.")
	}
	return gaps
}

// counted is a number of things: 1 KPI, 2 KPIs.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// were is a number of things that something happened to: 1 risk was, 2 risks
// were.
func were(n int, what string) string {
	if n == 1 {
		return counted(n, what) + " was"
	}
	return counted(n, what) + " were"
}

// Misalignment says where money and strategy differ; nil for a department,
// because strategies are the organisation's.
func (b *Briefing) Misalignment() *Misalignment {
	if b.department != "" {
		return nil
	}
	return b.view.Misalignment(nil)
}
