package sync

import (
	"reflect"
	"strings"
	"time"

	"plumbline/portfolio"
)

// Content is what the tool said: a fact without what the engine keeps about
// it and without the history of its due date. The stored document is in
// memory anyway, so contents are compared and no hash of them is kept.

var (
	recordType  = reflect.TypeFor[portfolio.Record]()
	sourceType  = reflect.TypeFor[portfolio.Source]()
	historyType = reflect.TypeFor[portfolio.DueHistory]()
	timeType    = reflect.TypeFor[time.Time]()
)

// sameContent reports whether two facts of one key say the same.
func sameContent(a, b portfolio.ToolFact) bool {
	return same(reflect.ValueOf(a), reflect.ValueOf(b))
}

func sameSource(a, b portfolio.Source) bool {
	return same(reflect.ValueOf(a), reflect.ValueOf(b))
}

// same is equality in which an instant is an instant in every zone, and an
// empty list is no list, as both are after a turn through the store.
func same(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		switch t := a.Type(); t {
		case recordType, historyType:
			return true
		case timeType:
			return a.Interface().(time.Time).Equal(b.Interface().(time.Time))
		default:
			for i := range t.NumField() {
				if !same(a.Field(i), b.Field(i)) {
					return false
				}
			}
			return true
		}
	default:
		return a.Equal(b)
	}
}

// differences names the fields in which the contents of two facts differ, as
// they are called in JSON.
func differences(a, b portfolio.ToolFact) []string {
	return fieldsThatDiffer(reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
}

func fieldsThatDiffer(a, b reflect.Value) []string {
	var names []string
	for i, t := 0, a.Type(); i < t.NumField(); i++ {
		switch field := t.Field(i); {
		case same(a.Field(i), b.Field(i)):
		case field.Type == sourceType:
			names = append(names, fieldsThatDiffer(a.Field(i), b.Field(i))...)
		default:
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

// clone returns a copy of a fact whose own fields may be set; what they point
// to is shared and never written.
func clone(fact portfolio.ToolFact) portfolio.ToolFact {
	c := reflect.New(reflect.TypeOf(fact).Elem())
	c.Elem().Set(reflect.ValueOf(fact).Elem())
	return c.Interface().(portfolio.ToolFact)
}
