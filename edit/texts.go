package edit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// How much people may write, in characters but for MaxList, which counts
// elements. They keep one document small; nobody has met them who wrote by hand.
const (
	MaxKey  = 100    // of what a document is called by
	MaxName = 200    // of names, units, people, references: of a line
	MaxText = 10_000 // of descriptions, rationales and notes
	MaxList = 200    // elements of a list, such as aliases
)

// Decimals are bounded: one such as 1e999999999 takes minutes to add.
const (
	maxDigits   = 64
	maxExponent = 100
)

var slugPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// slug checks what a document is called by.
func (c *check) slug(value string, path ...any) {
	switch {
	case value == "":
		c.wrong(portfolio.UserErrorBlank, at(path...), "A key is needed, such as digital-health.")
	case len(value) > MaxKey:
		c.wrong(portfolio.UserErrorTooMany, at(path...), "The key has %d characters; it may have %d.", len(value), MaxKey)
	case !slugPattern.MatchString(value):
		c.invalid(at(path...), "%q is not a key: write small letters, digits and - . _, beginning with a letter or digit, as in digital-health.", shortened(value))
	}
}

// named checks that a reference is there; what it leads to is checked with all
// references.
func (c *check) named(what, value string, path ...any) {
	if value == "" {
		c.wrong(portfolio.UserErrorBlank, at(path...), "%s is needed.", what)
	}
}

// needed checks a text of one line that must be there.
func (c *check) needed(what, value string, path ...any) {
	if strings.TrimSpace(value) == "" {
		c.wrong(portfolio.UserErrorBlank, at(path...), "%s is needed.", what)
		return
	}
	c.line(value, path...)
}

// line checks a text of one line.
func (c *check) line(value string, path ...any) {
	if strings.ContainsAny(value, "\n\r") {
		c.invalid(at(path...), "The text has more than one line; write it in one.")
		return
	}
	c.text(value, MaxName, path...)
}

// identifying checks a text that is a part of the id.
func (c *check) identifying(value string, path ...any) {
	if value != strings.TrimSpace(value) {
		c.invalid(at(path...), "%q begins or ends with a space; leave it away.", shortened(value))
	}
}

// long checks a text of many lines.
func (c *check) long(value string, path ...any) { c.text(value, MaxText, path...) }

func (c *check) text(value string, most int, path ...any) {
	switch n := utf8.RuneCountInString(value); {
	case n > most:
		c.wrong(portfolio.UserErrorTooMany, at(path...), "The text has %d characters; it may have %d.", n, most)
	case !utf8.ValidString(value):
		c.invalid(at(path...), "The text is not in UTF-8.")
	case strings.ContainsFunc(value, unwritten):
		c.invalid(at(path...), "The text has a control character; leave it away.")
	}
}

// unwritten reports what no person types.
func unwritten(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

// lines checks a list of texts, none of them twice.
func (c *check) lines(values []string, field string) {
	if len(values) > MaxList {
		c.wrong(portfolio.UserErrorTooMany, at(field), "The list has %d elements; it may have %d.", len(values), MaxList)
		return
	}
	for i, v := range values {
		c.needed("A text", v, field, i)
		if slices.Contains(values[:i], v) {
			c.wrong(portfolio.UserErrorTaken, at(field, i), "%q is in the list twice; keep one of them.", shortened(v))
		}
	}
}

// oneOf checks a constant; the empty one is said to be missing where needed.
func oneOf[T ~string](c *check, field string, value T, needed bool, allowed ...T) {
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	choice := names[0]
	if n := len(names) - 1; n > 0 {
		choice = strings.Join(names[:n], ", ") + " or " + names[n]
	}
	switch {
	case value == "" && needed:
		c.wrong(portfolio.UserErrorBlank, at(field), "A value is needed: %s.", choice)
	case value != "" && !slices.Contains(allowed, value):
		c.invalid(at(field), "%q is none of the values: write %s.", shortened(string(value)), choice)
	}
}

// number checks that a decimal can be computed with; nil is none.
func (c *check) number(value *decimal.Decimal, path ...any) bool {
	if value == nil {
		return false
	}
	if value.Exponent() > maxExponent || value.Exponent() < -maxExponent || value.NumDigits() > maxDigits {
		c.invalid(at(path...), "The number is too long; write at most %d digits.", maxDigits)
		return false
	}
	return true
}

// within checks that a decimal lies between two others; nil is none.
func (c *check) within(value *decimal.Decimal, low, high string, path ...any) {
	if !c.number(value, path...) {
		return
	}
	if value.LessThan(decimal.RequireFromString(low)) || value.GreaterThan(decimal.RequireFromString(high)) {
		c.invalid(at(path...), "%s is out of range; it is from %s to %s.", value, low, high)
	}
}

// atLeastZero checks that a decimal is not negative; nil is none.
func (c *check) atLeastZero(value *decimal.Decimal, path ...any) {
	if c.number(value, path...) && value.IsNegative() {
		c.invalid(at(path...), "%s is negative; write 0 or more.", value)
	}
}

// currency checks the code of a currency; empty is that of the settings.
func (c *check) currency(code string, path ...any) {
	if code != "" && !currencyPattern.MatchString(code) {
		c.invalid(at(path...), "%q is not a currency: write three capital letters, as in EUR.", shortened(code))
	}
}

// span checks the days between which something holds.
func (c *check) span(from, to portfolio.Date) {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		c.invalid(at("validTo"), "It ends on %s, before it begins on %s; write a later day, or none.", to, from)
	}
}

// shown is how much of a wrong value an error repeats, in characters.
const shown = 60

func shortened(text string) string {
	if utf8.RuneCountInString(text) <= shown {
		return text
	}
	return fmt.Sprint(string([]rune(text)[:shown]), "…")
}
