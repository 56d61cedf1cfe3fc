// Package spelling finds the name that somebody probably meant, for errors
// that help.
package spelling

import (
	"fmt"
	"strings"
)

// longest is the length beyond which a word is not taken for a misspelt name.
const longest = 64

// Nearest returns the name most like the word, if one is near enough to be
// what was meant, or "".
func Nearest(word string, names []string) string {
	if len(word) > longest {
		return ""
	}
	best, least := "", 1+max(1, len(word)/3)
	for _, name := range names {
		if d := distance(plain(word), plain(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// plain drops what people forget in a name: case, _ and -.
func plain(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// distance is the number of letters to add, drop, change or swap (two
// neighbours) that lead from a to b.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(last[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// DidYouMean ends an error with the name that was probably meant, or else with
// the names there are.
func DidYouMean(word string, names []string) string {
	if name := Nearest(word, names); name != "" {
		return fmt.Sprintf("did you mean %s?", name)
	}
	return "expected " + OneOf(names)
}

// OneOf lists names as "a, b or c".
func OneOf(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
