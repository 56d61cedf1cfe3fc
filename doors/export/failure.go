package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"plumbline/doors/problem"
)

// A Failure is why there is no table, in a sentence for the person who asked.
type Failure struct {
	// Code is one of the API's codes, such as INVALID.
	Code    string
	Message string
	// RequestID is where the log has more; it may be empty.
	RequestID string
	// RetryAfter is in how many seconds to try again; 0 when that would not
	// help.
	RetryAfter int
}

// Error returns the sentence.
func (f *Failure) Error() string { return f.Message }

// The codes of the API that this package gives itself.
const (
	badRequest = "BAD_REQUEST"
	invalid    = "INVALID"
	notFound   = "NOT_FOUND"
	internal   = "INTERNAL"
)

func failed(code, message string, args ...any) *Failure {
	return &Failure{Code: code, Message: fmt.Sprintf(message, args...)}
}

// statuses are those of the codes; others are of a client's mistake.
var statuses = map[string]int{
	"UNAUTHENTICATED": http.StatusUnauthorized,
	"FORBIDDEN":       http.StatusForbidden,
	notFound:          http.StatusNotFound,
	"CONFLICT":        http.StatusConflict,
	"RATE_LIMITED":    http.StatusTooManyRequests,
	"UPSTREAM":        http.StatusBadGateway,
	"UNAVAILABLE":     http.StatusServiceUnavailable,
	"TIMEOUT":         http.StatusServiceUnavailable,
	internal:          http.StatusInternalServerError,
}

// A refusal is a Failure with a status of its own.
type refusal struct {
	Failure
	status int
	allow  string // the methods that are
}

// refuse answers with why there is no table. Of an error that is not a Failure
// the log alone has the words.
func (d *door) refuse(ctx context.Context, w http.ResponseWriter, err error) {
	var own *refusal
	var f *Failure
	switch {
	case errors.As(err, &own):
		f = &own.Failure
	case errors.As(err, &f):
		own = &refusal{status: cmp.Or(statuses[f.Code], http.StatusBadRequest)}
	default:
		d.Log.ErrorContext(ctx, "export failed", "error", err)
		f, own = failed(internal, "internal error"), &refusal{status: http.StatusInternalServerError}
	}
	if own.allow != "" {
		w.Header().Set("Allow", own.allow)
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	problem.Write(w, problem.Details{Status: own.status, Detail: f.Message, Code: f.Code, RequestID: f.RequestID})
}

// requestID is where the log has more of an error.
func requestID(err error) string {
	var f *Failure
	if errors.As(err, &f) {
		return f.RequestID
	}
	return ""
}
