package config

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"plumbline/portfolio"
)

// expecter is implemented by values that can say what they look like.
type expecter interface{ Expects() string }

// isText reports whether the value reads itself from text.
func isText(v reflect.Value) bool {
	_, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	return ok
}

// setText sets a scalar from its text.
func setText(v reflect.Value, text string) error {
	if day, ok := v.Addr().Interface().(*portfolio.Date); ok {
		if day.UnmarshalText([]byte(text)) != nil {
			return errors.New("is not a day of the calendar")
		}
		return nil
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		value, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("is not true or false")
		}
		v.SetBool(value)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		value, err := strconv.ParseInt(text, 0, v.Type().Bits())
		if err != nil {
			return errors.New("is not a whole number that fits")
		}
		v.SetInt(value)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		value, err := strconv.ParseUint(text, 0, v.Type().Bits())
		if err != nil {
			return errors.New("is not a whole number that fits")
		}
		v.SetUint(value)
	case reflect.Float32, reflect.Float64:
		value, err := strconv.ParseFloat(text, v.Type().Bits())
		if err != nil || value-value != 0 {
			return errors.New("is not a number")
		}
		v.SetFloat(value)
	default:
		return errors.New("is not a value that text can set")
	}
	return nil
}

// expects says what a value of the type looks like.
func expects(v reflect.Value) string {
	if e, ok := v.Interface().(expecter); ok {
		return e.Expects()
	}
	if _, ok := v.Interface().(portfolio.Date); ok {
		return "a day such as 2026-01-31"
	}
	if isText(v) {
		return "text"
	}
	switch v.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct, reflect.Pointer:
		return "a mapping of keys to values"
	}
	return "a whole number"
}

// within checks the bounds of a key; they are written as the value would be.
func (k key) within(v reflect.Value) error {
	bound := func(text string) (reflect.Value, bool) {
		limit := reflect.New(v.Type()).Elem()
		return limit, text != "" && setText(limit, text) == nil
	}
	least, low := bound(k.least)
	most, high := bound(k.most)
	low, high = low && compare(v, least) < 0, high && compare(v, most) > 0
	switch {
	case low && k.most == "":
		return fmt.Errorf("expected at least %s", k.least)
	case low || high:
		return fmt.Errorf("expected from %s to %s", cmp.Or(k.least, "nothing"), k.most)
	}
	return nil
}

// compare orders two numbers of one type; other values are equal.
func compare(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	}
	return 0
}
