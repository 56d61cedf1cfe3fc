package transport

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"plumbline/graph/limit"
	"plumbline/graph/problem"
)

// variables checks the values that were given against the operation and
// returns those that it runs with.
func (d *documents) variables(doc *ast.QueryDocument, op *ast.OperationDefinition, given map[string]any) (map[string]any, error) {
	if err := limit.Values(given, d.limits); err != nil {
		return nil, err
	}
	values, err := validator.VariableValues(d.schema, op, given)
	if err != nil {
		return nil, faulty(problem.Invalid, err)
	}
	for _, value := range values {
		if value == nil {
			return values, nullsFit(doc, op, values)
		}
	}
	return values, nil
}

// nullsFit fails when a variable is null where null is not allowed. A document
// may put a variable of a nullable type there if one of them has a default,
// and only its value shows that the client meant null after all.
func nullsFit(doc *ast.QueryDocument, op *ast.OperationDefinition, values map[string]any) error {
	w := nullWalk{values: values}
	w.directives(op.Directives)
	w.selections(op.SelectionSet)
	for _, fragment := range doc.Fragments {
		w.directives(fragment.Directives)
		w.selections(fragment.SelectionSet)
	}
	return w.err
}

// A nullWalk visits every value of a document and keeps the first complaint.
type nullWalk struct {
	values map[string]any
	err    error
}

func (w *nullWalk) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			w.arguments(s.Arguments)
			w.directives(s.Directives)
			w.selections(s.SelectionSet)
		case *ast.InlineFragment:
			w.directives(s.Directives)
			w.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			w.directives(s.Directives)
		}
	}
}

func (w *nullWalk) directives(directives ast.DirectiveList) {
	for _, d := range directives {
		w.arguments(d.Arguments)
	}
}

func (w *nullWalk) arguments(arguments ast.ArgumentList) {
	for _, a := range arguments {
		w.value(a.Value)
	}
}

func (w *nullWalk) value(v *ast.Value) {
	if v.Kind == ast.Variable && v.ExpectedType != nil && v.ExpectedType.NonNull {
		if value, given := w.values[v.Raw]; given && value == nil && w.err == nil {
			w.err = problem.New(problem.Invalid, "variable $%s must not be null where it is used", shorten(v.Raw))
		}
	}
	for _, child := range v.Children {
		w.value(child.Value)
	}
}
