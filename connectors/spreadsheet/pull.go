package spreadsheet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strconv"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

const (
	// stream is the name of our one stream in a cursor: Since is the state of
	// the files, Position how many rows were told of which content.
	stream = "files"
	// pageRows is how many rows make a page.
	pageRows = 500
)

// state is how the files were found.
type state struct {
	since string // to keep in the cursor
	hash  string // of all content
	// unchanged tells that it is the one that was known; nothing was read.
	unchanged bool
}

// load reads all files into a book; nil when they are as since says.
func (c *Connector) load(ctx context.Context, since string) (*book, state, error) {
	if c.upload == nil && c.source.Folder() && since != "" {
		now, err := c.look(ctx, nil)
		if err != nil || now.since == since {
			return nil, now, err
		}
	}
	b, err := newBook(&c.settings, c.env.Fields)
	if err != nil {
		return nil, state{}, err
	}
	now, err := c.fill(ctx, b, since)
	if err == nil && now.unchanged {
		b.close()
		return nil, now, nil
	}
	if err == nil {
		err = b.understand()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		b.close()
		return nil, now, err
	}
	return b, now, nil
}

// fill adds all files to a book.
func (c *Connector) fill(ctx context.Context, b *book, since string) (state, error) {
	if c.upload != nil {
		if _, err := c.upload.file.Seek(0, io.SeekStart); err != nil {
			return state{}, err
		}
		return state{}, b.add(filepath.Base(c.upload.name), portfolio.DateOf(c.env.Now().UTC()), heeding{ctx, c.upload.file})
	}
	if c.source.Folder() {
		return c.look(ctx, b)
	}
	for found, err := range c.source.Files(ctx, func(string) string { return since }) {
		switch {
		case err != nil:
			return state{}, err
		case found.Err != nil:
			return state{}, fmt.Errorf("%s: %w", found.Name, found.Err)
		case found.Unchanged:
			return state{since: found.State, hash: found.Hash, unchanged: true}, nil
		}
		if err := b.add(found.Name, writtenOn(found), heeding{ctx, found.File}); err != nil {
			return state{}, err
		}
		return state{since: found.State, hash: found.Hash}, found.Settled()
	}
	return state{}, errors.New("there is no file")
}

// heeding is a file whose reading ends with its context: a small one may
// unpack to much.
type heeding struct {
	ctx context.Context
	connectors.File
}

// Read implements io.Reader.
func (h heeding) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.File.Read(p)
}

// ReadAt implements io.ReaderAt.
func (h heeding) ReadAt(p []byte, at int64) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.File.ReadAt(p, at)
}

// writtenOn is the day of a file, where it is known.
func writtenOn(f *filesource.Found) portfolio.Date {
	if f.ModTime.IsZero() {
		return portfolio.Date{}
	}
	return portfolio.DateOf(f.ModTime.UTC())
}

// look goes through the files of a folder and adds them to a book, if there is
// one. All are read when one of them changed: a row of one may name a row of
// another.
func (c *Connector) look(ctx context.Context, b *book) (state, error) {
	sum, n := sha256.New(), 0
	for found, err := range c.source.Files(ctx, func(string) string { return "" }) {
		switch {
		case err != nil:
			return state{}, err
		case found.Err != nil:
			return state{}, fmt.Errorf("%s: %w", found.Name, found.Err)
		}
		n++
		_, _ = fmt.Fprintf(sum, "%q %s\n", found.Name, found.Hash) // a hash takes everything
		if b == nil {
			continue
		}
		if err := b.add(found.Name, writtenOn(found), heeding{ctx, found.File}); err != nil {
			return state{}, err
		}
		if err := found.Settled(); err != nil {
			return state{}, fmt.Errorf("%s: %w", found.Name, err)
		}
	}
	if n == 0 {
		return state{}, errors.New("the folder has no file to read")
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	return state{since: hash, hash: hash}, nil
}

// told tells everything in the files, page by page; always also tells what did
// not change.
func (c *Connector) told(ctx context.Context, cursor connectors.Cursor, always bool) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		if err := c.tell(ctx, cursor[stream], always, func(p connectors.Page) bool { return yield(p, nil) }); err != nil && !errors.Is(err, errBroken) {
			yield(connectors.Page{}, fmt.Errorf("spreadsheet: %w", err))
		}
	}
}

// errBroken says that nobody wants more pages.
var errBroken = errors.New("broken off")

func (c *Connector) tell(ctx context.Context, cursor portfolio.StreamCursor, always bool, yield func(connectors.Page) bool) error {
	site := c.site()
	if c.source == nil && c.upload == nil {
		yield(connectors.Page{Site: site, Next: connectors.Cursor{stream: cursor}})
		return nil
	}
	since := cursor.Since
	if always || cursor.Position != "" {
		since = ""
	}
	b, now, err := c.load(ctx, since)
	if err != nil {
		return err
	}
	if b == nil {
		yield(connectors.Page{Site: site, Next: connectors.Cursor{stream: {Since: now.since}}})
		return nil
	}
	defer b.close()
	c.warn(b)

	skip := resumed(cursor.Position, now.hash)
	t := telling{
		conversion: newConversion(c.env.Connection, b), yield: yield, skip: skip, total: b.count(),
		position: func(n int) connectors.Cursor {
			return connectors.Cursor{stream: {Since: cursor.Since, Position: now.hash + ":" + strconv.Itoa(n)}}
		},
		page: connectors.Page{Site: site},
	}
	if err := b.walk(func(r *record) error { return t.row(ctx, r) }); err != nil {
		return err
	}
	t.page.Next = connectors.Cursor{stream: {Since: now.since}}
	if skip > 0 {
		// What it did not show is not known to be missing: the next run reads
		// everything once more.
		t.page.Next = connectors.Cursor{stream: {Since: cursor.Since}}
	} else if c.settings.Complete {
		t.page.Complete = c.covered(b)
	}
	return t.send()
}

// resumed is how many rows of the same content an interrupted run has told.
func resumed(position, hash string) int {
	of, n, ok := strings.Cut(position, ":")
	if !ok || of != hash {
		return 0
	}
	count, err := strconv.Atoi(n)
	if err != nil {
		return 0
	}
	return count
}

// covered are the scopes that the files hold everything of: an upload those
// that it has rows of.
func (c *Connector) covered(b *book) (scopes []connectors.Scope) {
	projects, milestones, risks := c.upload == nil, c.upload == nil, c.upload == nil
	for _, t := range b.tables {
		several := t.rows == ""
		projects = projects || several || t.rows == rowsProjects || t.rows == rowsMilestones && b.makesProjects()
		milestones = milestones || several || t.rows == rowsMilestones
		risks = risks || several || t.rows == rowsRisks
	}
	if projects {
		scopes = append(scopes, connectors.Scope{Name: scopeProjects, Of: portfolio.KindProject}, connectors.Scope{Name: scopeReports, Of: portfolio.KindStatusReport})
	}
	if milestones {
		scopes = append(scopes, connectors.Scope{Name: scopeMilestones, Of: portfolio.KindMilestone})
	}
	if risks {
		scopes = append(scopes, connectors.Scope{Name: scopeRisks, Of: portfolio.KindRisk})
	}
	if projects && milestones {
		scopes = append(scopes, connectors.Scope{Name: scopeDependencies, Of: portfolio.KindDependency})
	}
	return scopes
}

// telling makes pages of rows.
type telling struct {
	*conversion
	yield       func(connectors.Page) bool
	skip, total int
	done        int
	page        connectors.Page
	position    func(int) connectors.Cursor
}

func (t *telling) row(ctx context.Context, r *record) error {
	if t.done++; t.done <= t.skip {
		return nil
	}
	out := t.convert(r)
	t.page.Facts = append(t.page.Facts, out.facts...)
	if out.quarantined != nil {
		t.page.Quarantined = append(t.page.Quarantined, *out.quarantined)
	}
	if t.done%pageRows != 0 || t.done == t.total {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t.page.Next = t.position(t.done)
	return t.send()
}

func (t *telling) send() error {
	t.page.Done, t.page.Total = t.done, t.total
	if !t.yield(t.page) {
		return errBroken
	}
	t.page = connectors.Page{}
	return nil
}

// count is how many rows there are.
func (b *book) count() (n int) {
	for _, t := range b.tables {
		n += int(t.count)
	}
	return n
}

// site is what answers: the place of the files, or the connection that they
// are sent to.
func (c *Connector) site() *portfolio.Site {
	site := &portfolio.Site{Connection: c.env.Connection, Type: "spreadsheet", Instance: c.env.Connection, Title: "uploads"}
	if c.source != nil {
		site.Instance, site.Title = c.source.Instance(), c.source.Title()
	}
	return site
}

// warn logs what is not read.
func (c *Connector) warn(b *book) {
	for _, warning := range b.warnings() {
		c.log.Warn("not read", "source", c.env.Connection, "reason", warning)
	}
}
