package hooks

import (
	"sync"
	"time"
)

// A pacer turns the hints of one connection into requests for runs, with a
// pause in between. However many hints there are, one request waits at the
// most, and none is lost: the last hint is always followed by one.
type pacer struct {
	settle, pause, sweepPause time.Duration
	ask                       func(sweep bool)

	mu                 sync.Mutex
	run, sweep         bool // what waits
	lastRun, lastSweep time.Time
	timer              *time.Timer // nil when nothing waits
	due                time.Time   // of the timer
}

// hint returns at once.
func (p *pacer) hint(run, sweep bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run, p.sweep = p.run || run, p.sweep || sweep
	p.arrange(time.Now(), p.settle)
}

// arrange sets the timer for what waits, unless it strikes before.
func (p *pacer) arrange(now time.Time, settle time.Duration) {
	if !p.run && !p.sweep {
		return
	}
	due := latest(now.Add(settle), p.lastRun.Add(p.pause))
	if !p.run {
		due = latest(due, p.lastSweep.Add(p.sweepPause))
	}
	if p.timer != nil && !due.Before(p.due) {
		return
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	p.due = due
	p.timer = time.AfterFunc(due.Sub(now), p.strike)
}

// strike asks for what waits. A sweep is a run as well.
func (p *pacer) strike() {
	p.mu.Lock()
	now := time.Now()
	if p.timer == nil || now.Before(p.due) { // an old timer that could not be stopped any more
		p.mu.Unlock()
		return
	}
	sweep := p.sweep && !now.Before(p.lastSweep.Add(p.sweepPause))
	p.timer, p.run, p.lastRun = nil, false, now
	if sweep {
		p.sweep, p.lastSweep = false, now
	}
	p.arrange(now, 0)
	p.mu.Unlock()
	p.ask(sweep)
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
