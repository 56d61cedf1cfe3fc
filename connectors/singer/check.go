package singer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"

	"plumbline/connectors"
)

// maxCatalog bounds what a tap may tell of its streams, in bytes.
const maxCatalog = 64 << 20

// Check implements connectors.Checker. It asks the tap what streams there are,
// as --discover, and holds the settings against the answer.
func (c *Connector) Check(ctx context.Context) (connectors.Report, error) {
	report := connectors.Report{Site: c.site(), Deployment: "Singer"}
	chosen, err := readCatalog(c.settings.Tap.Catalog)
	if err != nil {
		return report, fmt.Errorf("singer: %w", err)
	}
	if !c.settings.runsTap() {
		report.Warnings = []string{"files tell what they hold when they are read: plumbline sync " + c.env.Connection + " --dry-run does so without writing"}
		return report, nil
	}
	found, err := c.discover(ctx)
	if err != nil {
		return report, fmt.Errorf("singer: %w", err)
	}
	warn := func(format string, args ...any) {
		report.Warnings = append(report.Warnings, fmt.Sprintf(format, args...))
	}
	for _, m := range c.mappings {
		s := found.stream(m.Stream)
		if s == nil {
			warn("stream %s: the tap has no such stream; it has %s", m.Stream, names(found))
			continue
		}
		described, err := (&message{Stream: m.Stream, Schema: s.Schema}).schema()
		if err != nil {
			warn("stream %s: %v", m.Stream, err)
			continue
		}
		if len(c.settings.Tap.Catalog) > 0 && chosen.stream(m.Stream) == nil {
			warn("stream %s: tap.catalog does not have it, so the tap will not read it", m.Stream)
		}
		if m.id == nil && len(s.keys()) == 0 {
			warn("stream %s: the tap names no key properties; name a property that never changes as id", m.Stream)
		}
		if !c.tellsGone(m, chosen) {
			warn("stream %s: the catalog does not say FULL_TABLE: what is deleted is noticed only if the tap tells so, or with complete: always", m.Stream)
		}
		for _, e := range m.expressions() {
			for _, name := range e.unknown(described) {
				warn("stream %s: %s names %s, which its schema does not have", m.Stream, e.setting, name)
			}
		}
		for _, field := range c.env.Fields {
			report.Fields = append(report.Fields, fieldFound(field, described))
		}
	}
	report.Fields = anywhere(report.Fields)
	return report, nil
}

// discover runs the tap with --discover.
func (c *Connector) discover(ctx context.Context) (catalog, error) {
	f, err := c.newFiles()
	if err != nil {
		return catalog{}, err
	}
	defer func() { _ = f.remove() }()
	tap, err := c.spawn(ctx, f, "--config", f.path("config.json"), "--discover")
	if err != nil {
		return catalog{}, err
	}
	defer tap.stop()
	read := make(chan struct{})
	tap.all.Go(func() { // what hid from being ended may hold the output open
		<-tap.ended
		select {
		case <-read:
		case <-time.After(killAfter): // what the tap wrote was read meanwhile
			_ = tap.stdout.Close()
		}
	})
	text, err := io.ReadAll(io.LimitReader(tap.stdout, maxCatalog+1))
	close(read)
	switch {
	case errors.Is(err, os.ErrClosed):
		err = nil
	case len(text) > maxCatalog:
		err = fmt.Errorf("the catalog of %s is larger than %d MiB", tap.name, maxCatalog>>20)
	}
	if err == nil {
		err = tap.exitWithin(c.lingers)
	}
	if err != nil {
		return catalog{}, masked(err, f.mask)
	}
	return parseCatalog(text)
}

// tellsGone tells whether a run can show that a record is gone.
func (c *Connector) tellsGone(m *mapping, chosen catalog) bool {
	return m.Complete == completeAlways || m.Complete == completeFull || m.Complete == completeNever || chosen.fullTable(m.Stream)
}

func names(c catalog) string {
	var all []string
	for _, s := range c.Streams {
		all = append(all, s.Name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func fieldFound(asked string, s *schema) connectors.FieldFound {
	f := connectors.FieldFound{Asked: asked}
	root, _, _ := strings.Cut(asked, ".")
	p, ok := s.Properties[asked]
	if !ok {
		p, ok = s.Properties[root]
	}
	if ok {
		f.ID, f.Name, f.Type = asked, asked, p.format()
	}
	return f
}

// anywhere keeps each field once: a stream that lacks it does not matter when
// another has it.
func anywhere(all []connectors.FieldFound) []connectors.FieldFound {
	slices.SortStableFunc(all, func(a, b connectors.FieldFound) int {
		if a.Asked != b.Asked {
			return strings.Compare(a.Asked, b.Asked)
		}
		return strings.Compare(b.ID, a.ID)
	})
	return slices.CompactFunc(all, func(a, b connectors.FieldFound) bool { return a.Asked == b.Asked })
}

// expressions are those of the mapping.
func (m *mapping) expressions() (all []*expression) {
	for _, e := range []*expression{
		m.when, m.id, m.name, m.key, m.url, m.createdAt, m.updatedAt, m.status, m.statusIs, m.start, m.due, m.finished, m.baseline,
		m.owner, m.labels, m.description, m.category, m.typ, m.parent, m.project, m.archived, m.deleted, m.email, m.inactive,
		m.predecessor, m.successor, m.lagDays,
	} {
		if e != nil {
			all = append(all, e)
		}
	}
	return all
}

// unknown are the names in an expression that are no properties.
func (e *expression) unknown(s *schema) []string {
	if _, named := s.Properties[e.text]; named {
		return nil
	}
	var found identifiers
	node := e.program.Node()
	ast.Walk(&node, &found)
	return slices.DeleteFunc(found.names, func(name string) bool {
		_, known := s.Properties[name]
		return known || name == "record" || name == "stream" || name == deletedAt || found.declared[name]
	})
}

// identifiers collects the names that an expression reads.
type identifiers struct {
	names    []string
	declared map[string]bool // by let
}

// Visit implements ast.Visitor.
func (i *identifiers) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if !slices.Contains(i.names, n.Value) {
			i.names = append(i.names, n.Value)
		}
	case *ast.VariableDeclaratorNode:
		if i.declared == nil {
			i.declared = map[string]bool{}
		}
		i.declared[n.Name] = true
	}
}
