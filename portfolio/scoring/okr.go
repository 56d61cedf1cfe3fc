package scoring

import "slices"

// A Method is how the progress of an objective follows from what is below it.
type Method string

// The values of Method.
const (
	WeightedMean Method = "WEIGHTED_MEAN"
	Mean         Method = "MEAN"
	Min          Method = "MIN"
	// Manual is what a person recorded: there is nothing to compute.
	Manual Method = "MANUAL"
)

// RollUp is the progress that follows from that of the parts, by method; an
// empty one is WeightedMean. Weights and progress have the same length; parts
// whose progress is not known are to be left out.
func RollUp(method Method, weights, progress []float64) (*float64, Code) {
	if method == Manual {
		return nil, NotRecorded
	}
	if len(progress) == 0 {
		return nil, NothingBelow
	}
	switch method {
	case Min:
		return value(slices.Min(progress))
	case Mean:
		return value(sum(progress) / float64(len(progress)))
	}
	total := sum(weights)
	if total == 0 {
		return nil, WeightsSumToZero
	}
	return value(dot(weights, progress) / total)
}

// Progress is how much of the way from baseline to target is gone: 0 to 1, more
// when the target is exceeded, negative when it went backwards. Without a
// baseline the way begins at 0.
func Progress(baseline, target, actual *float64) (*float64, Code) {
	if baseline == nil {
		baseline = new(float64)
	}
	return fromBaseline(baseline, target, actual)
}

// fromBaseline is (actual - baseline) / (target - baseline).
func fromBaseline(baseline, target, actual *float64) (*float64, Code) {
	switch {
	case target == nil:
		return nil, NoTarget
	case baseline == nil:
		return nil, NoBaseline
	case *target == *baseline:
		return nil, TargetEqualsBaseline
	case actual == nil:
		return nil, NoActual
	}
	return value((*actual - *baseline) / (*target - *baseline))
}
