package asana

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// overlap is read again before the time of the last run: events come up to
// some minutes late, and what they tell late must not be stepped over.
const overlap = 15 * time.Minute

// Pull implements connectors.Connector. From the zero cursor it reads
// everything and so completes every scope; otherwise it asks each project in
// use for its events, and reads those that have any.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, since, yield)
		if err == nil {
			if since[streamTasks].Since == "" {
				err = r.everything()
			} else {
				err = r.changes()
			}
		}
		if err == nil {
			err = r.finish()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("asana: %w", err))
		}
	}
}

// everything is the full run, and the sweep. One that was interrupted goes on
// where it was; its scopes are then read to their end but not called complete.
func (r *run) everything() error {
	if err := r.askEverybody(); err != nil {
		return err
	}
	if err := r.tellGoals(); err != nil {
		return err
	}
	if err := r.tellPortfolios(); err != nil {
		return err
	}
	for _, archived := range []bool{false, true} {
		if err := r.listProjects(archived, true); err != nil {
			return err
		}
	}
	r.total = r.done + len(r.projects) // at least
	if err := r.readAll(r.inAge(func(*projectRecord) bool { return true }), r.wholeUnlessDone); err != nil {
		return err
	}
	if r.resumed {
		return nil
	}
	r.page.Complete = append(r.page.Complete,
		connectors.Scope{Name: scopeProjects, Of: portfolio.KindProject},
		connectors.Scope{Name: scopePortfolios, Of: portfolio.KindProject},
		connectors.Scope{Name: scopeTasks, Of: portfolio.KindMilestone},
		connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk},
		connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency},
		connectors.Scope{Name: scopeReports, Of: portfolio.KindStatusReport})
	return nil
}

// changes is the quick run. Archived projects are left to the sweep.
func (r *run) changes() error {
	if r.goalsRead { // for the projects; otherwise they are left to the sweep
		if err := r.tellGoals(); err != nil {
			return err
		}
	}
	if err := r.tellPortfolios(); err != nil {
		return err
	}
	if err := r.listProjects(false, true); err != nil {
		return err
	}
	return r.readAll(r.inAge(func(p *projectRecord) bool { return !p.Archived }), r.changesOf)
}

// readAll reads projects, several at once, and hands them over in order.
func (r *run) readAll(projects []*projectRecord, read func(context.Context, *projectRecord) (portion, error)) error {
	for got, err := range inorder.Map(r.ctx, r.concurrency(), projects, read) {
		if err == nil {
			err = r.take(got)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wholeUnlessDone reads all of a project, unless this run did so before it was
// interrupted.
func (r *run) wholeUnlessDone(ctx context.Context, p *projectRecord) (portion, error) {
	m, done, err := r.before(p.GID)
	switch {
	case err != nil:
		return portion{}, err
	case done && m.Offset == "":
		return portion{project: p, mark: m}, nil
	case !done:
		m = mark{}
	}
	return r.whole(ctx, p, m)
}

// changesOf reads what is new of a project.
func (r *run) changesOf(ctx context.Context, p *projectRecord) (portion, error) {
	m, done, err := r.before(p.GID)
	switch {
	case err != nil:
		return portion{}, err
	case done && m.Offset == "":
		return portion{project: p, mark: m}, nil
	case done, m.Sync == "": // in the middle of it, or it is new
		return r.whole(ctx, p, m)
	}
	n, err := r.events(ctx, p, m.Sync)
	if err != nil {
		return r.gone(portion{project: p}, err)
	}
	next := mark{Sync: n.token, Report: p.report()}
	reports := n.reports || next.Report != m.Report
	switch {
	case n.expired:
		return r.whole(ctx, p, mark{Sync: n.token})
	case n.tasks:
		return r.changed(ctx, p, next, n, reports)
	}
	out := portion{project: p, mark: next}
	if reports {
		out.others, err = r.reportsOf(ctx, p)
	}
	return r.gone(out, err)
}

func millis(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.UnixMilli(0)
	}
	return time.UnixMilli(n)
}
