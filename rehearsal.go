package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"plumbline/config"
	"plumbline/demo"
	"plumbline/edit"
	"plumbline/edit/folder"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
	plsync "plumbline/sync"
)

// What the demo has lived through when it begins to serve, so that there are
// trends, a past to ask for, and something that changed.
const (
	// livedDays is how many days before today the demo's log begins.
	livedDays = 182
	// readDaily is for how many days before today its tools are read every
	// day; before, every week.
	readDaily = 14
	// sweepEvery is after how many days what is gone from the tools is looked
	// for as well.
	sweepEvery = 14
	// dawn and dusk are when a day of the past begins and when it is read.
	dawn, dusk = time.Hour, 19 * time.Hour
)

// A rehearsal lives through the past of the demo's organisation with the real
// connectors and engine, under a clock that shows those days.
type rehearsal struct {
	*house
	opening      opening
	organisation *demo.Organisation

	mu sync.Mutex
	at time.Time
}

// rehearse fills the demo's store with its past, and lets the organisation's
// history go on until today.
func rehearse(ctx context.Context, c *config.Config, organisation *demo.Organisation) (err error) {
	r := &rehearsal{organisation: organisation, opening: opening{Config: c, Log: slog.New(slog.DiscardHandler)}}
	r.set(organisation.Day(-livedDays).Add(dawn))
	log, err := boltstore.Open(c.Store.Path, boltstore.Options{Clock: r.now})
	if err != nil {
		return err
	}
	r.house = &house{log: log}
	defer func() { err = errors.Join(err, r.Close()) }()
	// The days turn when the rehearsal says so.
	if r.replica, err = replica.Open(ctx, log, replica.Options{PublishEvery: time.Millisecond, DayEvery: time.Hour}); err != nil {
		return err
	}
	r.editor = edit.New(log, r.replica, r.opening.Log)
	if r.tools, err = openTools(c, r.opening.Log); err != nil {
		return err
	}
	if _, err = r.replica.ApplySettings(ctx, c.Settings(), c.FileHash(), false); err != nil {
		return err
	}
	for day := -livedDays; day < 0; day++ {
		if err = r.live(ctx, day); err != nil {
			return fmt.Errorf("%s: %w", organisation.Day(day).Format(time.DateOnly), err)
		}
	}
	organisation.PlayTo(0)
	return nil
}

// live lets one day pass.
func (r *rehearsal) live(ctx context.Context, day int) error {
	begins := r.organisation.Day(day)
	r.set(begins.Add(dawn))
	if err := r.replica.TurnDay(ctx); err != nil && !errors.Is(err, store.ErrConflict) { // it is that day already
		return err
	}
	if day%7 != 0 && day < -readDaily {
		return nil
	}
	r.organisation.PlayTo(day)
	r.set(begins.Add(dusk))
	if err := r.record(ctx, day); err != nil {
		return err
	}
	engine, err := r.newEngine(r.opening) // one engine takes its clock for one that goes on by itself
	if err != nil {
		return err
	}
	report, err := engine.Sync(ctx, plsync.Request{Sweep: day%sweepEvery == 0})
	for _, row := range report.Rows {
		err = errors.Join(err, row.Err)
	}
	return err
}

// record applies the strategy folder as it was on the day.
func (r *rehearsal) record(ctx context.Context, day int) error {
	texts, err := r.organisation.StrategyOn(day)
	if err != nil {
		return err
	}
	var files []folder.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		files = append(files, folder.File{Name: name, Data: texts[name]})
	}
	report, err := folder.Apply(ctx, files, r.editor, r.replica, false)
	if err == nil && len(report.Problems) > 0 {
		err = report.Problems
	}
	return err
}

func (r *rehearsal) set(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = at
}

func (r *rehearsal) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}
