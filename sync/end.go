package sync

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

// maxError is how many bytes of an error a run document keeps.
const maxError = 2_000

// end writes how the run ended, logs its one line and makes its row. The
// error it returns is the store's; the tool's is in the row.
func (r *run) end(ctx context.Context, err error, begun time.Time) (Row, error) {
	r.ended(ctx, err)
	var unwritten error
	if r.dry == nil && !errors.Is(err, errLost) && !errors.Is(err, store.ErrReset) {
		b := r.newBatch()
		for _, doc := range r.last {
			b.add(doc)
		}
		unwritten = r.save(ctx, b)
	}
	row := row(r.run)
	row.Took = r.engine.Clock.Now().Sub(begun)
	row.Held = slices.SortedFunc(maps.Values(r.held), func(a, b *portfolio.Hold) int {
		return cmp.Compare(a.Key().ID, b.Key().ID)
	})
	row.Quarantined, row.Unrecorded = r.odd, r.unrecorded
	if r.dry != nil {
		row.Changes = r.dry.changes
	}
	var limited *connectors.RateLimited
	if !errors.Is(err, errStopped) && !errors.As(err, &limited) || r.req.file != nil {
		row.Err = err
	}
	r.logEnd(ctx, row, errors.Join(err, unwritten))
	return row, unwritten
}

// ended sets the state in which the run document is left. A parked run has no
// holder: whoever finds it due carries it on.
func (r *run) ended(ctx context.Context, err error) {
	now := r.engine.store.last()
	if asked, clockErr := r.engine.store.now(ctx); clockErr == nil {
		now = asked
	}
	run := &r.run
	run.Holder, run.Error, run.ParkedTill = "", "", time.Time{}
	var limited *connectors.RateLimited
	switch {
	case err == nil:
		run.State, run.EndedAt = portfolio.RunSucceeded, now
	case errors.Is(err, errStopped) && r.req.file != nil:
		run.State, run.EndedAt, run.Error = portfolio.RunFailed, now, brokenOff
	case errors.Is(err, errStopped):
		run.State, run.ParkedTill, run.Error = portfolio.RunParked, now, err.Error()
	case errors.As(err, &limited):
		// The connector's time is our clock's; the store's may be another.
		run.State, run.Error = portfolio.RunParked, err.Error()
		run.ParkedTill = now.Add(limited.Until.Sub(r.engine.Clock.Now())).Truncate(time.Millisecond)
	default:
		run.State, run.EndedAt, run.Error = portfolio.RunFailed, now, err.Error()
	}
	run.Error = run.Error[:min(len(run.Error), maxError)]
	run.DueAt, _ = dueAfter(run, r.conn.Schedule)
}

func row(run portfolio.Run) Row {
	return Row{
		Connection: run.Connection, Run: run.Number, State: run.State, Mode: run.Mode, Why: run.Why,
		Tally: run.Tally, ParkedTill: run.ParkedTill,
	}
}

func (r *run) logEnd(ctx context.Context, row Row, err error) {
	attrs := []slog.Attr{
		slog.String("source", row.Connection), slog.Int64("run_id", row.Run),
		slog.String("state", string(row.State)), slog.String("mode", row.Mode),
		slog.Duration("duration", row.Took.Round(time.Millisecond)),
		slog.Int("read", row.Tally.Read), slog.Int("new", row.Tally.New), slog.Int("changed", row.Tally.Changed),
		slog.Int("gone", row.Tally.Gone), slog.Int("quarantined", row.Tally.Quarantined),
		slog.Int("requests", row.Tally.Requests), slog.Int("held", len(row.Held)),
	}
	if row.Why != "" {
		attrs = append(attrs, slog.String("why", row.Why))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	r.engine.Logger.LogAttrs(ctx, slog.LevelInfo, "run ended", attrs...)
}
