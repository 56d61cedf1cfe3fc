package spreadsheet

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

// readSheet reads a sheet row by row. A row's cells are the caller's own.
func (w *workbook) readSheet(s sheetPart, each func(row) error) error {
	r, err := w.open(s.part)
	if err != nil {
		return err
	}
	defer r.Close()
	reader := sheetReader{workbook: w, tokens: newTokens(r), each: each}
	if err := reader.read(); err != nil {
		return fmt.Errorf("sheet %q: %w", s.name, err)
	}
	return nil
}

// maxRows is how many rows a sheet can have.
const maxRows = 1 << 20

type sheetReader struct {
	*workbook
	*tokens
	each func(row) error

	depth int
	row   row
	size  int // of the row, in bytes
	width int // of the last row, which the next one probably has

	// Of the cell that is being read.
	column  int
	after   int // column of the next cell that does not say where it is
	style   int
	typ     string
	formula bool
	value   []byte
	hasV    bool
	inV     bool
	inline  textRuns
	hasText bool
}

func (s *sheetReader) read() error {
	for {
		x, err := s.next()
		if errors.Is(err, io.EOF) {
			if s.depth > 0 {
				err = io.ErrUnexpectedEOF
			} else {
				return nil
			}
		}
		if err != nil {
			return fmt.Errorf("the workbook is damaged after row %d: %w", s.row.number, err)
		}
		switch {
		case x.start != "":
			s.depth++
			err = s.start(x)
		case x.end != "":
			s.depth--
			err = s.end(x.end)
		case s.inV:
			if s.value = append(s.value, x.text...); len(s.value) > maxRowSize {
				err = fmt.Errorf("row %d: %w", s.row.number, errLong)
			}
		}
		if err != nil {
			return err
		}
		if s.typ == "inlineStr" {
			s.hasText = s.inline.take(x, "is") || s.hasText
			if s.inline.long {
				return fmt.Errorf("row %d: %w", s.row.number, errLong)
			}
		}
	}
}

func (s *sheetReader) start(x token) error {
	switch x.start {
	case "row":
		next := s.row.number + 1
		at := ""
		if err := x.each(func(name, value []byte) {
			if string(name) == "r" {
				at = string(value)
			}
		}); err != nil {
			return err
		}
		if at != "" {
			n, err := strconv.Atoi(at)
			if err != nil || n < next || n > maxRows {
				return fmt.Errorf("the workbook is damaged after row %d: the next one is %q", s.row.number, clipped(at))
			}
			next = n
		}
		s.after, s.size = 0, 0
		s.row = row{number: next, cells: make([]cell, 0, s.width)}
	case "c":
		return s.startCell(x)
	case "f":
		s.formula = true
	case "v":
		s.inV, s.hasV = true, true
	}
	return nil
}

func (s *sheetReader) startCell(x token) error {
	s.column, s.style, s.typ, s.formula, s.hasV, s.hasText = s.after, 0, "", false, false, false
	s.value = s.value[:0]
	misplaced := ""
	err := x.each(func(name, value []byte) {
		switch string(name) {
		case "r":
			column, ok := columnOf(value)
			if !ok || column < s.after {
				misplaced = string(value)
			}
			s.column = column
		case "s":
			s.style, _ = strconv.Atoi(string(value)) // what is none is the plain style
		case "t":
			s.typ = cellType(value)
		}
	})
	if err == nil && misplaced != "" {
		err = fmt.Errorf("the workbook is damaged in row %d: cell %q", s.row.number, clipped(misplaced))
	}
	s.after = s.column + 1
	return err
}

// cellType is the type of a cell, which needs no text of its own.
func cellType(value []byte) string {
	for _, known := range []string{"s", "n", "b", "str", "inlineStr", "d", "e"} {
		if string(value) == known {
			return known
		}
	}
	return ""
}

func (s *sheetReader) end(name string) error {
	switch name {
	case "v":
		s.inV = false
	case "c":
		c := s.cell()
		if c.kind == blank {
			return nil
		}
		if s.column >= maxColumns {
			return fmt.Errorf("row %d has a value in column %s; at most %d columns are read", s.row.number, columnName(s.column), maxColumns)
		}
		if s.size += len(c.text); s.size > maxRowSize { // the same long text may stand in each of its cells
			return fmt.Errorf("row %d is longer than %d MiB", s.row.number, maxRowSize>>20)
		}
		for len(s.row.cells) < s.column {
			s.row.cells = append(s.row.cells, cell{})
		}
		s.row.cells = append(s.row.cells, c)
	case "row":
		s.width = len(s.row.cells)
		if s.width > 0 {
			return s.each(s.row)
		}
	}
	return nil
}

// cell is what the cell that ended holds.
func (s *sheetReader) cell() cell {
	if s.formula && (!s.hasV || len(s.value) == 0 && s.typ != "str") {
		return cell{kind: bad, text: "the formula has no saved value: open the file in a spreadsheet program, and save it"}
	}
	switch s.typ {
	case "inlineStr":
		if !s.hasText {
			return cell{}
		}
		return textCell(s.inline.String())
	case "str":
		return textCell(unescaped(string(s.value)))
	case "s":
		n, err := strconv.Atoi(string(s.value))
		if err != nil || n < 0 || n >= len(s.strings) {
			return cell{kind: bad, text: "its text is missing from the workbook"}
		}
		return textCell(s.strings[n])
	case "b":
		return cell{kind: boolean, text: strconv.FormatBool(string(s.value) == "1" || string(s.value) == "true")}
	case "e":
		if string(s.value) == "#N/A" {
			return cell{kind: text, text: "#N/A"} // people look values up that are not there yet
		}
		return cell{kind: bad, text: "it holds the error " + clipped(string(s.value))}
	case "d":
		d := readDate(string(s.value))
		if d.fixed.IsZero() {
			return cell{kind: bad, text: fmt.Sprintf("it holds the date %q, which is none", clipped(string(s.value)))}
		}
		return cell{kind: date, text: d.fixed.String()}
	}
	if !s.hasV || len(s.value) == 0 {
		return cell{}
	}
	return s.number(string(s.value))
}

// number gives a stored number the meaning that its format shows.
func (s *sheetReader) number(stored string) cell {
	plain, ok := plainNumber(stored)
	if !ok {
		return cell{kind: bad, text: fmt.Sprintf("it holds %q, which is no number", clipped(stored))}
	}
	f := s.format()
	switch {
	case f.date:
		serial, err := strconv.ParseFloat(stored, 64)
		if err == nil && serial == 0 {
			return cell{} // a formula that points to an empty cell: no plan has the first day of 1904
		}
		d, ok := serialDate(serial, s.from1904)
		if err != nil || !ok {
			return cell{kind: bad, text: fmt.Sprintf("it is formatted as a date, but holds %s, which is none", clipped(stored))}
		}
		return cell{kind: date, text: d.String()}
	case f.percent:
		return cell{kind: number, text: perCent(plain), unit: "%"}
	}
	return cell{kind: number, text: plain, unit: f.currency}
}

func (s *sheetReader) format() format {
	if s.style < 0 || s.style >= len(s.formats) {
		return format{}
	}
	return s.formats[s.style]
}

// columnOf is the column of a cell's name, as in AB12, counted from 0.
func columnOf(name []byte) (int, bool) {
	n := 0
	for i, b := range name {
		switch {
		case b >= 'A' && b <= 'Z':
			if n = n*26 + int(b-'A') + 1; n > 1<<14 {
				return 0, false
			}
		case i > 0 && b >= '0' && b <= '9':
			return n - 1, true
		default:
			return 0, false
		}
	}
	return 0, false
}
