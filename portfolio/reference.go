package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// pmoReference is how a reference to a PMO number begins.
const pmoReference = "pmo:"

// ProjectByReference returns the project that a reference of a person leads
// to: pmo:<PMO number>, <connection>:<the tool's key, or its id where it has no
// key>, or the document id of any of its members. Of several projects of one
// number or key one that its tool still shows comes first, then the first by id.
func (s *Snapshot) ProjectByReference(reference string) (*ProjectRow, bool) {
	p := referenced(s, reference)
	return p, p != nil
}

// referenced is ProjectByReference among the projects as they stand now, which
// must be settled; nil when the reference leads to none.
func (b *builder) referenced(reference string) *ProjectRow { return referenced(b, reference) }

// A projectIndex finds projects, in a snapshot or in the making of one.
type projectIndex interface {
	// unifiedRow is the project that a document id leads to, or nil.
	unifiedRow(id string) *ProjectRow
	// numbered are the ids of the projects that pmoWords finds by a number.
	numbered(pmo string) []string
	// keyed are the ids of the project facts of a key.
	keyed(connection, key string) []string
	// shown reports whether its tool still shows a project fact.
	shown(id string) bool
}

func referenced(in projectIndex, reference string) *ProjectRow {
	if number, ok := strings.CutPrefix(reference, pmoReference); ok {
		ids := slices.DeleteFunc(slices.Clone(in.numbered(number)), func(id string) bool { return in.unifiedRow(id).PMOID != number })
		return firstShown(in, ids, func(p *ProjectRow, _ string) bool { return p.Presence == PresencePresent })
	}
	if p := in.unifiedRow(reference); p != nil {
		return p
	}
	connection, key, _ := strings.Cut(reference, ":")
	return firstShown(in, in.keyed(connection, key), func(_ *ProjectRow, id string) bool { return in.shown(id) })
}

func firstShown(in projectIndex, ids []string, shown func(p *ProjectRow, id string) bool) *ProjectRow {
	var found *ProjectRow
	for _, id := range ids {
		p := in.unifiedRow(id)
		if p != nil && shown(p, id) {
			return p
		}
		found = cmp.Or(found, p)
	}
	return found
}

// references are the texts by which people may refer to a project, those of
// its facts' former versions included; none of a row that is not there.
func (b *builder) references(p *ProjectRow) []string {
	if p == nil {
		return nil
	}
	return p.references(b.old.facts[KindProject].get, b.factsOf(KindProject).get)
}

// references are the texts by which people may refer to a project.
func (s *Snapshot) references(p *ProjectRow) []string { return p.references(s.facts[KindProject].get) }

// references are those of the facts that are found.
func (p *ProjectRow) references(facts ...func(id string) (Versioned, bool)) []string {
	var all []string
	if p.PMOID != "" {
		all = append(all, pmoReference+p.PMOID)
	}
	for _, id := range p.led() {
		all = append(all, id)
		for _, get := range facts {
			v, _ := get(id)
			if f, ok := v.Doc.(*ProjectFact); ok {
				all = append(all, keyReference(&f.Source))
			}
		}
	}
	return distinct(all...)
}

// pmoWords are the numbers that a project is found by: the one it has and, for
// what is said in its place, the one that its tools know it by.
func pmoWords(p *ProjectRow) []string {
	if p == nil {
		return nil
	}
	return distinct(p.PMOID, p.toolPMO)
}

func (b *builder) unifiedRow(id string) *ProjectRow { return b.projects.get(b.unified(id)) }
func (b *builder) numbered(pmo string) []string     { return b.byPMO.of(pmo) }
func (b *builder) keyed(connection, key string) []string {
	return b.refsOf(KindProject).of(keyWord(connection, key))
}

func (b *builder) shown(id string) bool {
	f := b.projectFact(id)
	return f != nil && b.plan.presence(&f.Source) == PresencePresent
}

func (s *Snapshot) unifiedRow(id string) *ProjectRow {
	p, _ := s.Project(id)
	return p
}
func (s *Snapshot) numbered(pmo string) []string { return s.byPMO.of(pmo) }
func (s *Snapshot) keyed(connection, key string) []string {
	return s.refs[KindProject].of(keyWord(connection, key))
}

func (s *Snapshot) shown(id string) bool {
	v, ok := s.facts[KindProject].get(id)
	return ok && s.plan.presence(&v.Doc.(*ProjectFact).Source) == PresencePresent
}

// MilestoneByReference returns the milestone that a reference of a person leads
// to: its document id, or <connection>:<the tool's key, or its id where it has no
// key>. Of several of one key one that its tool still shows comes first, then the first by id. A milestone
// that goes on as another one leads to that.
func (s *Snapshot) MilestoneByReference(reference string) (*MilestoneRow, bool) {
	if reference == "" {
		return nil, false
	}
	if m, ok := s.Milestone(reference); ok {
		return s.ContinuedMilestone(m), true
	}
	connection, key, ok := strings.Cut(reference, ":")
	if !ok || key == "" {
		return nil, false
	}
	m, ok := (*s.milestoneKeys.get(s.keysOfMilestones))[keyed{connection, key}]
	if !ok {
		return nil, false
	}
	return s.ContinuedMilestone(m), true
}

// keyed is a tool's key in a connection.
type keyed struct{ connection, key string }

type milestonesByKey map[keyed]*MilestoneRow

func (s *Snapshot) keysOfMilestones() *milestonesByKey {
	found := make(milestonesByKey, s.milestones.ordered.count)
	for m := range s.Milestones() {
		f := s.milestoneFact(m.ID)
		at := keyed{f.Connection, f.Handle()}
		if other := found[at]; other == nil || other.Presence != PresencePresent && m.Presence == PresencePresent {
			found[at] = m
		}
	}
	return &found
}

// Candidates are the projects that a reference by key may mean: of each project
// that a tool still shows under that key one document id. Of a reference by
// anything else there are none.
func (s *Snapshot) Candidates(reference string) []string {
	connection, key, ok := strings.Cut(reference, ":")
	if !ok || strings.Contains(connection, "/") || connection+":" == pmoReference {
		return nil
	}
	var found []string
	led := map[string]bool{}
	for _, id := range s.keyed(connection, key) {
		if one := s.unified(id); s.shown(id) && !led[one] {
			led[one] = true
			found = append(found, id)
		}
	}
	return found
}
