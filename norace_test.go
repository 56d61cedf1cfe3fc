//go:build !race

package main

// slower is how many times longer everything may take under the race detector.
const slower = 1
