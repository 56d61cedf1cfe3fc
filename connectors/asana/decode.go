package asana

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// A mismatch is why a record cannot be read, in words for whoever looks after
// the tool: nothing in it is of Go.
type mismatch struct {
	field           string // with those around it, as in assignee.name; empty is the record itself
	expected, found string
}

func (m *mismatch) Error() string {
	where := "the record"
	if m.field != "" {
		where = "field " + m.field
	}
	return fmt.Sprintf("%s: %s was expected, %s was found", where, m.expected, m.found)
}

var errNoGID = &mismatch{"gid", "the gid of the record", "nothing"}

// decode reads a record. Its error is a mismatch.
func decode(raw json.RawMessage, into any) error {
	err := json.Unmarshal(raw, into)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return &mismatch{wrong.Field, expected(wrong.Type), found(wrong.Value)}
	}
	return &mismatch{"", "JSON", "something else"}
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
	return "a number"
}

// found names a JSON value as the decoder calls it, without its content.
func found(value string) string {
	kind, _, _ := strings.Cut(value, " ")
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
	return "a number"
}

// maxQuoted is the length of the longest value that a reason repeats, in
// characters.
const maxQuoted = 60

func quoted(text string) string {
	if n := utf8.RuneCountInString(text); n > maxQuoted {
		return fmt.Sprintf("a text of %d characters", n)
	}
	return fmt.Sprintf("the text %q", text)
}

// A reader takes values out of a record and collects what is wrong with them.
type reader struct{ problems []error }

// day reads a civil date; none is the zero Date.
func (r *reader) day(field, text string) portfolio.Date {
	d, err := portfolio.ParseDate(text)
	if err != nil {
		r.problems = append(r.problems, &mismatch{field, "a date such as 2026-03-31", quoted(text)})
	}
	return d
}

// instant reads an instant, in UTC and to the millisecond; none is the zero time.
func (r *reader) instant(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		r.problems = append(r.problems, &mismatch{field, "a time such as 2026-03-31T09:30:00.000Z", quoted(text)})
		return time.Time{}
	}
	return at.UTC().Truncate(time.Millisecond)
}

func (r *reader) err() error { return errors.Join(r.problems...) }

// maxExponent bounds the digits of a number: 1e999999 is no budget.
const maxExponent = 60

// plainNumber writes a JSON number without an exponent.
func plainNumber(text string) (string, bool) {
	d, err := decimal.NewFromString(text)
	if err != nil || d.Exponent() > maxExponent || d.Exponent() < -maxExponent || d.NumDigits() > 2*maxExponent {
		return "", false
	}
	return d.String(), true
}

// gidOf reads the gid of a record that may be unreadable otherwise.
func gidOf(raw json.RawMessage) string {
	var r struct {
		GID json.RawMessage `json:"gid"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return ""
	}
	return strings.Trim(string(r.GID), `"`)
}

// older compares gids, which are numbers of any length: the smaller one was
// made first.
func older(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// truncate cuts a text to n characters.
func truncate(text string, n int) string {
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

// tidy trims a text and leaves out what cannot be stored.
func tidy(text string, n int) string {
	return truncate(strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD")), n)
}
