//go:build !race

package spreadsheet

// detector is how many times more memory the race detector takes.
const detector = 1
