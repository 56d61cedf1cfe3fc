package spreadsheet

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
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
	unit string         // % or a currency
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

// symbols are the signs of currencies. One that several countries use tells no
// currency: the mapping names it.
var symbols = map[string]string{"€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN", "₺": "TRY", "₩": "KRW", "$": "", "¥": ""}

// readNumber tells what a text can mean as a number: an amount with its
// currency, a percentage, a negative number in brackets.
func readNumber(s string) (a amount) {
	if s == "" || len(s) > 60 {
		return amount{}
	}
	if strings.Trim(s, "0123456789") == "" && len(s) <= 30 { // most numbers, and quickly
		plain := strings.TrimLeft(s, "0")
		if plain == "" {
			plain = "0"
		}
		return amount{by: [points]string{plain, plain}, padded: len(s) > 1 && s[0] == '0'}
	}
	if letters(s) > 3 {
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
	for sign, currency := range symbols {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return strings.TrimLeft(rest, " \u00a0\u202f"), currency
		}
		if rest, ok := strings.CutSuffix(s, sign); ok {
			return strings.TrimRight(rest, " \u00a0\u202f"), currency
		}
	}
	if m := code.FindStringSubmatch(s); m != nil {
		return strings.Replace(s, m[0], "", 1), m[1] + m[2]
	}
	return s, ""
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
