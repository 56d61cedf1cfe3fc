// Package spreadsheet reads projects, milestones and risks from tables: CSV files and
// XLSX workbooks, from a path, a folder, an address or an upload.
//
// What the columns mean is told by the settings or by their names; what their
// values mean, as the order of day and month, is told by all values of the
// column together. What cannot be told is refused with the setting that tells
// it: a date is never guessed. It computes no formulas, runs no macros and
// writes to no file.
package spreadsheet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"time"

	"plumbline/connectors"
	"plumbline/internal/filesource"
)

// converter is the version of the conversion in this package. Raise it when a
// row gives other facts than before: every connection is then read anew.
const converter = 2

// Connector reads the files of one connection.
type Connector struct {
	settings Settings
	env      connectors.Env
	log      *slog.Logger
	source   *filesource.Source // nil while it waits for uploads
	upload   *upload            // the one file that this connector reads
}

// upload is a file that somebody sent.
type upload struct {
	name string
	file connectors.File
}

// complete is a connector of files that hold everything: it can tell what is
// missing from them.
type complete struct{ *Connector }

// waiting is a connector that reads what is sent to it.
type waiting struct{ *Connector }

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	c := &Connector{settings: *s, env: env, log: env.Log}
	if s.Waits() {
		return waiting{c}, nil
	}
	source, err := s.Source(env, filesource.Options{Extensions: []string{".csv", ".tsv", ".xlsx", ".xlsm"}})
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	c.source = source
	if s.Complete {
		return complete{c}, nil
	}
	return c, nil
}

// Import implements connectors.Importer.
func (w waiting) Import(name string, file connectors.File) (connectors.Connector, error) {
	if name == "" || file == nil {
		return nil, errors.New("spreadsheet: an upload needs a name and a file")
	}
	c := *w.Connector
	c.upload = &upload{name, file}
	if c.settings.Complete {
		return complete{&c}, nil
	}
	return &c, nil
}

// Usage implements connectors.Metered.
func (c *Connector) Usage() connectors.Usage {
	if c.source == nil {
		return connectors.Usage{}
	}
	return c.source.Usage()
}

// Describe implements connectors.Describer.
func (c *Connector) Describe() (string, int) {
	s := c.settings
	asked, err := json.Marshal([]any{
		s.Preset, s.Rows, s.Columns, s.Ignore, s.Sheets, s.Levels, s.References, s.Complete, s.DateOrder, s.DateSystem,
		s.Decimal, s.Separator, s.Encoding, s.Pattern, slices.Sorted(slices.Values(c.env.Fields)),
	})
	if err != nil {
		panic(err) // texts, lists and maps of texts always encode
	}
	sum := sha256.Sum256(asked)
	return hex.EncodeToString(sum[:8]), converter
}

// List implements connectors.Lister: all files, whether they changed or not.
func (c complete) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return c.told(ctx, from, true)
}

// Pull implements connectors.Connector. Files that did not change since the
// last run are not read again.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return c.told(ctx, since, false)
}
