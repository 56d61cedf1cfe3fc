package portfolio

import (
	"math"
	"strconv"
	"testing"
)

func TestFiguresHaveNineDecimals(t *testing.T) {
	s := &IntStatistics{values: []int{0, 1, 52, 53}}
	for _, c := range []struct {
		of   float64
		want string
	}{{0, "0"}, {33.3333, "0.999999"}, {30, "0.9"}, {70, "52.1"}, {80, "52.4"}, {99, "52.97"}, {100, "53"}} {
		got, err := s.Percentile(c.of)
		if err != nil {
			t.Fatal(err)
		}
		if text := strconv.FormatFloat(*got, 'g', -1, 64); text != c.want {
			t.Errorf("percentile %v = %s, want %s", c.of, text, c.want)
		}
	}
	if got := (&IntStatistics{values: []int{0, 0, 1}}).Mean(); *got != 0.333333333 {
		t.Errorf("mean = %v, want 0.333333333", *got)
	}
	for _, f := range []float64{-0.1 - 0.2, 1e15 + 0.3, 7_654_321.1, math.Inf(1)} {
		if again := rounded(rounded(f)); again != rounded(f) || math.Abs(f-again) > 1e-9 {
			t.Errorf("%v becomes %v, then %v", f, rounded(f), again)
		}
	}
}

// A limit with nine decimals is met by a share that has more.
func TestAShareIsRoundedBeforeItMeetsItsLimit(t *testing.T) {
	s := schedule{
		start: day(t, "2026-01-01"), baseline: day(t, "2026-03-02"), expected: day(t, "2026-03-22"), // 20 of 60 days
		limits: HealthThresholds{GreenSlip: 0.1, RedSlip: 0.333333333},
	}
	if got, _ := s.judgeSlip(); got != HealthYellow {
		t.Errorf("health = %s, want YELLOW", got)
	}
}
