package edit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// RelinkBy says by what a project of the one connection is known in the other.
type RelinkBy string

// The values of RelinkBy.
const (
	RelinkByKey   RelinkBy = "key"
	RelinkByName  RelinkBy = "name"
	RelinkByPMOID RelinkBy = "pmoId"
)

// A Relinking is what carries the projects of a tool that has moved, from the
// connection that read it to the one that reads it now.
type Relinking struct {
	// Changes are the links, by which the old ids lead to the new projects, and
	// what people recorded of milestones, under their new ids.
	Changes []portfolio.EditChange
	// Linked are the old projects that the changes link, Already those that are
	// one with the new project as it is.
	Linked, Already []string
	// Missing are the old projects that the new connection has no counterpart
	// of, Ambiguous those of which it has several, or that share theirs.
	Missing, Ambiguous []string
	// Carried are what was recorded of milestones and is recorded of their
	// counterparts too; Left is that of milestones without one.
	Carried, Left []string
}

// Relink plans how the projects of one connection become those of another: each
// by the key, name or PMO id that it has in both. Milestones follow their
// project, by key where both have one, else by name.
func Relink(s *portfolio.Snapshot, from, to string, by RelinkBy) (*Relinking, error) {
	switch {
	case from == to:
		return nil, fmt.Errorf("%w: from and to are the same connection %s", portfolio.ErrInvalid, from)
	case by != RelinkByKey && by != RelinkByName && by != RelinkByPMOID:
		return nil, fmt.Errorf("%w: projects are known by key, name or pmoId, not by %q", portfolio.ErrInvalid, by)
	}
	r := &relinker{Relinking: &Relinking{}, snapshot: s, from: from, to: to, milestones: map[string]string{}, steps: map[string][]*portfolio.MilestoneFact{}}
	for v := range s.Documents(portfolio.KindMilestone) {
		if f := v.Doc.(*portfolio.MilestoneFact); f.Connection == from || f.Connection == to {
			r.steps[f.Project] = append(r.steps[f.Project], f)
		}
	}
	old, new := r.projects(from, by), r.projects(to, by)
	for _, c := range []struct {
		id   string
		rows map[string][]*portfolio.ProjectFact
	}{{from, old}, {to, new}} {
		if len(c.rows) == 0 {
			return nil, fmt.Errorf("%w: no project of a connection %s has a %s", portfolio.ErrNotFound, c.id, by)
		}
	}
	links := map[string]*portfolio.Link{}
	for _, word := range slices.Sorted(maps.Keys(old)) {
		switch counterparts := new[word]; {
		case len(counterparts) == 0:
			r.Missing = append(r.Missing, idsOf(old[word])...)
		case len(counterparts) > 1 || len(old[word]) > 1:
			r.Ambiguous = append(r.Ambiguous, idsOf(old[word])...)
		default:
			r.link(links, old[word][0], counterparts[0])
		}
	}
	for _, primary := range slices.Sorted(maps.Keys(links)) {
		r.Changes = append(r.Changes, portfolio.EditChange{Put: links[primary]})
	}
	r.carry()
	return r.Relinking, nil
}

type relinker struct {
	*Relinking
	snapshot   *portfolio.Snapshot
	from, to   string
	milestones map[string]string                     // old ids to new ones
	steps      map[string][]*portfolio.MilestoneFact // by project
}

// projects are the facts of a connection by the word that they are known by.
func (r *relinker) projects(connection string, by RelinkBy) map[string][]*portfolio.ProjectFact {
	all := map[string][]*portfolio.ProjectFact{}
	for v := range r.snapshot.Documents(portfolio.KindProject) {
		f := v.Doc.(*portfolio.ProjectFact)
		if f.Connection != connection {
			continue
		}
		word := f.Name
		switch by {
		case RelinkByKey:
			word = f.Source.Key
		case RelinkByPMOID:
			word = r.snapshot.ToolPMOID(f)
		}
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" {
			all[word] = append(all[word], f)
		}
	}
	return all
}

func idsOf(facts []*portfolio.ProjectFact) []string {
	var ids []string
	for _, f := range facts {
		ids = append(ids, f.DocID())
	}
	slices.Sort(ids)
	return ids
}

// link joins the old project to the new one, whose id then counts, and pairs
// their milestones.
func (r *relinker) link(links map[string]*portfolio.Link, old, new *portfolio.ProjectFact) {
	r.pair(old.DocID(), new.DocID())
	if p, ok := r.snapshot.Project(old.DocID()); ok && p.ID == new.DocID() {
		r.Already = append(r.Already, old.DocID())
		return
	}
	link := &portfolio.Link{Primary: new.DocID()}
	if v, ok := r.snapshot.Document(link.Key()); ok {
		link.Members = slices.Clone(v.Doc.(*portfolio.Link).Members)
	}
	link.Members = append(link.Members, old.DocID())
	slices.Sort(link.Members)
	link.Members = slices.Compact(link.Members)
	links[link.Primary] = link
	r.Linked = append(r.Linked, old.DocID())
}

// pair finds the counterparts of a project's milestones: those that alone have
// their key or, where one of them has none, their name.
func (r *relinker) pair(old, new string) {
	there := map[string][]*portfolio.MilestoneFact{}
	for _, f := range r.steps[new] {
		for _, word := range milestoneWords(f) {
			there[word] = append(there[word], f)
		}
	}
	for _, f := range r.steps[old] {
		for _, word := range milestoneWords(f) {
			if found := there[word]; len(found) == 1 {
				r.milestones[f.DocID()] = found[0].DocID()
				break
			}
		}
	}
}

func milestoneWords(f *portfolio.MilestoneFact) []string {
	var words []string
	if f.Source.Key != "" {
		words = append(words, "key "+strings.ToLower(f.Source.Key))
	}
	if f.Name != "" {
		words = append(words, "name "+strings.ToLower(strings.TrimSpace(f.Name)))
	}
	return words
}

// carry records what people recorded of old milestones of the new ones too,
// where nothing is recorded yet. What is recorded of projects follows the link.
func (r *relinker) carry() {
	prefix := string(portfolio.KindMilestone) + ":" + r.from + "/"
	var recorded []*portfolio.Override
	for v := range r.snapshot.Documents(portfolio.KindOverride) {
		if o := v.Doc.(*portfolio.Override); strings.HasPrefix(o.Target, prefix) {
			recorded = append(recorded, o)
		}
	}
	slices.SortFunc(recorded, func(a, b *portfolio.Override) int {
		return cmp.Or(strings.Compare(a.Target, b.Target), strings.Compare(a.Field, b.Field))
	})
	for _, o := range recorded {
		_, id, _ := strings.Cut(o.Target, ":")
		counterpart, known := r.milestones[id]
		if !known {
			r.Left = append(r.Left, o.Target+" "+o.Field)
			continue
		}
		moved := &portfolio.Override{Target: string(portfolio.KindMilestone) + ":" + counterpart, Field: o.Field, Value: o.Value, Reason: o.Reason}
		if _, there := r.snapshot.Document(moved.Key()); there {
			continue
		}
		r.Changes = append(r.Changes, portfolio.EditChange{Put: moved})
		r.Carried = append(r.Carried, o.Target+" "+o.Field)
	}
}
