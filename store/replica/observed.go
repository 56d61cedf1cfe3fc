package replica

import (
	"context"
	"errors"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// observedPatience is for how long the end of a day waits for the history from
// which it tells the difference. After that the whole portfolio is written.
const observedPatience = 10 * time.Second

// readObserved reads the observations that are kept in memory, until the store
// gives them. Readiness does not wait for it.
func (r *Replica) readObserved(ctx context.Context, today portfolio.Date, to chan<- []portfolio.Versioned) {
	complained := false
	for ctx.Err() == nil {
		var (
			docs []portfolio.Versioned
			err  error
		)
		if !today.IsZero() {
			docs, err = r.log.Observations(ctx, portfolio.ObservedFrom(today, r.options.ObservedDays), today)
		}
		if errors.Is(err, store.ErrCorrupt) {
			r.logger.Error("observations cannot be read; trends begin anew today", "error", err)
			docs, err = nil, nil
		}
		if err == nil {
			to <- docs // there is room for it
			return
		}
		if !complained && ctx.Err() == nil {
			r.logger.Warn("observations could not be read yet; trends are missing until they are", "error", err)
			complained = true
		}
		sleep(ctx, r.options.RetryEvery)
	}
}

// withHistory returns the newest snapshot, once its history has been read or
// that takes too long.
func (r *Replica) withHistory(ctx context.Context) *portfolio.Snapshot {
	tooLong := time.After(observedPatience)
	for {
		next, _ := r.coming()
		s := r.Snapshot()
		if !s.Observed().Pending() {
			return s
		}
		select {
		case <-next:
		case <-tooLong:
			return s
		case <-ctx.Done():
			return s
		}
	}
}
