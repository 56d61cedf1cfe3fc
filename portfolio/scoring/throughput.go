package scoring

import "slices"

// The codes of forecasts.
const (
	// TooFewSamples: from fewer than MinSamples periods chance tells anything.
	TooFewSamples Code = "TOO_FEW_SAMPLES"
	// NothingFinished: in no period that was observed anything was finished.
	NothingFinished Code = "NOTHING_FINISHED"
	// TooFar: it takes longer than forecasts look ahead.
	TooFar Code = "TOO_FAR"
	// TooMuchLeft: more is left to do than a forecast is computed for.
	TooMuchLeft Code = "TOO_MUCH_LEFT"
)

// Bounds of a forecast, so that it takes at most some tens of milliseconds.
const (
	// MinSamples is the fewest periods from which a forecast is made.
	MinSamples = 6
	// MaxPeriods is how many periods a forecast looks ahead: ten years of weeks.
	MaxPeriods = 520
	// MaxRemaining is how many items may be left to do, after what all samples
	// have in common is divided out.
	MaxRemaining = 5_000
)

// CompletionCDF is the probability, 0 to 1, that the remaining items are done
// after so many periods at most; the first element is after none. Each period
// finishes as many items as one of the samples, any with the same chance and
// whatever the others do: the exact distribution of the sum, by convolution.
// That is the limit of a Monte Carlo forecast without its noise, so that two
// servers say the same.
func CompletionCDF(samples []int, remaining, periods int) []float64 {
	return completion(samples, remaining, func(done []float64) bool { return len(done) > periods })
}

// completion goes on until enough is known.
func completion(samples []int, remaining int, enough func(done []float64) bool) []float64 {
	if remaining <= 0 {
		cdf := []float64{1}
		for !enough(cdf) {
			cdf = append(cdf, 1)
		}
		return cdf
	}
	steps, unit := pmf(samples)
	remaining = (remaining + unit - 1) / unit
	// left[i] is the probability that i items are done and it goes on.
	left, next := make([]float64, remaining), make([]float64, remaining)
	left[0] = 1
	low, high := 0, 0 // where left is not 0
	cdf := []float64{0}
	for !enough(cdf) {
		clear(next)
		done := cdf[len(cdf)-1]
		for i := low; i <= high; i++ {
			for _, s := range steps {
				if to := i + s.items; to < remaining {
					next[to] += left[i] * s.chance
				} else {
					done += left[i] * s.chance
				}
			}
		}
		low = min(low+steps[0].items, remaining-1)
		high = min(high+steps[len(steps)-1].items, remaining-1)
		left, next = next, left
		cdf = append(cdf, min(1, done)) // not above 1 by a rounding
	}
	for i := range cdf {
		cdf[i] = Round9(cdf[i])
	}
	return cdf
}

// An outcome is how many items a period may finish, and with which probability.
type outcome struct {
	items  int
	chance float64
}

// pmf are the different samples, ascending, divided by what they have in
// common.
func pmf(samples []int) (steps []outcome, unit int) {
	for _, s := range samples {
		for a := max(s, 0); a > 0; {
			unit, a = a, unit%a
		}
	}
	unit = max(unit, 1)
	sorted := slices.Sorted(slices.Values(samples))
	for _, s := range sorted {
		items := max(s, 0) / unit
		if n := len(steps); n == 0 || steps[n-1].items != items {
			steps = append(steps, outcome{items: items})
		}
		steps[len(steps)-1].chance += 1 / float64(len(samples))
	}
	return steps, unit
}

// A Completion is when the remaining items will be done, in periods from now.
type Completion struct {
	// P50, P80 and P95 are after how many periods that is as probable; nil
	// when it takes more than MaxPeriods, which Code says of them then.
	P50, P80, P95 *int
	// OnTarget is the probability, 0 to 1, that it is done by the target; nil
	// without one.
	OnTarget *float64
	Code     Code
}

// ForecastCompletion forecasts from samples of how many items were done in
// each period. A negative target is none.
func ForecastCompletion(samples []int, remaining, target int) Completion {
	target = min(target, MaxPeriods)
	if remaining > 0 {
		switch _, unit := pmf(samples); {
		case len(samples) < MinSamples:
			return Completion{Code: TooFewSamples}
		case slices.Max(samples) <= 0:
			return Completion{Code: NothingFinished}
		case remaining/unit > MaxRemaining:
			return Completion{Code: TooMuchLeft}
		}
	}
	cdf := completion(samples, remaining, func(done []float64) bool {
		n := len(done) - 1
		return n == MaxPeriods || (done[n] >= 0.95 && n >= target)
	})
	c := Completion{P50: first(cdf, 0.50), P80: first(cdf, 0.80), P95: first(cdf, 0.95)}
	if c.P95 == nil {
		c.Code = TooFar
	}
	if target >= 0 {
		c.OnTarget = &cdf[target]
	}
	return c
}

// first is the first period by which the probability is reached.
func first(cdf []float64, probability float64) *int {
	for n, p := range cdf {
		if p >= probability {
			return &n
		}
	}
	return nil
}
