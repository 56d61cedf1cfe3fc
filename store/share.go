package store

import (
	"unique"

	"plumbline/portfolio"
)

// share replaces the strings that very many documents have in common (the
// connection, the kind of record, the name of a status) by one copy of each.
// In a portfolio of 100,000 milestones they are most of the text.
func share(doc portfolio.Document) {
	if fact, ok := doc.(portfolio.ToolFact); ok {
		source := fact.Origin()
		one(&source.Connection)
		one(&source.Kind)
		one(&source.Scope)
		one(&source.Presence)
	}
	switch f := doc.(type) {
	case *portfolio.ProjectFact:
		one(&f.Category)
		one(&f.Lead)
		one(&f.Status)
		one(&f.StatusCategory)
		shareFields(f.Labels, f.Fields)
	case *portfolio.MilestoneFact:
		one(&f.Type)
		one(&f.Project)
		one(&f.Owner)
		one(&f.Status)
		one(&f.StatusCategory)
		shareFields(f.Labels, f.Fields)
	case *portfolio.DependencyFact:
		one(&f.Type)
	case *portfolio.RiskFact:
		one(&f.Project)
		one(&f.Status)
		one(&f.StatusCategory)
		shareFields(nil, f.Fields)
	}
}

func shareFields(labels []string, fields []portfolio.Field) {
	for i := range labels {
		one(&labels[i])
	}
	for i := range fields {
		one(&fields[i].ID)
		one(&fields[i].Name)
		one(&fields[i].Type)
	}
}

func one[S ~string](s *S) {
	if *s != "" {
		*s = unique.Make(*s).Value()
	}
}
