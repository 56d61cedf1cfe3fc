package portfolio

import "strconv"

// computedDecimals is how many decimals a computed figure has.
const computedDecimals = 9

// rounded is a computed figure as it is shown, compared and sorted by: without
// the noise of floating point, so that equal figures are equal. It goes by way
// of text because scaling would make noise of its own.
func rounded(f float64) float64 {
	shown, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', computedDecimals, 64), 64) // reads all that is written
	return shown
}
