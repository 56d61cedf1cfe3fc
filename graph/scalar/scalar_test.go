package scalar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"

	"plumbline/graph/scalar"
	"plumbline/portfolio"
)

// What has no value becomes null, which a zero of Go would not.
func TestWritten(t *testing.T) {
	for _, c := range []struct {
		name string
		m    graphql.Marshaler
		want string
	}{
		{"text", scalar.MarshalString(`a "b"`), `"a \"b\""`},
		{"empty text", scalar.MarshalString(""), "null"},
		{"date", scalar.MarshalDate(portfolio.NewDate(2026, 3, 1)), `"2026-03-01"`},
		{"no date", scalar.MarshalDate(portfolio.Date{}), "null"},
		{"date that means never", scalar.MarshalDate(portfolio.NewDate(10000, 1, 1)), "null"},
		{"instant that means never", scalar.MarshalDateTime(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), "null"},
		{"instant", scalar.MarshalDateTime(time.Date(2026, 3, 1, 1, 0, 0, 5e6, time.FixedZone("CET", 3600))), `"2026-03-01T00:00:00.005Z"`},
		{"no instant", scalar.MarshalDateTime(time.Time{}), "null"},
		{"large number", scalar.MarshalFloat(3_324_574), "3324574"},
		{"small number", scalar.MarshalFloat(-0.000001), "-0.000001"},
		{"no number", scalar.MarshalFloat(math.NaN()), "null"},
		{"decimal", scalar.MarshalDecimal(decimal.RequireFromString("12345678901234567890.01")), `"12345678901234567890.01"`},
	} {
		var out bytes.Buffer
		c.m.MarshalGQL(&out)
		if out.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, out.String(), c.want)
		}
	}
}

// A value that cannot be read is the client's error, not ours.
func TestUnreadable(t *testing.T) {
	for name, err := range map[string]error{
		"text":     second(scalar.UnmarshalString(1)),
		"id":       second(scalar.UnmarshalID(1.5)),
		"number":   second(scalar.UnmarshalInt(json.Number("3000000000"))),
		"date":     second(scalar.UnmarshalDate("1 March")),
		"instant":  second(scalar.UnmarshalDateTime("2026-03-01")),
		"decimal":  second(scalar.UnmarshalDecimal("1e101")),
		"when":     second(scalar.UnmarshalDateOrDuration("soon")),
		"when not": second(scalar.UnmarshalDateOrDuration(nil)),
		"moment":   second(scalar.UnmarshalDateTimeOrDuration("soon")),
	} {
		if !errors.Is(err, portfolio.ErrInvalid) {
			t.Errorf("%s: error %v, want %v", name, err, portfolio.ErrInvalid)
		}
	}
}

func TestRead(t *testing.T) {
	if d, err := scalar.UnmarshalDecimal(json.Number("1200.50")); err != nil || !d.Equal(decimal.RequireFromString("1200.5")) {
		t.Errorf("decimal = %s, %v", d, err)
	}
	if id, err := scalar.UnmarshalID(json.Number("7")); err != nil || id != "7" {
		t.Errorf("id = %q, %v", id, err)
	}
	if n, err := scalar.UnmarshalInt(json.Number("-5")); err != nil || n != -5 {
		t.Errorf("number = %d, %v", n, err)
	}
}

func second[V any](_ V, err error) error { return err }
