package transport

import (
	"container/list"
	"sync"
)

// A cache keeps values by text until they weigh more than most bytes in all;
// then those go that were not asked for the longest. It may be used by many
// goroutines.
type cache[V any] struct {
	most int64

	mu      sync.Mutex
	weight  int64
	entries map[string]*list.Element
	recent  *list.List // of entry[V], the latest used in front
}

type entry[V any] struct {
	key    string
	value  V
	weight int64
}

func newCache[V any](most int64) *cache[V] {
	return &cache[V]{most: most, entries: make(map[string]*list.Element), recent: list.New()}
}

func (c *cache[V]) get(key string) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return value, false
	}
	c.recent.MoveToFront(element)
	return element.Value.(entry[V]).value, true
}

// add keeps the value if it fits at all.
func (c *cache[V]) add(key string, value V, weight int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; ok || weight > c.most {
		return
	}
	c.entries[key] = c.recent.PushFront(entry[V]{key: key, value: value, weight: weight})
	c.weight += weight
	for c.weight > c.most {
		oldest := c.recent.Remove(c.recent.Back()).(entry[V])
		delete(c.entries, oldest.key)
		c.weight -= oldest.weight
	}
}
