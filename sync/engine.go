package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

// Log is what the engine needs of the store.
type Log interface {
	Commit(ctx context.Context, change store.Change) (portfolio.Commit, error)
	Now(ctx context.Context) (time.Time, error)
}

// A Connection is one tool to be read.
type Connection struct {
	ID        string
	Connector connectors.Connector
	// Schedule says when it is read; nil means only when asked.
	Schedule Schedule
	// Sweep is the longest time between two complete listings; 0 means they
	// are made only when asked.
	Sweep time.Duration
}

// The defaults of Config.
const (
	DefaultLease     = time.Minute
	DefaultPageLimit = 5 * time.Minute
	DefaultGrace     = 10 * time.Second
	DefaultParallel  = 4
)

// Config is what an engine is made of. Log, Replica and Holder are needed.
type Config struct {
	Log         Log
	Replica     Replica
	Connections []Connection
	// Recorder records what tools report of objectives and KPIs; nil leaves it.
	Recorder Recorder
	// Holder names this process among all that share the log; it must differ
	// from that of every other and of this process's former lives.
	Holder string
	// Sole says that no other process can have the log open, so that a run
	// which somebody else left behind is taken over at once.
	Sole bool
	// Lease is how long a run may stand still before another process takes it.
	Lease time.Duration
	// PageLimit is how long a connector may take for one page.
	PageLimit time.Duration
	// Grace is how long the page under way may take when the engine is stopped.
	Grace time.Duration
	// Parallel is how many connections are read at once.
	Parallel int
	Hold     HoldLimits
	Logger   *slog.Logger // nil discards
	Clock    Clock        // nil is the machine's
}

// An Engine reads connections into the log. Its methods may be called by many
// goroutines.
type Engine struct {
	Config
	store       *storeClock
	connections []*connection
	slots       chan struct{} // one for each connection that is being read
}

// New makes an engine; nothing runs yet. Zero limits take their defaults.
func New(c Config) *Engine {
	c.Lease = cmp.Or(c.Lease, DefaultLease)
	c.PageLimit = cmp.Or(c.PageLimit, DefaultPageLimit)
	c.Grace = cmp.Or(c.Grace, DefaultGrace)
	c.Parallel = cmp.Or(c.Parallel, DefaultParallel)
	c.Hold = cmp.Or(c.Hold, DefaultHold)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = ownClock{}
	}
	c.Replica = bounded{c.Replica}
	e := &Engine{
		Config: c,
		store:  &storeClock{log: c.Log, own: c.Clock},
		slots:  make(chan struct{}, c.Parallel),
	}
	for _, settings := range c.Connections {
		e.connections = append(e.connections, &connection{
			Connection: settings,
			busy:       make(chan struct{}, 1),
			wake:       make(chan struct{}, 1),
		})
	}
	return e
}

// connection is what the engine keeps in memory about a connection.
type connection struct {
	Connection
	busy chan struct{} // holds one element while this process reads it
	wake chan struct{}
	// stuck, when set by whoever is busy, closes when a connector that does
	// not heed its context returns at last.
	stuck <-chan struct{}

	mu      sync.Mutex
	asked   *Request // by Start, not yet begun
	watch   watch
	written int64 // revision of our last commit
}

// Run reads every connection by its schedule until ctx ends. Then it lets the
// pages under way finish, leaves their runs to be resumed and returns.
func (e *Engine) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, c := range e.connections {
		all.Go(func() { e.tend(ctx, c) })
	}
	all.Wait()
}

// tend runs one connection whenever it is due or asked for.
func (e *Engine) tend(ctx context.Context, c *connection) {
	for ctx.Err() == nil {
		wait, err := e.step(ctx, c)
		if err != nil && ctx.Err() == nil {
			e.Logger.Warn("connection cannot be scheduled", "source", c.ID, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-e.Clock.After(wait):
		}
	}
}

// step runs a connection if it is time, and says how long to wait then.
func (e *Engine) step(ctx context.Context, c *connection) (time.Duration, error) {
	req, due, err := e.next(ctx, c)
	if err != nil {
		return e.poll(), err
	}
	now, err := e.store.now(ctx)
	if err != nil {
		return e.poll(), err
	}
	switch {
	case due == nil:
		return maxIdle, nil
	case due.After(now):
		return min(maxIdle, due.Sub(now)), nil
	case req == nil:
		req = &Request{}
	}
	_, err = e.readOnce(ctx, c, *req)
	switch {
	case errors.Is(err, errHeld):
		return e.poll(), nil
	case err != nil:
		return e.poll(), err
	}
	c.begun(req)
	return 0, nil
}

// maxIdle is how long a connection that is not due is left alone; runs of
// other processes and changed clocks are noticed after it at the latest.
const maxIdle = 15 * time.Second

// poll is how often a run of another process is looked at.
func (e *Engine) poll() time.Duration { return e.Lease / 10 }

// next returns what was asked for, if anything, and when the connection is
// due; nil means that nothing tells. What a tool asked us to wait for is
// waited for, whoever asks us to hurry.
func (e *Engine) next(ctx context.Context, c *connection) (*Request, *time.Time, error) {
	docs, err := e.newest(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	c.mu.Lock()
	asked := c.asked
	c.mu.Unlock()
	last, _ := lastRun(docs, c.ID)
	parked := last != nil && last.State == portfolio.RunParked
	running := last != nil && last.State == portfolio.RunRunning
	if !parked && (asked != nil || running) {
		return asked, &time.Time{}, nil
	}
	if due, ever := dueAfter(last, c.Schedule); ever {
		return asked, &due, nil
	}
	return nil, nil, nil
}

// newest returns the newest documents, with our last commit of the connection
// in them. If that does not show, it is given up: the log may have lost it to
// a restored copy, and should the replica be late only, the documents are
// older than our commit and the first commit of a run from them is refused.
func (e *Engine) newest(ctx context.Context, c *connection) (Documents, error) {
	c.mu.Lock()
	written := c.written
	c.mu.Unlock()
	docs, err := e.Replica.At(ctx, written)
	if !errors.Is(err, errBehind) && !errors.Is(err, store.ErrReset) {
		return docs, err
	}
	e.Logger.Warn("a commit of this process is gone; going on with what the store has", "source", c.ID, "revision", written, "error", err)
	c.mu.Lock()
	if c.written == written {
		c.written = 0
	}
	c.mu.Unlock()
	return e.Replica.At(ctx, 0)
}

// ask leaves a request for the scheduler, joined with one that waits already.
func (c *connection) ask(req Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked != nil {
		req = req.and(*c.asked)
	}
	c.asked = &req
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// begun forgets the request once a run has answered it.
func (c *connection) begun(req *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked == req {
		c.asked = nil
	}
}

// readOnce makes one run of the connection in this process, or says errHeld
// when another process has it.
func (e *Engine) readOnce(ctx context.Context, c *connection, req Request) (Row, error) {
	select {
	case c.busy <- struct{}{}:
		defer c.release()
	case <-ctx.Done():
		return Row{}, ctx.Err()
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return Row{}, ctx.Err()
	}
	return e.read(ctx, c, req)
}

// release lets the next run begin, once the connector has come back.
func (c *connection) release() {
	if c.stuck == nil {
		<-c.busy
		return
	}
	go func(stuck <-chan struct{}) {
		<-stuck
		<-c.busy
	}(c.stuck)
	c.stuck = nil
}

func (e *Engine) connection(id string) (*connection, error) {
	i := slices.IndexFunc(e.connections, func(c *connection) bool { return c.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("%w: no connection %q is configured", portfolio.ErrNotFound, id)
	}
	return e.connections[i], nil
}
