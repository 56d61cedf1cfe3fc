package jira

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// timeLayouts are the ways in which Jira writes an instant.
var timeLayouts = []string{"2006-01-02T15:04:05.999999999-0700", time.RFC3339Nano, "2006-01-02T15:04-0700", "2006-01-02T15:04Z07:00"}

// parseTime reads an instant, in UTC and to the millisecond. The empty text is
// the zero time.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is not a time", record.Quoted(text))
}

// changeTime reads when a change was made: in text, in milliseconds, or in
// seconds, as Jira's endpoints differ.
func changeTime(raw json.RawMessage) (time.Time, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return parseTime(text)
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	if n < 100_000_000_000 { // before 1973 in milliseconds, so these are seconds
		return time.Unix(n, 0).UTC(), nil
	}
	return time.UnixMilli(n).UTC(), nil
}

// parseDay reads a civil date. Where Jira writes an instant, the date is the
// one that is written there, whatever the zone.
func parseDay(text string) (portfolio.Date, error) {
	if len(text) > len(time.DateOnly) && (text[len(time.DateOnly)] == 'T' || text[len(time.DateOnly)] == ' ') {
		text = text[:len(time.DateOnly)]
	}
	return portfolio.ParseDate(text)
}

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

// customFields are the requested fields of an issue, typed. A value of a shape
// that is not known is kept as its JSON: it never costs the record.
func (v conversion) customFields(values map[string]json.RawMessage, facts *[]portfolio.ToolFact) []portfolio.Field {
	var out []portfolio.Field
	for _, f := range v.fields {
		raw := bytes.TrimSpace(values[f.ID])
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		if value, ok := v.value(f, raw, facts); ok {
			value.ID, value.Name = f.ID, f.Name
			out = append(out, value)
		}
	}
	return out
}

func (v conversion) value(f field, raw json.RawMessage, facts *[]portfolio.ToolFact) (portfolio.Field, bool) {
	switch raw[0] {
	case '[':
		var elements []json.RawMessage
		if json.Unmarshal(raw, &elements) != nil {
			return verbatim(raw)
		}
		var list []string
		for _, e := range elements {
			if t := label(e); t != "" {
				list = append(list, record.Truncate(t, maxName))
			}
		}
		return portfolio.Field{Type: portfolio.FieldList, List: list}, len(list) > 0
	case '{':
		if f.Schema.Type == "user" {
			var u userRecord
			if json.Unmarshal(raw, &u) == nil && u.id() != "" {
				return portfolio.Field{Type: portfolio.FieldUser, Text: v.user(&u, facts)}, true
			}
		}
		t := label(raw)
		return portfolio.Field{Type: portfolio.FieldText, Text: record.Truncate(t, maxFieldText)}, t != ""
	case 't', 'f':
		return portfolio.Field{Type: portfolio.FieldBool, Bool: raw[0] == 't'}, true
	case '"':
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return verbatim(raw)
		}
		return typedText(f, text)
	}
	if n, ok := plainNumber(string(raw)); ok {
		return portfolio.Field{Type: portfolio.FieldNumber, Number: n}, true
	}
	return verbatim(raw)
}

func typedText(f field, text string) (portfolio.Field, bool) {
	switch f.Schema.Type {
	case "date":
		if d, err := parseDay(text); err == nil {
			return portfolio.Field{Type: portfolio.FieldDate, Date: d}, !d.IsZero()
		}
	case "datetime":
		if at, err := parseTime(text); err == nil {
			return portfolio.Field{Type: portfolio.FieldTime, Time: at}, !at.IsZero()
		}
	case "number":
		if n, ok := plainNumber(text); ok {
			return portfolio.Field{Type: portfolio.FieldNumber, Number: n}, true
		}
	}
	text = record.Truncate(strings.TrimSpace(text), maxFieldText)
	return portfolio.Field{Type: portfolio.FieldText, Text: text}, text != ""
}

func verbatim(raw json.RawMessage) (portfolio.Field, bool) {
	return portfolio.Field{Type: portfolio.FieldText, Text: record.Truncate(valid(raw), maxFieldText)}, true
}

// valid is a text that can be stored.
func valid(raw []byte) string { return strings.ToValidUTF8(string(raw), "\uFFFD") }

// label is what a person would call a value: an option, a user, a version, a
// cascading choice, a document.
func label(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.TrimSpace(text)
	}
	var object struct {
		Type        string          `json:"type"`
		Value       json.RawMessage `json:"value"`
		Child       json.RawMessage `json:"child"`
		DisplayName string          `json:"displayName"`
		Name        string          `json:"name"`
		Key         string          `json:"key"`
	}
	if json.Unmarshal(raw, &object) != nil {
		return valid(raw)
	}
	if object.Type == "doc" {
		return richText(raw)
	}
	t := ""
	if len(object.Value) > 0 && string(object.Value) != "null" {
		t = label(object.Value)
	}
	if t = firstOf(t, object.DisplayName, object.Name, object.Key); t == "" {
		return valid(raw)
	}
	if len(object.Child) > 0 && string(object.Child) != "null" {
		t += " / " + label(object.Child)
	}
	return t
}

func pathEscape(part string) string { return url.PathEscape(part) }

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// numeric turns Jira's ids, which are numbers in text, into numbers; a record
// of another tool never gets here, so what is no number sorts first.
func numeric(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
