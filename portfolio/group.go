package portfolio

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// GroupOrderField is a value by which groups are sorted.
type GroupOrderField string

// The values of GroupOrderField.
const (
	GroupByKey         GroupOrderField = "KEY"
	GroupByCount       GroupOrderField = "COUNT"
	GroupByMeanSlip    GroupOrderField = "MEAN_SLIP_DAYS"
	GroupByMaximumSlip GroupOrderField = "MAX_SLIP_DAYS"
	// Of projects only:
	GroupByMeanAlignment GroupOrderField = "MEAN_ALIGNMENT"
	GroupByOrphans       GroupOrderField = "ORPHANS"
	GroupByBudget        GroupOrderField = "BUDGET"
)

// GroupOrder is one term of an order of groups.
type GroupOrder OrderBy[GroupOrderField]

// GroupHaving says which groups are meant, by their figures.
type GroupHaving struct {
	Count        *IntComparator
	MeanSlipDays *DecimalComparator
	MaxSlipDays  *IntComparator
	// Of projects only:
	MeanAlignment *FloatComparator
	Orphans       *IntComparator
	BudgetSum     *DecimalComparator
}

// maxKeys is by how many values rows are grouped at once.
const maxKeys = 4

// A groupValue is the value of one row that groups it; text or number.
type groupValue struct {
	text string
	num  int32
}

// A grouping says how rows fall into groups by one value.
type grouping[R any] struct {
	field string
	of    func(*R) groupValue
	// key describes the group; field and value are filled in already.
	key func(groupValue, *GroupKey)
	// order is where a value of a closed list stands in it; nil sorts by text
	// and number.
	order func(groupValue) int
}

// GroupKey is one of the values that the rows of a group share. Which members
// are set follows from the field; none is set where the rows have no value.
type GroupKey struct {
	// Field names what was grouped by.
	Field string
	// Value is the value as a text for programs: an enum value, a slug, an id,
	// the first day of a period.
	Value string
	// Label is the value for people.
	Label string
	// Node is the department, person, project or connection.
	Node Node
	// From and To are the first and the last day of a period.
	From, To Date
}

// A rowGroup is the rows of one group.
type rowGroup[R any] struct {
	id     string
	values []groupValue
	keys   []GroupKey
	rows   []*R
}

func (g *rowGroup[R]) each(f func(*R)) {
	for _, r := range g.rows {
		f(r)
	}
}

// groupRows makes the groups of all rows of a listing.
func groupRows[R any](l *listing[R], by []grouping[R]) []*rowGroup[R] {
	numbers := make([]map[groupValue]uint64, len(by))
	for i := range numbers {
		numbers[i] = map[groupValue]uint64{}
	}
	found := map[[maxKeys]uint64]*rowGroup[R]{}
	var all []*rowGroup[R]
	l.each(func(r *R) {
		var at [maxKeys]uint64
		for i := range by {
			value := by[i].of(r)
			n, ok := numbers[i][value]
			if !ok {
				n = uint64(len(numbers[i]))
				numbers[i][value] = n
			}
			at[i] = n
		}
		g := found[at]
		if g == nil {
			g = &rowGroup[R]{values: make([]groupValue, len(by))}
			for i := range by {
				g.values[i] = by[i].of(r)
			}
			found[at] = g
			all = append(all, g)
		}
		g.rows = append(g.rows, r)
	})
	return all
}

// describe fills in what a group is called.
func (g *rowGroup[R]) describe(by []grouping[R]) {
	g.keys = make([]GroupKey, len(by))
	var id strings.Builder
	for i, value := range g.values {
		k := &g.keys[i]
		k.Field = by[i].field
		if value != (groupValue{}) {
			k.Value, k.Label = value.text, value.text
			by[i].key(value, k)
		}
		if k.Value == "" {
			g.values[i] = groupValue{}
		}
		fmt.Fprintf(&id, "%d:%s", len(k.Value), k.Value)
	}
	g.id = id.String()
	if len(g.id) > maxSortText {
		g.id = fmt.Sprintf("%x", sha256.Sum256([]byte(g.id))) // cursors hold it
	}
}

// describeGroups fills in what groups are called and makes one of those that
// are called the same: groups by things that the caller may not see.
func describeGroups[R any](groups []*rowGroup[R], by []grouping[R]) []*rowGroup[R] {
	known := make(map[string]*rowGroup[R], len(groups))
	apart := groups[:0]
	for _, g := range groups {
		g.describe(by)
		if other := known[g.id]; other != nil {
			other.rows = append(other.rows, g.rows...)
			continue
		}
		known[g.id] = g
		apart = append(apart, g)
	}
	return apart
}

// Keys are the values that the rows of the group share, in the order of by.
func (g *rowGroup[R]) Keys() []*GroupKey { return pointers(g.keys) }

type (
	// A ProjectGroup is the projects that share the values of its keys.
	ProjectGroup struct {
		*rowGroup[ProjectRow]
		view *View
	}
	// A MilestoneGroup is the milestones that share the values of its keys.
	MilestoneGroup struct {
		*rowGroup[MilestoneRow]
	}
	// ProjectGroupConnection is a page of groups of projects.
	ProjectGroupConnection struct {
		*Connection[rowGroup[ProjectRow], ProjectGroup]
	}
	// MilestoneGroupConnection is a page of groups of milestones.
	MilestoneGroupConnection struct {
		*Connection[rowGroup[MilestoneRow], MilestoneGroup]
	}
	// ProjectGroupEdge is a group of projects in its list.
	ProjectGroupEdge = Edge[ProjectGroup]
	// MilestoneGroupEdge is a group of milestones in its list.
	MilestoneGroupEdge = Edge[MilestoneGroup]
)

// Aggregates are figures over the group.
func (g *ProjectGroup) Aggregates() *ProjectAggregates { return &ProjectAggregates{g.view, g.each} }

// Aggregates are figures over the group.
func (g *MilestoneGroup) Aggregates() *MilestoneAggregates { return &MilestoneAggregates{g.each} }

// Groups groups all projects of the list, not only those of the page.
func (c *ProjectConnection) Groups(by []ProjectGroupField, customField *string, having *GroupHaving, orderBy []*GroupOrder, first *int, after *string) (*ProjectGroupConnection, error) {
	v := c.list.view
	groupings := make([]grouping[ProjectRow], len(by))
	for i, field := range by {
		var err error
		if groupings[i], err = v.projectGrouping(field, customField); err != nil {
			return nil, err
		}
	}
	g := &groupList[ProjectRow]{of: c.list, by: groupings, slip: func(p *ProjectRow) *int { return p.SlipDays }, figures: func(r *rowGroup[ProjectRow]) *ProjectAggregates {
		return &ProjectAggregates{v, r.each}
	}}
	scope := []any{"groups of projects", c.list.hash, by, customField}
	page, err := groupPage(g, scope, having, orderBy, pageRequest(first, after, nil, nil),
		func(r *rowGroup[ProjectRow]) *ProjectGroup { return &ProjectGroup{r, v} })
	if err != nil {
		return nil, err
	}
	return &ProjectGroupConnection{page}, nil
}

// Groups groups all milestones of the list, not only those of the page.
func (c *MilestoneConnection) Groups(by []MilestoneGroupField, customField *string, having *GroupHaving, orderBy []*GroupOrder, first *int, after *string) (*MilestoneGroupConnection, error) {
	groupings := make([]grouping[MilestoneRow], len(by))
	for i, field := range by {
		var err error
		if groupings[i], err = c.list.view.milestoneGrouping(field, customField); err != nil {
			return nil, err
		}
	}
	g := &groupList[MilestoneRow]{of: c.list, by: groupings, slip: func(m *MilestoneRow) *int { return m.SlipDays }}
	scope := []any{"groups of milestones", c.list.hash, by, customField}
	page, err := groupPage(g, scope, having, orderBy, pageRequest(first, after, nil, nil),
		func(r *rowGroup[MilestoneRow]) *MilestoneGroup { return &MilestoneGroup{r} })
	if err != nil {
		return nil, err
	}
	return &MilestoneGroupConnection{page}, nil
}

// A groupList is a listing seen by groups.
type groupList[R any] struct {
	of   *listing[R]
	by   []grouping[R]
	slip func(*R) *int
	// figures are those of groups of projects; nil for other rows.
	figures func(*rowGroup[R]) *ProjectAggregates
}

func groupPage[R, H any](g *groupList[R], scope []any, having *GroupHaving, orderBy []*GroupOrder, r PageRequest,
	handle func(*rowGroup[R]) *H,
) (*Connection[rowGroup[R], H], error) {
	if len(g.by) == 0 || len(g.by) > maxKeys {
		return nil, fmt.Errorf("%w: groups are by 1 to %d values, not by %d", ErrInvalid, maxKeys, len(g.by))
	}
	order, err := g.order(orderBy)
	if err != nil {
		return nil, err
	}
	keep, err := g.having(having)
	if err != nil {
		return nil, err
	}
	return pageOfGroups(g, append(scope, having, orderBy), keep, order, r, handle)
}

// pageOfGroups makes the groups and cuts a page of those to be kept.
func pageOfGroups[R, H any](g *groupList[R], scope []any, keep test[*rowGroup[R]], order ordering[rowGroup[R]], r PageRequest,
	handle func(*rowGroup[R]) *H,
) (*Connection[rowGroup[R], H], error) {
	groups := describeGroups(groupRows(g.of, g.by), g.by)
	l := &listing[rowGroup[R]]{view: g.of.view, chunks: [][]*rowGroup[R]{groups}, keep: keep, order: order}
	var err error
	if l.hash, err = listHash(scope...); err != nil {
		return nil, err
	}
	p, err := l.cut(r)
	if err != nil {
		return nil, err
	}
	return &Connection[rowGroup[R], H]{p, handle}, nil
}

func (g *groupList[R]) statistics(group *rowGroup[R]) *IntStatistics {
	return statistics(group.each, g.slip)
}

// having compiles the condition on groups.
func (g *groupList[R]) having(h *GroupHaving) (test[*rowGroup[R]], error) {
	if h == nil {
		return nil, nil
	}
	var all conditions[rowGroup[R]]
	holds(&all, h.Count.compile(), func(r *rowGroup[R]) optionalInt { return optionalInt{len(r.rows), true} })
	holds(&all, h.MaxSlipDays.compile(), func(r *rowGroup[R]) optionalInt { return optionalOf(g.statistics(r).Max()) })
	holds(&all, h.MeanSlipDays.compile(), func(r *rowGroup[R]) *decimal.Decimal {
		mean := g.statistics(r).Mean()
		if mean == nil {
			return nil
		}
		d := decimal.NewFromFloat(*mean)
		return &d
	})
	if h.MeanAlignment == nil && h.Orphans == nil && h.BudgetSum == nil {
		return allTests(all.tests), nil
	}
	if err := g.ofProjects(h.BudgetSum != nil); err != nil {
		return nil, err
	}
	holds(&all, h.MeanAlignment.compile(), func(r *rowGroup[R]) *float64 { return g.figures(r).Alignment().Mean() })
	holds(&all, h.Orphans.compile(), func(r *rowGroup[R]) optionalInt { return optionalInt{g.figures(r).Orphans(), true} })
	holds(&all, h.BudgetSum.compile(), func(r *rowGroup[R]) *decimal.Decimal {
		if total := g.figures(r).Budget().Total; total != nil {
			return &total.Amount
		}
		return nil
	})
	return allTests(all.tests), nil
}

// ofProjects refuses figures that only groups of projects have, and those of
// money to callers who may not read them.
func (g *groupList[R]) ofProjects(money bool) error {
	switch {
	case g.figures == nil:
		return fmt.Errorf("%w: only groups of projects have an alignment or a budget", ErrInvalid)
	case money && !g.of.view.caller.Reads(GroupCost):
		return forbiddenGroup("budgets", GroupCost)
	}
	return nil
}

// order sorts groups by their keys unless another order is given.
func (g *groupList[R]) order(orderBy []*GroupOrder) (ordering[rowGroup[R]], error) {
	o := ordering[rowGroup[R]]{id: func(r *rowGroup[R]) string { return r.id }}
	if len(orderBy) > maxTerms {
		return o, fmt.Errorf("%w: an order of %d terms; at most %d are sorted by", ErrInvalid, len(orderBy), maxTerms)
	}
	for _, by := range orderBy {
		switch by.Field {
		case GroupByKey:
			o.terms = append(o.terms, g.keyTerms(by.Direction, by.Nulls)...)
		case GroupByCount:
			o.terms = append(o.terms, newTerm(func(r *rowGroup[R]) sortValue { return numberValue(len(r.rows)) }, by.Direction, by.Nulls))
		case GroupByMeanSlip:
			o.terms = append(o.terms, newTerm(func(r *rowGroup[R]) sortValue { return meanValue(g.statistics(r)) }, by.Direction, by.Nulls))
		case GroupByMaximumSlip:
			o.terms = append(o.terms, newTerm(func(r *rowGroup[R]) sortValue { return optionalNumber(g.statistics(r).Max()) }, by.Direction, by.Nulls))
		case GroupByMeanAlignment, GroupByOrphans, GroupByBudget:
			if err := g.ofProjects(by.Field == GroupByBudget); err != nil {
				return o, err
			}
			o.terms = append(o.terms, newTerm(g.projectValue(by.Field), by.Direction, by.Nulls))
		}
	}
	if len(orderBy) == 0 {
		o.terms = g.keyTerms(nil, nil)
	}
	return o, o.check()
}

// projectValue is what groups of projects are sorted by.
func (g *groupList[R]) projectValue(field GroupOrderField) func(*rowGroup[R]) sortValue {
	return func(r *rowGroup[R]) sortValue {
		figures := g.figures(r)
		switch field {
		case GroupByMeanAlignment:
			return floatValue(figures.Alignment().Mean())
		case GroupByOrphans:
			return numberValue(figures.Orphans())
		}
		if total := figures.Budget().Total; total != nil {
			return sortValue{text: total.Currency, dec: &total.Amount}
		}
		return nothing
	}
}

func meanValue(s *IntStatistics) sortValue {
	mean := s.Mean()
	if mean == nil {
		return nothing
	}
	d := decimal.NewFromFloat(*mean)
	return sortValue{dec: &d}
}

func (g *groupList[R]) keyTerms(direction *OrderDirection, nulls *NullsOrder) []term[rowGroup[R]] {
	terms := make([]term[rowGroup[R]], len(g.by))
	for i := range g.by {
		by := &g.by[i]
		terms[i] = newTerm(func(r *rowGroup[R]) sortValue {
			value := r.values[i]
			switch {
			case value == groupValue{}:
				return nothing
			case by.order != nil:
				return numberValue(by.order(value))
			case value.num != 0:
				return sortValue{num: int64(value.num)}
			}
			return textValue(r.keys[i].Label)
		}, direction, nulls)
	}
	return terms
}
