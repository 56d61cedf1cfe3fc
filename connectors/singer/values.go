package singer

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// The limits of texts, in characters.
const (
	maxName        = 1000
	maxDescription = 4000
	maxFieldText   = 16_000
)

// read runs an expression and turns its value into a T.
func read[T any](r *row, e *expression, convert func(any) (T, error)) (T, error) {
	var none T
	value, err := r.value(e)
	if err != nil || value == nil {
		return none, err
	}
	converted, err := convert(value)
	if err != nil {
		return none, fmt.Errorf("%s (%s): %w", e.setting, e.text, err)
	}
	return converted, nil
}

// text is the value as people would write it. An object has no text: it is
// better to say so than to show its JSON as a name.
func text(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(strings.ToValidUTF8(v, "\uFFFD")), nil
	case json.Number:
		return v.String(), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", errors.New("it is no number")
		}
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case time.Time:
		return v.Format(time.RFC3339), nil
	case []any:
		return "", errors.New("a text was expected, a list was found")
	case map[string]any:
		return "", errors.New("a text was expected, an object was found")
	}
	return "", fmt.Errorf("a text was expected, a %T was found", value)
}

// texts is a list of texts, sorted and each once; one text is a list of one.
func texts(value any) ([]string, error) {
	values, isList := value.([]any)
	if !isList {
		values = []any{value}
	}
	var all []string
	for _, one := range values {
		t, err := text(one)
		if err != nil {
			return nil, err
		}
		if t != "" {
			all = append(all, record.Truncate(t, maxName))
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// truth is true or false; taps write it in several ways. Anything else that is
// there is true, as an archived_at with a time is.
func truth(value any) (bool, error) {
	switch v := value.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "", "false", "no", "0", "f", "n":
			return false, nil
		}
	case int:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case json.Number:
		return strings.Trim(v.String(), "-0.") != "", nil
	}
	return true, nil
}

// day is a civil date. Of an instant it is the day that is written there,
// whatever the zone: a due date must not move by one.
func day(value any) (portfolio.Date, error) {
	switch v := value.(type) {
	case time.Time:
		return portfolio.DateOf(v), nil
	case string:
		t := strings.TrimSpace(v)
		if len(t) > len(time.DateOnly) && (t[len(time.DateOnly)] == 'T' || t[len(time.DateOnly)] == ' ') {
			t = t[:len(time.DateOnly)]
		}
		d, err := portfolio.ParseDate(t)
		if err != nil {
			return d, fmt.Errorf("a day such as 2026-03-01 was expected, %s was found", short(v))
		}
		return d, nil
	}
	return portfolio.Date{}, fmt.Errorf("a day such as 2026-03-01 was expected, %s was found; milliseconds(…) and seconds(…) make one of a number", short(fmt.Sprint(value)))
}

// timeLayouts are the ways in which taps write an instant; without a zone it
// is UTC.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", time.DateOnly}

// instant is in UTC and to the millisecond.
func instant(value any) (time.Time, error) {
	switch v := value.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Millisecond), nil
	case string:
		t := strings.TrimSpace(v)
		if t == "" {
			return time.Time{}, nil
		}
		for _, layout := range timeLayouts {
			if at, err := time.Parse(layout, t); err == nil {
				return at.UTC().Truncate(time.Millisecond), nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("a time such as 2026-03-01T12:00:00Z was expected, %s was found", short(fmt.Sprint(value)))
}

// whole is a whole number.
func whole(value any) (int, error) {
	t, err := text(value)
	if err != nil || t == "" {
		return 0, err
	}
	d, err := decimal.NewFromString(t)
	if err != nil || !d.IsInteger() || d.Abs().GreaterThan(decimal.NewFromInt(math.MaxInt32)) {
		return 0, fmt.Errorf("a whole number was expected, %s was found", short(t))
	}
	return int(d.IntPart()), nil
}

// short names a value in a reason. A longer one is not cut: half a secret would
// not be recognised any more as one that is to be masked.
func short(value string) string {
	if record.Truncate(value, maxQuoted) != value {
		return "a longer text"
	}
	return strconv.Quote(value)
}

// custom is a value of a property that the mapping of fields names.
func custom(value any, p property) (portfolio.Field, bool) {
	switch v := value.(type) {
	case nil:
		return portfolio.Field{}, false
	case bool:
		return portfolio.Field{Type: portfolio.FieldBool, Bool: v}, true
	case json.Number:
		// 1e999999 is no budget.
		if d, err := decimal.NewFromString(v.String()); err == nil && d.Exponent() < 60 && d.Exponent() > -60 && d.NumDigits() < 120 {
			return portfolio.Field{Type: portfolio.FieldNumber, Number: d.String()}, true
		}
		return portfolio.Field{Type: portfolio.FieldText, Text: record.Truncate(v.String(), maxFieldText)}, true
	case string:
		switch p.format() {
		case "date":
			if d, err := day(v); err == nil {
				return portfolio.Field{Type: portfolio.FieldDate, Date: d}, !d.IsZero()
			}
		case "date-time":
			if at, err := instant(v); err == nil {
				return portfolio.Field{Type: portfolio.FieldTime, Time: at}, !at.IsZero()
			}
		}
		t, _ := text(v) // a text always has one
		return portfolio.Field{Type: portfolio.FieldText, Text: record.Truncate(t, maxFieldText)}, t != ""
	case []any:
		var list []string
		for _, one := range v {
			if t := label(one); t != "" {
				list = append(list, record.Truncate(t, maxName))
			}
		}
		return portfolio.Field{Type: portfolio.FieldList, List: list}, len(list) > 0
	}
	t := label(value)
	return portfolio.Field{Type: portfolio.FieldText, Text: record.Truncate(t, maxFieldText)}, t != ""
}

// label is what a person would call a value: of an object its name, or else
// its JSON.
func label(value any) string {
	if t, err := text(value); err == nil {
		return t
	}
	if object, ok := value.(map[string]any); ok {
		for _, name := range []string{"name", "title", "value", "label", "display_name", "email", "id"} {
			if t, err := text(object[name]); err == nil && t != "" {
				return t
			}
		}
	}
	out, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(out)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
