package scoring

import "math"

// Normalise divides weights by their sum. It reports false, and returns nil,
// when there is nothing to divide: the sum is 0, or a weight is negative or not
// a number.
func Normalise(weights []float64) ([]float64, bool) {
	total := 0.0
	for _, w := range weights {
		if !(w >= 0) {
			return nil, false
		}
		total += w
	}
	if total == 0 || math.IsInf(total, 0) {
		return nil, false
	}
	normal := make([]float64, len(weights))
	for i, w := range weights {
		normal[i] = w / total
	}
	return normal, true
}

// Score is 100 times the sum of weight by strength: from 0 to 100 when the
// weights sum to 1 and strengths are from 0 to 1. Both have the same length.
func Score(weights, strengths []float64) float64 { return Round9(100 * dot(weights, strengths)) }

// PortfolioAlignment compares where money goes with what counts: 1 when every
// objective has the share of the spend that it has of the weight, 0 when no
// objective with weight has any. Gaps are share minus weight. The spend of
// orphans is a share of its own, without weight; all shares sum to 1.
func PortfolioAlignment(weights, spendShares []float64, orphanShare float64) (index float64, gaps []float64) {
	gaps = make([]float64, len(weights))
	apart := math.Abs(orphanShare)
	for i, w := range weights {
		apart += math.Abs(spendShares[i] - w)
		gaps[i] = Round9(spendShares[i] - w)
	}
	return Round9(1 - apart/2), gaps
}

// WSJF is the weighted shortest job first: (value + time criticality + risk
// reduction) / size.
func WSJF(businessValue, timeCriticality, riskReduction, size float64) (*float64, Code) {
	if !(size > 0) {
		return nil, SizeNotPositive
	}
	return value((businessValue + timeCriticality + riskReduction) / size)
}
