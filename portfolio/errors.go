package portfolio

import "errors"

// The kinds of error that callers branch on. Wrapped errors carry the
// sentence that says what, where and how to mend it; that sentence is written
// for the person who asked and may be shown.
var (
	ErrNotFound      = errors.New("not found")
	ErrConflict      = errors.New("conflict")
	ErrInvalid       = errors.New("invalid")
	ErrInvalidCursor = errors.New("invalid cursor")
	ErrForbidden     = errors.New("forbidden")
	ErrUnavailable   = errors.New("unavailable")
)
