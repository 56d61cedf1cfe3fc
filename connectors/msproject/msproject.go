// Package msproject reads plans of Microsoft Project that were saved in its
// XML format: a project from each file and, if wanted, from the summary tasks
// of an outline level; milestones from tasks that are marked as such, from
// summary tasks or from all tasks; and dependencies from links.
//
// A file is read twice from its beginning to its end, so that neither its size
// nor what somebody put into it decides over memory, and so that a file which
// breaks off changes nothing. It does not read .mpp files, ask Project Server
// or Project Online, or schedule anything itself.
package msproject

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"unicode"

	"plumbline/connectors"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// converter is the version of the conversion in this package. Raise it when a
// record gives other facts than before: every file is then read anew.
const converter = 1

// Connector reads the plans that lie at one place.
type Connector struct {
	tool
	source *filesource.Source

	mu   sync.Mutex
	last *lastWalk
}

// Waiting reads the plans that somebody sends.
type Waiting struct{ tool }

// tool is what both have.
type tool struct {
	settings Settings
	env      connectors.Env
	place    string
	wanted   map[string]bool
	log      *slog.Logger
}

// Open implements connectors.Settings.
func (s *Settings) Open(env connectors.Env) (connectors.Connector, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("msproject: %w", err)
	}
	t := tool{settings: *s, env: env, wanted: set(env.Fields...), log: env.Log}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if s.Waits() {
		return &Waiting{t}, nil
	}
	source, err := s.Source(env, filesource.Options{Extensions: []string{".xml"}})
	if err != nil {
		return nil, fmt.Errorf("msproject: %w", err)
	}
	t.place = source.Title()
	return &Connector{tool: t, source: source, last: &lastWalk{}}, nil
}

// Usage implements connectors.Metered.
func (c *Connector) Usage() connectors.Usage { return c.source.Usage() }

// Describe implements connectors.Describer.
func (t *tool) Describe() (string, int) {
	s := t.settings
	fields := slices.Sorted(slices.Values(t.env.Fields))
	asked, err := json.Marshal([]any{
		t.place, s.Projects, s.takes(fromMilestones), s.takes(fromSummary), s.takes(fromTasks), s.Dependencies, slices.Compact(fields),
	})
	if err != nil {
		panic(err) // strings, lists of strings and flags always encode
	}
	sum := sha256.Sum256(asked)
	return hex.EncodeToString(sum[:8]), converter
}

// site says whose plans these are. Plans of all versions may lie at one place.
func (t *tool) site(instance string) *portfolio.Site {
	return &portfolio.Site{Connection: t.env.Connection, Type: "msproject", Instance: instance, Title: t.place}
}

// Import implements connectors.Importer.
func (t *Waiting) Import(name string, file connectors.File) (connectors.Connector, error) {
	name, err := fileName(name)
	if err != nil {
		return nil, err
	}
	return &imported{tool: t.tool, found: &filesource.Found{Name: name, File: file}}, nil
}

// fileName is a sender's name of a file without the folders that it lies in.
func fileName(name string) (string, error) {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 255 || strings.ContainsFunc(name, unicode.IsControl) || strings.ToValidUTF8(name, "") != name {
		return "", fmt.Errorf("%w: the name of the file is %.40q: from 1 to 255 bytes without control characters are expected", portfolio.ErrInvalid, name)
	}
	return name, nil
}

// errStop ends a walk that nobody listens to any more.
var errStop = errors.New("stopped")

// convert begins the conversion of a plan.
func (t *tool) convert(p *plan, file string) *conversion {
	return &conversion{
		plan: p, settings: &t.settings, connection: t.env.Connection, wanted: t.wanted,
		file: file, id: identity(file, p.head["GUID"]),
	}
}

// pageSize is how many records a page holds, or a few more: a task and its
// links stay together.
const pageSize = 500

// part is a page's worth of a plan.
type part struct {
	converted
	rows int // of the plan, read so far
}

// convertAll gives the facts of a plan to take, in parts. skip rows were taken
// in an earlier run.
func convertAll(ctx context.Context, v *conversion, file connectors.File, skip int, take func(part) error) error {
	x, err := again(file)
	if err != nil {
		return err
	}
	var p part
	add := func(c converted) {
		p.facts, p.bad = append(p.facts, c.facts...), append(p.bad, c.bad...)
	}
	if skip == 0 {
		add(converted{facts: v.people()})
		if v.tasks[0] == nil {
			add(v.root(nil))
		}
	}
	met := make(map[int64]bool, len(v.twice))
	if err := x.children(func(name string) error {
		if name != "Tasks" {
			return x.skip()
		}
		return x.children(func(string) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			t, err := x.task()
			if err != nil {
				return err
			}
			p.rows++
			uid, err := t.uid()
			repeated := err == nil && v.twice[uid] && met[uid]
			if err == nil && v.twice[uid] && !isSet(t.values["IsNull"]) {
				met[uid] = true
			}
			if p.rows <= skip {
				return nil
			}
			add(v.task(t, repeated))
			if len(p.facts)+len(p.bad) < pageSize {
				return nil
			}
			if err := take(p); err != nil {
				return err
			}
			p.converted = converted{}
			return nil
		})
	}); err != nil {
		return err
	}
	return take(p)
}

// again begins to read the plan once more.
func again(file connectors.File) (*document, error) {
	if _, err := file.Seek(0, 0); err != nil {
		return nil, err
	}
	x, err := newDocument(file)
	if err != nil {
		return nil, err
	}
	return x, x.root()
}
