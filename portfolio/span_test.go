package portfolio

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPeriodsAreReadAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		text        string
		period      Period
		first, last string
	}{
		{"2026", PeriodYear, "2026-01-01", "2026-12-31"},
		{"2026-Q1", PeriodQuarter, "2026-01-01", "2026-03-31"},
		{"2026-Q4", PeriodQuarter, "2026-10-01", "2026-12-31"},
		{"2024-02", PeriodMonth, "2024-02-01", "2024-02-29"},
		{"2100-02", PeriodMonth, "2100-02-01", "2100-02-28"},
		{"2026-W07", PeriodWeek, "2026-02-09", "2026-02-15"},
		{"2026-W01", PeriodWeek, "2025-12-29", "2026-01-04"},
		{"2026-W53", PeriodWeek, "2026-12-28", "2027-01-03"},
		{"2024-02-29", PeriodDay, "2024-02-29", "2024-02-29"},
	} {
		s, err := ParseSpan(c.text)
		if err != nil {
			t.Error(err)
			continue
		}
		if want := (Span{c.period, day(t, c.first), day(t, c.last)}); s != want || s.String() != c.text {
			t.Errorf("%s = %v, want %v", c.text, s, want)
		}
	}
	for _, wrong := range []string{
		"", "26", "0000", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-W00", "2025-W53", "2026-W54", "2026-W7",
		"2026-3", "2025-02-29", "2026-03-32", "2026-q1", " 2026", "2026-03-15T00:00:00Z", "March 2026",
	} {
		if s, err := ParseSpan(wrong); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q was read as %v, %v", wrong, s, err)
		}
	}
}

func TestPeriodsTileTheCalendar(t *testing.T) {
	checkProperty(t, 400, func(t *rapid.T) {
		d := NewDate(1900, time.January, 1).AddDays(rapid.IntRange(0, 365*300).Draw(t, "day"))
		p := pick(t, "period", periods)
		s := SpanOf(p, d)
		if s.First.After(d) || s.Last.Before(d) {
			t.Fatalf("%s lies outside of its %s %v", d, p, s)
		}
		if back, err := ParseSpan(s.String()); err != nil || back != s {
			t.Fatalf("%v is written %q, read as %v, %v", s, s, back, err)
		}
		if next := s.Next(); next.First != s.Last.AddDays(1) || next.Previous() != s || next.Period != p {
			t.Fatalf("after %v comes %v, before which %v", s, next, next.Previous())
		}
		if longer := pick(t, "longer", periods); longer.longerThan(p) {
			whole, _ := s.Within(longer)
			n := 0
			for part := SpanOf(p, whole.First).Previous(); !part.First.After(whole.Last); part = part.Next() {
				if of, _ := part.Within(longer); of == whole {
					n++
				}
			}
			if n != whole.count(p) || n == 0 {
				t.Fatalf("%v has %d periods of a %s, counted %d", whole, n, p, whole.count(p))
			}
		} else if _, ok := s.Within(longer); ok {
			t.Fatalf("a %s lies within a %s", p, longer)
		}
	})
}
