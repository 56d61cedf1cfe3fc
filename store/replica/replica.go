// Package replica keeps what the log holds in memory: it loads the log,
// follows it, and publishes one immutable snapshot after the other behind an
// atomic pointer. It also commits the two documents that shape views and that
// no tool and no person writes: the day and the settings.
//
// It computes nothing itself (package portfolio does) and answers no requests.
package replica

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// The pace of a replica.
const (
	// DefaultPublishEvery is the shortest time between two snapshots, so that
	// a long sync does not make caches useless a hundred times a second.
	DefaultPublishEvery = 250 * time.Millisecond
	// DefaultRetryEvery is how long it waits before it asks a store again that
	// has failed. It decides how soon reads are fresh after an outage.
	DefaultRetryEvery = time.Second
	// DefaultDayEvery is how often it looks whether a new day has begun.
	DefaultDayEvery = 10 * time.Second
	// WaitLimit is the longest that anybody waits for a revision. One that was
	// written shows in moments, unless the store has failed or was restored
	// from an older copy that never had it.
	WaitLimit = 20 * time.Second
)

// Options are what a replica may be told; the zero value is right for a server.
type Options struct {
	Logger *slog.Logger // nil discards
	// Day replaces the store's clock as the source of the civil date in a zone,
	// in tests and demonstrations.
	Day func(ctx context.Context, zone *time.Location) (portfolio.Date, error)
	// PublishEvery, RetryEvery and DayEvery replace the defaults.
	PublishEvery, RetryEvery, DayEvery time.Duration
	// ObservedDays is for how many days observations are kept in memory; 0 is
	// portfolio.DefaultObservedDays.
	ObservedDays int
	// PastCount, PastBytes, PastFor and PastTime replace the defaults.
	PastCount         int
	PastBytes         int64
	PastFor, PastTime time.Duration
}

// A Replica is an in-memory copy of the log that keeps itself up to date. Its
// methods may be called by many goroutines.
type Replica struct {
	log     store.Log
	options Options
	logger  *slog.Logger
	stop    context.CancelFunc
	running sync.WaitGroup

	current atomic.Pointer[portfolio.Snapshot]
	past    *pasts

	mu        sync.Mutex
	published chan struct{} // closed when the next snapshot is there
	reset     chan struct{} // closed when the log does not continue what was read
	downSince time.Time     // zero while the store answers
	downBy    error
}

// Open loads the log and follows it until Close. ctx is for loading only.
func Open(ctx context.Context, log store.Log, options Options) (*Replica, error) {
	r := &Replica{log: log, options: options, logger: options.Logger, published: make(chan struct{}), reset: make(chan struct{})}
	if r.logger == nil {
		r.logger = slog.New(slog.DiscardHandler)
	}
	r.options = options.orDefaults()
	if r.options.Day == nil {
		r.options.Day = r.storeDay
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	r.past = newPasts(life, r.options, &r.running)
	first, err := r.load(ctx)
	if err != nil {
		stop()
		return nil, fmt.Errorf("open replica: %w", err)
	}
	r.publish(first)
	r.running.Go(func() { r.run(life, first) })
	r.running.Go(func() { r.keepDay(life) })
	return r, nil
}

func (o Options) orDefaults() Options {
	o.PublishEvery = cmp.Or(o.PublishEvery, DefaultPublishEvery)
	o.RetryEvery = cmp.Or(o.RetryEvery, DefaultRetryEvery)
	o.DayEvery = cmp.Or(o.DayEvery, DefaultDayEvery)
	o.PastCount = cmp.Or(o.PastCount, DefaultPastCount)
	o.PastBytes = cmp.Or(o.PastBytes, DefaultPastBytes)
	o.PastFor = cmp.Or(o.PastFor, DefaultPastFor)
	o.PastTime = cmp.Or(o.PastTime, DefaultPastTime)
	return o
}

// Close stops following. The last snapshot stays readable; the log stays open.
func (r *Replica) Close() {
	r.past.end(r.stop)
	r.running.Wait()
}

// Snapshot returns the newest published snapshot.
func (r *Replica) Snapshot() *portfolio.Snapshot { return r.current.Load() }

// errLate is the cause of a wait that took WaitLimit.
var errLate = fmt.Errorf("%w: it did not come in %s", portfolio.ErrUnavailable, WaitLimit)

// Wait returns a snapshot that holds the revision, so that whoever has written
// it can read it. It waits until ctx ends, and for WaitLimit at most, which is
// ErrUnavailable. When the log is reset meanwhile it answers store.ErrReset:
// the revision may be gone, or be that of another commit.
func (r *Replica) Wait(ctx context.Context, revision int64) (*portfolio.Snapshot, error) {
	if s := r.Snapshot(); s.Position().Revision >= revision {
		return s, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, WaitLimit, errLate)
	defer cancel()
	next, reset := r.coming()
	for {
		s := r.Snapshot()
		if s.Position().Revision >= revision {
			return s, nil
		}
		select {
		case <-next:
			next, _ = r.coming()
		case <-reset:
			return nil, fmt.Errorf("wait for revision %d: %w", revision, store.ErrReset)
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for revision %d, have %d: %w", revision, s.Position().Revision, context.Cause(ctx))
		}
	}
}

// coming returns channels that are closed when the next snapshot is there, and
// when the log is loaded again because it is another one.
func (r *Replica) coming() (next, reset <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.published, r.reset
}

// startAgain publishes the snapshot of a log that was loaded again.
func (r *Replica) startAgain(s *portfolio.Snapshot) {
	r.publish(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.reset)
	r.reset = make(chan struct{})
}

// A Status tells how current a replica is.
type Status struct {
	Position portfolio.Position // of the published snapshot
	// Age is for how long the store has not answered; 0 while it does.
	Age time.Duration
	// Err is why it does not answer; nil while it does.
	Err error
}

// Status reports how current the published snapshot is.
func (r *Replica) Status() Status {
	status := Status{Position: r.Snapshot().Position()}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.downBy != nil {
		status.Age, status.Err = time.Since(r.downSince), r.downBy
	}
	return status
}

// load makes a snapshot of what is in the log now. Observations are not waited
// for: whoever follows reads them while the first answers are given.
func (r *Replica) load(ctx context.Context) (*portfolio.Snapshot, error) {
	state, err := r.log.Load(ctx)
	if err != nil {
		return nil, err
	}
	s, err := portfolio.NewSnapshot(state)
	if err != nil {
		return nil, err
	}
	return s.WithObserved(portfolio.ObservedPending(r.options.ObservedDays)), nil
}

func (r *Replica) publish(s *portfolio.Snapshot) {
	r.current.Store(s)
	r.past.publish(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.published)
	r.published = make(chan struct{})
}

// isDown reports whether the store has failed and not answered since.
func (r *Replica) isDown() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.downBy != nil
}

// up notes that the store answers.
func (r *Replica) up() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.downBy != nil {
		r.logger.Info("the store answers again", "duration", time.Since(r.downSince))
	}
	r.downSince, r.downBy = time.Time{}, nil
}

// down notes that the store has failed; a failure that goes on is logged once.
func (r *Replica) down(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.downBy == nil {
		r.downSince = time.Now()
	}
	if r.downBy == nil || r.downBy.Error() != err.Error() {
		r.logger.Error("the store fails; reads go on from what is in memory", "error", err)
	}
	r.downBy = err
}

// run follows the log until ctx ends.
func (r *Replica) run(ctx context.Context, working *portfolio.Snapshot) {
	for ctx.Err() == nil {
		var err error
		working, err = r.follow(ctx, working)
		if ctx.Err() != nil {
			return
		}
		// A log that was reset or contradicts itself no longer continues what
		// we hold. Loading tells whether it can be served all the same.
		if errors.Is(err, store.ErrReset) || errors.Is(err, store.ErrCorrupt) {
			r.logger.Warn("the log no longer continues what was read of it; loading it again", "error", err)
			var fresh *portfolio.Snapshot
			if fresh, err = r.load(ctx); err == nil {
				working = fresh
				r.startAgain(working)
				continue
			}
		}
		r.down(err)
		sleep(ctx, r.options.RetryEvery)
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
