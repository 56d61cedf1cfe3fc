package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

var (
	errStopped = errors.New("stopped before the end")
	// errRestart asks for reading from the beginning with the new cursor.
	errRestart = errors.New("read from the beginning")
)

// ErrNewSite says that another instance of the tool answers under a
// connection than the one its facts came from.
var ErrNewSite = errors.New("another instance of the tool answers")

// run is one run of one connection by this process.
type run struct {
	*lease
	req     Request
	reader  connectors.Connector
	plan    plan
	known   *known
	cursor  portfolio.SyncCursor
	unsaved bool // the cursor moved since the last commit
	roll    *rollCall
	bad     map[portfolio.Key]bool // what is quarantined, by the key of the record; true once this run met it
	zone    *time.Location
	held    map[portfolio.Key]*portfolio.Hold
	stop    <-chan struct{}
	usage   connectors.Usage       // of the connector when the run began
	spent   connectors.Usage       // by the run before this process took it
	slept   time.Duration          // by us, for short rate limits
	dry     *dryRun                // nil when it writes
	odd     []portfolio.Quarantine // of a file, for whoever sent it
	last    []portfolio.Document   // go with the run's last commit
	told    told
	// unrecorded says what the tool reports and could not be recorded.
	unrecorded []string
}

// read makes one run: it takes the lease, reads, and says how it ended.
func (e *Engine) read(ctx context.Context, c *connection, req Request) (Row, error) {
	docs, err := e.newest(ctx, c)
	if err != nil {
		return Row{}, fmt.Errorf("connection %s: %w", c.ID, err)
	}
	now, err := e.store.now(ctx)
	if err != nil {
		return Row{}, fmt.Errorf("connection %s: %w", c.ID, err)
	}
	begun := e.Clock.Now()
	last, lastRev := lastRun(docs, c.ID)
	if last != nil && last.State == portfolio.RunParked && last.ParkedTill.After(now) && req.file == nil {
		return row(*last), nil // the tool asked us to wait, whoever asks us to hurry
	}
	r := &run{
		lease:  &lease{engine: e, conn: c},
		req:    req,
		plan:   c.planned(docs, req, last, now),
		reader: c.connector(req),
		known:  newKnown(e.Replica, docs),
		zone:   zone(docs),
		held:   map[portfolio.Key]*portfolio.Hold{},
		stop:   ctx.Done(),
		usage:  usage(c.connector(req)),
	}
	if req.DryRun {
		r.dry = &dryRun{listed: map[portfolio.Key]struct{}{}}
		r.run = portfolio.Run{Connection: c.ID, Mode: r.plan.mode, Why: r.plan.why, StartedAt: now}
		r.rev = docs.Position().Revision
	} else {
		if !e.free(ctx, c, last, lastRev) {
			return Row{}, errHeld
		}
		if err := r.begin(ctx, docs, last, lastRev, r.plan, now); err != nil {
			return Row{}, fmt.Errorf("connection %s: begin a run: %w", c.ID, err)
		}
		// Every commit of a run moves the run document. Ours expected it where
		// docs have it, so docs hold all that earlier runs wrote.
	}
	r.spent = connectors.Usage{Requests: r.run.Tally.Requests, Waited: r.run.Tally.Waited}
	r.bad = quarantined(r.known.docs, c.ID)
	if r.plan.cursor != nil {
		r.cursor = *r.plan.cursor
	} else if cursor, _, ok := find[*portfolio.SyncCursor](r.known, (&portfolio.SyncCursor{Connection: c.ID}).Key()); ok {
		r.cursor = *cursor
	}
	if req.file != nil { // a file goes on from nothing that was read before
		r.cursor.Streams, r.cursor.Listing = nil, nil
	}
	work, cancel := r.working(ctx)
	defer cancel()
	err = r.do(work)
	return r.end(work, err, begun)
}

// working is the context of a run's work: it outlives ctx by the grace that
// the page under way has.
func (r *run) working(ctx context.Context) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		select {
		case <-r.engine.Clock.After(r.engine.Grace):
			cancel()
		case <-work.Done():
		}
	})
	return work, func() { unhook(); cancel() }
}

// do reads what changed and, if planned, the complete listings.
func (r *run) do(ctx context.Context) error {
	if err := r.pull(ctx); err != nil {
		return err
	}
	if r.plan.sweep {
		if err := r.sweep(ctx); err != nil {
			return err
		}
		return r.record(ctx)
	}
	if r.run.Mode == ModeFull { // a first run: whatever there is was read
		pass := wholePass(r.conn.ID)
		pass.StartedAt, pass.EndedAt, pass.Count = r.run.StartedAt, r.engine.store.last(), r.run.Tally.New
		r.last = append(r.last, pass)
	}
	return r.record(ctx)
}

// pull reads what changed since the cursor.
func (r *run) pull(ctx context.Context) error {
	for again := false; ; again = true {
		r.newRoll(r.continues())
		err := r.patiently(ctx, func() error {
			r.told.again()
			return each(ctx, r, func(ctx context.Context) iter.Seq2[connectors.Page, error] {
				return r.reader.Pull(ctx, connectors.Cursor(maps.Clone(r.cursor.Streams)))
			}, func(p connectors.Page) error { return r.takePulled(ctx, p) })
		})
		switch {
		case err == nil:
			_, lister := r.reader.(connectors.Lister)
			return r.judge(ctx, !lister && r.req.file == nil)
		case errors.Is(err, errRestart) && !again:
		case errors.Is(err, connectors.ErrCursor) && !again:
			r.startOver("the tool does not continue the cursor")
		default:
			return err
		}
	}
}

// continues reports whether the cursor is in the middle of an interrupted run.
func (r *run) continues() bool {
	for _, s := range r.cursor.Streams {
		if s.Position != "" {
			return true
		}
	}
	return false
}

// startOver makes the run a full one.
func (r *run) startOver(why string) {
	r.run.Mode, r.run.Why = ModeFull, why
	r.cursor.Streams, r.cursor.Listing, r.unsaved = nil, nil, true
}

// takePulled saves what a page of Pull changed. A page that changed nothing
// costs no commit: its cursor goes with the next one.
func (r *run) takePulled(ctx context.Context, page connectors.Page) error {
	b := r.newBatch()
	if page.Site != nil {
		if err := r.meet(ctx, b, page.Site); err != nil {
			return err
		}
	}
	if err := r.take(ctx, b, page); err != nil {
		return err
	}
	for _, scope := range page.Complete {
		if err := r.roll.complete(ctx, r, scope); err != nil {
			return err
		}
	}
	if page.Next != nil {
		r.cursor.Streams, r.unsaved = maps.Clone(page.Next), true
	}
	r.report(false, page)
	return r.saveChanged(ctx, b)
}

// take adds what a page changed to the batch.
func (r *run) take(ctx context.Context, b *batch, page connectors.Page) error {
	if err := r.known.refresh(ctx); err != nil {
		return err
	}
	now, err := r.engine.store.now(ctx)
	if err != nil {
		return err
	}
	b.now, b.today = now, portfolio.DateOf(now.In(r.zone))
	if err := r.told.take(page); err != nil {
		return err
	}
	for _, fact := range page.Facts {
		if err := r.fact(b, fact, false); err != nil {
			return err
		}
	}
	for i := range page.Quarantined {
		r.quarantine(b, &page.Quarantined[i])
	}
	for _, key := range page.Seen {
		r.roll.see(key, b)
	}
	r.run.Tally.Pages++
	r.engine.Logger.DebugContext(ctx, "page", "source", r.conn.ID, "run_id", r.run.Number,
		"read", len(page.Facts), "seen", len(page.Seen), "written", len(b.put))
	return nil
}

// meet compares who answers with who answered before.
func (r *run) meet(ctx context.Context, b *batch, site *portfolio.Site) error {
	stored, _, ok := find[*portfolio.Site](b, site.Key())
	switch {
	case ok && *stored == *site:
		return nil
	case ok && stored.Instance != site.Instance && !r.req.AcceptNewSite:
		return fmt.Errorf("%w: %s is %q, but its facts came from %q; if that is right, sync it once with --accept-new-site",
			ErrNewSite, r.conn.ID, site.Instance, stored.Instance)
	}
	b.add(site)
	if ok && stored.Instance != site.Instance {
		// The old instance's cursor means nothing to the new one.
		r.startOver("a new site was accepted")
		if err := r.save(ctx, b); err != nil {
			return err
		}
		return errRestart
	}
	return nil
}

// maxCommit is how many documents of one page are committed together.
const maxCommit = 2_000

// saveChanged saves the batch unless it is empty.
func (r *run) saveChanged(ctx context.Context, b *batch) error {
	if b.empty() {
		return nil
	}
	return r.save(ctx, b)
}

// save commits the batch with the run's progress and, in the last commit if
// it takes several, with the cursor: it is never ahead of its data.
func (r *run) save(ctx context.Context, b *batch) error {
	r.meter()
	if r.dry != nil {
		return nil
	}
	put := b.put
	for ; len(put) > maxCommit; put = put[maxCommit:] {
		if err := r.write(ctx, store.Change{Put: put[:maxCommit:maxCommit]}); err != nil {
			return err
		}
	}
	change := store.Change{Put: put[:len(put):len(put)], Delete: b.deleted(), Expect: maps.Clone(b.expect)}
	if r.unsaved {
		cursor := r.cursor
		change.Put = append(change.Put, &cursor)
	}
	if err := r.write(ctx, change); err != nil {
		return err
	}
	r.unsaved = false
	return nil
}

func (r *run) write(ctx context.Context, change store.Change) error {
	if err := r.commit(ctx, change); err != nil {
		return err
	}
	r.known.wrote(r.rev, change.Put, change.Delete)
	return nil
}

// beat shows that the run is alive, and saves how far it has come.
func (r *run) beat(ctx context.Context) error { return r.save(ctx, r.newBatch()) }

// meter brings the tally's requests and waits up to date.
func (r *run) meter() {
	now := usage(r.reader)
	r.run.Tally.Requests = r.spent.Requests + now.Requests - r.usage.Requests
	r.run.Tally.Waited = r.spent.Waited + now.Waited - r.usage.Waited + r.slept
}

func usage(c connectors.Connector) connectors.Usage {
	if m, ok := c.(connectors.Metered); ok {
		return m.Usage()
	}
	return connectors.Usage{}
}

// zone is the organisation's time zone, which decides what today is.
func zone(docs Documents) *time.Location {
	if v, ok := docs.Document((*portfolio.Settings)(nil).Key()); ok {
		if z, err := time.LoadLocation(v.Doc.(*portfolio.Settings).TimeZone); err == nil {
			return z
		}
	}
	return time.UTC
}

func (r *run) report(listing bool, page connectors.Page) {
	if r.req.Progress == nil {
		return
	}
	r.meter()
	r.run.Tally.Total = max(r.run.Tally.Total, page.Total)
	r.req.Progress(Progress{
		Connection: r.conn.ID, Listing: listing,
		Done: page.Done, Total: page.Total, Tally: r.run.Tally,
	})
}
