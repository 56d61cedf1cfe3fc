package portfolio

import "sync"

// A lazy value is computed when it is first asked for. Snapshots that would
// compute the same share it.
type lazy[T any] struct {
	once  sync.Once
	value *T
}

func (l *lazy[T]) get(compute func() *T) *T {
	l.once.Do(func() { l.value = compute() })
	return l.value
}
