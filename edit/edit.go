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
	"time"

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

// A Request is what somebody wants changed. It happens whole or not at all.
type Request struct {
	// Caller is who asks; only an editor may, and one who sees only some
	// departments only there.
	Caller portfolio.Caller
	// Author is put on everything that changes: key:<name>, or file:<path>
	// where a change does not name its own. Only the owner of a folder may
	// write as file:.
	Author  string
	Changes []Change
	// DryRun validates and says what would change, and writes nothing.
	DryRun bool
	// IdempotencyKey makes the same request do nothing twice: within KeepAnswers
	// its first result is returned again, and other changes under the same key
	// are refused. Empty is none.
	IdempotencyKey string
}

// KeepAnswers is for how long a result is returned again to the same
// idempotency key.
const KeepAnswers = 24 * time.Hour

// MaxChanges is how many changes one request may hold.
const MaxChanges = 100_000

// A Change is one document put or deleted.
type Change struct {
	// Put is the document as it shall be, without author and time; nil deletes.
	Put portfolio.RecordedFact
	// Delete is the document that shall be no more, when Put is nil.
	Delete portfolio.Key
	// Expect is the version that the caller has seen, 0 for none; nil does not
	// care.
	Expect *int64
	// Author is who owns it, when that is not the author of the request.
	Author string
	// Path leads to where the caller wrote it, as in [items 3]; the paths of
	// errors begin with it.
	Path []string
}

// A Result says what became of each change of a request, in their order.
type Result struct {
	// Revision is that of the commit; 0 when nothing was written.
	Revision int64     `json:"revision"`
	Outcomes []Outcome `json:"outcomes"`
	// Errors are all that is wrong; with any, nothing was written.
	Errors []UserError `json:"errors,omitempty"`
	// Replayed says that the result is that of an earlier, equal request.
	Replayed bool `json:"replayed,omitempty"`
}

// An Outcome is what became of one change.
type Outcome struct {
	Key  portfolio.Key `json:"key"`
	What What          `json:"what"`
	// Version is the revision at which the document was last put; 0 when there
	// is none.
	Version int64 `json:"version"`
}

// What became of a document.
type What string

// The values of What. On a dry run they say what would become of it; when the
// request has errors, all are REFUSED.
const (
	Created   What = "CREATED"
	Updated   What = "UPDATED"
	Unchanged What = "UNCHANGED"
	Deleted   What = "DELETED"
	Refused   What = "REFUSED"
)

// A UserError says which word of the caller is wrong, and how to mend it.
type UserError struct {
	Code    Code     `json:"code"`
	Message string   `json:"message"`
	Path    []string `json:"path,omitempty"` // Change.Path, then the field by its JSON name
}

// Code says for programs what is wrong.
type Code string

// The values of Code.
const (
	CodeInvalid       Code = "INVALID"        // the value cannot be so
	CodeBlank         Code = "BLANK"          // a value is needed
	CodeTaken         Code = "TAKEN"          // twice in one request, or used by something else
	CodeNotFound      Code = "NOT_FOUND"      // it names something that is not there
	CodeConflict      Code = "CONFLICT"       // the version is not the expected one, or the idempotency key was used for something else
	CodeInUse         Code = "IN_USE"         // it cannot be deleted while others name it
	CodeOwnedByFile   Code = "OWNED_BY_FILE"  // a file of the strategy folder owns it
	CodeForbidden     Code = "FORBIDDEN"      // the caller may not change this
	CodeTooMany       Code = "TOO_MANY"       // more than a limit allows
	CodeNotComparable Code = "NOT_COMPARABLE" // a judgement compares what are not siblings
	CodeCircular      Code = "CIRCULAR"       // it would be above itself
)
