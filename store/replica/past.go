package replica

import (
	"context"
	"fmt"
	"time"

	"plumbline/portfolio"
)

// What is kept of past days.
const (
	// DefaultPastCount is how many past views are kept.
	DefaultPastCount = 8
	// DefaultPastBytes is how much memory they may take beside the newest
	// snapshot, as an estimate. The one used last is kept whatever it takes.
	DefaultPastBytes = 512 << 20
	// DefaultPastFor is for how long one is kept that nobody asks for.
	DefaultPastFor = 30 * time.Minute
	// DefaultPastTime is how long making one may take.
	DefaultPastTime = time.Minute
)

// AsOf returns the portfolio as it stood at the close of a day: at the last
// revision whose day is not after it. Links, rules and settings are those of
// then, unless the settings and the names of departments of today are asked
// for. Today is the newest snapshot; a day that is still to come is ErrInvalid,
// and one before the first is ErrNotFound.
//
// Making one takes seconds, and one is made at a time. A few are kept. Whoever
// stops waiting leaves the making to the others who wait; when nobody does, it
// stops.
func (r *Replica) AsOf(ctx context.Context, day portfolio.Date, settings portfolio.SettingsOf) (*portfolio.Snapshot, error) {
	live := r.Snapshot()
	today := live.Today()
	switch {
	case !today.IsZero() && day == today:
		return live, nil
	case !today.IsZero() && day.After(today):
		return nil, fmt.Errorf("%w: %s is still to come; today is %s", portfolio.ErrInvalid, day, today)
	}
	revision, err := r.closeOf(ctx, live, day)
	if err != nil {
		return nil, err
	}
	wanted := pastKey{revision: revision}
	if settings == portfolio.SettingsNow {
		wanted.naming = live.Naming()
	}
	past, err := r.past.get(ctx, live, wanted, r.rewind)
	if err == nil && past.Observed() != live.Observed() {
		past = past.WithObserved(live.Observed()) // of which views show what was before their own day
	}
	return past, err
}

// closeOf finds the last revision of a day.
func (r *Replica) closeOf(ctx context.Context, live *portfolio.Snapshot, day portfolio.Date) (int64, error) {
	clocks, err := r.clocks(ctx, live)
	if err != nil {
		return 0, err
	}
	var (
		first portfolio.Date
		until = int64(-1)
	)
	// The day moves back with a change of the time zone, so the last turn to a
	// day that is not after the one asked for decides, not the first beyond it.
	for i, c := range clocks {
		if first.IsZero() || c.today.Before(first) {
			first = c.today
		}
		if c.today.After(day) {
			continue
		}
		until = live.Position().Revision
		if i+1 < len(clocks) {
			until = clocks[i+1].revision - 1
		}
	}
	switch {
	case first.IsZero():
		return 0, fmt.Errorf("%w: there is no history yet", portfolio.ErrNotFound)
	case until < 0:
		return 0, fmt.Errorf("%w: there is nothing of %s; the history begins on %s", portfolio.ErrNotFound, day, first)
	}
	return until, nil
}

// A turn is a commit that changed the day.
type turn struct {
	revision int64
	today    portfolio.Date
}

// clocks are the turns of the day up to a snapshot, oldest first. They are read
// from the store when there is a new one.
func (r *Replica) clocks(ctx context.Context, live *portfolio.Snapshot) ([]turn, error) {
	clock, _ := live.Document((*portfolio.Clock)(nil).Key())
	if known, ok := r.past.turnsOf(live, clock.Rev); ok {
		return known, nil
	}
	versions, err := r.log.History(ctx, (*portfolio.Clock)(nil).Key())
	if err != nil {
		return nil, fmt.Errorf("read the days of the log: %w", err)
	}
	var turns []turn
	for _, v := range versions {
		if c, ok := v.Doc.(*portfolio.Clock); ok && v.Rev <= live.Position().Revision {
			turns = append(turns, turn{v.Rev, c.Today})
		}
	}
	r.past.noteTurns(live, clock.Rev, turns)
	return turns, nil
}

// rewind reads what was at a revision and computes what followed from it.
func (r *Replica) rewind(ctx context.Context, live *portfolio.Snapshot, wanted pastKey) (*portfolio.Snapshot, error) {
	began := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, r.options.PastTime, fmt.Errorf("%w: going back took more than %s", portfolio.ErrUnavailable, r.options.PastTime))
	defer cancel()
	state, err := r.log.AsOf(ctx, wanted.revision, live.Document)
	if err != nil {
		return nil, causeOf(ctx, err)
	}
	if wanted.naming != (portfolio.Hash{}) {
		state = state.WithSettingsOf(live)
	}
	if ctx.Err() != nil { // what follows cannot be stopped
		return nil, context.Cause(ctx)
	}
	past := live.Rewind(state)
	r.logger.Debug("went back", "revision", wanted.revision, "day", past.Today().String(), "duration", time.Since(began))
	return past, nil
}

// causeOf tells why ctx ended when that is what err says.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
