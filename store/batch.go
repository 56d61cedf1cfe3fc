package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
)

// Format is the number of the layout that this release writes. A log that
// names a higher one may be read but not written by it.
const Format = 1

// A BatchID is the random name under which the documents of one commit are
// written, so that two writers never meet before the commit decides.
type BatchID [16]byte

// NewBatchID returns a name that no other batch has.
func NewBatchID() BatchID {
	var id BatchID
	_, _ = rand.Read(id[:]) // never fails: it would end the program
	return id
}

// String returns the id in hexadecimal.
func (b BatchID) String() string { return hex.EncodeToString(b[:]) }

// An Entry is one put or delete of a batch as it is written.
type Entry struct {
	Key  portfolio.Key
	Body bson.Raw // nil for a delete
}

// Deleted reports whether the entry deletes its document.
func (e Entry) Deleted() bool { return e.Body == nil }

// Prepare checks a change and encodes it: its puts in order, then its deletes.
func Prepare(change Change) ([]Entry, error) {
	if len(change.Put)+len(change.Delete) == 0 {
		return nil, fmt.Errorf("%w: a commit without a document", portfolio.ErrInvalid)
	}
	entries := make([]Entry, 0, len(change.Put)+len(change.Delete))
	seen := make(map[portfolio.Key]bool, cap(entries))
	add := func(key portfolio.Key, body bson.Raw) error {
		if key.ID == "" || key.Kind.Schema() == 0 {
			return fmt.Errorf("%w: %q is no key of a stored document", portfolio.ErrInvalid, key)
		}
		if seen[key] {
			return fmt.Errorf("%w: %s is twice in one commit", portfolio.ErrInvalid, key)
		}
		seen[key] = true
		entries = append(entries, Entry{key, body})
		return nil
	}
	for _, doc := range change.Put {
		body, err := Encode(doc)
		if err != nil {
			return nil, err
		}
		if len(body) > MaxDocument {
			return nil, fmt.Errorf("%w: %s takes %d bytes; a document may take %d", portfolio.ErrInvalid, doc.Key(), len(body), MaxDocument)
		}
		if err := add(doc.Key(), body); err != nil {
			return nil, err
		}
	}
	for _, key := range change.Delete {
		if err := add(key, nil); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// MaxDocument is the largest body of one document, in bytes. MongoDB takes
// 16 MiB; the rest is for what the store adds.
const MaxDocument = 15 << 20

// A Record is the entry of a commit in the sequence; its existence is the
// commit.
type Record struct {
	Number int64   `json:"_id"`
	Batch  BatchID `json:"batch"`
	// Count is how many entries are facts, which are kept for good; Entries is
	// how many there were at all.
	Count   int       `json:"count"`
	Entries int       `json:"entries"`
	At      time.Time `json:"at"`
	Author  string    `json:"author,omitempty"`
	// Format is the lowest layout number that a writer after this one needs.
	Format int            `json:"format"`
	Digest portfolio.Hash `json:"digest"`
	Hash   portfolio.Hash `json:"hash"`
	// DataNumber and DataHash are the last position that touched a fact.
	DataNumber int64          `json:"dataNumber"`
	DataHash   portfolio.Hash `json:"dataHash"`
	// Void names batches that can no longer be committed.
	Void []BatchID `json:"void,omitempty"`
}

// NewRecord describes a batch that is to be committed. Where it stands in the
// sequence is decided by After.
func NewRecord(batch BatchID, entries []Entry, author string) Record {
	r := Record{Batch: batch, Entries: len(entries), Author: author, Format: Format, Digest: Digest(entries)}
	for _, e := range entries {
		if !e.Key.Kind.Operational() {
			r.Count++
		}
	}
	return r
}

// After returns the record in the place that follows the previous one; the
// zero Record stands before the first.
func (r Record) After(prev Record, at time.Time) Record {
	r.Number = prev.Number + 1
	r.At = at.UTC().Truncate(time.Millisecond)
	if r.At.Before(prev.At) { // a server's clock was set back
		r.At = prev.At
	}
	r.Hash = r.chain(prev.Hash)
	r.DataNumber, r.DataHash = prev.DataNumber, prev.DataHash
	if r.Count > 0 {
		r.DataNumber, r.DataHash = r.Number, r.Hash
	}
	return r
}

// Follows reports as ErrCorrupt whatever keeps the record from being the one
// after prev.
func (r Record) Follows(prev Record) error {
	if r.Number != prev.Number+1 {
		return fmt.Errorf("%w: commit %d is missing; commit %d comes next", ErrCorrupt, prev.Number+1, r.Number)
	}
	if r.Hash != r.chain(prev.Hash) {
		return fmt.Errorf("%w: commit %d does not continue commit %d", ErrCorrupt, r.Number, prev.Number)
	}
	return nil
}

// Position is where the record stands.
func (r Record) Position() portfolio.Position {
	return portfolio.Position{Revision: r.Number, Hash: r.Hash}
}

// Data is the last position, the record's own included, that touched a fact.
func (r Record) Data() portfolio.Position {
	return portfolio.Position{Revision: r.DataNumber, Hash: r.DataHash}
}

// Commit returns the record as readers know it, yet without documents.
func (r Record) Commit() portfolio.Commit {
	return portfolio.Commit{Position: r.Position(), Data: r.Data(), At: r.At, Author: r.Author}
}

// chain is the hash of the record after a commit of the given hash.
func (r Record) chain(prev portfolio.Hash) portfolio.Hash {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(r.Number)))
	h.Write(r.Batch[:])
	h.Write(r.Digest[:])
	for _, b := range r.Void {
		h.Write(b[:])
	}
	return portfolio.Hash(h.Sum(nil))
}

// Digest is the SHA-256 over the entries in order: key, whether deleted, and
// the body. Every part is led by its length, so that no two batches that
// differ read alike.
func Digest(entries []Entry) portfolio.Hash {
	h := sha256.New()
	var length [8]byte
	part := func(p []byte) {
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		h.Write(length[:])
		h.Write(p)
	}
	for _, e := range entries {
		part([]byte(e.Key.String()))
		part([]byte{boolByte(e.Deleted())})
		part(e.Body)
	}
	return portfolio.Hash(h.Sum(nil))
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}
