package msproject

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"plumbline/portfolio"
)

// The limits of texts, in characters.
const (
	maxName        = 1000
	maxDescription = 4000
	maxFieldText   = 4000
)

// truncate cuts a text after so many characters.
func truncate(text string, most int) string {
	if len(text) <= most || utf8.RuneCountInString(text) <= most {
		return text
	}
	n := 0
	for i := range text {
		if n == most {
			return strings.TrimSpace(text[:i])
		}
		n++
	}
	return text
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// day reads a date and time as its date. Plans have no time zone, so what is
// written is the date wherever it is read.
func day(name, text string) (portfolio.Date, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "NA" {
		return portfolio.Date{}, nil
	}
	if len(text) >= 10 && (len(text) == 10 || text[10] == 'T' || text[10] == ' ') {
		if d, err := portfolio.ParseDate(text[:10]); err == nil {
			return d, nil
		}
	}
	return portfolio.Date{}, fmt.Errorf("%s is %.40q: a date such as 2026-03-31T17:00:00 was expected", name, text)
}

func isSet(text string) bool { return text == "1" || strings.EqualFold(text, "true") }

// whole reads an integer; none is 0.
func whole(name, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is %.40q: a whole number was expected", name, text)
	}
	return n, nil
}

// minutes reads a duration such as PT75H30M0S, which counts working time.
func minutes(text string) (float64, bool) {
	rest, ok := strings.CutPrefix(text, "PT")
	if !ok || rest == "" {
		return 0, false
	}
	total := 0.0
	for rest != "" {
		i := strings.IndexAny(rest, "HMS")
		if i <= 0 {
			return 0, false
		}
		n, err := strconv.ParseFloat(rest[:i], 64)
		if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
			return 0, false
		}
		switch rest[i] {
		case 'H':
			n *= 60
		case 'S':
			n /= 60
		}
		total += n
		rest = rest[i+1:]
	}
	return total, true
}

// hours shows minutes as hours with at most two decimals.
func hours(minutes float64) string {
	return strconv.FormatFloat(math.Round(minutes/60*100)/100, 'f', -1, 64)
}

// number is a text as an exact decimal in plain notation.
func number(text string) (string, bool) {
	if len(text) > 40 || strings.Trim(text, "+-.0123456789") != "" {
		return "", false
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return "", false
	}
	text = strings.TrimPrefix(text, "+")
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "-.") {
		text = strings.Replace(text, ".", "0.", 1)
	}
	return strings.TrimSuffix(text, "."), true
}

// amount is a cost, which plans keep in hundredths of the currency.
func amount(text string) (string, bool) {
	plain, ok := number(text)
	if !ok {
		return "", false
	}
	sign, digits := "", plain
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	}
	before, after, _ := strings.Cut(digits, ".")
	for len(before) < 3 {
		before = "0" + before
	}
	split := len(before) - 2
	result := strings.TrimLeft(before[:split], "0")
	if result == "" {
		result = "0"
	}
	if fraction := strings.TrimRight(before[split:]+after, "0"); fraction != "" {
		result += "." + fraction
	}
	if result == "0" {
		return result, true
	}
	return sign + result, true
}

// The days of a lag.
const (
	minutesOfDay    = 24 * 60
	usualWorkingDay = 8 * 60
	maxLagDays      = 100_000
)

// lagDays reads the lag of a link in whole days; a part of a day counts for
// nothing. A lag is in tenths of a minute of working time or, where its format
// says so, of elapsed time, or a percentage of the predecessor's duration.
func lagDays(lag, format string, perDay, predecessor float64) (int, error) {
	n, err := whole("LinkLag", lag)
	if err != nil || n == 0 {
		return 0, err
	}
	f, err := whole("LagFormat", format)
	if err != nil {
		return 0, err
	}
	m, day := float64(n)/10, perDay
	switch f {
	case 19, 20, 51, 52:
		m = float64(n) / 100 * predecessor
	case 4, 6, 8, 10, 12, 36, 38, 40, 42, 44:
		day = minutesOfDay
	}
	days := math.Trunc(m / day)
	if math.Abs(days) > maxLagDays {
		return 0, fmt.Errorf("LinkLag is %d, which is more than %d days", n, maxLagDays)
	}
	return int(days), nil
}
