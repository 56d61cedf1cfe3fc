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
