package mongostore

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"plumbline/store"
)

// sweeperAuthor is who commits a void.
const sweeperAuthor = "system"

var errNothingToVoid = errors.New("nothing to void")

// A sweeper watches batches that are not committed. It trusts no clock but
// its own: a batch is abandoned when it has not grown while we looked.
type sweeper struct {
	mu      sync.Mutex
	watched map[store.BatchID]watch
}

type watch struct {
	size  int
	since time.Time // by the monotonic clock
}

// keepSweeping sweeps until the store is closed.
func (s *Store) keepSweeping() {
	for {
		pause(s.closing, s.options.SweepEvery)
		if s.closing.Err() != nil {
			return
		}
		if err := s.Sweep(s.closing); err != nil && s.closing.Err() == nil {
			s.logger.Warn("abandoned batches could not be swept yet", "error", err)
		}
	}
}

// Sweep voids the batches that have stood still for long enough: a commit
// says that they can never be committed, and then they are removed. A writer
// that was only slow finds its batch voided and writes another.
func (s *Store) Sweep(ctx context.Context) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.commits.Done()
	if s.formatNow() > store.Format {
		return nil
	}
	w := &write{store: s, author: sweeperAuthor, seen: s.base()}
	standing, err := s.standing(ctx)
	if err != nil || len(standing) == 0 {
		return err
	}
	if w.void, err = s.uncommitted(ctx, standing); err != nil || len(w.void) == 0 {
		return err
	}
	r, err := w.run(ctx)
	if errors.Is(err, errNothingToVoid) {
		return nil
	}
	if err != nil {
		return err
	}
	s.logger.Info("abandoned batches are swept away", "batches", len(r.Void))
	s.committed(r, nil)
	return nil
}

// standing returns the unfolded batches that have not grown for long enough.
func (s *Store) standing(ctx context.Context) ([]store.BatchID, error) {
	sizes, err := s.unfolded(ctx)
	if err != nil {
		return nil, err
	}
	s.sweeper.mu.Lock()
	defer s.sweeper.mu.Unlock()
	now := time.Now()
	before := s.sweeper.watched
	s.sweeper.watched = make(map[store.BatchID]watch, len(sizes))
	var standing []store.BatchID
	for batch, size := range sizes {
		w, known := before[batch]
		if !known || w.size != size {
			w = watch{size, now}
		}
		s.sweeper.watched[batch] = w
		if now.Sub(w.since) >= s.options.StandStill {
			standing = append(standing, batch)
		}
	}
	return standing, nil
}

// unfolded counts the versions of every batch that carries no revision yet.
func (s *Store) unfolded(ctx context.Context) (map[store.BatchID]int, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	cursor, err := s.db.Collection("versions").Find(ctx, bson.D{{Key: "rev", Value: int64(0)}},
		options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, s.explain("look for abandoned batches", err)
	}
	defer closeCursor(cursor)
	sizes := map[store.BatchID]int{}
	for cursor.Next(ctx) {
		var v version
		if err := cursor.Decode(&v); err != nil {
			return nil, s.explain("look for abandoned batches", err)
		}
		sizes[v.ID.Batch]++
	}
	return sizes, s.explain("look for abandoned batches", cursor.Err())
}

// uncommitted returns those of the batches that no commit carries.
func (s *Store) uncommitted(ctx context.Context, batches []store.BatchID) ([]store.BatchID, error) {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	var open []store.BatchID
	for _, b := range batches {
		err := s.db.Collection("commits").FindOne(ctx, bson.D{{Key: "batch", Value: b}}).Err()
		switch {
		case errors.Is(err, mongo.ErrNoDocuments):
			open = append(open, b)
		case err != nil:
			return nil, s.explain("look for abandoned batches", err)
		}
	}
	return open, nil
}
