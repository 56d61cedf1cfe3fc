package export

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
)

// A format is one in which a table is written.
type format struct {
	name, contentType string
	writer            func(*bufio.Writer, []Column) writer
}

// A writer writes the rows of a table. A cell is JSON; nil is null.
type writer interface {
	begin() error
	row(cells [][]byte) error
	end() error
}

// formats are by what the name of the file ends with.
var formats = map[string]format{
	"csv":  {"csv", "text/csv; charset=utf-8; header=present", newCSV},
	"json": {"json", "application/json", newJSON},
}

// separator stands between the names that lead to a column. It may be part of
// a name in any tool.
const separator = "__"

// steps are parts of a path that make no name: what a connection puts between
// itself and its elements.
var steps = map[string]bool{"nodes": true, "edges": true, "node": true}

// name is what a column is called.
func (c Column) name() string {
	var names []string
	for _, step := range c.Path {
		if !steps[step] {
			names = append(names, step)
		}
	}
	return strings.Join(names, separator)
}

// csvTable writes RFC 4180.
type csvTable struct {
	out     *csv.Writer
	columns []Column
	record  []string
}

func newCSV(w *bufio.Writer, columns []Column) writer {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return &csvTable{out: out, columns: columns, record: make([]string, len(columns))}
}

func (t *csvTable) begin() error {
	for i, column := range t.columns {
		t.record[i] = column.name()
	}
	return t.out.Write(t.record)
}

func (t *csvTable) row(cells [][]byte) error {
	for i, cell := range cells {
		text, err := plain(cell)
		if err != nil {
			return err
		}
		if t.columns[i].Text {
			text = guarded(text)
		}
		t.record[i] = text
	}
	return t.out.Write(t.record)
}

func (t *csvTable) end() error {
	t.out.Flush()
	return t.out.Error()
}

// guarded keeps a spreadsheet from taking a text for a formula: somebody may
// have called a project =HYPERLINK(…).
func guarded(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}

// jsonTable writes an array of flat objects.
type jsonTable struct {
	out   *bufio.Writer
	names [][]byte // quoted, and what stands before and after
	first bool
}

func newJSON(w *bufio.Writer, columns []Column) writer {
	t := &jsonTable{out: w, names: make([][]byte, len(columns)), first: true}
	for i, column := range columns {
		name, _ := json.Marshal(column.name()) // of a text it never fails
		t.names[i] = bytes.Join([][]byte{{','}, name, {':'}}, nil)
		if i == 0 {
			t.names[i][0] = '{'
		}
	}
	return t
}

func (t *jsonTable) begin() error { return t.out.WriteByte('[') }

func (t *jsonTable) row(cells [][]byte) error {
	if !t.first {
		_ = t.out.WriteByte(',') // the writer keeps its first error
	}
	t.first = false
	_ = t.out.WriteByte('\n')
	for i, cell := range cells {
		_, _ = t.out.Write(t.names[i])
		if cell == nil {
			cell = null
		}
		_, _ = t.out.Write(cell)
	}
	return t.out.WriteByte('}')
}

func (t *jsonTable) end() error {
	_, err := t.out.WriteString("\n]\n")
	return err
}

var null = []byte("null")
