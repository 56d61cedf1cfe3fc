package replica

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"plumbline/portfolio"
)

// errAbandoned ends the making of a past view that nobody waits for any more.
var errAbandoned = errors.New("nobody waits for it")

// A pastKey names a past view of one load of the log.
type pastKey struct {
	revision int64
	naming   portfolio.Hash // of the settings of today; zero for those of then
}

// pasts keeps the views of past days that were asked for last, and has each
// made once, one at a time.
type pasts struct {
	count   int
	bytes   int64
	keepFor time.Duration
	now     func() time.Time
	ctx     context.Context // of the replica
	running *sync.WaitGroup
	turn    chan struct{} // held by who makes one

	mu     sync.Mutex
	of     *portfolio.Snapshot // any one of the load that all of this is of
	kept   map[pastKey]*keptPast
	making map[pastKey]*making
	turns  []turn
	turned int64 // the revision of the last turn
}

func newPasts(ctx context.Context, o Options, running *sync.WaitGroup) *pasts {
	return &pasts{
		count: o.PastCount, bytes: o.PastBytes, keepFor: o.PastFor, now: time.Now,
		ctx: ctx, running: running, turn: make(chan struct{}, 1),
		kept: map[pastKey]*keptPast{}, making: map[pastKey]*making{},
	}
}

type keptPast struct {
	snapshot *portfolio.Snapshot
	before   int64 // bytes that had been copied when it was made
	lastUse  time.Time
}

// takes is about how much memory it holds that the newest snapshot does not.
func (k *keptPast) takes(newest *portfolio.Snapshot) int64 {
	return k.snapshot.Copied() - k.before + newest.Copied() - k.before
}

// A making is a past view on its way.
type making struct {
	done     chan struct{}
	snapshot *portfolio.Snapshot
	err      error
	waiting  int
	giveUp   context.CancelCauseFunc
}

type maker func(ctx context.Context, live *portfolio.Snapshot, wanted pastKey) (*portfolio.Snapshot, error)

// get returns a past view: a kept one, or one that it waits for.
func (p *pasts) get(ctx context.Context, live *portfolio.Snapshot, wanted pastKey, makeIt maker) (*portfolio.Snapshot, error) {
	p.mu.Lock()
	p.begin(live)
	if k, ok := p.kept[wanted]; ok && p.now().Sub(k.lastUse) <= p.keepFor {
		k.lastUse = p.now()
		p.mu.Unlock()
		return k.snapshot, nil
	}
	m, ok := p.making[wanted]
	if !ok {
		if p.ctx.Err() != nil {
			p.mu.Unlock()
			return nil, fmt.Errorf("%w: the replica is closed", portfolio.ErrUnavailable)
		}
		m = p.start(live, wanted, makeIt)
	}
	m.waiting++
	p.mu.Unlock()

	select {
	case <-m.done:
		return m.snapshot, m.err
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.waiting--; m.waiting == 0 {
		m.giveUp(errAbandoned)
		if p.making[wanted] == m {
			delete(p.making, wanted)
		}
	}
	return nil, ctx.Err()
}

// start has a past view made. The caller holds the lock.
func (p *pasts) start(live *portfolio.Snapshot, wanted pastKey, makeIt maker) *making {
	ctx, giveUp := context.WithCancelCause(p.ctx)
	m := &making{done: make(chan struct{}), giveUp: giveUp}
	p.making[wanted] = m
	p.running.Go(func() {
		defer giveUp(nil)
		m.snapshot, m.err = p.inTurn(ctx, live, wanted, makeIt)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.making[wanted] == m {
			delete(p.making, wanted)
		}
		if m.err == nil && p.of.SameLoad(live) {
			p.kept[wanted] = &keptPast{m.snapshot, live.Copied(), p.now()}
			p.trim(p.of)
		}
		close(m.done)
	})
	return m
}

// inTurn waits for its turn: two at once would take twice the memory, and keep
// all processors from those who ask for today.
func (p *pasts) inTurn(ctx context.Context, live *portfolio.Snapshot, wanted pastKey, makeIt maker) (*portfolio.Snapshot, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return makeIt(ctx, live, wanted)
}

// begin forgets all that is of another load of the log, as before a restore.
// The caller holds the lock.
func (p *pasts) begin(live *portfolio.Snapshot) {
	if p.of == nil || !p.of.SameLoad(live) {
		p.kept, p.making, p.turns, p.turned = map[pastKey]*keptPast{}, map[pastKey]*making{}, nil, 0
		p.of = live
	}
	if p.of.Position().Revision < live.Position().Revision {
		p.of = live
	}
}

// end calls stop at a moment at which nothing is being started.
func (p *pasts) end(stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stop()
}

// publish notes the newest snapshot, beside which those that are kept take
// more from commit to commit.
func (p *pasts) publish(newest *portfolio.Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin(newest)
	p.trim(newest)
}

// trim drops what nobody has used for long, and what was used longest ago of
// what is too much. The caller holds the lock.
func (p *pasts) trim(newest *portfolio.Snapshot) {
	for {
		var (
			oldest pastKey
			total  int64
		)
		for key, k := range p.kept {
			if p.now().Sub(k.lastUse) > p.keepFor {
				delete(p.kept, key)
				continue
			}
			total += k.takes(newest)
			if o, ok := p.kept[oldest]; !ok || k.lastUse.Before(o.lastUse) {
				oldest = key
			}
		}
		if len(p.kept) <= 1 || len(p.kept) <= p.count && total <= p.bytes {
			return
		}
		delete(p.kept, oldest)
	}
}

// turnsOf returns the turns of the day if the last one is known.
func (p *pasts) turnsOf(live *portfolio.Snapshot, last int64) ([]turn, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin(live)
	return p.turns, p.turned == last && last > 0
}

func (p *pasts) noteTurns(live *portfolio.Snapshot, last int64, turns []turn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of.SameLoad(live) && last >= p.turned {
		p.turns, p.turned = turns, last
	}
}
