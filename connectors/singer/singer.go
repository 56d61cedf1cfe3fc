// Package singer reads whatever a Singer tap can read: a tap writes what a tool
// holds to its standard output, line by line, and settings say which of it are
// projects, milestones, dependencies and people. The tap is run as a child
// process, or its output is read from a file.
//
// It installs no taps, chooses no streams for them and never looks at what a
// tap asks of its tool. It keeps no state between runs but the cursor.
package singer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every connection is then read anew.
const converter = 1

// Connector reads one tap, or files that one has written.
type Connector struct {
	settings  Settings
	env       connectors.Env
	mappings  []*mapping
	files     *filesource.Source // nil when a tap is run, or one file is sent
	now       func() time.Time
	log       *slog.Logger
	pageFacts int           // about how many facts a page holds
	lingers   time.Duration // a tap that has closed its output may live on
	requests  atomic.Int64  // of the tap to its tool, as far as it tells
}

// extensions are how names of files end that hold what a tap wrote.
var extensions = []string{".singer", ".jsonl", ".ndjson"}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	c, err := s.open(env)
	if err != nil {
		return nil, fmt.Errorf("singer: %w", err)
	}
	switch {
	case s.runsTap():
		return c, nil
	case s.Waits():
		return &waiting{c}, nil
	}
	if c.files, err = s.Source(c.env, filesource.Options{Extensions: extensions}); err != nil {
		return nil, fmt.Errorf("singer: %w", err)
	}
	return &recorded{c}, nil
}

func (s *Settings) open(env connectors.Env) (*Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	c := &Connector{settings: *s, env: env, now: env.Now, log: env.Log, pageFacts: pageFacts, lingers: signOfLife}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.env.Now, c.env.Log = c.now, c.log
	for i := range s.Streams {
		m, err := s.Streams[i].compile()
		if err != nil {
			return nil, err // Validate has tried it
		}
		m.of = s.streamOf
		c.mappings = append(c.mappings, m)
	}
	return c, nil
}

// Describe implements connectors.Describer. Secrets are no part of it: a new
// token asks for nothing else.
func (c *Connector) Describe() (string, int) {
	s := c.settings
	fields := slices.Sorted(slices.Values(c.env.Fields))
	catalog, _ := os.ReadFile(s.Tap.Catalog) // a missing one is an error of the run
	asked, err := json.Marshal([]any{
		s.Tap.Command, s.Tap.Args, s.Tap.Config, string(catalog), s.File, s.Folder, s.Pattern, s.URL, s.Streams, slices.Compact(fields),
	})
	if err != nil {
		panic(err) // Validate has tried it
	}
	sum := sha256.Sum256(asked)
	return hex.EncodeToString(sum[:8]), converter
}

// Usage implements connectors.Metered. Taps that tell their metrics count their
// requests; others seem to make none.
func (c *Connector) Usage() connectors.Usage {
	if c.files != nil {
		return c.files.Usage()
	}
	return connectors.Usage{Requests: int(c.requests.Load())}
}

// site is who answers. A tap does not tell which instance it reads, so the
// settings may.
func (c *Connector) site() portfolio.Site {
	s := portfolio.Site{Connection: c.env.Connection, Type: "singer", Instance: c.settings.Instance}
	switch {
	case c.settings.runsTap():
		s.Title = filepath.Base(c.settings.Tap.Command)
	case c.files != nil:
		s.Title = c.files.Title()
	default:
		s.Title = "files that are sent"
	}
	switch {
	case s.Instance != "":
	case c.files != nil:
		s.Instance = c.files.Instance()
	case c.settings.runsTap():
		s.Instance = s.Title
	default:
		s.Instance = c.env.Connection
	}
	return s
}
