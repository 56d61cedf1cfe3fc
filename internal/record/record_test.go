package record

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReasons(t *testing.T) {
	type inner struct {
		Name string `json:"name"`
	}
	for raw, want := range map[string]string{
		`{"id":"x"}`:             "field id: a whole number was expected, a text was found",
		`{"id":1.5}`:             "field id: a whole number was expected, the number 1.5 was found",
		`{"status":{"name":7}}`:  "field status.name: a text was expected, a number was found",
		`{"status":[]}`:          "field status: an object was expected, a list was found",
		`{"open":"yes"}`:         "field open: true or false was expected, a text was found",
		`{"hours":{}}`:           "field hours: a number was expected, an object was found",
		`{"list":true}`:          "field list: a list was expected, true or false was found",
		`{"id" 1}`:               "the record: JSON was expected, something else at character 7 was found",
		`{"id":1`:                "the record: JSON was expected, a text that breaks off was found",
		`{"id":9,"status":null}`: "",
	} {
		var r struct {
			ID     int64    `json:"id"`
			Status *inner   `json:"status"`
			Open   bool     `json:"open"`
			Hours  *float64 `json:"hours"`
			List   []string `json:"list"`
		}
		got := ""
		if err := Decode(json.RawMessage(raw), &r); err != nil {
			got = err.Error()
			var m *Mismatch
			if !errors.As(err, &m) {
				t.Errorf("%s: %T is no Mismatch", raw, err)
			}
		}
		if !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	if got := Missing("id", "the id").Error(); got != "field id: the id was expected, nothing was found" {
		t.Error(got)
	}
}

func TestText(t *testing.T) {
	for raw, want := range map[string]string{
		``: "", `null`: "", `""`: "", `"7"`: "",
		`"x"`:                               `field n: digits was expected, the text "x" was found`,
		`7`:                                 "field n: digits was expected, a number was found",
		`"` + strings.Repeat("ü", 61) + `"`: "field n: digits was expected, a text of 61 characters was found",
	} {
		value, err := Text("n", json.RawMessage(raw), "digits", strconv.Atoi)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want || raw == `"7"` && value != 7 {
			t.Errorf("%s: %d, %q; want %q", raw, value, got, want)
		}
	}
}

func TestIDs(t *testing.T) {
	for raw, want := range map[string]string{`{"id":7}`: "7", `{"id":"a"}`: "a", `{"id":null}`: "", `{"id":{}}`: "", `{}`: "", `[]`: "", `{`: ""} {
		if got := ID(json.RawMessage(raw)); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	if a, b := StandIn([]byte("a")), StandIn([]byte("b")); a == b || a != StandIn([]byte("a")) || !strings.HasPrefix(a, "unreadable-") {
		t.Errorf("%s and %s", a, b)
	}
}

func TestTruncate(t *testing.T) {
	for _, n := range []int{0, 1, 3, 4, 9} {
		if got := Truncate("äöüß", n); utf8.RuneCountInString(got) != min(n, 4) || !utf8.ValidString(got) {
			t.Errorf("cut to %d: %q", n, got)
		}
	}
}
