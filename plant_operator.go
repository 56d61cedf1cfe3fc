package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/doors/control"
	"plumbline/portfolio"
	"plumbline/store"
	plsync "plumbline/sync"
)

// Sync implements control.Operator.
func (h *house) Sync(ctx context.Context, request control.SyncRequest, progress func(control.Progress)) ([]control.Row, error) {
	var one sync.Mutex
	report, err := h.engine.Sync(ctx, plsync.Request{
		Connections: request.Connections, Full: request.Full, Sweep: request.Sweep,
		DryRun: request.DryRun, AcceptNewSite: request.AcceptNewSite,
		Progress: func(p plsync.Progress) {
			one.Lock()
			defer one.Unlock()
			progress(control.Progress(p))
		},
	})
	if err != nil {
		return nil, err
	}
	rows := make([]control.Row, len(report.Rows))
	for i, row := range report.Rows {
		rows[i] = controlRow(row)
	}
	return rows, nil
}

// controlRow is a row of the engine as commands take it.
func controlRow(row plsync.Row) control.Row {
	r := control.Row{
		Connection: row.Connection, State: row.State, Mode: row.Mode, Why: row.Why,
		Tally: row.Tally, Took: row.Took, ParkedTill: row.ParkedTill,
	}
	for _, hold := range row.Held {
		r.Held = append(r.Held, *hold)
	}
	for _, change := range row.Changes {
		r.Changes = append(r.Changes, control.Change{
			Kind: change.Key.Kind, ID: change.Key.ID, What: string(change.What), Fields: change.Fields,
		})
	}
	r.Unrecorded = row.Unrecorded
	if row.Err != nil {
		r.Error = row.Err.Error()
	}
	return r
}

// Confirm implements control.Operator.
func (h *house) Confirm(ctx context.Context, request control.ConfirmRequest) ([]portfolio.Hold, error) {
	if _, err := h.chosen([]string{request.Connection}); err != nil {
		return nil, err
	}
	var confirmed []portfolio.Hold
	for v := range h.replica.Snapshot().Documents(portfolio.KindHold) {
		hold := v.Doc.(*portfolio.Hold)
		if hold.Connection != request.Connection || request.Scope != control.EveryScope && hold.Scope != request.Scope {
			continue
		}
		now, err := h.engine.Confirm(ctx, hold.Key(), request.Author)
		if err != nil {
			return confirmed, err
		}
		confirmed = append(confirmed, *now)
	}
	return confirmed, nil
}

// Check implements control.Operator. The tools are asked side by side.
func (h *house) Check(ctx context.Context, ids []string) ([]control.Check, error) {
	chosen, err := h.chosen(ids)
	if err != nil {
		return nil, err
	}
	checks := make([]control.Check, len(chosen))
	var all sync.WaitGroup
	for i, t := range chosen {
		all.Go(func() { checks[i] = t.check(ctx) })
	}
	all.Wait()
	for i := range checks {
		for _, sentence := range plsync.Unrecorded(h.replica.Snapshot(), checks[i].Connection) {
			checks[i].Report.Warnings = append(checks[i].Report.Warnings, "at the last sync: "+sentence)
		}
	}
	return checks, ctx.Err()
}

// checkLimit is how long a tool may take to be checked.
const checkLimit = 2 * time.Minute

func (t tool) check(ctx context.Context) control.Check {
	result := control.Check{Connection: t.id, Type: t.kind}
	checker, ok := t.connector.(connectors.Checker)
	if !ok {
		result.Report.Warnings = []string{"this tool offers no check; plumbline sync " + t.id + " --dry-run reads it without writing"}
		return result
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	report, err := checker.Check(ctx)
	result.Report = report
	if err != nil {
		result.Error = err.Error()
	}
	return result
}

// chosen returns the tools with the ids; all of them without any.
func (h *house) chosen(ids []string) ([]tool, error) {
	if len(ids) == 0 {
		return h.tools, nil
	}
	var chosen []tool
	var unknown error
	for _, id := range ids {
		at := slices.IndexFunc(h.tools, func(t tool) bool { return t.id == id })
		if at < 0 {
			unknown = errors.Join(unknown, fmt.Errorf("%w: no connection has the id %q", portfolio.ErrNotFound, id))
			continue
		}
		chosen = append(chosen, h.tools[at])
	}
	return chosen, unknown
}

// Apply implements control.Operator.
func (h *house) Apply(ctx context.Context, settings portfolio.Settings) (bool, error) {
	if len(settings.Files) == 0 {
		return false, fmt.Errorf("%w: the settings do not name their file", portfolio.ErrInvalid)
	}
	outcome, err := h.replica.ApplySettings(ctx, settings, settings.Files[len(settings.Files)-1], true)
	return outcome.Applied, err
}

// clockAuthor is who sets the day on purpose.
const clockAuthor = "config clock"

// SetClock implements control.Operator.
func (h *house) SetClock(ctx context.Context, today portfolio.Date) (portfolio.Date, error) {
	if today.IsZero() {
		return today, fmt.Errorf("%w: no day is given", portfolio.ErrInvalid)
	}
	for {
		snapshot := h.replica.Snapshot()
		next := &portfolio.Clock{Today: today, TimeZone: time.UTC.String()}
		if settings := snapshot.Settings(); settings != nil && settings.TimeZone != "" {
			next.TimeZone = settings.TimeZone
		}
		var before portfolio.Date
		var expect int64
		if v, ok := snapshot.Document(next.Key()); ok {
			before, expect = v.Doc.(*portfolio.Clock).Today, v.Rev
		}
		commit, err := h.log.Commit(ctx, store.Change{
			Put: []portfolio.Document{next}, Expect: map[portfolio.Key]int64{next.Key(): expect}, Author: clockAuthor,
		})
		switch {
		case errors.Is(err, store.ErrConflict): // the day has just moved on by itself
			if _, err = h.replica.Wait(ctx, snapshot.Position().Revision+1); err != nil {
				return before, err
			}
		case err != nil:
			return before, fmt.Errorf("set the clock: %w", err)
		default:
			_, err = h.replica.Wait(ctx, commit.Revision)
			return before, err
		}
	}
}
