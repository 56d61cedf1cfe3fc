package spreadsheet

import (
	"strings"
	"unicode"
)

// A kind is what a cell holds.
type kind uint8

// The kinds. Text of a file without types is text until its whole column was
// seen; a workbook tells more.
const (
	blank   kind = iota
	text         // as it stands there
	number       // an exact decimal in plain notation, with a point
	date         // YYYY-MM-DD, from a serial number and its format
	boolean      // true or false
	bad          // nothing that can be used: text says why
)

// A cell is one value of a row.
type cell struct {
	kind kind
	text string
	// unit is % of a number in per cent, or the currency of an amount, or its
	// sign, where its format tells it.
	unit string
}

// A row is one line of a sheet, its cells from column A on.
type row struct {
	number int // as a spreadsheet program counts it, from 1; of a text file the line
	cells  []cell
}

// at is the cell of a column, blank beyond the end of the row.
func (r row) at(column int) cell {
	if column < 0 || column >= len(r.cells) {
		return cell{}
	}
	return r.cells[column]
}

// empty tells whether nothing is in the row.
func (r row) empty() bool {
	for _, c := range r.cells {
		if c.kind != blank {
			return false
		}
	}
	return true
}

// String is the value as a person reads it in the sheet.
func (c cell) String() string {
	switch {
	case c.unit == "%":
		return c.text + "%"
	case c.unit != "":
		return c.text + " " + c.unit
	}
	return c.text
}

// textCell is the cell of a text: spaces around it say nothing.
func textCell(s string) cell {
	if s = strings.TrimFunc(s, unicode.IsSpace); s == "" {
		return cell{}
	}
	return cell{kind: text, text: s}
}

// noValue are words that people write where there is no value yet.
var noValue = map[string]bool{
	"-": true, "--": true, "–": true, "—": true, "?": true, "n/a": true, "na": true, "#n/a": true, "n.a.": true,
	"tbd": true, "tbc": true, "tba": true, "none": true, "null": true, "k.a.": true,
}

// valueless tells whether a cell says that there is no value.
func (c cell) valueless() bool {
	return c.kind == blank || c.kind == text && noValue[strings.ToLower(c.text)]
}

// columnName is how a spreadsheet program calls a column, counted from 0: A,
// B, … Z, AA.
func columnName(column int) string {
	var name []byte
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = append([]byte{byte('A' + (n-1)%26)}, name...)
	}
	return string(name)
}

// clipped is a value short enough for a message.
func clipped(s string) string {
	const most = 60
	if count := []rune(s); len(count) > most {
		return string(count[:most]) + "…"
	}
	return s
}

// truncate cuts a text to n characters.
func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n {
			return s[:i]
		}
		count++
	}
	return s
}
