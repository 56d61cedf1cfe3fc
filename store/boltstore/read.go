package boltstore

import (
	"bytes"
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
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		key, err := parseCurrentKey(k)
		if err != nil {
			return err
		}
		if lenient && key.Kind.Schema() == 0 {
			continue // a kind of the newer release
		}
		revision, body, err := parseCurrentValue(v)
		if err != nil {
			return err
		}
		pool.Add(store.Stored{Kind: key.Kind, Rev: revision, Body: body})
	}
	return nil
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
func (s *Store) AsOf(ctx context.Context, revision int64) (portfolio.State, error) {
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
		scanErr := scanVersions(ctx, tx, revision, pool)
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
func scanVersions(ctx context.Context, tx *bolt.Tx, revision int64, pool *store.Pool) error {
	lenient := readOnly(tx)
	var (
		last   store.Stored
		lastOf []byte
	)
	add := func() {
		if len(last.Body) > 0 && (!lenient || last.Kind.Schema() > 0) {
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
