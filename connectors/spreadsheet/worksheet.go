package spreadsheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
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
	tokens
	each func(row) error

	depth int
	row   row
	width int // of the last row, which the next one probably has

	// Of the cell that is being read.
	column  int
	after   int // column of the next cell that does not say where it is
	style   int
	typ     string
	formula bool
	value   strings.Builder
	hasV    bool
	inV     bool
	inline  textRuns
	hasText bool
}

func (s *sheetReader) read() error {
	for {
		token, err := s.next()
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
		switch x := token.(type) {
		case xml.StartElement:
			s.depth++
			err = s.start(x)
		case xml.EndElement:
			s.depth--
			err = s.end(x.Name.Local)
		case xml.CharData:
			if s.inV && s.value.Len() < maxRowSize {
				s.value.Write(x)
			}
		}
		if err != nil {
			return err
		}
		if s.typ == "inlineStr" {
			s.hasText = s.inline.take(token, "is") || s.hasText
		}
	}
}

func (s *sheetReader) start(x xml.StartElement) error {
	switch x.Name.Local {
	case "row":
		next := s.row.number + 1
		if at := attr(x, "r"); at != "" {
			n, err := strconv.Atoi(at)
			if err != nil || n < next || n > maxRows {
				return fmt.Errorf("the workbook is damaged after row %d: the next one is %q", s.row.number, clipped(at))
			}
			next = n
		}
		s.after = 0
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

func (s *sheetReader) startCell(x xml.StartElement) error {
	s.column, s.style, s.typ, s.formula, s.hasV, s.hasText = s.after, 0, "", false, false, false
	s.value.Reset()
	for _, a := range x.Attr {
		switch a.Name.Local {
		case "r":
			column, ok := columnOf(a.Value)
			if !ok || column < s.after {
				return fmt.Errorf("the workbook is damaged in row %d: cell %q", s.row.number, clipped(a.Value))
			}
			s.column = column
		case "s":
			s.style, _ = strconv.Atoi(a.Value) // what is none is the plain style
		case "t":
			s.typ = a.Value
		}
	}
	s.after = s.column + 1
	return nil
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
	if s.formula && (!s.hasV || s.value.Len() == 0 && s.typ != "str") {
		return cell{kind: bad, text: "the formula has no saved value: open the file in a spreadsheet program, and save it"}
	}
	switch s.typ {
	case "inlineStr":
		if !s.hasText {
			return cell{}
		}
		return textCell(s.inline.String())
	case "str":
		return textCell(unescaped(s.value.String()))
	case "s":
		n, err := strconv.Atoi(s.value.String())
		if err != nil || n < 0 || n >= len(s.strings) {
			return cell{kind: bad, text: "its text is missing from the workbook"}
		}
		return textCell(s.strings[n])
	case "b":
		return cell{kind: boolean, text: strconv.FormatBool(s.value.String() == "1" || s.value.String() == "true")}
	case "e":
		if s.value.String() == "#N/A" {
			return cell{kind: text, text: "#N/A"} // people look values up that are not there yet
		}
		return cell{kind: bad, text: "it holds the error " + clipped(s.value.String())}
	case "d":
		d := readDate(s.value.String())
		if d.fixed.IsZero() {
			return cell{kind: bad, text: fmt.Sprintf("it holds the date %q, which is none", clipped(s.value.String()))}
		}
		return cell{kind: date, text: d.fixed.String()}
	}
	if !s.hasV || s.value.Len() == 0 {
		return cell{}
	}
	return s.number(s.value.String())
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
		if err == nil && serial == 0 && !s.from1904 {
			return cell{} // a formula that points to an empty cell
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

func attr(x xml.StartElement, name string) string {
	for _, a := range x.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// columnOf is the column of a cell's name, as in AB12, counted from 0.
func columnOf(name string) (int, bool) {
	n := 0
	for i := range len(name) {
		b := name[i]
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
