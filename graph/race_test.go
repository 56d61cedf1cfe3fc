//go:build race

package graph_test

// sampled is which share of what one goroutine asks is asked under the race
// detector: one in so many. Without it everything is.
const sampled = 8
