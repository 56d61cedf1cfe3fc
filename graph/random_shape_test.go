package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// A member is one member of a JSON object; objects are read into lists of
// them, as the order of an answer's fields is part of its shape.
type member struct {
	key   string
	value any
}

// inOrder reads a JSON value: objects become []member, numbers json.Number.
func inOrder(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return nextValue(decoder)
}

func nextValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := []member{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			value, err := nextValue(d)
			if err != nil {
				return nil, err
			}
			object = append(object, member{key.(string), value})
		}
		_, err := d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			value, err := nextValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := d.Token()
		return list, err
	}
	return token, nil
}

// A shape compares an answer with what was asked and with the schema.
type shape struct {
	schema    *ast.Schema
	variables map[string]any
	// see, if set, is told of every field that is answered.
	see func(field *ast.Field, value any)
}

// collected is what a selection set asks of one response key.
type collected struct {
	key    string
	fields []*ast.Field
}

// collect merges a selection set as the specification's CollectFields does.
func (s *shape) collect(of string, sets ...ast.SelectionSet) []collected {
	var list []collected
	place := map[string]int{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch x := selection.(type) {
			case *ast.Field:
				if !s.included(x.Directives) {
					continue
				}
				i, ok := place[x.Alias]
				if !ok {
					i = len(list)
					place[x.Alias] = i
					list = append(list, collected{key: x.Alias})
				}
				list[i].fields = append(list[i].fields, x)
			case *ast.InlineFragment:
				if s.included(x.Directives) && s.applies(x.TypeCondition, of) {
					walk(x.SelectionSet)
				}
			case *ast.FragmentSpread:
				if s.included(x.Directives) && s.applies(x.Definition.TypeCondition, of) {
					walk(x.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		walk(set)
	}
	return list
}

func (s *shape) included(directives ast.DirectiveList) bool {
	truth := func(name string, otherwise bool) bool {
		d := directives.ForName(name)
		if d == nil {
			return otherwise
		}
		value, err := d.Arguments.ForName("if").Value.Value(s.variables)
		return err == nil && value == true
	}
	return truth("include", true) && !truth("skip", false)
}

func (s *shape) applies(condition, of string) bool {
	if condition == "" || condition == of {
		return true
	}
	for _, possible := range s.schema.PossibleTypes[condition] {
		if possible.Name == of {
			return true
		}
	}
	return false
}

// object checks an object of a type against the selection sets that ask for it.
func (s *shape) object(path string, of *ast.Definition, value any, sets ...ast.SelectionSet) error {
	members, ok := value.([]member)
	if !ok {
		return fmt.Errorf("%s is %v, want a %s", path, value, of.Name)
	}
	if of.IsAbstractType() {
		name := ""
		for _, m := range members {
			if m.key == "__typename" {
				name, _ = m.value.(string)
			}
		}
		if !s.applies(of.Name, name) || name == of.Name {
			return fmt.Errorf("%s is of type %q, want one that implements %s", path, name, of.Name)
		}
		of = s.schema.Types[name]
	}
	want := s.collect(of.Name, sets...)
	if len(want) != len(members) {
		return fmt.Errorf("%s has %d fields, want %d", path, len(members), len(want))
	}
	for i, w := range want {
		m := members[i]
		if m.key != w.key {
			return fmt.Errorf("%s has the field %q in place %d, want %q", path, m.key, i, w.key)
		}
		if w.fields[0].Name == "__typename" {
			if m.value != of.Name {
				return fmt.Errorf("%s.%s is %v, want %q", path, w.key, m.value, of.Name)
			}
			continue
		}
		if s.see != nil {
			s.see(w.fields[0], m.value)
		}
		below := make([]ast.SelectionSet, len(w.fields))
		for j, f := range w.fields {
			below[j] = f.SelectionSet
		}
		if err := s.value(path+"."+w.key, w.fields[0].Definition.Type, m.value, below); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) value(path string, want *ast.Type, value any, sets []ast.SelectionSet) error {
	if value == nil {
		if want.NonNull {
			return fmt.Errorf("%s is null, want %s", path, want)
		}
		return nil
	}
	if want.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			return fmt.Errorf("%s is %v, want a list", path, value)
		}
		for i, element := range list {
			if err := s.value(fmt.Sprintf("%s[%d]", path, i), want.Elem, element, sets); err != nil {
				return err
			}
		}
		return nil
	}
	definition := s.schema.Types[want.NamedType]
	switch {
	case definition.IsCompositeType():
		return s.object(path, definition, value, sets...)
	case definition.Kind == ast.Enum:
		if name, ok := value.(string); !ok || definition.EnumValues.ForName(name) == nil {
			return fmt.Errorf("%s is %v, which is no %s", path, value, definition.Name)
		}
	case !scalars[definition.Name](value):
		return fmt.Errorf("%s is %v, which is no %s", path, value, definition.Name)
	}
	return nil
}

var plainDecimal = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)

// scalars says what the values of each scalar that is answered look like.
var scalars = map[string]func(any) bool{
	"ID":      func(v any) bool { s, ok := v.(string); return ok && s != "" },
	"String":  func(v any) bool { _, ok := v.(string); return ok },
	"Boolean": func(v any) bool { _, ok := v.(bool); return ok },
	"Int": func(v any) bool {
		n, ok := v.(json.Number)
		if !ok {
			return false
		}
		i, err := strconv.ParseInt(n.String(), 10, 64)
		return err == nil && i >= math.MinInt32 && i <= math.MaxInt32
	},
	"Float": func(v any) bool { _, ok := v.(json.Number); return ok },
	"Date": func(v any) bool {
		s, ok := v.(string)
		_, err := time.Parse(time.DateOnly, s)
		return ok && err == nil
	},
	"DateTime": func(v any) bool {
		s, ok := v.(string)
		_, err := time.Parse("2006-01-02T15:04:05.999999999Z", s)
		return ok && err == nil
	},
	"Decimal": func(v any) bool { s, ok := v.(string); return ok && plainDecimal.MatchString(s) },
}
