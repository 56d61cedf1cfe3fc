package portfolio

import "cmp"

type (
	// CycleConnection is a page of cycles.
	CycleConnection = Connection[CycleFact, Cycle]
	// CycleEdge is a cycle in a list.
	CycleEdge = Edge[Cycle]
	// QuickWinConnection is a page of quick wins.
	QuickWinConnection struct {
		*Connection[QuickWinFact, QuickWin]
	}
	// QuickWinEdge is a quick win in a list.
	QuickWinEdge = Edge[QuickWin]
	// QuoteConnection is a page of quotes.
	QuoteConnection = Connection[QuoteFact, Quote]
	// QuoteEdge is a quote in a list.
	QuoteEdge = Edge[Quote]
	// SurveyConnection is a page of surveys.
	SurveyConnection struct {
		*Connection[SurveyFact, Survey]
	}
	// SurveyEdge is a survey in a list.
	SurveyEdge = Edge[Survey]
	// BenefitConnection is a page of benefits.
	BenefitConnection struct {
		*Connection[BenefitFact, Benefit]
	}
	// BenefitEdge is a benefit in a list.
	BenefitEdge = Edge[Benefit]
)

// Cycles lists the cycles that the filter means, those that began first at the
// beginning unless an order is given; nil means all.
func (v *View) Cycles(filter *CycleFilter, orderBy []*CycleOrder, r PageRequest) (*CycleConnection, error) {
	order := orderOf(orderBy, recordID[CycleFact], v.cycleSort)
	if len(orderBy) == 0 {
		order.terms = []term[CycleFact]{{value: v.cycleSort(CycleByStarts)}}
	}
	facts := recordsOf[CycleFact](v.snap, KindCycle)
	return listRecords(v, "cycles", facts, cmp.Or(filter, &CycleFilter{}), orderBy, order, r, v.cycleOf)
}

// QuickWins lists the quick wins that the filter means; nil means all.
func (v *View) QuickWins(filter *QuickWinFilter, orderBy []*QuickWinOrder, r PageRequest) (*QuickWinConnection, error) {
	return v.quickWinsIn("quick wins", recordsOf[QuickWinFact](v.snap, KindQuickWin), filter, orderBy, r)
}

func (v *View) quickWinsIn(scope string, facts []*QuickWinFact, filter *QuickWinFilter, orderBy []*QuickWinOrder, r PageRequest) (*QuickWinConnection, error) {
	page, err := listRecords(v, scope, facts, cmp.Or(filter, &QuickWinFilter{}), orderBy, orderOf(orderBy, recordID[QuickWinFact], v.quickWinSort), r, v.quickWinOf)
	if err != nil {
		return nil, err
	}
	return &QuickWinConnection{page}, nil
}

// QuickWins are those that lead to the project.
func (p *Project) QuickWins(filter *QuickWinFilter, orderBy []*QuickWinOrder, first *int, after *string, last *int, before *string) (*QuickWinConnection, error) {
	facts := recordsOfProject[QuickWinFact](p, KindQuickWin)
	return p.view.quickWinsIn("quick wins of "+p.ProjectRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// QuickWins are those of the department itself and of its projects, without those
// of the departments below it.
func (d *Department) QuickWins(filter *QuickWinFilter, orderBy []*QuickWinOrder, first *int, after *string, last *int, before *string) (*QuickWinConnection, error) {
	facts := recordsOfDepartment[QuickWinFact](d.view.snap, KindQuickWin, d.DepartmentRow.ID)
	return d.view.quickWinsIn("quick wins of department "+d.DepartmentRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// QuickWins are those that serve the objective itself.
func (o *Objective) QuickWins(filter *QuickWinFilter, orderBy []*QuickWinOrder, first *int, after *string, last *int, before *string) (*QuickWinConnection, error) {
	facts := recordsOfObjective[QuickWinFact](o.view.snap, KindQuickWin, o.ObjectiveRow.ID)
	return o.view.quickWinsIn("quick wins of objective "+o.ObjectiveRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Quotes lists the quotes that the filter means; nil means all.
func (v *View) Quotes(filter *QuoteFilter, orderBy []*QuoteOrder, r PageRequest) (*QuoteConnection, error) {
	return v.quotesIn("quotes", recordsOf[QuoteFact](v.snap, KindQuote), filter, orderBy, r)
}

func (v *View) quotesIn(scope string, facts []*QuoteFact, filter *QuoteFilter, orderBy []*QuoteOrder, r PageRequest) (*QuoteConnection, error) {
	return listRecords(v, scope, facts, cmp.Or(filter, &QuoteFilter{}), orderBy, orderOf(orderBy, recordID[QuoteFact], v.quoteSort), r, v.quoteOf)
}

// Quotes are those that lead to the project.
func (p *Project) Quotes(filter *QuoteFilter, orderBy []*QuoteOrder, first *int, after *string, last *int, before *string) (*QuoteConnection, error) {
	facts := recordsOfProject[QuoteFact](p, KindQuote)
	return p.view.quotesIn("quotes of "+p.ProjectRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Quotes are those of the department itself and of its projects, without those
// of the departments below it.
func (d *Department) Quotes(filter *QuoteFilter, orderBy []*QuoteOrder, first *int, after *string, last *int, before *string) (*QuoteConnection, error) {
	facts := recordsOfDepartment[QuoteFact](d.view.snap, KindQuote, d.DepartmentRow.ID)
	return d.view.quotesIn("quotes of department "+d.DepartmentRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Surveys lists the surveys that the filter means; nil means all.
func (v *View) Surveys(filter *SurveyFilter, orderBy []*SurveyOrder, r PageRequest) (*SurveyConnection, error) {
	return v.surveysIn("surveys", recordsOf[SurveyFact](v.snap, KindSurvey), filter, orderBy, r)
}

func (v *View) surveysIn(scope string, facts []*SurveyFact, filter *SurveyFilter, orderBy []*SurveyOrder, r PageRequest) (*SurveyConnection, error) {
	page, err := listRecords(v, scope, facts, cmp.Or(filter, &SurveyFilter{}), orderBy, orderOf(orderBy, recordID[SurveyFact], v.surveySort), r, v.surveyOf)
	if err != nil {
		return nil, err
	}
	return &SurveyConnection{page}, nil
}

// Surveys are those that lead to the project.
func (p *Project) Surveys(filter *SurveyFilter, orderBy []*SurveyOrder, first *int, after *string, last *int, before *string) (*SurveyConnection, error) {
	facts := recordsOfProject[SurveyFact](p, KindSurvey)
	return p.view.surveysIn("surveys of "+p.ProjectRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Surveys are those of the department itself and of its projects, without those
// of the departments below it.
func (d *Department) Surveys(filter *SurveyFilter, orderBy []*SurveyOrder, first *int, after *string, last *int, before *string) (*SurveyConnection, error) {
	facts := recordsOfDepartment[SurveyFact](d.view.snap, KindSurvey, d.DepartmentRow.ID)
	return d.view.surveysIn("surveys of department "+d.DepartmentRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Benefits lists the benefits that the filter means; nil means all.
func (v *View) Benefits(filter *BenefitFilter, orderBy []*BenefitOrder, r PageRequest) (*BenefitConnection, error) {
	return v.benefitsIn("benefits", recordsOf[BenefitFact](v.snap, KindBenefit), filter, orderBy, r)
}

func (v *View) benefitsIn(scope string, facts []*BenefitFact, filter *BenefitFilter, orderBy []*BenefitOrder, r PageRequest) (*BenefitConnection, error) {
	page, err := listRecords(v, scope, facts, cmp.Or(filter, &BenefitFilter{}), orderBy, orderOf(orderBy, recordID[BenefitFact], v.benefitSort), r, v.benefitOf)
	if err != nil {
		return nil, err
	}
	return &BenefitConnection{page}, nil
}

// Benefits are those that lead to the project.
func (p *Project) Benefits(filter *BenefitFilter, orderBy []*BenefitOrder, first *int, after *string, last *int, before *string) (*BenefitConnection, error) {
	facts := recordsOfProject[BenefitFact](p, KindBenefit)
	return p.view.benefitsIn("benefits of "+p.ProjectRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Benefits are those of the department itself and of its projects, without those
// of the departments below it.
func (d *Department) Benefits(filter *BenefitFilter, orderBy []*BenefitOrder, first *int, after *string, last *int, before *string) (*BenefitConnection, error) {
	facts := recordsOfDepartment[BenefitFact](d.view.snap, KindBenefit, d.DepartmentRow.ID)
	return d.view.benefitsIn("benefits of department "+d.DepartmentRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Benefits are those that serve the objective itself.
func (o *Objective) Benefits(filter *BenefitFilter, orderBy []*BenefitOrder, first *int, after *string, last *int, before *string) (*BenefitConnection, error) {
	facts := recordsOfObjective[BenefitFact](o.view.snap, KindBenefit, o.ObjectiveRow.ID)
	return o.view.benefitsIn("benefits of objective "+o.ObjectiveRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}
