package scoring

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func number(x float64) *float64 { return &x }

func TestEarnedValueSaysWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		story string
		given EarnedValue
		want  map[string]Code
	}{
		{"nothing is known", EarnedValue{}, map[string]Code{"SPI": NoPlannedValue, "CPI": NoActualCost, "SV": NoEarnedValue, "EAC": NoBudget, "ETC": NoBudget, "VAC": NoBudget, "TCPI": NoBudget}},
		{"nothing was planned yet", EarnedValue{number(100), number(0), number(5), number(4)}, map[string]Code{"SPI": PlannedZero}},
		{"nothing was spent yet", EarnedValue{number(100), number(10), number(5), number(0)}, map[string]Code{"CPI": ActualNotPositive, "EAC": ActualNotPositive, "ETC": ActualNotPositive}},
		{"corrections are more than was spent", EarnedValue{number(100), number(10), number(5), number(-3)}, map[string]Code{"CPI": ActualNotPositive}},
		{"nothing was earned yet", EarnedValue{number(100), number(10), number(0), number(4)}, map[string]Code{"EAC": EarnedZero, "VAC": EarnedZero}},
		{"the budget is spent", EarnedValue{number(100), number(100), number(90), number(100)}, map[string]Code{"TCPI": BudgetSpent}},
		{"the budget is overspent", EarnedValue{number(100), number(100), number(90), number(120)}, map[string]Code{"TCPI": BudgetSpent}},
		{"what was earned is not known", EarnedValue{number(100), number(100), nil, number(120)}, map[string]Code{"SPI": NoEarnedValue, "CPI": NoEarnedValue, "EAC": NoEarnedValue, "TCPI": NoEarnedValue}},
	} {
		got := Perform(c.given).figures()
		for name, code := range c.want {
			if got[name].Value != nil || got[name].Code != code {
				t.Errorf("%s: %s = %v with code %q, want null because of %s", c.story, name, got[name].Value, got[name].Code, code)
			}
		}
	}
}

// Every figure has a value or a code, and amounts go with the unit of money
// while indices do not.
func TestEarnedValueKnowsNoUnits(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		draw := func(what string) *float64 {
			if rapid.IntRange(0, 4).Draw(t, what+" missing") == 0 {
				return nil
			}
			return number(float64(rapid.IntRange(0, 1_000).Draw(t, what)))
		}
		e := EarnedValue{draw("budget"), draw("planned"), draw("earned"), draw("actual")}
		unit := float64(rapid.IntRange(2, 1_000).Draw(t, "unit"))
		scaled := EarnedValue{times(e.Budget, unit), times(e.Planned, unit), times(e.Earned, unit), times(e.Actual, unit)}
		one, other := Perform(e).figures(), Perform(scaled).figures()
		for name, f := range one {
			if (f.Value == nil) != (f.Code != "") {
				t.Fatalf("%s: value %v with code %q", name, f.Value, f.Code)
			}
			if f.Code != other[name].Code {
				t.Fatalf("%s: code %q, %q in another unit", name, f.Code, other[name].Code)
			}
			if f.Value == nil {
				continue
			}
			want := *f.Value
			if name != "SPI" && name != "CPI" && name != "TCPI" {
				want *= unit
			}
			if off := math.Abs(*other[name].Value - want); off > 1e-6*max(1, math.Abs(want)) {
				t.Fatalf("%s: %v in another unit, want %v", name, *other[name].Value, want)
			}
		}
	})
}

func times(x *float64, by float64) *float64 {
	if x == nil {
		return nil
	}
	return number(*x * by)
}

func TestEarnedScheduleAtItsEdges(t *testing.T) {
	plan := []PlanPoint{{1, 100}, {2, 200}, {3, 200}, {4, 200}, {5, 300}, {6, 300}}
	for _, c := range []struct {
		story           string
		budget, ev, at  float64
		es, spi         float64
		code            Code
		noEnd, noTarget Code
	}{
		{"half of the first period", 300, 50, 1, 0.5, 0.5, "", "", ""},
		{"a pause is nobody's delay", 300, 200, 4, 4, 1, "", "", ""},
		{"after the pause", 300, 250, 5, 4.5, 0.9, "", "", PlannedTimeOver},
		{"all is earned when the plan first has all", 300, 300, 8, 5, 0.625, "", "", PlannedTimeOver},
		{"more than all", 300, 400, 8, 5, 0.625, "", "", PlannedTimeOver},
		{"nothing is earned", 300, 0, 2, 0, 0, "", EarnedZero, ""},
		{"the plan has not begun", 300, 10, 0, 0, 0, NotBegun, "", ""},
		{"the plan is of a part only", 1000, 400, 4, 0, 0, PlanTooShort, "", ""},
	} {
		s := EarnSchedule(plan, c.budget, c.ev, c.at)
		if c.code != "" {
			if s.SPI.Value != nil || s.SPI.Code != c.code {
				t.Errorf("%s: SPI(t) = %v with %q, want null because of %s", c.story, s.SPI.Value, s.SPI.Code, c.code)
			}
			continue
		}
		if es, spi := known(t, c.story, s.Earned), known(t, c.story, s.SPI); es != c.es || spi != c.spi {
			t.Errorf("%s: ES = %v and SPI(t) = %v, want %v and %v", c.story, es, spi, c.es, c.spi)
		}
		if s.AtCompletion.Code != c.noEnd || s.ToComplete.Code != c.noTarget {
			t.Errorf("%s: codes %q and %q, want %q and %q", c.story, s.AtCompletion.Code, s.ToComplete.Code, c.noEnd, c.noTarget)
		}
	}
	for _, nothing := range [][]PlanPoint{nil, {{1, 0}, {2, 0}}} {
		if s := EarnSchedule(nothing, 100, 10, 1); s.SPI.Code != NoPlannedValue {
			t.Errorf("a plan of nothing: %q, want %s", s.SPI.Code, NoPlannedValue)
		}
	}
}

func anyPlan(t *rapid.T) []PlanPoint {
	var plan []PlanPoint
	at, planned := 0.0, 0.0
	for range rapid.IntRange(1, 8).Draw(t, "points") {
		at += float64(rapid.IntRange(1, 40).Draw(t, "days"))
		planned += float64(rapid.IntRange(0, 3).Draw(t, "planned"))
		plan = append(plan, PlanPoint{at, planned})
	}
	plan[0].Value++
	for i := range plan[1:] {
		plan[i+1].Value++
	}
	return plan
}

// What SPI hides: a late project that is finished was late.
func TestFinishedLateProjectStaysLate(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		plan := anyPlan(t)
		whole := plan[len(plan)-1]
		late := whole.At + float64(rapid.IntRange(1, 400).Draw(t, "late"))
		s := EarnSchedule(plan, whole.Value, whole.Value, late)
		if spi := *s.SPI.Value; spi >= 1 || spi <= 0 {
			t.Fatalf("SPI(t) = %v of a project that took %v of %v", spi, late, whole.At)
		}
		if spi := *Perform(EarnedValue{&whole.Value, &whole.Value, &whole.Value, number(1)}).SPI.Value; spi != 1 {
			t.Fatalf("SPI = %v, want 1", spi)
		}
	})
}

// Who earns more is further, whatever the units of money and time are.
func TestEarnedScheduleRises(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		plan := anyPlan(t)
		whole := plan[len(plan)-1].Value
		elapsed := float64(rapid.IntRange(1, 300).Draw(t, "elapsed"))
		less := rapid.Float64Range(0, whole).Draw(t, "less")
		more := rapid.Float64Range(less, whole).Draw(t, "more")
		a, b := EarnSchedule(plan, whole, less, elapsed), EarnSchedule(plan, whole, more, elapsed)
		if *a.Earned.Value > *b.Earned.Value {
			t.Fatalf("ES = %v for %v and %v for %v", *a.Earned.Value, less, *b.Earned.Value, more)
		}
		money, time := float64(rapid.IntRange(2, 50).Draw(t, "money")), float64(rapid.IntRange(2, 50).Draw(t, "time"))
		scaled := make([]PlanPoint, len(plan))
		for i, p := range plan {
			scaled[i] = PlanPoint{p.At * time, p.Value * money}
		}
		c := EarnSchedule(scaled, whole*money, math.Floor(less)*money, elapsed*time)
		if off := math.Abs(*c.SPI.Value - *EarnSchedule(plan, whole, math.Floor(less), elapsed).SPI.Value); off > 1e-6 {
			t.Fatalf("SPI(t) is %v off in other units", off)
		}
	})
}

func TestForecastsThatAreNone(t *testing.T) {
	for _, c := range []struct {
		story     string
		samples   []int
		remaining int
		want      Code
	}{
		{"too few samples", []int{1, 2, 3, 4, 5}, 3, TooFewSamples},
		{"no samples", nil, 3, TooFewSamples},
		{"nothing was ever finished", []int{0, 0, 0, 0, 0, 0}, 3, NothingFinished},
		{"it never ends within ten years", []int{0, 0, 0, 0, 0, 1}, 4_000, TooFar},
		{"too much is left", []int{0, 0, 0, 0, 0, 1}, 1_000_000, TooMuchLeft},
		{"what samples have in common is no work", []int{500, 1_000, 500, 1_000, 500, 1_000}, 1_000_000, TooFar},
	} {
		got := ForecastCompletion(c.samples, c.remaining, 10)
		if got.Code != c.want || got.P95 != nil {
			t.Errorf("%s: code %q and P95 %v, want %s and none", c.story, got.Code, got.P95, c.want)
		}
	}
	if got := ForecastCompletion(nil, 0, 0); got.Code != "" || *got.P95 != 0 || *got.OnTarget != 1 {
		t.Errorf("nothing is left: %+v, want it done now", got)
	}
}

func TestForecastIsADistribution(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		samples := rapid.SliceOfN(rapid.IntRange(0, 9), MinSamples, 12).Draw(t, "samples")
		samples[0]++ // something was finished
		remaining := rapid.IntRange(1, 60).Draw(t, "remaining")
		cdf := CompletionCDF(samples, remaining, 80)
		for n := 1; n < len(cdf); n++ {
			if cdf[n] < cdf[n-1] || cdf[n] < 0 || cdf[n] > 1 {
				t.Fatalf("the probability falls or leaves 0 to 1 after %d periods: %v", n, cdf)
			}
		}
		for n, p := range CompletionCDF(samples, remaining+1, 80) {
			if p > cdf[n] {
				t.Fatalf("more is done sooner: %v after %d periods, %v for one item less", p, n, cdf[n])
			}
		}
		double := make([]int, len(samples))
		for i, s := range samples {
			double[i] = 2 * s
		}
		if a, b := ForecastCompletion(samples, remaining, 5), ForecastCompletion(double, 2*remaining, 5); *a.OnTarget != *b.OnTarget {
			t.Fatalf("halves of items: %v, whole ones: %v", *b.OnTarget, *a.OnTarget)
		}
		f := ForecastCompletion(samples, remaining, 5)
		if f.Code == "" && (*f.P50 > *f.P80 || *f.P80 > *f.P95) {
			t.Fatalf("P50 %d, P80 %d, P95 %d", *f.P50, *f.P80, *f.P95)
		}
	})
}

func TestTransitions(t *testing.T) {
	var none Transitions
	if got := none.RedWithin(ColourYellow, 1); math.Abs(got-1.0/3) > 1e-9 {
		t.Errorf("without any observation a third turns red, not %v", got)
	}
	var seen Transitions
	seen.Observe([]int{ColourYellow, ColourYellow, -1, ColourYellow, ColourRed, ColourGreen, 7})
	if seen[ColourYellow] != [3]int{0, 1, 1} || seen[ColourRed] != [3]int{1, 0, 0} {
		t.Errorf("counted %v; what is not known counts nothing", seen)
	}
	if got := seen.RedWithin(ColourYellow, 1); got != 0.4 { // (1 + 1) / (2 + 3)
		t.Errorf("yellow turns red with %v, want 0.4", got)
	}
	if seen.RedWithin(ColourRed, 5) != 1 || seen.RedWithin(ColourGreen, 0) != 0 {
		t.Error("what is red is red within any time, and what is not is not within none")
	}
}

func TestTransitionsAreProbabilities(t *testing.T) {
	checkProperty(t, func(t *rapid.T) {
		var seen Transitions
		for range rapid.IntRange(0, 5).Draw(t, "histories") {
			seen.Observe(rapid.SliceOfN(rapid.IntRange(-1, 3), 0, 30).Draw(t, "history"))
		}
		for from, row := range seen.Chances() {
			if total := sum(row[:]); math.Abs(total-1) > 1e-12 {
				t.Fatalf("the chances after colour %d sum to %v", from, total)
			}
		}
		last := 0.0
		for h := range 40 {
			p := seen.RedWithin(ColourGreen, h)
			if p < last || p > 1 {
				t.Fatalf("red within %d periods is %v, within %d %v", h, p, h-1, last)
			}
			last = p
		}
	})
}

func TestBrierScore(t *testing.T) {
	if _, code := Brier(nil, nil); code != NoPredictions {
		t.Errorf("no predictions: %q", code)
	}
	for _, c := range []struct {
		predicted []float64
		happened  []bool
		want      float64
	}{
		{[]float64{1, 0}, []bool{true, false}, 0},
		{[]float64{1, 0}, []bool{false, true}, 1},
		{[]float64{0.5, 0.5, 0.5}, []bool{true, false, true}, 0.25},
		{[]float64{0.7, 0.3}, []bool{true, true}, 0.29},
	} {
		if got, _ := Brier(c.predicted, c.happened); *got != c.want {
			t.Errorf("score of %v against %v = %v, want %v", c.predicted, c.happened, *got, c.want)
		}
	}
}

// The worst that a forecast may cost.
func BenchmarkWidestForecast(b *testing.B) {
	samples := make([]int, 26)
	for i := range samples {
		samples[i] = i % 13
	}
	for b.Loop() {
		ForecastCompletion(samples, MaxRemaining, -1)
	}
}
