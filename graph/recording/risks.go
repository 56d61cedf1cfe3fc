package recording

import "plumbline/portfolio"

// The rows of upserts of what may happen and what has gone wrong.
type (
	// Risk is a row of upsertRisks.
	Risk struct {
		portfolio.RecordedRiskFact
		Seen
	}
	// Issue is a row of upsertIssues.
	Issue struct {
		portfolio.IssueFact
		Seen
	}
	// Assumption is a row of upsertAssumptions.
	Assumption struct {
		portfolio.AssumptionFact
		Seen
	}
)

// Fact implements Item.
func (i *Risk) Fact() portfolio.RecordedFact {
	i.Project, i.Department, i.Owner = project(i.Project), department(i.Department), person(i.Owner)
	i.Milestone = IDOf(i.Milestone, portfolio.KindMilestone)
	return &i.RecordedRiskFact
}

// Fact implements Item.
func (i *Issue) Fact() portfolio.RecordedFact {
	i.Project, i.Department, i.Owner = project(i.Project), department(i.Department), person(i.Owner)
	i.Risk = IDOf(i.Risk, portfolio.KindRecordedRisk)
	return &i.IssueFact
}

// Fact implements Item.
func (i *Assumption) Fact() portfolio.RecordedFact {
	i.Project, i.Department, i.Owner = project(i.Project), department(i.Department), person(i.Owner)
	return &i.AssumptionFact
}
