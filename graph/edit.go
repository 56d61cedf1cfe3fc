package graph

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"plumbline/graph/recording"
	"plumbline/portfolio"
)

// An Editor makes changes that people want, each edit whole or not at all.
type Editor interface {
	// Edit makes them, or says in its result what is wrong with them.
	Edit(ctx context.Context, edit portfolio.Edit) (portfolio.EditResult, error)
}

// A request is one mutation that records something, on its way to the editor.
type request struct {
	*resolver
	ctx      context.Context //nolint:containedctx // it lives as long as the mutation
	view     *portfolio.View
	snapshot *portfolio.Snapshot
	edit     portfolio.Edit
	// rows are how many changes each row became; nil when each became one.
	rows  []int
	wrong []portfolio.UserError
}

// record begins a mutation. What it reads is the newest snapshot, in which the
// mutations before it in the same request show.
func (r *resolver) record(ctx context.Context, dryRun *bool, idempotencyKey *string) (*request, error) {
	caller := viewOf(ctx).Caller()
	if err := r.mayMutate(ctx, r.editor != nil, "records nothing"); err != nil {
		return nil, err
	}
	snapshot := r.reader.Snapshot()
	return &request{resolver: r, ctx: ctx, view: snapshot.View(caller), snapshot: snapshot, edit: portfolio.Edit{
		Caller:         caller,
		Author:         authorOf(caller),
		DryRun:         deref(dryRun),
		IdempotencyKey: deref(idempotencyKey),
	}}, nil
}

// authorOf is who owns what a caller records.
func authorOf(c portfolio.Caller) string { return "key:" + c.Name }

// item is the path of a row.
func item(i int) []string { return []string{"input", "items", strconv.Itoa(i)} }

// expect reads the version that a row was seen at.
func (q *request) expect(seen interface{ Expect() (*int64, error) }, path []string) *int64 {
	version, err := seen.Expect()
	if err != nil {
		q.invalid(append(path, "expectedVersion"), portfolio.UserErrorInvalid, "%s.", sentence(err))
	}
	return version
}

// invalid reports what cannot be handed on to the editor.
func (q *request) invalid(path []string, code portfolio.UserErrorCode, format string, args ...any) {
	q.wrong = append(q.wrong, portfolio.UserError{Code: code, Message: fmt.Sprintf(format, args...), Path: path})
}

// sentence is what an error of ours says, without its kind.
func sentence(err error) string {
	text := strings.TrimPrefix(err.Error(), portfolio.ErrInvalid.Error()+": ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// put adds a document.
func (q *request) put(fact portfolio.RecordedFact, expect *int64, path []string) {
	q.edit.Changes = append(q.edit.Changes, portfolio.EditChange{Put: fact, Expect: expect, Path: path})
}

// take adds the deletion of a document.
func (q *request) take(key portfolio.Key, expect *int64, path []string) {
	q.edit.Changes = append(q.edit.Changes, portfolio.EditChange{Delete: key, Expect: expect, Path: path})
}

// answer has the edit made.
func (q *request) answer() (*recording.Payload, error) {
	if len(q.wrong) > 0 {
		return &recording.Payload{UserErrors: q.wrong}, nil
	}
	result, err := q.editor.Edit(q.ctx, q.edit)
	if err != nil {
		return nil, err
	}
	for i := range result.Errors {
		if path := result.Errors[i].Path; len(path) == 0 || path[0] != "input" {
			result.Errors[i].Path = append([]string{"input"}, path...)
		}
	}
	return recording.NewPayload(result, q.rows), nil
}

// upsert records rows that are documents.
func upsert[I recording.Item](ctx context.Context, r *resolver, items []I, dryRun *bool, idempotencyKey *string) (*recording.Payload, error) {
	q, err := r.record(ctx, dryRun, idempotencyKey)
	if err != nil {
		return nil, err
	}
	for i, row := range items {
		q.put(row.Fact(), q.expect(row, item(i)), item(i))
	}
	return q.answer()
}
