package portfolio

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// DecisionGroupField is a value by which decisions are grouped.
type DecisionGroupField string

// The values of DecisionGroupField.
const (
	GroupDecisionsByDepartment DecisionGroupField = "DEPARTMENT"
	GroupDecisionsByDecider    DecisionGroupField = "DECIDER"
	GroupDecisionsByType       DecisionGroupField = "TYPE"
)

// DecisionGroupOrderField is a value by which groups of decisions are sorted.
type DecisionGroupOrderField string

// The values of DecisionGroupOrderField.
const (
	DecisionGroupByKey        DecisionGroupOrderField = "KEY"
	DecisionGroupByCount      DecisionGroupOrderField = "COUNT"
	DecisionGroupByOpen       DecisionGroupOrderField = "OPEN"
	DecisionGroupByOverdue    DecisionGroupOrderField = "OVERDUE"
	DecisionGroupByLatencyP50 DecisionGroupOrderField = "LATENCY_P50_DAYS"
	DecisionGroupByLatencyP90 DecisionGroupOrderField = "LATENCY_P90_DAYS"
)

// DecisionGroupOrder is one term of an order of groups of decisions.
type DecisionGroupOrder OrderBy[DecisionGroupOrderField]

// DecisionGroupHaving says which groups of decisions are meant, by their
// figures.
type DecisionGroupHaving struct {
	Count          *IntComparator
	Open           *IntComparator
	Overdue        *IntComparator
	LatencyP50Days *DecimalComparator
	LatencyP90Days *DecimalComparator
}

type (
	// A DecisionGroup is the decisions that share the values of its keys.
	DecisionGroup struct {
		*rowGroup[DecisionFact]
		view *View
	}
	// DecisionGroupConnection is a page of groups of decisions.
	DecisionGroupConnection struct {
		*Connection[rowGroup[DecisionFact], DecisionGroup]
	}
	// DecisionGroupEdge is a group of decisions in its list.
	DecisionGroupEdge = Edge[DecisionGroup]
)

// Aggregates are figures over the group.
func (g *DecisionGroup) Aggregates() *DecisionAggregates {
	return g.view.decisionFigures(g.rowGroup)
}

func (v *View) decisionFigures(g *rowGroup[DecisionFact]) *DecisionAggregates {
	return &DecisionAggregates{v, g.each}
}

// Groups groups all decisions of the list, not only those of the page.
func (c *DecisionConnection) Groups(by []DecisionGroupField, having *DecisionGroupHaving, orderBy []*DecisionGroupOrder, first *int, after *string) (*DecisionGroupConnection, error) {
	v := c.list.view
	if len(by) == 0 || len(by) > maxKeys {
		return nil, fmt.Errorf("%w: groups are by 1 to %d values, not by %d", ErrInvalid, maxKeys, len(by))
	}
	g := &groupList[DecisionFact]{of: c.list, by: make([]grouping[DecisionFact], len(by))}
	for i, field := range by {
		g.by[i] = v.decisionGrouping(field)
		if err := g.by[i].check(); err != nil {
			return nil, err
		}
	}
	order, err := v.decisionGroupOrder(g, orderBy)
	if err != nil {
		return nil, err
	}
	scope := []any{"groups of decisions", c.list.hash, by, having, orderBy}
	page, err := pageOfGroups(g, scope, having.compile(v), order, pageRequest(first, after, nil, nil),
		func(r *rowGroup[DecisionFact]) *DecisionGroup { return &DecisionGroup{r, v} })
	if err != nil {
		return nil, err
	}
	return &DecisionGroupConnection{page}, nil
}

func (v *View) decisionGrouping(field DecisionGroupField) (g grouping[DecisionFact]) {
	switch field {
	case GroupDecisionsByDepartment:
		g = nodeGrouping(func(f *DecisionFact) string { return v.snap.recordDepartment(f.Bearing()) }, v.departmentNode)
	case GroupDecisionsByDecider:
		g = nodeGrouping(func(f *DecisionFact) string {
			p, ok := v.snap.PersonByReference(f.Decider)
			if !ok {
				return ""
			}
			return p.ID
		}, v.personNode)
	case GroupDecisionsByType:
		g = enumGrouping((*DecisionFact).kind, []DecisionType{DecisionPlain, DecisionGate})
	}
	g.field = string(field)
	return g
}

// compile returns the condition on groups.
func (h *DecisionGroupHaving) compile(v *View) test[*rowGroup[DecisionFact]] {
	if h == nil {
		return nil
	}
	type group = rowGroup[DecisionFact]
	var all conditions[group]
	holds(&all, h.Count.compile(), func(g *group) optionalInt { return optionalInt{len(g.rows), true} })
	holds(&all, h.Open.compile(), func(g *group) optionalInt { return optionalInt{v.decisionFigures(g).Open(), true} })
	holds(&all, h.Overdue.compile(), func(g *group) optionalInt { return optionalInt{v.decisionFigures(g).Overdue(), true} })
	holds(&all, h.LatencyP50Days.compile(), func(g *group) *decimal.Decimal { return exact(v.decisionFigures(g).LatencyP50Days()) })
	holds(&all, h.LatencyP90Days.compile(), func(g *group) *decimal.Decimal { return exact(v.decisionFigures(g).LatencyP90Days()) })
	return allTests(all.tests)
}

// decisionGroupOrder sorts groups by their keys unless another order is given.
func (v *View) decisionGroupOrder(g *groupList[DecisionFact], orderBy []*DecisionGroupOrder) (ordering[rowGroup[DecisionFact]], error) {
	o := ordering[rowGroup[DecisionFact]]{id: func(r *rowGroup[DecisionFact]) string { return r.id }}
	figures := map[DecisionGroupOrderField]func(*DecisionAggregates) sortValue{
		DecisionGroupByCount:      func(a *DecisionAggregates) sortValue { return numberValue(a.Count()) },
		DecisionGroupByOpen:       func(a *DecisionAggregates) sortValue { return numberValue(a.Open()) },
		DecisionGroupByOverdue:    func(a *DecisionAggregates) sortValue { return numberValue(a.Overdue()) },
		DecisionGroupByLatencyP50: func(a *DecisionAggregates) sortValue { return figureValue(a.LatencyP50Days()) },
		DecisionGroupByLatencyP90: func(a *DecisionAggregates) sortValue { return figureValue(a.LatencyP90Days()) },
	}
	for _, by := range orderBy {
		if by.Field == DecisionGroupByKey {
			o.terms = append(o.terms, g.keyTerms(by.Direction, by.Nulls)...)
		} else if of, known := figures[by.Field]; known {
			o.terms = append(o.terms, newTerm(func(r *rowGroup[DecisionFact]) sortValue { return of(v.decisionFigures(r)) }, by.Direction, by.Nulls))
		}
	}
	if len(orderBy) == 0 {
		o.terms = g.keyTerms(nil, nil)
	}
	return o, o.check()
}
