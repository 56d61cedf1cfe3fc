package scoring

import (
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// usualCases is how many random cases a property is tried on by default.
const usualCases = 300

// checkProperty tries a property on as many random cases as are asked for.
func checkProperty(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	cases := usualCases
	if asked := os.Getenv("PLUMBLINE_PROPERTY_CASES"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 {
			t.Fatalf("PLUMBLINE_PROPERTY_CASES is %q; it is a number of cases", asked)
		}
		cases = n
	}
	for range (cases + 99) / 100 { // rapid checks 100 at a time
		rapid.Check(t, property)
		if t.Failed() {
			return
		}
	}
}

func unit(t *rapid.T, n int, label string) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(0, 1), n, n).Draw(t, label)
}

func weights(t *rapid.T, n int) []float64 {
	for {
		if w, ok := Normalise(unit(t, n, "weights")); ok {
			return w
		}
	}
}

func anyJudgements(t *rapid.T, n int) []Judgement {
	var all []Judgement
	for a := range n {
		for b := a + 1; b < n; b++ {
			times := float64(rapid.IntRange(1, 9).Draw(t, "times"))
			if rapid.Bool().Draw(t, "less") {
				times = 1 / times
			}
			all = append(all, Judgement{a, b, times})
		}
	}
	return all
}

// consistent are weights that no pair of takes off the scale, and the judgements that
// follow from them.
func consistent(t *rapid.T, n int) ([]float64, []Judgement) {
	w := rapid.SliceOfN(rapid.Float64Range(1, 9), n, n).Draw(t, "ratios")
	var all []Judgement
	for a := range n {
		for b := a + 1; b < n; b++ {
			all = append(all, Judgement{a, b, w[a] / w[b]})
		}
	}
	w, _ = Normalise(w)
	return w, all
}

func prioritise(t *rapid.T, n int, judgements []Judgement) *Priorities {
	p, err := Prioritise(n, judgements)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPropertyScoreIsFromZeroToHundred(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		score := Score(weights(t, n), unit(t, n, "strengths"))
		if !(score >= 0 && score <= 100) {
			t.Fatalf("score = %v", score)
		}
	})
}

func TestPropertyScoreIsMonotoneInStrength(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		w, c := weights(t, n), unit(t, n, "strengths")
		before := Score(w, c)
		i := rapid.IntRange(0, n-1).Draw(t, "which")
		c[i] += (1 - c[i]) * rapid.Float64Range(0, 1).Draw(t, "more")
		if after := Score(w, c); after < before {
			t.Fatalf("score falls from %v to %v", before, after)
		}
	})
}

func TestPropertyScoreIsTheSumOfItsParts(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		w, c := weights(t, n), unit(t, n, "strengths")
		parts := 0.0
		for i := range w {
			parts += Score(w[i:i+1], c[i:i+1])
		}
		if score := Score(w, c); math.Abs(parts-score) > 1e-9*float64(n) {
			t.Fatalf("parts sum to %v, the score is %v", parts, score)
		}
	})
}

func TestPropertyWeightsSumToOne(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, MaxSiblings).Draw(t, "n")
		p := prioritise(t, n, anyJudgements(t, n))
		for i, w := range p.Weights {
			if !(w > 0) {
				t.Fatalf("weight %d = %v", i, w)
			}
		}
		if total := sum(p.Weights); math.Abs(total-1) > 1e-9 {
			t.Fatalf("weights sum to %v", total)
		}
		if p.CR < 0 || p.Acceptable != (p.CR <= AcceptableCR) {
			t.Fatalf("CR = %v, acceptable = %v", p.CR, p.Acceptable)
		}
		if p.Worst != nil && (p.Worst.CRThen >= p.CR || p.Worst.Given < 1 || !onScale(p.Worst.Suggested)) {
			t.Fatalf("worst = %+v with a CR of %v", p.Worst, p.CR)
		}
	})
}

func TestPropertyWeightsAreTheEigenvector(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(3, MaxSiblings).Draw(t, "n")
		given, err := newComparisons(n, anyJudgements(t, n))
		if err != nil {
			t.Fatal(err)
		}
		m, _ := given.completed()
		w, _ := principal(m)
		lambda := eigenvalue(m, w)
		for i := range w {
			if off := math.Abs(dot(m[i], w) - lambda*w[i]); off > 1e-12*lambda {
				t.Fatalf("row %d of Aw is %v off lambda w", i, off)
			}
		}
	})
}

func TestPropertyConsistentJudgementsGiveBackTheirWeights(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, MaxSiblings).Draw(t, "n")
		want, judgements := consistent(t, n)
		p := prioritise(t, n, judgements)
		if off := furthest(p.Weights, want); off > 1e-9 || p.CR >= 1e-9 || p.Approximate {
			t.Fatalf("weights are %v off; %+v", off, p)
		}
	})
}

func TestPropertyIncompleteConsistentJudgementsDoToo(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, MaxSiblings).Draw(t, "n")
		want, all := consistent(t, n)
		// A random tree connects all; of the other judgements some are missing.
		parent := make([]int, n)
		for i := 1; i < n; i++ {
			parent[i] = rapid.IntRange(0, i-1).Draw(t, "parent")
		}
		var some []Judgement
		for _, j := range all {
			if parent[j.B] == j.A || rapid.IntRange(0, 3).Draw(t, "kept") == 0 {
				some = append(some, j)
			}
		}
		p := prioritise(t, n, some)
		if off := furthest(p.Weights, want); off > 1e-9 || p.CR >= 1e-9 {
			t.Fatalf("weights are %v off with %d of %d judgements; %+v", off, len(some), len(all), p)
		}
		if p.Approximate != (len(some) < len(all)) {
			t.Fatalf("approximate = %v with %d of %d judgements", p.Approximate, len(some), len(all))
		}
	})
}

func TestPropertyRelabellingChangesNothing(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, MaxSiblings).Draw(t, "n")
		labels := make([]int, n)
		for i := range labels {
			labels[i] = i
		}
		labels = rapid.Permutation(labels).Draw(t, "labels")
		judgements := anyJudgements(t, n)
		relabelled := make([]Judgement, len(judgements))
		for i, j := range judgements {
			relabelled[i] = Judgement{labels[j.A], labels[j.B], j.Times}
		}
		before, after := prioritise(t, n, judgements), prioritise(t, n, relabelled)
		strengths := unit(t, n, "strengths")
		moved, movedStrengths := make([]float64, n), make([]float64, n)
		for i, label := range labels {
			moved[i] = after.Weights[label]
			movedStrengths[label] = strengths[i]
		}
		if off := furthest(before.Weights, moved); off > 1e-12 {
			t.Fatalf("weights are %v off", off)
		}
		if math.Abs(before.CR-after.CR) > 1e-9 {
			t.Fatalf("CR = %v, then %v", before.CR, after.CR)
		}
		if one, two := Score(before.Weights, strengths), Score(after.Weights, movedStrengths); math.Abs(one-two) > 1e-9 {
			t.Fatalf("score = %v, then %v", one, two)
		}
	})
}

func TestPropertySameWeightsAgainChangeNothing(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		today := weights(t, n)
		again, ok := Normalise(today)
		if !ok {
			t.Fatal("normal weights cannot be normalised")
		}
		projects := rapid.IntRange(1, 20).Draw(t, "projects")
		before, after := make([]float64, projects), make([]float64, projects)
		for p := range projects {
			c := unit(t, n, "strengths")
			before[p], after[p] = Score(today, c), Score(again, c)
		}
		// A score at the edge of two roundings may fall on either side.
		if off := furthest(before, after); off > 1.1e-9 {
			t.Fatalf("scores are %v off", off)
		}
		if d := cmp.Diff(Ranks(before), Ranks(rounded(before))); d != "" {
			t.Fatal(d)
		}
	})
}

func TestPropertyJudgesWhoAgreeAreOne(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		judgements := anyJudgements(t, n)
		panel, err := PrioritiseTogether(n, [][]Judgement{judgements, judgements, judgements})
		if err != nil {
			t.Fatal(err)
		}
		if off := furthest(panel.Group.Weights, panel.Judges[0].Weights); off > 1e-12 || *panel.Consensus != 1 {
			t.Fatalf("weights are %v off, consensus %v", off, *panel.Consensus)
		}
	})
}

func TestPropertyConsensusIsAShare(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		judges := make([][]Judgement, rapid.IntRange(2, 4).Draw(t, "judges"))
		for i := range judges {
			judges[i] = anyJudgements(t, n)
		}
		panel, err := PrioritiseTogether(n, judges)
		if err != nil {
			t.Fatal(err)
		}
		if c := *panel.Consensus; !(c >= 0 && c <= 1) {
			t.Fatalf("consensus = %v", c)
		}
		for i, s := range panel.Spread {
			if s.Spread < 1 || (i > 0 && s.Spread > panel.Spread[i-1].Spread) {
				t.Fatalf("spread = %+v", panel.Spread)
			}
		}
	})
}

// quadratic is the definition of tau-b.
func quadratic(x, y []float64) (float64, bool) {
	agree, untiedX, untiedY := 0.0, 0.0, 0.0
	for i := range x {
		for j := range i {
			a, b := sign(x[i]-x[j]), sign(y[i]-y[j])
			agree += a * b
			untiedX += a * a
			untiedY += b * b
		}
	}
	if untiedX == 0 || untiedY == 0 {
		return 0, false
	}
	return agree / math.Sqrt(untiedX*untiedY), true
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func TestPropertyTauBEqualsItsDefinition(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		few := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 6).Draw(t, "value")) / 10 })
		x := rapid.SliceOfN(few, n, n).Draw(t, "x")
		y := rapid.SliceOfN(few, n, n).Draw(t, "y")
		want, wantOK := quadratic(x, y)
		got, ok := TauB(x, y)
		if ok != wantOK || math.Abs(got-want) > 1e-9 {
			t.Fatalf("tau-b = %v %v, want %v %v", got, ok, want, wantOK)
		}
		if got < -1 || got > 1 {
			t.Fatalf("tau-b = %v", got)
		}
	})
}

func TestPropertyRanksCountWhoIsBetter(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 3), 0, 30).Draw(t, "values")
		for i := range values {
			if rapid.Bool().Draw(t, "whole") {
				values[i] = math.Floor(values[i])
			}
		}
		for i, rank := range Ranks(values) {
			better := 1
			for _, v := range values {
				if Round9(v) > Round9(values[i]) {
					better++
				}
			}
			if rank != better {
				t.Fatalf("rank of %v among %v = %d, want %d", values[i], values, rank, better)
			}
		}
	})
}

func TestPropertyPortfolioAlignmentIsAShare(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "n")
		w, spend := weights(t, n), weights(t, n+1)
		index, gaps := PortfolioAlignment(w, spend[:n], spend[n])
		if !(index >= 0 && index <= 1) {
			t.Fatalf("index = %v", index)
		}
		// What some objectives have too little of, others or orphans have too much of.
		if total := sum(gaps) + spend[n]; math.Abs(total) > 1e-9*float64(n+1) {
			t.Fatalf("gaps and orphans sum to %v", total)
		}
		if same, _ := PortfolioAlignment(w, w, 0); same != 1 {
			t.Fatalf("index of spend as weighed = %v", same)
		}
	})
}

// figure is a number or none, often a telling one.
func figure(t *rapid.T, label string) *float64 {
	kind := rapid.IntRange(0, 9).Draw(t, label+" kind")
	if kind == 0 {
		return nil
	}
	x := rapid.Float64().Draw(t, label)
	switch {
	case kind < 6:
		x = float64(rapid.IntRange(-3, 3).Draw(t, label))
	case kind < 9:
		x = rapid.Float64Range(-1e6, 1e6).Draw(t, label)
	}
	return &x
}

func TestPropertyNullHasAReasonAndAReasonIsOfANull(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		check := func(what string, got *float64, code Code) {
			if (got == nil) != (code != "") {
				t.Fatalf("%s: %v with code %q", what, show(got), code)
			}
			if got != nil && (math.IsNaN(*got) || math.IsInf(*got, 0)) {
				t.Fatalf("%s: %v", what, *got)
			}
		}
		target := Target{
			Direction:    rapid.SampledFrom([]Direction{HigherIsBetter, LowerIsBetter, TargetBand, ""}).Draw(t, "direction"),
			FromBaseline: rapid.Bool().Draw(t, "from baseline"),
			Target:       figure(t, "target"), Baseline: figure(t, "baseline"), Low: figure(t, "low"), High: figure(t, "high"),
		}
		actual := figure(t, "actual")
		attained, code := Attain(target, actual)
		check("attainment", attained, code)
		gone, code := Progress(target.Baseline, target.Target, actual)
		check("progress", gone, code)
		n := rapid.IntRange(0, 4).Draw(t, "parts")
		parts := rapid.SliceOfN(rapid.Float64Range(-2, 2), n, n).Draw(t, "progress")
		shares := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0, 1, 2.5}), n, n).Draw(t, "shares")
		for _, method := range []Method{WeightedMean, Mean, Min, Manual, ""} {
			rolled, code := RollUp(method, shares, parts)
			check("roll-up by "+string(method), rolled, code)
		}
		size := figure(t, "size")
		if size != nil {
			first, code := WSJF(1, 2, 3, *size)
			check("WSJF", first, code)
		}
	})
}

func TestPropertyAttainmentIsMonotone(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		aim := rapid.Float64Range(0, 100).Draw(t, "target")
		less := rapid.Float64Range(-200, 200).Draw(t, "actual")
		more := less + rapid.Float64Range(0, 100).Draw(t, "more")
		low, _ := Attain(Target{Direction: HigherIsBetter, Target: &aim}, &less)
		high, _ := Attain(Target{Direction: HigherIsBetter, Target: &aim}, &more)
		if low != nil && high != nil && *high < *low {
			t.Fatalf("higher is better, but attainment falls from %v to %v", *low, *high)
		}
		low, _ = Attain(Target{Direction: LowerIsBetter, Target: &aim}, &less)
		high, _ = Attain(Target{Direction: LowerIsBetter, Target: &aim}, &more)
		if low != nil && high != nil && *high > *low {
			t.Fatalf("lower is better, but attainment rises from %v to %v", *low, *high)
		}
	})
}

func rounded(values []float64) []float64 {
	shown := make([]float64, len(values))
	for i, v := range values {
		shown[i] = Round9(v)
	}
	return shown
}

// A figure that is rounded already is found so without writing it.
func TestPropertyRoundingIsThatOfTheText(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		x := rapid.Float64Range(-2e6, 2e6).Draw(t, "x")
		text, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 9, 64), 64)
		if err != nil {
			t.Fatal(err)
		}
		if Round9(x) != text || Round9(text) != text {
			t.Fatalf("%v is rounded to %v and %v, want %v", x, Round9(x), Round9(text), text)
		}
	})
}
