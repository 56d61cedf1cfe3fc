package jira

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

func TestCredentialsAreMaskedBeforeTextsAreCut(t *testing.T) {
	h := &hidden{email: "a@b.example"}
	h.learn(secret.New("canary"))
	for text, want := range map[string]string{
		"token canary":                   "token ***",
		"Basic YUBiLmV4YW1wbGU6Y2FuYXJ5": "Basic ***",
		"a@b.example:canary":             "***",
		"a@b.example":                    "a@b.example",
	} {
		if got := h.mask(text); got != want {
			t.Errorf("mask(%q) = %q, want %q", text, got, want)
		}
	}
	// A secret that stands where the text is cut must not leave its beginning.
	raw := `{"id": "1", "x": "` + strings.Repeat("y", portfolio.MaxRaw-21) + `canary"}`
	v := conversion{connection: "eng", hidden: h}
	if kept := v.quarantine(portfolio.KindMilestone, kindIssue, scopeIssues, []byte(raw), errCircles).quarantined.Raw; strings.Contains(string(kept), "can") {
		t.Errorf("the raw record ends with %q", kept[len(kept)-10:])
	}
}

func TestReplacedCredentialsStayHidden(t *testing.T) {
	h := &hidden{}
	for i := range maxHidden + 1 {
		h.learn(secret.New(fmt.Sprint("canary-", i)))
	}
	h.learn(secret.New("canary-16-and-more"))
	h.learn(secret.New("canary-15")) // known already
	for text, want := range map[string]string{"canary-16-and-more": "***", "canary-16": "***", "canary-2": "***", "canary-1!": "canary-1!"} {
		if got := h.mask(text); got != want {
			t.Errorf("mask(%q) = %q, want %q", text, got, want)
		}
	}
}
