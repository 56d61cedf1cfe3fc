package edit

import (
	"reflect"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

var (
	authoredType = reflect.TypeFor[portfolio.Authored]()
	decimalType  = reflect.TypeFor[decimal.Decimal]()
	dateType     = reflect.TypeFor[portfolio.Date]()
	fieldType    = reflect.TypeFor[portfolio.Field]()
)

// sameContent reports whether two documents say the same, whoever said it and
// when.
func sameContent(a, b portfolio.Document) bool {
	return same(reflect.ValueOf(a), reflect.ValueOf(b))
}

// same is equality in which 1.0 is 1.00 and an empty list is no list, as both
// are after a turn through the store.
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
		switch a.Type() {
		case authoredType:
			return true
		case decimalType:
			return a.Interface().(decimal.Decimal).Equal(b.Interface().(decimal.Decimal))
		case dateType:
			return a.Interface() == b.Interface()
		case fieldType:
			return sameValue(a.Interface().(portfolio.Field), b.Interface().(portfolio.Field))
		}
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

// sameValue compares the values of two overrides of one field; their names say
// nothing.
func sameValue(a, b portfolio.Field) bool {
	if a.Type != b.Type || a.Text != b.Text || a.Date != b.Date || !a.Time.Equal(b.Time) || a.Bool != b.Bool || len(a.List) != len(b.List) {
		return false
	}
	for i := range a.List {
		if a.List[i] != b.List[i] {
			return false
		}
	}
	x, errX := decimal.NewFromString(a.Number)
	y, errY := decimal.NewFromString(b.Number)
	if errX != nil || errY != nil {
		return a.Number == b.Number
	}
	return x.Equal(y)
}
