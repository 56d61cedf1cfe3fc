package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
)

// A record is a commit as the file keeps it: what both stores keep, and the
// keys it touched, under which its documents are found.
type record struct {
	store.Record `json:",inline"`
	Touched      []touched `json:"touched"`
}

type touched struct {
	Kind    portfolio.Kind `json:"kind"`
	ID      string         `json:"id"`
	Deleted bool           `json:"deleted,omitempty"`
}

func (t touched) key() portfolio.Key { return portfolio.Key{Kind: t.Kind, ID: t.ID} }

// Kind names have no NUL, so that the first one ends the kind.
func currentKey(k portfolio.Key) []byte {
	b := make([]byte, 0, len(k.Kind)+1+len(k.ID))
	b = append(b, k.Kind...)
	b = append(b, 0)
	return append(b, k.ID...)
}

func parseCurrentKey(b []byte) (portfolio.Key, error) {
	kind, id, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return portfolio.Key{}, fmt.Errorf("%w: %q is no key", store.ErrCorrupt, b)
	}
	return portfolio.Key{Kind: portfolio.Kind(kind), ID: string(id)}, nil
}

// The length of the id stands before it so that the versions of no other
// document can lie between those of one.
func versionKey(k portfolio.Key, revision int64) []byte {
	b := make([]byte, 0, len(k.Kind)+1+4+len(k.ID)+8)
	b = append(b, k.Kind...)
	b = append(b, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(k.ID)))
	b = append(b, k.ID...)
	return binary.BigEndian.AppendUint64(b, uint64(revision))
}

// parseVersionKey returns the part that names the document, its kind, and the
// revision.
func parseVersionKey(b []byte) (document []byte, kind portfolio.Kind, revision int64, err error) {
	name, rest, ok := bytes.Cut(b, []byte{0})
	if !ok || len(rest) < 4+8 {
		return nil, "", 0, fmt.Errorf("%w: %q is no key of a version", store.ErrCorrupt, b)
	}
	end := len(b) - 8
	return b[:end], portfolio.Kind(name), int64(binary.BigEndian.Uint64(b[end:])), nil
}

// idOf is the id in the part of a version's key that names the document.
func idOf(document []byte) string {
	_, rest, _ := bytes.Cut(document, []byte{0})
	return string(rest[4:])
}

func commitKey(revision int64) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(revision))
}

// A current document is its revision, then its body.
func currentValue(revision int64, body bson.Raw) []byte {
	b := make([]byte, 0, 8+len(body))
	b = binary.BigEndian.AppendUint64(b, uint64(revision))
	return append(b, body...)
}

func parseCurrentValue(b []byte) (revision int64, body bson.Raw, err error) {
	if len(b) < 8 {
		return 0, nil, fmt.Errorf("%w: a document of %d bytes", store.ErrCorrupt, len(b))
	}
	return int64(binary.BigEndian.Uint64(b)), bson.Raw(b[8:]), nil
}

// revisionOf returns the revision of the live document, 0 if there is none.
func revisionOf(tx *bolt.Tx, key portfolio.Key) (int64, error) {
	value := tx.Bucket(currentBucket).Get(currentKey(key))
	if value == nil {
		return 0, nil
	}
	revision, _, err := parseCurrentValue(value)
	return revision, err
}

// head returns the last commit; the zero record when there is none.
func head(tx *bolt.Tx) (record, error) {
	key, value := tx.Bucket(commitsBucket).Cursor().Last()
	if key == nil {
		return record{}, nil
	}
	return parseRecord(value)
}

// recordAt returns the commit of the revision and whether there is one. Before
// the first stands the zero record.
func recordAt(tx *bolt.Tx, revision int64) (record, bool, error) {
	if revision == 0 {
		return record{}, true, nil
	}
	value := tx.Bucket(commitsBucket).Get(commitKey(revision))
	if value == nil {
		return record{}, false, nil
	}
	r, err := parseRecord(value)
	return r, err == nil, err
}

func parseRecord(value []byte) (record, error) {
	var r record
	if err := store.Unmarshal(value, &r); err != nil {
		return record{}, fmt.Errorf("%w: commit record: %w", store.ErrCorrupt, err)
	}
	return r, nil
}
