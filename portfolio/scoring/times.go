package scoring

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of Saaty's scale.
const (
	leastTimes = 1.0 / 9
	mostTimes  = 9.0
)

// ErrScale says that a judgement is not on the scale from 1/9 to 9.
var ErrScale = errors.New("a judgement is a number from 1/9 to 9, such as 3, 0.5 or 1/3")

// maxTimesText bounds what ParseTimes looks at.
const maxTimesText = 40

// ParseTimes reads how many times as important one thing is as another, as
// people write it: 3, 0.5 or 1/3. The error is ErrScale.
func ParseTimes(text string) (float64, error) {
	above, below, fraction := strings.Cut(text, "/")
	times, ok := plainNumber(above)
	if fraction && ok {
		var divisor float64
		divisor, ok = plainNumber(below)
		times /= divisor // infinite when it is 0, and so off the scale
	}
	if !ok || !onScale(times) {
		if len(text) > maxTimesText {
			text = text[:maxTimesText]
		}
		return 0, fmt.Errorf("%q: %w", text, ErrScale)
	}
	return times, nil
}

// plainNumber reads digits with at most one decimal point; strconv alone would
// also take exponents, hexadecimals, infinity and signs.
func plainNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxTimesText || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil
}

// onScale compares as shown, so that 0.111111111 is 1/9.
func onScale(times float64) bool {
	return Round9(times) >= Round9(leastTimes) && Round9(times) <= mostTimes
}
