package config

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"plumbline/internal/secret"
	"plumbline/internal/yamltree"
)

// The kinds of scalar, as errors name them.
const (
	isString = "text"
	isNumber = "a number"
	isBool   = "true or false"
)

// scalar returns the text of a scalar as it was written, and its kind.
func (b *binder) scalar(n ast.Node) (text, kind string, ok bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, isString, true
	case *ast.LiteralNode:
		return n.Value.Value, isString, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, isNumber, true
	case *ast.BoolNode:
		return strconv.FormatBool(n.Value), isBool, true
	}
	return "", "", false
}

// kindOf names a node in an error.
func kindOf(n ast.Node) string {
	switch {
	case yamltree.Pairs(n) != nil:
		return "a mapping"
	case yamltree.IsList(n):
		return "a list"
	}
	return "something else"
}

// name returns the text of an entry's key, or reports that it is none.
func (b *binder) name(entry *ast.MappingValueNode) (string, bool) {
	name, ok := yamltree.Name(entry)
	if !ok {
		b.report(b.at(entry.Key), "", "a key must be plain text: YAML anchors, aliases and merge keys are not used here")
	}
	return name, ok
}

// longestQuote is how much of a wrong value an error repeats.
const longestQuote = 60

// quoted shows a scalar in an error: what was written, never what a variable
// held.
func (b *binder) quoted(n ast.Node) string {
	if source, replaced := b.source[n]; replaced {
		return "the value of " + source
	}
	text, _, _ := b.scalar(n)
	if len(text) > longestQuote {
		text = strings.ToValidUTF8(text[:longestQuote], "") + "…"
	}
	return strconv.Quote(text)
}

// show begins an error with the wrong value, unless it may be a secret.
func (b *binder) show(n ast.Node, v reflect.Value) string {
	if isHidden(v) {
		return ""
	}
	return b.quoted(n) + " "
}

// isHidden reports whether the text of such a value may be a secret.
func isHidden(v reflect.Value) bool {
	switch v.Interface().(type) {
	case secret.String, Store, Hash:
		return true
	}
	return false
}

// join appends a key to a path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func firstSentence(text string) string {
	if end := strings.Index(text, ". "); end >= 0 {
		text = text[:end]
	}
	text = strings.TrimSuffix(text, ".")
	if text == "" {
		return "a value"
	}
	if len(text) > 1 && text[1] >= 'A' && text[1] <= 'Z' {
		return text // an abbreviation
	}
	return strings.ToLower(text[:1]) + text[1:]
}
