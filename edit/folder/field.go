package folder

import (
	"reflect"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// fieldOf is the value of an override as facts hold it.
func fieldOf(m member, v reflect.Value) portfolio.Field {
	f := portfolio.Field{ID: m.name, Type: portfolio.FieldText}
	switch value := v.Interface().(type) {
	case portfolio.Date:
		f.Type, f.Date = portfolio.FieldDate, value
	case decimal.Decimal:
		f.Type, f.Number = portfolio.FieldNumber, value.String()
	case portfolio.Money:
		f.Text = value.String()
	default:
		f.Text = v.String()
	}
	return f
}

// valueOf is the value of an override as a member of an entry, or what it is
// instead. A value of another type than the member's is taken by its text.
func valueOf(m member, f portfolio.Field) (reflect.Value, string) {
	v := reflect.New(m.typ).Elem()
	written := f.Text
	switch f.Type {
	case portfolio.FieldDate:
		written = f.Date.String()
	case portfolio.FieldNumber:
		written = f.Number
	}
	if written == "" {
		return v, "the value is empty or of a type that files do not hold"
	}
	if wrong := set(v, written, isCell); wrong != "" {
		return v, wrong
	}
	return v, ""
}
