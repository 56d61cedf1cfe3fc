package replica

import (
	"context"
	"errors"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// dayAuthor is who commits the day and the settings.
const dayAuthor = "system"

// storeDay reads the civil date in a zone from the store's clock, which is the
// same for all replicas.
func (r *Replica) storeDay(ctx context.Context, zone *time.Location) (portfolio.Date, error) {
	now, err := r.log.Now(ctx)
	if err != nil {
		return portfolio.Date{}, err
	}
	return portfolio.DateOf(now.In(zone)), nil
}

// keepDay commits each new day until ctx ends. All replicas do; the one that
// sees it first succeeds and the others find it done.
func (r *Replica) keepDay(ctx context.Context) {
	complained := ""
	for ctx.Err() == nil {
		err := r.TurnDay(ctx)
		switch {
		case err == nil, errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrReset), ctx.Err() != nil:
			complained = "" // done, or the next look decides anew
		case err.Error() != complained:
			r.logger.Warn("the day could not be brought up to date", "error", err)
			complained = err.Error()
		}
		sleep(ctx, r.options.DayEvery)
	}
}

// TurnDay commits the day if it has moved on, expecting the clock it has read:
// ErrConflict says that somebody else was first. Replicas do so by themselves.
func (r *Replica) TurnDay(ctx context.Context) error {
	s := r.Snapshot()
	zoneName := "UTC"
	if v, ok := s.Document(settingsKey); ok {
		zoneName = v.Doc.(*portfolio.Settings).TimeZone
	}
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return err
	}
	today, err := r.options.Day(ctx, zone)
	if err != nil {
		return err
	}
	next := &portfolio.Clock{Today: today, TimeZone: zoneName}
	var (
		last   portfolio.Clock
		expect int64
	)
	if v, ok := s.Document(next.Key()); ok {
		last, expect = *v.Doc.(*portfolio.Clock), v.Rev
	}
	if !next.Today.After(last.Today) && next.TimeZone == last.TimeZone {
		return nil // the same day, or a clock that was set back
	}
	if days := today.DaysSince(last.Today); !last.Today.IsZero() && days > 1 {
		r.logger.Warn("the day jumped", "from", last.Today.String(), "to", today.String(), "days", days)
	}
	commit, err := r.log.Commit(ctx, store.Change{
		Put:    []portfolio.Document{next},
		Expect: map[portfolio.Key]int64{next.Key(): expect},
		Author: dayAuthor,
	})
	if err != nil {
		return err
	}
	// Not before it is seen: else the next look would find the old clock.
	_, err = r.Wait(ctx, commit.Revision)
	return err
}
