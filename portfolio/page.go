package portfolio

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"strconv"
)

// How long a page is.
const (
	DefaultPage   = 50   // when nobody says
	MaxPage       = 500  // for every caller
	MaxExportPage = 5000 // for callers with the export scope
)

// A PageRequest says which part of a list is wanted: the first ones after a
// cursor, or the last ones before one. A nil length is DefaultPage; an empty
// cursor is the list's end.
type PageRequest struct {
	First  *int
	After  string
	Last   *int
	Before string
}

// pageRequest makes a request of the arguments that every list takes.
func pageRequest(first *int, after *string, last *int, before *string) PageRequest {
	r := PageRequest{First: first, Last: last}
	if after != nil {
		r.After = *after
	}
	if before != nil {
		r.Before = *before
	}
	return r
}

// length returns how many rows are wanted, and whether they are the last ones.
func (r PageRequest) length(c Caller) (n int, backward bool, err error) {
	most := MaxPage
	if c.Export {
		most = MaxExportPage
	}
	name, asked := "first", r.First
	if r.Last != nil {
		// The schema's default arrives as if somebody had given it.
		if r.First != nil && *r.First != DefaultPage {
			return 0, false, fmt.Errorf("%w: first and last exclude each other", ErrInvalid)
		}
		name, asked, backward = "last", r.Last, true
	}
	switch {
	case asked == nil:
		return DefaultPage, backward, nil
	case *asked < 0:
		return 0, false, fmt.Errorf("%w: %s is %d; it cannot be negative", ErrInvalid, name, *asked)
	case *asked > most:
		hint := ""
		if !c.Export {
			hint = fmt.Sprintf(" (%d with the export scope)", MaxExportPage)
		}
		return 0, false, fmt.Errorf("%w: %s is %d; at most %d are answered at once%s", ErrInvalid, name, *asked, most, hint)
	}
	return *asked, backward, nil
}

// A listing is a list of rows before it is cut into pages: where the rows are,
// which of them count, and in which order they come.
type listing[R any] struct {
	view   *View
	chunks [][]*R
	keep   func(*R) bool // nil keeps all
	order  ordering[R]
	hash   [8]byte
}

// each calls f for every row that counts.
func (l *listing[R]) each(f func(*R)) {
	for _, chunk := range l.chunks {
		for _, r := range chunk {
			if l.keep == nil || l.keep(r) {
				f(r)
			}
		}
	}
}

// A page is a part of a listing.
type page[R any] struct {
	list *listing[R]
	rows []*R
	info PageInfo
	// total is how many rows the whole listing has.
	total int
}

// PageInfo says where a page lies in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     string
	EndCursor       string
	// Revision is the data revision that the page shows.
	Revision string
	// RevisionChanged says that the revision at which the page sequence began
	// is no longer kept, so that it was continued by its key.
	RevisionChanged bool
}

// cut takes a page out of a listing. It looks at every row once and keeps no
// more of them than the page is long.
func (l *listing[R]) cut(r PageRequest) (*page[R], error) {
	n, backward, err := r.length(l.view.caller)
	if err != nil {
		return nil, err
	}
	data := l.view.Data()
	p := &page[R]{list: l, info: PageInfo{Revision: strconv.FormatInt(data.Revision, 10)}}
	after, err := l.bound(r.After, p)
	if err != nil {
		return nil, err
	}
	before, err := l.bound(r.Before, p)
	if err != nil {
		return nil, err
	}

	found := l.scan(func() *scan[R] {
		best := selection[R]{order: &l.order, most: n, backward: backward, rows: make([]candidate[R], 0, min(n, MaxPage)+1)}
		return &scan[R]{after: after, before: before, best: best}
	})
	earlier, later := found.earlier, found.later
	p.total = found.total
	p.rows = found.best.sorted()
	left := p.total - earlier - later - len(p.rows)
	if backward {
		earlier += left
	} else {
		later += left
	}
	p.info.HasPreviousPage, p.info.HasNextPage = earlier > 0, later > 0
	if len(p.rows) > 0 {
		p.info.StartCursor = l.cursor(p.rows[0])
		p.info.EndCursor = l.cursor(p.rows[len(p.rows)-1])
	}
	if l.view.continued != nil && (p.info.HasNextPage || (backward && p.info.HasPreviousPage)) {
		l.view.continued()
	}
	return p, nil
}

func (l *listing[R]) cursor(r *R) string {
	data := l.view.Data()
	return cursor{revision: data.Revision, hash: [8]byte(data.Hash[:8]), list: l.hash, at: l.order.position(r)}.String()
}

// A bound is a cursor at which a page begins or ends.
type bound[R any] struct {
	rank uint64
	at   position
}

func (b *bound[R]) compare(o *ordering[R], rank uint64, r *R) int {
	if rank != b.rank {
		if rank < b.rank {
			return -1
		}
		return 1
	}
	return o.compareTo(r, b.at)
}

// bound reads a cursor; the empty one is no bound.
func (l *listing[R]) bound(text string, p *page[R]) (*bound[R], error) {
	if text == "" {
		return nil, nil
	}
	c, err := parseCursor(text, len(l.order.terms))
	if err != nil {
		return nil, err
	}
	if c.list != l.hash {
		return nil, errCursor
	}
	data := l.view.Data()
	if c.revision != data.Revision || c.hash != [8]byte(data.Hash[:8]) {
		p.info.RevisionChanged = true
	}
	return &bound[R]{l.order.rankAt(c.at), c.at}, nil
}

// A candidate is a row that may belong to a page, with its ranks computed.
type candidate[R any] struct {
	rank, second uint64
	row          *R
}

// A selection keeps the first (or, backward, the last) rows of those offered
// to it, as a heap whose top is the one to go next.
type selection[R any] struct {
	order    *ordering[R]
	most     int
	backward bool
	rows     []candidate[R]
}

func (s *selection[R]) compare(a, b candidate[R]) int {
	c := cmp.Compare(a.rank, b.rank)
	if c == 0 {
		c = cmp.Compare(a.second, b.second)
	}
	if c == 0 {
		c = s.order.compare(a.row, b.row)
	}
	if s.backward {
		return -c
	}
	return c
}

// offer takes a row in when it belongs to the best so far.
func (s *selection[R]) offer(rank uint64, row *R) {
	full := len(s.rows) == s.most
	if full && (s.most == 0 || (rank > s.rows[0].rank) != s.backward && rank != s.rows[0].rank) {
		return
	}
	c := candidate[R]{rank, s.order.second(row), row}
	switch {
	case !full:
		s.rows = append(s.rows, c)
		if len(s.rows) == s.most {
			heap.Init(s)
		}
	case s.compare(c, s.rows[0]) < 0:
		s.rows[0] = c
		heap.Fix(s, 0)
	}
}

// sorted returns the rows in the order of the list.
func (s *selection[R]) sorted() []*R {
	slices.SortFunc(s.rows, s.compare)
	rows := make([]*R, len(s.rows))
	for i, c := range s.rows {
		rows[i] = c.row
	}
	if s.backward {
		slices.Reverse(rows)
	}
	return rows
}

// Len, Less, Swap, Push and Pop implement heap.Interface; the top is the row
// that sorts last.
func (s *selection[R]) Len() int           { return len(s.rows) }
func (s *selection[R]) Less(i, j int) bool { return s.compare(s.rows[i], s.rows[j]) > 0 }
func (s *selection[R]) Swap(i, j int)      { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] }
func (s *selection[R]) Push(any)           {}
func (s *selection[R]) Pop() any           { return nil }

// A Connection is a page of a list as clients see it: rows as handles of one
// caller.
type Connection[R, H any] struct {
	*page[R]
	handle func(*R) *H
}

// An Edge is an element of a list and its place in it.
type Edge[H any] struct {
	Cursor string
	Node   *H
}

// Nodes are the elements of the page.
func (c *Connection[R, H]) Nodes() []*H {
	nodes := make([]*H, len(c.rows))
	for i, r := range c.rows {
		nodes[i] = c.handle(r)
	}
	return nodes
}

// Edges are the elements of the page with their cursors.
func (c *Connection[R, H]) Edges() []*Edge[H] {
	edges := make([]*Edge[H], len(c.rows))
	for i, r := range c.rows {
		edges[i] = &Edge[H]{Cursor: c.list.cursor(r), Node: c.handle(r)}
	}
	return edges
}

// PageInfo says where the page lies in the list.
func (c *Connection[R, H]) PageInfo() *PageInfo { return &c.info }

// TotalCount is how many elements the whole list has.
func (c *Connection[R, H]) TotalCount() int { return c.total }

// connect cuts a page of a listing whose filter the compiler compiled.
func connect[R, H any](c *compiler, l *listing[R], r PageRequest, handle func(*R) *H) (*Connection[R, H], error) {
	if c.err != nil {
		return nil, c.err
	}
	if err := l.order.check(); err != nil {
		return nil, err
	}
	p, err := l.cut(r)
	if err != nil {
		return nil, err
	}
	return &Connection[R, H]{p, handle}, nil
}
