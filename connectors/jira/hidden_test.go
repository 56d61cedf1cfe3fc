package jira

import (
	"strings"
	"testing"

	"plumbline/connectors"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// TestCredentialsAreMaskedBeforeTextsAreCut holds that a secret which stands
// where a record is cut does not leave its beginning.
func TestCredentialsAreMaskedBeforeTextsAreCut(t *testing.T) {
	h := new(secret.Hidden)
	h.Learn(secret.New("canary"))
	raw := `{"id": "1", "x": "` + strings.Repeat("y", portfolio.MaxRaw-21) + `canary"}`
	v := conversion{connection: "eng", hidden: h}
	if kept := v.quarantine(portfolio.KindMilestone, kindIssue, scopeIssues, []byte(raw), errCircles).quarantined.Raw; strings.Contains(string(kept), "can") {
		t.Errorf("the raw record ends with %q", kept[len(kept)-10:])
	}
}

// TestAConnectionHidesHowItSignsIn holds that the header of Basic
// authentication is masked too, with the address of the account in it.
func TestAConnectionHidesHowItSignsIn(t *testing.T) {
	s := Settings{URL: "https://example.atlassian.net", Auth: Auth{Email: "a@b.example", Token: secret.New("canary")}}
	c, err := s.Open(connectors.Env{Connection: "eng"})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "masked", c.(*Connector).hidden.Mask("Basic YUBiLmV4YW1wbGU6Y2FuYXJ5 of a@b.example"), "Basic *** of a@b.example")
}
