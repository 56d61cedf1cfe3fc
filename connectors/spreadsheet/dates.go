package spreadsheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"plumbline/portfolio"
)

// An order is the order of day, month and year in a date of three numbers.
type order uint8

// The orders, as they are tried.
const (
	dayFirst order = iota
	monthFirst
	yearFirst
	orders
)

// orderNames are the words of the setting date_order.
var orderNames = [orders]string{dayFirst: "dmy", monthFirst: "mdy", yearFirst: "ymd"}

var orderWords = [orders]string{dayFirst: "day first", monthFirst: "month first", yearFirst: "year first"}

func (o order) String() string { return orderNames[o] }

// A reading is what one text can mean as a date.
type reading struct {
	// fixed is the date of a text that needs no order, as 2026-03-01.
	fixed portfolio.Date
	// by holds the date under each order; zero where that order cannot be.
	by [orders]portfolio.Date
}

// isDate tells whether the text is a date in any way.
func (r reading) isDate() bool {
	return !r.fixed.IsZero() || r.by != [orders]portfolio.Date{}
}

// under is the date that the text is under an order.
func (r reading) under(o order) portfolio.Date {
	if !r.fixed.IsZero() {
		return r.fixed
	}
	return r.by[o]
}

var (
	clockTime = regexp.MustCompile(`^[T ] ?\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$`)
	dayNamed  = regexp.MustCompile(`^(\d{1,2})(?:\.|st|nd|rd|th)?[ \-/.]*(\pL{3,12})\.?,?[ \-/.]*(\d{4}|\d{2})`)
	monthName = regexp.MustCompile(`^(\pL{3,12})\.?[ \-]*(\d{1,2})(?:st|nd|rd|th)?,[ ]*(\d{4})|^(\pL{3,12})\.?[ \-]+(\d{1,2})(?:st|nd|rd|th)?[ ]+(\d{4})`)
	yearNamed = regexp.MustCompile(`^(\d{4})[ \-/](\pL{3,12})[ \-/](\d{1,2})`)
)

// readDate tells what a text can mean as a date. A time after it is left out:
// the civil date is the one that is written, whatever the zone.
func readDate(s string) (r reading) {
	if len(s) < 5 || len(s) > 60 {
		return reading{}
	}
	if a, b, c, rest, ok := threeNumbers(s); ok {
		if !ends(rest) {
			return reading{}
		}
		return numbered(a, b, c)
	}
	if !namesMonth(s) {
		return reading{}
	}
	if m := dayNamed.FindStringSubmatch(s); m != nil && ends(s[len(m[0]):]) {
		year := m[3]
		if len(year) == 2 {
			year = century(year)
		}
		r.fixed = civil(year, months[strings.ToLower(m[2])], m[1])
		return r
	}
	if m := monthName.FindStringSubmatch(s); m != nil && ends(s[len(m[0]):]) {
		r.fixed = civil(m[3]+m[6], months[strings.ToLower(m[1]+m[4])], m[2]+m[5])
		return r
	}
	if m := yearNamed.FindStringSubmatch(s); m != nil && ends(s[len(m[0]):]) {
		r.fixed = civil(m[1], months[strings.ToLower(m[2])], m[3])
	}
	return r
}

// threeNumbers cuts a text as 01/03/2026 at its two equal separators.
func threeNumbers(s string) (a, b, c, rest string, ok bool) {
	if a, rest = cutDigits(s, 4); a == "" || rest == "" || !strings.ContainsRune("/.-", rune(rest[0])) {
		return "", "", "", "", false
	}
	separator := rest[0]
	if b, rest = cutDigits(rest[1:], 2); b == "" || rest == "" || rest[0] != separator {
		return "", "", "", "", false
	}
	c, rest = cutDigits(rest[1:], 4)
	return a, b, c, rest, c != ""
}

// cutDigits takes at most n digits off the front.
func cutDigits(s string, n int) (digits, rest string) {
	i := 0
	for i < len(s) && i < n && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// namesMonth tells whether the first word of a text can be a month: most text
// is no date, and this is quicker than trying.
func namesMonth(s string) bool {
	at := strings.IndexFunc(s, unicode.IsLetter)
	if at < 0 {
		return false
	}
	word := s[at:]
	if end := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
		word = word[:end]
	}
	return months[strings.ToLower(word)] > 0 || ordinal[strings.ToLower(word)]
}

// ordinal are the ends of a day's number, as in 1st March.
var ordinal = map[string]bool{"st": true, "nd": true, "rd": true, "th": true}

// ends tells whether what follows a date is nothing or a time of the day.
func ends(rest string) bool { return rest == "" || clockTime.MatchString(rest) }

// numbered reads a date of three numbers. A year of four digits in front is
// followed by the month everywhere; one at the end leaves two orders, and one
// of two digits all three.
func numbered(a, b, c string) (r reading) {
	switch {
	case len(a) == 4 && len(c) <= 2:
		r.fixed = civil(a, number2(b), c)
	case len(a) <= 2 && len(c) == 4:
		r.by[dayFirst] = civil(c, number2(b), a)
		r.by[monthFirst] = civil(c, number2(a), b)
	case len(a) <= 2 && len(c) == 2:
		r.by[dayFirst] = civil(century(c), number2(b), a)
		r.by[monthFirst] = civil(century(c), number2(a), b)
		if len(a) == 2 {
			r.by[yearFirst] = civil(century(a), number2(b), c)
		}
	}
	return r
}

// compact reads YYYYMMDD, which only a column that is one of dates anyhow may
// hold: elsewhere it is a number.
func compact(s string) portfolio.Date {
	if len(s) != 8 || strings.Trim(s, "0123456789") != "" {
		return portfolio.Date{}
	}
	return civil(s[:4], number2(s[4:6]), s[6:])
}

func number2(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// century completes a year of two digits: up to 49 it is this century's, as
// newer systems have it. Older programs end with 29, but a plan goes on beyond
// that, and was not made in 1930.
func century(yy string) string {
	if yy < "50" {
		return "20" + yy
	}
	return "19" + yy
}

// firstYear and lastYear are the years in which a plan can lie. A date beyond
// them is a slip of the pen or of a program.
const (
	firstYear = 1900
	lastYear  = 2199
)

// civil is a date that exists, or the zero date.
func civil(year string, month int, day string) portfolio.Date {
	y, d := number2(year), number2(day)
	if y < firstYear || y > lastYear || month < 1 || month > 12 || d < 1 || d > 31 {
		return portfolio.Date{}
	}
	at := time.Date(y, time.Month(month), d, 0, 0, 0, 0, time.UTC)
	if at.Day() != d {
		return portfolio.Date{}
	}
	return portfolio.DateOf(at)
}

// months are the names of months and their usual abbreviations, in English and
// German. Any other language is refused, not guessed at.
var months = func() map[string]int {
	names := [12]string{
		"january jan januar jänner", "february feb februar", "march mar märz mär mrz", "april apr",
		"may mai", "june jun juni", "july jul juli", "august aug", "september sep sept", "october oct oktober okt",
		"november nov", "december dec dezember dez",
	}
	all := map[string]int{}
	for i, list := range names {
		for _, name := range strings.Fields(list) {
			all[name] = i + 1
		}
	}
	return all
}()

// serialDate turns a spreadsheet's serial number into a civil date; a time of
// the day is left out. The 1900 system counts from 1 January 1900 as day 1 and
// has a 29 February 1900 that never was; the 1904 system counts from 1 January
// 1904 as day 0.
func serialDate(serial float64, from1904 bool) (portfolio.Date, bool) {
	day := int(serial)
	if serial < 0 || serial > 200_000 {
		return portfolio.Date{}, false
	}
	if from1904 {
		return portfolio.NewDate(1904, time.January, 1).AddDays(day), true
	}
	switch {
	case day == 0 || day == 60:
		return portfolio.Date{}, false
	case day > 60:
		day--
	}
	return portfolio.NewDate(1899, time.December, 31).AddDays(day), true
}
