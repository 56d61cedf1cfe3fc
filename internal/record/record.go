// Package record reads the JSON records that tools send, one by one, and says
// of one that cannot be read what is wrong with it, in words for whoever looks
// after the tool. It knows no tool and makes no facts.
package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// A Mismatch is why a record cannot be read: nothing in it is of Go.
type Mismatch struct {
	Field           string // with those around it, as in status.name; empty is the record itself
	Expected, Found string
}

// Error implements error.
func (m *Mismatch) Error() string {
	where := "the record"
	if m.Field != "" {
		where = "field " + m.Field
	}
	return fmt.Sprintf("%s: %s was expected, %s was found", where, m.Expected, m.Found)
}

// Missing says that a record lacks a field.
func Missing(field, expected string) error { return &Mismatch{field, expected, "nothing"} }

// Decode reads a record. Its error is a Mismatch.
func Decode(raw json.RawMessage, into any) error { return Field("", raw, into) }

// Field reads a field of a record.
func Field(name string, raw json.RawMessage, into any) error {
	err := json.Unmarshal(raw, into)
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return &Mismatch{strings.Trim(name+"."+wrong.Field, "."), expected(wrong.Type), found(wrong.Value)}
	case errors.As(err, &syntax) && syntax.Offset < int64(len(raw)):
		return &Mismatch{name, "JSON", fmt.Sprintf("something else at character %d", syntax.Offset)}
	}
	return &Mismatch{name, "JSON", "a text that breaks off"}
}

// Text reads a field whose text means something, as a date does; a field that
// is missing, null or empty is the zero value. Wanted says what is expected.
func Text[T any](name string, raw json.RawMessage, wanted string, parse func(string) (T, error)) (T, error) {
	var text string
	var none T
	if len(raw) == 0 {
		return none, nil
	}
	err := Field(name, raw, &text)
	var wrong *Mismatch
	if errors.As(err, &wrong) {
		return none, &Mismatch{wrong.Field, wanted, wrong.Found}
	}
	if text == "" {
		return none, nil
	}
	value, err := parse(text)
	if err != nil {
		return none, &Mismatch{name, wanted, Quoted(text)}
	}
	return value, nil
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
	case reflect.Float64:
		return "a number"
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

// Quoted repeats a text that was found, if it is short enough.
func Quoted(text string) string {
	if n := utf8.RuneCountInString(text); n > maxQuoted {
		return fmt.Sprintf("a text of %d characters", n)
	}
	return fmt.Sprintf("the text %q", text)
}

// ID reads the id of a record that may be unreadable otherwise; empty when it
// has none.
func ID(raw json.RawMessage) string {
	var r struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &r) != nil || string(r.ID) == "null" {
		return ""
	}
	if n := len(r.ID); n > 0 && (r.ID[0] == '{' || r.ID[0] == '[') {
		return ""
	}
	return strings.Trim(string(r.ID), `"`)
}

// StandIn is an id for a record that has none: the same for the same bytes.
func StandIn(raw json.RawMessage) string {
	sum := sha256.Sum256(raw)
	return "unreadable-" + hex.EncodeToString(sum[:8])
}

// Truncate cuts a text to n characters.
func Truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	count := 0
	for i := range text {
		if count == n {
			return text[:i]
		}
		count++
	}
	return text
}
