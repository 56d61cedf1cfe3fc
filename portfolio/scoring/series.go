package scoring

import (
	"math"
	"slices"
)

// MinPairs is the fewest pairs of values from which a correlation is told:
// from fewer, chance finds one everywhere.
const MinPairs = 6

// A Correlation is how one series runs ahead of another.
type Correlation struct {
	Lag int     // by how many periods
	R   float64 // Pearson's, from -1 to 1
	N   int     // of how many pairs of values
}

// Lead finds the lag from 0 to maxLag at which x, so many periods before, goes
// most closely with y, in the same or in the opposite direction; of equals the
// shortest. Both series are of the same periods in order; NaN stands for a
// period without a value. It reports false when no lag has MinPairs pairs of
// values that vary.
func Lead(x, y []float64, maxLag int) (Correlation, bool) {
	var best Correlation
	found := false
	for lag := 0; lag <= maxLag && lag < len(x); lag++ {
		var before, after []float64
		for t := 0; t+lag < min(len(x), len(y)); t++ {
			if !math.IsNaN(x[t]) && !math.IsNaN(y[t+lag]) {
				before, after = append(before, x[t]), append(after, y[t+lag])
			}
		}
		if len(before) < MinPairs {
			continue
		}
		if r, ok := pearson(before, after); ok && (!found || math.Abs(r) > math.Abs(best.R)) {
			best, found = Correlation{Lag: lag, R: r, N: len(before)}, true
		}
	}
	return best, found
}

// pearson reports false when one side does not vary.
func pearson(x, y []float64) (float64, bool) {
	// Deviations of equal values from their mean are noise, not always 0.
	if slices.Min(x) == slices.Max(x) || slices.Min(y) == slices.Max(y) {
		return 0, false
	}
	x, y = deviations(x), deviations(y)
	r := dot(x, y) / math.Sqrt(dot(x, x)) / math.Sqrt(dot(y, y))
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return 0, false
	}
	return Round9(min(1, max(-1, r))), true
}

func deviations(values []float64) []float64 {
	mean := sum(values) / float64(len(values))
	from := make([]float64, len(values))
	for i, v := range values {
		from[i] = v - mean
	}
	return from
}

// ProjectionError is how far projections were off: the mean absolute error, in
// the unit of the values, the mean absolute error as a share of the actual
// value (0.1 is 10 %), and of how many periods. NaN stands for a value that is
// not known. A nil error has nothing to be the mean of: actual values of 0 have
// no share.
func ProjectionError(actual, projected []float64) (mae, mape *float64, n int) {
	absolute, shares, sharing := 0.0, 0.0, 0
	for i, a := range actual {
		off := math.Abs(a - projected[i])
		if math.IsNaN(off) {
			continue
		}
		n++
		absolute += off
		if a != 0 {
			sharing++
			shares += off / math.Abs(a)
		}
	}
	mae, _ = value(absolute / float64(n)) // not a number when there is none
	mape, _ = value(shares / float64(sharing))
	return mae, mape, n
}
