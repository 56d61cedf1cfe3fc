package graph

import (
	"sync"
	"time"

	"plumbline/portfolio"
)

// What is kept of older revisions, so that a page sequence can go on in the
// one it began at.
const (
	// keepFor is for how long a revision is kept after its last use.
	keepFor = 10 * time.Minute
	// keepBytes is how much memory all of them may hold back, counted as bytes
	// that commits copied since.
	keepBytes = 64 << 20
)

// revisions holds the snapshots for which a page with a next one was answered.
type revisions struct {
	now  func() time.Time
	most int64 // bytes

	mu   sync.Mutex
	kept map[portfolio.Position]*keptRevision
}

type keptRevision struct {
	snapshot *portfolio.Snapshot
	lastUse  time.Time
}

func newRevisions(now func() time.Time) *revisions {
	return &revisions{now: now, most: keepBytes, kept: map[portfolio.Position]*keptRevision{}}
}

// keep keeps a snapshot, and drops what has not been used for long or is too
// much beside the current one.
func (r *revisions) keep(s, current *portfolio.Snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	r.kept[s.Data()] = &keptRevision{s, now}
	for position, k := range r.kept {
		// One of another load, as before a restore, shares nothing with the
		// current one: it costs all that it holds.
		if now.Sub(k.lastUse) > keepFor || !k.snapshot.SameLoad(current) || current.Copied()-k.snapshot.Copied() > r.most {
			delete(r.kept, position)
		}
	}
}

// find returns the snapshot of a revision, nil when it is not kept.
func (r *revisions) find(revision int64, hash [8]byte) *portfolio.Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for position, k := range r.kept {
		if position.Revision != revision || [8]byte(position.Hash[:8]) != hash {
			continue
		}
		if now.Sub(k.lastUse) > keepFor {
			delete(r.kept, position)
			return nil
		}
		k.lastUse = now
		return k.snapshot
	}
	return nil
}
