package spreadsheet

import (
	"strconv"
	"strings"
)

// headerSearch is how many rows at the top are looked at for the names of
// columns; titles, logos and remarks stand above them.
const headerSearch = 40

// A header is where the names of columns stand and what they are.
type header struct {
	row   int      // number of its last line
	used  int      // how many of the rows at the top it and what is above it take
	names []string // by column; empty where there is none
}

// findHeader finds the names of columns in the first rows of a sheet. Set is
// the row of the settings, 0 when they do not say; known tells the names that
// mean something.
func findHeader(top []row, set int, known func(string) bool) (header, bool) {
	best, most := -1, 0
	for i, r := range top {
		switch {
		case set > 0 && r.number == set:
			return named(top, i, known), true
		case set == 0:
			if count := knownIn(r, known); count > most {
				best, most = i, count
			}
		}
	}
	if set > 0 || best < 0 || most < 2 && filled(top[best]) > 1 {
		return header{}, false
	}
	return named(top, best, known), true
}

// knownIn counts the names in a row that mean something.
func knownIn(r row, known func(string) bool) (count int) {
	for _, c := range r.cells {
		if c.kind == text && known(c.text) {
			count++
		}
	}
	return count
}

func filled(r row) (count int) {
	for _, c := range r.cells {
		if c.kind != blank {
			count++
		}
	}
	return count
}

// named makes the header of row i. A group above several columns, whose cells
// are merged in the sheet, stands before their names; a second line below
// gives names where the first has only a group.
func named(top []row, i int, known func(string) bool) header {
	lines := []row{top[i]}
	if i > 0 && top[i-1].number == top[i].number-1 && filled(top[i-1]) > 1 && filled(top[i-1]) < filled(top[i]) {
		lines = []row{top[i-1], top[i]}
	} else if i+1 < len(top) && top[i+1].number == top[i].number+1 && secondLine(top[i], top[i+1], known) {
		lines = append(lines, top[i+1])
		i++
	}
	h := header{row: top[i].number, used: i + 1}
	width := 0
	for _, l := range lines {
		width = max(width, len(l.cells))
	}
	h.names = make([]string, width)
	last := lines[len(lines)-1]
	group := ""
	for column := range width {
		name := inOneLine(last.at(column).String())
		if len(lines) == 2 {
			if above := inOneLine(lines[0].at(column).String()); above != "" {
				group = above
			}
			switch {
			case name == "":
				name, group = inOneLine(lines[0].at(column).String()), "" // merged downwards
			case group != "" && !known(name) && known(group+" "+name), group != "" && again(last, column, name):
				name = group + " " + name
			}
		}
		h.names[column] = name
	}
	for column, name := range h.names { // a second column of a name gets a number
		for n := 2; name != "" && taken(h.names[:column], h.names[column]); n++ {
			h.names[column] = name + " " + strconv.Itoa(n)
		}
	}
	return h
}

// secondLine tells whether the row below a header is part of it: all that is
// in it are names, and there is one where the header has none.
func secondLine(above, below row, known func(string) bool) bool {
	fresh := false
	for column, c := range below.cells {
		if c.kind == blank {
			continue
		}
		if c.kind != text || !known(c.text) {
			return false
		}
		fresh = fresh || above.at(column).kind == blank
	}
	return fresh
}

// again tells whether a name stands in the row more than once.
func again(r row, column int, name string) bool {
	for i, c := range r.cells {
		if i != column && c.kind == text && folded(c.text) == folded(name) {
			return true
		}
	}
	return false
}

func taken(names []string, name string) bool {
	for _, n := range names {
		if folded(n) == folded(name) {
			return true
		}
	}
	return false
}

func inOneLine(name string) string { return truncate(strings.Join(strings.Fields(name), " "), 200) }

// repeats tells whether a row says the header once more, as where exports were
// put together.
func (h header) repeats(r row) bool {
	same := 0
	for column, name := range h.names {
		c := r.at(column)
		if c.kind == blank {
			continue
		}
		if c.kind != text || inOneLine(c.text) != name {
			return false
		}
		same++
	}
	return same > 1
}
