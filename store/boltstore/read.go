package boltstore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
)

// Load returns every current document.
func (s *Store) Load(ctx context.Context) (portfolio.State, error) {
	var state portfolio.State
	err := s.view(func(tx *bolt.Tx) error {
		last, err := head(tx)
		if err != nil {
			return err
		}
		if err := checkHead(tx, last); err != nil {
			return err
		}
		pool := store.NewPool()
		scanErr := scanCurrent(ctx, tx, pool)
		docs, err := pool.Docs()
		if scanErr != nil {
			return scanErr
		}
		state = stateAt(last, docs)
		return err
	})
	if err != nil {
		return portfolio.State{}, fmt.Errorf("load: %w", err)
	}
	return state, nil
}

func scanCurrent(ctx context.Context, tx *bolt.Tx, pool *store.Pool) error {
	lenient := readOnly(tx)
	cursor := tx.Bucket(currentBucket).Cursor()
	for k, v := cursor.First(); k != nil; {
		if err := ctx.Err(); err != nil {
			return err
		}
		key, err := parseCurrentKey(k)
		if err != nil {
			return err
		}
		if key.Kind.Observed() { // years of it may lie here: leap over them
			k, v = cursor.Seek(append([]byte(key.Kind), 1))
			continue
		}
		if !lenient || key.Kind.Schema() > 0 { // else a kind of the newer release
			revision, body, err := parseCurrentValue(v)
			if err != nil {
				return err
			}
			pool.Add(store.Stored{Kind: key.Kind, Rev: revision, Body: body})
		}
		k, v = cursor.Next()
	}
	return nil
}

// Observations returns what was observed of a range of days, whose ids sort
// by day.
func (s *Store) Observations(ctx context.Context, from, to portfolio.Date) ([]portfolio.Versioned, error) {
	var docs []portfolio.Versioned
	err := s.view(func(tx *bolt.Tx) error {
		first, end := observedKey(from), observedKey(to.AddDays(1))
		pool := store.NewPool()
		var wrong error
		cursor := tx.Bucket(currentBucket).Cursor()
		for k, v := cursor.Seek(first); k != nil && bytes.Compare(k, end) < 0 && wrong == nil; k, v = cursor.Next() {
			revision, body, err := parseCurrentValue(v)
			if wrong = cmp.Or(ctx.Err(), err); wrong == nil {
				pool.Add(store.Stored{Kind: portfolio.KindObservation, Rev: revision, Body: body})
			}
		}
		var err error
		docs, err = pool.Docs()
		return cmp.Or(wrong, err)
	})
	if err != nil {
		return nil, fmt.Errorf("observations from %s to %s: %w", from, to, err)
	}
	return docs, nil
}

// observedKey comes before the keys of all observations of the day, and after
// those of the days before it.
func observedKey(day portfolio.Date) []byte {
	return currentKey(portfolio.Key{Kind: portfolio.KindObservation, ID: day.String()})
}

// checkHead reports a last commit that does not continue the one before it.
func checkHead(tx *bolt.Tx, last record) error {
	if last.Number == 0 {
		return nil
	}
	before, ok, err := recordAt(tx, last.Number-1)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: commit %d is missing", store.ErrCorrupt, last.Number-1)
	}
	return last.Follows(before.Record)
}

func stateAt(r record, docs []portfolio.Versioned) portfolio.State {
	return portfolio.State{Position: r.Position(), Data: r.Data(), At: r.At, Docs: docs}
}

// AsOf returns the facts as they stood at the revision.
func (s *Store) AsOf(ctx context.Context, revision int64, held store.Held) (portfolio.State, error) {
	var state portfolio.State
	err := s.view(func(tx *bolt.Tx) error {
		at, ok, err := recordAt(tx, revision)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: there is no revision %d", portfolio.ErrNotFound, revision)
		}
		if err := checkHead(tx, at); err != nil {
			return err
		}
		pool := store.NewPool()
		scanErr := scanVersions(ctx, tx, revision, held, pool)
		docs, err := pool.Docs()
		if scanErr != nil {
			return scanErr
		}
		state = stateAt(at, docs)
		return err
	})
	if err != nil {
		return portfolio.State{}, fmt.Errorf("as of revision %d: %w", revision, err)
	}
	return state, nil
}

// scanVersions adds the last version of each document that is not after the
// revision. The versions of one document lie together, oldest first.
func scanVersions(ctx context.Context, tx *bolt.Tx, revision int64, held store.Held, pool *store.Pool) error {
	lenient := readOnly(tx)
	var (
		last   store.Stored
		lastOf []byte
	)
	add := func() {
		if len(last.Body) > 0 && (!lenient || last.Kind.Schema() > 0) {
			last.HeldAs(held, idOf(lastOf))
			pool.Add(last)
		}
		last = store.Stored{}
	}
	cursor := tx.Bucket(versionsBucket).Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		document, kind, at, err := parseVersionKey(k)
		if err != nil {
			return err
		}
		if !bytes.Equal(document, lastOf) {
			add()
			lastOf = document
		}
		if at <= revision {
			last = store.Stored{Kind: kind, Rev: at, Body: bson.Raw(v)}
		}
	}
	add()
	return nil
}
