package scoring

import (
	"math"
	"slices"
)

// maxSearch bounds the search for a value, which takes about eight steps.
const maxSearch = 60

// found is how near the logarithm of a value has to come.
const found = 1e-10

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

// best is the judgement of a and b that makes all most consistent. The largest
// eigenvalue is convex in the logarithm of an entry, so its slope has one zero
// or none, and then an end of the scale is best. It leaves the last one tried.
func (c *comparisons) best(a, b int) (times, cr float64) {
	log := c.flattest(a, b, math.Log(leastTimes), math.Log(mostTimes))
	c.set(a, b, math.Exp(log))
	m, _ := c.completed()
	weights, _ := principal(m)
	_, _, cr = consistency(m, weights)
	return c.times[a][b], cr
}

// flattest is where the slope is zero between low and high, by false position;
// an end that stays twice has its slope halved, or it would stay for long.
func (c *comparisons) flattest(a, b int, low, high float64) float64 {
	atLow, atHigh := c.slope(a, b, low), c.slope(a, b, high)
	if atLow >= 0 {
		return low
	}
	if atHigh <= 0 {
		return high
	}
	log, stayed := low, 0
	for range maxSearch {
		last := log
		log = (low*atHigh - high*atLow) / (atHigh - atLow)
		at := c.slope(a, b, log)
		if at == 0 || math.Abs(log-last) < found {
			break
		}
		if at < 0 {
			low, atLow = log, at
			if stayed > 0 {
				atHigh /= 2
			}
			stayed = 1
		} else {
			high, atHigh = log, at
			if stayed < 0 {
				atLow /= 2
			}
			stayed = -1
		}
	}
	return log
}

// slope has the sign of that of the largest eigenvalue when a is e^log times as
// important as b: negative while more is better. It is the derivative by log,
// as the logarithm of the ratio of its two parts, which is nearly straight.
func (c *comparisons) slope(a, b int, log float64) float64 {
	c.set(a, b, math.Exp(log))
	m, _ := c.completed()
	right, left := principal(m)
	return 2*log - math.Log(left[b]*right[a]/(left[a]*right[b]))
}

func ascending(items []int) []int {
	slices.Sort(items)
	return items
}
