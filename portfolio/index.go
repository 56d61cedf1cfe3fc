package portfolio

import "slices"

// An index leads from a word to the ids that go with it, sorted: from a
// project to its milestones, from a join key to the projects that have it.
type index struct{ table[[]string] }

type indexEdit struct{ *tableEdit[[]string] }

func (x index) edit() indexEdit { return indexEdit{x.table.edit()} }

func (e indexEdit) done() index { return index{e.tableEdit.done()} }

// of returns the ids of a word; the caller must not change them.
func (x index) of(word string) []string {
	ids, _ := x.get(word)
	return ids
}

func (e indexEdit) of(word string) []string {
	ids, _ := e.get(word)
	return ids
}

func (e indexEdit) add(word, id string) {
	if word == "" {
		return
	}
	ids := e.of(word)
	at, found := slices.BinarySearch(ids, id)
	if found {
		return
	}
	next := make([]string, len(ids)+1)
	copy(next, ids[:at])
	next[at] = id
	copy(next[at+1:], ids[at:])
	e.set(word, next)
}

func (e indexEdit) remove(word, id string) {
	ids := e.of(word)
	at, found := slices.BinarySearch(ids, id)
	if !found {
		return
	}
	if len(ids) == 1 {
		e.delete(word)
		return
	}
	next := make([]string, 0, len(ids)-1)
	next = append(next, ids[:at]...)
	e.set(word, append(next, ids[at+1:]...))
}

// move makes id go with the words now instead of those before.
func (e indexEdit) move(id string, before, now []string) {
	for _, word := range before {
		if !slices.Contains(now, word) {
			e.remove(word, id)
		}
	}
	for _, word := range now {
		if !slices.Contains(before, word) {
			e.add(word, id)
		}
	}
}
