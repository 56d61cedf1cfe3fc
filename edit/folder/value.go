package folder

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// Shapes are what a scalar looks like where it was written.
type shape int

const (
	isText   shape = iota // YAML text
	isNumber              // a YAML number
	isBool                // YAML true or false
	isCell                // a cell of a table, which may be any of these
)

// String names the shape in errors.
func (s shape) String() string {
	return [...]string{"text", "a number", "true or false", "text"}[s]
}

// set puts a scalar into a value and says what is wrong with it; "" is
// nothing.
func set(v reflect.Value, written string, s shape) string {
	switch v.Type() {
	case dateType:
		d, err := portfolio.ParseDate(written)
		if err != nil || s == isNumber || s == isBool {
			return quoted(written) + " is not a date; expected YYYY-MM-DD"
		}
		v.Set(reflect.ValueOf(d))
		return ""
	case numberType:
		n, wrong := number(written, s)
		if wrong == "" {
			v.Set(reflect.ValueOf(n))
		}
		return wrong
	case amountType:
		m, wrong := amount(written)
		if wrong == "" {
			v.Set(reflect.ValueOf(m))
		}
		return wrong
	}
	switch v.Kind() {
	case reflect.String:
		if s == isBool {
			return fmt.Sprintf("found %s; expected text: put it in quotes", s)
		}
		v.SetString(written)
	case reflect.Bool:
		b, known := map[string]bool{"true": true, "false": false}[written]
		if s == isCell {
			b, known = map[string]bool{"true": true, "false": false}[strings.ToLower(written)] // as Excel writes them
		}
		if !known || s == isText || s == isNumber {
			return quoted(written) + " is neither true nor false"
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(written)
		if err != nil || s == isText || s == isBool {
			return quoted(written) + " is not a whole number"
		}
		v.SetInt(int64(n))
	default:
		return fmt.Sprintf("found %s; expected %s", s, expected(v.Type()))
	}
	return ""
}

// longestNumber bounds the digits of a number: 10^100 is nobody's budget.
const longestNumber = 200

var (
	plainNumber = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)$`)
	grouped     = regexp.MustCompile(`^[+-]?\d[\d.,'’ \x{00A0}\x{202F}]*$`)
)

// number reads an exact decimal.
func number(written string, s shape) (decimal.Decimal, string) {
	switch {
	case s == isText && plainNumber.MatchString(written):
		return decimal.Decimal{}, fmt.Sprintf("found text; expected a number: write %s without quotes", written)
	case s == isBool:
		return decimal.Decimal{}, fmt.Sprintf("found %s; expected a number", s)
	case len(written) <= longestNumber && plainNumber.MatchString(written):
		n, err := decimal.NewFromString(written)
		if err == nil {
			return n, ""
		}
	case grouped.MatchString(written) && strings.Contains(written, ","):
		return decimal.Decimal{}, quoted(written) + " has a comma; expected a number such as 1234.5: a point before the decimals, nothing between thousands"
	case grouped.MatchString(written) && len(written) <= longestNumber:
		return decimal.Decimal{}, quoted(written) + " has something between its thousands; expected a number such as 1234.5"
	}
	return decimal.Decimal{}, quoted(written) + " is not a number; expected one such as 1234.5"
}

var currency = regexp.MustCompile(`^[A-Z]{3}$`)

// amount reads money, as 4600000 USD.
func amount(written string) (portfolio.Money, string) {
	digits, code, _ := strings.Cut(written, " ")
	code = strings.TrimSpace(code)
	n, wrong := number(digits, isCell)
	if wrong == "" && currency.MatchString(code) {
		return portfolio.Money{Amount: n, Currency: code}, ""
	}
	if wrong != "" && grouped.MatchString(digits) {
		return portfolio.Money{}, wrong
	}
	return portfolio.Money{}, quoted(written) + " is not an amount; expected one with its currency, such as 4600000 USD"
}

// expected says what a value of the type looks like.
func expected(t reflect.Type) string {
	switch {
	case t == dateType:
		return "a date, YYYY-MM-DD"
	case t == numberType:
		return "a number such as 1234.5"
	case t == amountType:
		return "an amount such as 4600000 USD"
	case t == weightsType:
		return "a mapping of objectives to weights, such as {growth: 0.6, care: 0.4}"
	case t == fieldsType:
		return "a mapping of fields to values, such as {cost centre: 4711}"
	case t.Kind() == reflect.Pointer:
		return expected(t.Elem())
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "a list of mappings"
	case t.Kind() == reflect.Slice:
		return "a list, such as [one, two]"
	}
	return "text"
}

var weightsType = reflect.TypeFor[[]portfolio.ObjectiveWeight]()

// longestQuote is how much of a wrong value an error repeats, in bytes.
const longestQuote = 60

// quoted shows a value in an error.
func quoted(written string) string {
	if len(written) > longestQuote {
		written = strings.ToValidUTF8(written[:longestQuote], "") + "…"
	}
	return strconv.Quote(written)
}
