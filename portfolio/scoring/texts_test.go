package scoring

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTextsOfOneSubjectResembleOneAnother(t *testing.T) {
	texts := NewTexts([]string{
		"The interface to billing was tested too late",
		"Interfaces to the billing system must be testing earlier",
		"The supplier delivered tablets without chargers",
		"Der Lieferant lieferte die Tablets ohne Ladegeräte",
		"Lieferanten: Tablets kamen ohne Ladegerät",
		"",
	})
	for at, want := range map[int]string{0: "1", 1: "0", 2: "4 3", 3: "4 2", 4: "3 2", 5: ""} {
		var got []string
		for _, m := range texts.Nearest(at, 0.05) {
			got = append(got, fmt.Sprint(m.At))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("text %d resembles %v, want %s: %v", at, got, want, texts.Nearest(at, 0))
		}
	}
	if stars := fmt.Sprint(Stars(texts.Neighbours(0.3), func(int) bool { return true })); !strings.HasPrefix(stars, "[[{0 1} {1 ") || !strings.Contains(stars, "[{3 1} {4 ") {
		t.Errorf("groups = %s, want those of the interface and of the chargers in German", stars)
	}
	if stars := Stars(texts.Neighbours(0.3), func(at int) bool { return at > 0 && at != 4 }); len(stars) != 0 {
		t.Errorf("groups without their partners = %v, want none", stars)
	}
}

func TestCosineOfAWorkedExample(t *testing.T) {
	// Two texts of three; "late" is in both, the others in one each. With
	// idf = 1 + ln(4/3) for two texts and 1 + ln 2 for one:
	one, two := 1+math.Log(2), 1+math.Log(4.0/3)
	want := two * two / (one*one + two*two)
	got := NewTexts([]string{"late bills", "late trains", "snow"}).Nearest(0, 0)
	if len(got) != 1 || got[0].At != 1 || math.Abs(got[0].Score-want) > 1e-9 {
		t.Errorf("nearest = %v, want text 1 at %v", got, want)
	}
}

func TestSimilarityIsSymmetricAndAtMostOne(t *testing.T) {
	word := rapid.SampledFrom([]string{"late", "Late", "supplier", "suppliers", "the", "billing", "Größe", "SSO", "x", "…"})
	rapid.Check(t, func(t *rapid.T) {
		var all []string
		for range rapid.IntRange(1, 12).Draw(t, "texts") {
			all = append(all, strings.Join(rapid.SliceOfN(word, 0, 8).Draw(t, "text"), " "))
		}
		texts := NewTexts(all)
		score := map[[2]int]float64{}
		for i := range all {
			last := 1.0
			for _, m := range texts.Nearest(i, 0) {
				if m.Score > last || m.Score < 0 || m.At == i {
					t.Fatalf("%q: %v", all, texts.Nearest(i, 0))
				}
				last = m.Score
				score[[2]int{i, m.At}] = m.Score
				if strings.EqualFold(all[i], all[m.At]) && m.Score != 1 {
					t.Fatalf("%q resembles itself by %v only", all[i], m.Score)
				}
			}
		}
		for pair, s := range score {
			if back := score[[2]int{pair[1], pair[0]}]; math.Abs(back-s) > 2e-9 {
				t.Fatalf("%q: %v there, %v back", all, s, back)
			}
		}
		member := map[int]bool{}
		for _, star := range Stars(texts.Neighbours(0.4), func(at int) bool { return at%5 != 4 }) {
			for i, m := range star {
				if member[m.At] || m.At%5 == 4 || i > 0 && score[[2]int{star[0].At, m.At}] < 0.4 {
					t.Fatalf("%q: group %v", all, star)
				}
				member[m.At] = true
			}
		}
	})
}

// lessonLike is a text of the length of a lesson, of words as frequent as Zipf
// says without the first fifty of a language.
func lessonLike(chance *rand.Rand) string {
	zipf := rand.NewZipf(chance, 1.1, 50, 20_000)
	words := make([]string, 90)
	for i := range words {
		words[i] = fmt.Sprintf("%06x", zipf.Uint64()*2654435761%0xffffff)
	}
	return strings.Join(words, " ")
}

func BenchmarkTexts(b *testing.B) {
	chance := rand.New(rand.NewPCG(1, 2))
	all := make([]string, 5000)
	for i := range all {
		all[i] = lessonLike(chance)
	}
	texts := NewTexts(all)
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			NewTexts(all)
		}
	})
	b.Run("nearest", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			texts.Nearest(i%len(all), 0.1)
		}
	})
	b.Run("neighbours of all", func(b *testing.B) {
		for b.Loop() {
			Stars(texts.Neighbours(0.3), func(int) bool { return true })
		}
	})
}
