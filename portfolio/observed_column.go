package portfolio

import (
	"slices"
	"sort"
)

// A column is one value of all observed projects over time. It keeps only
// changes: those of project i lie between starts[i] and starts[i+1], oldest
// first. Days count from the epoch of the history.
type column[T comparable] struct {
	starts []uint32
	days   []uint16
	values []T
}

// projects is how many projects the column has room for.
func (c *column[T]) projects() int { return max(0, len(c.starts)-1) }

// of returns the changes of a project.
func (c *column[T]) of(project int) ([]uint16, []T) {
	if project >= c.projects() {
		return nil, nil
	}
	from, to := c.starts[project], c.starts[project+1]
	return c.days[from:to], c.values[from:to]
}

// at returns the value of a project at the close of a day, or none.
func (c *column[T]) at(project int, day uint16, none T) T {
	days, values := c.of(project)
	i := sort.Search(len(days), func(i int) bool { return days[i] > day })
	if i == 0 {
		return none
	}
	return values[i-1]
}

// bytes is about what the column takes.
func (c *column[T]) bytes(each int) int64 {
	return int64(4*cap(c.starts) + 2*cap(c.days) + each*cap(c.values))
}

// A columnEdit adds changes to a column.
type columnEdit[T comparable] struct {
	none    T   // what is not known
	last    []T // by project
	changes []columnChange[T]
}

type columnChange[T comparable] struct {
	project int32
	day     uint16
	value   T
}

// edit begins with what each project had last before a day.
func (c *column[T]) edit(none T, before uint16) *columnEdit[T] {
	e := &columnEdit[T]{none: none, last: make([]T, c.projects())}
	for i := range e.last {
		e.last[i] = none
		days, values := c.of(i)
		if n := sort.Search(len(days), func(i int) bool { return days[i] >= before }); n > 0 {
			e.last[i] = values[n-1]
		}
	}
	return e
}

// room makes room for one more project.
func (e *columnEdit[T]) room() { e.last = append(e.last, e.none) }

// set notes a value; what is the same again is no change. Days come in order.
func (e *columnEdit[T]) set(project int, day uint16, value T) {
	if e.last[project] != value {
		e.last[project] = value
		e.changes = append(e.changes, columnChange[T]{int32(project), day, value})
	}
}

// done returns the column with the changes, without what it had from before
// on, and without what was replaced by the day oldest.
func (e *columnEdit[T]) done(c *column[T], before, oldest uint16) column[T] {
	projects := len(e.last)
	added := make([]uint32, projects+1)
	for _, change := range e.changes {
		added[change.project+1]++
	}
	for i := range projects {
		added[i+1] += added[i]
	}
	byProject := make([]columnChange[T], len(e.changes))
	next := slices.Clone(added)
	for _, change := range e.changes { // stable, so still by day
		byProject[next[change.project]] = change
		next[change.project]++
	}
	room := len(c.days) + len(e.changes)
	out := column[T]{starts: make([]uint32, projects+1), days: make([]uint16, 0, room), values: make([]T, 0, room)}
	for i := range projects {
		start := len(out.days)
		days, values := c.of(i)
		n := sort.Search(len(days), func(i int) bool { return days[i] >= before })
		out.days, out.values = append(out.days, days[:n]...), append(out.values, values[:n]...)
		for _, change := range byProject[added[i]:added[i+1]] {
			out.days, out.values = append(out.days, change.day), append(out.values, change.value)
		}
		// Of what was by the oldest day that is kept, only the last counts.
		mine := out.days[start:]
		if old := sort.Search(len(mine), func(i int) bool { return mine[i] > oldest }); old > 1 {
			out.days = slices.Delete(out.days, start, start+old-1)
			out.values = slices.Delete(out.values, start, start+old-1)
		}
		out.starts[i+1] = uint32(len(out.days))
	}
	out.days, out.values = slices.Clip(out.days), slices.Clip(out.values)
	return out
}
