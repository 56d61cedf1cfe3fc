package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"plumbline/internal/spelling"
	"plumbline/internal/yamltree"
)

// A place is where something stands in a file.
type place struct {
	file         string
	line, column int
}

// A binder fills structs from YAML and keeps every problem it meets, instead
// of stopping at the first.
type binder struct {
	tools    Tools
	file     string
	problems Problems
	warnings Problems
	// places tells where a key of the result was set, by its path.
	places map[string]place
	// items are the paths of a list's elements, by the list's path.
	items map[string][]string
	// source is the text of the scalars whose ${VARIABLE} was replaced.
	source map[ast.Node]string
	// unset says what is wrong with a scalar's variables; it is reported, and
	// emptied, when the scalar is bound.
	unset map[ast.Node]string
	// asked are the variables that the files name.
	asked map[string]bool
	// broken tells that a file could not be read to its end.
	broken bool
}

// at returns the place of a node.
func (b *binder) at(n ast.Node) place {
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return place{b.file, tk.Position.Line, tk.Position.Column}
	}
	return place{file: b.file}
}

// report keeps a problem.
func (b *binder) report(at place, path, format string, args ...any) {
	b.problems = append(b.problems, at.problem(path, format, args...))
}

func (p place) problem(path, format string, args ...any) Problem {
	return Problem{File: p.file, Line: p.line, Column: p.column, Key: path, Text: fmt.Sprintf(format, args...)}
}

// bind fills v from the node. at is where its key stands.
func (b *binder) bind(n ast.Node, v reflect.Value, k key, path string, at place) {
	switch n.(type) {
	case nil, *ast.NullNode:
		return // nothing after the colon: as if the key were absent
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		b.report(b.at(n), path, "YAML anchors, aliases and tags are not used here: write the value itself")
		return
	}
	if wrong, unset := b.unset[n]; unset {
		b.report(b.at(n), path, "%s", wrong)
		b.unset[n] = ""
		return
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
			if v.Elem().Kind() == reflect.Struct && !isText(v.Elem()) {
				setDefaults(v.Elem())
			}
		}
		b.bind(n, v.Elem(), k, path, at)
		return
	}
	_, _, scalar := b.scalar(n)
	switch {
	case b.custom(n, v, path):
	case scalar:
		b.text(n, v, k, path)
	case len(keysOf(v.Type())) > 0 && yamltree.Pairs(n) != nil:
		b.mapping(yamltree.Pairs(n), []reflect.Value{v}, path, at, false)
	case v.Kind() == reflect.Map && yamltree.Pairs(n) != nil:
		b.dictionary(yamltree.Pairs(n), v, k, path)
	case v.Kind() == reflect.Slice && yamltree.IsList(n):
		b.list(n.(*ast.SequenceNode), v, k, path)
	default:
		b.report(b.at(n), path, "found %s; expected %s", kindOf(n), expects(v))
	}
}

// text sets a value from a scalar and checks what its key demands.
func (b *binder) text(n ast.Node, v reflect.Value, k key, path string) {
	text, kind, _ := b.scalar(n)
	_, replaced := b.source[n]
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map || v.Kind() == reflect.Struct && !isText(v) {
		b.report(b.at(n), path, "found %s; expected %s", kind, expects(v))
		return
	}
	if wrong := mismatch(kind, v, replaced); wrong != "" {
		b.report(b.at(n), path, "found %s; expected %s", kind, wrong)
		return
	}
	if err := setText(v, text); err != nil {
		b.report(b.at(n), path, "%s%s; expected %s", b.show(n, v), err, expects(v))
		return
	}
	switch {
	case len(k.enum) > 0 && !slices.Contains(k.enum, text):
		b.report(b.at(n), path, "%sis none of its values; %s", b.show(n, v), spelling.DidYouMean(text, k.enum))
	case k.pattern != nil && !k.pattern.MatchString(text):
		b.report(b.at(n), path, "%sdoes not match %s; expected %s", b.show(n, v), k.pattern, firstSentence(k.about))
	case k.web:
		if err := webAddress(text); err != nil {
			b.report(b.at(n), path, "%v; expected an address such as https://example.atlassian.net", err)
		}
	}
	if err := k.within(v); err != nil {
		b.report(b.at(n), path, "found %s; %v", b.quoted(n), err)
	}
}

// mismatch says what was expected when YAML's kind of a scalar does not suit
// the value; "" when it does. What comes from a variable is always text.
func mismatch(kind string, v reflect.Value, replaced bool) string {
	switch {
	case isHidden(v) && v.Kind() == reflect.Struct && kind != isString:
		return "text: put it in quotes"
	case isText(v):
		return ""
	case v.Kind() == reflect.String && kind != isString:
		return "text: put it in quotes"
	case v.Kind() != reflect.String && kind == isString && !replaced:
		return expects(v)
	case v.Kind() == reflect.Bool && kind == isNumber, v.Kind() != reflect.String && v.Kind() != reflect.Bool && kind == isBool:
		return expects(v)
	}
	return ""
}

// mapping fills the structs that share one YAML mapping. lenient leaves
// unknown keys alone.
func (b *binder) mapping(entries []*ast.MappingValueNode, targets []reflect.Value, path string, at place, lenient bool) {
	var keys []key
	owner := map[string]reflect.Value{}
	for _, target := range targets {
		for _, k := range keysOf(target.Type()) {
			if _, taken := owner[k.name]; !taken {
				owner[k.name] = target
				keys = append(keys, k)
			}
		}
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		name, ok := b.name(entry)
		if !ok {
			continue
		}
		at, full := b.at(entry.Key), join(path, name)
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
		switch {
		case seen[name]:
			b.report(at, full, "this key stands here twice")
			continue
		case i < 0 && !lenient:
			b.report(at, full, "unknown key; %s", spelling.DidYouMean(name, names(keys)))
		}
		seen[name] = true
		if i < 0 {
			continue
		}
		field := owner[name].FieldByIndex(keys[i].index)
		if before, set := b.places[full]; set && !mergeable(field) {
			b.report(at, full, "already set at %s:%d:%d", before.file, before.line, before.column)
			continue
		}
		b.places[full] = at
		if _, _, scalar := b.scalar(entry.Value); scalar {
			b.places[full] = b.at(entry.Value)
		}
		seen[name] = entry.Value.Type() != ast.NullType
		b.bind(entry.Value, field, keys[i], full, at)
	}
	for _, k := range keys {
		if k.required && !seen[k.name] {
			b.report(at, path, "%s is missing; expected %s", k.name, firstSentence(k.about))
		}
	}
}

// mergeable reports whether several files may each add to the value.
func mergeable(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		return true
	case reflect.Struct:
		return !isText(v)
	}
	return false
}

// dictionary fills a map with text for keys.
func (b *binder) dictionary(entries []*ast.MappingValueNode, v reflect.Value, k key, path string) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	k.fallback = ""
	for _, entry := range entries {
		name, ok := b.name(entry)
		if !ok {
			continue
		}
		full, at := join(path, name), b.at(entry.Key)
		if _, twice := b.places[full]; twice {
			b.report(at, full, "this key stands here twice")
			continue
		}
		b.places[full] = at
		value := reflect.New(v.Type().Elem()).Elem()
		if value.Kind() == reflect.Struct && !isText(value) {
			setDefaults(value)
		}
		b.bind(entry.Value, value, k, full, at)
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), value)
	}
}

// list appends to a slice.
func (b *binder) list(n *ast.SequenceNode, v reflect.Value, k key, path string) {
	if v.IsNil() {
		v.Set(reflect.MakeSlice(v.Type(), 0, len(n.Values))) // [] is not the same as nothing
	}
	for _, entry := range n.Values {
		item, at := b.item(path, entry), b.at(entry)
		if first := yamltree.Pairs(entry); len(first) > 0 {
			at = b.at(first[0].Key)
		}
		b.items[path] = append(b.items[path], item)
		b.places[item] = at
		value := reflect.New(v.Type().Elem()).Elem()
		if value.Kind() == reflect.Struct && !isText(value) {
			setDefaults(value)
		}
		if c, ok := value.Addr().Interface().(*Connection); ok && yamltree.Pairs(entry) != nil {
			b.connection(yamltree.Pairs(entry), c, item, at)
		} else if entry.Type() == ast.NullType {
			b.report(at, item, "this entry is empty")
		} else {
			b.bind(entry, value, k, item, at)
		}
		v.Set(reflect.Append(v, value))
	}
}

// longestName is the length beyond which a value does not name its entry.
const longestName = 64

// item names an element of a list by its id or name, else by its number.
func (b *binder) item(path string, entry ast.Node) string {
	for _, wanted := range []string{"id", "name"} {
		for _, pair := range yamltree.Pairs(entry) {
			if name, _ := yamltree.Name(pair); name != wanted {
				continue
			}
			text, _, _ := b.scalar(pair.Value)
			named := fmt.Sprintf("%s[%s]", path, text)
			if _, taken := b.places[named]; text != "" && len(text) <= longestName && !taken {
				return named
			}
		}
	}
	return path + "[" + strconv.Itoa(len(b.items[path])) + "]"
}

// custom lets types that decode YAML themselves do so, and reports whether
// the value is of such a type.
func (b *binder) custom(n ast.Node, v reflect.Value, path string) bool {
	if isHidden(v) {
		return false
	}
	switch v.Addr().Interface().(type) {
	case yaml.BytesUnmarshaler, yaml.InterfaceUnmarshaler, yaml.NodeUnmarshaler:
	default:
		if v.Kind() != reflect.Interface {
			return false
		}
	}
	if err := yaml.NodeToValue(n, v.Addr().Interface(), yaml.Strict()); err != nil {
		at := b.at(n)
		var positioned yaml.Error
		if errors.As(err, &positioned) {
			if tk := positioned.GetToken(); tk != nil && tk.Position != nil {
				at = place{b.file, tk.Position.Line, tk.Position.Column}
			}
			b.report(at, path, "%s", positioned.GetMessage())
		} else {
			b.report(at, path, "%s", firstLine(err.Error()))
		}
	}
	return true
}
