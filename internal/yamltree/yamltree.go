// Package yamltree reads a YAML file that people write into nodes that know
// their places. Duplicate keys are left to the reader, who reports them with
// all the rest.
//
// It does not fill values: each kind of file has its own errors.
package yamltree

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxDepth is how deep values may be nested.
const maxDepth = 40

// An Error says where a text is not one YAML document.
type Error struct {
	Line, Column int // from 1
	Text         string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

// Document returns the body of the one YAML document in a text; nil when it
// holds nothing but comments. Its errors are *Error.
func Document(data []byte) (ast.Node, error) {
	file, err := parse(data)
	if err != nil {
		return nil, err
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			return nil, at(doc.Body, "a second YAML document begins here; expected one")
		}
		if depth(doc.Body, 0) > maxDepth {
			return nil, &Error{1, 1, fmt.Sprintf("values are nested more than %d deep", maxDepth)}
		}
		body = doc.Body
	}
	if body != nil && body.Type() == ast.NullType {
		return nil, nil
	}
	return body, nil
}

// parse takes a text that the parser itself stumbles over for an error like
// any other.
func parse(data []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, &Error{1, 1, fmt.Sprintf("this is not YAML: it cannot be parsed (%v)", r)}
		}
	}()
	file, err = parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err == nil {
		return file, nil
	}
	wrong := &Error{1, 1, ""}
	var placed yaml.Error
	if errors.As(err, &placed) {
		wrong.Text = placed.GetMessage()
		if tk := placed.GetToken(); tk != nil && tk.Position != nil {
			wrong.Line, wrong.Column = tk.Position.Line, tk.Position.Column
		}
	} else {
		wrong.Text, _, _ = strings.Cut(err.Error(), "\n")
	}
	wrong.Text = "this is not YAML: " + wrong.Text
	return nil, wrong
}

func at(n ast.Node, text string) *Error {
	e := &Error{1, 1, text}
	e.Line, e.Column = Place(n)
	return e
}

// Place returns the line and column of a node, from 1; zero when it has none.
func Place(n ast.Node) (line, column int) {
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return tk.Position.Line, tk.Position.Column
	}
	return 0, 0
}

// depth returns how deep the node's values are nested, or more than maxDepth.
func depth(n ast.Node, above int) int {
	deepest := above
	if above > maxDepth {
		return above
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		for _, entry := range list.Values {
			deepest = max(deepest, depth(entry, above+1))
		}
	}
	for _, pair := range Pairs(n) {
		deepest = max(deepest, depth(pair.Value, above+1))
	}
	return deepest
}

// Pairs returns the entries of a mapping; nil when the node is none.
func Pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		if n.Values == nil {
			return []*ast.MappingValueNode{}
		}
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// IsList reports whether the node is a list.
func IsList(n ast.Node) bool {
	_, ok := n.(*ast.SequenceNode)
	return ok
}

// Name returns the text of an entry's key; false when it is no plain text, as
// aliases and merge keys are not.
func Name(entry *ast.MappingValueNode) (string, bool) {
	switch key := entry.Key.(type) {
	case *ast.StringNode:
		return key.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return key.GetToken().Value, true
	}
	return "", false
}
