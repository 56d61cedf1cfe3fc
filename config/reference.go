package config

import (
	"reflect"
	"strings"

	"plumbline/internal/spelling"
)

// A KeyInfo describes one key for people.
type KeyInfo struct {
	// Path is the key's place: connections[].every; <name> stands for a name
	// that the user chooses.
	Path string
	// Tool is set on keys that only connections of that type have.
	Tool string
	// Kind says what the value looks like, Default what holds without it.
	Kind, Default string
	Required      bool
	About         string
}

// Keys lists every key of the file in its order, those of the tools after the
// common ones of a connection.
func Keys(tools Tools) []KeyInfo {
	return describe(reflect.TypeFor[Config](), "", "", tools)
}

func describe(t reflect.Type, prefix, tool string, tools Tools) []KeyInfo {
	var all []KeyInfo
	for _, k := range keysOf(t) {
		path := join(prefix, k.name)
		all = append(all, KeyInfo{
			Path: path, Tool: tool, Kind: k.kind(), Default: k.fallback, Required: k.required, About: k.about,
		})
		inner, below := k.typ, path
		for ; ; inner = inner.Elem() {
			if inner.Kind() == reflect.Slice {
				below += "[]"
			} else if inner.Kind() == reflect.Map {
				below += ".<name>"
			} else if inner.Kind() != reflect.Pointer {
				break
			}
		}
		if len(keysOf(inner)) > 0 {
			all = append(all, describe(inner, below, tool, tools)...)
		}
		if inner == reflect.TypeFor[Connection]() {
			for _, name := range tools.names() {
				all = append(all, describe(reflect.TypeOf(tools[name]()).Elem(), below, name, tools)...)
			}
		}
	}
	return all
}

// kind says what a value of the key looks like.
func (k key) kind() string {
	t, many := k.typ, ""
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && !reflect.PointerTo(t).Implements(fromText) {
		if t.Kind() == reflect.Slice {
			many = "list of "
		}
		t = t.Elem()
	}
	switch v := reflect.New(t).Elem(); {
	case t.Kind() == reflect.Map && len(k.enum) > 0:
		return "mapping to " + spelling.OneOf(k.enum)
	case len(k.enum) > 0:
		return many + spelling.OneOf(k.enum)
	case k.web:
		return many + "an http or https address"
	case many != "" && len(keysOf(t)) > 0:
		return many + "mappings"
	default:
		return many + strings.TrimSuffix(expects(v), " of keys to values")
	}
}
