// Package boltstore keeps the log in one file on this machine, in bbolt: the
// default that needs no server.
//
// A commit is one transaction. Current documents and their history lie in
// buckets of their own, so that loading never scans history. One process has
// the file at a time; it knows nothing of replicas, and of networks.
package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"plumbline/portfolio"
	"plumbline/store"
)

// ErrInUse says that another process has the file.
var ErrInUse = errors.New("in use by another process")

// DefaultLockWait is how long Open waits for another process to let go of the
// file, as one that is being stopped does within moments.
const DefaultLockWait = time.Second

// Options are what a store may be told; the zero value is right for a server.
type Options struct {
	// Clock replaces the process's clock, in tests and demonstrations.
	Clock func() time.Time
	// LockWait replaces DefaultLockWait.
	LockWait time.Duration
	// Fault, in tests, is called at each step of a commit; an error stops the
	// commit there as a crash would.
	Fault func(step string) error
}

// The steps of a commit, as Options.Fault names them.
const (
	StepWritten   = "written"   // everything is in the transaction
	StepCommitted = "committed" // the transaction is on the disk
)

// Steps lists the steps of a commit in order.
func Steps() []string { return []string{StepWritten, StepCommitted} }

// The buckets of the file.
var (
	metaBucket     = []byte("meta")     // format
	commitsBucket  = []byte("commits")  // revision -> record and keys
	currentBucket  = []byte("current")  // key -> revision, body
	versionsBucket = []byte("versions") // key, revision -> body; empty when deleted; facts only
)

var formatKey = []byte("format")

// A Store is a log in a file. It implements store.Log.
type Store struct {
	db      *bolt.DB
	options Options
	// writing has room for the one commit that is under way. Go serves waiting
	// senders in the order of their arrival, so it is the writer queue.
	writing chan struct{}

	mu     sync.Mutex
	closed bool
	news   chan struct{} // closed when a commit or Close has happened
}

var _ store.Log = (*Store)(nil)

// Open opens the file at the path, or makes it. An error is ErrInUse when
// another process has it.
func Open(path string, options Options) (*Store, error) {
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.LockWait == 0 {
		options.LockWait = DefaultLockWait
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout: options.LockWait,
		// With many free pages the map is faster, and a freelist that is not
		// synced is found again on opening.
		FreelistType:   bolt.FreelistMapType,
		NoFreelistSync: true,
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("open %s: %w; stop it, or let the command speak to the running server", path, ErrInUse)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum):
		return nil, fmt.Errorf("open %s: %w: it is no Plumbline store: %w", path, store.ErrCorrupt, err)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &Store{db: db, options: options, writing: make(chan struct{}, 1), news: make(chan struct{})}
	if err := db.Update(prepare); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, errors.Join(err, db.Close()))
	}
	return s, nil
}

// prepare makes the buckets of a new file. In one that a newer release has
// written it leaves everything as it is.
func prepare(tx *bolt.Tx) error {
	if tx.Bucket(metaBucket) != nil {
		return nil
	}
	for _, name := range [][]byte{metaBucket, commitsBucket, currentBucket, versionsBucket} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(formatKey, binary.BigEndian.AppendUint64(nil, store.Format))
}

// Now reads the process's clock: a file has no other.
func (s *Store) Now(context.Context) (time.Time, error) {
	return s.options.Clock().UTC(), nil
}

// Close waits for the commit that is under way and lets go of the file.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.news)
	s.mu.Unlock()

	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	return s.db.Close()
}

// changed returns a channel that is closed at the next commit. It is to be
// taken before reading, so that no commit falls between.
func (s *Store) changed() (<-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	return s.news, nil
}

// announce wakes everybody who waits for a commit.
func (s *Store) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		close(s.news)
		s.news = make(chan struct{})
	}
}

var errClosed = fmt.Errorf("%w: the store is closed", portfolio.ErrUnavailable)

// view reads the file at one moment.
func (s *Store) view(read func(*bolt.Tx) error) error {
	err := s.db.View(read)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return errClosed
	}
	return err
}

// readOnly reports whether a newer release has claimed the file.
func readOnly(tx *bolt.Tx) bool {
	return format(tx) > store.Format
}

func format(tx *bolt.Tx) uint64 {
	value := tx.Bucket(metaBucket).Get(formatKey)
	if len(value) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(value)
}
