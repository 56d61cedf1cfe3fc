package portfolio

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawCalendar draws a calendar in which some day is worked.
func drawCalendar(t *rapid.T) *Calendar {
	c := &Calendar{
		Weekend:         rapid.SliceOfNDistinct(rapid.SampledFrom(weekdays), 0, daysAWeek-1, rapid.ID).Draw(t, "weekend"),
		FiscalYearStart: rapid.IntRange(0, monthsAYear).Draw(t, "fiscal year"),
	}
	start := rapid.IntRange(0, 800).Draw(t, "first holiday")
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 60), 0, 20, rapid.ID).Draw(t, "holidays") {
		c.Holidays = append(c.Holidays, Holiday{Date: NewDate(2023, time.June, 1).AddDays(start + n)})
	}
	return c
}

// worked tells by the standard library whether a day is worked.
func (c *Calendar) worked(d Date) bool {
	name := strings.ToUpper(d.Time().Weekday().String())
	return !slices.Contains(c.Weekend, Weekday(name)) &&
		!slices.ContainsFunc(c.Holidays, func(h Holiday) bool { return h.Date == d })
}

func TestWorkingDaysAreThoseThatACountDayByDayFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		p := newPlan(&Settings{TimeZone: "UTC", Calendar: c})
		if len(p.problems) > 0 {
			t.Fatal(p.problems)
		}
		from := NewDate(2023, time.January, 1).AddDays(rapid.IntRange(0, 1200).Draw(t, "from"))
		to := from.AddDays(rapid.IntRange(0, 500).Draw(t, "distance"))
		want := 0
		for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
			if c.worked(d) {
				want++
			}
		}
		if got := p.workingDays(from, to); got != want {
			t.Fatalf("from %s to %s: %d working days, want %d", from, to, got, want)
		}
		if got := p.workingDays(to, from); got != -want {
			t.Fatalf("back from %s to %s: %d working days, want %d", to, from, got, -want)
		}
		between := from.AddDays(rapid.IntRange(0, to.DaysSince(from)).Draw(t, "between"))
		if p.workingDays(from, between)+p.workingDays(between, to) != want {
			t.Fatalf("from %s to %s by way of %s: not the same number", from, to, between)
		}
		if got := p.workingDay(to); got != c.worked(to) {
			t.Fatalf("%s is worked: %t, want %t", to, got, !got)
		}
	})
}

func TestWorkingDaysOfWellKnownCalendars(t *testing.T) {
	gulf := &Calendar{Weekend: []Weekday{Friday, Saturday}}
	always := &Calendar{}
	leap := &Calendar{Weekend: []Weekday{Saturday, Sunday}, Holidays: []Holiday{{Date: NewDate(2024, time.February, 29), Name: "Leap day"}}}
	for _, c := range []struct {
		name     string
		calendar *Calendar
		from, to string
		want     int
	}{
		{"the same day", nil, "2026-03-02", "2026-03-02", 0},
		{"the next day", nil, "2026-03-02", "2026-03-03", 1},
		{"over a weekend", nil, "2026-03-06", "2026-03-09", 1},
		{"from within a weekend", nil, "2026-03-07", "2026-03-09", 1},
		{"into a weekend", nil, "2026-03-06", "2026-03-08", 0},
		{"a year", nil, "2025-12-31", "2026-12-31", 261},
		{"a leap year", nil, "2023-12-31", "2024-12-31", 262},
		{"400 years", nil, "2000-01-01", "2400-01-01", 104355},
		{"over a leap day", nil, "2024-02-28", "2024-03-01", 2},
		{"over a leap day that is a holiday", leap, "2024-02-28", "2024-03-01", 1},
		{"Sunday is worked", gulf, "2026-03-05", "2026-03-08", 1},
		{"every day is worked", always, "2026-03-06", "2026-03-09", 3},
	} {
		p := newPlan(&Settings{TimeZone: "UTC", Calendar: c.calendar})
		if got := p.workingDays(day(t, c.from), day(t, c.to)); got != c.want {
			t.Errorf("%s, from %s to %s: %d working days, want %d", c.name, c.from, c.to, got, c.want)
		}
	}
}

func TestEveryDayLiesInOneFiscalQuarterOfItsFiscalYear(t *testing.T) {
	for start := 1; start <= monthsAYear; start++ {
		p := newPlan(&Settings{TimeZone: "UTC", Calendar: &Calendar{FiscalYearStart: start}})
		before := p.fiscalQuarter(NewDate(2022, time.December, 31))
		for d := NewDate(2023, time.January, 1); d.Before(NewDate(2029, time.January, 1)); d = d.AddDays(1) {
			year, quarter := p.fiscalYear(d), p.fiscalQuarter(d)
			if d.Before(quarter.First) || d.After(quarter.Last) || quarter.First.Before(year.First) || quarter.Last.After(year.Last) {
				t.Fatalf("start %d: %s lies outside of %s (%s to %s) of %s (%s to %s)", start, d, quarter, quarter.First, quarter.Last, year, year.First, year.Last)
			}
			if got := year.First.Time(); int(got.Month()) != start || got.Day() != 1 || year.Year != year.Last.Time().Year() || quarter.Year != year.Year {
				t.Fatalf("start %d: %s of %s begins on %s", start, year, d, year.First)
			}
			if quarter == before {
				continue
			}
			if quarter.First != d || before.Last.AddDays(1) != d || quarter.Quarter != before.Quarter%4+1 {
				t.Fatalf("start %d: %s (from %s) follows %s (until %s)", start, quarter, quarter.First, before, before.Last)
			}
			before = quarter
		}
	}
}

func TestFiscalPeriodsAreNamedAfterTheYearInWhichTheyEnd(t *testing.T) {
	for _, c := range []struct {
		start int
		day   string
		want  string
	}{
		{0, "2026-12-31", "FY2026-Q4"}, {1, "2026-01-01", "FY2026-Q1"}, {4, "2026-03-31", "FY2026-Q4"}, {4, "2026-04-01", "FY2027-Q1"},
		{10, "2026-09-30", "FY2026-Q4"}, {10, "2026-10-01", "FY2027-Q1"}, {12, "2024-02-29", "FY2024-Q1"}, {2, "2024-02-29", "FY2025-Q1"},
	} {
		p := newPlan(&Settings{TimeZone: "UTC", Calendar: &Calendar{FiscalYearStart: c.start}})
		if got := p.fiscalQuarter(day(t, c.day)).String(); got != c.want {
			t.Errorf("a fiscal year from month %d: %s lies in %s, want %s", c.start, c.day, got, c.want)
		}
	}
	if got := newPlan(nil).fiscalQuarter(Date{}); got != (FiscalPeriod{}) {
		t.Errorf("no day lies in %s", got)
	}
}

// Nights on which clocks change have 23 or 25 hours. Days are counted by dates
// and not by hours, so only which day an instant is of depends on the zone.
func TestNightsOnWhichClocksChangeMakeNoDifferenceToWorkingDays(t *testing.T) {
	for _, c := range []struct{ zone, raised, decided, from, to string }{
		// 28 and 29 March 2026 in Berlin: the second day has 23 hours.
		{"Europe/Berlin", "2026-03-27T22:30:00Z", "2026-03-29T22:30:00Z", "2026-03-27", "2026-03-30"},
		// 25 October 2026 in Berlin has 25 hours.
		{"Europe/Berlin", "2026-10-23T21:59:00Z", "2026-10-25T23:00:00Z", "2026-10-23", "2026-10-26"},
		// 8 March and 1 November 2026 in New York.
		{"America/New_York", "2026-03-07T04:59:00Z", "2026-03-09T04:00:00Z", "2026-03-06", "2026-03-09"},
		{"America/New_York", "2026-10-31T03:59:00Z", "2026-11-02T05:00:00Z", "2026-10-30", "2026-11-02"},
	} {
		p := newPlan(&Settings{TimeZone: c.zone})
		at := func(s string) Date {
			instant, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return p.day(instant)
		}
		from, to := at(c.raised), at(c.decided)
		if from.String() != c.from || to.String() != c.to {
			t.Errorf("%s: from %s to %s, want from %s to %s", c.zone, from, to, c.from, c.to)
		}
		if got := p.workingDays(from, to); got != 1 {
			t.Errorf("%s: from %s to %s: %d working days, want 1", c.zone, from, to, got)
		}
	}
	for _, zone := range []string{"Europe/Berlin", "America/New_York"} {
		p := newPlan(&Settings{TimeZone: zone})
		last := p.day(time.Date(2025, time.December, 31, 12, 0, 0, 0, time.UTC))
		for hour := 12; hour < 366*24; hour++ { // every hour of a year
			d := p.day(time.Date(2025, time.December, 31, hour, 0, 0, 0, time.UTC))
			if n := d.DaysSince(last); n != 0 && n != 1 {
				t.Fatalf("%s: %s follows %s", zone, d, last)
			}
			last = d
		}
	}
}

func TestACalendarThatIsWrongIsNamedAndTheRestOfItHolds(t *testing.T) {
	christmas := NewDate(2026, time.December, 25)
	for _, c := range []struct {
		calendar Calendar
		want     string
	}{
		{Calendar{Weekend: weekdays}, "all seven days are weekend"},
		{Calendar{Weekend: []Weekday{"Sunday", Saturday, Sunday}}, `"Sunday" is not a day of the week`},
		{Calendar{Weekend: []Weekday{Sunday, Saturday, Sunday}}, "SUNDAY is listed twice"},
		{Calendar{Weekend: []Weekday{Sunday, Saturday}, Holidays: []Holiday{{Name: "Easter"}}}, "holiday 1: date is missing"},
		{Calendar{Weekend: []Weekday{Sunday, Saturday}, Holidays: []Holiday{{Date: christmas}, {Date: christmas}}}, "holiday 2: 2026-12-25 is listed twice"},
		{Calendar{Weekend: []Weekday{Sunday, Saturday}, FiscalYearStart: 13}, "13 is not a month"},
		{Calendar{Weekend: []Weekday{Sunday, Saturday}, FiscalYearStart: -1}, "-1 is not a month"},
	} {
		s := &Settings{TimeZone: "UTC", Calendar: &c.calendar}
		if err := s.Validate(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one that says %s", c.calendar, err, c.want)
		}
		p := newPlan(s)
		if got := p.workingDays(day(t, "2026-03-06"), day(t, "2026-03-09")); got != 1 {
			t.Errorf("%+v: %d working days over a weekend, want 1", c.calendar, got)
		}
		if got := p.fiscalQuarter(day(t, "2026-03-06")).String(); got != "FY2026-Q1" {
			t.Errorf("%+v: March lies in %s, want FY2026-Q1", c.calendar, got)
		}
	}
}
