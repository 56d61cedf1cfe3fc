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

// TurnDay commits the day if it has moved on, and in the same commit what was
// observed of the day that ends. It expects the clock it has read, so a day is
// observed once: ErrConflict says that somebody else was first. Replicas do so
// by themselves.
func (r *Replica) TurnDay(ctx context.Context) error {
	if r.isDown() {
		return nil // what we hold may be behind what there is to observe
	}
	s := r.Snapshot()
	next, err := r.nextDay(ctx, s)
	if err != nil || next == nil {
		return err
	}
	last, expect := clockOf(s)
	put := []portfolio.Document{next}
	if !last.Today.IsZero() && next.Today.After(last.Today) {
		if s = r.withHistory(ctx); !isExpected(s, expect) {
			return nil // somebody else was first; the next look decides anew
		}
		if days := next.Today.DaysSince(last.Today); days > 1 {
			r.logger.Warn("the day jumped; the days between were not observed",
				"from", last.Today.String(), "to", next.Today.String(), "days", days)
		}
		for _, f := range s.Observe() {
			put = append(put, f)
		}
	}
	commit, err := r.log.Commit(ctx, store.Change{
		Put:    put,
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

// nextDay returns the clock that is to follow a snapshot's; nil when it is the
// same day, or a clock that was set back.
func (r *Replica) nextDay(ctx context.Context, s *portfolio.Snapshot) (*portfolio.Clock, error) {
	zoneName := "UTC"
	if v, ok := s.Document(settingsKey); ok {
		zoneName = v.Doc.(*portfolio.Settings).TimeZone
	}
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return nil, err
	}
	today, err := r.options.Day(ctx, zone)
	if err != nil {
		return nil, err
	}
	next := &portfolio.Clock{Today: today, TimeZone: zoneName}
	if last, _ := clockOf(s); !next.Today.After(last.Today) && next.TimeZone == last.TimeZone {
		return nil, nil //nolint:nilnil // there is no next day yet
	}
	return next, nil
}

// clockOf returns a snapshot's clock and its revision, 0 when there is none.
func clockOf(s *portfolio.Snapshot) (portfolio.Clock, int64) {
	if v, ok := s.Document((*portfolio.Clock)(nil).Key()); ok {
		return *v.Doc.(*portfolio.Clock), v.Rev
	}
	return portfolio.Clock{}, 0
}

// isExpected reports whether a snapshot still has the clock of a revision.
func isExpected(s *portfolio.Snapshot, revision int64) bool {
	_, now := clockOf(s)
	return now == revision
}
