package portfolio

import (
	"fmt"
	"time"
)

// A Date is a civil date without a time or a zone: a milestone due on 1 March
// is due on 1 March everywhere. The zero Date means "no date".
type Date struct {
	n int32 // days since 31 December of the year 0; 0 is no date
}

const (
	dateLayout  = "2006-01-02"
	secondsADay = 24 * 60 * 60
)

var dayZero = time.Date(0, time.December, 31, 0, 0, 0, 0, time.UTC)

// NewDate returns the civil date of year, month and day, normalised as
// time.Date does it.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the civil date that t shows in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return Date{int32((midnight.Unix() - dayZero.Unix()) / secondsADay)}
}

// ParseDate reads YYYY-MM-DD. The empty string is the zero Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	t, err := time.Parse(dateLayout, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%w: %q is not a date of the form YYYY-MM-DD", ErrInvalid, s)
	}
	return DateOf(t), nil
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d.n == 0 }

// Time returns midnight UTC of the date; the zero time for the zero Date.
func (d Date) Time() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Unix(dayZero.Unix()+int64(d.n)*secondsADay, 0).UTC()
}

// AddDays returns the date n days later; the zero Date stays zero.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return Date{d.n + int32(n)}
}

// DaysSince returns the number of days from earlier to d, negative when d
// comes first. Both must be dates.
func (d Date) DaysSince(earlier Date) int { return int(d.n) - int(earlier.n) }

// Before reports whether d comes before other.
func (d Date) Before(other Date) bool { return d.n < other.n }

// After reports whether d comes after other.
func (d Date) After(other Date) bool { return d.n > other.n }

// Compare orders dates; the zero Date comes first.
func (d Date) Compare(other Date) int { return int(d.n) - int(other.n) }

// String returns YYYY-MM-DD, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(dateLayout)
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
