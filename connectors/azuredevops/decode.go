package azuredevops

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"plumbline/portfolio"
)

// A mismatch is why a record cannot be read, in words for whoever looks after
// the tool: nothing in it is of Go.
type mismatch struct {
	field           string // with those around it, as in status.name; empty is the record itself
	expected, found string
}

func (m *mismatch) Error() string {
	where := "the record"
	if m.field != "" {
		where = "field " + m.field
	}
	return fmt.Sprintf("%s: %s was expected, %s was found", where, m.expected, m.found)
}

// What is expected where the type alone does not tell.
const (
	aDay  = "a date such as 2026-03-31T00:00:00Z"
	aTime = "a time such as 2026-03-31T09:30:00Z"
)

var errNoID = &mismatch{"id", "the id of the record", "nothing"}

// decode reads a record. Its error is a mismatch.
func decode(raw json.RawMessage, into any) error { return decodeField("", raw, into) }

// decodeField reads a field of a record.
func decodeField(name string, raw json.RawMessage, into any) error {
	err := json.Unmarshal(raw, into)
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return &mismatch{join(name, wrong.Field), expected(wrong.Type), found(wrong.Value)}
	case errors.As(err, &syntax) && syntax.Offset < int64(len(raw)):
		return &mismatch{name, "JSON", fmt.Sprintf("something else at character %d", syntax.Offset)}
	}
	return &mismatch{name, "JSON", "a text that breaks off"}
}

// decodeDay reads a field that holds a civil date, written as its midnight in
// UTC; none is the zero Date.
func decodeDay(name string, raw json.RawMessage) (portfolio.Date, error) {
	return decodeText(name, raw, aDay, func(text string) (portfolio.Date, error) {
		at, err := parseTime(text)
		if err != nil || at.IsZero() {
			return portfolio.Date{}, err
		}
		return portfolio.DateOf(at), nil
	})
}

// decodeTime reads a field that holds an instant; none is the zero time.
func decodeTime(name string, raw json.RawMessage) (time.Time, error) {
	return decodeText(name, raw, aTime, parseTime)
}

func decodeText[T any](name string, raw json.RawMessage, wanted string, parse func(string) (T, error)) (T, error) {
	var text string
	var none T
	if len(raw) == 0 {
		return none, nil
	}
	err := decodeField(name, raw, &text)
	var wrong *mismatch
	if errors.As(err, &wrong) {
		return none, &mismatch{wrong.field, wanted, wrong.found}
	}
	value, err := parse(text)
	if err != nil {
		return none, &mismatch{name, wanted, quoted(text)}
	}
	return value, nil
}

func join(outer, inner string) string {
	return strings.Trim(outer+"."+inner, ".")
}

func expected(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a whole number"
}

// found names a JSON value as the decoder calls it. A number that is not
// whole, or too large, comes with its digits.
func found(value string) string {
	kind, digits, _ := strings.Cut(value, " ")
	switch kind {
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	}
	if digits == "" || len(digits) > maxQuoted {
		return "a number"
	}
	return "the number " + digits
}

// maxQuoted is the length of the longest value that a reason repeats, in
// characters. A longer one is not cut: half a secret would not be recognised
// any more as one that is to be masked.
const maxQuoted = 60

func quoted(text string) string {
	if n := utf8.RuneCountInString(text); n > maxQuoted {
		return fmt.Sprintf("a text of %d characters", n)
	}
	return fmt.Sprintf("the text %q", text)
}
