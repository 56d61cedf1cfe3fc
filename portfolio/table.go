package portfolio

import (
	"hash/maphash"
	"iter"
	"slices"
)

// A table is an immutable map by id. It is cut into small shards, so that the
// next version copies only the shards in which something changes: a map of
// 100,000 entries cannot be cloned for every commit.
type table[V any] struct {
	shards [][]slot[V]
	count  int
}

// A slot keeps the hash beside the key, so that a lookup compares one string
// only and growing needs no hashing.
type slot[V any] struct {
	hash  uint64
	key   string
	value V
}

const (
	// shardLoad is how many slots a shard has on average when its table grows.
	shardLoad = 24
	// shardStart is how many slots a shard has on average after it grew.
	shardStart = 6
)

var tableSeed = maphash.MakeSeed()

func (t table[V]) get(key string) (V, bool) {
	if t.count == 0 {
		var none V
		return none, false
	}
	hash := maphash.String(tableSeed, key)
	shard := t.shards[hash&uint64(len(t.shards)-1)]
	for i := range shard {
		if shard[i].hash == hash && shard[i].key == key {
			return shard[i].value, true
		}
	}
	var none V
	return none, false
}

// all yields the entries in no particular order.
func (t table[V]) all() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, shard := range t.shards {
			for i := range shard {
				if !yield(shard[i].key, shard[i].value) {
					return
				}
			}
		}
	}
}

// A tableEdit makes the next version of a table. It may be read like a table
// while it is being written.
type tableEdit[V any] struct {
	table[V]
	owned []bool // shards that are copies of our own already
}

func (t table[V]) edit() *tableEdit[V] { return &tableEdit[V]{table: t} }

// done returns the new version; the edit must not be used afterwards.
func (e *tableEdit[V]) done() table[V] { return e.table }

func (e *tableEdit[V]) set(key string, value V) {
	hash := maphash.String(tableSeed, key)
	shard := e.own(hash, 1)
	for i := range *shard {
		if (*shard)[i].hash == hash && (*shard)[i].key == key {
			(*shard)[i].value = value
			return
		}
	}
	*shard = append(*shard, slot[V]{hash, key, value})
	e.count++
	if e.count > shardLoad*len(e.shards) {
		e.resize(e.count)
	}
}

func (e *tableEdit[V]) delete(key string) {
	if _, ok := e.get(key); !ok {
		return
	}
	hash := maphash.String(tableSeed, key)
	shard := e.own(hash, 0)
	for i := range *shard {
		if (*shard)[i].hash == hash && (*shard)[i].key == key {
			*shard = slices.Delete(*shard, i, i+1)
			e.count--
			return
		}
	}
}

// own returns the shard of a hash as one that may be changed, with room for
// more slots if it has to be copied.
func (e *tableEdit[V]) own(hash uint64, room int) *[]slot[V] {
	if e.owned == nil {
		if len(e.shards) == 0 {
			e.shards = make([][]slot[V], 1)
		} else {
			e.shards = slices.Clone(e.shards)
		}
		e.owned = make([]bool, len(e.shards))
	}
	i := hash & uint64(len(e.shards)-1)
	if !e.owned[i] {
		e.owned[i] = true
		e.shards[i] = append(make([]slot[V], 0, len(e.shards[i])+room), e.shards[i]...)
	}
	return &e.shards[i]
}

// reserve grows an empty table at once to what count entries need.
func (e *tableEdit[V]) reserve(count int) {
	if count > shardLoad*len(e.shards) {
		e.resize(count)
	}
}

func (e *tableEdit[V]) resize(count int) {
	n := 1
	for n*shardStart < count {
		n *= 2
	}
	sizes := make([]int, n)
	for _, shard := range e.shards {
		for i := range shard {
			sizes[shard[i].hash&uint64(n-1)]++
		}
	}
	shards := make([][]slot[V], n)
	for _, shard := range e.shards {
		for i := range shard {
			s := &shards[shard[i].hash&uint64(n-1)]
			if *s == nil {
				*s = make([]slot[V], 0, sizes[shard[i].hash&uint64(n-1)])
			}
			*s = append(*s, shard[i])
		}
	}
	e.shards = shards
	e.owned = make([]bool, n)
	for i := range e.owned {
		e.owned[i] = true
	}
}
