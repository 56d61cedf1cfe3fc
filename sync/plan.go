package sync

import (
	"fmt"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// The modes of a run.
const (
	ModeFull    = "FULL"    // reads everything
	ModeChanges = "CHANGES" // reads what changed
	ModeSweep   = "SWEEP"   // reads what changed, then the complete listings
	ModeImport  = portfolio.RunModeImport
)

// A plan is what a run will do.
type plan struct {
	mode, why string
	// cursor is to be saved with the run's first commit; nil leaves it.
	cursor *portfolio.SyncCursor
	sweep  bool
}

// planned decides what the next run of a connection does, and why.
func (c *connection) planned(docs Documents, req Request, last *portfolio.Run, now time.Time) plan {
	if req.file != nil {
		return plan{mode: ModeImport, why: req.file.name}
	}
	var request string
	var converter int
	if d, ok := c.Connector.(connectors.Describer); ok {
		request, converter = d.Describe()
	}
	var cursor *portfolio.SyncCursor
	if v, ok := docs.Document((&portfolio.SyncCursor{Connection: c.ID}).Key()); ok {
		cursor = v.Doc.(*portfolio.SyncCursor)
	}
	_, lister := c.Connector.(connectors.Lister)
	full := func(why string) plan {
		return plan{
			mode: ModeFull, why: why, sweep: lister,
			cursor: &portfolio.SyncCursor{Connection: c.ID, Request: request, Converter: converter},
		}
	}
	switch {
	case cursor == nil:
		p := full("first run")
		p.sweep = false // nothing is stored that could be gone
		return p
	case req.Full:
		return full("asked for")
	case cursor.Converter != converter:
		return full(fmt.Sprintf("conversion changed from version %d to %d", cursor.Converter, converter))
	case cursor.Request != request:
		return full("what is asked of the tool has changed")
	}
	if _, read := docs.Document(wholePass(c.ID).Key()); !read && !resumed(last) {
		p := full("first run")
		if len(cursor.Streams) == 0 {
			p.sweep = false
			return p
		}
		// An earlier try stored a part. This one goes on where it was, and what
		// has gone meanwhile only the listings tell.
		p.cursor = nil
		return p
	}
	p := plan{mode: ModeChanges, sweep: lister && (req.Sweep || c.sweepDue(docs, last, now))}
	if resumed(last) {
		p.mode, p.why = last.Mode, last.Why
		p.sweep = p.sweep || lister && (last.Mode == ModeSweep || last.Mode == ModeFull && last.Number > 1)
	}
	if p.sweep && p.mode == ModeChanges {
		p.mode = ModeSweep
	}
	return p
}

// sweepDue reports whether the last complete pass over the whole connection
// is longer ago than its listings may be apart. A first run that was broken
// off is finished before anything is swept.
func (c *connection) sweepDue(docs Documents, last *portfolio.Run, now time.Time) bool {
	if c.Sweep == 0 || last == nil || last.Number == 1 && last.State != portfolio.RunSucceeded {
		return false
	}
	v, ok := docs.Document(wholePass(c.ID).Key())
	return !ok || !now.Before(v.Doc.(*portfolio.Pass).StartedAt.Add(c.Sweep))
}

// wholePass is the pass over all scopes of a connection.
func wholePass(connection string) *portfolio.Pass { return &portfolio.Pass{Connection: connection} }
