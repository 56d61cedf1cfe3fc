package scoring

// NoPredictions says that no prediction has come due yet.
const NoPredictions Code = "NO_PREDICTIONS"

// The colours by number, as Transitions counts them; any other number is a
// colour that is not known.
const (
	ColourGreen = iota
	ColourYellow
	ColourRed
	colours
)

// Transitions count how often a colour was followed by another one a period
// later: first by the colour before, then by the one after.
type Transitions [colours][colours]int

// Observe counts the steps of one history, whose elements are one period apart.
// A step from or to a colour that is not known counts nothing.
func (t *Transitions) Observe(history []int) {
	for i := 1; i < len(history); i++ {
		from, to := history[i-1], history[i]
		if from >= 0 && from < colours && to >= 0 && to < colours {
			t[from][to]++
		}
	}
}

// Chances are the probabilities of the next colour by the present one, with
// Laplace smoothing: (n + 1) / (sum of n + 3), so that what has never been seen
// is not impossible. Each row sums to 1.
func (t *Transitions) Chances() [colours][colours]float64 {
	var chances [colours][colours]float64
	for from, row := range t {
		seen := colours
		for _, n := range row {
			seen += n
		}
		for to, n := range row {
			chances[from][to] = float64(n+1) / float64(seen)
		}
	}
	return chances
}

// RedWithin is the probability, 0 to 1, that what has a colour now is RED at
// the end of one of the next periods: RED is absorbing, for it is the first
// time that matters.
func (t *Transitions) RedWithin(colour, periods int) float64 {
	var now [colours]float64
	now[colour] = 1
	chances := t.Chances()
	for range periods {
		next := [colours]float64{ColourRed: now[ColourRed]}
		for from := range ColourRed {
			for to, p := range chances[from] {
				next[to] += now[from] * p
			}
		}
		now = next
	}
	return Round9(min(1, now[ColourRed]))
}

// Brier is the score of predictions that have come due (Brier 1950): the mean
// of (probability - outcome)^2, where the outcome is 1 for what happened and
// else 0. 0 is perfect, 0.25 is what one gets who always says 0.5, and 1 is
// always wrong. Both lists have the same length.
func Brier(predicted []float64, happened []bool) (*float64, Code) {
	if len(predicted) == 0 {
		return nil, NoPredictions
	}
	total := 0.0
	for i, p := range predicted {
		if happened[i] {
			p = 1 - p
		}
		total += p * p
	}
	return value(total / float64(len(predicted)))
}
