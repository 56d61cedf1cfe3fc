package mongostore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"plumbline/portfolio"
	"plumbline/store"
)

// Commit appends the change. Its documents are written before its turn in the
// queue comes, so that a large commit does not hold up small ones.
//
// When it ends without knowing whether the record was inserted, nothing needs
// to be remembered: the next writer reads the log up to its end before it
// inserts, and can only take a number that this record has not got.
func (s *Store) Commit(ctx context.Context, change store.Change) (portfolio.Commit, error) {
	entries, err := store.Prepare(change)
	if err != nil {
		return portfolio.Commit{}, err
	}
	if err := ctx.Err(); err != nil {
		return portfolio.Commit{}, fmt.Errorf("commit: %w", err)
	}
	if err := s.enter(); err != nil {
		return portfolio.Commit{}, err
	}
	defer s.commits.Done()
	if err := s.holdBack(ctx); err != nil {
		return portfolio.Commit{}, fmt.Errorf("commit: %w", err)
	}
	w := &write{store: s, entries: entries, author: change.Author, expect: change.Expect, seen: s.base()}
	r, err := w.run(ctx)
	if err != nil {
		return portfolio.Commit{}, fmt.Errorf("commit: %w", err)
	}
	s.committed(r, entries)
	if err := s.fault(StepCommitted); err != nil {
		return portfolio.Commit{}, err
	}
	commit := r.Commit()
	commit.Put, commit.Delete = change.Put, change.Delete
	return commit, nil
}

// base returns the newest record this process knows. A writer must take it
// before it writes its batch, as whatever voids the batch comes after it; a
// sweeper before it asks which batches are committed, as whatever commits one
// unseen comes after it.
func (s *Store) base() store.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head
}

// committed notes our own commit and wakes who waits for it.
func (s *Store) committed(r store.Record, entries []store.Entry) {
	s.advance(r)
	s.mu.Lock()
	s.touched[r.Batch] = touchedBy{r.Number, keysOf(entries), true}
	if !s.closed {
		close(s.news)
		s.news = make(chan struct{})
	}
	s.mu.Unlock()
	s.wake()
}

// A write is one commit on its way.
type write struct {
	store   *Store
	entries []store.Entry
	author  string
	expect  map[portfolio.Key]int64
	void    []store.BatchID // of a sweep, which has no entries

	record store.Record // without a place until it has one
	seen   store.Record // the log is read up to here; from base at first
	is     expected     // what is known of the expected documents, as of seen
}

// run writes the batch and inserts the record.
func (w *write) run(ctx context.Context) (store.Record, error) {
	s := w.store
	if err := w.writeBatch(ctx); err != nil {
		return store.Record{}, err
	}
	at, err := s.Now(ctx)
	if err != nil {
		return store.Record{}, err
	}
	if err := s.fault(StepVersions); err != nil {
		return store.Record{}, err
	}
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return store.Record{}, ctx.Err()
	}
	for {
		if err := w.catchUp(ctx); err != nil {
			return store.Record{}, err
		}
		if w.void != nil && len(w.record.Void) == 0 {
			return store.Record{}, errNothingToVoid
		}
		r := w.record.After(w.seen, at)
		if err := s.fault(w.step()); err != nil {
			return store.Record{}, err
		}
		won, err := s.insert(ctx, r)
		if err != nil {
			return store.Record{}, err
		}
		if won {
			return r, nil
		}
	}
}

func (w *write) step() string {
	if w.void != nil {
		return StepVoid
	}
	return StepRecord
}

func (w *write) writeBatch(ctx context.Context) error {
	batch := store.NewBatchID()
	if len(w.entries) > 0 {
		var err error
		if batch, err = w.store.writeBatch(ctx, w.entries); err != nil {
			return err
		}
	}
	w.record = store.NewRecord(batch, w.entries, w.author)
	w.record.Void = w.void
	return nil
}

// catchUp reads the log from what was seen to its end, and what it finds there
// decides whether the commit may still take the next number.
func (w *write) catchUp(ctx context.Context) error {
	s := w.store
	for {
		at, next, err := s.allRecordsAfter(ctx, w.seen.Position())
		if err != nil {
			return err
		}
		last, voided := at, false
		for _, r := range next {
			last = r
			voided = voided || slices.Contains(r.Void, w.record.Batch)
			// What is committed can no longer be voided.
			w.record.Void = slices.DeleteFunc(slices.Clone(w.record.Void), func(b store.BatchID) bool { return b == r.Batch })
		}
		if last.Format > store.Format || s.formatNow() > store.Format {
			return fmt.Errorf("%w: it has format %d, this release writes %d", store.ErrReadOnly, max(last.Format, s.formatNow()), store.Format)
		}
		if err := w.checkExpectations(ctx, next, last); err != nil {
			return err
		}
		w.seen = last
		s.advance(last)
		if !voided {
			return nil
		}
		// A sweeper took us for dead. Nothing is lost but the writing; it is
		// never a conflict. The new batch is younger than anything read so far.
		if err := w.writeBatch(ctx); err != nil {
			return err
		}
	}
}

func (s *Store) formatNow() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.format
}

// insert inserts a record in its place and reports whether it is there. A
// duplicate, or an insert of which we did not hear, is settled only when the
// record of that number can be read: ours or another's. Until then the same
// record is inserted again; as nothing else can remove or replace it, the
// answer is final.
func (s *Store) insert(ctx context.Context, r store.Record) (won bool, err error) {
	deadline := time.Now().Add(settleTimeout)
	for {
		err := s.insertOnce(ctx, r)
		if err == nil {
			return true, nil
		}
		there, ok, readErr := s.recordAt(ctx, r.Number)
		switch {
		case readErr == nil && ok:
			return there.Batch == r.Batch, nil
		case ctx.Err() != nil:
			return false, fmt.Errorf("whether it happened is not known yet: %w", ctx.Err())
		case readErr == nil && !mongo.IsDuplicateKeyError(err) && !outcomeUnknown(err):
			return false, s.explain("insert a commit record", err)
		case time.Now().After(deadline):
			return false, fmt.Errorf("whether it happened is not known yet: %w", s.explain("insert a commit record", err))
		}
		pause(ctx, retryPause)
	}
}

func (s *Store) insertOnce(ctx context.Context, r store.Record) error {
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	_, err := s.db.Collection("commits").InsertOne(ctx, r)
	return err
}
