package portfolio

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// A Span is one period of the calendar: a day, an ISO week, a month, a quarter
// or a year. The zero Span is none.
type Span struct {
	Period Period
	First  Date
	Last   Date
}

// periods are the lengths of a period, the shortest first.
var periods = []Period{PeriodDay, PeriodWeek, PeriodMonth, PeriodQuarter, PeriodYear}

// months is how many months a period has; 0 for a day and a week.
func (p Period) months() int {
	switch p {
	case PeriodMonth:
		return 1
	case PeriodQuarter:
		return 3
	case PeriodYear:
		return 12
	}
	return 0
}

var spanPattern = regexp.MustCompile(`^(\d{4})(?:-(?:Q([1-4])|W(\d{2})|(\d{2})(?:-\d{2})?))?$`)

// ParseSpan reads a period as people write it: 2026, 2026-Q1, 2026-03,
// 2026-W07 or 2026-03-15. Every period has exactly one text.
func ParseSpan(s string) (Span, error) {
	wrong := func() (Span, error) {
		return Span{}, fmt.Errorf("%w: %q is not a period: write a year (2026), a quarter (2026-Q1), a month (2026-03), an ISO week (2026-W07) or a day (2026-03-15)", ErrInvalid, s)
	}
	m := spanPattern.FindStringSubmatch(s)
	if m == nil || m[1] == "0000" {
		return wrong()
	}
	number := func(i int) int { n, _ := strconv.Atoi(m[i]); return n } // digits, or nothing for 0
	year := number(1)
	var span Span
	switch {
	case m[2] != "":
		span = SpanOf(PeriodQuarter, NewDate(year, time.Month(3*number(2)-2), 1))
	case m[3] != "":
		// 4 January lies in the first week of every year.
		span = SpanOf(PeriodWeek, NewDate(year, time.January, 4).AddDays(7*(number(3)-1)))
	case len(s) == len(dateLayout):
		d, err := ParseDate(s)
		if err != nil {
			return wrong()
		}
		span = SpanOf(PeriodDay, d)
	case m[4] != "":
		span = SpanOf(PeriodMonth, NewDate(year, time.Month(number(4)), 1))
	default:
		span = SpanOf(PeriodYear, NewDate(year, time.January, 1))
	}
	if span.String() != s { // a thirteenth month, a week that the year does not have
		return wrong()
	}
	return span, nil
}

// SpanOf returns the period of a length in which a day lies; the zero Span for
// no day.
func SpanOf(p Period, d Date) Span {
	if d.IsZero() {
		return Span{}
	}
	switch p {
	case PeriodDay:
		return Span{p, d, d}
	case PeriodWeek:
		monday := d.AddDays(-(int(d.Time().Weekday()) + 6) % 7)
		return Span{p, monday, monday.AddDays(6)}
	case PeriodMonth, PeriodQuarter, PeriodYear:
		first := d.periodStart(p.months())
		return Span{p, first, first.AddMonths(p.months()).AddDays(-1)}
	}
	return Span{}
}

// IsZero reports whether s is no period.
func (s Span) IsZero() bool { return s.First.IsZero() }

// closed reports whether the period is over; nothing is before there is a day.
func (s Span) closed(today Date) bool { return !today.IsZero() && s.Last.Before(today) }

// Next returns the period that follows.
func (s Span) Next() Span { return SpanOf(s.Period, s.Last.AddDays(1)) }

// Previous returns the period before.
func (s Span) Previous() Span { return SpanOf(s.Period, s.First.AddDays(-1)) }

// Within returns the longer period to which the span belongs, and false when
// its own is not shorter. A week belongs where its Thursday lies, as ISO 8601
// counts weeks of a year.
func (s Span) Within(p Period) (Span, bool) {
	if !p.longerThan(s.Period) {
		return Span{}, false
	}
	if s.Period == PeriodWeek {
		return SpanOf(p, s.First.AddDays(3)), true
	}
	return SpanOf(p, s.First), true
}

// longerThan reports whether periods of the length are made of the other ones.
func (p Period) longerThan(other Period) bool {
	return p.rank() > other.rank() && other.rank() >= 0
}

func (p Period) rank() int {
	for i := range periods {
		if periods[i] == p {
			return i
		}
	}
	return -1
}

// count is how many periods of a shorter length belong to the span.
func (s Span) count(shorter Period) int {
	n := 0
	for part := SpanOf(shorter, s.First); !part.First.After(s.Last); part = part.Next() {
		if whole, ok := part.Within(s.Period); ok && whole == s {
			n++
		}
	}
	return n
}

// String returns the text that ParseSpan reads.
func (s Span) String() string {
	if s.IsZero() {
		return ""
	}
	t := s.First.Time()
	switch s.Period {
	case PeriodWeek:
		year, week := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case PeriodMonth:
		return t.Format("2006-01")
	case PeriodQuarter:
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
	case PeriodYear:
		return t.Format("2006")
	}
	return s.First.String()
}
