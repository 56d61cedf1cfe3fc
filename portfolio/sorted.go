package portfolio

import (
	"iter"
	"slices"
)

// sorted is an immutable sorted list in chunks. The next version copies only
// the chunks in which something changes, and a scan over all of it walks plain
// slices.
type sorted[E comparable] struct {
	chunks [][]E
	count  int
}

// chunkLength is how long a fresh chunk is; one that grows beyond twice of it
// is cut. Longer ones are copied whole for a single row, of shorter ones there
// are more to look through.
const chunkLength = 128

func (s sorted[E]) all() iter.Seq[E] {
	return func(yield func(E) bool) {
		for _, chunk := range s.chunks {
			for _, e := range chunk {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// change takes elements out and puts elements in; both lists are sorted by
// compare, and an element that is in both is replaced. It also returns how many
// elements it had to copy.
func (s sorted[E]) change(compare func(a, b E) int, out, in []E) (next sorted[E], copied int) {
	if len(out) == 0 && len(in) == 0 {
		return s, 0
	}
	next = sorted[E]{count: s.count, chunks: make([][]E, 0, len(s.chunks)+1)}
	left := s.chunks
	for len(left) > 0 && (len(out) > 0 || len(in) > 0) {
		at := chunkOf(compare, left, first(compare, out, in))
		next.chunks = append(next.chunks, left[:at]...)
		chunk := left[at]
		left = left[at+1:]
		chunkOut, chunkIn := out, in
		out, in = nil, nil
		if len(left) > 0 {
			// What sorts before the next chunk's first element goes here.
			bound := left[0][0]
			chunkOut, out = cutBefore(compare, chunkOut, bound)
			chunkIn, in = cutBefore(compare, chunkIn, bound)
		}
		merged := mergeChunk(compare, chunk, chunkOut, chunkIn)
		copied += len(merged)
		next.add(merged, len(chunk))
	}
	next.chunks = append(next.chunks, left...)
	if len(in) > 0 {
		next.add(slices.Clone(in), 0)
		copied += len(in)
	}
	if len(next.chunks) > 8 && len(next.chunks) > 8*(next.count/chunkLength+1) {
		return sortedFrom(slices.Collect(next.all())), next.count
	}
	return next, copied
}

// chunkOf returns the place of the chunk that an element belongs to: the last
// one that does not begin after it, else the first one. It looks at chunks
// nearby before those further off, because to look at one is to fetch it from
// memory, and changes follow each other closely in a large commit.
func chunkOf[E any](compare func(a, b E) int, chunks [][]E, e E) int {
	begins, after := 0, 1
	for after < len(chunks) && compare(chunks[after][0], e) <= 0 {
		begins, after = after, 2*after
	}
	between := chunks[begins+1 : min(after, len(chunks))]
	n, _ := slices.BinarySearchFunc(between, e, func(chunk []E, e E) int {
		if compare(chunk[0], e) <= 0 {
			return -1
		}
		return 1
	})
	return begins + n
}

// add appends a rewritten chunk that had `before` elements, cutting it when it
// has become too long.
func (s *sorted[E]) add(chunk []E, before int) {
	s.count += len(chunk) - before
	if len(chunk) <= 2*chunkLength {
		if len(chunk) > 0 {
			s.chunks = append(s.chunks, chunk)
		}
		return
	}
	for piece := range slices.Chunk(chunk, chunkLength) {
		s.chunks = append(s.chunks, slices.Clip(piece))
	}
}

// sortedFrom makes the list of elements that are sorted already.
func sortedFrom[E comparable](elements []E) sorted[E] {
	var s sorted[E]
	s.add(elements, 0)
	return s
}

func cutBefore[E any](compare func(a, b E) int, list []E, bound E) (before, rest []E) {
	n := 0
	for n < len(list) && compare(list[n], bound) < 0 {
		n++
	}
	return list[:n], list[n:]
}

// mergeChunk returns chunk without out and with in, all sorted. It looks only
// at the places where something changes and copies the rest in pieces, because
// to look at an element is to fetch it from memory.
func mergeChunk[E comparable](compare func(a, b E) int, chunk, out, in []E) []E {
	if replaced, ok := replaceIn(compare, chunk, out, in); ok {
		return replaced
	}
	merged := make([]E, 0, max(0, len(chunk)-len(out))+len(in))
	for len(out) > 0 || len(in) > 0 {
		next := first(compare, out, in)
		at, found := slices.BinarySearchFunc(chunk, next, compare)
		merged = append(merged, chunk[:at]...)
		chunk = chunk[at:]
		if len(out) > 0 && compare(out[0], next) == 0 {
			out = out[1:]
		}
		if found {
			chunk = chunk[1:]
		}
		if len(in) > 0 && compare(in[0], next) == 0 {
			merged = append(merged, in[0])
			in = in[1:]
		}
	}
	return append(merged, chunk...)
}

// replaceIn is mergeChunk for the commonest change, in which every element that
// goes has one that takes its place; those are found without looking at others.
func replaceIn[E comparable](compare func(a, b E) int, chunk, out, in []E) ([]E, bool) {
	if len(out) != len(in) {
		return nil, false
	}
	for i := range out {
		if compare(out[i], in[i]) != 0 {
			return nil, false
		}
	}
	replaced := slices.Clone(chunk)
	for i := range out {
		at := slices.Index(replaced, out[i])
		if at < 0 {
			return nil, false
		}
		replaced[at] = in[i]
	}
	return replaced, true
}

// first is the first element of either list; one of them has some.
func first[E any](compare func(a, b E) int, a, b []E) E {
	if len(a) == 0 || (len(b) > 0 && compare(b[0], a[0]) < 0) {
		return b[0]
	}
	return a[0]
}
