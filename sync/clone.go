package sync

import (
	"reflect"

	"plumbline/portfolio"
)

// clone returns a copy of a fact whose own fields may be set; what they point
// to is shared and never written.
func clone(fact portfolio.ToolFact) portfolio.ToolFact {
	c := reflect.New(reflect.TypeOf(fact).Elem())
	c.Elem().Set(reflect.ValueOf(fact).Elem())
	return c.Interface().(portfolio.ToolFact)
}
