package portfolio

import "slices"

// A Scorecard shows how KPIs stand against their targets, by perspective.
type Scorecard struct {
	// Below says that the KPIs of the departments below count too.
	Below bool
	slug  string // "" is everything that the caller may see
	view  *View
	rows  []*KPIRow
}

// Scorecard returns that of a department, with or without the departments
// below it, or of everything that the caller may see when the slug is empty.
// There is none of a department that the caller may not see, nor of nothing
// for a caller who does not see everything.
func (v *View) Scorecard(slug string, below bool) *Scorecard {
	s := &Scorecard{Below: below, slug: slug, view: v}
	if slug == "" {
		s.Below = true
		for k := range v.snap.kpis.ordered.all() {
			if v.seesKPI(k) {
				s.rows = append(s.rows, k)
			}
		}
		if v.limited() && len(s.rows) == 0 {
			return nil
		}
		return s
	}
	if v.department(slug) == nil {
		return nil
	}
	divisions := map[string]bool{slug: true}
	if below {
		divisions = v.snap.divisionsUnder([]string{slug})
	}
	for division := range divisions {
		s.rows = append(s.rows, v.snap.kpisOfDepartment(division)...)
	}
	slices.SortFunc(s.rows, func(a, b *KPIRow) int { return compareText(a.ID, b.ID) })
	return s
}

// Scorecard is how the department's KPIs stand.
func (d *Department) Scorecard(below *bool) *Scorecard {
	return d.view.Scorecard(d.DepartmentRow.ID, below == nil || *below)
}

// Department is whose scorecard it is; nil when it is of everything.
func (s *Scorecard) Department() *Department { return s.view.department(s.slug) }

// Aggregates are figures over all KPIs of the scorecard.
func (s *Scorecard) Aggregates() *KPIAggregates {
	return &KPIAggregates{func(f func(*KPIRow)) {
		for _, k := range s.rows {
			f(k)
		}
	}}
}

// Perspectives are the four sides in their order, and at last what has none,
// if there is any.
func (s *Scorecard) Perspectives() []*ScorecardPerspective {
	sides := make([]*ScorecardPerspective, 0, len(perspectives)+1)
	for _, p := range append(slices.Clone(perspectives), "") {
		side := &ScorecardPerspective{card: s}
		if p != "" {
			side.Perspective = &p
		}
		for _, k := range s.rows {
			if k.Perspective == p {
				side.rows = append(side.rows, k)
			}
		}
		if p != "" || len(side.rows) > 0 {
			sides = append(sides, side)
		}
	}
	return sides
}

// A ScorecardPerspective is one side of a scorecard.
type ScorecardPerspective struct {
	// Perspective is the side; nil for KPIs of which nobody said it.
	Perspective *KPIPerspective
	card        *Scorecard
	rows        []*KPIRow
}

// Aggregates are figures over the KPIs of the side.
func (p *ScorecardPerspective) Aggregates() *KPIAggregates {
	return (&Scorecard{rows: p.rows}).Aggregates()
}

// KPIs are the KPIs of the side, the lowest attainment first unless an order
// is given.
func (p *ScorecardPerspective) KPIs(filter *KPIFilter, orderBy []*KPIOrder, first *int, after *string, last *int, before *string) (*KPIConnection, error) {
	if len(orderBy) == 0 {
		orderBy = []*KPIOrder{{Field: KPIByAttainment}}
	}
	scope := "scorecard of " + p.card.slug
	if p.Perspective != nil {
		scope += " " + string(*p.Perspective)
	}
	return p.card.view.kpisIn(scope, [][]*KPIRow{p.rows}, filter, orderBy, pageRequest(first, after, last, before))
}
