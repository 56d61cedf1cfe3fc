package singer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// recorded reads files with what a tap has written. They are all that there is
// to know, so what a complete listing in them lacks is gone: nobody else can be
// asked.
type recorded struct{ *Connector }

// filePrefix begins the streams of the cursor that keep what was read of a file.
const filePrefix = "file:"

// Pull implements connectors.Connector. The files of a folder are read one
// after the other, as if they were one; if none has changed, nothing is read.
func (c *recorded) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r := c.newRun(ctx, unmasked, yield)
		r.kept = kept(since)
		err := r.goOn(since)
		if err == nil {
			err = c.pull(r, since)
		}
		if err = r.fail(err); err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("singer: %w", err))
		}
	}
}

// kept is the cursor that stays as it is until everything was read.
func kept(since connectors.Cursor) connectors.Cursor {
	all := connectors.Cursor{}
	maps.Copy(all, since)
	return all
}

// unmasked leaves a text as it is: there are no secrets in reading files.
func unmasked(text string) string { return text }

func (c *recorded) pull(r *run, since connectors.Cursor) error {
	known := func(name string) string { return since[filePrefix+name].Since }
	if c.files.Folder() {
		changed, err := c.changed(r.ctx, since, known)
		switch {
		case err != nil:
			return err
		case !changed:
			return r.flush(r.kept)
		}
		known = func(string) string { return "" } // one that changed may say otherwise what another says
	}
	states := connectors.Cursor{}
	for f, err := range c.files.Files(r.ctx, known) {
		switch {
		case err != nil:
			return err
		case f.Err != nil:
			return fmt.Errorf("file %s: %w", f.Name, f.Err)
		case f.Unchanged:
			return r.flush(r.kept)
		}
		if err := r.readAll(f.File); err != nil {
			return fmt.Errorf("file %s: %w", f.Name, err)
		}
		if err := f.Settled(); errors.Is(err, filesource.ErrChanging) {
			c.log.WarnContext(r.ctx, "a file is being written", "file", f.Name, "error", err)
			return r.flush(r.kept)
		} else if err != nil {
			return fmt.Errorf("file %s: %w", f.Name, err)
		}
		states[filePrefix+f.Name] = portfolio.StreamCursor{Since: f.State}
	}
	return r.finish(states)
}

// changed tells whether any file is new, changed or gone.
func (c *recorded) changed(ctx context.Context, since connectors.Cursor, known func(string) string) (bool, error) {
	before := 0
	for name := range since {
		if strings.HasPrefix(name, filePrefix) {
			before++
		}
	}
	now, changed := 0, false
	for f, err := range c.files.Files(ctx, known) {
		switch {
		case err != nil:
			return false, err
		case f.Err != nil:
			return false, fmt.Errorf("file %s: %w", f.Name, f.Err)
		}
		now++
		changed = changed || !f.Unchanged
	}
	return changed || now != before || len(since) == 0, nil
}

// Fetch implements connectors.Fetcher.
func (c *recorded) Fetch(_ context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	var all []connectors.Fetched
	for _, f := range lost {
		all = append(all, connectors.Fetched{Key: f.Key(), Presence: portfolio.PresenceDeleted})
	}
	return all, nil
}

// waiting looks for no file itself.
type waiting struct{ *Connector }

// Pull implements connectors.Connector: there is nothing before a file is sent.
func (c *waiting) Pull(_ context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		site := c.site()
		yield(connectors.Page{Site: &site, Next: kept(since)}, nil)
	}
}

// Import implements connectors.Importer.
func (c *waiting) Import(_ string, file connectors.File) (connectors.Connector, error) {
	return &sent{recorded{c.Connector}, file}, nil
}

// sent is a file that somebody sends.
type sent struct {
	recorded
	file connectors.File
}

// Pull implements connectors.Connector.
func (c *sent) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r := c.newRun(ctx, unmasked, yield)
		r.kept = kept(since)
		err := r.readAll(c.file)
		if err == nil {
			err = r.finish(nil)
		}
		if err = r.fail(err); err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("singer: %w", err))
		}
	}
}
