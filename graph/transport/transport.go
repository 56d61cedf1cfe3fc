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
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/klauspost/compress/gzhttp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

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

// A preparedOperation may be executed.
type preparedOperation struct {
	query     string
	document  *ast.QueryDocument
	operation *ast.OperationDefinition
	variables map[string]any
	cost      limit.Cost
	rehearsal bool // only to be priced: operation is what tells the price
	asked     Asked
}

// goesBack reports whether the operation reads another day than now, or by
// other settings.
func (op *preparedOperation) goesBack() bool {
	return !op.rehearsal && op.asked != Asked{Settings: portfolio.SettingsThen}
}

// prepare finds what is to be executed and whether this caller may ask it.
func (h *handler) prepare(req *request, caller portfolio.Caller) (*preparedOperation, error) {
	query, err := h.persisted.resolve(req)
	if err != nil {
		return nil, err
	}
	doc, err := h.documents.get(query)
	if err != nil {
		return nil, err
	}
	op, err := operation(doc, req.OperationName)
	if err != nil {
		return nil, err
	}
	if err := h.permit(op, req, caller); err != nil {
		return nil, err
	}
	variables, err := h.documents.variables(doc, op, req.Variables)
	if err != nil {
		return nil, err
	}
	cost := h.meter.Cost(doc, op, variables)
	switch {
	case cost.Introspection > 0 && caller.Name == "":
		return nil, problem.New(problem.Unauthenticated, "the schema is shown to those who have a key")
	case cost.Introspection > h.Limits.IntrospectionCost:
		return nil, problem.New(problem.TooComplex, "the introspection costs %d, at most %d are allowed", cost.Introspection, h.Limits.IntrospectionCost)
	}
	asked, err := askedOf(doc, op, variables)
	if err != nil {
		return nil, err
	}
	left, rehearsal := rehearse(doc, op, variables)
	return &preparedOperation{query: query, document: doc, operation: left, variables: variables, cost: cost, rehearsal: rehearsal, asked: asked}, nil
}

// permit refuses operations that this caller, or this way of asking, must not
// start.
func (h *handler) permit(op *ast.OperationDefinition, req *request, caller portfolio.Caller) error {
	switch {
	case op.Operation == ast.Subscription:
		return problem.New(problem.BadRequest, "subscriptions are not served here")
	case op.Operation == ast.Mutation && req.readOnly:
		return &refusal{
			status: http.StatusMethodNotAllowed,
			header: http.Header{"Allow": {"POST"}},
			errors: []error{problem.New(problem.BadRequest, "send mutations by POST")},
		}
	case op.Operation == ast.Mutation && !caller.May(portfolio.RoleEditor):
		return problem.New(problem.Forbidden, "mutations need the role editor")
	case op.Operation != ast.Mutation && req.size > h.Limits.Body:
		return tooLarge(h.Limits.Body)
	}
	return nil
}

// charge takes the cost of an operation from what the caller may spend. A
// rehearsal is told its cost and pays nothing.
func (h *handler) charge(caller portfolio.Caller, op *preparedOperation, budget limit.Budget) (limit.Charge, error) {
	cost := op.cost
	if op.rehearsal {
		charge, _ := h.buckets.Take(caller.Name, 0, budget.MinuteCost, h.Now())
		charge.Requested = cost.Data
		return charge, nil
	}
	if cost.Data > budget.Cost {
		refused := problem.New(problem.TooComplex, "the operation costs %d, at most %d are allowed; ask for smaller pages", cost.Data, budget.Cost)
		refused.Details = map[string]any{"cost": cost.Data, "limit": budget.Cost}
		return limit.Charge{}, refused
	}
	return h.take(caller, cost.Data, budget)
}

// take charges a cost to the caller's minute.
func (h *handler) take(caller portfolio.Caller, cost int64, budget limit.Budget) (limit.Charge, error) {
	now := h.Now()
	charge, ok := h.buckets.Take(caller.Name, cost, budget.MinuteCost, now)
	if ok {
		return charge, nil
	}
	wait := charge.RetryAfter(now)
	refused := problem.New(problem.RateLimited, "the minute's budget is spent; try again in %d s", wait)
	refused.Details = map[string]any{"cost": charge}
	return charge, &refusal{header: http.Header{"Retry-After": {strconv.Itoa(wait)}}, errors: []error{refused}}
}

// execute runs the operation under guard.
func (h *handler) execute(ctx context.Context, op *preparedOperation, budget limit.Budget, report *problem.Report) *answer {
	if data, ok := h.introspections.get(op); ok {
		return &answer{status: http.StatusOK, data: data}
	}
	guard := newGuard(budget.Fields, h.Limits.Answer)
	now := graphql.Now()
	ctx = graphql.WithOperationContext(ctx, &graphql.OperationContext{
		RawQuery:               op.query,
		Variables:              op.variables,
		OperationName:          op.operation.Name,
		Doc:                    op.document,
		Operation:              op.operation,
		RecoverFunc:            report.Recover,
		ResolverMiddleware:     guard.resolve,
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
		Stats:                  graphql.Stats{OperationStart: now},
	})
	ctx = graphql.WithResponseContext(ctx, report.Present, report.Recover)
	response := h.Schema.Exec(ctx)(ctx)

	a := &answer{
		status:     http.StatusOK,
		data:       response.Data,
		errors:     slices.Concat(response.Errors, graphql.GetErrors(ctx)),
		extensions: graphql.GetExtensions(ctx),
	}
	slices.SortStableFunc(a.errors, byPlace)
	if a.data == nil {
		a.data = []byte("null")
	}
	if int64(len(a.data)) > h.Limits.Answer {
		_ = guard.stop(tooLong())
	}
	if stopped := guard.stopped.Load(); stopped != nil {
		a.data, a.errors = []byte("null"), gqlerror.List{report.Show(ctx, stopped.Err)}
	} else if omitted := report.Omitted(); omitted > 0 {
		a.extensions["errorsOmitted"] = omitted
	}
	h.introspections.add(op, a)
	return a
}

// byPlace orders errors as the fields stand in the document: root fields are
// resolved side by side, and the same request has the same answer.
func byPlace(a, b *gqlerror.Error) int {
	place := func(e *gqlerror.Error) (line, column int) {
		if len(e.Locations) > 0 {
			return e.Locations[0].Line, e.Locations[0].Column
		}
		return 0, 0
	}
	aLine, aColumn := place(a)
	bLine, bColumn := place(b)
	return cmp.Or(cmp.Compare(aLine, bLine), cmp.Compare(aColumn, bColumn))
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
