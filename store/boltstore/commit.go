package boltstore

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"plumbline/portfolio"
	"plumbline/store"
)

// Commit appends the change in one transaction. Encoding happens before the
// commit's turn in the queue, so that a large one keeps others waiting only
// while it writes.
func (s *Store) Commit(ctx context.Context, change store.Change) (portfolio.Commit, error) {
	entries, err := store.Prepare(change)
	if err != nil {
		return portfolio.Commit{}, err
	}
	draft := store.NewRecord(store.NewBatchID(), entries, change.Author)

	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return portfolio.Commit{}, fmt.Errorf("commit: %w", ctx.Err())
	}
	if err := ctx.Err(); err != nil {
		return portfolio.Commit{}, fmt.Errorf("commit: %w", err)
	}

	var done record
	// An error of the disk leaves the transaction on it or not. Nothing in
	// memory depends on which: the next commit reads the head in its own.
	err = s.db.Update(func(tx *bolt.Tx) error {
		done, err = s.write(tx, draft, entries, change.Expect)
		return err
	})
	switch {
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return portfolio.Commit{}, errClosed
	case err != nil:
		return portfolio.Commit{}, fmt.Errorf("commit: %w", err)
	}
	s.announce()
	if err := s.fault(StepCommitted); err != nil {
		return portfolio.Commit{}, err
	}
	commit := done.Commit()
	commit.Put, commit.Delete = change.Put, change.Delete
	return commit, nil
}

// write does everything of a commit within its transaction.
func (s *Store) write(tx *bolt.Tx, draft store.Record, entries []store.Entry, expect map[portfolio.Key]int64) (record, error) {
	if f := format(tx); f > store.Format {
		return record{}, fmt.Errorf("%w: it has format %d, this release writes %d", store.ErrReadOnly, f, store.Format)
	}
	for key, want := range expect {
		is, err := revisionOf(tx, key)
		if err != nil {
			return record{}, err
		}
		if is != want {
			return record{}, fmt.Errorf("%w: %s is at revision %d, not %d", store.ErrConflict, key, is, want)
		}
	}
	last, err := head(tx)
	if err != nil {
		return record{}, err
	}
	r := record{Record: draft.After(last.Record, s.options.Clock())}
	current, versions := tx.Bucket(currentBucket), tx.Bucket(versionsBucket)
	for _, e := range entries {
		r.Touched = append(r.Touched, touched{e.Key.Kind, e.Key.ID, e.Deleted()})
		if e.Deleted() {
			err = current.Delete(currentKey(e.Key))
		} else {
			err = current.Put(currentKey(e.Key), currentValue(r.Number, e.Body))
		}
		if err != nil {
			return record{}, err
		}
		if e.Key.Kind.Operational() {
			continue // only the current one is ever asked for
		}
		if err := versions.Put(versionKey(e.Key, r.Number), e.Body); err != nil {
			return record{}, err
		}
	}
	value, err := store.Marshal(r)
	if err != nil {
		return record{}, err
	}
	if err := tx.Bucket(commitsBucket).Put(commitKey(r.Number), value); err != nil {
		return record{}, err
	}
	return r, s.fault(StepWritten)
}

func (s *Store) fault(step string) error {
	if s.options.Fault == nil {
		return nil
	}
	return s.options.Fault(step)
}
