package transport

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"plumbline/graph/limit"
	"plumbline/graph/problem"
	"plumbline/portfolio"
)

// A Failure is what a client is told of a trusted document that failed: what
// it would have been told had it sent the document itself.
type Failure struct {
	Code    problem.Code
	Message string
	// RequestID is where the log has more.
	RequestID string
	// RetryAfter is in how many seconds to try again; 0 when that would not
	// help.
	RetryAfter int
}

// Error returns the sentence.
func (f *Failure) Error() string { return f.Message }

// A Trusted document is one of the server's own, prepared for one caller. It
// is authorised, bounded and paid for as if the caller had sent it. All errors
// of its methods are Failures.
type Trusted struct {
	handler   *handler
	report    *problem.Report
	caller    portfolio.Caller
	budget    limit.Budget
	query     string
	document  *ast.QueryDocument
	operation *ast.OperationDefinition
}

// Trust prepares a document, which has one query, for the caller in ctx.
func (h *Handler) Trust(ctx context.Context, query string) (*Trusted, error) {
	caller := portfolio.CallerOf(ctx)
	t := &Trusted{
		handler: h.requests,
		report:  problem.NewReport(h.requests.Log, h.requests.Limits.Errors),
		caller:  caller,
		budget:  h.requests.Limits.Budget(caller.Export),
		query:   query,
	}
	var err error
	if t.document, err = h.requests.documents.get(query); err != nil {
		return nil, t.failure(ctx, err)
	}
	if t.operation, err = operation(t.document, ""); err != nil {
		return nil, t.failure(ctx, err)
	}
	if t.operation.Operation != ast.Query {
		return nil, t.failure(ctx, problem.New(problem.BadRequest, "only a query can be trusted"))
	}
	return t, nil
}

// Operation is the query, checked against the schema.
func (t *Trusted) Operation() *ast.OperationDefinition { return t.operation }

// Budget is what one execution may use.
func (t *Trusted) Budget() limit.Budget { return t.budget }

// Tag names what the document answers with these variables in one form of
// answer, as the ETag of an answer by GET does. ctx says what is read.
func (t *Trusted) Tag(ctx context.Context, variables map[string]any, form string) (string, error) {
	op, err := t.prepare(variables)
	if err != nil {
		return "", t.failure(ctx, err)
	}
	return t.handler.tag(ctx, op, t.caller, form), nil
}

// Begin returns a context that reads what the document asks for with these
// variables: another day than now, if it does. ctx says what is read now.
func (t *Trusted) Begin(ctx context.Context, variables map[string]any) (context.Context, error) {
	op, err := t.prepare(variables)
	if err != nil {
		return ctx, t.failure(ctx, err)
	}
	if !op.goesBack() {
		return ctx, nil
	}
	past, _, err := t.handler.GoBack(ctx, op.asked)
	if err != nil {
		return ctx, t.failure(ctx, err)
	}
	return past, nil
}

// Cost tells what one execution with these variables costs.
func (t *Trusted) Cost(ctx context.Context, variables map[string]any) (int64, error) {
	op, err := t.prepare(variables)
	if err != nil {
		return 0, t.failure(ctx, err)
	}
	return op.cost.Data, nil
}

// Pay takes a cost, which is a part of a whole, from what the caller may spend
// in a minute. A whole that no minute could pay is TOO_COMPLEX; else the cost
// is RATE_LIMITED when it is more than what is left.
func (t *Trusted) Pay(ctx context.Context, cost, whole int64) error {
	if whole > t.budget.MinuteCost {
		return t.failure(ctx, problem.New(problem.TooComplex,
			"this costs %d, and at most %d are allowed in a minute; ask for less by a filter, or with a key of the export scope", whole, t.budget.MinuteCost))
	}
	if _, err := t.handler.take(t.caller, cost, t.budget); err != nil {
		return t.failure(ctx, err)
	}
	return nil
}

// Run executes the document, which has been paid for, and returns its data.
// ctx says what is read. An answer with any error is a Failure: what has holes
// is not returned.
func (t *Trusted) Run(ctx context.Context, variables map[string]any) (data json.RawMessage, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			data, err = nil, t.failure(ctx, t.report.Recover(ctx, panicked))
		}
	}()
	op, err := t.prepare(variables)
	if err != nil {
		return nil, t.failure(ctx, err)
	}
	if op.cost.Data > t.budget.Cost {
		return nil, t.failure(ctx, problem.New(problem.TooComplex, "one page costs %d, at most %d are allowed", op.cost.Data, t.budget.Cost))
	}
	a := t.handler.execute(ctx, op, t.budget, t.report)
	if len(a.errors) > 0 {
		return nil, t.shown(a.errors[0])
	}
	return a.data, nil
}

func (t *Trusted) prepare(variables map[string]any) (*preparedOperation, error) {
	h := t.handler
	values, err := h.documents.variables(t.document, t.operation, maps.Clone(variables))
	if err != nil {
		return nil, err
	}
	asked, err := askedOf(t.document, t.operation, values)
	if err != nil {
		return nil, err
	}
	return &preparedOperation{
		query: t.query, document: t.document, operation: t.operation,
		variables: values, cost: h.meter.Cost(t.document, t.operation, values), asked: asked,
	}, nil
}

// failure turns an error into what the client is told.
func (t *Trusted) failure(ctx context.Context, err error) *Failure {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{errors: []error{err}}
	}
	f := t.shown(t.report.Show(ctx, r.errors[0]))
	f.RetryAfter, _ = strconv.Atoi(r.header.Get("Retry-After")) // none is 0
	return f
}

func (t *Trusted) shown(e *gqlerror.Error) *Failure {
	f := &Failure{Message: e.Message, RequestID: t.report.RequestID()}
	f.Code, _ = e.Extensions["code"].(problem.Code)
	return f
}
