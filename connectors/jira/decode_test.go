package jira

import (
	"strings"
	"testing"
)

func TestTheReasonOfQuarantineIsInWords(t *testing.T) {
	v := conversion{session: &session{}, connection: "eng", hidden: &hidden{}}
	project, _ := v.project([]byte(`{"id":"1","lead":[]}`))
	for _, c := range []struct {
		what string
		out  converted
		want string
	}{
		{"issue", v.issue([]byte(`{"id":"1","fields":{"status":[]}}`)), "field status: an object was expected, a list was found"},
		{"fields", v.issue([]byte(`{"id":"1","fields":7}`)), "fields: an object was expected, a number was found"},
		{"project", project, "lead: an object was expected, a list was found"},
		{"version", v.version([]byte(`{"id":"1","archived":"no"}`), projectRecord{}), "archived: true or false was expected, a text was found"},
	} {
		if c.out.quarantined == nil || !strings.Contains(c.out.quarantined.Reason, c.want) {
			t.Errorf("%s: %+v, want the reason %q", c.what, c.out.quarantined, c.want)
		}
	}
}
