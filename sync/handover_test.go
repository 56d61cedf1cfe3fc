package sync

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

// skewed is the clock of a machine that is off and runs at its own rate.
type skewed struct {
	start  time.Time
	offset time.Duration
	rate   float64
}

func (s skewed) Now() time.Time {
	return s.start.Add(s.offset + time.Duration(s.rate*float64(time.Since(s.start))))
}

func (s skewed) After(d time.Duration) <-chan time.Time {
	return time.After(time.Duration(float64(d) / s.rate))
}

// replica is one process of several over one log. It freezes now and then, in
// the middle of a commit that arrives late, and its commits may succeed
// without it being told.
type replica struct {
	*memLog
	name   string
	random *rand.Rand
	mu     sync.Mutex
	awake  time.Time
	calm   bool
}

func (r *replica) sleep() {
	r.mu.Lock()
	awake := r.awake
	r.mu.Unlock()
	time.Sleep(time.Until(awake))
}

func (r *replica) chance(oneIn int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.calm && r.random.IntN(oneIn) == 0
}

func (r *replica) Commit(ctx context.Context, c store.Change) (portfolio.Commit, error) {
	if r.chance(12) {
		r.mu.Lock()
		r.awake = time.Now().Add(40*time.Second + time.Duration(r.random.Int64N(int64(3*time.Minute))))
		r.mu.Unlock()
	}
	r.sleep()
	done, err := r.memLog.Commit(context.WithoutCancel(ctx), c)
	if err == nil && r.chance(10) {
		return portfolio.Commit{}, fmt.Errorf("%w: connection reset", portfolio.ErrUnavailable)
	}
	return done, err
}

func (r *replica) Now(ctx context.Context) (time.Time, error) {
	r.sleep()
	if r.chance(20) {
		return time.Time{}, portfolio.ErrUnavailable
	}
	return r.memLog.Now(ctx)
}

func (r *replica) At(ctx context.Context, revision int64) (Documents, error) {
	r.sleep()
	return r.memLog.At(ctx, revision)
}

// chatty is a tool of which every page changes something, and whose facts
// tell which process read them.
type chatty struct {
	*replica
	n int
}

// Pull implements connectors.Connector.
func (c *chatty) Pull(ctx context.Context, _ connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		for range 8 {
			select {
			case <-time.After(time.Duration(rand.Int64N(int64(15 * time.Second)))):
			case <-ctx.Done():
				yield(connectors.Page{}, ctx.Err())
				return
			}
			c.n++
			page := connectors.Page{Facts: []portfolio.ToolFact{&portfolio.MilestoneFact{
				Source: portfolio.Source{Connection: "eng", Kind: "issue", ID: "1"},
				Name:   c.name, Project: fmt.Sprint(c.n),
			}}}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// referee watches every commit: whose it is, and who holds the lease.
type referee struct {
	lease       time.Duration
	holder      string
	number      int64
	state       portfolio.RunState
	at          time.Time
	handOvers   int
	interleaved []string
}

func (f *referee) watch(c portfolio.Commit) error {
	var run *portfolio.Run
	reader := ""
	for _, doc := range c.Put {
		switch doc := doc.(type) {
		case *portfolio.Run:
			run = doc
		case *portfolio.MilestoneFact:
			reader = doc.Name
		}
	}
	switch {
	case run == nil:
		f.blame("commit %d has no run", c.Revision)
	case reader != "" && (f.state != portfolio.RunRunning || f.holder != reader || f.number != run.Number):
		f.blame("commit %d is a page of %s, but run %d is %s and %s holds it", c.Revision, reader, f.number, f.state, f.holder)
	case f.state == portfolio.RunRunning && run.Number != f.number:
		f.blame("run %d began while %d was running", run.Number, f.number)
	case f.state == portfolio.RunRunning && run.State == portfolio.RunRunning && run.Holder != f.holder:
		f.handOvers++
		// The faster clock runs 5 % ahead of the true one.
		if stood := time.Since(f.at); float64(stood)*1.05 < float64(f.lease) {
			f.blame("run %d was taken from %s after %s", run.Number, f.holder, stood)
		}
	}
	f.holder, f.number, f.state, f.at = run.Holder, run.Number, run.State, time.Now()
	return nil
}

func (f *referee) blame(format string, args ...any) {
	f.interleaved = append(f.interleaved, fmt.Sprintf(format, args...))
}

func TestAThousandHandOversWithoutAnInterleavedWrite(t *testing.T) {
	t.Parallel()
	const wanted = 1000
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		judge := &referee{lease: DefaultLease}
		enough := make(chan struct{})
		log.after = func(c portfolio.Commit) error {
			err := judge.watch(c)
			if judge.handOvers == wanted {
				judge.handOvers++
				close(enough)
			}
			return err
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		clocks := []skewed{{time.Now(), 5 * time.Minute, 1}, {time.Now(), -5 * time.Minute, 1.05}}
		var replicas []*replica
		for i, clock := range clocks {
			r := &replica{memLog: log, name: fmt.Sprint("replica-", i), random: rand.New(rand.NewPCG(uint64(i), 7))}
			replicas = append(replicas, r)
			engine := New(Config{
				Log: r, Replica: r, Holder: r.name, Clock: clock,
				Connections: []Connection{{ID: "eng", Connector: &chatty{replica: r}, Schedule: Every(30 * time.Second)}},
			})
			running.Go(func() { engine.Run(ctx) })
		}
		<-enough
		for _, r := range replicas {
			r.mu.Lock()
			r.calm = true
			r.mu.Unlock()
		}
		time.Sleep(10 * time.Minute)
		stop()
		running.Wait()
		for _, s := range judge.interleaved {
			t.Error(s)
		}
		if judge.state == portfolio.RunRunning {
			t.Error("a run stayed RUNNING after both processes were stopped")
		}
		t.Logf("%d commits in %d runs", len(log.commits), judge.number)
	})
}
