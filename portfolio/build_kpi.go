package portfolio

import (
	"cmp"

	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// defaultGrace is for how many days after its end a period may be without an
// actual value, unless the KPI says otherwise.
const defaultGrace = 10

// buildKPIs computes the dirty KPIs.
func (b *builder) buildKPIs() {
	for id := range b.dirty.kpis {
		b.kpis.put(id, b.kpis.before(id), b.kpi(id))
	}
	b.kpis.keep()
	var none KPIRow
	for _, k := range b.kpis.changed {
		was, is := cmp.Or(k.old, &none), cmp.Or(k.now, &none)
		b.kpisOf.move(k.id, slugWord(was.DepartmentID), slugWord(is.DepartmentID))
		b.mention(KindKPI, k.id, was.people, is.people)
		b.dirty.progress = b.dirty.progress || len(b.refsOf(KindKeyResult).of(k.id)) > 0
	}
}

func slugWord(slug string) []string {
	if slug == "" {
		return nil
	}
	return []string{slug}
}

// kpi computes a KPI from what people recorded of it; nil when there is none.
func (b *builder) kpi(id string) *KPIRow {
	v, ok := b.factsOf(KindKPI).get(id)
	if !ok {
		return nil
	}
	f := v.Doc.(*KPIFact)
	k := &KPIRow{
		ID: id, Name: f.Name, Description: f.Description, DepartmentID: b.names.slug(f.Department), OwnerID: b.personRef(f.Owner),
		Direction: f.Direction, Indicator: f.Indicator, Perspective: f.Perspective, Unit: f.Unit, Period: f.Period,
		Aggregation: cmp.Or(f.Aggregation, AggregateSum), AttainmentForm: cmp.Or(f.Attainment, AttainmentFromTarget),
		Baseline: number(f.Baseline), Target: number(f.Target), BandLow: number(f.BandLow), BandHigh: number(f.BandHigh),
		Green: orDefault(f.Green, scoring.DefaultGreen), Yellow: orDefault(f.Yellow, scoring.DefaultYellow), GraceDays: defaultGrace,
		LeadIDs: f.Leads, Rev: v.Rev, people: referenceWords(f.Owner),
	}
	if f.GraceDays != nil {
		k.GraceDays = *f.GraceDays
	}
	var measurements []*MeasurementFact
	for _, key := range b.refsOf(KindMeasurement).of(id) {
		if m, ok := b.factsOf(KindMeasurement).get(key); ok {
			measurements = append(measurements, m.Doc.(*MeasurementFact))
			k.Rev = max(k.Rev, m.Rev)
		}
	}
	k.measure(measurements, b.today)
	k.look(b.today)
	return k
}

func orDefault(d *decimal.Decimal, usual float64) float64 {
	if f := number(d); f != nil {
		return *f
	}
	return usual
}

// buildKPILinks computes the links that are dirty themselves, and those of
// projects and KPIs that are other ones now.
func (b *builder) buildKPILinks() {
	refs := b.refsOf(KindKPILink)
	if refs.count > 0 {
		for _, k := range b.kpis.changed {
			b.linksOf(kpiWord(k.id))
		}
		for _, p := range b.projects.round {
			for _, side := range []*ProjectRow{p.old, p.now} {
				for _, reference := range b.references(side) {
					b.linksOf(reference)
				}
			}
		}
	}
	for id := range b.dirty.kpiLinks {
		b.kpiLinks.put(id, b.kpiLinks.before(id), b.kpiLink(id))
	}
	b.kpiLinks.keep()
}

func (b *builder) linksOf(word string) {
	for _, id := range b.refsOf(KindKPILink).of(word) {
		b.dirty.kpiLinks[id] = true
	}
}

// kpiLink computes a link from its fact and the rows at its ends; nil when
// there is none.
func (b *builder) kpiLink(id string) *KPILinkRow {
	v, ok := b.factsOf(KindKPILink).get(id)
	if !ok {
		return nil
	}
	f := v.Doc.(*KPILinkFact)
	l := &KPILinkRow{ID: id, Reference: f.Project, KPIID: f.KPI, ExpectedChange: number(f.ExpectedChange), Rationale: f.Rationale, Rev: v.Rev}
	k := b.kpis.get(f.KPI)
	l.Known = k != nil
	p := b.referenced(f.Project)
	if p != nil {
		l.ProjectID = p.ID
		l.GoLive = firstGoLive(b.milestonesOf(p.ID))
	}
	switch {
	case k == nil:
		l.Reason = codeUnknownKPI
	case p == nil:
		l.Reason = codeUnknownProject
	case l.GoLive.IsZero():
		l.Reason = codeNotLive
	default:
		l.Before, l.After, l.Reason = k.around(l.GoLive)
		if l.Reason == "" {
			l.RealisedChange = finite(l.After.Mean - l.Before.Mean)
		}
	}
	return l
}

// firstGoLive is the actual date of the first go-live that is done; zero when
// there is none.
func firstGoLive(milestones []*MilestoneRow) Date {
	var on Date
	for _, m := range milestones {
		if m.Kind == MilestoneGoLive && m.Presence == PresencePresent && m.done() {
			on = sooner(on, m.FinishedDate)
		}
	}
	return on
}
