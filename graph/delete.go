package graph

import (
	"context"
	"strconv"

	"plumbline/graph/model"
	"plumbline/graph/recording"
	"plumbline/portfolio"
)

// deleteRecords deletes records of many kinds in one commit.
func (r *resolver) deleteRecords(ctx context.Context, input model.DeleteRecordsInput) (*recording.Payload, error) {
	q, err := r.record(ctx, input.DryRun, input.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	for _, list := range []struct {
		name string
		kind portfolio.Kind
		rows []*recording.RecordKey
	}{
		{"departments", portfolio.KindDepartment, input.Departments},
		{"identities", portfolio.KindIdentity, input.Identities},
		{"strategies", portfolio.KindStrategy, input.Strategies},
		{"strategyVersions", portfolio.KindStrategyVersion, input.StrategyVersions},
		{"objectives", portfolio.KindObjective, input.Objectives},
		{"judgements", portfolio.KindJudgement, input.Judgements},
		{"contributions", portfolio.KindContribution, input.Contributions},
		{"keyResults", portfolio.KindKeyResult, input.KeyResults},
		{"kpis", portfolio.KindKPI, input.Kpis},
		{"measurements", portfolio.KindMeasurement, input.Measurements},
		{"kpiLinks", portfolio.KindKPILink, input.KPILinks},
		{"cycles", portfolio.KindCycle, input.Cycles},
		{"quickWins", portfolio.KindQuickWin, input.QuickWins},
		{"quotes", portfolio.KindQuote, input.Quotes},
		{"surveys", portfolio.KindSurvey, input.Surveys},
		{"benefits", portfolio.KindBenefit, input.Benefits},
		{"costs", portfolio.KindCost, input.Costs},
		{"risks", portfolio.KindRecordedRisk, input.Risks},
		{"issues", portfolio.KindIssue, input.Issues},
		{"assumptions", portfolio.KindAssumption, input.Assumptions},
		{"decisions", portfolio.KindDecision, input.Decisions},
		{"lessons", portfolio.KindLesson, input.Lessons},
		{"assignments", portfolio.KindAssignment, input.Assignments},
		{"capacities", portfolio.KindCapacity, input.Capacities},
		{"controlExceptions", portfolio.KindControlException, input.ControlExceptions},
	} {
		for i, row := range list.rows {
			path := []string{"input", list.name, strconv.Itoa(i)}
			q.take(portfolio.Key{Kind: list.kind, ID: recording.IDOf(row.Key, list.kind)}, q.expect(row, path), path)
		}
	}
	return q.answer()
}
