// Package store is the contract of the log: a sequence of numbered commits,
// each a set of whole-document puts and deletes that appear together or not
// at all. Package boltstore keeps it in one file, mongostore in MongoDB, and
// storetest holds both to the same promises.
//
// It does not compute, merge or decide: what documents mean is package
// portfolio's business.
package store

import (
	"context"
	"errors"
	"iter"
	"time"

	"plumbline/portfolio"
)

// The kinds of error that callers branch on.
var (
	// ErrConflict says that an expected document has moved.
	ErrConflict = portfolio.ErrConflict
	// ErrReset says that the database no longer continues what was read of
	// it, as after a restore: load again.
	ErrReset = errors.New("log was reset")
	// ErrCorrupt says that the log contradicts itself; it needs a person.
	ErrCorrupt = errors.New("log is damaged")
	// ErrReadOnly says that a newer release has written the log, so that this
	// one may only read it.
	ErrReadOnly = errors.New("log was written by a newer release")
)

// A Change is what a writer wants to commit.
type Change struct {
	Put    []portfolio.Document
	Delete []portfolio.Key
	// Expect names the revision at which a document was last put; 0 means no
	// live document. If one has moved, Commit answers ErrConflict. A put
	// without Expect is last-writer-wins.
	Expect map[portfolio.Key]int64
	Author string
}

// Held finds the newest version of a fact that a reader of the same log has in
// memory, false when there is none. Many goroutines may call it.
type Held func(portfolio.Key) (portfolio.Versioned, bool)

// A Log keeps the documents and their history. Its methods may be called by
// many goroutines; an unreachable database is portfolio.ErrUnavailable.
type Log interface {
	// Load returns every current document and the position they are of.
	Load(ctx context.Context) (portfolio.State, error)
	// Commit appends the change whole or not at all. An error other than
	// ErrConflict leaves the outcome to be settled before the next commit.
	Commit(ctx context.Context, change Change) (portfolio.Commit, error)
	// Follow yields every commit after the position, in order and without a
	// gap, until ctx ends or an error is yielded.
	Follow(ctx context.Context, after portfolio.Position) iter.Seq2[portfolio.Commit, error]
	// AsOf returns the facts as they stood at the revision. Operational
	// documents have no history and are left out. What the caller holds in the
	// version of then is not decoded again; nil holds nothing.
	AsOf(ctx context.Context, revision int64, held Held) (portfolio.State, error)
	// History returns the versions of one fact, oldest first; Doc is nil where
	// it was deleted. A fact that never was has none, and neither has an
	// operational document.
	History(ctx context.Context, key portfolio.Key) ([]portfolio.Versioned, error)
	// Observations returns what was observed of the days from one to another,
	// both included, in no particular order. Load and AsOf pass over it.
	Observations(ctx context.Context, from, to portfolio.Date) ([]portfolio.Versioned, error)
	// Now reads the store's clock, the same for all replicas.
	Now(ctx context.Context) (time.Time, error)
	// Close releases the store; it waits for commits that are under way.
	Close() error
}
