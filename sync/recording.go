package sync

import (
	"slices"
	"strings"

	"plumbline/portfolio"
)

// refreshed is for how many days a measurement stands for a value that does
// not change. It is less than the days of grace that a KPI has, so that none
// counts as late while its tool still shows the value, and much more than one,
// for nobody measured anything meanwhile.
const refreshed = 7

// recording are the changes by which the log says what the tool does: what it
// reports, and what it does no longer.
func (r *run) recording(today portfolio.Date) (changes, ends []portfolio.EditChange) {
	facts := r.completed(today)
	end := func(c portfolio.EditChange, key portfolio.Key) {
		c.Path = pathOf(key)
		ends = append(ends, c)
	}
	for key, f := range facts {
		stored, _, ok := find[portfolio.RecordedFact](r.known, key)
		if !ok || !stored.Authorship().OwnedByTool(r.conn.ID) || !portfolio.SameContent(stored, f) {
			changes = append(changes, portfolio.EditChange{Put: f, Path: pathOf(key)})
		}
	}
	for key, f := range r.unreported() {
		switch f := f.(type) {
		case *portfolio.ObjectiveFact:
			if ended := endedBefore(f, today); ended != nil {
				end(portfolio.EditChange{Put: ended}, key)
			}
		case *portfolio.ContributionFact:
			end(portfolio.EditChange{Delete: key}, key)
		case *portfolio.KeyResultFact:
			// Those of an objective that has ended stay with it.
			if facts[portfolio.Key{Kind: portfolio.KindObjective, ID: f.Objective}] != nil {
				end(portfolio.EditChange{Delete: key}, key)
			}
		}
	}
	return changes, ends
}

// pathOf leads errors back to what was reported.
func pathOf(key portfolio.Key) []string { return []string{string(key.Kind), key.ID} }

// unreported are the documents that the tool owns and did not report.
func (r *run) unreported() map[portfolio.Key]portfolio.RecordedFact {
	gone := map[portfolio.Key]portfolio.RecordedFact{}
	for _, kind := range reported {
		for v := range r.known.documents(kind) {
			f, ok := v.Doc.(portfolio.RecordedFact)
			if ok && r.told.facts[f.Key()] == nil && f.Authorship().OwnedByTool(r.conn.ID) {
				gone[f.Key()] = f
			}
		}
	}
	return gone
}

// endedBefore is an objective that is in force no longer; nil when it is not
// now. It is not deleted, because measurements and what people recorded hang
// on it, and because it may come back.
func endedBefore(f *portfolio.ObjectiveFact, today portfolio.Date) *portfolio.ObjectiveFact {
	if !inForce(f, today) {
		return nil
	}
	ended := *f
	ended.ValidTo = today.AddDays(-1)
	if ended.ValidFrom.After(ended.ValidTo) {
		ended.ValidFrom = portfolio.Date{} // it was to begin, and never will
	}
	return &ended
}

// inForce reports whether an objective has not ended.
func inForce(f *portfolio.ObjectiveFact, today portfolio.Date) bool {
	return f.ValidTo.IsZero() || !f.ValidTo.Before(today)
}

// completed are the facts with what the connector cannot know: which
// department is meant by a name, what day it is, and which projects there are.
func (r *run) completed(today portfolio.Date) map[portfolio.Key]portfolio.RecordedFact {
	facts := make(map[portfolio.Key]portfolio.RecordedFact, len(r.told.facts))
	departments := departmentsOf(r.known)
	measurer := r.measurer(today)
	for key, f := range r.told.facts {
		switch f := f.(type) {
		case *portfolio.KPIFact:
			kpi := *f
			if slug, ok := departments[strings.ToLower(strings.TrimSpace(kpi.Department))]; ok {
				kpi.Department = slug
			}
			facts[key] = &kpi
		case *portfolio.ContributionFact:
			// A goal may be supported by projects that nobody asked to read.
			if _, read := r.known.document(portfolio.Key{Kind: portfolio.KindProject, ID: f.Project}); read {
				facts[key] = f
			}
		case *portfolio.MeasurementFact:
			if m := measurer.of(f); m != nil {
				facts[m.Key()] = m
			}
		default:
			facts[key] = f
		}
	}
	return facts
}

// departmentsOf leads from what departments are called to their keys: a key
// goes before a name, and of several departments of a name the first.
func departmentsOf(k *known) map[string]string {
	slugs := map[string]string{}
	called := map[string][]string{} // by name
	for v := range k.documents(portfolio.KindDepartment) {
		if f, ok := v.Doc.(*portfolio.DepartmentFact); ok {
			slugs[f.Slug] = f.Slug
			for _, name := range append([]string{f.Name}, f.Aliases...) {
				name = strings.ToLower(strings.TrimSpace(name))
				called[name] = append(called[name], f.Slug)
			}
		}
	}
	for name, keys := range called {
		if _, taken := slugs[name]; !taken && name != "" {
			slugs[name] = slices.Min(keys)
		}
	}
	return slugs
}

// A measurer says what is new of measurements.
type measurer struct {
	run   *run
	today portfolio.Date
	last  map[string]*portfolio.MeasurementFact // the newest of the tool, by KPI
	over  map[string]bool                       // KPIs of objectives that have ended
}

func (r *run) measurer(today portfolio.Date) *measurer {
	m := &measurer{run: r, today: today, last: map[string]*portfolio.MeasurementFact{}, over: map[string]bool{}}
	for v := range r.known.documents(portfolio.KindMeasurement) {
		f, ok := v.Doc.(*portfolio.MeasurementFact)
		if !ok || f.Segment != "" || !f.OwnedByTool(r.conn.ID) {
			continue
		}
		if before := m.last[f.KPI]; before == nil || before.Period < f.Period { // of one KPI they are of one length
			m.last[f.KPI] = f
		}
	}
	for _, f := range r.told.facts {
		result, ok := f.(*portfolio.KeyResultFact)
		if !ok || result.KPI == "" {
			continue
		}
		o, ok := r.told.facts[portfolio.Key{Kind: portfolio.KindObjective, ID: result.Objective}].(*portfolio.ObjectiveFact)
		if ok && !inForce(o, today) {
			m.over[result.KPI] = true
		}
	}
	return m
}

// of is a measurement with its period, which is that of today when the tool
// tells none; nil when it says nothing new.
func (m *measurer) of(given *portfolio.MeasurementFact) *portfolio.MeasurementFact {
	f := *given
	if f.Period != "" || f.Segment != "" {
		return &f
	}
	kpi, ok := m.run.told.facts[portfolio.Key{Kind: portfolio.KindKPI, ID: f.KPI}].(*portfolio.KPIFact)
	if !ok {
		return &f // the edit says what is missing
	}
	span := portfolio.SpanOf(kpi.Period, m.today)
	f.Period = span.String()
	before := m.last[f.KPI]
	if before == nil || !sameNumber(before, &f) {
		return &f
	}
	measured, err := portfolio.ParseSpan(before.Period)
	if err == nil && (m.over[f.KPI] || m.today.DaysSince(measured.Last) < refreshed) {
		return nil
	}
	return &f
}

// sameNumber reports whether two measurements found the same.
func sameNumber(a, b *portfolio.MeasurementFact) bool {
	same := *b
	same.Period = a.Period
	return portfolio.SameContent(a, &same)
}
