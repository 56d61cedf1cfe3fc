// Package scalar reads and writes the scalars of the schema. What has no value
// becomes null: a zero date, a zero instant, an empty text. It validates what
// it reads and knows nothing of requests.
package scalar

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// MarshalString writes a text, the empty one as null.
func MarshalString(s string) graphql.Marshaler {
	if s == "" {
		return graphql.Null
	}
	return graphql.MarshalString(s)
}

// UnmarshalString reads a text; null, where the schema allows it, is the empty
// one.
func UnmarshalString(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%w: %v is not a text", portfolio.ErrInvalid, v)
	}
	return s, nil
}

// MarshalID writes a global id; an empty one is null.
func MarshalID(id string) graphql.Marshaler { return MarshalString(id) }

// UnmarshalID reads a global id.
func UnmarshalID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return "", fmt.Errorf("%w: %v is not an id", portfolio.ErrInvalid, v)
}

// MarshalInt writes a whole number.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt reads a whole number of 32 bits, as GraphQL has it.
func UnmarshalInt(v any) (int, error) {
	n, err := graphql.UnmarshalInt32(v)
	if err != nil {
		return 0, fmt.Errorf("%w: %v is not a whole number of 32 bits", portfolio.ErrInvalid, v)
	}
	return int(n), nil
}

// MarshalFloat writes a number in plain digits, as far as those are no longer
// than what they say; what is no number is null.
func MarshalFloat(f float64) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		text, err := json.Marshal(f)
		if err != nil { // infinite, or not a number
			text = []byte("null")
		}
		_, _ = w.Write(text)
	})
}

// UnmarshalFloat reads a number, as GraphQL has it.
func UnmarshalFloat(v any) (float64, error) {
	f, err := graphql.UnmarshalFloat(v)
	if _, text := v.(string); err != nil || text || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%w: %v is not a number", portfolio.ErrInvalid, v)
	}
	return f, nil
}

// lastYear is the last one that RFC 3339 can write. A later date, as people
// type who mean never, becomes null.
const lastYear = 9999

// MarshalDate writes a civil date.
func MarshalDate(d portfolio.Date) graphql.Marshaler {
	if d.IsZero() || d.Time().Year() > lastYear {
		return graphql.Null
	}
	return quoted(d.String())
}

// UnmarshalDate reads a civil date.
func UnmarshalDate(v any) (portfolio.Date, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		return portfolio.Date{}, err
	}
	return portfolio.ParseDate(s)
}

// MarshalDateTime writes an instant in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	if t.IsZero() || t.UTC().Year() > lastYear {
		return graphql.Null
	}
	return quoted(t.UTC().Format(time.RFC3339Nano))
}

// UnmarshalDateTime reads an instant.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %v is not an instant such as 2026-03-01T12:00:00Z", portfolio.ErrInvalid, v)
	}
	return t.UTC(), nil
}

// MarshalDecimal writes an exact decimal as a text.
func MarshalDecimal(d decimal.Decimal) graphql.Marshaler { return quoted(d.String()) }

// Decimals that clients send are bounded: one such as 1e999999999 takes
// minutes to compare.
const (
	maxDecimal  = 64 // characters
	maxExponent = 100
)

// UnmarshalDecimal reads an exact decimal from a text or a number.
func UnmarshalDecimal(v any) (decimal.Decimal, error) {
	text := fmt.Sprint(v)
	d, err := decimal.NewFromString(text)
	if err != nil || len(text) > maxDecimal || d.Exponent() > maxExponent || d.Exponent() < -maxExponent {
		return decimal.Decimal{}, fmt.Errorf("%w: %.*q is not a decimal of at most %d characters", portfolio.ErrInvalid, maxDecimal, text, maxDecimal)
	}
	return d, nil
}

// MarshalDateOrDuration writes what was read.
func MarshalDateOrDuration(w portfolio.When) graphql.Marshaler { return quoted(w.String()) }

// UnmarshalDateOrDuration reads a date or a duration relative to today.
func UnmarshalDateOrDuration(v any) (portfolio.When, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		return portfolio.When{}, err
	}
	return portfolio.ParseWhen(s)
}

// MarshalDateTimeOrDuration writes what was read.
func MarshalDateTimeOrDuration(m portfolio.Moment) graphql.Marshaler { return quoted(m.String()) }

// UnmarshalDateTimeOrDuration reads an instant, a date or a duration relative
// to today.
func UnmarshalDateTimeOrDuration(v any) (portfolio.Moment, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		return portfolio.Moment{}, err
	}
	return portfolio.ParseMoment(s)
}

// quoted writes a text that needs no escapes.
func quoted(s string) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+s+`"`) // an answer is written to memory
	})
}
