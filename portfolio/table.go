package portfolio

import (
	"hash/maphash"
	"iter"
	"slices"
	"unsafe"
)

// A table is an immutable map by id. It is cut into small shards, so that the
// next version copies only the shards in which something changes: a map of
// 100,000 entries cannot be cloned for every commit.
type table[V any] struct {
	banks []bank[V]
	count int
}

// A bank is bankSize shards, so that not even the list of all shards has to
// be copied for a commit.
type bank[V any] [][]slot[V]

// A slot keeps the hash beside the key, so that a lookup compares one string
// only and growing needs no hashing.
type slot[V any] struct {
	hash  uint64
	key   string
	value V
}

const (
	// bankSize is how many shards a bank has: few, because a commit that is
	// scattered over the table copies most banks.
	bankSize = 16
	// shardLoad is how many slots a shard has on average when its table grows.
	shardLoad = 24
	// shardStart is how many slots a shard has on average after it grew.
	shardStart = 8
)

var tableSeed = maphash.MakeSeed()

// place is where the shard of a hash is.
func (t table[V]) place(hash uint64) (bank, shard int) {
	return int(hash / bankSize & uint64(len(t.banks)-1)), int(hash % bankSize)
}

func (t table[V]) get(key string) (V, bool) {
	if t.count > 0 {
		hash := maphash.String(tableSeed, key)
		p, s := t.place(hash)
		shard := t.banks[p][s]
		for i := range shard {
			if shard[i].hash == hash && shard[i].key == key {
				return shard[i].value, true
			}
		}
	}
	var none V
	return none, false
}

// all yields the entries in no particular order.
func (t table[V]) all() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, bank := range t.banks {
			for _, shard := range bank {
				for i := range shard {
					if !yield(shard[i].key, shard[i].value) {
						return
					}
				}
			}
		}
	}
}

// except yields the entries but for those of shards that are one in memory with
// the other table's, as most are of versions of one table.
func (t table[V]) except(other table[V]) iter.Seq2[string, V] {
	if len(t.banks) != len(other.banks) {
		return t.all()
	}
	return func(yield func(string, V) bool) {
		for p, bank := range t.banks {
			for s, shard := range bank {
				if sameChunk(shard, other.banks[p][s]) {
					continue
				}
				for i := range shard {
					if !yield(shard[i].key, shard[i].value) {
						return
					}
				}
			}
		}
	}
}

// A tableEdit makes the next version of a table. It may be read like a table
// while it is being written.
type tableEdit[V any] struct {
	table[V]
	copied int64 // bytes
	// owned tells for each bank which of its shards are copies of our own
	// already; a bank of which some shard is our own is so too. It is nil
	// until the list of banks is.
	owned []shardSet
}

// A shardSet has a bit for each shard of a bank.
type shardSet uint16

const allShards = shardSet(1<<bankSize - 1)

func (s shardSet) has(shard int) bool { return s>>shard&1 == 1 }

func (t table[V]) edit() *tableEdit[V] { return &tableEdit[V]{table: t} }

// done returns the new version; the edit must not be used afterwards.
func (e *tableEdit[V]) done() table[V] { return e.table }

// set puts a value and returns the one it replaces.
func (e *tableEdit[V]) set(key string, value V) (former V, replaced bool) {
	hash := maphash.String(tableSeed, key)
	shard := e.own(hash, 1)
	for i := range *shard {
		if (*shard)[i].hash == hash && (*shard)[i].key == key {
			former = (*shard)[i].value
			// The new key, so that the old one's memory can go.
			(*shard)[i].key, (*shard)[i].value = key, value
			return former, true
		}
	}
	*shard = append(*shard, slot[V]{hash, key, value})
	e.count++
	if e.count > shardLoad*bankSize*len(e.banks) {
		e.resize(e.count)
	}
	return former, false
}

// delete takes a value out and returns it.
func (e *tableEdit[V]) delete(key string) (former V, deleted bool) {
	if former, deleted = e.get(key); !deleted {
		return former, false
	}
	hash := maphash.String(tableSeed, key)
	shard := e.own(hash, 0)
	for i := range *shard {
		if (*shard)[i].hash == hash && (*shard)[i].key == key {
			*shard = slices.Delete(*shard, i, i+1)
			e.count--
			break
		}
	}
	return former, true
}

// own returns the shard of a hash as one that may be changed, with room for
// more slots if it has to be copied.
func (e *tableEdit[V]) own(hash uint64, room int) *[]slot[V] {
	if e.owned == nil {
		if len(e.banks) == 0 {
			e.banks = []bank[V]{make(bank[V], bankSize)}
		} else {
			e.banks = slices.Clone(e.banks)
		}
		e.owned = make([]shardSet, len(e.banks))
	}
	p, s := e.place(hash)
	if e.owned[p] == 0 {
		e.banks[p] = slices.Clone(e.banks[p])
		e.copied += bankSize * int64(unsafe.Sizeof(e.banks[p][0]))
	}
	if shard := e.banks[p][s]; !e.owned[p].has(s) {
		e.owned[p] |= 1 << s
		e.copied += int64(len(shard)+room) * int64(unsafe.Sizeof(slot[V]{}))
		e.banks[p][s] = append(make([]slot[V], 0, len(shard)+room), shard...)
	}
	return &e.banks[p][s]
}

// reserve grows an empty table at once to what count entries need.
func (e *tableEdit[V]) reserve(count int) {
	if count > shardLoad*bankSize*len(e.banks) {
		e.resize(count)
	}
}

// clip gives back the room that shards have grown in vain.
func (e *tableEdit[V]) clip() {
	for p, bank := range e.banks {
		for s, shard := range bank {
			if e.owned != nil && e.owned[p].has(s) && len(shard) < cap(shard) {
				bank[s] = append(make([]slot[V], 0, len(shard)), shard...)
			}
		}
	}
}

// resize spreads the slots over as many shards as count entries need, all of
// them our own.
func (e *tableEdit[V]) resize(count int) {
	n := 1
	for n*bankSize*shardStart < count {
		n *= 2
	}
	grown := table[V]{banks: make([]bank[V], n), count: e.count}
	for p := range grown.banks {
		grown.banks[p] = make(bank[V], bankSize)
	}
	for _, bank := range e.banks {
		for _, shard := range bank {
			for i := range shard {
				p, s := grown.place(shard[i].hash)
				grown.banks[p][s] = append(grown.banks[p][s], shard[i])
			}
		}
	}
	e.table = grown
	e.owned = slices.Repeat([]shardSet{allShards}, n)
}
