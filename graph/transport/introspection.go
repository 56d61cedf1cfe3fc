package transport

import (
	"encoding/json"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// introspectionBytes bounds the answers to introspections that are kept.
const introspectionBytes = 4 << 20

// introspections remembers what the schema says of itself. It never changes
// while the server runs and is the same for everybody, yet tools ask for all
// of it each time that they connect.
type introspections struct {
	known *cache[json.RawMessage]
}

func newIntrospections() *introspections {
	return &introspections{known: newCache[json.RawMessage](introspectionBytes)}
}

// get returns the data that answers the operation.
func (i *introspections) get(op *preparedOperation) (json.RawMessage, bool) {
	if !isFixed(op.operation) {
		return nil, false
	}
	return i.known.get(introspectionKey(op))
}

// add keeps an answer without errors if it is the same each time.
func (i *introspections) add(op *preparedOperation, a *answer) {
	if isFixed(op.operation) && len(a.errors) == 0 {
		key := introspectionKey(op)
		i.known.add(key, a.data, int64(len(key)+len(a.data)))
	}
}

func introspectionKey(op *preparedOperation) string { return op.operation.Name + "\x00" + op.query }

// isFixed reports whether the operation asks for nothing but the schema, with
// no variables in it.
func isFixed(op *ast.OperationDefinition) bool {
	for _, selection := range op.SelectionSet {
		field, ok := selection.(*ast.Field)
		if !ok || !strings.HasPrefix(field.Name, "__") {
			return false
		}
	}
	return op.Operation == ast.Query && len(op.VariableDefinitions) == 0
}
