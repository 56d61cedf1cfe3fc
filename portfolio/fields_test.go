package portfolio

import (
	"reflect"
	"testing"
)

// Every field of a row must be compared, or a change of it would be lost: the
// row would stay the old one.
func TestEveryFieldOfARowIsCompared(t *testing.T) {
	compareEveryField(t, projectFields)
	compareEveryField(t, milestoneFields)
	compareEveryField(t, dependencyFields)
	compareEveryField(t, riskFields)
	compareEveryField(t, personFields)
	compareEveryField(t, identityFields)
	compareEveryField(t, departmentFields)
	compareEveryField(t, connectionFields)
	compareEveryField(t, kpiFields)
	compareEveryField(t, kpiLinkFields)
}

func compareEveryField[R any](t *testing.T, fields []rowField[R]) {
	t.Helper()
	typ := reflect.TypeFor[R]()
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Type == reflect.TypeFor[HealthView]() {
			for j := range f.Type.NumField() {
				if !told(fields, []int{i, j}) {
					t.Errorf("%s.%s.%s is not compared", typ.Name(), f.Name, f.Type.Field(j).Name)
				}
			}
			continue
		}
		if !told(fields, []int{i}) {
			t.Errorf("%s.%s is not compared", typ.Name(), f.Name)
		}
	}
}

// told reports whether a row with a value at a place is told from one without.
func told[R any](fields []rowField[R], place []int) bool {
	var empty, filled R
	fill(settable(reflect.ValueOf(&filled).Elem().FieldByIndex(place)))
	return !equalRows(fields, &empty, &filled)
}

func settable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Uint64:
		v.SetUint(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).Kind() != reflect.Pointer {
				fill(settable(v.Field(i)))
			}
		}
	}
}
