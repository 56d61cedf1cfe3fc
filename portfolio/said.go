package portfolio

// Said is a person's value for a field of a project or milestone.
type Said struct {
	*Override
	// Wins is false when another override of the same field was put later.
	Wins bool
}

// OverridesOf returns what people said about a project or milestone, by field
// and then by revision, the one that wins last.
func (s *Snapshot) OverridesOf(row Key) []Said {
	var targets []string
	switch row.Kind {
	case KindProject:
		if p, ok := s.Project(row.ID); ok {
			targets = targetsOfProject(p.led(), p.toolPMO, func(id string) *ProjectFact {
				v, _ := s.facts[KindProject].get(id)
				f, _ := v.Doc.(*ProjectFact)
				return f
			})
		}
	case KindMilestone:
		targets = targetsOfMilestone(s, row.ID)
	}
	all := overridesFor(row.Kind, targets, s.refs[KindOverride].of, s.facts[KindOverride].get)
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
		f := v.Doc.(*ProjectFact)
		said := s.plan.projectSaid(f)
		fillText(&said.name, f.Name)
		if i == 0 {
			all = said
			continue
		}
		all.fill(&said)
	}
	return all
}
