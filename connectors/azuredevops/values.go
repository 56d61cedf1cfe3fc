package azuredevops

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// parseTime reads an instant, in UTC and to the millisecond. The empty text is
// the zero time.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, errors.New("not a time") // whoever tells of it repeats the text, or hides it
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

// identity is a person as a field names them.
type identity struct {
	ID       string `json:"id"`
	Name     string `json:"displayName"`
	Unique   string `json:"uniqueName"`
	Inactive bool   `json:"inactive"`
}

// decodeIdentity reads a person; older servers give a text, as in
// Jamal Hartnett <jamal@example.com>. Nobody is nil.
func decodeIdentity(name string, raw json.RawMessage) (*identity, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if text = strings.TrimSpace(text); text == "" {
			return nil, nil
		}
		shown, unique, _ := strings.Cut(strings.TrimSuffix(text, ">"), "<")
		return &identity{Name: strings.TrimSpace(shown), Unique: strings.TrimSpace(unique)}, nil
	}
	var who identity
	if err := record.Field(name, raw, &who); err != nil {
		return nil, err
	}
	return &who, nil
}

// user returns the document id of a person and adds the person to the facts.
func (v conversion) user(who *identity, facts *[]portfolio.ToolFact) string {
	if who == nil {
		return ""
	}
	id := strings.ToLower(firstOf(who.ID, who.Unique, who.Name))
	if id == "" {
		return ""
	}
	p := &portfolio.PersonFact{
		Source:   portfolio.Source{Connection: v.connection, Kind: kindUser, ID: id},
		Name:     record.Truncate(firstOf(who.Name, who.Unique, id), maxName),
		Inactive: who.Inactive,
	}
	if strings.Contains(who.Unique, "@") { // on a server it may be DOMAIN\user
		p.Email = who.Unique
	}
	*facts = append(*facts, p)
	return p.DocID()
}

// customFields are the requested fields of a work item, typed. A value of a
// shape that is not known is kept as its JSON: it never costs the record.
func (v conversion) customFields(values map[string]json.RawMessage, facts *[]portfolio.ToolFact) []portfolio.Field {
	var out []portfolio.Field
	for _, f := range v.fields {
		raw := bytes.TrimSpace(values[f.Ref])
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		if value, ok := v.value(f, raw, facts); ok {
			value.ID, value.Name = f.Ref, f.Name
			out = append(out, value)
		}
	}
	return out
}

func (v conversion) value(f field, raw json.RawMessage, facts *[]portfolio.ToolFact) (portfolio.Field, bool) {
	switch raw[0] {
	case '{':
		if who, err := decodeIdentity(f.Ref, raw); err == nil {
			if id := v.user(who, facts); id != "" {
				return portfolio.Field{Type: portfolio.FieldUser, Text: id}, true
			}
		}
	case 't', 'f':
		return portfolio.Field{Type: portfolio.FieldBool, Bool: raw[0] == 't'}, true
	case '"':
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return v.typed(f, text, facts)
		}
	default:
		if n, ok := plainNumber(string(raw)); ok {
			return portfolio.Field{Type: portfolio.FieldNumber, Number: n}, true
		}
	}
	return portfolio.Field{Type: portfolio.FieldText, Text: record.Truncate(strings.ToValidUTF8(string(raw), "\uFFFD"), maxFieldText)}, true
}

// typed reads a text by the type of its field.
func (v conversion) typed(f field, text string, facts *[]portfolio.ToolFact) (portfolio.Field, bool) {
	switch {
	case f.Ref == fieldTags:
		list := tags(text)
		return portfolio.Field{Type: portfolio.FieldList, List: list}, len(list) > 0
	case f.Identity:
		if who, err := decodeIdentity(f.Ref, json.RawMessage(quote(text))); err == nil {
			id := v.user(who, facts)
			return portfolio.Field{Type: portfolio.FieldUser, Text: id}, id != ""
		}
	case f.Type == "html":
		text = htmlText(text)
	case f.Type == "dateTime":
		at, err := parseTime(text)
		switch {
		case err != nil:
		case midnight(at) || midnight(at.In(v.zone)):
			return portfolio.Field{Type: portfolio.FieldDate, Date: v.day(at)}, !at.IsZero()
		default:
			return portfolio.Field{Type: portfolio.FieldTime, Time: at}, true
		}
	}
	text = record.Truncate(strings.TrimSpace(text), maxFieldText)
	return portfolio.Field{Type: portfolio.FieldText, Text: text}, text != ""
}

func quote(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(raw)
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
