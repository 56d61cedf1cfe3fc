package transport

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"plumbline/graph/problem"
)

// fieldOverhead is what a field adds to an answer beside its name and text:
// quotes, colon, comma, and a number or a date.
const fieldOverhead = 12

// A guard stops an operation while it runs: when its time is up, or when it
// turns out to be larger than its cost said. Plain fields do not look at the
// context themselves, so the guard does it for them, before each one.
type guard struct {
	fields, bytes atomic.Int64 // still allowed
	stopped       atomic.Pointer[gqlerror.Error]
}

func newGuard(fields, bytes int64) *guard {
	g := &guard{}
	g.fields.Store(fields)
	g.bytes.Store(bytes)
	return g
}

// resolve is the middleware around every field.
func (g *guard) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	if stopped := g.stopped.Load(); stopped != nil {
		return nil, stopped
	}
	if ctx.Err() != nil {
		return nil, g.stop(problem.Wrap(ctx.Err(), problem.Timeout, "the time for one operation is up; ask for less at once"))
	}
	if g.fields.Add(-1) < 0 {
		return nil, g.stop(problem.New(problem.TooComplex, "the answer has too many fields; ask for less at once"))
	}
	value, err := next(ctx)
	size := int64(fieldOverhead)
	if field := graphql.GetFieldContext(ctx); field != nil {
		size += int64(len(field.Field.Alias))
	}
	switch text := value.(type) {
	case string:
		size += int64(len(text))
	case *string:
		if text != nil {
			size += int64(len(*text))
		}
	}
	if g.bytes.Add(-size) < 0 {
		return nil, g.stop(tooLong())
	}
	return value, err
}

// stop ends the operation with the error: the answer will have it and no
// data, because what was computed so far has arbitrary holes. Every field that
// is still to come gets the very same error, complete with path and location,
// so that nothing is made for each of them.
func (g *guard) stop(reason *problem.Error) error {
	g.stopped.CompareAndSwap(nil, &gqlerror.Error{
		Err:       reason,
		Message:   reason.Message,
		Path:      ast.Path{},
		Locations: []gqlerror.Location{},
	})
	return g.stopped.Load()
}

func tooLong() *problem.Error {
	return problem.New(problem.TooComplex, "the answer is too long; ask for less at once")
}
