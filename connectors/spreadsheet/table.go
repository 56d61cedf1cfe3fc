package spreadsheet

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// A columnType is how the cells of a column are read.
type columnType uint8

const (
	asText columnType = iota
	asNumber
	asDate
	asBoolean
	asList
	asPerson
)

var typeWords = [...]string{asText: "text", asNumber: "number", asDate: "date", asBoolean: "yes or no", asList: "list", asPerson: "person"}

// A column is one of a table, as it was understood.
type column struct {
	index   int
	name    string // of the header, no two alike
	meaning string // empty for a field of its own
	set     bool   // by the settings, not guessed
	field   string // id as a field
	typ     columnType
	strict  bool // a value that does not fit costs the row
	order   order
	point   point
	percent bool
	// told says what settled the order of dates or the point of numbers.
	told string
	// leftOut says why the column is not read, or is empty.
	leftOut string
	seen    evidence
}

// A table is a sheet in which names of columns were found.
type table struct {
	file, sheet string // sheet is empty for a text file
	how         string // encoding and separator of a text file
	// asOf is the day the file was written or sent, the latest that what it
	// says can be of; zero when that is not known.
	asOf     portfolio.Date
	settings SheetSettings
	rows     string // projects, milestones, or empty for both
	header   header
	columns  []*column
	by       map[string]*column // by meaning
	from1904 bool
	serials  bool // the system of serial numbers is known

	first, count int64 // where its rows begin in the spool, and how many they are
}

// name is the sheet's, or the file's where it is one of text.
func (t *table) name() string {
	if t.sheet != "" {
		return t.sheet
	}
	return t.file
}

// where names a place for people.
func (t *table) where(rowNumber int, c *column) string {
	var b strings.Builder
	b.WriteString(t.file)
	b.WriteString(": ")
	if t.sheet != "" {
		fmt.Fprintf(&b, "sheet %q, ", t.sheet)
	}
	if rowNumber > 0 {
		fmt.Fprintf(&b, "row %d", rowNumber)
		if c != nil {
			b.WriteString(", ")
		}
	}
	if c != nil {
		fmt.Fprintf(&b, "column %s %q", columnName(c.index), c.name)
	}
	return strings.TrimSuffix(strings.TrimSuffix(b.String(), ", "), ": ")
}

// cell is the cell of a meaning.
func (t *table) cell(r row, meaning string) cell {
	if c := t.by[meaning]; c != nil {
		return r.at(c.index)
	}
	return cell{}
}

// word is what the cell of a meaning says, or "" where it says that there is
// nothing.
func (t *table) word(r row, meaning string) string {
	c := t.cell(r, meaning)
	if c.kind == bad || c.valueless() {
		return ""
	}
	return c.String()
}

// identity is the column by which rows are known.
func (t *table) identity(meanings ...string) *column {
	for _, m := range meanings {
		if c := t.by[m]; c != nil {
			return c
		}
	}
	return nil
}

const ignoredBySettings = "the settings ignore it"

// newTable makes the table of a header; its columns have no meaning yet.
func newTable(file, sheet string, h header, settings SheetSettings, ignore []string) *table {
	t := &table{file: file, sheet: sheet, header: h, settings: settings, by: map[string]*column{}}
	for i, name := range h.names {
		c := &column{index: i, name: name}
		switch {
		case name == "":
			c.leftOut = "it has no name"
		case slices.ContainsFunc(ignore, func(other string) bool { return folded(other) == folded(name) }):
			c.leftOut = ignoredBySettings
		}
		t.columns = append(t.columns, c)
	}
	return t
}

// see takes the evidence of a row in. A value beyond the header has no name.
func (t *table) see(r row) {
	for i, c := range r.cells {
		if c.kind == blank {
			continue
		}
		for len(t.columns) <= i {
			t.columns = append(t.columns, &column{index: len(t.columns), leftOut: "it has no name"})
		}
		t.columns[i].seen.see(r.number, c)
	}
}
