package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"plumbline/connectors"
)

// Bounds of a table. A row of text that is longer is a quote that was never
// closed.
const (
	maxColumns = 1000
	maxRowSize = 4 << 20
)

// text is a file of separated values.
type textFile struct {
	encoding  string
	separator rune
}

// readText reads a file of separated values row by row. It returns how it was
// understood.
func readText(f connectors.File, s *Settings, known func(string) bool, each func(row) error) (textFile, error) {
	r, name, err := decoded(f, s.Encoding)
	if err != nil {
		return textFile{encoding: name}, err
	}
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return textFile{encoding: name}, err
	}
	whole := n < len(head)
	head = head[:n]
	if onlyReturns(head) {
		head, r = bytes.ReplaceAll(head, []byte("\r"), []byte("\n")), returns{r}
	}
	if err := noTable(head); err != nil {
		return textFile{encoding: name}, err
	}
	separator, hint, err := separatorOf(head, whole, separators[s.Separator], known)
	if err != nil {
		return textFile{encoding: name}, err
	}
	t := textFile{name, separator}
	bounded := &boundedReader{r: io.MultiReader(bytes.NewReader(head[hint:]), r)}
	c := csv.NewReader(bounded)
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = separator, -1, true
	first := 0
	if hint > 0 {
		first = 1 // the line that names the separator
	}
	for {
		record, err := c.Read()
		bounded.since = 0
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return t, inWords(err, first)
		}
		if len(record) > maxColumns {
			return t, fmt.Errorf("row %d has %d columns; at most %d are read", line(c)+first, len(record), maxColumns)
		}
		out := row{number: line(c) + first, cells: make([]cell, len(record))}
		for i, value := range record {
			out.cells[i] = textCell(value)
		}
		if err := each(out); err != nil {
			return t, err
		}
	}
}

// onlyReturns tells whether lines end in carriage returns alone, as old
// programs for Macs write them.
func onlyReturns(head []byte) bool {
	at := bytes.IndexByte(head, '\r')
	return at >= 0 && at < len(head)-1 && bytes.IndexByte(head, '\n') < 0
}

// returns reads carriage returns as ends of lines.
type returns struct{ io.Reader }

// Read implements io.Reader.
func (r returns) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// line is where the record that was read last begins.
func line(c *csv.Reader) int {
	n, _ := c.FieldPos(0)
	return n
}

// inWords says what is wrong with a line.
func inWords(err error, first int) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	switch {
	case errors.Is(parse.Err, csv.ErrQuote):
		return fmt.Errorf("row %d, which begins in line %d: a quoted value is not closed, or something follows its closing quote, at character %d of line %d; a quote within quotes is written twice", parse.StartLine+first, parse.StartLine+first, parse.Column, parse.Line+first)
	case errors.Is(parse.Err, csv.ErrBareQuote):
		return fmt.Errorf("row %d: there is a quote in the middle of a value, at character %d; put the whole value into quotes, and write the quote in it twice", parse.Line+first, parse.Column)
	}
	return fmt.Errorf("row %d: %w", parse.Line+first, parse.Err)
}

// boundedReader ends when one row takes more than maxRowSize.
type boundedReader struct {
	r     io.Reader
	since int // bytes read since the last row began
}

// Read implements io.Reader.
func (b *boundedReader) Read(p []byte) (int, error) {
	if b.since > maxRowSize {
		return 0, fmt.Errorf("a row is longer than %d MiB: a quote is probably never closed", maxRowSize>>20)
	}
	n, err := b.r.Read(p)
	b.since += n
	return n, err
}

// noTable refuses what a login page or another program gives in place of a
// table.
func noTable(head []byte) error {
	start := strings.ToLower(string(bytes.TrimLeft(head[:min(len(head), 512)], " \t\r\n")))
	switch {
	case strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<?xml"):
		return errors.New("this is a web page or XML, no table: a page to sign in, perhaps")
	case strings.HasPrefix(start, "%pdf"):
		return errors.New("this is a PDF, no table")
	case strings.HasPrefix(start, "{\""):
		return errors.New("this is JSON, no table")
	case bytes.IndexByte(head, 0) >= 0:
		return errors.New("this is no text: it has zero bytes in it")
	}
	return nil
}
