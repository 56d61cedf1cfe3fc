package spelling

import "testing"

func TestTheNameThatWasMeant(t *testing.T) {
	names := []string{"objectives", "judgements", "kpis", "kpiLinks"}
	for word, want := range map[string]string{
		"objectvies":  "did you mean objectives?",
		"Objective":   "did you mean objectives?",
		"kpi_links":   "did you mean kpiLinks?",
		"budget":      "expected objectives, judgements, kpis or kpiLinks",
		"":            "expected objectives, judgements, kpis or kpiLinks",
		longWord("o"): "expected objectives, judgements, kpis or kpiLinks",
	} {
		if got := DidYouMean(word, names); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", word, got, want)
		}
	}
	for want, names := range map[string][]string{"none": nil, "a": {"a"}, "a or b": {"a", "b"}} {
		if got := OneOf(names); got != want {
			t.Errorf("OneOf(%q) = %q, want %q", names, got, want)
		}
	}
}

// longWord is longer than any name.
func longWord(letter string) (word string) {
	for len(word) <= longest {
		word += letter
	}
	return word
}
