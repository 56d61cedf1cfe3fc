package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// A subject is what only one record can be about, so that those of an old and
// a new project or milestone meet when these are one.
type subject struct{ kind, of, what string }

// reportTwice names what was recorded of both.
func (r *relinker) reportTwice(after *portfolio.Snapshot) {
	met := map[subject][]portfolio.Document{}
	for _, record := range r.recorded {
		if s, ok := subjectOf(after, record.doc); ok {
			met[s] = append(met[s], record.doc)
		}
	}
	subjects := slices.Collect(maps.Keys(met))
	slices.SortFunc(subjects, func(a, b subject) int {
		return strings.Compare(strings.Join([]string{a.kind, a.of, a.what}, "\n"), strings.Join([]string{b.kind, b.of, b.what}, "\n"))
	})
	for _, s := range subjects {
		docs := met[s]
		for i, doc := range docs {
			before, _ := subjectOf(r.snapshot, doc)
			for _, other := range docs[i+1:] {
				if was, _ := subjectOf(r.snapshot, other); was == before || !overlap(doc, other) {
					continue
				}
				r.Twice = append(r.Twice, fmt.Sprintf("%s and %s: %s", nounOf(doc.Key()), nounOf(other.Key()), whoCounts(doc)))
			}
		}
	}
}

// whoCounts says which of two records about one thing counts.
func whoCounts(doc portfolio.Document) string {
	switch doc.(type) {
	case *portfolio.CostFact:
		return "both count; delete one of them"
	case *portfolio.KPILinkFact:
		return "both are shown; delete one of them"
	}
	return "the one put last counts"
}

// subjectOf is what a record is about; false where any number may be about the
// same.
func subjectOf(s *portfolio.Snapshot, doc portfolio.Document) (subject, bool) {
	of := func(ref, what string) (subject, bool) {
		p, ok := s.ProjectByReference(ref)
		if !ok {
			return subject{}, false
		}
		return subject{string(doc.Key().Kind), p.ID, what}, true
	}
	switch f := doc.(type) {
	case *portfolio.ContributionFact:
		return of(f.Project, f.Objective)
	case *portfolio.KPILinkFact:
		return of(f.Project, f.KPI)
	case *portfolio.CostFact:
		return of(f.Project, f.Category)
	case *portfolio.Override:
		kind, ref, _ := strings.Cut(f.Target, ":")
		if portfolio.Kind(kind) != portfolio.KindMilestone {
			return of(ref, f.Field)
		}
		m, ok := s.MilestoneByReference(ref)
		if !ok {
			return subject{}, false
		}
		return subject{string(portfolio.KindOverride), m.ID, f.Field}, true
	}
	return subject{}, false
}

// overlap reports whether two records of one thing meet: costs do when a day
// is in both of their periods.
func overlap(a, b portfolio.Document) bool {
	x, ok := a.(*portfolio.CostFact)
	if !ok {
		return true
	}
	one, err := portfolio.ParseSpan(x.Period)
	other, wrong := portfolio.ParseSpan(b.(*portfolio.CostFact).Period)
	return err == nil && wrong == nil && !one.Last.Before(other.First) && !other.Last.Before(one.First)
}
