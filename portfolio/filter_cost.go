package portfolio

import "github.com/shopspring/decimal"

// A CostFilter says which costs are meant. Every member that is given must
// hold.
type CostFilter struct {
	And []*CostFilter
	Or  []*CostFilter
	Not *CostFilter

	ID          *IDComparator
	Project     *ProjectFilter
	Department  *StringComparator
	Category    *StringComparator
	Currency    *StringComparator
	PeriodStart *DateComparator
	PeriodEnd   *DateComparator
	Planned     *DecimalComparator
	Actual      *DecimalComparator
}

func (f *CostFilter) joined() (and, or, not []nounFilter[CostFact]) {
	return joins[CostFact](f.And, f.Or, f.Not)
}

func (f *CostFilter) conditions(c *compiler, all *conditions[CostFact]) {
	holds(all, c.ids(f.ID, KindCost), func(f *CostFact) string { return f.Key().ID })
	onRecordProject[CostFact](c, all, f.Project)
	onRecordDepartment[CostFact](c, all, f.Department)
	holds(all, f.Category.compile(), func(f *CostFact) string { return f.Category })
	holds(all, f.Currency.compile(), func(f *CostFact) string { return c.view.costOf(f).Currency() })
	holds(all, f.PeriodStart.compile(c.today), func(f *CostFact) Date { return f.span().First })
	holds(all, f.PeriodEnd.compile(c.today), func(f *CostFact) Date { return f.span().Last })
	holds(all, f.Planned.compile(), func(f *CostFact) *decimal.Decimal { return f.Planned })
	holds(all, f.Actual.compile(), func(f *CostFact) *decimal.Decimal { return f.Actual })
}
