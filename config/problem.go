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
