package asana

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// customField is a custom field of a record with its value. What has no value
// is null. The value of a type that is not known is shown by its display.
type customField struct {
	GID     string          `json:"gid"`
	Name    string          `json:"name"`
	Type    string          `json:"type"`
	Text    json.RawMessage `json:"text_value"`
	Number  json.RawMessage `json:"number_value"`
	Enum    json.RawMessage `json:"enum_value"`
	Enums   json.RawMessage `json:"multi_enum_values"`
	Date    json.RawMessage `json:"date_value"`
	People  json.RawMessage `json:"people_value"`
	Display json.RawMessage `json:"display_value"`
}

// custom are the custom fields that the mapping names, typed. A value of a
// shape that is not known never costs the record.
func (v *conversion) custom(list []customField, facts *[]portfolio.ToolFact) []portfolio.Field {
	var out []portfolio.Field
	for _, f := range list {
		if f.GID == "" || !v.keeps(f.GID, f.Name) {
			continue
		}
		if value, ok := v.value(f, facts); ok {
			value.ID, value.Name = f.GID, f.Name
			out = append(out, value)
		}
	}
	return sortFields(out)
}

func (v *conversion) value(f customField, facts *[]portfolio.ToolFact) (portfolio.Field, bool) {
	switch f.Type {
	case "number":
		if n, ok := plainNumber(string(bytes.TrimSpace(f.Number))); ok {
			return portfolio.Field{Type: portfolio.FieldNumber, Number: n}, true
		}
	case "date":
		if out, ok := dateField(f.Date); ok {
			return out, true
		}
	case "people":
		if out, ok := v.people(f.People, facts); ok {
			return out, true
		}
	case "multi_enum":
		var options []named
		if json.Unmarshal(f.Enums, &options) == nil {
			if list := names(options); len(list) > 0 {
				return portfolio.Field{Type: portfolio.FieldList, List: list}, true
			}
		}
	case "enum":
		var option *named
		if json.Unmarshal(f.Enum, &option) == nil && option != nil {
			return textField(option.Name)
		}
	case "text":
		var text string
		if json.Unmarshal(f.Text, &text) == nil {
			return textField(text)
		}
	}
	// A formula, an id, a reference, what Asana learns to hold later, or the
	// people of a project, of whom it tells no more than the names.
	var text string
	if json.Unmarshal(f.Display, &text) != nil {
		return portfolio.Field{}, false
	}
	return textField(text)
}

func textField(text string) (portfolio.Field, bool) {
	text = tidy(text, maxFieldText)
	return portfolio.Field{Type: portfolio.FieldText, Text: text}, text != ""
}

// dateField reads a date, which may have a time of day.
func dateField(raw json.RawMessage) (portfolio.Field, bool) {
	var value *struct {
		Date     json.RawMessage `json:"date"`
		DateTime json.RawMessage `json:"date_time"`
	}
	if json.Unmarshal(raw, &value) != nil || value == nil {
		return portfolio.Field{}, false
	}
	var r reader
	out := portfolio.Field{Type: portfolio.FieldDate, Date: r.day("date", value.Date)}
	if at := r.instant("date_time", value.DateTime); !at.IsZero() {
		out = portfolio.Field{Type: portfolio.FieldTime, Time: at}
	}
	return out, r.err() == nil && (!out.Date.IsZero() || !out.Time.IsZero())
}

// people reads a field of people: one is a person, several are a list of names.
func (v *conversion) people(raw json.RawMessage, facts *[]portfolio.ToolFact) (portfolio.Field, bool) {
	var list []named
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return portfolio.Field{}, false
	}
	if len(list) == 1 {
		if id := v.user(&list[0], facts); id != "" {
			return portfolio.Field{Type: portfolio.FieldUser, Text: id}, true
		}
	}
	all := names(list)
	return portfolio.Field{Type: portfolio.FieldList, List: all}, len(all) > 0
}

// fits tells whether the field is the one that a rule names, with its value.
func (f customField) fits(r rule) bool {
	if f.GID != r.field && folded(f.Name) != r.field {
		return false
	}
	var none []portfolio.ToolFact
	value, ok := new(conversion).value(f, &none)
	if !ok || r.value == "" {
		return ok
	}
	if value.Type == portfolio.FieldList {
		return slices.ContainsFunc(value.List, func(one string) bool { return folded(one) == r.value })
	}
	var display string
	_ = json.Unmarshal(f.Display, &display) // none is an empty text
	return folded(value.Text) == r.value || strings.EqualFold(value.Number, r.value) || folded(display) == r.value
}
