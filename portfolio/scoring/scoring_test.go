package scoring

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRound9(t *testing.T) {
	for x, want := range map[float64]float64{1. / 3: 0.333333333, 0.1 + 0.2: 0.3, 100.00000000000001: 100, 1e15 + 0.5: 1e15 + 0.5} {
		if got := Round9(x); got != want {
			t.Errorf("%v = %v, want %v", x, got, want)
		}
	}
	if got := Round9(-1e-12); got != 0 || math.Signbit(got) {
		t.Errorf("%v, want a zero without sign", got)
	}
}

func TestAttainment(t *testing.T) {
	for _, test := range []struct {
		what   string
		target Target
		actual *float64
		want   *float64
		code   Code
	}{
		{"higher", Target{Direction: HigherIsBetter, Target: f(50)}, f(60), f(1.2), ""},
		{"higher, negative actual", Target{Direction: HigherIsBetter, Target: f(50)}, f(-25), f(-.5), ""},
		{"higher, nothing wanted", Target{Direction: HigherIsBetter, Target: f(0)}, f(-1), f(0), ""},
		{"higher, nothing wanted and more there", Target{Direction: HigherIsBetter, Target: f(0)}, f(3), f(1), ""},
		{"lower is not target by actual", Target{Direction: LowerIsBetter, Target: f(10)}, f(30), f(-1), ""},
		{"lower, nothing wanted", Target{Direction: LowerIsBetter, Target: f(0)}, f(-1), f(1), ""},
		{"a baseline is ignored", Target{Direction: HigherIsBetter, Target: f(50), Baseline: f(50)}, f(25), f(.5), ""},
		{"from the baseline", Target{Direction: HigherIsBetter, FromBaseline: true, Target: f(50), Baseline: f(40)}, f(45), f(.5), ""},
		{"from the baseline to nothing", Target{Direction: LowerIsBetter, FromBaseline: true, Target: f(0), Baseline: f(40)}, f(10), f(.75), ""},
		{"negative target at the baseline", Target{Direction: HigherIsBetter, Target: f(-2), Baseline: f(-2)}, f(3), nil, TargetEqualsBaseline},
		{"lower, negative target", Target{Direction: LowerIsBetter, Target: f(-2)}, f(3), nil, NegativeTargetNeedsBaseline},
		{"without baseline", Target{Direction: HigherIsBetter, FromBaseline: true, Target: f(50)}, f(45), nil, NoBaseline},
		{"without target", Target{Direction: HigherIsBetter}, f(45), nil, NoTarget},
		{"without actual", Target{Direction: HigherIsBetter, Target: f(50)}, nil, nil, NoActual},
		{"without actual, from the baseline", Target{Direction: HigherIsBetter, FromBaseline: true, Target: f(50), Baseline: f(1)}, nil, nil, NoActual},
		{"without direction", Target{Target: f(50)}, f(45), nil, NoDirection},
		{"at the ends of a band", Target{Direction: TargetBand, Low: f(2), High: f(2)}, f(2), f(1), ""},
		{"far above a band", Target{Direction: TargetBand, Low: f(1), High: f(2)}, f(6), f(-1), ""},
		{"a band upside down", Target{Direction: TargetBand, Low: f(3), High: f(2)}, f(6), nil, BandNotPositive},
		{"a band from zero", Target{Direction: TargetBand, Low: f(0), High: f(2)}, f(1), nil, BandNotPositive},
		{"half a band", Target{Direction: TargetBand, Low: f(1)}, f(1), nil, NoTarget},
		{"a band without actual", Target{Direction: TargetBand, Low: f(1), High: f(2)}, nil, nil, NoActual},
		{"beyond numbers", Target{Direction: HigherIsBetter, Target: f(math.SmallestNonzeroFloat64)}, f(1e300), nil, OutOfRange},
	} {
		got, code := Attain(test.target, test.actual)
		if code != test.code || !cmp.Equal(test.want, got) {
			t.Errorf("%s: %v %q, want %v %q", test.what, show(got), code, show(test.want), test.code)
		}
	}
}

func TestRAG(t *testing.T) {
	for attainment, want := range map[float64]string{1.2: Green, .9: Green, .9 - 1e-12: Green, .8999: Yellow, .8: Yellow, .7999: Red, -1: Red} {
		if got := RAG(attainment, DefaultGreen, DefaultYellow); got != want {
			t.Errorf("%v is %s, want %s", attainment, got, want)
		}
	}
}

func TestRollUp(t *testing.T) {
	for _, test := range []struct {
		method  Method
		weights []float64
		parts   []float64
		want    *float64
		code    Code
	}{
		{"", []float64{2, 3}, []float64{.4, .2}, f(.28), ""},
		{Mean, []float64{2, 3}, []float64{.4, .2}, f(.3), ""},
		{Min, []float64{2, 3}, []float64{.4, .2}, f(.2), ""},
		{WeightedMean, []float64{0, 0}, []float64{.4, .2}, nil, WeightsSumToZero},
		{Mean, []float64{0, 0}, []float64{.4, .2}, f(.3), ""},
		{Min, nil, nil, nil, NothingBelow},
		{Manual, []float64{1}, []float64{1}, nil, NotRecorded},
	} {
		got, code := RollUp(test.method, test.weights, test.parts)
		if code != test.code || !cmp.Equal(test.want, got) {
			t.Errorf("%s of %v: %v %q, want %v %q", test.method, test.parts, show(got), code, show(test.want), test.code)
		}
	}
}

func TestProgress(t *testing.T) {
	for _, test := range []struct {
		baseline, target, actual *float64
		want                     *float64
		code                     Code
	}{
		{f(100), f(50), f(70), f(.6), ""},
		{nil, f(50), f(60), f(1.2), ""},
		{f(10), f(20), f(5), f(-.5), ""},
		{f(10), f(10), f(10), nil, TargetEqualsBaseline},
		{f(10), nil, f(10), nil, NoTarget},
		{f(10), f(20), nil, nil, NoActual},
	} {
		got, code := Progress(test.baseline, test.target, test.actual)
		if code != test.code || !cmp.Equal(test.want, got) {
			t.Errorf("%s from %s to %s: %v %q, want %v %q", show(test.actual), show(test.baseline), show(test.target), show(got), code, show(test.want), test.code)
		}
	}
}

func TestWSJFNeedsASize(t *testing.T) {
	for _, size := range []float64{0, -1, math.NaN()} {
		if got, code := WSJF(1, 2, 3, size); got != nil || code != SizeNotPositive {
			t.Errorf("size %v: %v %q", size, show(got), code)
		}
	}
}

func TestNormalise(t *testing.T) {
	got, ok := Normalise([]float64{3, 1, 0})
	if d := cmp.Diff([]float64{.75, .25, 0}, got); d != "" || !ok {
		t.Error(ok, d)
	}
	for _, weights := range [][]float64{nil, {0, 0}, {2, -1}, {math.NaN(), 1}, {math.Inf(1), 1}} {
		if got, ok := Normalise(weights); ok || got != nil {
			t.Errorf("%v becomes %v", weights, got)
		}
	}
}

func TestPortfolioAlignmentWithOrphans(t *testing.T) {
	index, gaps := PortfolioAlignment([]float64{.6, .4}, []float64{.5, .1}, .4)
	nearOne(t, "index", index, .6, 0)
	if d := cmp.Diff([]float64{-.1, -.3}, gaps); d != "" {
		t.Error(d)
	}
}

func TestRanksShareTies(t *testing.T) {
	got := Ranks([]float64{10, 0.1 + 0.2, 50, 0.3, 10, 10})
	if d := cmp.Diff([]int{2, 5, 1, 5, 2, 2}, got); d != "" {
		t.Error(d)
	}
}

func TestTauB(t *testing.T) {
	for _, test := range []struct {
		x, y []float64
		want float64
		ok   bool
	}{
		{[]float64{1, 2, 3}, []float64{10, 20, 30}, 1, true},
		{[]float64{1, 2, 3}, []float64{30, 20, 10}, -1, true},
		{[]float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}, 4. / 6, true},
		// One pair in order, two swapped, one tied in x, two in y.
		{[]float64{1, 1, 2, 3}, []float64{1, 2, 2, 1}, -1 / math.Sqrt(5*4), true},
		{[]float64{1, 1, 1}, []float64{1, 2, 3}, 0, false},
		{[]float64{1, 2, 3}, []float64{2, 2, 2}, 0, false},
		{[]float64{1}, []float64{1}, 0, false},
		{nil, nil, 0, false},
	} {
		got, ok := TauB(test.x, test.y)
		if ok != test.ok || math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%v, %v: %v %v, want %v %v", test.x, test.y, got, ok, test.want, test.ok)
		}
	}
}

func TestLead(t *testing.T) {
	none := math.NaN()
	x := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3}
	later := append([]float64{0, 0}, x...)[:len(x)] // two periods behind
	opposite := make([]float64, len(later))
	for i, v := range later {
		opposite[i] = -v
	}
	gaps := append([]float64(nil), later...)
	gaps[3] = none
	for _, test := range []struct {
		what string
		x, y []float64
		lags int
		want Correlation
		ok   bool
	}{
		{"two periods ahead", x, later, 3, Correlation{2, 1, 8}, true},
		{"in the opposite direction", x, opposite, 3, Correlation{2, -1, 8}, true},
		{"with a gap", x, gaps, 3, Correlation{2, 1, 7}, true},
		{"too few values", x[:5], later[:5], 3, Correlation{}, false},
		{"nothing varies", x, []float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, 3, Correlation{}, false},
		{"no values", nil, nil, 3, Correlation{}, false},
	} {
		got, ok := Lead(test.x, test.y, test.lags)
		if ok != test.ok || got != test.want {
			t.Errorf("%s: %+v %v, want %+v %v", test.what, got, ok, test.want, test.ok)
		}
	}
}

// Two periods ahead five pairs are all in step, which is too few to say so.
func TestLeadNeedsPairs(t *testing.T) {
	x := []float64{3, 1, 4, 1, 5, 9, 2}
	y := []float64{0, 0, 3, 1, 4, 1, 5}
	got, ok := Lead(x, y, 3)
	if !ok || got.Lag > 1 || got.N < MinPairs {
		t.Errorf("%+v %v", got, ok)
	}
}

func TestProjectionError(t *testing.T) {
	none := math.NaN()
	mae, mape, n := ProjectionError([]float64{100, 200, 0, none, 50}, []float64{110, 180, 6, 40, none})
	if n != 3 || !cmp.Equal(f(12), mae) || !cmp.Equal(f(.1), mape) {
		t.Errorf("%v %v of %d, want 12 0.1 of 3", show(mae), show(mape), n)
	}
	if mae, mape, n := ProjectionError([]float64{0}, []float64{5}); n != 1 || !cmp.Equal(f(5), mae) || mape != nil {
		t.Errorf("%v %v of %d, want 5 and no share of 1", show(mae), show(mape), n)
	}
	if mae, mape, n := ProjectionError([]float64{none}, []float64{5}); n != 0 || mae != nil || mape != nil {
		t.Errorf("%v %v of %d, want none", show(mae), show(mape), n)
	}
}

func f(x float64) *float64 { return &x }

func show(x *float64) any {
	if x == nil {
		return "null"
	}
	return *x
}
