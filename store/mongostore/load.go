package mongostore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/portfolio"
	"plumbline/store"
)

// A layer is what commits have made of the documents they touch: the newest
// entry of each, laid over what was read before.
type layer map[portfolio.Key]layered

type layered struct {
	rev   int64
	entry store.Entry
}

// note takes in an entry, unless a later one is known already.
func (l layer) note(revision int64, entries ...store.Entry) {
	for _, e := range entries {
		if l[e.Key].rev < revision {
			l[e.Key] = layered{revision, e}
		}
	}
}

// Load reads the mark, then the readable collections, which hold every commit
// up to the mark and perhaps some of later ones, then lays the commits from
// the mark to the end of the log over them. The end is read last: it is not
// before anything that was seen.
func (s *Store) Load(ctx context.Context) (portfolio.State, error) {
	state, err := s.load(ctx)
	if err != nil {
		return portfolio.State{}, fmt.Errorf("load: %w", err)
	}
	return state, nil
}

func (s *Store) load(ctx context.Context) (portfolio.State, error) {
	if err := s.open(); err != nil {
		return portfolio.State{}, err
	}
	if err := s.loadFormat(ctx); err != nil {
		return portfolio.State{}, err
	}
	mark, err := s.readMark(ctx)
	if err != nil {
		return portfolio.State{}, err
	}
	pool := store.NewPool()
	tombstones, scanErr := s.scan(ctx, pool)
	docs, err := pool.Docs()
	if scanErr != nil {
		return portfolio.State{}, scanErr
	}
	if err != nil {
		return portfolio.State{}, err
	}
	head, next, err := s.recordsSinceMark(ctx, mark)
	if err != nil {
		return portfolio.State{}, err
	}
	over := layer{}
	for _, r := range next {
		entries, err := s.readBatch(ctx, r)
		if err != nil {
			return portfolio.State{}, err
		}
		over.note(r.Number, slices.DeleteFunc(entries, func(e store.Entry) bool { return e.Key.Kind.Observed() })...)
		head = r
	}
	if docs, err = over.over(docs, tombstones, s.lenient()); err != nil {
		return portfolio.State{}, err
	}
	s.mu.Lock()
	s.head = head
	s.mu.Unlock()
	return stateAt(head, docs), nil
}

func (s *Store) loadFormat(ctx context.Context) error {
	m, err := s.readMeta(ctx, metaFormat)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.format = m.Format
	return nil
}

// lenient reports whether kinds that are not known here may be passed over, as
// a newer release has written the log.
func (s *Store) lenient() bool { return s.formatNow() > store.Format }

func stateAt(r store.Record, docs []portfolio.Versioned) portfolio.State {
	return portfolio.State{Position: r.Position(), Data: r.Data(), At: r.At, Docs: docs}
}

// scan reads the readable collections, the documents into the pool and the
// revisions of the deleted ones apart.
func (s *Store) scan(ctx context.Context, pool *store.Pool) (tombstones map[portfolio.Key]int64, err error) {
	tombstones = map[portfolio.Key]int64{}
	for kind := range collections {
		if kind.Observed() {
			continue
		}
		cursor, err := s.collection(kind).Find(ctx, bson.D{}, options.Find().SetBatchSize(chunkDocuments))
		if err != nil {
			return nil, s.explain("read "+collections[kind], err)
		}
		if err := s.scanCursor(ctx, cursor, kind, pool, tombstones); err != nil {
			return nil, err
		}
	}
	return tombstones, nil
}

func (s *Store) scanCursor(ctx context.Context, cursor *mongo.Cursor, kind portfolio.Kind, pool *store.Pool, tombstones map[portfolio.Key]int64) error {
	defer closeCursor(cursor)
	for cursor.Next(ctx) {
		raw := cursor.Current
		revision, ok := raw.Lookup("rev").AsInt64OK()
		if !ok {
			return fmt.Errorf("%w: a document of %s has no revision", store.ErrCorrupt, collections[kind])
		}
		if deleted, _ := raw.Lookup("deleted").BooleanOK(); deleted {
			id, _ := raw.Lookup("_id").StringValueOK()
			tombstones[portfolio.Key{Kind: kind, ID: id}] = revision
			continue
		}
		pool.Add(store.Stored{Kind: kind, Rev: revision, Body: slices.Clone(raw)})
	}
	return s.explain("read "+collections[kind], cursor.Err())
}

// over lays the layer over documents that were read.
func (l layer) over(docs []portfolio.Versioned, tombstones map[portfolio.Key]int64, lenient bool) ([]portfolio.Versioned, error) {
	if len(l) == 0 {
		return docs, nil
	}
	for key, revision := range tombstones {
		if l[key].rev < revision {
			delete(l, key)
		}
	}
	docs = slices.DeleteFunc(docs, func(v portfolio.Versioned) bool {
		key := v.Doc.Key()
		top, ok := l[key]
		if ok && top.rev <= v.Rev {
			delete(l, key)
			return false
		}
		return ok
	})
	added, err := l.docs(lenient, nil)
	return append(docs, added...), err
}

// docs decodes the live documents of the layer.
func (l layer) docs(lenient bool, held store.Held) ([]portfolio.Versioned, error) {
	pool := store.NewPool()
	for key, top := range l {
		if top.entry.Deleted() || lenient && key.Kind.Schema() == 0 {
			continue
		}
		doc := store.Stored{Kind: key.Kind, Rev: top.rev, Body: top.entry.Body}
		doc.HeldAs(held, key.ID)
		pool.Add(doc)
	}
	return pool.Docs()
}

// Observations reads the collection by the range of ids, which sort by day,
// and lays the commits that are not folded yet over it.
func (s *Store) Observations(ctx context.Context, from, to portfolio.Date) ([]portfolio.Versioned, error) {
	docs, err := s.observations(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("observations from %s to %s: %w", from, to, err)
	}
	return docs, nil
}

func (s *Store) observations(ctx context.Context, from, to portfolio.Date) ([]portfolio.Versioned, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	mark, err := s.readMark(ctx)
	if err != nil {
		return nil, err
	}
	first, end := from.String(), to.AddDays(1).String()
	cursor, err := s.collection(portfolio.KindObservation).Find(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: first}, {Key: "$lt", Value: end}}}},
		options.Find().SetBatchSize(chunkDocuments))
	if err != nil {
		return nil, s.explain("read observations", err)
	}
	pool, tombstones := store.NewPool(), map[portfolio.Key]int64{}
	scanErr := s.scanCursor(ctx, cursor, portfolio.KindObservation, pool, tombstones)
	docs, err := pool.Docs()
	if err := cmp.Or(scanErr, err); err != nil {
		return nil, err
	}
	_, next, err := s.recordsSinceMark(ctx, mark)
	if err != nil {
		return nil, err
	}
	over := layer{}
	for _, r := range next {
		entries, err := s.readBatch(ctx, r)
		if err != nil {
			return nil, err
		}
		over.note(r.Number, slices.DeleteFunc(entries, func(e store.Entry) bool {
			return !e.Key.Kind.Observed() || e.Key.ID < first || e.Key.ID >= end
		})...)
	}
	return over.over(docs, tombstones, s.lenient())
}

// AsOf collects the newest version of each fact that is not after the
// revision. Up to the mark every version carries its revision; the commits
// between the mark and the revision are laid over.
func (s *Store) AsOf(ctx context.Context, revision int64, held store.Held) (portfolio.State, error) {
	state, err := s.asOf(ctx, revision, held)
	if err != nil {
		return portfolio.State{}, fmt.Errorf("as of revision %d: %w", revision, err)
	}
	return state, nil
}

func (s *Store) asOf(ctx context.Context, revision int64, held store.Held) (portfolio.State, error) {
	if err := s.open(); err != nil {
		return portfolio.State{}, err
	}
	at, ok, err := s.recordAt(ctx, revision)
	if err != nil {
		return portfolio.State{}, err
	}
	if !ok || revision < 0 {
		return portfolio.State{}, fmt.Errorf("%w: there is no revision %d", portfolio.ErrNotFound, revision)
	}
	mark, err := s.readMark(ctx)
	if err != nil {
		return portfolio.State{}, err
	}
	facts := layer{}
	if err := s.scanVersions(ctx, min(mark, revision), facts); err != nil {
		return portfolio.State{}, err
	}
	if mark < revision {
		_, next, err := s.recordsSinceMark(ctx, mark)
		if err != nil {
			return portfolio.State{}, err
		}
		for _, r := range next {
			if r.Number > revision {
				break
			}
			entries, err := s.readBatch(ctx, r)
			if err != nil {
				return portfolio.State{}, err
			}
			facts.note(r.Number, slices.DeleteFunc(entries, func(e store.Entry) bool { return e.Key.Kind.Operational() })...)
		}
	}
	docs, err := facts.docs(s.lenient(), held)
	return stateAt(at, docs), err
}

// scanVersions takes in every fact's versions up to a revision.
func (s *Store) scanVersions(ctx context.Context, until int64, facts layer) error {
	if until < 1 {
		return nil
	}
	cursor, err := s.db.Collection("versions").Find(ctx,
		bson.D{
			{Key: "rev", Value: bson.D{{Key: "$gte", Value: int64(1)}, {Key: "$lte", Value: until}}},
			{Key: "kind", Value: bson.D{{Key: "$ne", Value: portfolio.KindObservation}}}, // there are years of it
		},
		options.Find().SetBatchSize(chunkDocuments))
	if err != nil {
		return s.explain("read versions", err)
	}
	defer closeCursor(cursor)
	for cursor.Next(ctx) {
		var v version
		if err := cursor.Decode(&v); err != nil {
			return s.explain("read versions", err)
		}
		if !v.Kind.Operational() {
			facts.note(v.Rev, v.entry())
		}
	}
	return s.explain("read versions", cursor.Err())
}
