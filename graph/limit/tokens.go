package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"

	"plumbline/graph/problem"
)

// Tokens counts the tokens of the document, comments included, and fails when
// there are more than most; it reads no further than that. What is not a
// token is left to the parser, which says where it stands.
func Tokens(query string, most int) (int, error) {
	lex := lexer.New(&ast.Source{Input: query})
	for n := range most + 1 {
		if token, err := lex.ReadToken(); err != nil || token.Kind == lexer.EOF {
			return n, nil //nolint:nilerr // the parser tells, and where
		}
	}
	return most, tooComplex("the document has more than %d tokens", most)
}

func tooComplex(format string, args ...any) error {
	return problem.New(problem.TooComplex, format, args...)
}
