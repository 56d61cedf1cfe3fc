package mongostore

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/portfolio"
	"plumbline/store"
)

// A touchedKey is a document that a commit put or deleted.
type touchedKey struct {
	key     portfolio.Key
	deleted bool
}

// touchedBy is what a commit touched.
type touchedBy struct {
	revision int64
	keys     []touchedKey
	ours     bool // it is a commit of this process
}

func keysOf(entries []store.Entry) []touchedKey {
	keys := make([]touchedKey, len(entries))
	for i, e := range entries {
		keys[i] = touchedKey{e.Key, e.Deleted()}
	}
	return keys
}

// touch is the last commit known to have touched a document.
type touch struct {
	rev     int64
	deleted bool
}

// live is the revision that Expect names: 0 when there is no live document.
func (t touch) live() int64 {
	if t.deleted {
		return 0
	}
	return t.rev
}

// expected is what is known of expected documents.
type expected map[portfolio.Key]touch

// note takes in a commit, unless a later one is known already.
func (e expected) note(revision int64, keys []touchedKey) {
	for _, k := range keys {
		if t, ok := e[k.key]; ok && t.rev < revision {
			e[k.key] = touch{revision, k.deleted}
		}
	}
}

// checkExpectations brings what is known of the expected documents up to the
// last record, and compares it with what the writer expects.
//
// The first time they are read from the collections, which are right up to the
// mark that was read before them, and may be ahead of it; then the commits
// since that mark are laid over. Operational entries of those commits may be
// gone, but only after a later commit that touches the same document was
// folded. If that one is at most last, it is laid over too; if it is beyond,
// the insert at last+1 finds its place taken, and this is asked again.
func (w *write) checkExpectations(ctx context.Context, next []store.Record, last store.Record) error {
	if len(w.expect) == 0 {
		return nil
	}
	s := w.store
	if w.is == nil {
		mark, err := s.readMark(ctx)
		if err != nil {
			return err
		}
		if w.is, err = s.readExpected(ctx, w.expect); err != nil {
			return err
		}
		if mark < last.Number {
			if _, next, err = s.recordsSinceMark(ctx, mark); err != nil {
				return err
			}
		} else {
			next = nil
		}
	}
	for _, r := range next {
		keys, err := s.keysOfCommit(ctx, r)
		if err != nil {
			return err
		}
		w.is.note(r.Number, keys)
	}
	for key, want := range w.expect {
		if is := w.is[key].live(); is != want {
			return fmt.Errorf("%w: %s is at revision %d, not %d", store.ErrConflict, key, is, want)
		}
	}
	return nil
}

// readExpected reads the revisions of documents from the readable collections.
func (s *Store) readExpected(ctx context.Context, expect map[portfolio.Key]int64) (expected, error) {
	ids := map[portfolio.Kind]bson.A{}
	is := expected{}
	for key := range expect {
		is[key] = touch{}
		ids[key.Kind] = append(ids[key.Kind], key.ID)
	}
	for kind, in := range ids {
		// A filter of one plain _id is what every server is quick at.
		filter := bson.D{{Key: "_id", Value: in[0]}}
		if len(in) > 1 {
			filter = bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: in}}}}
		}
		found, err := s.readHeads(ctx, kind, filter)
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			is[portfolio.Key{Kind: kind, ID: h.ID}] = touch{h.Rev, h.Deleted}
		}
	}
	return is, nil
}

// A headOf is what a folded document says of its place in the log.
type headOf struct {
	ID      string `json:"_id"`
	Rev     int64  `json:"rev"`
	Deleted bool   `json:"deleted"`
}

func (s *Store) readHeads(ctx context.Context, kind portfolio.Kind, filter bson.D) ([]headOf, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	only := bson.D{{Key: "rev", Value: 1}, {Key: "deleted", Value: 1}}
	cursor, err := s.collection(kind).Find(ctx, filter, options.Find().SetProjection(only))
	if err != nil {
		return nil, s.explain("read expected documents", err)
	}
	var found []headOf
	return found, s.explain("read expected documents", cursor.All(ctx, &found))
}

// keysOfCommit returns what a commit touched, as far as it is still known.
func (s *Store) keysOfCommit(ctx context.Context, r store.Record) ([]touchedKey, error) {
	s.mu.Lock()
	known, ok := s.touched[r.Batch]
	s.mu.Unlock()
	if ok || r.Entries == 0 {
		return known.keys, nil
	}
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	only := bson.D{{Key: "kind", Value: 1}, {Key: "id", Value: 1}, {Key: "deleted", Value: 1}}
	cursor, err := s.db.Collection("versions").Find(ctx, ofBatch(r.Batch), options.Find().SetProjection(only))
	if err != nil {
		return nil, s.explain("read what a commit touched", err)
	}
	var versions []version
	if err := cursor.All(ctx, &versions); err != nil {
		return nil, s.explain("read what a commit touched", err)
	}
	facts := 0
	var keys []touchedKey
	for _, v := range versions {
		keys = append(keys, touchedKey{v.key(), v.Deleted})
		if !v.Kind.Operational() {
			facts++
		}
	}
	if facts < r.Count {
		return nil, fmt.Errorf("%w: commit %d has %d facts, only %d are there", store.ErrCorrupt, r.Number, r.Count, facts)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Number > s.mark {
		s.touched[r.Batch] = touchedBy{revision: r.Number, keys: keys}
	}
	return keys, nil
}
