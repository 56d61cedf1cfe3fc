package transport

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"plumbline/portfolio"
)

// operationalDirective marks what shows bookkeeping, which changes without a
// new data revision.
const operationalDirective = "operational"

// tag names the answer that an operation has: the state it reads, the document,
// the variables, what the caller may see, the form of the answer and the
// program that answers. Two answers of one tag have the same data; their
// extensions may differ, so the tag is a weak one. It is "" when there is no
// telling.
func (h *handler) tag(ctx context.Context, op *preparedOperation, caller portfolio.Caller, form string) string {
	if h.State == nil {
		return ""
	}
	reads := reading{types: h.operational, seen: map[string]bool{}}
	reads.set(op.operation.SelectionSet)
	if reads.price {
		return ""
	}
	state := h.State(ctx, reads.operational)
	caller.Name = "" // who asks makes no difference to what may be seen
	// Variables are maps, which are written with their keys sorted.
	text, err := json.Marshal([]any{program, state, op.query, op.operation.Name, op.variables, caller, form})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:]) + `"`
}

// program tells one version of the server from another, as the same revision
// may be shown otherwise by the next one.
var program = func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if strings.HasPrefix(s.Key, "vcs.") {
			version += " " + s.Value
		}
	}
	return version
}()

// operationalTypes are the types of a schema that show nothing but bookkeeping,
// and the pages of whatever shows some in any of its fields: what is in a list
// may follow from a field that only a filter names.
func operationalTypes(schema *ast.Schema) map[string]bool {
	types := map[string]bool{}
	for name, definition := range schema.Types {
		listed := definition
		if nodes := definition.Fields.ForName("nodes"); nodes != nil && definition != schema.Query {
			listed = schema.Types[nodes.Type.Name()]
		}
		types[name] = marked(listed.Directives) || (listed != definition &&
			slices.ContainsFunc(listed.Fields, func(f *ast.FieldDefinition) bool { return marked(f.Directives) }))
	}
	return types
}

func marked(directives ast.DirectiveList) bool {
	return directives.ForName(operationalDirective) != nil
}

// A reading finds out what an operation reads. It looks into a fragment once.
type reading struct {
	types              map[string]bool // those that show bookkeeping
	seen               map[string]bool // fragments
	operational, price bool
}

func (r *reading) set(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			of := s.ObjectDefinition
			r.price = r.price || s.Name == rateLimitField
			r.operational = r.operational || marked(s.Definition.Directives) || r.types[s.Definition.Type.Name()] || (of != nil && r.types[of.Name])
			r.set(s.SelectionSet)
		case *ast.InlineFragment:
			r.set(s.SelectionSet)
		case *ast.FragmentSpread:
			if !r.seen[s.Name] {
				r.seen[s.Name] = true
				r.set(s.Definition.SelectionSet)
			}
		}
	}
}
