package transport

import (
	"errors"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"plumbline/graph/limit"
	"plumbline/graph/problem"
)

// What a parsed document weighs in memory beside its text: 215 bytes for a
// token were measured with long lists of values, the heaviest, and 128 with
// short fields.
const (
	documentBytes = 1 << 10
	tokenBytes    = 256
)

// longestComplaint bounds what the parser and the validator say: they quote
// what they do not understand, which may be as long as the document.
const longestComplaint = 300

// documents turns text into documents that are valid and within the limits,
// and remembers them.
type documents struct {
	schema *ast.Schema
	limits limit.Limits
	rules  *rules.Rules
	known  *cache[*ast.QueryDocument]
}

func newDocuments(schema *ast.Schema, limits limit.Limits) *documents {
	return &documents{
		schema: schema,
		limits: limits,
		rules:  discreetRules(),
		known:  newCache[*ast.QueryDocument](limits.DocumentCache),
	}
}

// discreetRules are the rules of the GraphQL specification without the hints
// that tell a stranger the names of what there is.
func discreetRules() *rules.Rules {
	r := rules.NewDefaultRules()
	for name, discreet := range map[string]validator.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		r.ReplaceRule(name, discreet.RuleFunc)
	}
	return r
}

// get returns the document. The order matters: nothing is parsed that has too
// many tokens, and nothing compared by the validator's rules that is too wide
// or too deep.
func (d *documents) get(query string) (*ast.QueryDocument, error) {
	if doc, ok := d.known.get(query); ok {
		return doc, nil
	}
	tokens, err := limit.Tokens(query, d.limits.Tokens)
	if err != nil {
		return nil, err
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, faulty(problem.BadRequest, err)
	}
	if err := limit.Shape(doc, d.limits); err != nil {
		return nil, err
	}
	if errs := validator.ValidateWithRules(d.schema, doc, d.rules); len(errs) > 0 {
		return nil, faulty(problem.BadRequest, errs)
	}
	d.known.add(query, doc, int64(documentBytes+len(query)+tokens*tokenBytes))
	return doc, nil
}

// operation finds the operation that is to be executed.
func operation(doc *ast.QueryDocument, name string) (*ast.OperationDefinition, error) {
	if op := doc.Operations.ForName(name); op != nil {
		return op, nil
	}
	switch {
	case len(doc.Operations) == 0:
		return nil, problem.New(problem.BadRequest, "the document has no operation")
	case name == "":
		return nil, problem.New(problem.BadRequest, "the document has several operations; name one in operationName")
	}
	return nil, problem.New(problem.BadRequest, "the document has no operation of the name in operationName")
}

// faulty turns what the parser, the validator and the coercion of variables
// complain about, which is written for the client, into errors of ours.
func faulty(code problem.Code, err error) error {
	var complaints gqlerror.List
	if one := (*gqlerror.Error)(nil); errors.As(err, &one) {
		complaints = gqlerror.List{one}
	}
	if list := (gqlerror.List)(nil); errors.As(err, &list) {
		complaints = list
	}
	r := &refusal{}
	for _, c := range complaints {
		r.errors = append(r.errors, &gqlerror.Error{
			Err:       problem.New(code, "%s", shorten(c.Message)),
			Locations: c.Locations,
			Path:      c.Path,
		})
	}
	if len(r.errors) == 0 {
		return err
	}
	return r
}

func shorten(message string) string {
	if len(message) <= longestComplaint {
		return message
	}
	end := longestComplaint
	for !utf8.RuneStart(message[end]) {
		end--
	}
	return message[:end] + "…"
}
