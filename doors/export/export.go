// Package export answers whole tables by GET: /export/{table}.csv and .json,
// flat, for tools that read a file from an address.
//
// A table is a document of its own, in the folder tables, that somebody else
// executes as the caller who asks: the package knows neither the schema nor
// who may see what. What it sends is complete, or the connection breaks.
package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"plumbline/internal/etag"
	"plumbline/portfolio"
)

// Path is where the tables are: Path, the name of a table, and its format.
const Path = "/export/"

// Default limits of an export.
const (
	DefaultTime       = 15 * time.Second  // for one table
	DefaultExportTime = 300 * time.Second // the same with the export scope
	DefaultWriteTime  = 60 * time.Second  // for a client to take the end of it
)

// bufferSize is how much of a table is written at once, in bytes.
const bufferSize = 64 << 10

// Tables opens the tables that documents describe.
type Tables interface {
	// Open opens the table for the caller in ctx. most is how many rows are
	// wanted; a negative number is all.
	Open(ctx context.Context, document string, variables map[string]any, most int) (Table, error)
}

// A Table is all its pages, at one revision. Errors of its methods that the
// client may read are Failures.
type Table interface {
	Columns() []Column
	// Tag names what the table holds in a format, "" when there is no telling.
	Tag(ctx context.Context, format string) (string, error)
	// Page returns the next rows as a JSON array of objects, and whether they
	// are the last.
	Page(ctx context.Context) (rows []byte, last bool, err error)
}

// A Column is a leaf of a table's rows.
type Column struct {
	// Path leads to it from the row, through objects.
	Path []string
	// Text tells that its values are texts of people or tools.
	Text bool
}

// Config says what is served. Tables is needed; the rest may be zero.
type Config struct {
	Tables Tables
	Log    *slog.Logger
	// Time is for how long one table may be read and sent, ExportTime the
	// same for callers with the export scope, WriteTime for how long after
	// that a client may take the end of it.
	Time, ExportTime, WriteTime time.Duration
}

// New returns the handler of everything below Path.
func New(c Config) http.Handler {
	c.Time, c.ExportTime, c.WriteTime = or(c.Time, DefaultTime), or(c.ExportTime, DefaultExportTime), or(c.WriteTime, DefaultWriteTime)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return gzhttp.GzipHandler(&door{c})
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

type door struct{ Config }

// ServeHTTP answers with a table, with why there is none, or with a broken
// connection.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := d.limitTime(w, r)
	defer cancel()
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	f, table, err := d.open(ctx, r)
	if err != nil {
		d.refuse(ctx, w, err)
		return
	}
	tag, err := table.Tag(ctx, f.name)
	if err != nil {
		d.refuse(ctx, w, err)
		return
	}
	if tag != "" {
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Add("Vary", "Authorization, X-API-Key")
		if etag.Knows(r.Header, tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	rows, last, err := table.Page(ctx)
	if err != nil {
		w.Header().Del("ETag")
		w.Header().Set("Cache-Control", "no-store")
		d.refuse(ctx, w, err)
		return
	}
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", r.PathValue(wildcard)))
	if r.Method == http.MethodHead {
		return
	}
	if err := send(ctx, w, f, table, rows, last); err != nil {
		d.Log.WarnContext(ctx, "export broken off", "table", r.PathValue(wildcard), "request_id", requestID(err), "error", err)
		// The status has gone out: only a connection that breaks tells the
		// client that this is not the whole table.
		panic(http.ErrAbortHandler)
	}
}

// limitTime bounds how long the table may be read, and how long the client may
// take for it.
func (d *door) limitTime(w http.ResponseWriter, r *http.Request) (context.Context, context.CancelFunc) {
	limit := d.Time
	if portfolio.CallerOf(r.Context()).Export {
		limit = d.ExportTime
	}
	// Deadlines are of the connection; a test's recorder has none.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + d.WriteTime))
	return context.WithTimeout(r.Context(), limit)
}

// open finds out what is asked for and opens it.
func (d *door) open(ctx context.Context, r *http.Request) (format, Table, error) {
	a, err := read(r)
	if err != nil {
		return format{}, nil, err
	}
	table, err := d.Tables.Open(ctx, a.document, a.variables, a.most)
	return a.format, table, err
}

// send writes the whole table, of which the first page is there.
func send(ctx context.Context, w io.Writer, f format, table Table, rows []byte, last bool) error {
	buffer := bufio.NewWriterSize(w, bufferSize)
	columns := table.Columns()
	shape := shapeOf(columns)
	out := f.writer(buffer, columns)
	if err := out.begin(); err != nil {
		return err
	}
	cells := make([][]byte, len(columns))
	for {
		for row, err := range elements(rows) {
			if err == nil {
				err = shape.fill(row, cells)
			}
			if err == nil {
				err = out.row(cells)
			}
			if err != nil {
				return err
			}
		}
		if last {
			return errors.Join(out.end(), buffer.Flush())
		}
		var err error
		if rows, last, err = table.Page(ctx); err != nil {
			return err
		}
	}
}
