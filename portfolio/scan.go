package portfolio

import "runtime"

// rowsAlone is up to how many rows one goroutine scans: below, to start
// another costs more than it saves.
const rowsAlone = 1 << 14

// A scan looks at rows once, counts them on either side of a page's bounds,
// and keeps the best of those between.
type scan[R any] struct {
	after, before         *bound[R] // nil is no bound
	best                  selection[R]
	total, earlier, later int
}

// over scans every row of the listing that counts.
func (s *scan[R]) over(l *listing[R]) {
	l.each(func(row *R) {
		s.total++
		rank := s.best.order.rank(row)
		switch {
		case s.after != nil && s.after.compare(s.best.order, rank, row) <= 0:
			s.earlier++
		case s.before != nil && s.before.compare(s.best.order, rank, row) >= 0:
			s.later++
		default:
			s.best.offer(rank, row)
		}
	})
}

// add takes in what another scan found among other rows.
func (s *scan[R]) add(other *scan[R]) {
	s.total += other.total
	s.earlier += other.earlier
	s.later += other.later
	for _, c := range other.best.rows {
		s.best.offer(c.rank, c.row)
	}
}

// scan looks at all rows, those of a long listing by as many goroutines as
// there are processors.
func (l *listing[R]) scan(begin func() *scan[R]) *scan[R] {
	parts := l.parts(runtime.GOMAXPROCS(0))
	scans := make([]*scan[R], len(parts))
	tasks := make([]func(), len(parts))
	for i := range parts {
		tasks[i] = func() {
			scans[i] = begin()
			scans[i].over(parts[i])
		}
	}
	together(tasks...)
	for _, other := range scans[1:] {
		scans[0].add(other)
	}
	return scans[0]
}

// parts cuts a long listing into at most so many of about equal length.
func (l *listing[R]) parts(most int) []*listing[R] {
	most = min(most, rowsOf(l.chunks)/rowsAlone+1, len(l.chunks))
	if most <= 1 {
		return []*listing[R]{l}
	}
	parts := make([]*listing[R], most)
	for i := range parts {
		part := *l
		part.chunks = l.chunks[i*len(l.chunks)/most : (i+1)*len(l.chunks)/most]
		parts[i] = &part
	}
	return parts
}

func rowsOf[R any](chunks [][]*R) int {
	rows := 0
	for _, chunk := range chunks {
		rows += len(chunk)
	}
	return rows
}
