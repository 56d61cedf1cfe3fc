package portfolio

import (
	"reflect"
	"strconv"
	"time"
)

// The plain fields of projects and milestones by name, as texts.
var (
	projectTexts   = textsOf(projectFields)
	milestoneTexts = textsOf(milestoneFields)
)

// textsOf are the texts of the fields of which readers hear.
func textsOf[R any](fields []rowField[R]) map[string]func(*R) string {
	texts := map[string]func(*R) string{}
	for _, f := range fields {
		if f.text != nil && !f.hidden {
			texts[f.name] = f.text
		}
	}
	return texts
}

// plainText writes a value as a text; nil for values that have several parts.
// What is not there is the empty text.
func plainText[R, T any](of func(*R) T) func(*R) string {
	switch of := any(of).(type) {
	case func(*R) Date:
		return func(r *R) string { return dateText(of(r)) }
	case func(*R) bool:
		return func(r *R) string { return strconv.FormatBool(of(r)) }
	case func(*R) *bool:
		return func(r *R) string { return pointed(of(r), strconv.FormatBool) }
	case func(*R) int:
		return func(r *R) string { return strconv.Itoa(of(r)) }
	case func(*R) *int:
		return func(r *R) string { return pointed(of(r), strconv.Itoa) }
	case func(*R) *float64:
		return func(r *R) string {
			return pointed(of(r), func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) })
		}
	}
	if t := reflect.TypeFor[T](); t.Kind() == reflect.String {
		return func(r *R) string { return reflect.ValueOf(of(r)).String() }
	}
	return nil
}

func pointed[T any](value *T, text func(T) string) string {
	if value == nil {
		return ""
	}
	return text(*value)
}

func dateText(d Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func moneyText(m *Money) string { return pointed(m, Money.String) }
