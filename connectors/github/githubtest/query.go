package githubtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// A selection is a field of a query with what is asked of it, or, when on is
// set, fields that are asked of one type only.
type selection struct {
	name string
	as   string
	on   string
	args map[string]any
	sub  []selection
}

// reader reads the text of a query: operations without fragments by name.
type queryReader struct {
	tokens    []string
	variables map[string]any
}

// parseQuery reads the first operation of a document.
func parseQuery(text string, variables map[string]any) (fields []selection, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the query cannot be read: %v", p)
		}
	}()
	r := &queryReader{tokens: tokensOf(text), variables: variables}
	for r.peek() != "{" { // what is declared before it
		if r.next() == "(" {
			for depth := 1; depth > 0; {
				switch r.next() {
				case "(":
					depth++
				case ")":
					depth--
				}
			}
		}
	}
	return r.set(), nil
}

func (r *queryReader) peek() string { return r.tokens[0] }

func (r *queryReader) next() string {
	t := r.tokens[0]
	r.tokens = r.tokens[1:]
	return t
}

// set reads { … }.
func (r *queryReader) set() []selection {
	r.next()
	var out []selection
	for r.peek() != "}" {
		s := selection{name: r.next()}
		switch {
		case s.name == "..." && r.next() == "on":
			s.on = r.next()
		case s.name == "...":
			panic("a fragment by name")
		case r.peek() == ":":
			r.next()
			s.as, s.name = s.name, r.next()
		}
		if s.as == "" {
			s.as = s.name
		}
		if r.peek() == "(" {
			r.next()
			s.args = map[string]any{}
			for r.peek() != ")" {
				name := r.next()
				r.next() // the colon
				s.args[name] = r.value()
			}
			r.next()
		}
		if r.peek() == "{" {
			s.sub = r.set()
		}
		out = append(out, s)
	}
	r.next()
	return out
}

func (r *queryReader) value() any {
	switch t := r.next(); {
	case t == "{":
		object := map[string]any{}
		for r.peek() != "}" {
			name := r.next()
			r.next()
			object[name] = r.value()
		}
		r.next()
		return object
	case t == "$":
		return r.variables[r.next()]
	case strings.HasPrefix(t, `"`):
		return strings.Trim(t, `"`)
	default:
		if n, err := strconv.Atoi(t); err == nil {
			return float64(n)
		}
		return t
	}
}

// tokensOf splits a query; commas and comments say nothing.
func tokensOf(text string) []string {
	var tokens []string
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case strings.ContainsRune(" \t\r\n,", rune(c)):
			i++
		case strings.HasPrefix(text[i:], "..."):
			tokens = append(tokens, "...")
			i += 3
		case strings.ContainsRune("{}():$![]=", rune(c)):
			tokens = append(tokens, string(c))
			i++
		default:
			start := i
			for i++; i < len(text) && !strings.ContainsRune(" \t\r\n,{}():$![]=#", rune(text[i])); {
				i++
			}
			tokens = append(tokens, text[start:i])
		}
	}
	return tokens
}

// An object is what a selection is made from: a value, an object, a list, or a
// function of the arguments that gives one of them.
type object map[string]any

// project answers what is asked of a value, and nothing else.
func project(value any, fields []selection) any {
	switch v := value.(type) {
	case json.RawMessage, nil:
		return v
	case object:
		out := map[string]any{}
		v.into(out, fields)
		return out
	case []object:
		list := make([]any, 0, len(v))
		for _, one := range v {
			list = append(list, project(one, fields))
		}
		return list
	case []any:
		list := make([]any, 0, len(v))
		for _, one := range v {
			list = append(list, project(one, fields))
		}
		return list
	}
	return value
}

func (o object) into(out map[string]any, fields []selection) {
	for _, f := range fields {
		if f.on != "" {
			if o.is(f.on) {
				o.into(out, f.sub)
			}
			continue
		}
		value, ok := o[f.name]
		if !ok {
			panic(fmt.Sprintf("%v has no field %s", o["__typename"], f.name))
		}
		if make, ok := value.(func(map[string]any) any); ok {
			value = make(f.args)
		}
		out[f.as] = project(value, f.sub)
	}
}

// is tells whether the object is of the type or the interface.
func (o object) is(name string) bool {
	kind, _ := o["__typename"].(string)
	switch name {
	case kind:
		return true
	case "ProjectV2Owner":
		return kind == "Organization" || kind == "User"
	case "ProjectV2FieldCommon":
		return strings.HasPrefix(kind, "ProjectV2") && strings.HasSuffix(kind, "Field")
	}
	return false
}
