package mongostore

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/portfolio"
	"plumbline/store"
)

// recordPage is how many commit records are read at a time.
const recordPage = 500

// lastRecord returns the newest record, the zero record in an empty log.
func (s *Store) lastRecord(ctx context.Context) (store.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	var r store.Record
	err := s.db.Collection("commits").FindOne(ctx, bson.D{}, options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})).Decode(&r)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return store.Record{}, nil
	}
	return r, s.explain("read the newest commit", err)
}

// recordAt returns the record of a revision and whether there is one. Before
// the first stands the zero record.
func (s *Store) recordAt(ctx context.Context, revision int64) (store.Record, bool, error) {
	if revision == 0 {
		return store.Record{}, true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	var r store.Record
	err := s.db.Collection("commits").FindOne(ctx, bson.D{{Key: "_id", Value: revision}}).Decode(&r)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return store.Record{}, false, nil
	}
	if err != nil {
		return store.Record{}, false, s.explain("read a commit record", err)
	}
	return r, true, nil
}

// recordsAfter returns the records after a position, at most a page of them,
// and the record at the position itself. Each is checked to continue the one
// before. A position that the log does not have is ErrReset.
func (s *Store) recordsAfter(ctx context.Context, after portfolio.Position) (at store.Record, next []store.Record, err error) {
	at, next, err = s.readAfter(ctx, after)
	if errors.Is(err, store.ErrCorrupt) {
		// A cursor is no snapshot: before we say that a record is missing, look
		// again.
		at, next, err = s.readAfter(ctx, after)
	}
	return at, next, err
}

func (s *Store) readAfter(ctx context.Context, after portfolio.Position) (at store.Record, next []store.Record, err error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	cursor, err := s.db.Collection("commits").Find(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: after.Revision}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(recordPage))
	if err != nil {
		return at, nil, s.explain("read commit records", err)
	}
	var found []store.Record
	if err := cursor.All(ctx, &found); err != nil {
		return at, nil, s.explain("read commit records", err)
	}
	if after.Revision > 0 {
		if len(found) == 0 || found[0].Position() != after {
			return at, nil, fmt.Errorf("%w: it has no revision %d of this hash", store.ErrReset, after.Revision)
		}
		at, found = found[0], found[1:]
	}
	previous := at
	for _, r := range found {
		if err := r.Follows(previous); err != nil {
			return at, nil, err
		}
		previous = r
	}
	return at, found, nil
}

// allRecordsAfter is recordsAfter without the limit of a page.
func (s *Store) allRecordsAfter(ctx context.Context, after portfolio.Position) (at store.Record, next []store.Record, err error) {
	at, next, err = s.recordsAfter(ctx, after)
	if err != nil || len(next) < recordPage-1 {
		return at, next, err
	}
	for {
		_, more, err := s.recordsAfter(ctx, next[len(next)-1].Position())
		if err != nil {
			return at, nil, err
		}
		if len(more) == 0 {
			return at, next, nil
		}
		next = append(next, more...)
	}
}

// recordsSinceMark returns the records after a revision that is known by its
// number alone, as the mark is.
func (s *Store) recordsSinceMark(ctx context.Context, mark int64) (at store.Record, next []store.Record, err error) {
	at, ok, err := s.recordAt(ctx, mark)
	if err != nil {
		return at, nil, err
	}
	if !ok {
		return at, nil, fmt.Errorf("%w: commits are folded up to %d, but there is no such commit; was the database restored in part?", store.ErrCorrupt, mark)
	}
	_, next, err = s.allRecordsAfter(ctx, at.Position())
	return at, next, err
}
