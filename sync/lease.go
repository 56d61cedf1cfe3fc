package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

var (
	// errHeld says that another process reads the connection.
	errHeld = errors.New("another process is reading this connection")
	// errLost says that another process has taken the run over.
	errLost = errors.New("the run was taken over by another process")
	// errMoved says that the run is still ours, but another document that a
	// commit expected has moved.
	errMoved = errors.New("a document was changed meanwhile")
)

// keepRuns is how many runs of a connection are kept.
const keepRuns = 20

// lastRun returns the newest run of a connection and its revision.
func lastRun(docs Documents, connection string) (last *portfolio.Run, rev int64) {
	for v := range docs.Documents(portfolio.KindRun) {
		if run, ok := v.Doc.(*portfolio.Run); ok && run.Connection == connection && (last == nil || run.Number > last.Number) {
			last, rev = run, v.Rev
		}
	}
	return last, rev
}

// oldRuns are the runs to delete when the numbered one begins.
func oldRuns(docs Documents, connection string, number int64) (keys []portfolio.Key) {
	for v := range docs.Documents(portfolio.KindRun) {
		if run, ok := v.Doc.(*portfolio.Run); ok && run.Connection == connection && run.Number <= number-keepRuns {
			keys = append(keys, run.Key())
		}
	}
	return keys
}

// watch measures how long a run of another process has not moved, on our own
// monotonic clock.
type watch struct {
	rev   int64
	stood time.Duration
	last  time.Time // of the last look, zero if the store could not be read
}

// look returns how long the run has stood at the revision. A long time
// between two looks counts as two polls at most: perhaps it was us who slept.
func (w *watch) look(rev int64, now time.Time, readable bool, poll time.Duration) time.Duration {
	switch {
	case w.rev != rev:
		*w = watch{rev: rev}
	case readable && !w.last.IsZero():
		w.stood += min(max(now.Sub(w.last), 0), 2*poll)
	}
	w.last = time.Time{}
	if readable {
		w.last = now
	}
	return w.stood
}

// free reports whether a connection's last run leaves it to us.
func (e *Engine) free(ctx context.Context, c *connection, last *portfolio.Run, rev int64) bool {
	if last == nil || last.State != portfolio.RunRunning || last.Holder == e.Holder || e.Sole {
		return true
	}
	_, err := e.Log.Now(ctx) // a question to the store itself, not to the replica
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.watch.look(rev, e.Clock.Now(), err == nil, e.poll()) >= e.Lease
}

// A lease is the run document of a connection as this process last wrote it.
// Every commit of a run goes through it and expects it unmoved, so that a
// holder that was replaced cannot write any more.
type lease struct {
	engine *Engine
	conn   *connection
	rev    int64         // of the run document, 0 before the first run
	run    portfolio.Run // with what the next commit will say
	beaten time.Time     // when it was last committed, on our own clock
}

// begin writes the run that the plan asks for and takes its lease.
func (l *lease) begin(ctx context.Context, docs Documents, last *portfolio.Run, lastRev int64, p plan, now time.Time) error {
	change := store.Change{Expect: map[portfolio.Key]int64{}}
	if last != nil {
		change.Expect[last.Key()] = lastRev
	}
	if resumed(last) && p.mode != ModeImport {
		l.run, l.rev = *last, lastRev
		if last.State == portfolio.RunRunning {
			l.run.Takeovers++
		}
	} else {
		l.run = portfolio.Run{Connection: l.conn.ID, Number: 1, StartedAt: now}
		if last != nil {
			l.run.Number = last.Number + 1
		}
		change.Delete = oldRuns(docs, l.conn.ID, l.run.Number)
		if unended(last) { // nobody carries it on
			given := *last
			given.State, given.Holder, given.EndedAt, given.ParkedTill = portfolio.RunFailed, "", now, time.Time{}
			if given.Mode == ModeImport {
				given.Error = brokenOff
			}
			change.Put = append(change.Put, &given)
		}
	}
	l.run.State, l.run.Holder = portfolio.RunRunning, l.engine.Holder
	l.run.ParkedTill, l.run.DueAt = time.Time{}, time.Time{}
	l.run.Mode, l.run.Why = p.mode, p.why
	if p.cursor != nil {
		change.Put = append(change.Put, p.cursor)
	}
	err := l.commit(ctx, change)
	if errors.Is(err, errLost) || errors.Is(err, errMoved) {
		return errHeld
	}
	return err
}

// resumed reports whether the next run carries the last one on. That of a file
// which somebody sent cannot be: nobody has the file any more.
func resumed(last *portfolio.Run) bool { return unended(last) && last.Mode != ModeImport }

func unended(last *portfolio.Run) bool {
	return last != nil && (last.State == portfolio.RunRunning || last.State == portfolio.RunParked)
}

const (
	// firstRetry is the pause before a commit of unknown outcome is tried
	// again; it doubles up to maxRetry.
	firstRetry = 250 * time.Millisecond
	maxRetry   = 5 * time.Second
	// settleTime is how long the replica may take to show why a commit was
	// refused.
	settleTime = 2 * time.Second
)

// commit writes the change together with the run. While the store cannot be
// reached it tries again for as long as the lease lasts: the store settles
// what became of the earlier try, and the run document tells us.
func (l *lease) commit(ctx context.Context, change store.Change) error {
	next := l.run
	next.Beat++
	change.Put = append(change.Put, &next)
	if change.Expect == nil {
		change.Expect = map[portfolio.Key]int64{}
	}
	change.Expect[next.Key()] = l.rev
	change.Author = "sync:" + l.conn.ID

	clock := l.engine.Clock
	begun := clock.Now()
	for pause := firstRetry; ; pause = min(2*pause, maxRetry) {
		done, err := l.try(ctx, change)
		if err == nil {
			l.committed(next, done.Revision)
			return nil
		}
		if errors.Is(err, store.ErrConflict) {
			return l.conflict(ctx, next)
		}
		if !errors.Is(err, portfolio.ErrUnavailable) || clock.Now().Sub(begun)+pause > l.engine.Lease {
			return fmt.Errorf("commit: %w", err)
		}
		select {
		case <-clock.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("commit: %w", err)
		}
	}
}

// try commits once. A commit is never broken off by a shutdown, only by the
// end of the lease.
func (l *lease) try(ctx context.Context, change store.Change) (portfolio.Commit, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.engine.Lease)
	defer cancel()
	return l.engine.Log.Commit(ctx, change)
}

// conflict finds out what a refused commit means: that an earlier try of it
// had succeeded, that the lease is lost, or that another document moved.
func (l *lease) conflict(ctx context.Context, next portfolio.Run) error {
	clock := l.engine.Clock
	for begun := clock.Now(); clock.Now().Sub(begun) < settleTime; {
		docs, err := l.engine.Replica.At(ctx, l.rev+1)
		if err != nil {
			return fmt.Errorf("find out why a commit was refused: %w", err)
		}
		v, ok := docs.Document(next.Key())
		switch {
		case !ok && l.rev != 0:
			return errLost
		case ok && v.Rev != l.rev:
			if run := v.Doc.(*portfolio.Run); run.Holder != next.Holder || run.Beat != next.Beat {
				return errLost
			}
			l.committed(next, v.Rev)
			return nil
		}
		select {
		case <-clock.After(firstRetry):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errMoved
}

func (l *lease) committed(run portfolio.Run, rev int64) {
	l.run, l.rev, l.beaten = run, rev, l.engine.Clock.Now()
	l.conn.mu.Lock()
	defer l.conn.mu.Unlock()
	l.conn.written = rev
}

// tillBeat is how long the lease may go without a commit.
func (l *lease) tillBeat() time.Duration {
	return max(0, l.engine.Lease/3-l.engine.Clock.Now().Sub(l.beaten))
}
