package portfolio

import (
	"cmp"
	"slices"
)

type (
	// KPIConnection is a page of KPIs.
	KPIConnection struct{ *Connection[KPIRow, KPI] }
	// KPIEdge is a KPI in a list.
	KPIEdge = Edge[KPI]
	// KPIPointConnection is a page of values of KPIs.
	KPIPointConnection = Connection[KPIPointRow, KPIPoint]
	// KPIPointEdge is a value of a KPI in a list.
	KPIPointEdge = Edge[KPIPoint]
	// KPILinkConnection is a page of links of projects and KPIs.
	KPILinkConnection = Connection[KPILinkRow, KPILink]
	// KPILinkEdge is a link of a project and a KPI in a list.
	KPILinkEdge = Edge[KPILink]
)

// KPI returns a KPI by its key.
func (s *Snapshot) KPI(key string) (*KPIRow, bool) { return s.kpis.byID.get(key) }

// KPIs lists the KPIs that the filter means; nil means all.
func (v *View) KPIs(filter *KPIFilter, orderBy []*KPIOrder, r PageRequest) (*KPIConnection, error) {
	return v.kpisIn("KPIs", v.snap.kpis.ordered.chunks, filter, orderBy, r)
}

func (v *View) kpisIn(scope string, chunks [][]*KPIRow, filter *KPIFilter, orderBy []*KPIOrder, r PageRequest) (*KPIConnection, error) {
	order := orderOf(orderBy, (*KPIRow).id, v.kpiSort)
	var err error
	f := cmp.Or(filter, &KPIFilter{})
	c := v.compiler()
	l := &listing[KPIRow]{view: v, chunks: chunks, order: order, keep: only(v.limited(), compile(c, f), v.seesKPI)}
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	page, err := connect(c, l, r, v.kpiOf)
	if err != nil {
		return nil, err
	}
	return &KPIConnection{page}, nil
}

// Measurements lists the values of KPIs that the filter means, by KPI, period
// and segment unless an order is given; nil means all. A whole that is made of
// its segments is listed beside them.
func (v *View) Measurements(filter *MeasurementFilter, orderBy []*MeasurementOrder, r PageRequest) (*KPIPointConnection, error) {
	order := orderOf(orderBy, (*KPIPointRow).id, v.measurementSort)
	var err error
	f := cmp.Or(filter, &MeasurementFilter{})
	c := v.compiler()
	var chunks [][]*KPIPointRow
	for k := range v.snap.kpis.ordered.all() {
		if v.seesKPI(k) {
			for i := range k.Series {
				chunks = append(chunks, k.Series[i].Points)
			}
		}
	}
	l := &listing[KPIPointRow]{view: v, chunks: chunks, order: order, keep: compile(c, f)}
	if l.hash, err = listHash("measurements", f, orderBy); err != nil {
		return nil, err
	}
	return connect(c, l, r, v.pointOf)
}

// KPILinks lists the links of projects and KPIs that the filter means; nil
// means all.
func (v *View) KPILinks(filter *KPILinkFilter, r PageRequest) (*KPILinkConnection, error) {
	return v.kpiLinksIn("KPI links", slices.Collect(v.snap.kpiLinks.ordered.all()), filter, r)
}

func (v *View) kpiLinksIn(scope string, rows []*KPILinkRow, filter *KPILinkFilter, r PageRequest) (*KPILinkConnection, error) {
	f := cmp.Or(filter, &KPILinkFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile(c, f), v.seesKPILink)
	return simpleList(c, scope, rows, f, keep, (*KPILinkRow).id, nil, r, v.kpiLinkOf)
}

// linksOfKPI are the links that name a KPI.
func (s *Snapshot) linksOfKPI(key string) []*KPILinkRow { return s.linksAt(kpiWord(key)) }

// linksOfProject are the links that lead to a project.
func (s *Snapshot) linksOfProject(p *ProjectRow) []*KPILinkRow {
	var links []*KPILinkRow
	for _, reference := range s.references(p) {
		for _, l := range s.linksAt(reference) {
			if l.ProjectID == p.ID {
				links = append(links, l)
			}
		}
	}
	return links
}

func (s *Snapshot) linksAt(word string) []*KPILinkRow {
	ids := s.refs[KindKPILink].of(word)
	links := make([]*KPILinkRow, 0, len(ids))
	for _, id := range ids {
		if l, ok := s.kpiLinks.byID.get(id); ok {
			links = append(links, l)
		}
	}
	return links
}

// KPIs are those of the department itself, without those of the departments
// below it.
func (d *Department) KPIs(filter *KPIFilter, orderBy []*KPIOrder, first *int, after *string, last *int, before *string) (*KPIConnection, error) {
	rows := d.view.snap.kpisOfDepartment(d.DepartmentRow.ID)
	return d.view.kpisIn("KPIs of "+d.DepartmentRow.ID, [][]*KPIRow{rows}, filter, orderBy, pageRequest(first, after, last, before))
}

func (s *Snapshot) kpisOfDepartment(slug string) []*KPIRow {
	keys := s.kpisOf.of(slug)
	rows := make([]*KPIRow, 0, len(keys))
	for _, key := range keys {
		if k, ok := s.KPI(key); ok {
			rows = append(rows, k)
		}
	}
	return rows
}
