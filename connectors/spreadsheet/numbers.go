package spreadsheet

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
)

// A point is what stands between the whole and the fraction of a number.
type point uint8

// The points, as they are tried.
const (
	dot point = iota
	comma
	points
)

// pointNames are the words of the setting decimal.
var pointNames = [points]string{dot: "point", comma: "comma"}

func (p point) String() string { return pointNames[p] }

// An amount is what one text can mean as a number.
type amount struct {
	by   [points]string // in plain notation; empty where that point cannot be
	unit string         // % or a currency, or the sign of several
	// padded tells of zeros in front, as in 007: it is a name, not a number.
	padded bool
}

func (a amount) isNumber() bool { return a.by != [points]string{} }

var (
	numberShape = map[point]*regexp.Regexp{
		dot:   regexp.MustCompile(`^(?:\d{1,30}|[1-9]\d{0,2}(?:,\d{3}){1,9})(?:\.\d{1,30})?$|^\.\d{1,30}$`),
		comma: regexp.MustCompile(`^(?:\d{1,30}|[1-9]\d{0,2}(?:\.\d{3}){1,9})(?:,\d{1,30})?$|^,\d{1,30}$`),
	}
	spaced = regexp.MustCompile(`^[1-9]\d{0,2}(?:[ '’\x{00a0}\x{202f}]\d{3}){1,9}(?:[.,]\d{1,30})?$`)
	gap    = strings.NewReplacer(" ", "", "'", "", "’", "", "\u00a0", "", "\u202f", "")
	code   = regexp.MustCompile(`^([A-Z]{3})[ \x{00a0}]?|[ \x{00a0}]?([A-Z]{3})$`)
)

// symbols are the signs of currencies. One that several countries use stays
// what it is: the mapping names the currency.
var symbols = map[string]string{"€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN", "₺": "TRY", "₩": "KRW", "$": "$", "¥": "¥"}

// isoCurrency is what a currency looks like that is told.
var isoCurrency = regexp.MustCompile(`^[A-Z]{3}$`)

// readNumber tells what a text can mean as a number: an amount with its
// currency, a percentage, a negative number in brackets.
func readNumber(s string) (a amount) {
	if s == "" || len(s) > 60 {
		return amount{}
	}
	if a, ok := simple(s); ok {
		return a
	}
	if n := letters(s); n > 3 || n == 1 || n == 2 && !strings.Contains(s, "zł") {
		return amount{}
	}
	negative := false
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		negative, s = true, strings.TrimSpace(s[1:len(s)-1])
	}
	sign := func() {
		for _, minus := range []string{"-", "−"} {
			if rest, ok := strings.CutPrefix(s, minus); ok && !negative {
				negative, s = true, strings.TrimSpace(rest)
			}
		}
		s = strings.TrimPrefix(s, "+")
	}
	sign()
	s, a.unit = cutUnit(s)
	if sign(); s == "" {
		return amount{}
	}
	if rest, ok := strings.CutSuffix(s, "-"); ok && !negative { // as accounting programs write it
		negative, s = true, rest
	}
	onlyFraction := spaced.MatchString(s)
	if onlyFraction {
		s = gap.Replace(s)
	}
	for p, shape := range numberShape {
		if !shape.MatchString(s) {
			continue
		}
		grouping, fraction := ",", "."
		if p == comma {
			grouping, fraction = ".", ","
		}
		if onlyFraction && strings.Contains(s, grouping) {
			continue // spaces and dots do not group the same number
		}
		plain := strings.Replace(strings.ReplaceAll(s, grouping, ""), fraction, ".", 1)
		if negative {
			plain = "-" + plain
		}
		if d, err := decimal.NewFromString(plain); err == nil {
			a.by[p] = d.String()
		}
	}
	whole, _, _ := strings.Cut(s, ".")
	whole, _, _ = strings.Cut(whole, ",")
	a.padded = len(whole) > 1 && whole[0] == '0'
	return a
}

// simple reads digits with at most one separator among them, as most numbers
// are, and quickly.
func simple(s string) (a amount, ok bool) {
	if len(s) > 30 {
		return amount{}, false
	}
	at := -1
	for i := range len(s) {
		switch b := s[i]; {
		case b >= '0' && b <= '9':
		case (b == '.' || b == ',') && at < 0 && i > 0 && i < len(s)-1:
			at = i
		default:
			return amount{}, false
		}
	}
	if at < 0 {
		plain := canonical(s, "")
		return amount{by: [points]string{plain, plain}, padded: len(s) > 1 && s[0] == '0'}, true
	}
	whole, rest := s[:at], s[at+1:]
	fraction, group := dot, comma
	if s[at] == ',' {
		fraction, group = comma, dot
	}
	a.by[fraction] = canonical(whole, rest)
	if len(rest) == 3 && len(whole) <= 3 && whole[0] != '0' {
		a.by[group] = whole + rest
	}
	a.padded = len(whole) > 1 && whole[0] == '0'
	return a, true
}

// canonical writes digits without zeros that say nothing.
func canonical(whole, fraction string) string {
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// letters counts them.
func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// cutUnit takes the sign of per cent or of a currency off a number.
func cutUnit(s string) (string, string) {
	if rest, ok := strings.CutSuffix(s, "%"); ok {
		return strings.TrimRight(rest, " \u00a0\u202f"), "%"
	}
	for sign, iso := range symbols {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return strings.TrimLeft(rest, " \u00a0\u202f"), iso
		}
		if rest, ok := strings.CutSuffix(s, sign); ok {
			return strings.TrimRight(rest, " \u00a0\u202f"), iso
		}
	}
	if letters(s) != 3 {
		return s, ""
	}
	m := code.FindStringSubmatch(s)
	if m == nil {
		return s, ""
	}
	rest, unit := strings.Replace(s, m[0], "", 1), m[1]+m[2]
	if _, err := currency.ParseISO(unit); err != nil || strings.HasPrefix(s, unit+"-") {
		return s, "" // PMO-7 and CAD-7 are references
	}
	return rest, unit
}

// plainNumber writes a workbook's number as the program shows it: to 15 digits,
// which hides how binary fractions are kept.
func plainNumber(stored string) (string, bool) {
	f, err := strconv.ParseFloat(stored, 64)
	if err != nil || f > 1e30 || f < -1e30 {
		return "", false
	}
	d, err := decimal.NewFromString(strconv.FormatFloat(f, 'g', 15, 64))
	if err != nil {
		return "", false
	}
	return d.String(), true
}

// perCent turns a stored fraction into per cent: 0.45 is 45.
func perCent(plain string) string {
	d, err := decimal.NewFromString(plain)
	if err != nil {
		return plain
	}
	return d.Shift(2).String()
}
