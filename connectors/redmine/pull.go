package redmine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// overlap is read again before the last run: a change that took long to be
// written shows late, under the time at which it began.
const overlap = 15 * time.Minute

// never is the since of a Redmine in which no issue was ever changed.
const never = "1970-01-01T00:00:00Z"

// Pull implements connectors.Connector. Projects and versions are read as a
// whole each time: a version has no search by its time of change, and its
// edits show nowhere else. Of issues, from the zero cursor all are read, and
// otherwise those that changed; what relations were added or taken away, which
// is no change of an issue, waits for List.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return c.read(ctx, since, func(*run) {})
}

// List implements connectors.Lister: everything in full, with all relations. A
// listing that was interrupted begins again at the stage that it was in.
func (c *Connector) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return c.read(ctx, connectors.Cursor{streamAccount: from[streamAccount]}, func(r *run) {
		r.sweeping = true
		r.position.Stage = ""
		for i, stage := range stageOrder[:len(stageOrder)-1] {
			if stage == from[streamListing].Position {
				r.position.Stage = stageOrder[i+1]
			}
		}
	})
}

func (c *Connector) read(ctx context.Context, since connectors.Cursor, prepare func(*run)) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, since, yield)
		if err == nil {
			prepare(r)
			err = r.everything()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("redmine: %w", err))
		}
	}
}

// quick tells that only the issues that changed are read.
func (r *run) quick() bool { return r.since[streamIssues].Since != "" }

// everything reads projects, versions and issues. A run that was interrupted
// goes on where it was; a scope that was begun by another process is then read
// to its end but not called complete.
func (r *run) everything() error {
	if r.position.Newest == "" && !r.sweeping {
		newest, err := r.newest()
		if err != nil {
			return err
		}
		r.position.Newest = newest
	}
	if err := r.readProjects(); err != nil {
		return err
	}
	if !r.position.past(stageVersions) {
		if err := r.readVersions(r.position.after(stageVersions)); err != nil {
			return err
		}
	}
	if err := r.readIssues(r.position.after(stageIssues)); err != nil {
		return err
	}
	return r.finish()
}

// endStage saves what a sweep has behind it, so that it is not listed again.
func (r *run) endStage(next string) error {
	if !r.sweeping {
		return nil
	}
	return r.flush(r.at(next, 0))
}

// readProjects lists the projects, and hands those over that were not yet.
func (r *run) readProjects() error {
	records, err := r.listProjects(r.ctx, r.session)
	if err != nil || r.position.past(stageProjects) {
		return err
	}
	after := r.position.after(stageProjects)
	records = slices.DeleteFunc(records, func(p projectCore) bool { return p.id <= after && after > 0 })
	for chunk := range slices.Chunk(records, pageFacts) {
		list, err := r.withLeads(chunk)
		if err != nil {
			return err
		}
		if err := r.addAll(list); err != nil {
			return err
		}
		if r.full() {
			if err := r.flush(r.at(stageProjects, chunk[len(chunk)-1].id)); err != nil {
				return err
			}
		}
	}
	if after == 0 {
		r.complete(scopeProjects, portfolio.KindProject)
	}
	return r.endStage(stageVersions)
}
