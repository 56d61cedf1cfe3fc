package boltstore_test

import (
	"bytes"
	"errors"
	"testing"

	bolt "go.etcd.io/bbolt"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/storetest"
)

// Whatever is changed behind the store's back in what was committed is told,
// not served.
func TestDamageIsNoticed(t *testing.T) {
	flip := func(bucket string, old, changed string) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			return b.ForEach(func(k, v []byte) error {
				if !bytes.Contains(v, []byte(old)) {
					return nil
				}
				return b.Put(k, bytes.ReplaceAll(v, []byte(old), []byte(changed)))
			})
		}
	}
	for _, c := range []struct {
		name string
		harm func(*bolt.Tx) error
		read func(t *testing.T, log store.Log) error
	}{
		{"a version with another name", flip("versions", "Project 1", "Project !"), follow},
		{"a version that is gone", func(tx *bolt.Tx) error {
			k, _ := tx.Bucket([]byte("versions")).Cursor().First()
			return tx.Bucket([]byte("versions")).Delete(k)
		}, follow},
		{"a commit that is gone", deleteCommit(2), follow},
		{"a last commit without the one before", deleteCommit(2), load},
		{"a document of unknown layout", flip("current", "schema", "schemo"), load},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := newDatabase(t)
			log := db.Open(t, storetest.Options{})
			for n := range 3 {
				if _, err := log.Commit(t.Context(), store.Change{Put: []portfolio.Document{storetest.Project(n)}}); err != nil {
					t.Fatal(err)
				}
			}
			if err := log.Close(); err != nil {
				t.Fatal(err)
			}
			edit(t, db.Address, c.harm)
			if err := c.read(t, db.Open(t, storetest.Options{})); !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("%v, want ErrCorrupt", err)
			}
		})
	}
}

func deleteCommit(revision byte) func(*bolt.Tx) error {
	return func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("commits")).Delete([]byte{0, 0, 0, 0, 0, 0, 0, revision})
	}
}

func load(t *testing.T, log store.Log) error {
	_, err := log.Load(t.Context())
	return err
}

func follow(t *testing.T, log store.Log) error {
	for c, err := range log.Follow(t.Context(), portfolio.Position{}) {
		if err != nil || c.Revision == 3 {
			return err
		}
	}
	return nil
}

func TestAFullDiskLeavesTheLogAsItWas(t *testing.T) {
	db := newDatabase(t)
	full := errors.New("no space left on device")
	failing := false
	log, err := boltstore.Open(db.Address, boltstore.Options{Fault: func(step string) error {
		if failing && step == boltstore.StepWritten {
			return full
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	put := func() error {
		_, err := log.Commit(t.Context(), store.Change{Put: []portfolio.Document{storetest.Project(1)}})
		return err
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	failing = true
	if err := put(); !errors.Is(err, full) {
		t.Errorf("Commit = %v, want the disk's error", err)
	}
	failing = false
	if err := put(); err != nil {
		t.Errorf("Commit = %v once there is room again", err)
	}
	if state, err := log.Load(t.Context()); err != nil || state.Revision != 2 {
		t.Errorf("Load is of revision %d, %v; want 2", state.Revision, err)
	}
}
