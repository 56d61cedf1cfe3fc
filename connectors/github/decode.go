package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"plumbline/portfolio"
)

// A mismatch is why a record cannot be read, in words for whoever looks after
// the tool: nothing in it is of Go.
type mismatch struct {
	field           string // empty is the record itself
	expected, found string
}

func (m *mismatch) Error() string {
	where := "the record"
	if m.field != "" {
		where = "field " + m.field
	}
	return fmt.Sprintf("%s: %s was expected, %s was found", where, m.expected, m.found)
}

var errNoID = &mismatch{"id", "the id of the record", "nothing"}

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
	return "a whole number"
}

// found names a JSON value as the decoder calls it.
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

// maxQuoted is the length of the longest value that a reason repeats.
const maxQuoted = 60

func quoted(text string) string {
	if len(text) > maxQuoted {
		return fmt.Sprintf("a text of %d bytes", len(text))
	}
	return fmt.Sprintf("the text %q", text)
}

// instants decodes times one by one and keeps the first that is none.
type instants struct{ err error }

func (i *instants) read(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil && i.err == nil {
		i.err = &mismatch{field, "a time such as 2026-03-31T09:30:00Z", quoted(text)}
	}
	return at.UTC().Truncate(time.Millisecond)
}

func (i *instants) day(field, text string) portfolio.Date {
	if text == "" {
		return portfolio.Date{}
	}
	d, err := portfolio.ParseDate(text)
	if err != nil && i.err == nil {
		i.err = &mismatch{field, "a date such as 2026-03-31", quoted(text)}
	}
	return d
}

// dayOf is the civil date of an instant, in UTC.
func dayOf(at time.Time) portfolio.Date {
	if at.IsZero() {
		return portfolio.Date{}
	}
	return portfolio.DateOf(at.UTC())
}

// due reads a milestone's due_on. People choose a day; GitHub keeps midnight
// of that day on the Pacific coast, which is 7 or 8 o'clock UTC of the same
// day. So the date is the one that is written, whatever the zone of the reader.
func (i *instants) due(field, text string) portfolio.Date { return dayOf(i.read(field, text)) }

// idOf reads the id of a record that may be unreadable otherwise.
func idOf(raw json.RawMessage) string {
	var r struct {
		ID     json.RawMessage `json:"id"`
		FullID json.RawMessage `json:"fullDatabaseId"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return ""
	}
	for _, id := range []json.RawMessage{r.FullID, r.ID} {
		if text := strings.Trim(string(id), `"`); text != "" && text != "null" && !strings.ContainsAny(text, "{[ ") {
			return text
		}
	}
	return ""
}

// updatedOf reads the time of a record's change; zero when it has none.
func updatedOf(raw json.RawMessage) time.Time {
	var r struct {
		Updated string `json:"updated_at"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, r.Updated)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func parseQuery(query string) url.Values {
	values, err := url.ParseQuery(query)
	if err != nil {
		return url.Values{}
	}
	return values
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// truncate cuts a text to n characters and leaves what can be stored.
func truncate(text string, n int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
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
