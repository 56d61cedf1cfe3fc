package folder

import (
	"path"
	"reflect"
	"slices"
	"strings"

	"plumbline/internal/spelling"
)

// table reads a CSV file, which is one list: the first row names the members.
func (r *reader) table(name, content string) {
	l := listOf(name)
	if l == nil {
		r.broken(Problem{File: name}, "the name of the file tells no list; expected one such as measurements.csv, measurements-2026.csv or kpiLinks.csv")
		return
	}
	if !l.tabular() {
		r.lost(l, Problem{File: name}, "%s do not fit a table; write them in a YAML file", l.name)
		return
	}
	header, _, _ := strings.Cut(content, "\n")
	comma := byte(',')
	if !strings.Contains(header, ",") {
		switch {
		case strings.Contains(header, ";"):
			comma = ';' // as Excel writes it where the comma is for decimals
		case strings.Contains(header, "\t"):
			r.lost(l, Problem{File: name, Line: 1}, "the columns are separated by tabs; expected commas or semicolons (in Excel: CSV UTF-8)")
			return
		}
	}
	records := cells{rest: content, comma: comma, line: 1}
	first, ok := records.next()
	if !ok {
		r.lost(l, Problem{File: name}, "the file is empty; expected a first row with the names of columns, such as %s", strings.Join(l.names(), ","))
		return
	}
	columns, ok := r.columns(name, l, first)
	if !ok {
		return
	}
	for {
		record, ok := records.next()
		if !ok {
			return
		}
		at := Problem{File: name, Line: record.line}
		switch {
		case record.wrong != "":
			r.lost(l, at, "%s", record.wrong)
		case record.empty():
		case len(record.cells) != len(columns):
			r.lost(l, at, "this row has %d cells, and the header names %d columns", len(record.cells), len(columns))
		case r.full(at):
			return
		default:
			r.record(l, at, columns, record)
		}
	}
}

// listOf returns the list that a CSV file is of: the first part of its name
// that is one.
func listOf(name string) *list {
	base := path.Base(name)
	base = base[:len(base)-len(path.Ext(base))]
	for _, part := range strings.FieldsFunc(base, func(c rune) bool { return strings.ContainsRune(".-_ ", c) }) {
		i := slices.IndexFunc(lists, func(l *list) bool { return strings.EqualFold(l.name, part) })
		if i >= 0 {
			return lists[i]
		}
	}
	return nil
}

// columns reads the header.
func (r *reader) columns(name string, l *list, header record) ([]member, bool) {
	var columns []member
	var names []string
	for _, m := range l.members {
		if m.flat() {
			names = append(names, m.name)
		}
	}
	ok := true
	for i, c := range header.cells {
		at := Problem{File: name, Line: header.line, Cell: c.text}
		m, known := l.member(c.text)
		wrong := ""
		switch {
		case header.wrong != "":
			wrong = header.wrong
		case c.text == "":
			wrong = "a column has no name"
		case !known:
			wrong = "there is no such column; " + spelling.DidYouMean(c.text, names)
		case !m.flat():
			wrong = "this does not fit a table; write the entry in a YAML file"
		case slices.ContainsFunc(header.cells[:i], func(other cell) bool { return other.text == c.text }):
			wrong = "this column stands here twice"
		}
		if wrong != "" {
			r.lost(l, at, "%s", wrong)
			ok = false
		}
		columns = append(columns, m)
	}
	return columns, ok
}

// record reads one row.
func (r *reader) record(l *list, at Problem, columns []member, of record) {
	e := r.begin(l, &row{file: at.File, line: at.Line})
	for i, m := range columns {
		c := of.cells[i]
		if c.text == "" {
			continue
		}
		r.cell(e, m, c.text, e.value(m))
	}
	r.end(e)
}

// cell fills a value from a cell.
func (r *reader) cell(e *entry, m member, written string, v reflect.Value) {
	for v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		for item := range strings.SplitSeq(written, listSeparator) {
			if item = strings.TrimSpace(item); item != "" {
				v.Set(reflect.Append(v, reflect.ValueOf(item)))
			}
		}
		return
	}
	if v.Kind() == reflect.String {
		written = unguarded(written)
	}
	if wrong := set(v, written, isCell); wrong != "" {
		r.blame(e.row, []string{m.name}, "%s", wrong)
	}
}

// listSeparator is between the elements of a list in a cell.
const listSeparator = ";"

// formula begins a cell that a spreadsheet would compute. Such text is written
// with an apostrophe before it, and loses one when it is read.
const formula = "=+-@\t"

func isFormula(text string) bool {
	text = strings.TrimLeft(text, "'")
	return text != "" && strings.ContainsRune(formula, rune(text[0]))
}

func guarded(text string) string {
	if isFormula(text) {
		return "'" + text
	}
	return text
}

func unguarded(text string) string {
	if strings.HasPrefix(text, "'") && isFormula(text) {
		return text[1:]
	}
	return text
}

// cells yields the records of a CSV text (RFC 4180). It knows which line each
// begins on, goes on after a broken one, and keeps what quotes enclose to the
// letter.
type cells struct {
	rest  string
	comma byte
	line  int // of the next record
}

type record struct {
	line  int
	cells []cell
	wrong string
}

type cell struct {
	text   string
	quoted bool
}

func (r record) empty() bool {
	return !slices.ContainsFunc(r.cells, func(c cell) bool { return c.text != "" })
}

// next returns the next record; false at the end.
func (s *cells) next() (record, bool) {
	if s.rest == "" {
		return record{}, false
	}
	r := record{line: s.line}
	for {
		c, more, wrong := s.cell()
		r.cells = append(r.cells, c)
		if wrong != "" {
			r.wrong = wrong
		}
		if !more {
			return r, true
		}
	}
}

// cell takes one cell off the rest, with what ends it, and reports whether the
// record goes on.
func (s *cells) cell() (c cell, more bool, wrong string) {
	space := len(s.rest) - len(strings.TrimLeft(s.rest, " "))
	if strings.HasPrefix(s.rest[space:], `"`) {
		c.text, c.quoted = s.enclosed(space+1, &wrong), true
	}
	end := strings.IndexAny(s.rest, string(s.comma)+"\n")
	if end < 0 {
		end = len(s.rest)
	}
	outside := strings.TrimSpace(s.rest[:end])
	if !c.quoted {
		c.text = outside
	} else if outside != "" && wrong == "" {
		wrong = "text follows a closing quote; within quotes, a quote is written twice"
	}
	if end == len(s.rest) {
		s.rest = ""
		return c, false, wrong
	}
	more = s.rest[end] == s.comma
	s.rest = s.rest[end+1:]
	if !more {
		s.line++
	}
	return c, more, wrong
}

// enclosed takes a quoted text off the rest, which it begins within.
func (s *cells) enclosed(begin int, wrong *string) string {
	var b strings.Builder
	for at := begin; ; {
		quote := strings.IndexByte(s.rest[at:], '"')
		if quote < 0 {
			*wrong = "a quote is opened and never closed"
			s.rest = ""
			return ""
		}
		b.WriteString(s.rest[at : at+quote])
		at += quote + 1
		if !strings.HasPrefix(s.rest[at:], `"`) {
			s.rest = s.rest[at:]
			text := b.String()
			s.line += strings.Count(text, "\n")
			return text
		}
		b.WriteByte('"')
		at++
	}
}
