package redmine

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// prefix makes ids of custom fields those by which Redmine's own searches name
// them, as in cf_3.
const prefix = "cf_"

// asksFor tells whether the mapping names a field, by id or by name.
func (s *session) asksFor(id, name string) bool {
	return slices.ContainsFunc(s.asked, func(a string) bool { return a == id || strings.EqualFold(a, name) })
}

// customFields are the fields that the mapping names, typed as far as we may
// know. A value of a shape that is not known is kept as its JSON: it never costs
// the record.
func (v conversion) customFields(list []json.RawMessage, facts *[]portfolio.ToolFact) []portfolio.Field {
	var out []portfolio.Field
	for _, raw := range list {
		var f struct {
			ID    int64           `json:"id"`
			Name  string          `json:"name"`
			Value json.RawMessage `json:"value"`
		}
		if json.Unmarshal(raw, &f) != nil || f.ID == 0 || !v.asksFor(prefix+strconv.FormatInt(f.ID, 10), f.Name) {
			continue
		}
		if value, ok := v.value(v.fields[f.ID], bytes.TrimSpace(f.Value), facts); ok {
			value.ID, value.Name = prefix+strconv.FormatInt(f.ID, 10), f.Name
			out = append(out, value)
		}
	}
	return sortFields(out)
}

func sortFields(list []portfolio.Field) []portfolio.Field {
	slices.SortFunc(list, func(a, b portfolio.Field) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// value types a value by the format of its field.
func (v conversion) value(format string, raw json.RawMessage, facts *[]portfolio.ToolFact) (portfolio.Field, bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return portfolio.Field{}, false
	}
	if raw[0] == '[' {
		var list []string
		if json.Unmarshal(raw, &list) == nil {
			list = slices.DeleteFunc(list, func(t string) bool { return t == "" })
			for i := range list {
				list[i] = clean(list[i], maxName)
			}
			return portfolio.Field{Type: portfolio.FieldList, List: list}, len(list) > 0
		}
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	text = clean(text, maxFieldText)
	switch format {
	case "date":
		if d, err := portfolio.ParseDate(text); err == nil {
			return portfolio.Field{Type: portfolio.FieldDate, Date: d}, !d.IsZero()
		}
	case "int", "float", "progressbar":
		if n, ok := number(text); ok {
			return portfolio.Field{Type: portfolio.FieldNumber, Number: n}, true
		}
	case "bool":
		if text == "0" || text == "1" {
			return portfolio.Field{Type: portfolio.FieldBool, Bool: text == "1"}, true
		}
	case "user":
		if id := numeric(text); id > 0 {
			return portfolio.Field{Type: portfolio.FieldUser, Text: v.user(&ref{ID: id}, facts)}, true
		}
	}
	return portfolio.Field{Type: portfolio.FieldText, Text: text}, text != ""
}

// maxExponent bounds the digits of a number: 1e999999 is no budget.
const maxExponent = 60

// number writes a number without an exponent.
func number(text string) (string, bool) {
	d, err := decimal.NewFromString(text)
	if err != nil || d.Exponent() > maxExponent || d.Exponent() < -maxExponent || d.NumDigits() > 2*maxExponent {
		return "", false
	}
	return d.String(), true
}

// nativeFields are an issue's own attributes that no fact has a place for, if
// the mapping names them.
func (v conversion) nativeFields(r issueRecord) []portfolio.Field {
	var out []portfolio.Field
	add := func(id, name string, f portfolio.Field, ok bool) {
		if ok && v.asksFor(id, name) {
			f.ID, f.Name = id, name
			out = append(out, f)
		}
	}
	for _, text := range []struct {
		id, name string
		ref      *ref
	}{{"priority", "Priority", r.Priority}, {"category", "Category", r.Category}} {
		if text.ref != nil && text.ref.Name != "" {
			add(text.id, text.name, portfolio.Field{Type: portfolio.FieldText, Text: clean(text.ref.Name, maxName)}, true)
		}
	}
	for _, n := range []struct {
		id, name string
		raw      json.RawMessage
	}{{"done_ratio", "% Done", r.Done}, {"estimated_hours", "Estimated time", r.Estimated}} {
		value, ok := number(string(n.raw))
		add(n.id, n.name, portfolio.Field{Type: portfolio.FieldNumber, Number: value}, ok)
	}
	return out
}
