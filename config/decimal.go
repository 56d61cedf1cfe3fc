package config

import (
	"errors"
	"strings"

	"github.com/invopop/jsonschema"
	"github.com/shopspring/decimal"
)

// A Decimal is an exact number that is written with digits and a point.
type Decimal struct{ decimal.Decimal }

// maxDecimalText is longer than any number that is meant.
const maxDecimalText = 40

// Expects says in an error what a decimal looks like.
func (Decimal) Expects() string { return "a decimal number such as 0.92" }

// UnmarshalText reads a decimal; it has no sign and no exponent.
func (d *Decimal) UnmarshalText(text []byte) error {
	if len(text) > maxDecimalText || strings.Trim(string(text), "0123456789.") != "" {
		return errors.New("is not a decimal number")
	}
	value, err := decimal.NewFromString(string(text))
	if err != nil {
		return errors.New("is not a decimal number")
	}
	d.Decimal = value
	return nil
}

// MarshalText writes the number as people would.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// JSONSchema lets editors take it with and without quotes.
func (Decimal) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "number"}, {Type: "string"}}}
}
