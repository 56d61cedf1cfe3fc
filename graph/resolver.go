package graph

import (
	"time"

	"plumbline/portfolio"
)

// resolver is the root of all resolvers. Only the root fields have any: all
// others are fields and methods of the handles of package portfolio.
type resolver struct {
	reader Reader
	past   Past
	syncer Syncer
	editor Editor
	age    func() time.Duration // of what the store last said
	kept   *revisions
}

// view returns a snapshot as the caller sees it. When a page is answered that
// another one follows, the snapshot is kept for it. What lost its consent
// meanwhile is not read in a kept one.
func (r *resolver) view(s *portfolio.Snapshot, c portfolio.Caller) *portfolio.View {
	v := s.View(c)
	v.ConsentsOf(r.reader.Snapshot())
	v.WhenContinued(func() { r.kept.keep(s, r.reader.Snapshot()) })
	return v
}
