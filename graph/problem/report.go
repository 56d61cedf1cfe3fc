package problem

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A Report gathers what fails while one request is answered. It is gqlgen's
// error presenter and recover function for that request, and it may be used
// by many goroutines.
type Report struct {
	id   string
	log  *slog.Logger
	most int

	mu      sync.Mutex
	shown   int
	omitted int
}

// NewReport returns a report that shows at most so many errors and logs what
// it does not show in full.
func NewReport(log *slog.Logger, most int) *Report {
	id := rand.Text()
	return &Report{id: id, log: log.With("request_id", id), most: most}
}

// RequestID names the request in the log.
func (r *Report) RequestID() string { return r.id }

// Present turns an error into what the client sees of it, or into nil when
// the answer already has as many errors as it may show.
func (r *Report) Present(ctx context.Context, err error) *gqlerror.Error {
	if !r.admit() {
		return nil
	}
	return r.Show(ctx, err)
}

// Show is Present for an error that the answer needs, however many it has.
func (r *Report) Show(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{Extensions: map[string]any{}}
	var located *gqlerror.Error
	if errors.As(err, &located) {
		shown.Path, shown.Locations = located.Path, located.Locations
	}
	known := explain(err)
	if known == nil {
		r.log.ErrorContext(ctx, "internal error", "error", err, "path", shown.Path.String())
		known = r.internal()
	} else if cause := known.Unwrap(); cause != nil && cause.Error() != known.Message {
		r.log.InfoContext(ctx, "request failed", "code", known.Code, "error", cause, "path", shown.Path.String())
	}
	shown.Message = known.Message
	maps.Copy(shown.Extensions, known.Details)
	shown.Extensions["code"] = known.Code
	return shown
}

// admit counts an error and reports whether there is room to show it.
func (r *Report) admit() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shown >= r.most {
		r.omitted++
		return false
	}
	r.shown++
	return true
}

// Recover turns a panic into an internal error and logs where it came from.
func (r *Report) Recover(ctx context.Context, panicked any) error {
	r.log.ErrorContext(ctx, "panic", "panic", fmt.Sprint(panicked), "stack", string(debug.Stack()))
	return r.internal()
}

// Omitted returns how many errors were not shown for want of room.
func (r *Report) Omitted() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.omitted
}

// internal is all that a client learns of a fault of ours.
func (r *Report) internal() *Error {
	e := New(Internal, "internal error")
	e.Details = map[string]any{"requestId": r.id}
	return e
}
