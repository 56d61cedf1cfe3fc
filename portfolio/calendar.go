package portfolio

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"
)

// Calendar says on which days the organisation works and when its fiscal year
// begins.
type Calendar struct {
	// Weekend are the days of the week that are not worked; none means that
	// every day is, for whoever writes a calendar says what its weekend is.
	Weekend  []Weekday `json:"weekend,omitempty"`
	Holidays []Holiday `json:"holidays,omitempty"`
	// FiscalYearStart is the month, 1 to 12, on whose first day the fiscal
	// year begins; 0 means 1.
	FiscalYearStart int `json:"fiscalYearStart,omitempty"`
}

// Holiday is a day that is not worked, whatever day of the week it is.
type Holiday struct {
	Date Date   `json:"date"`
	Name string `json:"name,omitempty"`
}

// Weekday is a day of the week.
type Weekday string

// The values of Weekday, as ISO 8601 counts them.
const (
	Monday    Weekday = "MONDAY"
	Tuesday   Weekday = "TUESDAY"
	Wednesday Weekday = "WEDNESDAY"
	Thursday  Weekday = "THURSDAY"
	Friday    Weekday = "FRIDAY"
	Saturday  Weekday = "SATURDAY"
	Sunday    Weekday = "SUNDAY"
)

var weekdays = []Weekday{Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday}

const daysAWeek = 7

// DefaultCalendar is that of settings which have none: Saturday and Sunday are
// not worked, there are no holidays, and the fiscal year is that of the
// calendar.
func DefaultCalendar() Calendar {
	return Calendar{Weekend: []Weekday{Saturday, Sunday}, FiscalYearStart: int(time.January)}
}

// A calendar is the settings' one made ready for use.
type calendar struct {
	// worked is how many of the first days of a week, which begins on Monday,
	// are worked: worked[7] is how many of a whole one.
	worked [daysAWeek + 1]int
	// holidays are those that would be worked otherwise, in order, each once.
	holidays []Date
	// yearStart is the month in which the fiscal year begins.
	yearStart time.Month
}

// newCalendar leaves out what is wrong and names it; nil is the default.
func newCalendar(c *Calendar) (calendar, []error) {
	usual := DefaultCalendar()
	if c == nil {
		c = &usual
	}
	ready := calendar{yearStart: time.January}
	weekend, problems := c.weekend()
	if len(weekend) == daysAWeek {
		problems = append(problems, errors.New("calendar: weekend: all seven days are weekend; leave out those that are worked"))
		weekend = usual.Weekend
	}
	for i, day := range weekdays {
		ready.worked[i+1] = ready.worked[i]
		if !slices.Contains(weekend, day) {
			ready.worked[i+1]++
		}
	}
	switch {
	case c.FiscalYearStart < 0 || c.FiscalYearStart > int(time.December):
		problems = append(problems, fmt.Errorf("calendar: fiscalYearStart: %d is not a month; it is from 1, January, to 12", c.FiscalYearStart))
	case c.FiscalYearStart > 0:
		ready.yearStart = time.Month(c.FiscalYearStart)
	}
	seen := make(map[Date]bool, len(c.Holidays))
	for i, h := range c.Holidays {
		switch {
		case h.Date.IsZero():
			problems = append(problems, fmt.Errorf("calendar: holiday %d: date is missing", i+1))
		case seen[h.Date]:
			problems = append(problems, fmt.Errorf("calendar: holiday %d: %s is listed twice", i+1, h.Date))
		case ready.works(h.Date.weekday()):
			ready.holidays = append(ready.holidays, h.Date)
		}
		seen[h.Date] = true
	}
	slices.SortFunc(ready.holidays, Date.Compare)
	return ready, problems
}

// weekend returns the days of the weekend that are such, each once.
func (c *Calendar) weekend() (days []Weekday, problems []error) {
	for _, day := range c.Weekend {
		switch {
		case !slices.Contains(weekdays, day):
			problems = append(problems, fmt.Errorf("calendar: weekend: %q is not a day of the week; it is MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY or SUNDAY", day))
		case slices.Contains(days, day):
			problems = append(problems, fmt.Errorf("calendar: weekend: %s is listed twice", day))
		default:
			days = append(days, day)
		}
	}
	return days, problems
}

// weekday is the place of the day in its week: 0 is Monday. The first day that
// a Date can be was one.
func (d Date) weekday() int { return int(d.n-1) % daysAWeek }

// works reports whether the weekday is worked in a week without holidays.
func (c *calendar) works(weekday int) bool { return c.worked[weekday+1] > c.worked[weekday] }

// workedUntil is how many days are worked from the first day that a Date can
// be until the end of this one.
func (c *calendar) workedUntil(d Date) int {
	n := int(d.n)
	off := sort.Search(len(c.holidays), func(i int) bool { return c.holidays[i].After(d) })
	return n/daysAWeek*c.worked[daysAWeek] + c.worked[n%daysAWeek] - off
}

// workingDays is how many days are worked after the one date until the end of
// the other: from a Monday to the Tuesday it is 1, from a Friday to the Monday
// too, within a day 0. It is negative when to comes first. Both must be dates.
// It takes the time of a search among the holidays, however far they are apart.
func (p *plan) workingDays(from, to Date) int {
	return p.calendar.workedUntil(to) - p.calendar.workedUntil(from)
}

// workingDay reports whether the day is worked.
func (p *plan) workingDay(d Date) bool {
	return !d.IsZero() && p.calendar.workedUntil(d) > p.calendar.workedUntil(Date{d.n - 1})
}

// A FiscalPeriod is a quarter of a fiscal year or, as quarter 0, a whole one.
// A fiscal year is named after the year in which it ends: the one from 1 April
// 2026 to 31 March 2027 is FY2027.
type FiscalPeriod struct {
	Year    int
	Quarter int
	First   Date
	Last    Date
}

// Months of a fiscal year and of its quarters.
const (
	monthsAQuarter = 3
	monthsAYear    = 12
)

// fiscalYear returns the fiscal year in which a day lies; the zero one for no
// day.
func (p *plan) fiscalYear(d Date) FiscalPeriod {
	if d.IsZero() {
		return FiscalPeriod{}
	}
	t := d.Time()
	since := (int(t.Month()) - int(p.calendar.yearStart) + monthsAYear) % monthsAYear
	first := NewDate(t.Year(), t.Month()-time.Month(since), 1)
	last := first.AddMonths(monthsAYear).AddDays(-1)
	return FiscalPeriod{Year: last.Time().Year(), First: first, Last: last}
}

// fiscalQuarter returns the quarter of its fiscal year in which a day lies;
// the zero one for no day.
func (p *plan) fiscalQuarter(d Date) FiscalPeriod {
	q := p.fiscalYear(d)
	if d.IsZero() {
		return q
	}
	for q.Quarter = 1; ; q.Quarter++ {
		next := q.First.AddMonths(monthsAQuarter)
		if d.Before(next) {
			q.Last = next.AddDays(-1)
			return q
		}
		q.First = next
	}
}

// String returns the period as FY2027 or FY2027-Q1.
func (f FiscalPeriod) String() string {
	switch {
	case f.First.IsZero():
		return ""
	case f.Quarter == 0:
		return fmt.Sprintf("FY%04d", f.Year)
	}
	return fmt.Sprintf("FY%04d-Q%d", f.Year, f.Quarter)
}

// IsDefault reports whether a calendar means what settings without one mean.
func (c *Calendar) IsDefault() bool {
	usual := DefaultCalendar()
	return len(c.Holidays) == 0 && (c.FiscalYearStart == 0 || c.FiscalYearStart == usual.FiscalYearStart) &&
		len(c.Weekend) == len(usual.Weekend) &&
		!slices.ContainsFunc(usual.Weekend, func(d Weekday) bool { return !slices.Contains(c.Weekend, d) })
}
