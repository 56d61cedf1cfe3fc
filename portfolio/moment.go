package portfolio

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A When is a civil date, or a duration relative to today, as a filter names
// it: 2026-03-01, -P30D, P2W.
type When struct {
	date Date
	rel  *duration
}

// A Moment is an instant, a date (its beginning in UTC), or a duration
// relative to the beginning of today in UTC.
type Moment struct {
	When
	instant time.Time
}

// A duration is an ISO 8601 duration of whole days and more.
type duration struct {
	text         string
	months, days int
}

var durationPattern = regexp.MustCompile(`^([+-])?P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$`)

// ParseWhen reads a date or a duration.
func ParseWhen(s string) (When, error) {
	if strings.Contains(s, "P") {
		rel, err := parseDuration(s)
		return When{rel: rel}, err
	}
	d, err := ParseDate(s)
	if err != nil || d.IsZero() {
		return When{}, fmt.Errorf("%w: %q is neither a date (2026-03-01) nor a duration relative to today (-P30D)", ErrInvalid, s)
	}
	return When{date: d}, nil
}

// ParseMoment reads an instant, a date or a duration.
func ParseMoment(s string) (Moment, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return Moment{instant: t.UTC()}, nil
	}
	w, err := ParseWhen(s)
	if err != nil {
		return Moment{}, fmt.Errorf("%w: %q is neither an instant (2026-03-01T12:00:00Z), a date, nor a duration relative to today (-P30D)", ErrInvalid, s)
	}
	return Moment{When: w}, nil
}

func parseDuration(s string) (*duration, error) {
	m := durationPattern.FindStringSubmatch(s)
	if m == nil || strings.HasSuffix(s, "P") {
		return nil, fmt.Errorf("%w: %q is not a duration of years, months, weeks and days such as -P30D or P1Y6M", ErrInvalid, s)
	}
	n := make([]int, len(m))
	for i := 2; i < len(m); i++ {
		n[i], _ = strconv.Atoi(m[i]) // digits, or nothing for 0
	}
	rel := &duration{text: s, months: 12*n[2] + n[3], days: 7*n[4] + n[5]}
	if m[1] == "-" {
		rel.months, rel.days = -rel.months, -rel.days
	}
	return rel, nil
}

// On returns the date that is meant when it is asked today.
func (w When) On(today Date) Date {
	if w.rel == nil {
		return w.date
	}
	return today.AddMonths(w.rel.months).AddDays(w.rel.days)
}

// At returns the instant that is meant when it is asked today.
func (m Moment) At(today Date) time.Time {
	if !m.instant.IsZero() {
		return m.instant
	}
	return m.On(today).Time()
}

// String returns what was read.
func (w When) String() string {
	if w.rel != nil {
		return w.rel.text
	}
	return w.date.String()
}

// String returns what was read, instants in UTC.
func (m Moment) String() string {
	if !m.instant.IsZero() {
		return m.instant.Format(time.RFC3339Nano)
	}
	return m.When.String()
}

// MarshalText implements encoding.TextMarshaler.
func (w When) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// MarshalText implements encoding.TextMarshaler.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// AddMonths returns the date n months later: the same day of that month, or
// its last one when it is shorter.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() || n == 0 {
		return d
	}
	t := d.Time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return NewDate(first.Year(), first.Month(), min(t.Day(), last))
}
