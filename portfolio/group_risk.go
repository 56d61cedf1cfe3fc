package portfolio

import "fmt"

// RiskGroupField is a value by which risks are grouped.
type RiskGroupField string

// The values of RiskGroupField.
const (
	GroupRisksByDepartment RiskGroupField = "DEPARTMENT"
	GroupRisksByProject    RiskGroupField = "PROJECT"
	GroupRisksByResponse   RiskGroupField = "RESPONSE"
	GroupRisksByCategory   RiskGroupField = "CATEGORY"
	GroupRisksByOwner      RiskGroupField = "OWNER"
)

type (
	// A RiskGroup is the risks that share the values of its keys.
	RiskGroup struct {
		*rowGroup[RiskRow]
		view *View
	}
	// RiskGroupConnection is a page of groups of risks.
	RiskGroupConnection struct {
		*Connection[rowGroup[RiskRow], RiskGroup]
	}
	// RiskGroupEdge is a group of risks in its list.
	RiskGroupEdge = Edge[RiskGroup]
)

// Aggregates are figures over the group.
func (g *RiskGroup) Aggregates() *RiskAggregates { return &RiskAggregates{g.view, g.each} }

// Groups groups all risks of the list, not only those of the page, by their
// keys.
func (c *RiskConnection) Groups(by []RiskGroupField, first *int, after *string) (*RiskGroupConnection, error) {
	v := c.list.view
	if len(by) == 0 || len(by) > maxKeys {
		return nil, fmt.Errorf("%w: groups are by 1 to %d values, not by %d", ErrInvalid, maxKeys, len(by))
	}
	g := &groupList[RiskRow]{of: c.list, by: make([]grouping[RiskRow], len(by))}
	for i, field := range by {
		g.by[i] = v.riskGrouping(field)
		if err := g.by[i].check(); err != nil {
			return nil, err
		}
	}
	order := ordering[rowGroup[RiskRow]]{id: func(r *rowGroup[RiskRow]) string { return r.id }, terms: g.keyTerms(nil, nil)}
	scope := []any{"groups of risks", c.list.hash, by}
	page, err := pageOfGroups(g, scope, nil, order, pageRequest(first, after, nil, nil),
		func(r *rowGroup[RiskRow]) *RiskGroup { return &RiskGroup{r, v} })
	if err != nil {
		return nil, err
	}
	return &RiskGroupConnection{page}, nil
}

func (v *View) riskGrouping(field RiskGroupField) (g grouping[RiskRow]) {
	switch field {
	case GroupRisksByDepartment:
		g = nodeGrouping(v.divisionOf, v.departmentNode)
	case GroupRisksByProject:
		g = nodeGrouping(func(r *RiskRow) string { return r.ProjectID }, v.projectNode)
	case GroupRisksByResponse:
		g = enumGrouping(func(r *RiskRow) RiskResponse { return r.Response }, Responses)
	case GroupRisksByCategory:
		g = textGrouping(func(r *RiskRow) string { return r.Category })
	case GroupRisksByOwner:
		g = nodeGrouping(func(r *RiskRow) string { return r.OwnerID }, v.personNode)
	}
	g.field = string(field)
	return g
}
