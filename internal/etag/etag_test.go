package etag_test

import (
	"net/http"
	"testing"

	"plumbline/internal/etag"
)

func TestKnows(t *testing.T) {
	const tag = `W/"abc"`
	cases := []struct {
		header []string
		want   bool
	}{
		{nil, false},
		{[]string{`W/"abc"`}, true},
		{[]string{`"abc"`}, true},
		{[]string{`"x", W/"abc"`}, true},
		{[]string{`"x"`, `"abc"`}, true},
		{[]string{`*`}, true},
		{[]string{`"abcd"`, `abc`}, false},
	}
	for _, c := range cases {
		if got := etag.Knows(http.Header{"If-None-Match": c.header}, tag); got != c.want {
			t.Errorf("%q knows %s: %t, want %t", c.header, tag, got, c.want)
		}
	}
}
