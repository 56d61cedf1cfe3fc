package portfolio

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// KPIAggregates are figures over the KPIs of a list, a group or a scorecard.
type KPIAggregates struct {
	each func(func(*KPIRow))
}

// Aggregates are figures over the whole list, not over the page.
func (c *KPIConnection) Aggregates() *KPIAggregates { return &KPIAggregates{c.list.each} }

// Count counts the KPIs.
func (a *KPIAggregates) Count() int { return countRows(a.each) }

// ByHealth counts the KPIs of each health.
func (a *KPIAggregates) ByHealth() []HealthCount {
	return healthCounts(a.each, func(k *KPIRow) Health { return k.Health })
}

// Attainment are figures over the current attainments.
func (a *KPIAggregates) Attainment() *FloatStatistics {
	return floatStatistics(a.each, (*KPIRow).attainment)
}

// BelowTarget counts the KPIs whose current target is known to be missed.
func (a *KPIAggregates) BelowTarget() int { return countWhere(a.each, (*KPIRow).belowTarget) }

// Stale counts the KPIs of which an actual value is late.
func (a *KPIAggregates) Stale() int { return countWhere(a.each, (*KPIRow).stale) }

func countWhere[R any](each func(func(*R)), is func(*R) bool) int {
	n := 0
	each(func(r *R) {
		if is(r) {
			n++
		}
	})
	return n
}

// KPIGroupField is a value by which KPIs are grouped.
type KPIGroupField string

// The values of KPIGroupField.
const (
	GroupKPIsByDepartment  KPIGroupField = "DEPARTMENT"
	GroupKPIsByPerspective KPIGroupField = "PERSPECTIVE"
	GroupKPIsByIndicator   KPIGroupField = "INDICATOR"
	GroupKPIsByDirection   KPIGroupField = "DIRECTION"
	GroupKPIsByHealth      KPIGroupField = "HEALTH"
	GroupKPIsByOwner       KPIGroupField = "OWNER"
	GroupKPIsByUnit        KPIGroupField = "UNIT"
	GroupKPIsByPeriod      KPIGroupField = "PERIOD"
)

// KPIGroupOrderField is a value by which groups of KPIs are sorted.
type KPIGroupOrderField string

// The values of KPIGroupOrderField.
const (
	KPIGroupByKey            KPIGroupOrderField = "KEY"
	KPIGroupByCount          KPIGroupOrderField = "COUNT"
	KPIGroupByMeanAttainment KPIGroupOrderField = "MEAN_ATTAINMENT"
	KPIGroupByBelowTarget    KPIGroupOrderField = "BELOW_TARGET"
)

// KPIGroupOrder is one term of an order of groups of KPIs.
type KPIGroupOrder OrderBy[KPIGroupOrderField]

// KPIGroupHaving says which groups of KPIs are meant, by their figures.
type KPIGroupHaving struct {
	Count          *IntComparator
	MeanAttainment *DecimalComparator
	BelowTarget    *IntComparator
}

type (
	// A KPIGroup is the KPIs that share the values of its keys.
	KPIGroup struct {
		*rowGroup[KPIRow]
	}
	// KPIGroupConnection is a page of groups of KPIs.
	KPIGroupConnection struct {
		*Connection[rowGroup[KPIRow], KPIGroup]
	}
	// KPIGroupEdge is a group of KPIs in its list.
	KPIGroupEdge = Edge[KPIGroup]
)

// Aggregates are figures over the group.
func (g *KPIGroup) Aggregates() *KPIAggregates { return figuresOf(g.rowGroup) }

func figuresOf(g *rowGroup[KPIRow]) *KPIAggregates { return &KPIAggregates{g.each} }

// Groups groups all KPIs of the list, not only those of the page.
func (c *KPIConnection) Groups(by []KPIGroupField, having *KPIGroupHaving, orderBy []*KPIGroupOrder, first *int, after *string) (*KPIGroupConnection, error) {
	v := c.list.view
	if len(by) == 0 || len(by) > maxKeys {
		return nil, fmt.Errorf("%w: groups are by 1 to %d values, not by %d", ErrInvalid, maxKeys, len(by))
	}
	g := &groupList[KPIRow]{of: c.list, by: make([]grouping[KPIRow], len(by))}
	for i, field := range by {
		g.by[i] = v.kpiGrouping(field)
		if err := g.by[i].check(); err != nil {
			return nil, err
		}
	}
	order, err := kpiGroupOrder(g, orderBy)
	if err != nil {
		return nil, err
	}
	scope := []any{"groups of KPIs", c.list.hash, by, having, orderBy}
	page, err := pageOfGroups(g, scope, having.compile(), order, pageRequest(first, after, nil, nil),
		func(r *rowGroup[KPIRow]) *KPIGroup { return &KPIGroup{r} })
	if err != nil {
		return nil, err
	}
	return &KPIGroupConnection{page}, nil
}

func (v *View) kpiGrouping(field KPIGroupField) (g grouping[KPIRow]) {
	switch field {
	case GroupKPIsByDepartment:
		g = nodeGrouping(func(k *KPIRow) string { return k.DepartmentID }, v.departmentNode)
	case GroupKPIsByPerspective:
		g = enumGrouping(func(k *KPIRow) KPIPerspective { return k.Perspective }, perspectives)
	case GroupKPIsByIndicator:
		g = enumGrouping(func(k *KPIRow) IndicatorType { return k.Indicator }, indicators)
	case GroupKPIsByDirection:
		g = enumGrouping(func(k *KPIRow) KPIDirection { return k.Direction }, []KPIDirection{HigherIsBetter, LowerIsBetter, TargetBand})
	case GroupKPIsByHealth:
		g = enumGrouping(func(k *KPIRow) Health { return k.Health }, healths)
	case GroupKPIsByOwner:
		g = nodeGrouping(func(k *KPIRow) string { return k.OwnerID }, v.personNode)
	case GroupKPIsByUnit:
		g = textGrouping(func(k *KPIRow) string { return k.Unit })
	case GroupKPIsByPeriod:
		g = enumGrouping(func(k *KPIRow) Period { return k.Period }, periods)
	}
	g.field = string(field)
	return g
}

// compile returns the condition on groups.
func (h *KPIGroupHaving) compile() test[*rowGroup[KPIRow]] {
	if h == nil {
		return nil
	}
	var all conditions[rowGroup[KPIRow]]
	holds(&all, h.Count.compile(), func(g *rowGroup[KPIRow]) optionalInt { return optionalInt{len(g.rows), true} })
	holds(&all, h.MeanAttainment.compile(), func(g *rowGroup[KPIRow]) *decimal.Decimal { return exact(figuresOf(g).Attainment().Mean()) })
	holds(&all, h.BelowTarget.compile(), func(g *rowGroup[KPIRow]) optionalInt { return optionalInt{figuresOf(g).BelowTarget(), true} })
	return allTests(all.tests)
}

// kpiGroupOrder sorts groups by their keys unless another order is given.
func kpiGroupOrder(g *groupList[KPIRow], orderBy []*KPIGroupOrder) (ordering[rowGroup[KPIRow]], error) {
	o := ordering[rowGroup[KPIRow]]{id: func(r *rowGroup[KPIRow]) string { return r.id }}
	for _, by := range orderBy {
		switch by.Field {
		case KPIGroupByKey:
			o.terms = append(o.terms, g.keyTerms(by.Direction, by.Nulls)...)
		case KPIGroupByCount:
			o.terms = append(o.terms, newTerm(func(r *rowGroup[KPIRow]) sortValue { return numberValue(len(r.rows)) }, by.Direction, by.Nulls))
		case KPIGroupByMeanAttainment:
			o.terms = append(o.terms, newTerm(func(r *rowGroup[KPIRow]) sortValue { return figureValue(figuresOf(r).Attainment().Mean()) }, by.Direction, by.Nulls))
		case KPIGroupByBelowTarget:
			o.terms = append(o.terms, newTerm(func(r *rowGroup[KPIRow]) sortValue { return numberValue(figuresOf(r).BelowTarget()) }, by.Direction, by.Nulls))
		}
	}
	if len(orderBy) == 0 {
		o.terms = g.keyTerms(nil, nil)
	}
	return o, o.check()
}
