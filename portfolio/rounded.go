package portfolio

import "plumbline/portfolio/scoring"

// rounded is a computed figure as it is shown, compared and sorted by.
func rounded(f float64) float64 { return scoring.Round9(f) }
