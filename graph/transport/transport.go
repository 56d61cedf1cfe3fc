// Package transport carries GraphQL over HTTP: GET and POST, to the letter of
// the GraphQL over HTTP specification, within the limits of package limit.
//
// It accepts JSON only, so no page of another site can have a browser send a
// request unasked, and it never changes anything on a GET. It does not
// authenticate (a door did, and left the caller in the context), knows no
// cookies, no multipart requests and no subscriptions, and resolves nothing
// itself.
package transport

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/klauspost/compress/gzhttp"

	"plumbline/graph/limit"
	"plumbline/graph/problem"
	"plumbline/internal/etag"
	"plumbline/portfolio"
)

// MinRevision is the header with which a client asks for a revision at least
// as new as one it has seen, on this replica or another.
const MinRevision = "Plumbline-Min-Revision"

// RequestID is the header of every answer that names its request in the log.
const RequestID = "X-Request-Id"

// compressFrom is the shortest answer worth compressing, in bytes.
const compressFrom = 1 << 10

// Revisions waits for what other replicas have committed.
type Revisions interface {
	// WaitRevision returns when the revision is visible here, or with an
	// error when ctx ends before.
	WaitRevision(ctx context.Context, revision int64) error
}

// Config says what a handler serves. Schema is needed; the rest may be zero.
type Config struct {
	Schema graphql.ExecutableSchema
	Limits limit.Limits
	Log    *slog.Logger
	// Begin is called once for each request, before its operation runs. The
	// context it returns is that of every resolver, so this is where what a
	// request reads is pinned; the extensions go into the answer.
	Begin func(context.Context) (context.Context, map[string]any)
	// GoBack is called after Begin for an operation that asks for another day
	// than now, once it is paid for. The context it returns is that of every
	// resolver, and its extensions replace those of Begin.
	GoBack func(context.Context, Asked) (context.Context, map[string]any, error)
	// State names, with the context that Begin returned, the state of what
	// resolvers read, with or without what the schema marks as @operational.
	// Answers by GET carry it in their ETag; without it they have none.
	State func(ctx context.Context, operational bool) string
	// Revisions serves the header Plumbline-Min-Revision; without it no
	// revision is ever newer than what is here.
	Revisions Revisions
	// Now tells the time for the budgets; the process's clock if nil.
	Now func() time.Time
}

// A handler answers GraphQL requests.
type handler struct {
	Config
	documents      *documents
	persisted      *persisted
	introspections *introspections
	meter          *limit.Meter
	buckets        limit.Buckets
	operational    map[string]bool // types that show bookkeeping
}

// A Handler answers GraphQL over HTTP, and runs documents of the server's own
// within the same limits.
type Handler struct {
	http.Handler
	requests *handler
}

// New returns the handler.
func New(c Config) *Handler {
	c.Limits = c.Limits.OrDefaults()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Begin == nil {
		c.Begin = func(ctx context.Context) (context.Context, map[string]any) { return ctx, nil }
	}
	if c.GoBack == nil {
		c.GoBack = func(ctx context.Context, _ Asked) (context.Context, map[string]any, error) { return ctx, nil, nil }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	h := &handler{
		Config:         c,
		documents:      newDocuments(c.Schema.Schema(), c.Limits),
		persisted:      newPersisted(),
		introspections: newIntrospections(),
		meter:          limit.NewMeter(c.Schema.Schema()),
		operational:    operationalTypes(c.Schema.Schema()),
	}
	compress, err := gzhttp.NewWrapper(
		gzhttp.MinSize(compressFrom),
		gzhttp.EnableZstd(true),
		gzhttp.ContentTypes([]string{string(plainJSON), string(responseJSON)}),
	)
	if err != nil {
		panic(err) // the options are constants
	}
	return &Handler{Handler: compress(h), requests: h}
}

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	ctx := r.Context()
	report := problem.NewReport(h.Log, h.Limits.Errors)
	w.Header().Set(RequestID, report.RequestID())
	w.Header().Add("Vary", "Accept")

	media, ok := negotiate(r.Header.Values("Accept"))
	var a *answer
	if ok {
		a = h.answer(w, r, media, report)
	} else {
		media = plainJSON
		a = h.refuse(ctx, media, report, &refusal{
			status: http.StatusNotAcceptable,
			errors: []error{problem.New(problem.BadRequest, "answers are %s or %s", responseJSON, plainJSON)},
		})
	}
	if err := a.write(w, media); err != nil {
		h.Log.DebugContext(ctx, "answer not delivered", "request_id", report.RequestID(), "error", err)
	}
	h.Log.DebugContext(ctx, "request", "request_id", report.RequestID(), "status", a.status,
		"bytes", len(a.data), "errors", len(a.errors), "duration", time.Since(began))
}

// answer executes the request, or says why not. A panic outside of a field is
// an internal error like any other.
func (h *handler) answer(w http.ResponseWriter, r *http.Request, media mediaType, report *problem.Report) (a *answer) {
	ctx := r.Context()
	defer func() {
		if panicked := recover(); panicked != nil {
			a = h.refuse(ctx, media, report, report.Recover(ctx, panicked))
		}
	}()
	caller := portfolio.CallerOf(ctx)
	budget := h.Limits.Budget(caller.Export)

	req, err := h.receive(w, r, caller, budget)
	if err != nil {
		return h.refuse(ctx, media, report, err)
	}
	ctx, cancel := context.WithTimeout(ctx, budget.Time)
	defer cancel()
	if err := h.awaitRevision(ctx, r.Header.Get(MinRevision)); err != nil {
		return h.refuse(ctx, media, report, err)
	}
	ctx, extensions := h.Begin(ctx)
	op, err := h.prepare(req, caller)
	if err != nil {
		return h.refuse(ctx, media, report, err).extend(extensions)
	}
	var charge limit.Charge
	if op.goesBack() { // which is work, so it is paid for before
		if charge, err = h.charge(caller, op, budget); err != nil {
			return h.refuse(ctx, media, report, err).extend(extensions)
		}
		var more map[string]any
		if ctx, more, err = h.GoBack(ctx, op.asked); err != nil {
			return h.refuse(ctx, media, report, err).extend(extensions)
		}
		maps.Copy(extensions, more)
	}
	tag := ""
	if req.readOnly {
		tag = h.tag(ctx, op, caller, string(media))
	}
	if tag != "" && etag.Knows(r.Header, tag) {
		return &answer{status: http.StatusNotModified, tag: tag}
	}
	if !op.goesBack() {
		if charge, err = h.charge(caller, op, budget); err != nil {
			return h.refuse(ctx, media, report, err).extend(extensions)
		}
	}
	a = h.execute(limit.WithCharge(ctx, charge), op, budget, report)
	if len(a.errors) == 0 {
		a.tag = tag
	}
	return a.extend(extensions).extend(map[string]any{"cost": charge})
}

// receive reads the request within the time and size that a client has for
// sending one, and sets the time by which it must have taken the answer.
func (h *handler) receive(w http.ResponseWriter, r *http.Request, caller portfolio.Caller, budget limit.Budget) (*request, error) {
	most := h.Limits.Body
	if r.Method == http.MethodPost && caller.May(portfolio.RoleEditor) {
		most = max(most, h.Limits.MutationBody)
	}
	// Deadlines are of the connection; a test's recorder has none.
	connection := http.NewResponseController(w)
	now := time.Now()
	_ = connection.SetReadDeadline(now.Add(h.Limits.ReadTime))
	_ = connection.SetWriteDeadline(now.Add(h.Limits.ReadTime + h.Limits.RevisionWait + budget.Time + h.Limits.WriteTime))
	req, err := read(w, r, most)
	// From here on the server watches the connection for the client's
	// going away; a read deadline would look like that.
	_ = connection.SetReadDeadline(time.Time{})
	return req, err
}

// awaitRevision waits for the revision that the header names, if it does.
func (h *handler) awaitRevision(ctx context.Context, header string) error {
	if header == "" {
		return nil
	}
	revision, err := strconv.ParseInt(header, 10, 64)
	if err != nil || revision < 0 {
		return malformed("%s must be a revision, a whole number", MinRevision)
	}
	if h.Revisions == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.Limits.RevisionWait)
	defer cancel()
	if err := h.Revisions.WaitRevision(ctx, revision); err != nil {
		return problem.Wrap(err, problem.Unavailable, "revision %d has not arrived here within %v", revision, h.Limits.RevisionWait)
	}
	return nil
}

// refuse answers a request that is not executed.
func (h *handler) refuse(ctx context.Context, media mediaType, report *problem.Report, err error) *answer {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{errors: []error{err}}
	}
	a := &answer{header: r.header}
	for i, e := range r.errors {
		shown := report.Present(ctx, e)
		if shown == nil && i == 0 {
			shown = report.Show(ctx, e) // an answer without data needs an error
		}
		if shown != nil {
			a.errors = append(a.errors, shown)
		}
	}
	if omitted := report.Omitted(); omitted > 0 {
		a.extend(map[string]any{"errorsOmitted": omitted})
	}
	a.status = statusOf(r, a.errors[0], media)
	return a
}
