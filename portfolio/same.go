package portfolio

import (
	"reflect"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Content is what a tool or a person said: a document without who said it and
// when, without what the engine keeps about it, and without the history of its
// due date. The stored document is in memory anyway, so contents are compared
// and no hash of them is kept.

var (
	authoredType = reflect.TypeFor[Authored]()
	recordType   = reflect.TypeFor[Record]()
	historyType  = reflect.TypeFor[DueHistory]()
	decimalType  = reflect.TypeFor[decimal.Decimal]()
	timeType     = reflect.TypeFor[time.Time]()
	dateType     = reflect.TypeFor[Date]()
	fieldType    = reflect.TypeFor[Field]()
)

// SameContent reports whether two documents say the same.
func SameContent(a, b Document) bool {
	x, ok := a.(*Override)
	if y, too := b.(*Override); ok && too {
		return x.Target == y.Target && x.Field == y.Field && x.Reason == y.Reason && SameValue(x.Value, y.Value)
	}
	return alike(reflect.ValueOf(a), reflect.ValueOf(b))
}

// SameValue compares the values of two overrides of one field; their names say
// nothing.
func SameValue(a, b Field) bool {
	a.Name, b.Name = "", ""
	return sameField(a, b)
}

// ChangedFields names the fields, by their JSON names, in which the contents of
// two documents of one type differ.
func ChangedFields(a, b Document) []string {
	return fieldsThatDiffer(reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
}

func fieldsThatDiffer(a, b reflect.Value) []string {
	var names []string
	for i, t := 0, a.Type(); i < t.NumField(); i++ {
		switch field := t.Field(i); {
		case alike(a.Field(i), b.Field(i)):
		case field.Anonymous:
			names = append(names, fieldsThatDiffer(a.Field(i), b.Field(i))...)
		default:
			names = append(names, jsonName(field))
		}
	}
	return names
}

// alike is equality in which 1.0 is 1.00, an instant is an instant in every
// zone, and an empty list is no list, as all are after a turn through the store.
func alike(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return alike(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !alike(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		switch a.Type() {
		case authoredType, recordType, historyType:
			return true
		case decimalType:
			return a.Interface().(decimal.Decimal).Equal(b.Interface().(decimal.Decimal))
		case timeType:
			return a.Interface().(time.Time).Equal(b.Interface().(time.Time))
		case dateType:
			return a.Interface() == b.Interface()
		case fieldType:
			return sameField(a.Interface().(Field), b.Interface().(Field))
		}
		for i := range a.NumField() {
			if !alike(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

// sameField is equality of fields in which 1.0 is 1.00.
func sameField(a, b Field) bool {
	x, errX := decimal.NewFromString(a.Number)
	y, errY := decimal.NewFromString(b.Number)
	if errX == nil && errY == nil && x.Equal(y) {
		a.Number = b.Number
	}
	return equalField(a, b)
}

// SameSource reports whether two facts come from the same record, as it was
// described.
func SameSource(a, b Source) bool { return alike(reflect.ValueOf(a), reflect.ValueOf(b)) }

// jsonName is what a field of a document is called in JSON.
func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}
