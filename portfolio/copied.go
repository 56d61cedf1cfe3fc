package portfolio

import "unsafe"

// Copied is about how many bytes the commits since this snapshot's load have
// copied: what keeping an earlier snapshot costs is the difference of the two.
func (s *Snapshot) Copied() int64 { return s.copied }

// A load is told from another by its address, so it must not be empty.
type load struct{ _ bool }

// SameLoad reports whether both snapshots go back to one load. Only such
// share memory, and only between them Copied tells what the older one costs.
func (s *Snapshot) SameLoad(other *Snapshot) bool { return s.load == other.load }

// documentSize is what a document takes on average, its texts included.
const documentSize = 640

// copied is about how many bytes this round took beside what it shares with
// the old snapshot.
func (b *builder) copied(next *Snapshot) int64 {
	n := b.taken * documentSize
	for _, e := range b.facts {
		n += e.copied
	}
	for _, e := range b.refs {
		n += e.copied
	}
	n += b.groups.copied + b.joinKeys.copied + b.mentions.copied + b.byDivision.copied + b.children.copied + b.orphans.copied
	n += copiedRows(b.projects, next.projects) + copiedRows(b.milestones, next.milestones) +
		copiedRows(b.dependencies, next.dependencies) + copiedRows(b.people, next.people) +
		copiedRows(b.departments, next.departments) + copiedRows(b.connections, next.connections)
	return n + copiedChunks(b.old.due, next.due)
}

func copiedRows[R any](e *rowEdit[R], next rowSet[*R]) int64 {
	var row R
	return e.rows.copied + int64(len(e.changed))*int64(unsafe.Sizeof(row)) + copiedChunks(e.old.ordered, next.ordered)
}

// copiedChunks counts the chunks of a list that its former version has not.
func copiedChunks[E comparable](before, now sorted[E]) int64 {
	shared := make(map[*E]bool, len(before.chunks))
	for _, chunk := range before.chunks {
		shared[&chunk[0]] = true
	}
	n := int64(0)
	for _, chunk := range now.chunks {
		if !shared[&chunk[0]] {
			n += int64(len(chunk)) * int64(unsafe.Sizeof(chunk[0]))
		}
	}
	return n
}
