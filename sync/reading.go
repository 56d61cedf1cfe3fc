package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"time"

	"plumbline/connectors"
)

// ErrPageLimit says that a connector took too long for one page.
var ErrPageLimit = errors.New("the tool took too long")

// each takes what a connector yields, one by one. While the connector works
// the lease is kept alive; when it takes longer than a page may, the
// heartbeat stops and so does the run. The connector works on the next page
// while one is being saved, and never further ahead.
func each[T any](ctx context.Context, r *run, open func(context.Context) iter.Seq2[T, error], take func(T) error) error {
	type step struct {
		value T
		err   error
	}
	asking, cancel := context.WithCancel(ctx)
	steps, ended := make(chan step), make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if cause := recover(); cause != nil {
				r.engine.Logger.Error("connector panicked", "source", r.conn.ID, "error", cause, "stack", string(debug.Stack()))
				select {
				case steps <- step{err: fmt.Errorf("the connector panicked: %v", cause)}:
				case <-asking.Done():
				}
			}
		}()
		for value, err := range open(asking) {
			select {
			case steps <- step{value, err}:
			case <-asking.Done():
				return
			}
			if err != nil {
				return
			}
		}
		close(steps)
	}()
	defer func() {
		cancel()
		select {
		case <-ended:
		case <-r.engine.Clock.After(r.engine.Grace):
			r.conn.stuck = ended // the connection stays busy until it comes back
		}
	}()

	clock := r.engine.Clock
	limit := clock.After(r.engine.PageLimit)
	for {
		select {
		case s, more := <-steps:
			switch {
			case !more:
				return nil
			case s.err != nil && ctx.Err() != nil:
				return errStopped
			case s.err != nil:
				return s.err
			}
			if err := take(s.value); err != nil {
				return err
			}
			if r.stopping() {
				return errStopped
			}
			limit = clock.After(r.engine.PageLimit)
		case <-clock.After(r.tillBeat()):
			if err := r.beat(ctx); err != nil {
				return err
			}
		case <-limit:
			return fmt.Errorf("%w: no page in %s", ErrPageLimit, r.engine.PageLimit)
		case <-ctx.Done():
			return errStopped
		}
	}
}

func (r *run) stopping() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

const (
	// parkBeyond is the longest rate limit that a run sleeps through.
	parkBeyond = time.Minute
	// leastWait keeps a tool that says "now" from being asked in a loop.
	leastWait = time.Second
)

// patiently does something that may meet a rate limit, and does it again
// after a short one. A second limit without a page in between is not short.
func (r *run) patiently(ctx context.Context, do func() error) error {
	for pages := -1; ; {
		err := do()
		var limited *connectors.RateLimited
		if !errors.As(err, &limited) {
			return err
		}
		wait := max(limited.Until.Sub(r.engine.Clock.Now()), leastWait)
		if wait > parkBeyond || pages == r.run.Tally.Pages || r.dry != nil {
			return err
		}
		pages = r.run.Tally.Pages
		if err := r.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// sleep waits with the lease kept alive.
func (r *run) sleep(ctx context.Context, d time.Duration) error {
	clock := r.engine.Clock
	begun, over := clock.Now(), clock.After(d)
	defer func() { r.slept += clock.Now().Sub(begun) }()
	for {
		select {
		case <-over:
			return nil
		case <-clock.After(r.tillBeat()):
			if err := r.beat(ctx); err != nil {
				return err
			}
		case <-r.stop:
			return errStopped
		}
	}
}
