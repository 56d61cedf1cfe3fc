package boltstore_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/storetest"
)

var kit = storetest.Kit{
	New:   newDatabase,
	Dial:  func(path string) (store.Log, error) { return boltstore.Open(path, boltstore.Options{}) },
	Steps: boltstore.Steps(),
}

func TestMain(m *testing.M) {
	storetest.ServeVictim(kit)
	os.Exit(m.Run())
}

func TestStore(t *testing.T) { storetest.Run(t, kit) }

func TestKill(t *testing.T) { storetest.Kill(t, kit) }

func newDatabase(t testing.TB) *storetest.Database {
	path := filepath.Join(t.TempDir(), "plumbline.db")
	return &storetest.Database{
		Address: path,
		Open: func(t testing.TB, options storetest.Options) store.Log {
			t.Helper()
			log, err := boltstore.Open(path, boltstore.Options{Fault: options.Fault})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = log.Close() })
			return log
		},
		Backup: func(t testing.TB) func() {
			copied, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return func() {
				if err := os.WriteFile(path, copied, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		},
		RaiseFormat: func(t testing.TB) {
			edit(t, path, func(tx *bolt.Tx) error {
				return tx.Bucket([]byte("meta")).Put([]byte("format"), binary.BigEndian.AppendUint64(nil, store.Format+1))
			})
		},
	}
}

// edit changes the file behind the store's back.
func edit(t testing.TB, path string, change func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Update(change); err != nil {
		t.Fatal(err)
	}
}

func TestASecondProcessIsToldThatTheFileIsInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plumbline.db")
	log, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	_, err = boltstore.Open(path, boltstore.Options{LockWait: 10 * time.Millisecond})
	if !errors.Is(err, boltstore.ErrInUse) {
		t.Errorf("Open = %v, want ErrInUse", err)
	}
}

func TestAFileOfSomethingElseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plumbline.db")
	if err := os.WriteFile(path, make([]byte, 64<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := boltstore.Open(path, boltstore.Options{}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Open = %v, want ErrCorrupt", err)
	}
}
