package transport

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"plumbline/graph/limit"
	"plumbline/graph/problem"
	"plumbline/portfolio"
)

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
