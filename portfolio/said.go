package portfolio

import "slices"

// Said is a person's value for a field of a project or milestone.
type Said struct {
	*Override
	// Wins is false when another override of the same field was put later.
	Wins bool
}

// OverridesOf returns what people said about a project or milestone, by field
// and then by revision, the one that wins last.
func (s *Snapshot) OverridesOf(row Key) []Said {
	targets := []string{row.ID}
	if row.Kind == KindProject {
		p, _ := s.Project(row.ID)
		targets = p.led()
	}
	var all []Versioned
	for _, id := range targets {
		for _, key := range s.refs[KindOverride].of(Key{row.Kind, id}.String()) {
			if v, ok := s.Document(Key{KindOverride, key}); ok {
				all = append(all, v)
			}
		}
	}
	slices.SortFunc(all, compareOverrides)
	said := make([]Said, len(all))
	for i, v := range all {
		o := v.Doc.(*Override)
		said[i] = Said{Override: o, Wins: i+1 == len(all) || all[i+1].Doc.(*Override).field() != o.field()}
	}
	return said
}

// toolsSay is what the tools say about a project or milestone, whatever people
// said in their place.
func (s *Snapshot) toolsSay(row Key) mapped {
	var all mapped
	if row.Kind == KindMilestone {
		if v, ok := s.Document(row); ok {
			f := v.Doc.(*MilestoneFact)
			all = s.plan.milestoneSaid(f)
			fillText(&all.name, f.Name)
		}
		return all
	}
	p, ok := s.Project(row.ID)
	if !ok {
		return all
	}
	var facts []Versioned
	for _, member := range p.Members {
		if v, ok := s.Document(Key{KindProject, member}); ok {
			facts = append(facts, v)
		}
	}
	s.plan.presentFirst(facts)
	for i, v := range facts {
		said := s.plan.projectSaid(v.Doc.(*ProjectFact))
		if i == 0 {
			all = said
			continue
		}
		all.fill(&said)
	}
	for _, v := range facts {
		fillText(&all.name, v.Doc.(*ProjectFact).Name)
	}
	return all
}
