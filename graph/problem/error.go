package problem

import (
	"context"
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"plumbline/portfolio"
)

// An Error carries a sentence for the client and the code that goes with it.
// What it wraps is for the log alone.
type Error struct {
	Code    Code
	Message string
	// Details are further entries of the error's extensions.
	Details map[string]any

	cause error
}

// New returns an error whose sentence may be shown to the client.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap returns an error that shows the sentence and keeps the cause to itself.
func Wrap(cause error, code Code, format string, args ...any) *Error {
	e := New(code, format, args...)
	e.cause = cause
	return e
}

// Error returns the sentence; the cause follows in the log, not here.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// kinds maps the kinds of error that the rest of the program knows. A kind
// without a sentence shows the one that whoever wrapped it wrote for the
// person who asked.
var kinds = []struct {
	kind     error
	code     Code
	sentence string
}{
	{portfolio.ErrInvalidCursor, InvalidCursor, ""},
	{portfolio.ErrInvalid, Invalid, ""},
	{portfolio.ErrNotFound, NotFound, ""},
	{portfolio.ErrForbidden, Forbidden, ""},
	{portfolio.ErrConflict, Conflict, "somebody else changed it meanwhile; read it again and repeat the change"},
	{portfolio.ErrUnavailable, Unavailable, "the portfolio's store cannot be reached just now; try again shortly"},
	{context.DeadlineExceeded, Timeout, "the time for one operation is up; ask for less at once"},
	{context.Canceled, Timeout, "the request was cancelled"},
}

// explain finds what may be said of err. Errors that nobody wrote a sentence
// for are nil: an internal error.
func explain(err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var located *gqlerror.Error
	if errors.As(err, &located) && located.Err != nil {
		err = located.Err // the sentence without input:1:2 before it
	}
	for _, k := range kinds {
		if !errors.Is(err, k.kind) {
			continue
		}
		if k.sentence != "" {
			return Wrap(err, k.code, "%s", k.sentence)
		}
		return Wrap(err, k.code, "%s", err.Error())
	}
	return nil
}
