package folder

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing that is wrong with the files.
type Problem struct {
	File string `json:"file,omitempty"`
	// Line and Column count from 1; 0 when there is no such place. Tables name
	// the column instead: Cell.
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Cell   string `json:"cell,omitempty"`
	// Path leads to the value within a YAML file, as objectives[growth].parent.
	Path string `json:"path,omitempty"`
	// Text says what was found and what was expected.
	Text string `json:"text"`

	// moved tells that the record of the folder is another one by now.
	moved bool
}

// String returns file:line:column: path: text, or file:line:cell: text.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Column > 0 {
		fmt.Fprintf(&b, ":%d", p.Column)
	}
	if p.Cell != "" {
		b.WriteString(":" + p.Cell)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems are all that is wrong, in the order of files and lines.
type Problems []Problem

// Error returns one line for each problem, and how many they are.
func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	for i, problem := range p {
		if i == MaxProblems {
			break
		}
		lines = append(lines, problem.String())
	}
	switch {
	case len(p) > MaxProblems:
		lines = append(lines, fmt.Sprintf("%d problems in the files, the first %d of them above", len(p), MaxProblems))
	case len(p) > 1:
		lines = append(lines, fmt.Sprintf("%d problems in the files", len(p)))
	}
	return strings.Join(lines, "\n")
}

// Sort orders by file and place.
func (p Problems) Sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(
			strings.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
}
