package briefing

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// A line is a sentence or a part of one.
type line []run

// A run is a part of a line. What people wrote is never a part of a format, so
// it is escaped where the line is printed.
type run struct {
	Text   string
	Strong bool
}

// name is what a line is about.
type name string

// say makes a line of texts, names and lines.
func say(parts ...any) line {
	var l line
	for _, part := range parts {
		switch p := part.(type) {
		case name:
			l = append(l, run{oneLine(string(p)), true})
		case line:
			l = append(l, p...)
		default:
			l = append(l, run{oneLine(fmt.Sprint(p)), false})
		}
	}
	return l
}

// text is the line without its emphasis.
func (l line) text() string {
	var b strings.Builder
	for _, r := range l {
		b.WriteString(r.Text)
	}
	return b.String()
}

// oneLine has no breaks: they would end a row of a table.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n\t") {
		return s
	}
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s)
}

var smallNumbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// number is a count in a sentence: in words up to twelve.
func number(n int) string {
	if n >= 0 && n < len(smallNumbers) {
		return smallNumbers[n]
	}
	return grouped(strconv.Itoa(n))
}

// some is a number of things: one go-live, two go-lives.
func some(n int, what string) string { return number(n) + " " + plural(n, what) }

func plural(n int, what string) string {
	switch {
	case n == 1:
		return what
	case strings.HasSuffix(what, "y") && !strings.HasSuffix(what, "ey") && !strings.HasSuffix(what, "ay"):
		return strings.TrimSuffix(what, "y") + "ies"
	}
	return what + "s"
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// is goes with a number of things.
func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// date is a day as people write it, with its year only where it is not that of
// the briefing.
func (r *report) date(d portfolio.Date) string {
	switch {
	case d.IsZero():
		return ""
	case d.Time().Year() == r.today.Time().Year():
		return d.Time().Format("2 January")
	}
	return fullDate(d)
}

// shortDate is a day in a table or at an axis.
func (r *report) shortDate(d portfolio.Date) string {
	switch {
	case d.IsZero():
		return ""
	case d.Time().Year() == r.today.Time().Year():
		return d.Time().Format("2 Jan")
	}
	return d.Time().Format("2 Jan 2006")
}

func fullDate(d portfolio.Date) string { return d.Time().Format("2 January 2006") }

// days is a number of days in a table.
func days(n int) string { return strconv.Itoa(n) + " " + plural(n, "day") }

// percent is a share without decimals, or with one where that would be 0.
func percent(f float64) string {
	if p := 100 * f; math.Abs(p) < 1 && p != 0 {
		return trimmed(p, 1) + " %"
	}
	return grouped(strconv.FormatFloat(math.Round(100*f), 'f', 0, 64)) + " %"
}

// points is a change of a share.
func points(f float64) string {
	n := math.Round(1000*f) / 10
	text := trimmed(math.Abs(n), 1)
	if text == "1" {
		return text + " point"
	}
	return text + " points"
}

// figure is a number with as many decimals as its size deserves.
func figure(f float64) string {
	switch size := math.Abs(f); {
	case size >= 100:
		return trimmed(f, 0)
	case size >= 10:
		return trimmed(f, 1)
	case size >= 1:
		return trimmed(f, 2)
	}
	return trimmed(f, 3)
}

// trimmed has at most so many decimals, and none that say nothing.
func trimmed(f float64, decimals int) string {
	s := strconv.FormatFloat(f, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return grouped(s)
}

// grouped writes thousands apart.
func grouped(s string) string {
	sign, whole, rest := "", s, ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	if at := strings.IndexByte(whole, '.'); at >= 0 {
		whole, rest = whole[:at], whole[at:]
	}
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	return sign + whole + rest
}

// money is an amount without its cents.
func money(m portfolio.Money) string {
	amount := grouped(m.Amount.Round(0).String())
	if m.Currency == "" {
		return amount
	}
	return m.Currency + " " + amount
}

// signed is a change with its sign.
func signed(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return "−" + strconv.Itoa(-n)
	}
	return "±0"
}

// periodWord is what a period is called.
func periodWord(p portfolio.Period) string { return strings.ToLower(string(p)) }

// listed joins lines as a sentence lists them: a, b and c.
func listed(lines []line) line {
	var all line
	for i, l := range lines {
		switch {
		case i == 0:
		case i == len(lines)-1:
			all = append(all, run{Text: " and "})
		default:
			all = append(all, run{Text: ", "})
		}
		all = append(all, l...)
	}
	return all
}

// spanWords is a period as people call it.
func spanWords(s portfolio.Span) string {
	t := s.First.Time()
	switch s.Period {
	case portfolio.PeriodWeek:
		year, week := t.ISOWeek()
		return fmt.Sprintf("week %d of %d", week, year)
	case portfolio.PeriodMonth:
		return t.Format("January 2006")
	case portfolio.PeriodQuarter:
		return fmt.Sprintf("Q%d %d", (int(t.Month())+2)/3, t.Year())
	case portfolio.PeriodYear:
		return t.Format("2006")
	}
	return fullDate(s.First)
}
