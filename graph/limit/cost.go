package limit

import (
	"encoding/json"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// What the parts of an operation cost. A scalar, and the edge that stands
// between a connection and its node, cost nothing.
const (
	objectCost     = 1
	connectionCost = 2   // plus the cost of an element for each of the page
	aggregateCost  = 5   // a pass over what the filter leaves
	groupCost      = 10  // for each group
	pastCost       = 500 // for each field of Query that shows a past day
)

// AsOf is the argument that asks for a past day.
const AsOf = "asOf"

// How long a list is taken to be when nothing says it.
const (
	pageSize = 50 // of a connection whose field has no first
	listSize = 10 // of a plain list
)

// A Cost is what an operation asks for at most. It is an upper bound: types
// that exclude each other are added up, and what @skip leaves out is counted.
type Cost struct {
	// Data is charged to the caller.
	Data int64
	// Introspection is bounded too, and charged to nobody.
	Introspection int64
}

// A Meter tells the cost of the operations of one schema, which by its naming
// conventions shows what is a connection, an edge, an aggregate or a group.
type Meter struct {
	schema *ast.Schema
	// introspected is the length of the lists of the introspection: exact
	// for the schema's own, the average over all types for theirs.
	introspected map[string]int64
}

// NewMeter returns the meter of a schema.
func NewMeter(schema *ast.Schema) *Meter {
	return &Meter{schema: schema, introspected: introspectedLists(schema)}
}

// Cost tells what the operation costs with these variables, which must have
// been checked against the schema, and so must the document.
func (m *Meter) Cost(doc *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) Cost {
	w := costWalk{
		meter:     m,
		fragments: fragmentsByName(doc),
		variables: variables,
		seen:      make(map[string]price, len(doc.Fragments)),
	}
	p := w.selections(operation.SelectionSet)
	return Cost{Data: max(p.once, 1), Introspection: p.introspection}
}

// A price is what a selection set costs.
type price struct {
	once int64
	// each is charged for every element of the connection that the
	// selections belong to: the walk meets nodes and edges before, or in
	// another fragment than, the field that knows how many there are.
	each          int64
	introspection int64
}

func (p *price) add(other price) {
	p.once = sum(p.once, other.once)
	p.each = sum(p.each, other.each)
	p.introspection = sum(p.introspection, other.introspection)
}

type costWalk struct {
	meter     *Meter
	fragments map[string]*ast.FragmentDefinition
	variables map[string]any
	seen      map[string]price
}

func (w *costWalk) selections(set ast.SelectionSet) price {
	var total price
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			total.add(w.field(s))
		case *ast.InlineFragment:
			total.add(w.selections(s.SelectionSet))
		case *ast.FragmentSpread:
			total.add(w.fragment(s.Name))
		}
	}
	return total
}

func (w *costWalk) fragment(name string) price {
	if p, ok := w.seen[name]; ok {
		return p
	}
	p := w.selections(w.fragments[name].SelectionSet)
	w.seen[name] = p
	return p
}

func (w *costWalk) field(f *ast.Field) price {
	if len(f.SelectionSet) == 0 {
		return price{}
	}
	inner := w.selections(f.SelectionSet)
	typeName := f.Definition.Type.Name()
	if strings.HasPrefix(typeName, "__") {
		size := w.meter.introspectedSize(f)
		return price{introspection: product(size, sum(inner.introspection, objectCost))}
	}
	switch own := sum(objectWeight(typeName), w.past(f)); {
	case isConnection(typeName):
		elements := product(w.size(f, pageSize), inner.each)
		return price{once: sum(sum(own, inner.once), elements)}
	case isConnection(f.ObjectDefinition.Name) && (f.Name == "nodes" || f.Name == "edges"):
		return price{each: sum(own, inner.once)}
	case f.Definition.Type.Elem != nil:
		return price{once: product(w.size(f, listSize), sum(own, inner.once))}
	default:
		return price{once: sum(own, inner.once)}
	}
}

func isConnection(typeName string) bool { return strings.HasSuffix(typeName, "Connection") }

func objectWeight(typeName string) int64 {
	switch {
	case isConnection(typeName):
		return connectionCost
	case strings.HasSuffix(typeName, "Edge"):
		return 0
	case strings.HasSuffix(typeName, "Aggregate"), strings.HasSuffix(typeName, "Aggregates"):
		return aggregateCost
	case strings.HasSuffix(typeName, "Group"):
		return groupCost
	}
	return objectCost
}

// past is what a field costs beside all else because of the days it is of: going
// back to one takes seconds, unless somebody did a moment ago.
func (w *costWalk) past(f *ast.Field) int64 {
	var days int64
	for _, name := range []string{AsOf, "from"} {
		given, argument := f.Arguments.ForName(name), f.Definition.Arguments.ForName(name)
		if given == nil || argument == nil || argument.Type.Name() != "Date" || f.ObjectDefinition != w.meter.schema.Query {
			continue
		}
		if value, err := given.Value.Value(w.variables); err == nil && value != nil && value != "" {
			days++
		}
	}
	return product(days, pastCost)
}

// size tells how long the field's list may get: what first or last ask for,
// or as many as there are ids, or what is usual.
func (w *costWalk) size(f *ast.Field, usual int64) int64 {
	for _, name := range []string{"first", "last", "ids"} {
		argument := f.Definition.Arguments.ForName(name)
		if argument == nil {
			continue
		}
		if n, ok := w.length(f.Arguments.ForName(name), argument); ok {
			return n
		}
	}
	return usual
}

// length reads a number, or the length of a list, from an argument. Null is
// the default, as everywhere in our schema.
func (w *costWalk) length(given *ast.Argument, definition *ast.ArgumentDefinition) (int64, bool) {
	if given != nil {
		if value, err := given.Value.Value(w.variables); err == nil && value != nil {
			return count(value)
		}
	}
	if definition.DefaultValue != nil {
		if value, err := definition.DefaultValue.Value(nil); err == nil && value != nil {
			return count(value)
		}
	}
	return 0, false
}

func count(value any) (int64, bool) {
	switch v := value.(type) {
	case []any:
		return int64(len(v)), true
	case int64:
		return clamp(v), true
	case int:
		return clamp(int64(v)), true
	case float64:
		return clamp(int64(v)), true
	case json.Number:
		n, err := v.Int64()
		return clamp(n), err == nil
	}
	return 0, false
}

func clamp(n int64) int64 { return min(max(n, 0), most) }
