package portfolio

import "time"

// An Edit is what somebody wants changed. It happens whole or not at all.
type Edit struct {
	// Caller is who asks; only an editor may, and one who sees only some
	// departments only there.
	Caller Caller
	// Author is put on everything that changes: key:<name>, file:<path> or
	// tool:<connection>, where a change does not name its own. Only the owner
	// of a folder may write as file:, and only the sync engine as tool:.
	Author  string
	Changes []EditChange
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

// MaxEdits is how many changes one edit may hold.
const MaxEdits = 100_000

// An EditChange is one document put or deleted.
type EditChange struct {
	// Put is the document as it shall be, without author and time; nil deletes.
	Put RecordedFact
	// Delete is the document that shall be no more, when Put is nil.
	Delete Key
	// Expect is the version that the caller has seen, 0 for none; nil does not
	// care.
	Expect *int64
	// Author is who owns it, when that is not the author of the edit.
	Author string
	// Path leads to where the caller wrote it, as in [items 3]; the paths of
	// errors begin with it.
	Path []string
}

// An EditResult says what became of each change of an edit, in their order.
type EditResult struct {
	// Revision is that of the commit; 0 when nothing was written.
	Revision int64         `json:"revision"`
	Outcomes []EditOutcome `json:"outcomes"`
	// Errors are all that is wrong; with any, nothing was written.
	Errors []UserError `json:"errors,omitempty"`
	// Replayed says that the result is that of an earlier, equal one.
	Replayed bool `json:"replayed,omitempty"`
}

// An EditOutcome is what became of one change.
type EditOutcome struct {
	Key  Key     `json:"key"`
	What Outcome `json:"what"`
	// Version is the revision at which the document was last put; 0 when there
	// is none.
	Version int64 `json:"version"`
}

// Outcome is what became of a document.
type Outcome string

// The values of Outcome. On a dry run they say what would become of it; when the
// edit has errors, all are REFUSED.
const (
	OutcomeCreated   Outcome = "CREATED"
	OutcomeUpdated   Outcome = "UPDATED"
	OutcomeUnchanged Outcome = "UNCHANGED"
	OutcomeDeleted   Outcome = "DELETED"
	OutcomeRefused   Outcome = "REFUSED"
)

// A UserError says which word of the caller is wrong, and how to mend it.
type UserError struct {
	Code    UserErrorCode `json:"code"`
	Message string        `json:"message"`
	Path    []string      `json:"path,omitempty"` // EditChange.Path, then the field by its JSON name
}

// Field is the path, as the API calls it.
func (e *UserError) Field() []string { return e.Path }

// UserErrorCode says for programs what is wrong.
type UserErrorCode string

// The values of UserErrorCode.
const (
	UserErrorInvalid       UserErrorCode = "INVALID"        // the value cannot be so
	UserErrorBlank         UserErrorCode = "BLANK"          // a value is needed
	UserErrorTaken         UserErrorCode = "TAKEN"          // twice in one request, or used by something else
	UserErrorNotFound      UserErrorCode = "NOT_FOUND"      // it names something that is not there
	UserErrorConflict      UserErrorCode = "CONFLICT"       // the version is not the expected one, or the idempotency key was used for something else
	UserErrorInUse         UserErrorCode = "IN_USE"         // it cannot be deleted while others name it
	UserErrorOwnedByFile   UserErrorCode = "OWNED_BY_FILE"  // a file of the strategy folder owns it
	UserErrorOwnedByTool   UserErrorCode = "OWNED_BY_TOOL"  // a connected tool owns it
	UserErrorForbidden     UserErrorCode = "FORBIDDEN"      // the caller may not change this
	UserErrorTooMany       UserErrorCode = "TOO_MANY"       // more than a limit allows
	UserErrorNotComparable UserErrorCode = "NOT_COMPARABLE" // a judgement compares what are not siblings
	UserErrorCircular      UserErrorCode = "CIRCULAR"       // it would be above itself
)
