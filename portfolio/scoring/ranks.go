package scoring

import (
	"cmp"
	"math"
	"slices"
)

// Ranks are the places of values, the highest first, from 1: competition
// ranking, so that ties share a place and the next is as many places further.
// Values are compared as they are shown.
func Ranks(values []float64) []int {
	// The value lies beside its place, because sorting places alone would fetch
	// every value from somewhere else.
	type placed struct {
		shown float64
		at    int
	}
	order := make([]placed, len(values))
	for i, v := range values {
		order[i] = placed{Round9(v), i}
	}
	slices.SortFunc(order, func(a, b placed) int { return cmp.Compare(b.shown, a.shown) })
	ranks := make([]int, len(values))
	for place, p := range order {
		ranks[p.at] = place + 1
		if place > 0 && order[place-1].shown == p.shown {
			ranks[p.at] = ranks[order[place-1].at]
		}
	}
	return ranks
}

// TauB is Kendall's rank correlation with ties, from -1 to 1, of values of the
// same length, compared as they are shown. It reports false when there is none:
// fewer than two values, or all the same on one side. It takes O(n log n).
func TauB(x, y []float64) (float64, bool) {
	n := len(x)
	pairs := make([][2]float64, n)
	for i := range pairs {
		pairs[i] = [2]float64{Round9(x[i]), Round9(y[i])}
	}
	slices.SortFunc(pairs, func(p, q [2]float64) int {
		return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
	})
	tiedX := ties(pairs, func(p, q [2]float64) bool { return p[0] == q[0] })
	tiedBoth := ties(pairs, func(p, q [2]float64) bool { return p == q })
	second := make([]float64, n)
	for i, p := range pairs {
		second[i] = p[1]
	}
	swaps := inversions(second, make([]float64, n))
	tiedY := ties(second, func(p, q float64) bool { return p == q })

	all := int64(n) * int64(n-1) / 2
	if n < 2 || all == tiedX || all == tiedY {
		return 0, false
	}
	// Of all pairs, those tied on neither side are in order or swapped.
	inOrder := all - tiedX - tiedY + tiedBoth - swaps
	return Round9(float64(inOrder-swaps) / math.Sqrt(float64(all-tiedX)) / math.Sqrt(float64(all-tiedY))), true
}

// ties counts the pairs of equal items of a sorted list.
func ties[T any](sorted []T, same func(a, b T) bool) int64 {
	count, run := int64(0), int64(0)
	for i := 1; i < len(sorted); i++ {
		run++
		if !same(sorted[i-1], sorted[i]) {
			run = 0
		}
		count += run
	}
	return count
}

// inversions sorts values by merging and counts the pairs that stood the wrong
// way round.
func inversions(values, spare []float64) int64 {
	if len(values) < 2 {
		return 0
	}
	half := len(values) / 2
	left, right := values[:half], values[half:]
	count := inversions(left, spare) + inversions(right, spare)
	merged := spare[:0]
	for len(left) > 0 && len(right) > 0 {
		if left[0] <= right[0] {
			merged, left = append(merged, left[0]), left[1:]
			continue
		}
		count += int64(len(left))
		merged, right = append(merged, right[0]), right[1:]
	}
	merged = append(append(merged, left...), right...)
	copy(values, merged)
	return count
}
