// Package scoring has the mathematics of strategy, KPIs and performance:
// weights from pairwise judgements, alignment scores, ranks and their
// agreement, the roll-up of objectives, the attainment of targets, earned value
// and earned schedule, and forecasts from what was observed. Every function is
// pure and speaks of numbers by position; it knows nothing of projects or
// departments, reads no clock, draws no random numbers and does no I/O.
//
// What is shown, compared or sorted is rounded to nine decimals. Weights are
// not, so that they add up to 1. Whatever can be null comes with a Code, which
// is empty exactly when there is a value.
package scoring

import (
	"math"
	"strconv"
)

// A Code says why there is no value; it is empty when there is one.
type Code string

// The values of Code.
const (
	// NoActual: what is compared with the target is not known.
	NoActual Code = "NO_ACTUAL"
	// NoTarget: there is no target, or a band lacks one of its ends.
	NoTarget Code = "NO_TARGET"
	// NoBaseline: attainment was asked for from the baseline, and there is none.
	NoBaseline Code = "NO_BASELINE"
	// NoDirection: it is not said whether higher or lower is better.
	NoDirection Code = "NO_DIRECTION"
	// NegativeTargetNeedsBaseline: actual by target says nothing below zero.
	NegativeTargetNeedsBaseline Code = "NEGATIVE_TARGET_NEEDS_BASELINE"
	// TargetEqualsBaseline: there is no way to go from baseline to target.
	TargetEqualsBaseline Code = "TARGET_EQUALS_BASELINE"
	// BandNotPositive: a band is not 0 < low <= high.
	BandNotPositive Code = "BAND_NOT_POSITIVE"
	// NothingBelow: there is nothing to roll up.
	NothingBelow Code = "NOTHING_BELOW"
	// WeightsSumToZero: no part has any weight.
	WeightsSumToZero Code = "WEIGHTS_SUM_TO_ZERO"
	// NotRecorded: the method is to take what a person recorded, and nobody did.
	NotRecorded Code = "NOT_RECORDED"
	// SizeNotPositive: a job of no size has no value for its size.
	SizeNotPositive Code = "SIZE_NOT_POSITIVE"
	// FewerThanTwoJudges: one judge has nobody to agree with.
	FewerThanTwoJudges Code = "FEWER_THAN_TWO_JUDGES"
	// OutOfRange: the figures are too large or too small to compute with.
	OutOfRange Code = "OUT_OF_RANGE"
)

// decimals is how many decimals a computed figure has.
const decimals = 9

// quicklyRounded bounds the figures that are looked at before they are written:
// below it, neighbouring numbers are closer than half a ninth decimal.
const quicklyRounded = 1e6

// Round9 is a computed figure as it is shown, compared and sorted by: nine
// decimals, without the noise of floating point and without a negative zero.
// It goes by way of text because scaling would make noise of its own.
func Round9(x float64) float64 {
	if -quicklyRounded < x && x < quicklyRounded {
		if whole := math.Round(x * 1e9); whole/1e9 == x {
			return x + 0 // it is rounded already: whole and 1e9 are exact, so the quotient is what a text would read
		}
	}
	shown, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', decimals, 64), 64) // reads all that is written
	return shown + 0                                                              // -0 becomes 0
}

// value is a result that is known, unless it left the range of numbers.
func value(x float64) (*float64, Code) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil, OutOfRange
	}
	x = Round9(x)
	return &x, ""
}
