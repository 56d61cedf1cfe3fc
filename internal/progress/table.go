package progress

import (
	"io"
	"strings"
	"unicode/utf8"
)

// A Table lines cells up under their headings: the first column to the left,
// every other one to the right unless it is text.
type Table struct {
	Headings []string
	// Text names the columns, by number, that are read rather than compared.
	Text []int
	rows [][]string
}

// Add appends a row; it has a cell for every heading.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Write writes the table.
func (t *Table) Write(w io.Writer) error {
	all := append([][]string{t.Headings}, t.rows...)
	widths := make([]int, len(t.Headings))
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	left := map[int]bool{0: true}
	for _, i := range t.Text {
		left[i] = true
	}
	var b strings.Builder
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if left[i] {
				line.WriteString(cell + pad)
			} else {
				line.WriteString(pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
