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
func (b *builder) copied() int64 {
	n := b.taken * documentSize
	for _, e := range b.facts {
		n += e.copied
	}
	for _, e := range b.refs {
		n += e.copied
	}
	n += b.groups.copied + b.joinKeys.copied + b.mentions.copied + b.byDivision.copied + b.byPMO.copied + b.kpisOf.copied + b.children.copied + b.orphans.copied
	n += b.projects.copied() + b.milestones.copied() + b.dependencies.copied() + b.risks.copied() +
		b.people.copied() + b.identities.copied() + b.departments.copied() + b.connections.copied() + b.kpis.copied() + b.kpiLinks.copied()
	n += b.contributors.copied + b.strategyRows.copied() + b.strategyVersions.copied() + b.objectives.copied() +
		b.keyResults.copied() + b.contributions.copied()
	if len(b.observations) > 0 {
		n += b.history.Bytes()
	}
	return n + int64(b.rescheduled)*int64(unsafe.Sizeof(dueRow{}))
}

func (e *rowEdit[R]) copied() int64 {
	var row R
	return e.rows.copied + int64(len(e.changed))*int64(unsafe.Sizeof(row)) + int64(e.reordered)*int64(unsafe.Sizeof(&row))
}
