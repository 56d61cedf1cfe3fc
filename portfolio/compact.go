package portfolio

import (
	"strings"
	"unique"
)

// compact returns a document as the snapshot keeps it.
// Decoders give every string an allocation of its own; of a hundred thousand
// milestones that is more than what they say. So words that many documents
// share are kept once, and the texts of one document lie in one piece, the id
// first. The document that was given is not changed: whoever committed it may
// still read it.
//
// Former has the version that is replaced, most of whose words are the same
// again.
func compact(d Document, former *Snapshot) compacted {
	switch d := d.(type) {
	case *ProjectFact:
		c := *d
		key := Key{KindProject, compactTexts(&c.Source, &c.Name, &c.Description, &c.Unreadable)}
		v, _ := former.Document(key)
		was, ok := v.Doc.(*ProjectFact)
		if !ok {
			was = new(ProjectFact)
		}
		shareSource(&c.Source, &was.Source)
		share(&c.Category, was.Category)
		share(&c.Parent, was.Parent)
		share(&c.Lead, was.Lead)
		share(&c.Status, was.Status)
		share(&c.StatusCategory, was.StatusCategory)
		c.Labels, c.Fields = shareAll(c.Labels), shareNames(c.Fields)
		return compacted{&c, key}
	case *MilestoneFact:
		c := *d
		key := Key{KindMilestone, compactTexts(&c.Source, &c.Name, &c.Unreadable)}
		v, _ := former.Document(key)
		was, ok := v.Doc.(*MilestoneFact)
		if !ok {
			was = new(MilestoneFact)
		}
		shareSource(&c.Source, &was.Source)
		share(&c.Type, was.Type)
		share(&c.Project, was.Project)
		share(&c.Parent, was.Parent)
		share(&c.Owner, was.Owner)
		share(&c.Status, was.Status)
		share(&c.StatusCategory, was.StatusCategory)
		c.Labels, c.Fields = shareAll(c.Labels), shareNames(c.Fields)
		return compacted{&c, key}
	case *MeasurementFact:
		c, key := *d, d.Key() // of whose id its words are parts
		rest := key.ID
		c.KPI, rest = rest[:len(d.KPI)], rest[len(d.KPI)+len("/"):]
		c.Period, c.Segment = rest[:len(d.Period)], rest[len(d.Period)+len("/"):]
		share(&c.Author, "")
		return compacted{&c, key}
	}
	return compacted{d, d.Key()}
}

// A compacted document is one as the snapshot keeps it, with its key.
type compacted struct {
	doc Document
	key Key
}

// compactAll compacts n documents.
func compactAll(n int, document func(int) Document, former *Snapshot) []compacted {
	all := make([]compacted, n)
	inPieces(n, func(from, to int) {
		for i := from; i < to; i++ {
			all[i] = compact(document(i), former)
		}
	})
	return all
}

// compactTexts puts the id, key, URL and further texts of a fact in one piece
// and returns its document id, of which the tool's id is a part.
func compactTexts(s *Source, texts ...*string) string {
	texts = append(texts, &s.Key, &s.URL)
	var b strings.Builder
	size := len(s.Connection) + len(s.Kind) + len(s.ID) + len("//")
	start := size
	for _, text := range texts {
		size += len(*text)
	}
	b.Grow(size)
	b.WriteString(s.Connection)
	b.WriteByte('/')
	b.WriteString(s.Kind)
	b.WriteByte('/')
	b.WriteString(s.ID)
	for _, text := range texts {
		b.WriteString(*text)
	}
	all := b.String()
	id := all[:start]
	s.ID = id[start-len(s.ID):]
	for _, text := range texts {
		*text, start = all[start:start+len(*text)], start+len(*text)
	}
	return id
}

func shareSource(s, was *Source) {
	share(&s.Connection, was.Connection)
	share(&s.Kind, was.Kind)
	share(&s.Scope, was.Scope)
	share(&s.Presence, was.Presence)
}

// share replaces a word by the one copy that is kept of it, which is the
// former word if that is the same.
func share[S ~string](word *S, former S) {
	switch *word {
	case "":
	case former:
		*word = former
	default:
		*word = S(unique.Make(string(*word)).Value())
	}
}

func shareAll(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	shared := make([]string, len(words))
	for i, word := range words {
		shared[i] = word
		share(&shared[i], "")
	}
	return shared
}

func shareNames(fields []Field) []Field {
	if len(fields) == 0 {
		return nil
	}
	shared := make([]Field, len(fields))
	for i, f := range fields {
		share(&f.ID, "")
		share(&f.Name, "")
		share(&f.Type, "")
		shared[i] = f
	}
	return shared
}
