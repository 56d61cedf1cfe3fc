package scoring

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTwoItemsAreAlwaysConsistent(t *testing.T) {
	for n, judgements := range [][]Judgement{nil, nil, {{0, 1, 3}}} {
		p, err := Prioritise(n, judgements)
		if err != nil {
			t.Fatal(err)
		}
		if p.CR != 0 || !p.Acceptable || p.Approximate || p.Worst != nil {
			t.Errorf("%d items: %+v", n, p)
		}
		near(t, "weights", p.Weights, [][]float64{{}, {1}, {.75, .25}}[n], 1e-12)
	}
}

func TestContradictionIsFoundAndMended(t *testing.T) {
	// 0 is twice 1, 1 is twice 2, and 0 is a ninth of 2 where 4 was meant.
	p, err := Prioritise(3, []Judgement{{0, 1, 2}, {1, 2, 2}, {0, 2, 1.0 / 9}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Acceptable || p.CR < 1 {
		t.Errorf("CR = %v, which is accepted: %v", p.CR, p.Acceptable)
	}
	// In a cycle of three any of them mends all, and 4 is on the scale.
	w := p.Worst
	if w == nil || w.CRThen > 1e-6 || w.Given < 1 {
		t.Fatalf("worst = %+v", w)
	}
}

func TestWorstPairIsTheOneThatWasSpoiled(t *testing.T) {
	weights := []float64{8, 4, 2, 1}
	var judgements []Judgement
	for a := range weights {
		for b := a + 1; b < len(weights); b++ {
			judgements = append(judgements, Judgement{a, b, weights[a] / weights[b]})
		}
	}
	judgements[3].Times = 1.0 / 7 // 1 to 2, where 2 would be consistent
	p, err := Prioritise(len(weights), judgements)
	if err != nil {
		t.Fatal(err)
	}
	w := p.Worst
	if w == nil || w.A != 2 || w.B != 1 {
		t.Fatalf("worst = %+v, want 2 to 1", w)
	}
	nearOne(t, "given", w.Given, 7, 1e-9)
	nearOne(t, "suggested", w.Suggested, .5, 1e-6)
	nearOne(t, "CR then", w.CRThen, 0, 1e-6)
}

// No other single value of the scale makes Saaty's inconsistent house better
// than the one suggested.
func TestNothingBetterIsLeftUnsaid(t *testing.T) {
	house := []float64{5, 3, 7, 6, 6, 1. / 3, 1. / 4, 1. / 3, 5, 3, 3, 1. / 5, 1. / 7, 6, 3, 4, 6, 1. / 5, 1. / 3, 1. / 4, 1. / 7, 1. / 8, 1. / 2, 1. / 5, 1. / 6, 1. / 5, 1. / 6, 1. / 2}
	var judgements []Judgement
	for a := range 8 {
		for b := a + 1; b < 8; b++ {
			judgements = append(judgements, Judgement{a, b, house[len(judgements)]})
		}
	}
	p, err := Prioritise(8, judgements)
	if err != nil {
		t.Fatal(err)
	}
	if p.Worst == nil || p.Worst.CRThen >= p.CR {
		t.Fatalf("worst = %+v with a CR of %v", p.Worst, p.CR)
	}
	for i, given := range judgements {
		for _, times := range []float64{1. / 9, 1. / 7, 1. / 5, 1. / 3, .5, 1, 2, 3, 4, 5, 6, 7, 8, 9} {
			judgements[i].Times = times
			other, err := newComparisons(8, judgements)
			if err != nil {
				t.Fatal(err)
			}
			m, _ := other.completed()
			weights, _ := principal(m)
			if _, _, cr := consistency(m, weights); cr < p.Worst.CRThen-1e-9 {
				t.Errorf("%d to %d as %v gives a CR of %v, the suggestion only %v", given.A, given.B, times, cr, p.Worst.CRThen)
			}
		}
		judgements[i] = given
		same := (given.A == p.Worst.A && given.B == p.Worst.B) || (given.A == p.Worst.B && given.B == p.Worst.A)
		if same {
			mended := append([]Judgement(nil), judgements...)
			mended[i] = Judgement{p.Worst.A, p.Worst.B, p.Worst.Suggested}
			then, err := Prioritise(8, mended)
			if err != nil {
				t.Fatal(err)
			}
			nearOne(t, "CR with the suggestion", then.CR, p.Worst.CRThen, 1e-8)
		}
	}
}

func TestItemsThatNobodyComparedAreNamed(t *testing.T) {
	_, err := Prioritise(5, []Judgement{{3, 0, 2}, {1, 4, 3}})
	var gap *NotConnected
	if !errors.As(err, &gap) {
		t.Fatalf("err = %v", err)
	}
	if d := cmp.Diff([][]int{{0, 3}, {1, 4}, {2}}, gap.Groups); d != "" {
		t.Error(d)
	}
	if want := "items are not compared with each other: 0 3 | 1 4 | 2"; gap.Error() != want {
		t.Errorf("%q, want %q", gap.Error(), want)
	}
}

func TestJudgementsThatCannotBe(t *testing.T) {
	for _, test := range []struct {
		n         int
		judgement Judgement
		want      error
	}{
		{11, Judgement{0, 1, 2}, ErrTooMany},
		{2, Judgement{0, 1, 9.1}, ErrScale},
		{2, Judgement{0, 1, .11}, ErrScale},
		{2, Judgement{0, 1, 0}, ErrScale},
		{2, Judgement{0, 1, math.NaN()}, ErrScale},
		{2, Judgement{1, 1, 1}, ErrPair},
		{2, Judgement{0, 2, 2}, ErrPair},
		{2, Judgement{-1, 0, 2}, ErrPair},
	} {
		if _, err := Prioritise(test.n, []Judgement{test.judgement}); !errors.Is(err, test.want) {
			t.Errorf("%d items, %+v: %v, want %v", test.n, test.judgement, err, test.want)
		}
		if _, err := PrioritiseTogether(test.n, [][]Judgement{nil, {test.judgement}}); !errors.Is(err, test.want) {
			t.Errorf("together: %d items, %+v: %v, want %v", test.n, test.judgement, err, test.want)
		}
	}
}

func TestPairJudgedTwiceCountsWithTheGeometricMean(t *testing.T) {
	p, err := Prioritise(2, []Judgement{{0, 1, 8}, {1, 0, .5}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "weights", p.Weights, []float64{.8, .2}, 1e-12) // sqrt(8*2) is 4
}

func TestSeveralJudges(t *testing.T) {
	panel, err := PrioritiseTogether(3, [][]Judgement{
		{{0, 1, 4}, {1, 2, 1}, {0, 2, 4}}, // 2/3 1/6 1/6
		{{0, 1, 1}, {1, 2, 1}, {0, 2, 1}}, // thirds
		{{0, 1, 2}},                       // says nothing of 2
	})
	if err != nil {
		t.Fatal(err)
	}
	if panel.Judges[2] != nil {
		t.Errorf("a judge who leaves one out has weights: %v", panel.Judges[2].Weights)
	}
	near(t, "first judge", panel.Judges[0].Weights, []float64{2. / 3, 1. / 6, 1. / 6}, 1e-12)
	near(t, "second judge", panel.Judges[1].Weights, []float64{1. / 3, 1. / 3, 1. / 3}, 1e-12)
	// The means are 2, 1 and 2.
	near(t, "group", panel.Group.Weights, []float64{.5, .25, .25}, 1e-12)
	if panel.Consensus == nil {
		t.Fatalf("no consensus: %s", panel.ConsensusReason)
	}
	nearOne(t, "consensus", *panel.Consensus, 2./3, 1e-9)
	want := []PairSpread{{0, 1, 1, 4, 4}, {0, 2, 1, 4, 4}, {1, 2, 1, 1, 1}}
	if d := cmp.Diff(want, panel.Spread); d != "" {
		t.Error(d)
	}
}

func TestJudgesCompleteEachOther(t *testing.T) {
	panel, err := PrioritiseTogether(3, [][]Judgement{{{0, 1, 2}}, {{1, 2, 2}}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "group", panel.Group.Weights, []float64{4. / 7, 2. / 7, 1. / 7}, 1e-12)
	if !panel.Group.Approximate {
		t.Error("CR is not marked approximate although nobody compared 0 and 2")
	}
	if panel.Consensus != nil || panel.ConsensusReason != FewerThanTwoJudges {
		t.Errorf("consensus = %v, reason %q", panel.Consensus, panel.ConsensusReason)
	}
}

func TestPanelWithoutWeightsStillShowsItsJudges(t *testing.T) {
	panel, err := PrioritiseTogether(3, [][]Judgement{{{0, 1, 2}}, {{0, 1, 8}}})
	var gap *NotConnected
	if !errors.As(err, &gap) || panel == nil || panel.Group != nil {
		t.Fatalf("panel = %+v, err = %v", panel, err)
	}
	if d := cmp.Diff([]PairSpread{{0, 1, 2, 8, 4}}, panel.Spread); d != "" {
		t.Error(d)
	}
}
