package scoring

import (
	"math"
	"slices"
)

// searchSteps narrow the logarithm of a judgement from the width of the scale
// to a thousandth of a percent.
const searchSteps = 28

// worst finds the judgement whose change helps most, and the value that helps
// most; nil when no change helps. The ratio of the two weights, which is often
// recommended instead, is only near that value, because the weights are spoiled
// by the very judgement in question.
func (c *comparisons) worst(cr float64) *WorstPair {
	var worst *WorstPair
	for a := range c.times {
		for b := a + 1; b < len(c.times); b++ {
			given := c.times[a][b]
			if given == 0 {
				continue
			}
			suggested, then := c.best(a, b)
			c.set(a, b, given)
			if then >= cr || (worst != nil && then >= worst.CRThen) {
				continue
			}
			worst = &WorstPair{A: a, B: b, Given: given, Suggested: suggested, CRThen: then}
		}
	}
	if worst != nil && worst.Given < 1 {
		worst.A, worst.B = worst.B, worst.A
		worst.Given, worst.Suggested = 1/worst.Given, 1/worst.Suggested
	}
	if worst != nil {
		worst.Given, worst.Suggested = Round9(worst.Given), Round9(worst.Suggested)
	}
	return worst
}

// best searches the scale for the judgement of a and b that makes all most
// consistent: the largest eigenvalue is convex in the logarithm of an entry, so
// golden-section search finds the only minimum. It leaves the last one tried.
func (c *comparisons) best(a, b int) (times, cr float64) {
	shrink := (math.Sqrt(5) - 1) / 2
	low, high := math.Log(leastTimes), math.Log(mostTimes)
	left, right := high-shrink*(high-low), low+shrink*(high-low)
	atLeft, atRight := c.unexplained(a, b, left), c.unexplained(a, b, right)
	for range searchSteps {
		if atLeft <= atRight {
			high, right, atRight = right, left, atLeft
			left = high - shrink*(high-low)
			atLeft = c.unexplained(a, b, left)
		} else {
			low, left, atLeft = left, right, atRight
			right = low + shrink*(high-low)
			atRight = c.unexplained(a, b, right)
		}
	}
	times = math.Exp((low + high) / 2)
	c.set(a, b, times)
	m, _ := c.completed()
	_, _, cr = consistency(m, principal(m))
	return times, cr
}

// unexplained is the largest eigenvalue when a is e^log times as important as b.
func (c *comparisons) unexplained(a, b int, log float64) float64 {
	c.set(a, b, math.Exp(log))
	m, _ := c.completed()
	return eigenvalue(m, principal(m))
}

func ascending(items []int) []int {
	slices.Sort(items)
	return items
}
