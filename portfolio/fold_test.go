package portfolio

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTheQuickWaysToFindATextAgreeWithTheSlowOne(t *testing.T) {
	letters := rapid.SampledFrom([]string{"a", "A", "k", "K", "\u212a", "s", "S", "\u017f", "ä", "Ä", "1", "-", "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(letters, 0, 9).Draw(t, "text"), "")
		want := strings.Join(rapid.SliceOfN(letters, 1, 3).Draw(t, "want"), "")
		if got, slow := containsFold(want)(text), containsFolded(text, want); got != slow {
			t.Errorf("%q contains %q = %v, want %v", text, want, got, slow)
		}
		if got, slow := startsWithFold(want)(text), foldedPrefix(text, want); got != slow {
			t.Errorf("%q begins with %q = %v, want %v", text, want, got, slow)
		}
	})
}
