package asana

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

var errNoGID = record.Missing("gid", "the gid of the record")

// A reader takes values out of a record and collects what is wrong with them.
type reader struct{ problems []error }

// day reads a civil date; none is the zero Date.
func (r *reader) day(field string, raw json.RawMessage) portfolio.Date {
	d, err := record.Text(field, raw, "a date such as 2026-03-31", portfolio.ParseDate)
	r.problems = append(r.problems, err)
	return d
}

// instant reads an instant, in UTC and to the millisecond; none is the zero time.
func (r *reader) instant(field string, raw json.RawMessage) time.Time {
	at, err := record.Text(field, raw, "a time such as 2026-03-31T09:30:00.000Z", parseTime)
	r.problems = append(r.problems, err)
	return at
}

func parseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	return at.UTC().Truncate(time.Millisecond), err
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

// tidy trims a text and leaves out what cannot be stored.
func tidy(text string, n int) string {
	return record.Truncate(strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD")), n)
}
