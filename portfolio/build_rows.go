package portfolio

import (
	"slices"
	"strings"
	"sync"
)

// A rowEdit makes the next rows of one kind. Rows computed in this round are
// fresh: they may still be written to until keep decides whether they differ
// from the rows they replace.
type rowEdit[R any] struct {
	old    rowSet[*R]
	id     func(*R) string
	fields []rowField[R]
	rows   *tableEdit[*R]
	round  []freshRow[R]  // what was computed in this round
	at     map[string]int // by id, the place in round
	// changed are the rows that are other ones now, by id.
	changed []freshRow[R]
	// reordered is how many places in the order of ids were copied.
	reordered int
	// spare takes rows that were computed in vain; nil takes none.
	spare *sync.Pool
}

// A freshRow is a row of this round beside the one it replaces; either is nil
// where there is none.
type freshRow[R any] struct {
	id       string
	old, now *R
}

func newRowEdit[R any](old rowSet[*R], id func(*R) string, fields []rowField[R]) *rowEdit[R] {
	return &rowEdit[R]{old: old, id: id, fields: fields, rows: old.byID.edit(), at: map[string]int{}}
}

// get returns a row as it stands now, fresh or old; nil when there is none.
func (e *rowEdit[R]) get(id string) *R {
	if i, ok := e.at[id]; ok {
		return e.round[i].now
	}
	return e.before(id)
}

// isFresh reports whether a row was computed in this round.
func (e *rowEdit[R]) isFresh(id string) bool {
	_, ok := e.at[id]
	return ok
}

// before returns the row of the old snapshot; nil when there is none.
func (e *rowEdit[R]) before(id string) *R {
	row, _ := e.old.byID.get(id)
	return row
}

// put makes a row fresh and returns its place in the round; nil says that the
// row is gone.
func (e *rowEdit[R]) put(id string, old, now *R) int {
	place := len(e.round)
	e.at[id] = place
	e.round = append(e.round, freshRow[R]{id, old, now})
	return place
}

// reserve makes room for n fresh rows, before there is any.
func (e *rowEdit[R]) reserve(n int) {
	e.at = make(map[string]int, n)
	e.round = make([]freshRow[R], 0, n)
}

// keep decides for every fresh row whether it takes the place of the old one:
// a row with equal values stays the old row.
func (e *rowEdit[R]) keep() {
	inPieces(len(e.round), func(from, to int) {
		for i := from; i < to; i++ {
			f := &e.round[i]
			if f.old != nil && f.now != nil && equalRows(e.fields, f.old, f.now) {
				if e.spare != nil {
					e.spare.Put(f.now) // nothing but this round knows it
				}
				f.now = f.old
			}
		}
	})
	e.changed = make([]freshRow[R], 0, len(e.round))
	for _, f := range e.round {
		if f.now != f.old {
			e.changed = append(e.changed, f)
		}
	}
	slices.SortFunc(e.changed, func(a, b freshRow[R]) int { return strings.Compare(a.id, b.id) })
}

// done returns the next rows, after keep.
func (e *rowEdit[R]) done() rowSet[*R] {
	if len(e.changed) == 0 {
		return e.old
	}
	var next rowSet[*R]
	together(
		func() { next.byID = e.nextByID() },
		func() { next.ordered = e.nextOrdered() },
	)
	return next
}

func (e *rowEdit[R]) nextByID() table[*R] {
	for _, f := range e.changed {
		if f.now == nil {
			e.rows.delete(f.id)
		} else {
			e.rows.set(f.id, f.now)
		}
	}
	return e.rows.done()
}

func (e *rowEdit[R]) nextOrdered() (next sorted[*R]) {
	out, in := make([]*R, 0, len(e.changed)), make([]*R, 0, len(e.changed))
	for _, f := range e.changed {
		if f.old != nil {
			out = append(out, f.old)
		}
		if f.now != nil {
			in = append(in, f.now)
		}
	}
	byID := func(a, b *R) int { return strings.Compare(e.id(a), e.id(b)) }
	next, e.reordered = e.old.ordered.change(byID, out, in)
	return next
}
