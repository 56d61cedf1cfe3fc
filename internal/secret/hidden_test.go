package secret

import (
	"fmt"
	"testing"
)

func TestHidden(t *testing.T) {
	var h Hidden
	if got := h.Mask("says hunter2"); got != "says hunter2" {
		t.Errorf("nothing is hidden yet: %q", got)
	}
	for _, s := range []string{"hunter", "hunter2"} {
		if _, err := h.Source(Fixed(New(s))).Secret(t.Context(), String{}); err != nil {
			t.Fatal(err)
		}
	}
	h.Learn(String{}) // would replace what is between all letters
	if got := h.Mask("hunter2 and hunter"); got != "*** and ***" {
		t.Errorf("masked: %q", got)
	}
	for n := range maxHidden {
		h.Learn(New(fmt.Sprintf("token-%02d", n)))
	}
	if got := h.Mask("hunter2 token-00 token-15"); got != "hunter2 *** ***" {
		t.Errorf("only the last %d are hidden: %q", maxHidden, got)
	}
}

// TestHiddenAsItIsSent holds that a secret is hidden in the forms of Basic
// authentication too.
func TestHiddenAsItIsSent(t *testing.T) {
	for user, texts := range map[string]map[string]string{
		"a@b.example": {
			"token canary":                   "token ***",
			"Basic YUBiLmV4YW1wbGU6Y2FuYXJ5": "Basic ***",
			"a@b.example:canary":             "***",
			"a@b.example":                    "a@b.example",
		},
		"": {"Basic OmNhbmFyeQ==": "Basic ***", "says: canary": "says: ***"},
	} {
		h := Hidden{User: user}
		h.Learn(New("canary"))
		for text, want := range texts {
			if got := h.Mask(text); got != want {
				t.Errorf("of %q: Mask(%q) = %q, want %q", user, text, got, want)
			}
		}
	}
}

// TestReplacedSecretsStayHidden holds that the last ones are, one that begins
// another included.
func TestReplacedSecretsStayHidden(t *testing.T) {
	var h Hidden
	for i := range maxHidden + 1 {
		h.Learn(New(fmt.Sprint("canary-", i)))
	}
	h.Learn(New("canary-16-and-more"))
	h.Learn(New("canary-15")) // known already
	for text, want := range map[string]string{"canary-16-and-more": "***", "canary-16": "***", "canary-2": "***", "canary-1!": "canary-1!"} {
		if got := h.Mask(text); got != want {
			t.Errorf("Mask(%q) = %q, want %q", text, got, want)
		}
	}
}
