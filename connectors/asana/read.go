package asana

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// A portion is what was read of a project at once.
type portion struct {
	project *projectRecord
	mark    mark
	pages   []taskPage
	query   url.Values  // of the tasks
	whole   bool        // all tasks, not only those that changed
	others  []converted // status updates, and tasks that were read by themselves
	gone    bool        // it cannot be seen any more; its listing will tell why
}

// A taskPage is a page of a project's tasks, and where the next one begins.
type taskPage struct {
	facts []converted
	next  string
}

// ahead is how many pages of one project are read before those of the
// projects before it were handed over.
const ahead = 10

// whole reads all of a project. The token for its events is had first, so
// that what changes meanwhile is an event of the next run. An offset goes on
// where an interrupted run was.
func (r *run) whole(ctx context.Context, p *projectRecord, from mark) (portion, error) {
	out := portion{project: p, mark: mark{Sync: from.Sync, Report: p.report()}, whole: true}
	var err error
	if out.mark.Sync == "" && !r.sweep && !p.Archived {
		if out.mark.Sync, err = r.firstToken(ctx, p); err != nil {
			return r.gone(out, err)
		}
	}
	out.query = optFields(r.taskFields())
	out.query.Set("project", p.GID)
	if out.pages, err = r.taskPages(ctx, p, out.query, from.Offset); hasStatus(err, http.StatusBadRequest) && from.Offset != "" {
		out.pages, err = r.taskPages(ctx, p, out.query, "") // the offset has expired
	}
	if err == nil && from.Offset == "" {
		out.others, err = r.reportsOf(ctx, p)
	}
	return r.gone(out, err)
}

// gone takes the refusal of a project that vanished since it was listed.
func (r *run) gone(out portion, err error) (portion, error) {
	if withheld(err) {
		return portion{project: out.project, gone: true}, nil
	}
	return out, err
}

// changed reads the tasks of a project that were modified, those that its
// events single out, and its status updates when there may be others.
func (r *run) changed(ctx context.Context, p *projectRecord, m mark, n news, reports bool) (portion, error) {
	out := portion{project: p, mark: m}
	out.query = optFields(r.taskFields())
	out.query.Set("project", p.GID)
	out.query.Set("modified_since", r.sinceOf(n.first).UTC().Format("2006-01-02T15:04:05.000Z"))
	var err error
	if out.pages, err = r.taskPages(ctx, p, out.query, ""); err == nil && reports {
		out.others, err = r.reportsOf(ctx, p)
	}
	for _, gid := range n.single {
		if err != nil {
			break
		}
		var one converted
		one, err = r.oneTask(ctx, gid)
		out.others = append(out.others, one)
	}
	return r.gone(out, err)
}

// oneTask reads a task by itself; one that is gone gives nothing.
func (r *run) oneTask(ctx context.Context, gid string) (converted, error) {
	e, err := r.ask(ctx, "/tasks/"+url.PathEscape(gid), optFields(r.taskFields()))
	if withheld(err) {
		return converted{}, nil
	}
	if err != nil {
		return converted{}, err
	}
	return r.task(e.Data, ""), nil
}

// taskPages reads the first pages of a project's tasks.
func (r *run) taskPages(ctx context.Context, p *projectRecord, query url.Values, offset string) ([]taskPage, error) {
	var pages []taskPage
	for len(pages) < ahead {
		one, err := r.taskPage(ctx, p, query, offset)
		if err != nil {
			return nil, err
		}
		pages = append(pages, one)
		if offset = one.next; offset == "" {
			break
		}
	}
	return pages, nil
}

func (r *run) taskPage(ctx context.Context, p *projectRecord, query url.Values, offset string) (taskPage, error) {
	records, next, err := r.Connector.page(ctx, "/tasks", query, offset)
	out := taskPage{next: next}
	for _, raw := range records {
		if v := r.task(raw, p.GID); v.quarantined != nil || len(v.facts) > 0 {
			out.facts = append(out.facts, v)
		}
	}
	return out, err
}

// reportsOf reads the status updates of a project.
func (r *run) reportsOf(ctx context.Context, p *projectRecord) ([]converted, error) {
	if r.settings.Reports.Off || p.report() == "" {
		return nil, nil
	}
	query := optFields(reportFields)
	query.Set("parent", p.GID)
	var out []converted
	err := r.listing(ctx, "/status_updates", query, func(records []json.RawMessage) error {
		for _, raw := range records {
			out = append(out, r.report(raw, p.GID))
		}
		return nil
	})
	return out, err
}

// take hands over what was read of a project, and reads the rest of it.
func (r *run) take(got portion) error {
	gid := got.project.GID
	if got.gone {
		return nil // without a mark it is read as a whole should it come back
	}
	for _, v := range got.others {
		if err := r.add(v); err != nil {
			return err
		}
	}
	for len(got.pages) > 0 {
		page := got.pages[0]
		got.pages = slices.Delete(got.pages, 0, 1)
		for _, v := range page.facts {
			if err := r.add(v); err != nil {
				return err
			}
		}
		if page.next == "" {
			break
		}
		if got.whole {
			r.marks[gid] = mark{Sync: got.mark.Sync, Report: got.mark.Report, Offset: page.next}
		}
		if err := r.flushIfFull(); err != nil {
			return err
		}
		if len(got.pages) == 0 {
			next, err := r.taskPage(r.ctx, got.project, got.query, page.next)
			if err != nil {
				return err
			}
			got.pages = append(got.pages, next)
		}
	}
	r.marks[gid] = got.mark
	return r.flushIfFull()
}

// sinceOf is from when on tasks are read of a project that has events: from
// the last run on, or from the first of them if that came very late.
func (r *run) sinceOf(first time.Time) time.Time {
	at := millis(r.since[streamTasks].Since).Add(-overlap)
	if first = first.Add(-time.Minute); first.Before(at) && first.Year() > 1 {
		return first
	}
	return at
}
