// Package edit turns what people want changed into one commit, or into errors
// that say which of their words to mend. Mutations, imported files and the
// strategy folder all come through here, so that validation, dry runs,
// expected versions, idempotency, authorship and the ownership of files are
// one thing.
//
// It does not parse files or requests and does not compute views.
package edit

import (
	"context"
	"log/slog"

	"plumbline/portfolio"
	"plumbline/store"
)

// A Reader has the newest snapshot.
type Reader interface {
	// Snapshot returns it; it never waits.
	Snapshot() *portfolio.Snapshot
	// Wait returns a snapshot that holds the revision, or an error when ctx
	// ends before there is one.
	Wait(ctx context.Context, revision int64) (*portfolio.Snapshot, error)
}

// An Editor makes changes. Its methods may be called by many goroutines.
type Editor struct {
	log    store.Log
	reader Reader
	logger *slog.Logger
}

// New returns an editor of what the log holds; reader must follow the same log.
func New(log store.Log, reader Reader, logger *slog.Logger) *Editor {
	return &Editor{log: log, reader: reader, logger: logger}
}
