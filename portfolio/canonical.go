package portfolio

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Canonical writes what a portfolio says, and nothing of how it came to be
// there: the facts by kind and id, one JSON object a line, without revisions,
// runs, cursors and other bookkeeping, and without the times that depend on
// when something was read. Two syncs of the same tools give the same bytes,
// whether or not one of them was interrupted.
func Canonical(s State) ([]byte, error) {
	docs := make([]Document, 0, len(s.Docs))
	for _, v := range s.Docs {
		if canonicalKind(v.Doc.Key().Kind) {
			docs = append(docs, v.Doc)
		}
	}
	slices.SortFunc(docs, func(a, b Document) int { return compareKeys(a.Key(), b.Key()) })
	var out bytes.Buffer
	for _, d := range docs {
		body, err := json.Marshal(timeless(d))
		if err != nil {
			return nil, fmt.Errorf("canonical export of %s: %w", d.Key(), err)
		}
		fmt.Fprintf(&out, "%s %s\n", d.Key(), body)
	}
	return out.Bytes(), nil
}

// CanonicalHash is the SHA-256 of the canonical export, in hexadecimal.
func CanonicalHash(s State) (string, error) {
	export, err := Canonical(s)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(export)), nil
}

// canonicalKind leaves out what depends on when and how often a tool was
// read: bookkeeping, the day, and holds, which count the last 24 hours.
func canonicalKind(k Kind) bool {
	return !k.Operational() && k != KindClock && k != KindHold
}

// timeless returns a document without the times at which it was read.
func timeless(d Document) Document {
	switch d := d.(type) {
	case *ProjectFact:
		c := *d
		c.Record = d.timeless()
		return &c
	case *MilestoneFact:
		c := *d
		c.Record = d.timeless()
		return &c
	case *DependencyFact:
		c := *d
		c.Record = d.timeless()
		return &c
	case *PersonFact:
		c := *d
		c.Record = d.timeless()
		return &c
	case *StatusReportFact:
		c := *d
		c.Record = d.timeless()
		return &c
	case *RiskFact:
		c := *d
		c.Record = d.timeless()
		return &c
	case *Quarantine:
		c := *d
		c.Since = time.Time{}
		return &c
	}
	return d
}

// timeless keeps of a record only why it could not be read.
func (r Record) timeless() Record { return Record{Unreadable: r.Unreadable} }

func compareKeys(a, b Key) int {
	if c := cmp.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}
