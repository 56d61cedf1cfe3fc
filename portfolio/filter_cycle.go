package portfolio

import "github.com/shopspring/decimal"

type (
	// BenefitStatusComparator is a condition on how a benefit stands.
	BenefitStatusComparator = EnumComparator[BenefitStatus]
	// CycleStateComparator is a condition on where a cycle is in time.
	CycleStateComparator = EnumComparator[CycleState]
)

// A CycleFilter says which cycles are meant. Every member that is given must
// hold.
type CycleFilter struct {
	And []*CycleFilter
	Or  []*CycleFilter
	Not *CycleFilter

	ID     *IDComparator
	Key    *StringComparator
	Name   *StringComparator
	Starts *DateComparator
	Ends   *DateComparator
	State  *CycleStateComparator
}

func (f *CycleFilter) joined() (and, or, not []nounFilter[CycleFact]) {
	return joins[CycleFact](f.And, f.Or, f.Not)
}

func (f *CycleFilter) conditions(c *compiler, all *conditions[CycleFact]) {
	holds(all, c.ids(f.ID, KindCycle), func(r *CycleFact) string { return r.Slug })
	holds(all, f.Key.compile(), func(r *CycleFact) string { return r.Slug })
	holds(all, f.Name.compile(), func(r *CycleFact) string { return r.Name })
	holds(all, f.Starts.compile(c.today), func(r *CycleFact) Date { return r.Starts })
	holds(all, f.Ends.compile(c.today), func(r *CycleFact) Date { return r.Ends })
	holds(all, f.State.compile(), func(r *CycleFact) CycleState { return r.state(c.today) })
}

// A QuickWinFilter says which quick wins are meant. Every member that is given
// must hold. It has no condition on the quote: that would tell of one without
// consent.
type QuickWinFilter struct {
	And []*QuickWinFilter
	Or  []*QuickWinFilter
	Not *QuickWinFilter

	ID         *IDComparator
	Key        *StringComparator
	Title      *StringComparator
	Project    *ProjectFilter
	Department *StringComparator
	Achieved   *DateComparator
	Amount     *DecimalComparator
	Unit       *StringComparator
	// Objective is the key of an objective.
	Objective *StringComparator
	// Cycle is the key of a cycle in whose days it was achieved.
	Cycle *string
}

func (f *QuickWinFilter) joined() (and, or, not []nounFilter[QuickWinFact]) {
	return joins[QuickWinFact](f.And, f.Or, f.Not)
}

func (f *QuickWinFilter) conditions(c *compiler, all *conditions[QuickWinFact]) {
	holds(all, c.ids(f.ID, KindQuickWin), func(w *QuickWinFact) string { return w.Slug })
	holds(all, f.Key.compile(), func(w *QuickWinFact) string { return w.Slug })
	holds(all, f.Title.compile(), func(w *QuickWinFact) string { return w.Title })
	onRecordProject(c, all, f.Project)
	onRecordDepartment(c, all, f.Department)
	holds(all, f.Achieved.compile(c.today), func(w *QuickWinFact) Date { return w.Achieved })
	holds(all, f.Amount.compile(), func(w *QuickWinFact) *decimal.Decimal { return w.Amount })
	holds(all, f.Unit.compile(), func(w *QuickWinFact) string { return w.Unit })
	holds(all, f.Objective.compile(), func(w *QuickWinFact) string { return w.Objective })
	if f.Cycle != nil {
		cycle := c.view.cycleNamed(*f.Cycle)
		all.tests = append(all.tests, func(w *QuickWinFact) bool { return cycle != nil && cycle.holds(w.Achieved) })
	}
}

// A QuoteFilter says which quotes are meant. Every member that is given must
// hold.
type QuoteFilter struct {
	And []*QuoteFilter
	Or  []*QuoteFilter
	Not *QuoteFilter

	ID         *IDComparator
	Key        *StringComparator
	Text       *StringComparator
	By         *StringComparator
	Role       *StringComparator
	Said       *DateComparator
	Project    *ProjectFilter
	Department *StringComparator
}

func (f *QuoteFilter) joined() (and, or, not []nounFilter[QuoteFact]) {
	return joins[QuoteFact](f.And, f.Or, f.Not)
}

func (f *QuoteFilter) conditions(c *compiler, all *conditions[QuoteFact]) {
	holds(all, c.ids(f.ID, KindQuote), func(q *QuoteFact) string { return q.Slug })
	holds(all, f.Key.compile(), func(q *QuoteFact) string { return q.Slug })
	holds(all, f.Text.compile(), func(q *QuoteFact) string { return q.Text })
	holds(all, f.By.compile(), func(q *QuoteFact) string { return q.By })
	holds(all, f.Role.compile(), func(q *QuoteFact) string { return q.Role })
	holds(all, f.Said.compile(c.today), func(q *QuoteFact) Date { return q.Said })
	onRecordProject(c, all, f.Project)
	onRecordDepartment(c, all, f.Department)
}

// A SurveyFilter says which surveys are meant. Every member that is given must
// hold.
type SurveyFilter struct {
	And []*SurveyFilter
	Or  []*SurveyFilter
	Not *SurveyFilter

	ID           *IDComparator
	Key          *StringComparator
	Name         *StringComparator
	Project      *ProjectFilter
	Department   *StringComparator
	Sent         *DateComparator
	Invited      *IntComparator
	Responses    *IntComparator
	ResponseRate *FloatComparator
	NPS          *FloatComparator
	// NormalisedMean is the mean answer, 0 to 1.
	NormalisedMean *FloatComparator
}

func (f *SurveyFilter) joined() (and, or, not []nounFilter[SurveyFact]) {
	return joins[SurveyFact](f.And, f.Or, f.Not)
}

func (f *SurveyFilter) conditions(c *compiler, all *conditions[SurveyFact]) {
	holds(all, c.ids(f.ID, KindSurvey), func(s *SurveyFact) string { return s.Slug })
	holds(all, f.Key.compile(), func(s *SurveyFact) string { return s.Slug })
	holds(all, f.Name.compile(), func(s *SurveyFact) string { return s.Name })
	onRecordProject(c, all, f.Project)
	onRecordDepartment(c, all, f.Department)
	holds(all, f.Sent.compile(c.today), func(s *SurveyFact) Date { return s.Sent })
	holds(all, f.Invited.compile(), func(s *SurveyFact) optionalInt { return optionalOf(&s.Invited) })
	holds(all, f.Responses.compile(), func(s *SurveyFact) optionalInt { return optionalOf(&s.Responses) })
	holds(all, f.ResponseRate.compile(), func(s *SurveyFact) *float64 { return c.view.surveyOf(s).ResponseRate() })
	holds(all, f.NPS.compile(), func(s *SurveyFact) *float64 { return c.view.surveyOf(s).NPS() })
	holds(all, f.NormalisedMean.compile(), func(s *SurveyFact) *float64 { return c.view.surveyOf(s).NormalisedMean() })
}

// A BenefitFilter says which benefits are meant. Every member that is given
// must hold.
type BenefitFilter struct {
	And []*BenefitFilter
	Or  []*BenefitFilter
	Not *BenefitFilter

	ID          *IDComparator
	Key         *StringComparator
	Name        *StringComparator
	Project     *ProjectFilter
	Department  *StringComparator
	Objective   *StringComparator
	Owner       *PersonFilter
	Unit        *StringComparator
	Planned     *DecimalComparator
	Due         *DateComparator
	Realised    *DecimalComparator
	Realisation *FloatComparator
	Status      *BenefitStatusComparator
}

func (f *BenefitFilter) joined() (and, or, not []nounFilter[BenefitFact]) {
	return joins[BenefitFact](f.And, f.Or, f.Not)
}

func (f *BenefitFilter) conditions(c *compiler, all *conditions[BenefitFact]) {
	holds(all, c.ids(f.ID, KindBenefit), func(b *BenefitFact) string { return b.Slug })
	holds(all, f.Key.compile(), func(b *BenefitFact) string { return b.Slug })
	holds(all, f.Name.compile(), func(b *BenefitFact) string { return b.Name })
	onRecordProject(c, all, f.Project)
	onRecordDepartment(c, all, f.Department)
	holds(all, f.Objective.compile(), func(b *BenefitFact) string { return b.Objective })
	onRecordPerson(c, all, f.Owner, func(b *BenefitFact) string { return b.Owner })
	holds(all, f.Unit.compile(), func(b *BenefitFact) string { return b.Unit })
	holds(all, f.Planned.compile(), func(b *BenefitFact) *decimal.Decimal { return &b.Planned })
	holds(all, f.Due.compile(c.today), func(b *BenefitFact) Date { return b.Due })
	holds(all, f.Realised.compile(), func(b *BenefitFact) *decimal.Decimal {
		d := b.realised(c.today)
		return &d
	})
	holds(all, f.Realisation.compile(), func(b *BenefitFact) *float64 { return b.realisation(c.today) })
	holds(all, f.Status.compile(), func(b *BenefitFact) BenefitStatus { return b.status(c.today) })
}
