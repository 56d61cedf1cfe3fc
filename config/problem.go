package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing wrong with the configuration.
type Problem struct {
	// File is the file, or the environment variable, that holds it.
	File string
	// Line and Column count from 1; 0 when there is no such place.
	Line, Column int
	// Key is the path of the key, such as connections[eng].every.
	Key string
	// Text says what was found and what was expected.
	Text string
}

// String returns the problem as file:line:column: key: text.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems are all that is wrong, in the order of files and lines.
type Problems []Problem

// Error returns one line for each problem, and how many they are.
func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	for _, problem := range p {
		lines = append(lines, problem.String())
	}
	if len(p) > 1 {
		lines = append(lines, fmt.Sprintf("%d problems in the configuration", len(p)))
	}
	return strings.Join(lines, "\n")
}

// sort orders by file as given, then by line and column; variables of the
// environment come last.
func (p Problems) sort(files []File) {
	order := func(name string) int {
		at := slices.IndexFunc(files, func(f File) bool { return f.Name == name })
		if at < 0 {
			return len(files)
		}
		return at
	}
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(order(a.File), order(b.File)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
}

// longestName is the length beyond which a word is not taken for a misspelt
// name.
const longestName = 64

// nearest returns the name most like the word, if one is near enough to be
// what was meant, or "".
func nearest(word string, names []string) string {
	if len(word) > longestName {
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

// didYouMean ends an error with the name that was probably meant, or else with
// the names there are.
func didYouMean(word string, names []string) string {
	if name := nearest(word, names); name != "" {
		return fmt.Sprintf("did you mean %s?", name)
	}
	return "expected " + oneOf(names)
}

// oneOf lists names as "a, b or c".
func oneOf(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
