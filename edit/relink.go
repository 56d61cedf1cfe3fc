package edit

import (
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
	// Changes are the links by which the old ids lead to the new projects, and
	// those by which what people recorded of old milestones counts for new ones.
	Changes []portfolio.EditChange
	// Linked are the old projects that the changes link, Already those that are
	// one with the new project as it is.
	Linked, Already []string
	// Missing are the old projects that the new connection has no counterpart
	// of, Ambiguous those of which it has several, or that share theirs.
	Missing, Ambiguous []string
	// Owned are the old projects whose counterpart is linked by a file, which
	// has to name them.
	Owned []string
	// Records are what people recorded of the old projects and milestones, by kind.
	Records []RelinkedRecords
	// Twice are sentences about what was recorded of both, the old and the new.
	Twice []string
}

// Relink plans how the projects of one connection become those of another: each
// by the key, name or PMO id that it has in both. Milestones of which something
// is recorded go on as those of the new project, by key where both have one,
// else by name. Nothing that people recorded is moved or copied.
func Relink(s *portfolio.Snapshot, from, to string, by RelinkBy) (*Relinking, error) {
	switch {
	case from == to:
		return nil, fmt.Errorf("%w: from and to are the same connection %s", portfolio.ErrInvalid, from)
	case by != RelinkByKey && by != RelinkByName && by != RelinkByPMOID:
		return nil, fmt.Errorf("%w: projects are known by key, name or pmoId, not by %q", portfolio.ErrInvalid, by)
	}
	r := &relinker{Relinking: &Relinking{}, snapshot: s, from: from, to: to, steps: map[string][]*portfolio.MilestoneFact{}, links: map[string]*portfolio.Link{}, named: map[string]bool{}}
	for v := range s.Documents(portfolio.KindMilestone) {
		if f := v.Doc.(*portfolio.MilestoneFact); f.Connection == from || f.Connection == to {
			r.steps[f.Project] = append(r.steps[f.Project], f)
		}
	}
	r.readRecords()
	old, nameless := r.projects(from, by)
	new, _ := r.projects(to, by)
	for _, c := range []struct {
		id   string
		rows map[string][]*portfolio.ProjectFact
	}{{from, old}, {to, new}} {
		if len(c.rows) == 0 {
			return nil, fmt.Errorf("%w: no project of a connection %s has a %s", portfolio.ErrNotFound, c.id, by)
		}
	}
	r.Missing = idsOf(nameless)
	for _, word := range slices.Sorted(maps.Keys(old)) {
		switch counterparts := new[word]; {
		case len(counterparts) == 0:
			r.Missing = append(r.Missing, idsOf(old[word])...)
		case len(counterparts) > 1 || len(old[word]) > 1:
			r.Ambiguous = append(r.Ambiguous, idsOf(old[word])...)
		default:
			r.carry(old[word][0], counterparts[0])
		}
	}
	after := s
	if len(r.links) > 0 {
		commit := portfolio.Commit{Position: s.Position(), At: s.CommittedAt()}
		commit.Revision++
		for _, primary := range slices.Sorted(maps.Keys(r.links)) {
			link := r.links[primary]
			v, _ := s.Document(link.Key())
			r.Changes = append(r.Changes, portfolio.EditChange{Put: link, Expect: &v.Rev})
			commit.Put = append(commit.Put, link)
		}
		commit.Data = commit.Position
		after, _ = s.Apply(commit)
	}
	r.report(after)
	return r.Relinking, nil
}

type relinker struct {
	*Relinking
	snapshot *portfolio.Snapshot
	from, to string
	steps    map[string][]*portfolio.MilestoneFact // by project
	links    map[string]*portfolio.Link            // to be put, by primary
	recorded []namingRecord
	named    map[string]bool // references to milestones that records name
}

// projects are the facts of a connection by the word that they are known by,
// and those that have none.
func (r *relinker) projects(connection string, by RelinkBy) (known map[string][]*portfolio.ProjectFact, nameless []*portfolio.ProjectFact) {
	known = map[string][]*portfolio.ProjectFact{}
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
			known[word] = append(known[word], f)
		} else {
			nameless = append(nameless, f)
		}
	}
	return known, nameless
}

func idsOf(facts []*portfolio.ProjectFact) []string {
	var ids []string
	for _, f := range facts {
		ids = append(ids, f.DocID())
	}
	slices.Sort(ids)
	return ids
}

// carry joins the old project to the new one, whose id then counts, and has its
// milestones go on as those of the new one.
func (r *relinker) carry(old, new *portfolio.ProjectFact) {
	switch p, ok := r.snapshot.Project(old.DocID()); {
	case ok && p.ID == new.DocID() || r.names(new.DocID(), old.DocID()):
		r.Already = append(r.Already, old.DocID())
	case !r.link(new.DocID(), old.DocID()):
		r.Owned = append(r.Owned, old.DocID())
		return
	default:
		r.Linked = append(r.Linked, old.DocID())
	}
	for _, pair := range r.pairs(old.DocID(), new.DocID()) {
		if r.isRecorded(pair.old) && !r.names(pair.new.DocID(), pair.old.DocID()) {
			r.link(pair.new.DocID(), pair.old.DocID())
		}
	}
}

// names reports whether a link of a primary names the member already.
func (r *relinker) names(primary, member string) bool {
	v, _ := r.snapshot.Document((&portfolio.Link{Primary: primary}).Key())
	l, ok := v.Doc.(*portfolio.Link)
	return ok && slices.Contains(l.Members, member)
}

// link adds a member to the link of a primary, and reports whether that is ours
// to change.
func (r *relinker) link(primary, member string) bool {
	link := &portfolio.Link{Primary: primary}
	if v, ok := r.snapshot.Document(link.Key()); ok {
		if isFile(ownerOf(v.Doc)) {
			return false
		}
		link.Members = slices.Clone(v.Doc.(*portfolio.Link).Members)
	}
	if begun := r.links[primary]; begun != nil {
		link = begun
	}
	link.Members = append(link.Members, member)
	slices.Sort(link.Members)
	r.links[primary] = link
	return true
}
