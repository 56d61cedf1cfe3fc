package transport

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// The root field, and the argument, with which a client asks what an operation
// costs without having it executed.
const (
	rateLimitField = "rateLimit"
	dryRunArgument = "dryRun"
)

// rehearse returns what is left of an operation that is only to be priced: the
// fields that tell its price. Other operations come back as they are, and
// false.
func rehearse(doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) (*ast.OperationDefinition, bool) {
	if op.Operation != ast.Query {
		return op, false
	}
	collecting := &graphql.OperationContext{Doc: doc, Variables: variables}
	var told ast.SelectionSet
	dry := false
	for _, root := range graphql.CollectFields(collecting, op.SelectionSet, []string{"Query"}) {
		if root.Name != rateLimitField {
			continue
		}
		priced := *root.Field
		priced.SelectionSet = root.Selections
		told = append(told, &priced)
		dry = dry || root.ArgumentMap(variables)[dryRunArgument] == true
	}
	if !dry {
		return op, false
	}
	rehearsal := *op
	rehearsal.SelectionSet = told
	return &rehearsal, true
}
