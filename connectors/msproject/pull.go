package msproject

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// Pull implements connectors.Connector: it reads the files that have changed,
// and goes on within one where an earlier run was broken off.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		w := c.walk(c.site(c.source.Instance()), since, yield)
		w.next = maps.Clone(since)
		if w.next == nil {
			w.next = connectors.Cursor{}
		}
		c.run(ctx, w, func(name string) string { return parseMark(since[name].Since).State })
	}
}

// List implements connectors.Lister: it reads every file, whatever is known of
// it. A listing that was broken off begins anew.
func (c *Connector) List(ctx context.Context, _ connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		w := c.walk(c.site(c.source.Instance()), c.remembered(), yield)
		c.run(ctx, w, func(string) string { return "" })
	}
}

// remembered is a cursor that tells of which project each file was when it was
// last read, and nothing of how far.
func (c *Connector) remembered() connectors.Cursor {
	c.mu.Lock()
	defer c.mu.Unlock()
	cursor := connectors.Cursor{}
	for name, project := range c.last.projects {
		cursor[name] = portfolio.StreamCursor{Since: mark{Project: project}.String()}
	}
	return cursor
}

// run walks over all files.
func (c *Connector) run(ctx context.Context, w *walk, known func(string) string) {
	w.alone = !c.source.Folder()
	c.mu.Lock()
	c.last = w.last // it grows while we go
	c.mu.Unlock()
	err := func() error {
		here := map[string]bool{}
		for found, err := range c.source.Files(ctx, known) {
			if err != nil {
				return err
			}
			here[found.Name] = true
			if err := w.file(ctx, found); err != nil {
				return err
			}
		}
		return w.finish(here)
	}()
	if err != nil && !errors.Is(err, errStop) {
		w.yield(connectors.Page{}, err)
	}
}

// finish says what all files together are, and which are gone.
func (w *walk) finish(here map[string]bool) error {
	page := connectors.Page{Complete: []connectors.Scope{{Name: scopeFiles, Of: portfolio.KindProject}}}
	for _, name := range slices.Sorted(maps.Keys(w.since)) {
		if here[name] || w.last.unknown { // that it is gone is not certain, so it is asked again
			continue
		}
		delete(w.next, name)
		project := parseMark(w.since[name].Since).Project
		if _, elsewhere := w.taken[project]; project != "" && !elsewhere {
			page.Complete = append(page.Complete, scopesOf(project)...)
		}
	}
	return w.give(page)
}

// Fetch implements connectors.Fetcher. A file says all there is to say: what
// one that was read to its end lacks is gone, and so is all of one that is no
// longer there. Of a file that cannot be read nothing is decided.
func (c *Connector) Fetch(_ context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last.fetch(lost), nil
}

func (l lastWalk) fetch(lost []portfolio.ToolFact) []connectors.Fetched {
	var found []connectors.Fetched
	for _, f := range lost {
		project := projectOf(f.Origin())
		if l.whole[project] || !l.open[project] && !l.unknown {
			found = append(found, connectors.Fetched{Key: f.Key(), Presence: portfolio.PresenceDeleted})
		}
	}
	return found
}

// projectOf is the project of whose file a record is.
func projectOf(s *portfolio.Source) string {
	if len(s.Scope) > len(scopeTasks) && s.Scope[:len(scopeTasks)] == scopeTasks {
		return s.Scope[len(scopeTasks):]
	}
	return s.ID
}

// Pull implements connectors.Connector: there is nothing to read until
// somebody sends a file.
func (t *Waiting) Pull(_ context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		next := maps.Clone(since)
		if next == nil {
			next = connectors.Cursor{}
		}
		yield(connectors.Page{Site: t.site(t.env.Connection), Next: next}, nil)
	}
}

// imported reads one file that somebody sent.
type imported struct {
	tool
	found *filesource.Found
	last  *lastWalk
}

// Pull implements connectors.Connector. The file is the whole of its project
// and says nothing of any other; no cursor comes of it.
func (i *imported) Pull(ctx context.Context, _ connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		w := i.walk(i.site(i.env.Connection), nil, yield)
		w.alone, i.last = true, w.last
		err := w.file(ctx, i.found)
		if err != nil && !errors.Is(err, errStop) {
			yield(connectors.Page{}, err)
		}
	}
}

// Fetch implements connectors.Fetcher.
func (i *imported) Fetch(_ context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	return i.last.fetch(lost), nil
}
