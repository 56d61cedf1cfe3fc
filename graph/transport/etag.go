package transport

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"plumbline/portfolio"
)

// operationalDirective marks what shows bookkeeping, which changes without a
// new data revision.
const operationalDirective = "operational"

// tag names the answer that an operation sent by GET has: the state it reads,
// the document, the variables, what the caller may see, and the program that
// answers. Two answers of one tag have the same data; their extensions may
// differ, so the tag is a weak one. It is "" when there is no telling.
func (h *handler) tag(ctx context.Context, req *request, op *preparedOperation, caller portfolio.Caller, media mediaType) string {
	if !req.readOnly || h.State == nil {
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
	text, err := json.Marshal([]any{program, state, op.query, op.operation.Name, op.variables, caller, media})
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

// knows reports whether the client has the answer of a tag already.
func knows(header http.Header, tag string) bool {
	for _, line := range header.Values("If-None-Match") {
		for known := range strings.SplitSeq(line, ",") {
			known = strings.TrimSpace(known)
			if known == "*" || strings.TrimPrefix(known, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}

// operationalTypes are the types of a schema that show bookkeeping in any of
// their fields, and the pages of them: what is in a list may follow from a
// field that only a filter names.
func operationalTypes(schema *ast.Schema) map[string]bool {
	types := map[string]bool{}
	for name, definition := range schema.Types {
		if definition != schema.Query && definition != schema.Mutation {
			types[name] = marked(definition.Directives) || slices.ContainsFunc(definition.Fields, func(f *ast.FieldDefinition) bool { return marked(f.Directives) })
		}
	}
	for name, definition := range schema.Types {
		if nodes := definition.Fields.ForName("nodes"); nodes != nil && definition != schema.Query {
			types[name] = types[name] || types[nodes.Type.Name()]
		}
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
