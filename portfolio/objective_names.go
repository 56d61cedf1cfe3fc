package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// objectiveNames lead from what tools and people call an objective, in lower
// case, to its key.
type objectiveNames map[string]string

// namesOfObjectives reads the objectives: a key goes before a name, and a name
// before an alias. Of several of one name that of the leading strategy is
// meant, then one that is in force, then the first by key.
func (s *Snapshot) namesOfObjectives() *objectiveNames {
	rows := slices.Collect(s.objectives.ordered.all())
	last := func(no bool) int {
		if no {
			return 1
		}
		return 0
	}
	slices.SortFunc(rows, func(a, b *ObjectiveRow) int {
		return cmp.Or(
			last(a.StrategyID != s.strategies.leading)-last(b.StrategyID != s.strategies.leading),
			last(a.State != ObjectiveInForce)-last(b.State != ObjectiveInForce),
			strings.Compare(a.ID, b.ID),
		)
	})
	names := objectiveNames{}
	learn := func(name, key string) {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, taken := names[name]; !taken && name != "" {
			names[name] = key
		}
	}
	for _, o := range rows {
		learn(o.ID, o.ID)
	}
	for _, o := range rows {
		learn(o.Name, o.ID)
	}
	for _, o := range rows {
		for _, alias := range o.Aliases {
			learn(alias, o.ID)
		}
	}
	return &names
}

// NamedObjectives are the objectives that its tools' words lead to, in their
// order and each once.
func (p *Project) NamedObjectives() []*Objective {
	if len(p.Objectives) == 0 {
		return nil
	}
	names := *p.view.snap.objectiveNames.get(p.view.snap.namesOfObjectives)
	var all []*Objective
	for _, word := range p.Objectives {
		o := p.view.objective(names[strings.ToLower(strings.TrimSpace(word))])
		if o != nil && !slices.ContainsFunc(all, func(other *Objective) bool { return other.ObjectiveRow == o.ObjectiveRow }) {
			all = append(all, o)
		}
	}
	return all
}
