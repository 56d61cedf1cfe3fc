package portfolio

import (
	"crypto/sha256"
	"fmt"
	"slices"
)

// SettingsOf says whose settings shape the view of a past day.
type SettingsOf string

// The values of SettingsOf.
const (
	SettingsThen SettingsOf = "THEN"
	SettingsNow  SettingsOf = "NOW"
)

// Rewind returns the snapshot of an earlier state of the log that s is of: what
// NewSnapshot makes of that state, but sharing with s the documents that have
// not changed since, and every row that comes out the same.
func (s *Snapshot) Rewind(state State) *Snapshot {
	b := newBuilder(s, 0)
	b.at = Commit{Position: state.Position, Data: state.Data, At: state.At}
	keys, same := make([]Key, len(state.Docs)), make([]bool, len(state.Docs))
	inPieces(len(state.Docs), func(from, to int) {
		for i, v := range state.Docs[from:to] {
			keys[from+i] = v.Doc.Key()
			now, ok := s.Document(keys[from+i])
			same[from+i] = ok && now.Rev == v.Rev
		}
	})
	then := map[Kind]map[string]bool{}
	var differ []Versioned
	for i, v := range state.Docs {
		kind := keys[i].Kind
		if then[kind] == nil {
			then[kind] = make(map[string]bool, s.facts[kind].count)
		}
		then[kind][keys[i].ID] = true
		if !same[i] {
			differ = append(differ, v)
		}
	}
	for kind, facts := range s.facts {
		for id := range facts.all() {
			if !then[kind][id] {
				b.take(Key{kind, id}, 0, nil)
			}
		}
	}
	for i, d := range compactAll(len(differ), func(i int) Document { return differ[i].Doc }, s) {
		b.take(d.key, differ[i].Rev, d.doc)
	}
	past, _ := b.finish()
	return past
}

// WithSettingsOf returns the state as it would be if the settings, and what
// departments are called, had been those of s. The name that a department had
// leads to it all the same. A department that s no longer has keeps its own.
// The state stands at a position of its own, which no commit has, so that
// nobody takes it for what was.
func (state State) WithSettingsOf(s *Snapshot) State {
	docs := make([]Versioned, 0, len(state.Docs)+1)
	for _, v := range state.Docs {
		switch then := v.Doc.(type) {
		case *Settings:
			continue
		case *DepartmentFact:
			now, _ := s.Document(then.Key())
			if fact, ok := now.Doc.(*DepartmentFact); ok && fact.Name != then.Name {
				c := *then
				c.Name, c.Aliases = fact.Name, append(slices.Clone(then.Aliases), then.Name)
				v.Doc = &c
			}
		}
		docs = append(docs, v)
	}
	if settings, ok := s.Document((*Settings)(nil).Key()); ok {
		docs = append(docs, settings)
	}
	naming := s.Naming()
	for _, p := range []*Position{&state.Position, &state.Data} {
		p.Hash = sha256.Sum256(append(p.Hash[:], naming[:]...))
	}
	state.Docs = docs
	return state
}

// Naming tells the settings and the names of departments from others: what
// WithSettingsOf takes from a snapshot.
func (s *Snapshot) Naming() Hash {
	var names []string
	for v := range s.Documents(KindDepartment) {
		d := v.Doc.(*DepartmentFact)
		names = append(names, fmt.Sprintf("%q %q", d.Slug, d.Name))
	}
	slices.Sort(names)
	return sha256.Sum256(fmt.Appendf(nil, "%d %q", s.revOf((*Settings)(nil).Key()), names))
}

// Today is the day that the view is of.
func (v *View) Today() Date { return v.snap.today }
