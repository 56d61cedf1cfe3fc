package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"plumbline/graph/problem"
	"plumbline/graph/transport"
	"plumbline/portfolio"
)

// A Failure is why there is no table, or no more of one.
type Failure = transport.Failure

// A Table is a list of the schema, read whole: page by page, of one revision
// and as one caller sees it, however long that takes and whatever is committed
// meanwhile. It is used by one goroutine.
type Table struct {
	trusted   *transport.Trusted
	view      *portfolio.View
	gone      journey
	list      tableList
	variables map[string]any
	most      int // rows wanted; negative is all

	size  int // of a page
	left  int // rows still to come, counted when the first page is there
	asked bool
	paid  int64
	after string
}

// Table opens the table that a trusted document describes, for the caller in
// ctx. The document is one query for one connection, takes $first and $after,
// and asks the connection for pageInfo { hasNextPage endCursor }, totalCount
// and nodes. most is how many rows are wanted; a negative number is all.
//
// Errors of this and of the Table's methods are Failures, but for those of a
// document that is none of this kind.
func (h *Handler) Table(ctx context.Context, document string, variables map[string]any, most int) (*Table, error) {
	trusted, err := h.transport.Trust(ctx, document)
	if err != nil {
		return nil, err
	}
	list, err := listOf(trusted.Operation())
	if err != nil {
		return nil, err
	}
	caller := portfolio.CallerOf(ctx)
	t := &Table{
		trusted: trusted, list: list, most: most, left: most, variables: maps.Clone(variables),
	}
	if t.variables == nil {
		t.variables = map[string]any{}
	}
	// Not through the resolver, which keeps a revision for its next page: the
	// table itself has it.
	began, err := trusted.Begin(withView(ctx, h.reader.Snapshot().View(caller)), t.variables)
	if err != nil {
		return nil, err
	}
	t.view, t.gone = viewOf(began), wentBack(began)
	t.size, err = t.pageSize(ctx, caller)
	return t, err
}

// reading returns a context that reads what the table is of.
func (t *Table) reading(ctx context.Context) context.Context {
	return context.WithValue(withView(ctx, t.view), journeyKey{}, t.gone)
}

// pageSize is how many rows one execution may answer: as many as a page has,
// or fewer when that costs too much.
func (t *Table) pageSize(ctx context.Context, c portfolio.Caller) (int, error) {
	none, err := t.cost(ctx, 0)
	if err != nil {
		return 0, err
	}
	one, err := t.cost(ctx, 1)
	if err != nil {
		return 0, err
	}
	size := portfolio.MaxPage
	if c.Export {
		size = tablePage
	}
	affordable := (t.trusted.Budget().Cost - none) / max(1, one-none)
	return max(1, min(size, int(affordable))), nil
}

// tablePage is how many rows a page of a table has for callers with the export
// scope. Longer pages are no faster and need more memory: each row is an
// element that the executor keeps until the page is written.
const tablePage = 1000

func (t *Table) cost(ctx context.Context, rows int) (int64, error) {
	t.variables["first"] = rows
	return t.trusted.Cost(ctx, t.variables)
}

// Columns are the leaves of what the document selects of a row, in its order.
func (t *Table) Columns() []Column { return slices.Clone(t.list.columns) }

// Tag names what the table holds in one form, like the ETag of an answer.
func (t *Table) Tag(ctx context.Context, form string) (string, error) {
	t.variables["first"] = t.most
	defer delete(t.variables, "first")
	return t.trusted.Tag(t.reading(ctx), t.variables, form)
}

// Page returns the next rows as a JSON array of objects, and whether they are
// the last. The first page is not answered unless the caller can pay for the
// whole table, so that none ends in the middle for want of budget.
func (t *Table) Page(ctx context.Context) (rows json.RawMessage, last bool, err error) {
	rows, err = t.page(ctx)
	return rows, t.left == 0, err
}

func (t *Table) page(ctx context.Context) (json.RawMessage, error) {
	n := t.size
	if t.left >= 0 {
		n = min(n, t.left)
	}
	if !t.asked {
		if err := t.pay(ctx, n); err != nil {
			return nil, err
		}
	}
	answer, n, err := t.run(ctx, n)
	if err != nil {
		return nil, err
	}
	if !t.asked {
		t.asked = true
		if t.left < 0 || t.left > answer.TotalCount {
			t.left = answer.TotalCount
		}
		if t.left > n {
			if err := t.pay(ctx, t.left-n); err != nil {
				return nil, err
			}
		}
	}
	t.left -= min(n, t.left)
	t.after = answer.PageInfo.EndCursor
	if t.left > 0 && !answer.PageInfo.HasNextPage {
		return nil, fmt.Errorf("a list ended %d rows before its count", t.left)
	}
	return answer.Nodes, nil
}

func (t *Table) pay(ctx context.Context, rows int) error {
	cost, err := t.cost(ctx, rows)
	if err != nil {
		return err
	}
	t.paid += cost
	return t.trusted.Pay(ctx, cost, t.paid)
}

// run executes the document for the next n rows, or for as many as fit into an
// answer, of which it returns the number: rows may have long texts.
func (t *Table) run(ctx context.Context, n int) (answer tableAnswer, rows int, err error) {
	t.variables["after"] = t.after
	for {
		t.variables["first"] = n
		data, err := t.trusted.Run(t.reading(ctx), t.variables)
		var failure *Failure
		switch {
		case err == nil:
			var found map[string]tableAnswer
			if err := json.Unmarshal(data, &found); err != nil {
				return answer, 0, fmt.Errorf("read a page: %w", err)
			}
			return found[t.list.root], n, nil
		case n > 1 && errors.As(err, &failure) && failure.Code == problem.TooComplex:
			n /= 2
			t.size = n
		default:
			return answer, 0, err
		}
	}
}

// A tableAnswer is what a document is answered.
type tableAnswer struct {
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	TotalCount int
	Nodes      json.RawMessage
}
