package portfolio

// A KPILink says what a project is expected to change of a KPI, and what it
// changed, as one caller sees it.
type KPILink struct {
	*KPILinkRow
	view *View
}

func (v *View) kpiLinkOf(row *KPILinkRow) *KPILink { return &KPILink{row, v} }

// seesKPILink reports whether the caller may see both ends. A link without one
// of them belongs to no department.
func (v *View) seesKPILink(l *KPILinkRow) bool {
	if v.divisions == nil {
		return true
	}
	p, _ := v.snap.Project(l.ProjectID)
	k, ok := v.snap.KPI(l.KPIID)
	return ok && v.sees(p) && v.seesKPI(k)
}

// Project is the project; nil when the reference leads to none.
func (l *KPILink) Project() *Project { return l.view.project(l.ProjectID) }

// KPI is the KPI; nil when there is none of that key.
func (l *KPILink) KPI() *KPI { return l.view.kpi(l.KPIID) }

// KPIKey is the key of the KPI as it was written.
func (l *KPILink) KPIKey() string { return l.KPIID }

// Before is the KPI before the go-live.
func (l *KPILink) Before() *KPIWindow { return windowOf(l.KPILinkRow.Before) }

// After is the KPI after the go-live.
func (l *KPILink) After() *KPIWindow { return windowOf(l.KPILinkRow.After) }

// RealisedReason says why RealisedChange is nil.
func (l *KPILink) RealisedReason() *Reason { return kpiReason(l.Reason) }

// A KPIWindow is a KPI over several periods.
type KPIWindow struct{ *KPIWindowRow }

func windowOf(row *KPIWindowRow) *KPIWindow {
	if row == nil {
		return nil
	}
	return &KPIWindow{row}
}

// From is the first day of the first period.
func (w *KPIWindow) From() Date { return w.Spans[0].First }

// To is the last day of the last period.
func (w *KPIWindow) To() Date { return w.Spans[len(w.Spans)-1].Last }

// Periods are the periods that it is the mean of, as people write them.
func (w *KPIWindow) Periods() []string {
	texts := make([]string, len(w.Spans))
	for i, s := range w.Spans {
		texts[i] = s.String()
	}
	return texts
}

// KPIs are the KPIs that the project is expected to change.
func (p *Project) KPIs(filter *KPILinkFilter, first *int, after *string, last *int, before *string) (*KPILinkConnection, error) {
	rows := p.view.snap.linksOfProject(p.ProjectRow)
	return p.view.kpiLinksIn("KPIs of "+p.ProjectRow.ID, rows, filter, pageRequest(first, after, last, before))
}

// Projects are the projects that are expected to change the KPI.
func (k *KPI) Projects(filter *KPILinkFilter, first *int, after *string, last *int, before *string) (*KPILinkConnection, error) {
	var rows []*KPILinkRow
	for _, l := range k.view.snap.linksOfKPI(k.KPIRow.ID) {
		if l.ProjectID != "" {
			rows = append(rows, l)
		}
	}
	return k.view.kpiLinksIn("projects of "+k.KPIRow.ID, rows, filter, pageRequest(first, after, last, before))
}

// UnresolvedProjects are references to projects that lead to none; a caller
// who sees only some departments is told of none.
func (k *KPI) UnresolvedProjects() []string {
	references := []string{}
	if k.view.limited() {
		return references
	}
	for _, l := range k.view.snap.linksOfKPI(k.KPIRow.ID) {
		if l.ProjectID == "" {
			references = append(references, l.Reference)
		}
	}
	return references
}
