package portfolio

import (
	"strings"
	"unique"
)

// compact returns a document as the snapshot keeps it, with its key.
// Decoders give every string an allocation of its own; of a hundred thousand
// milestones that is more than what they say. So words that many documents
// share are kept once, and the texts of one document lie in one piece, the id
// first. The document that was given is not changed: whoever committed it may
// still read it.
func compact(d Document) (Document, Key) {
	switch d := d.(type) {
	case *ProjectFact:
		c := *d
		id := compactTexts(&c.Source, &c.Name, &c.Description, &c.Unreadable)
		share(&c.Category, &c.Parent, &c.Lead, &c.Status, (*string)(&c.StatusCategory))
		c.Labels, c.Fields = shareAll(c.Labels), shareNames(c.Fields)
		return &c, Key{KindProject, id}
	case *MilestoneFact:
		c := *d
		id := compactTexts(&c.Source, &c.Name, &c.Unreadable)
		share(&c.Type, &c.Project, &c.Parent, &c.Owner, &c.Status, (*string)(&c.StatusCategory))
		c.Labels, c.Fields = shareAll(c.Labels), shareNames(c.Fields)
		return &c, Key{KindMilestone, id}
	}
	return d, d.Key()
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
	share(&s.Connection, &s.Kind, &s.Scope, (*string)(&s.Presence))
	return id
}

// share replaces words by the one copy that is kept of each.
func share(words ...*string) {
	for _, word := range words {
		if *word != "" {
			*word = unique.Make(*word).Value()
		}
	}
}

func shareAll(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	shared := make([]string, len(words))
	for i, word := range words {
		shared[i] = word
		share(&shared[i])
	}
	return shared
}

func shareNames(fields []Field) []Field {
	if len(fields) == 0 {
		return nil
	}
	shared := make([]Field, len(fields))
	for i, f := range fields {
		share(&f.ID, &f.Name, (*string)(&f.Type))
		shared[i] = f
	}
	return shared
}
