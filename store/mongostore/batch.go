package mongostore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/portfolio"
	"plumbline/store"
)

// The largest chunk in which a batch is written.
const (
	chunkDocuments = 2000
	chunkBytes     = 8 << 20
)

// A version is one entry of a batch. Rev is 0 until the batch is committed and
// folded, so that what was abandoned can be found.
type version struct {
	ID      versionID      `json:"_id"`
	Rev     int64          `json:"rev"`
	Kind    portfolio.Kind `json:"kind"`
	Doc     string         `json:"id"`
	Deleted bool           `json:"deleted,omitempty"`
	Body    bson.Raw       `json:"body,omitempty"`
}

type versionID struct {
	Batch store.BatchID `json:"batch"`
	I     int32         `json:"i"`
}

func (v version) key() portfolio.Key { return portfolio.Key{Kind: v.Kind, ID: v.Doc} }

func (v version) entry() store.Entry {
	if v.Deleted {
		return store.Entry{Key: v.key()}
	}
	return store.Entry{Key: v.key(), Body: v.Body}
}

// ofBatch selects the versions of a batch by a range of _id, so that the
// index that every collection has serves it.
func ofBatch(b store.BatchID) bson.D {
	return between(versionID{b, 0}, versionID{b, math.MaxInt32})
}

// between selects the versions from one to another, both included.
func between(first, last versionID) bson.D {
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: first}, {Key: "$lte", Value: last}}}}
}

// writeBatch writes the entries under a new batch id, and returns when all are
// acknowledged.
func (s *Store) writeBatch(ctx context.Context, entries []store.Entry) (store.BatchID, error) {
	batch := store.NewBatchID()
	var (
		chunk []any
		size  int
	)
	for i, e := range entries {
		if len(chunk) == chunkDocuments || len(chunk) > 0 && size+len(e.Body) > chunkBytes {
			if err := s.writeChunk(ctx, chunk); err != nil {
				return batch, err
			}
			chunk, size = nil, 0
		}
		chunk = append(chunk, version{ID: versionID{batch, int32(i)}, Kind: e.Key.Kind, Doc: e.Key.ID, Deleted: e.Deleted(), Body: e.Body})
		size += len(e.Body)
	}
	return batch, s.writeChunk(ctx, chunk)
}

// writeChunk inserts versions. When the outcome is unknown it inserts them
// again: the batch is ours alone, so a duplicate is our own former attempt.
func (s *Store) writeChunk(ctx context.Context, chunk []any) error {
	deadline := time.Now().Add(settleTimeout)
	for {
		err := s.insertChunk(ctx, chunk)
		if onlyDuplicates(err) {
			// Some servers stop an unordered command at the first duplicate.
			err = s.insertOneByOne(ctx, chunk)
		}
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("write documents: %w", ctx.Err())
		case !outcomeUnknown(err) || time.Now().After(deadline):
			return s.explain("write documents", err)
		}
		pause(ctx, retryPause)
	}
}

func (s *Store) insertChunk(ctx context.Context, chunk []any) error {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	_, err := s.db.Collection("versions").InsertMany(ctx, chunk, options.InsertMany().SetOrdered(false))
	return err
}

func (s *Store) insertOneByOne(ctx context.Context, chunk []any) error {
	for _, v := range chunk {
		if err := s.insertChunk(ctx, []any{v}); err != nil && !onlyDuplicates(err) {
			return err
		}
	}
	return nil
}

// outcomeUnknown reports whether the server may have done what the error says
// failed: anything but its own plain refusal.
func outcomeUnknown(err error) bool {
	if mongo.IsNetworkError(err) || mongo.IsTimeout(err) || hasWriteConcernError(err) {
		return true
	}
	var coded mongo.ServerError
	return !errors.As(err, &coded) || hasAnyCode(coded, notPrimaryCodes)
}

// hasWriteConcernError reports whether the server did what it was told but a
// majority was not heard of.
func hasWriteConcernError(err error) bool {
	var one mongo.WriteException
	var many mongo.BulkWriteException
	return errors.As(err, &one) && one.WriteConcernError != nil ||
		errors.As(err, &many) && many.WriteConcernError != nil
}

// readBatch returns the entries of a committed batch in their order. Facts are
// kept for good; operational entries may be gone once they are superseded.
// When all are there they must be what was committed.
func (s *Store) readBatch(ctx context.Context, r store.Record) ([]store.Entry, error) {
	if r.Entries == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	cursor, err := s.db.Collection("versions").Find(ctx, ofBatch(r.Batch), options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, s.explain("read a commit", err)
	}
	var versions []version
	if err := cursor.All(ctx, &versions); err != nil {
		return nil, s.explain("read a commit", err)
	}
	entries := make([]store.Entry, len(versions))
	facts := 0
	for i, v := range versions {
		entries[i] = v.entry()
		if !v.Kind.Operational() {
			facts++
		}
	}
	if facts < r.Count {
		return nil, fmt.Errorf("%w: commit %d has %d facts, only %d are there", store.ErrCorrupt, r.Number, r.Count, facts)
	}
	if len(entries) == r.Entries && store.Digest(entries) != r.Digest {
		return nil, fmt.Errorf("%w: the documents of commit %d are not those that were committed", store.ErrCorrupt, r.Number)
	}
	return entries, nil
}
