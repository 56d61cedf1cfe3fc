package portfolio

import (
	"cmp"

	"github.com/shopspring/decimal"
)

type (
	// CostConnection is a page of costs.
	CostConnection struct{ *Connection[CostFact, Cost] }
	// CostEdge is a cost in a list.
	CostEdge = Edge[Cost]
)

// Costs lists the costs that the filter means; nil means all.
func (v *View) Costs(filter *CostFilter, orderBy []*CostOrder, r PageRequest) (*CostConnection, error) {
	return v.costsIn("costs", recordsOf[CostFact](v.snap, KindCost), filter, orderBy, r)
}

func (v *View) costsIn(scope string, rows []*CostFact, filter *CostFilter, orderBy []*CostOrder, r PageRequest) (*CostConnection, error) {
	page, err := listRecords(v, scope, rows, cmp.Or(filter, &CostFilter{}), orderBy, orderOf(orderBy, recordID[CostFact], v.costSort), r, v.costOf)
	if err != nil {
		return nil, err
	}
	return &CostConnection{page}, nil
}

// Costs are the project's costs, by the first day of their periods unless an
// order is given.
func (p *Project) Costs(filter *CostFilter, orderBy []*CostOrder, first *int, after *string, last *int, before *string) (*CostConnection, error) {
	if len(orderBy) == 0 {
		orderBy = []*CostOrder{{Field: CostByPeriodStart}}
	}
	rows := recordsOfProject[CostFact](p, KindCost)
	return p.view.costsIn("costs of "+p.ProjectRow.ID, rows, filter, orderBy, pageRequest(first, after, last, before))
}

// Reason says why the list is empty: the caller may not read costs.
func (c *CostConnection) Reason() *Reason {
	if !c.list.view.caller.Reads(GroupCost) {
		return reasonFieldGroup
	}
	return nil
}

// CostAggregates are figures over the costs of a list.
type CostAggregates struct {
	view *View
	each func(func(*CostFact))
}

// Aggregates are figures over the whole list, not over the page.
func (c *CostConnection) Aggregates() *CostAggregates {
	return &CostAggregates{c.list.view, c.list.each}
}

// Count counts the costs.
func (a *CostAggregates) Count() int { return countRows(a.each) }

// Budget adds what is allotted.
func (a *CostAggregates) Budget() *MoneyTotal {
	return a.total(func(f *CostFact) *decimal.Decimal { return f.Budget })
}

// Planned adds the planned values.
func (a *CostAggregates) Planned() *MoneyTotal {
	return a.total(func(f *CostFact) *decimal.Decimal { return f.Planned })
}

// Earned adds the earned values.
func (a *CostAggregates) Earned() *MoneyTotal {
	return a.total(func(f *CostFact) *decimal.Decimal { return f.Earned })
}

// Actual adds what was spent.
func (a *CostAggregates) Actual() *MoneyTotal {
	return a.total(func(f *CostFact) *decimal.Decimal { return f.Actual })
}

// Forecast adds what is expected to be spent.
func (a *CostAggregates) Forecast() *MoneyTotal {
	return a.total(func(f *CostFact) *decimal.Decimal { return f.Forecast })
}

func (a *CostAggregates) total(of func(*CostFact) *decimal.Decimal) *MoneyTotal {
	return moneyTotal(a.view, a.each, func(f *CostFact) *Money {
		if amount := of(f); amount != nil {
			return &Money{*amount, a.view.costOf(f).Currency()}
		}
		return nil
	}, "None of the costs has such an amount.", "The amounts are in several currencies; byCurrency has a sum of each, converted one of all.")
}
