package scoring

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Texts compares short texts by their words: term weights tf·idf with
// logarithmic tf, and the cosine between them (Salton and Buckley, Information
// Processing & Management 24, 1988; Manning, Raghavan and Schütze,
// Introduction to Information Retrieval, 2008, chapter 6). Words count by their
// first six letters, which takes the place of stemming in languages that inflect
// at the end, without knowing which one it is (Can et al., JASIST 59, 2008).
//
// It is written here because what there is compares two strings at a time, so
// that finding the nearest of 5,000 texts reads all of them, and because the
// stemmers that are kept know English and a few more, and not the language of a
// text.
type Texts struct {
	// vectors hold the terms of each text by their number, of length 1; a text
	// without words has none.
	vectors [][]termWeight
	// postings lead from a term to the texts that have it.
	postings [][]termWeight
}

// A termWeight is a term of a text, or a text of a term, and its weight there.
type termWeight struct {
	at     int
	weight float64
}

// A Match is a text that resembles another one.
type Match struct {
	// At is the place of the text.
	At int
	// Score is from 0, no word in common, to 1, the same words as often.
	Score float64
}

// NewTexts makes the index of some texts.
func NewTexts(texts []string) *Texts {
	t := &Texts{vectors: make([][]termWeight, len(texts))}
	numbers := map[string]int{}
	for i, text := range texts {
		counts := map[int]int{}
		for term := range terms(text) {
			n, known := numbers[term]
			if !known {
				n = len(numbers)
				numbers[term] = n
			}
			counts[n]++
		}
		for n, count := range counts {
			t.vectors[i] = append(t.vectors[i], termWeight{n, 1 + math.Log(float64(count))})
		}
		// Sums depend on their order in the last digit.
		slices.SortFunc(t.vectors[i], func(a, b termWeight) int { return cmp.Compare(a.at, b.at) })
	}
	t.postings = make([][]termWeight, len(numbers))
	having := make([]int, len(numbers))
	for _, vector := range t.vectors {
		for _, term := range vector {
			having[term.at]++
		}
	}
	for i, vector := range t.vectors {
		length := 0.0
		for k := range vector {
			// A word that every text has still counts a little, or two texts
			// that say the same would have nothing in common.
			vector[k].weight *= 1 + math.Log(float64(1+len(texts))/float64(1+having[vector[k].at]))
			length += vector[k].weight * vector[k].weight
		}
		for k := range vector {
			vector[k].weight /= math.Sqrt(length)
			t.postings[vector[k].at] = append(t.postings[vector[k].at], termWeight{i, vector[k].weight})
		}
	}
	return t
}

// Nearest returns the texts that resemble one of them with at least the score,
// the most similar first and then by place.
func (t *Texts) Nearest(at int, least float64) []Match {
	matches := t.matches(at, least, make([]float64, len(t.vectors)), len(t.vectors))
	sortMatches(matches)
	return matches
}

// matches are the texts before a place that resemble one of them with at least
// the score. The scores are 0 before and after.
func (t *Texts) matches(at int, least float64, scores []float64, before int) (matches []Match) {
	var found []int
	for _, term := range t.vectors[at] {
		for _, other := range t.postings[term.at] {
			if other.at >= before {
				break
			}
			if scores[other.at] == 0 {
				found = append(found, other.at)
			}
			scores[other.at] += term.weight * other.weight
		}
	}
	for _, other := range found {
		if score := min(Round9(scores[other]), 1); other != at && score >= least {
			matches = append(matches, Match{other, score})
		}
		scores[other] = 0
	}
	return matches
}

func sortMatches(matches []Match) {
	slices.SortFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.At, b.At))
	})
}

// Neighbours are Nearest of every text, by its place.
func (t *Texts) Neighbours(least float64) [][]Match {
	all := make([][]Match, len(t.vectors))
	scores := make([]float64, len(t.vectors))
	for i := range t.vectors {
		for _, m := range t.matches(i, least, scores, i) { // each pair once
			all[i] = append(all[i], m)
			all[m.At] = append(all[m.At], Match{i, m.Score})
		}
	}
	for _, matches := range all {
		sortMatches(matches)
	}
	return all
}

// Stars puts texts into groups by their neighbours, so that each is a neighbour
// of the first one of its group: the text with most neighbours that is in no
// group yet takes those of them that are in none (star clustering: Aslam,
// Pelekhov and Rus, Journal of Graph Algorithms and Applications 8, 2004).
// Unlike chains of neighbours, such a group cannot drift from one subject to
// another. Only texts that keep means are looked at; a text without company is
// in no group.
func Stars(neighbours [][]Match, keep func(at int) bool) (stars [][]Match) {
	company := make([]int, len(neighbours))
	var order []int
	for i, all := range neighbours {
		if !keep(i) {
			continue
		}
		order = append(order, i)
		for _, m := range all {
			if keep(m.At) {
				company[i]++
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(company[b], company[a]) })
	taken := make([]bool, len(neighbours))
	for _, i := range order {
		if taken[i] {
			continue
		}
		star := []Match{{i, 1}}
		for _, m := range neighbours[i] {
			if keep(m.At) && !taken[m.At] {
				star = append(star, m)
			}
		}
		if len(star) == 1 {
			continue
		}
		for _, m := range star {
			taken[m.At] = true
		}
		stars = append(stars, star)
	}
	return stars
}

// termLetters is how much of a word tells it from others.
const termLetters = 6

// terms yields the terms of a text, as often as they are in it.
func terms(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		words := strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for word := range words {
			letters := []rune(word)
			if len(letters) < 2 || unremarkable[word] {
				continue
			}
			if !yield(string(letters[:min(len(letters), termLetters)])) {
				return
			}
		}
	}
}

// unremarkable words say nothing of what a text is about. They are those of the
// languages that the tools' texts are mostly in.
var unremarkable = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(`
		a about after all also an and any are as at be because been before but by can could did do does for from had has
		have how if in into is it its more no not of off on only or our out over should so some than that the their them
		then there they this to too until was we were what when which while who will with would
		aber als am an auch auf aus bei bis da das dass dem den der des die durch ein eine einem einen einer es für hat
		ihr im in ist kein keine mit nach nicht noch nur oder sein sich sie sind so um und uns von vor war waren wegen
		wenn wer wird wurde wurden zu zum zur`) {
		words[word] = true
	}
	return words
}()
