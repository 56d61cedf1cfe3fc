package recording

import "plumbline/portfolio"

// The rows of upserts of cycles and of what belongs to them.
type (
	// Cycle is a row of upsertCycles.
	Cycle struct {
		portfolio.CycleFact
		Seen
	}
	// QuickWin is a row of upsertQuickWins.
	QuickWin struct {
		portfolio.QuickWinFact
		Seen
	}
	// Quote is a row of upsertQuotes.
	Quote struct {
		portfolio.QuoteFact
		Seen
	}
	// Survey is a row of upsertSurveys.
	Survey struct {
		portfolio.SurveyFact
		Seen
	}
	// Benefit is a row of upsertBenefits.
	Benefit struct {
		portfolio.BenefitFact
		Seen
	}
)

// Fact implements Item.
func (i *Cycle) Fact() portfolio.RecordedFact {
	for n := range i.Goals {
		g := &i.Goals[n]
		g.Objective, g.KPI, g.Project, g.Owner = objective(g.Objective), kpi(g.KPI), project(g.Project), person(g.Owner)
	}
	return &i.CycleFact
}

// Fact implements Item.
func (i *QuickWin) Fact() portfolio.RecordedFact {
	i.Project, i.Department, i.Objective = project(i.Project), department(i.Department), objective(i.Objective)
	i.Milestone, i.Quote = IDOf(i.Milestone, portfolio.KindMilestone), IDOf(i.Quote, portfolio.KindQuote)
	return &i.QuickWinFact
}

// Fact implements Item.
func (i *Quote) Fact() portfolio.RecordedFact {
	i.Project, i.Department = project(i.Project), department(i.Department)
	return &i.QuoteFact
}

// Fact implements Item.
func (i *Survey) Fact() portfolio.RecordedFact {
	i.Project, i.Department = project(i.Project), department(i.Department)
	return &i.SurveyFact
}

// Fact implements Item.
func (i *Benefit) Fact() portfolio.RecordedFact {
	i.Project, i.Objective, i.KPI, i.Owner = project(i.Project), objective(i.Objective), kpi(i.KPI), person(i.Owner)
	return &i.BenefitFact
}
