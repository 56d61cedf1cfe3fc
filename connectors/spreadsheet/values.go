package spreadsheet

import (
	"fmt"
	"strings"

	"plumbline/portfolio"
)

// The limits of texts, in characters.
const (
	maxName        = 1000
	maxDescription = 4000
	maxFieldText   = 16_000
)

// dateIn is the date in a cell; the zero date when there is none.
func (t *table) dateIn(r row, c *column) (portfolio.Date, error) {
	value := r.at(c.index)
	fail := func(why string) (portfolio.Date, error) {
		return portfolio.Date{}, fmt.Errorf("%s: %s", t.where(r.number, c), why)
	}
	switch {
	case value.valueless():
		return portfolio.Date{}, nil
	case value.kind == bad:
		return fail(value.text)
	case value.kind == date:
		d, err := portfolio.ParseDate(value.text)
		return d, err
	case value.kind == boolean || value.unit != "":
		return fail(fmt.Sprintf("%q is not a date", value.String()))
	}
	if d := compact(value.text); !d.IsZero() {
		return d, nil
	}
	if isSerial(strings.TrimSuffix(value.text, ".0")) || value.kind == number && isSerial(whole(value.text)) {
		if d, ok := serialDate(float64(number2(whole(value.text))), t.from1904); ok && t.serials {
			return d, nil
		}
	}
	if d := readDate(value.text).under(c.order); !d.IsZero() {
		return d, nil
	}
	if c.told != "" {
		return fail(fmt.Sprintf("%q is not a date with the %s", clipped(value.text), beforeComma(c.told)))
	}
	return fail(fmt.Sprintf("%q is not a date", clipped(value.text)))
}

func whole(number string) string {
	before, _, _ := strings.Cut(number, ".")
	return before
}

func beforeComma(s string) string {
	before, _, _ := strings.Cut(s, ",")
	return before
}

// numberIn is the number in a cell, in plain notation, with the currency where
// the cell tells it; "" when there is none.
func (t *table) numberIn(r row, c *column) (plain, currency string, err error) {
	value := r.at(c.index)
	switch {
	case value.valueless():
		return "", "", nil
	case value.kind == bad:
		return "", "", fmt.Errorf("%s: %s", t.where(r.number, c), value.text)
	case value.kind == number:
		plain, currency = value.text, value.unit
	case value.kind == text:
		a := readNumber(value.text)
		plain, currency = a.by[c.point], a.unit
	}
	if plain == "" {
		return "", "", fmt.Errorf("%s: %q is not a number", t.where(r.number, c), clipped(value.String()))
	}
	if !isoCurrency.MatchString(currency) { // per cent, or a sign that leaves it to the mapping
		currency = ""
	}
	return plain, currency, nil
}

// field is the cell as a field of its own, typed as its column is. A value
// that does not fit stays the text it is, unless the column is strict.
func (t *table) field(r row, c *column, person func(string) string) (portfolio.Field, bool, error) {
	value := r.at(c.index)
	f := portfolio.Field{ID: c.field, Name: c.name}
	if value.kind == blank || value.valueless() && c.typ != asText {
		return f, false, nil
	}
	verbatim := func() (portfolio.Field, bool, error) {
		f.Type, f.Text = portfolio.FieldText, truncate(valid(value.String()), maxFieldText)
		return f, f.Text != "", nil
	}
	if value.kind == bad && !c.strict {
		return f, false, nil // check counts them
	}
	switch c.typ {
	case asDate:
		d, err := t.dateIn(r, c)
		if err != nil {
			if c.strict {
				return f, false, err
			}
			return verbatim()
		}
		f.Type, f.Date = portfolio.FieldDate, d
		return f, !d.IsZero(), nil
	case asNumber:
		plain, currency, err := t.numberIn(r, c)
		if err != nil {
			if c.strict {
				return f, false, err
			}
			return verbatim()
		}
		if currency != "" { // an amount says itself what it is in
			f.Type, f.Text = portfolio.FieldText, plain+" "+currency
			return f, true, nil
		}
		f.Type, f.Number = portfolio.FieldNumber, plain
		return f, plain != "", nil
	case asBoolean:
		if value.kind == boolean {
			f.Type, f.Bool = portfolio.FieldBool, value.text == "true"
			return f, true, nil
		}
	case asList:
		f.Type, f.List = portfolio.FieldList, listed(value.String())
		return f, len(f.List) > 0, nil
	case asPerson:
		f.Type, f.Text = portfolio.FieldUser, person(value.String())
		return f, f.Text != "", nil
	}
	return verbatim()
}

// listed cuts a text into the items of a list: at semicolons or line breaks,
// or else at commas.
func listed(s string) (items []string) {
	cut := func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }
	if !strings.ContainsAny(s, ";\n") {
		cut = func(r rune) bool { return r == ',' }
	}
	for _, item := range strings.FieldsFunc(s, cut) {
		if item = truncate(oneSpaced(item), maxName); item != "" {
			items = append(items, valid(item))
		}
	}
	return items
}

// valid is a text that can be stored.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// categories are the words of statuses whose sense is beyond doubt. Another
// one stays what it is, without a category.
var categories = func() map[string]portfolio.StatusCategory {
	all := map[string]portfolio.StatusCategory{}
	for category, words := range map[portfolio.StatusCategory]string{
		portfolio.StatusTodo:       "to do|todo|not started|planned|proposed|new|open|backlog|pending|requested|draft|offen|geplant|nicht begonnen|neu|vorgeschlagen",
		portfolio.StatusInProgress: "in progress|active|started|ongoing|running|execution|executing|in execution|in work|open in progress|in arbeit|laufend|läuft|aktiv|begonnen|in bearbeitung",
		portfolio.StatusDone:       "done|complete|completed|closed|finished|delivered|achieved|reached|met|erledigt|abgeschlossen|fertig|beendet|erreicht",
		portfolio.StatusCancelled:  "cancelled|canceled|rejected|terminated|stopped|abandoned|withdrawn|abgebrochen|abgelehnt|storniert|gestoppt",
	} {
		for _, word := range strings.Split(words, "|") {
			all[word] = category
		}
	}
	return all
}()
