// Package folder is what people record, as files: it reads a strategy folder,
// or single files of one, into changes for package edit, writes what the log
// holds back as files, and watches a folder. Every value that is read knows
// its place, so that whatever is wrong with it, here or by the rules of
// package edit, is told with file, line and cell, all at once.
//
// It holds no rule about what may be recorded, and writes to no store.
package folder

import (
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// The limits of what is read.
const (
	// MaxYAML is the largest YAML file, in bytes. Long tables are for CSV.
	MaxYAML = 4 << 20
	// MaxCSV is the largest CSV file, in bytes.
	MaxCSV = 32 << 20
	// MaxTotal is the most that the files of one import or folder hold
	// together, in bytes.
	MaxTotal = 64 << 20
	// MaxFiles is how many files a folder may hold.
	MaxFiles = 1000
	// MaxProblems is how many problems are told at once.
	MaxProblems = 1000
)

// A File is the text of one file.
type File struct {
	Name string // relative to the folder, with slashes
	Data []byte
}

// A Batch is what files say, ready for package edit. Its changes carry a path
// by which errors lead back to their places.
type Batch struct {
	Changes []portfolio.EditChange
	// Lists are the names of the lists that the changes are of, one for each.
	Lists []string
	rows  []*row
	// broken tells that entries could not be read to which others may refer, so
	// that whether what is named is there cannot be judged.
	broken bool
}

// A row is one entry of a list in one file.
type row struct {
	list *list
	file string
	line int
	// column is that of a YAML entry.
	column int
	// name shows the entry in errors, as objectives[growth]; empty in a CSV.
	name string
	// places are those of the values of a YAML entry, by their path within it.
	places map[string][2]int
	// wrong tells that a problem of the entry was told already.
	wrong bool
}

// at returns the place of a value of the row, or of the nearest around it.
func (r *row) at(path []string) Problem {
	p := Problem{File: r.file, Line: r.line, Column: r.column}
	if r.places == nil {
		if len(path) > 0 {
			p.Cell = path[0]
		}
		return p
	}
	p.Path = r.name
	for _, step := range path {
		if _, err := strconv.Atoi(step); err == nil {
			p.Path += "[" + step + "]"
		} else {
			p.Path += "." + step
		}
	}
	for n := len(path); n > 0; n-- {
		if at, known := r.places[dotted(path[:n])]; known {
			p.Line, p.Column = at[0], at[1]
			return p
		}
	}
	return p
}

// dotted is a path as places are kept by.
func dotted(path []string) string { return strings.Join(path, ".") }

// add appends the change that a row makes; of the path within the row, which
// errors may be about, below is the beginning.
func (b *Batch) add(r *row, n int, put portfolio.RecordedFact, below ...string) {
	path := append([]string{r.list.name, strconv.Itoa(n)}, below...)
	b.Changes = append(b.Changes, portfolio.EditChange{Put: put, Path: path})
	b.Lists = append(b.Lists, r.list.name)
}

// Own makes every document the property of the file that it stands in, as
// those of the watched folder are.
func (b *Batch) Own() {
	for i := range b.Changes {
		b.Changes[i].Author = portfolio.AuthorOfFile + b.rowOf(b.Changes[i].Path).file
	}
}

// rowOf returns the row that a path of a change or an error leads to; nil when
// it leads to none.
func (b *Batch) rowOf(path []string) *row {
	if len(path) < 2 {
		return nil
	}
	n, err := strconv.Atoi(path[1])
	if err != nil || n < 0 || n >= len(b.rows) {
		return nil
	}
	return b.rows[n]
}

// Problems are the errors of package edit at their places. An entry that is
// known to be wrong is not told again.
func (b *Batch) Problems(errs []portfolio.UserError) Problems {
	var all Problems
	for _, e := range errs {
		if b.broken && (e.Code == portfolio.UserErrorNotFound || e.Code == portfolio.UserErrorInUse) {
			continue
		}
		r := b.rowOf(e.Path)
		switch {
		case len(e.Path) > 0 && e.Path[0] == folderPath[0] && e.Code == portfolio.UserErrorConflict:
			all = append(all, Problem{Text: e.Message, moved: true})
			continue
		case len(e.Path) > 2 && e.Path[0] == gone:
			all = append(all, Problem{File: e.Path[2], Text: e.Path[1] + " is no longer here: " + e.Message})
			continue
		case r == nil:
			all = append(all, Problem{Path: strings.Join(e.Path, "."), Text: e.Message})
			continue
		}
		if r.wrong {
			continue
		}
		p := r.at(r.list.within(e.Path[2:]))
		p.Text = e.Message
		all = append(all, p)
	}
	return all
}
