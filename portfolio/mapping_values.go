package portfolio

import (
	"strings"

	"github.com/shopspring/decimal"
)

// translated replaces the texts of a value by those of a value mapping.
func translated(f Field, values map[string]string) Field {
	if f.Type == FieldList {
		list := make([]string, len(f.List))
		for i, text := range f.List {
			list[i] = text
			if to, ok := values[strings.ToLower(text)]; ok {
				list[i] = to
			}
		}
		f.List = list
		return f
	}
	if to, ok := values[strings.ToLower(textOf(f))]; ok {
		return Field{ID: f.ID, Name: f.Name, Type: FieldText, Text: to}
	}
	return f
}

func textOf(f Field) string {
	switch f.Type {
	case FieldNumber:
		return f.Number
	case FieldDate:
		return f.Date.String()
	case FieldTime:
		if f.Time.UTC().Year() > lastYear {
			return ""
		}
		return f.Time.UTC().Format("2006-01-02T15:04:05Z")
	case FieldBool:
		if f.Bool {
			return "true"
		}
		return "false"
	case FieldList:
		return strings.Join(f.List, ", ")
	}
	return strings.TrimSpace(f.Text)
}

// dateOf reads a date; text counts when it begins like an ISO date.
func dateOf(p *plan, f Field) Date {
	switch f.Type {
	case FieldDate:
		return f.Date
	case FieldTime:
		return p.day(f.Time)
	case FieldText:
		text := strings.TrimSpace(f.Text)
		if len(text) > len(dateLayout) {
			text = text[:len(dateLayout)]
		}
		if d, err := ParseDate(text); err == nil {
			return d
		}
	}
	return Date{}
}

func listOf(f Field) []string {
	if f.Type == FieldList {
		return filled(f.List)
	}
	if text := textOf(f); text != "" {
		return []string{text}
	}
	return nil
}

// moneyOf reads an amount, which as text may be followed by its currency, as
// in "1200.50 EUR"; what is not a number is no budget.
func moneyOf(f Field, currency string) *Money {
	text, own, found := strings.Cut(textOf(f), " ")
	if found {
		currency = strings.TrimSpace(own)
	}
	amount, err := decimal.NewFromString(text)
	if err != nil {
		return nil
	}
	return &Money{Amount: amount, Currency: currency}
}

// decimalOf reads an exact number; nil when it is none.
func decimalOf(f Field) *decimal.Decimal {
	d, err := decimal.NewFromString(textOf(f))
	if err != nil {
		return nil
	}
	return &d
}

func decimalText(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func personOf(connection string, f Field) person {
	if f.Type == FieldUser {
		return person{id: f.Text}
	}
	if word := strings.ToLower(textOf(f)); word != "" {
		return person{word: word, connection: connection}
	}
	return person{}
}
