package portfolio

import (
	"slices"
	"strings"
)

// A rowEdit makes the next rows of one kind. Rows computed in this round are
// fresh: they may still be written to until done decides whether they differ
// from the rows they replace.
type rowEdit[R any] struct {
	old    rowSet[*R]
	id     func(*R) string
	fields []rowField[R]
	rows   *tableEdit[*R]
	fresh  map[string]*R // nil for a row that is gone
	// changed are the ids whose row is another one now, sorted by done.
	changed []string
}

func newRowEdit[R any](old rowSet[*R], id func(*R) string, fields []rowField[R]) *rowEdit[R] {
	return &rowEdit[R]{old: old, id: id, fields: fields, rows: old.byID.edit(), fresh: map[string]*R{}}
}

// get returns a row as it stands now, fresh or old.
func (e *rowEdit[R]) get(id string) *R {
	if row, ok := e.fresh[id]; ok {
		return row
	}
	row, _ := e.old.byID.get(id)
	return row
}

// before returns the row of the old snapshot.
func (e *rowEdit[R]) before(id string) *R {
	row, _ := e.old.byID.get(id)
	return row
}

// keep decides for every fresh row whether it takes the place of the old one:
// a row with equal values stays the old row.
func (e *rowEdit[R]) keep() {
	for id, row := range e.fresh {
		old := e.before(id)
		switch {
		case row == nil && old == nil:
			continue
		case row == nil:
			e.rows.delete(id)
		case old != nil && equalRows(e.fields, old, row):
			e.fresh[id] = old
			continue
		default:
			e.rows.set(id, row)
		}
		e.changed = append(e.changed, id)
	}
	slices.Sort(e.changed)
}

// done returns the next rows, after keep.
func (e *rowEdit[R]) done() rowSet[*R] {
	var out, in []*R
	for _, id := range e.changed {
		if old := e.before(id); old != nil {
			out = append(out, old)
		}
		if row := e.fresh[id]; row != nil {
			in = append(in, row)
		}
	}
	byID := func(a, b *R) int { return strings.Compare(e.id(a), e.id(b)) }
	return rowSet[*R]{byID: e.rows.done(), ordered: e.old.ordered.change(byID, out, in)}
}
