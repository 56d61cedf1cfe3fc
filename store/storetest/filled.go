package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// Filled returns a document of the kind with every field set, and fails the
// test for a type of field it cannot fill: whatever it leaves zero would be
// lost in a store without anybody noticing.
func Filled(t testing.TB, kind portfolio.Kind) portfolio.Document {
	t.Helper()
	doc, err := portfolio.NewDocument(kind)
	if err != nil {
		t.Fatal(err)
	}
	f := filler{t: t}
	f.fill(reflect.ValueOf(doc).Elem(), string(kind))
	RequireNoZero(t, doc)
	return doc
}

// RequireNoZero fails the test for every field of the document that has its
// zero value.
func RequireNoZero(t testing.TB, doc portfolio.Document) {
	t.Helper()
	requireNoZero(t, reflect.ValueOf(doc).Elem(), string(doc.Key().Kind))
}

type filler struct {
	t testing.TB
	n int // makes each value another one
}

// oddKeys are map keys that some servers refuse as field names.
var oddKeys = []string{"plain", "with.dot", "$dollar", "per%cent", ""}

func (f *filler) fill(v reflect.Value, path string) {
	f.n++
	switch v.Interface().(type) {
	case portfolio.Date:
		v.Set(reflect.ValueOf(portfolio.NewDate(2026, time.March, f.n)))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, time.March, 1, 12, f.n, 0, 123_000_000, time.UTC)))
		return
	case decimal.Decimal:
		v.Set(reflect.ValueOf(decimal.New(int64(f.n), -2)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s %d ü", path, f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 0.25)
	case reflect.Uint8:
		v.SetUint(uint64(f.n%255 + 1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i), path)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range oddKeys {
			value := reflect.New(v.Type().Elem()).Elem()
			f.fill(value, path)
			v.SetMapIndex(reflect.ValueOf(key), value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				f.t.Fatalf("%s.%s is not exported: a store would drop it", path, field.Name)
			}
			f.fill(v.Field(i), path+"."+field.Name)
		}
	default:
		f.t.Fatalf("%s: no store test knows how to fill a %s", path, v.Type())
	}
}

func requireNoZero(t testing.TB, v reflect.Value, path string) {
	t.Helper()
	if v.IsZero() {
		t.Errorf("%s is zero", path)
		return
	}
	switch v.Interface().(type) {
	case portfolio.Date, time.Time, decimal.Decimal:
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		requireNoZero(t, v.Elem(), path)
	case reflect.Slice:
		for i := range v.Len() {
			requireNoZero(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			requireNoZero(t, v.MapIndex(key), fmt.Sprintf("%s[%q]", path, key))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			requireNoZero(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	}
}
