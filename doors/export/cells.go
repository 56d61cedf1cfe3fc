package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// errPage is of a page that is not what its columns promise.
var errPage = errors.New("a page is not a JSON array of rows")

// A shape leads from the names in a row to its columns.
type shape struct {
	column int // of a leaf; -1 of an object
	below  map[string]*shape
}

func shapeOf(columns []Column) *shape {
	root := &shape{column: -1, below: map[string]*shape{}}
	for i, column := range columns {
		at := root
		for _, name := range column.Path {
			next := at.below[name]
			if next == nil {
				next = &shape{column: -1, below: map[string]*shape{}}
				at.below[name] = next
			}
			at = next
		}
		at.column = i
	}
	return root
}

// fill finds the cells of a row. One that the row does not have, or that is
// null, is nil; the others are JSON, and part of the row's bytes.
func (s *shape) fill(row []byte, cells [][]byte) error {
	clear(cells)
	return s.object(row, cells)
}

func (s *shape) object(text []byte, cells [][]byte) error {
	r := reader{rest: text}
	if !r.take('{') {
		return errPage
	}
	for first := true; !r.take('}'); first = false {
		if !first && !r.take(',') {
			return errPage
		}
		name, err := r.value()
		if err != nil || len(name) < 2 || !r.take(':') {
			return errPage
		}
		value, err := r.value()
		if err != nil {
			return err
		}
		at := s.below[string(name[1:len(name)-1])]
		switch {
		case at == nil || string(value) == "null":
		case at.column >= 0:
			cells[at.column] = value
		default:
			if err := at.object(value, cells); err != nil {
				return err
			}
		}
	}
	return nil
}

// elements are the elements of a JSON array.
func elements(array []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		r := reader{rest: array}
		if !r.take('[') {
			yield(nil, errPage)
			return
		}
		for first := true; !r.take(']'); first = false {
			if !first && !r.take(',') {
				yield(nil, errPage)
				return
			}
			value, err := r.value()
			if !yield(value, err) || err != nil {
				return
			}
		}
	}
}

// A reader takes JSON apart without making anything of it. It finds where
// values end, of text that is JSON; whether it is, was for its maker to see to.
type reader struct{ rest []byte }

// take takes a character, if it is the next one.
func (r *reader) take(c byte) bool {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	if len(r.rest) == 0 || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// value takes the next value.
func (r *reader) value() ([]byte, error) {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	depth := 0
	for i := 0; i < len(r.rest); i++ {
		switch r.rest[i] {
		case '"':
			end := endOfText(r.rest[i:])
			if end < 0 {
				return nil, errPage
			}
			i += end
			if depth == 0 {
				return r.cut(i + 1), nil
			}
		case '{', '[':
			depth++
		case '}', ']':
			switch depth--; {
			case depth == 0:
				return r.cut(i + 1), nil
			case depth < 0 && i == 0:
				return nil, errPage
			case depth < 0:
				return r.cut(i), nil // the end of what a number or a word is in
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				if i == 0 {
					return nil, errPage
				}
				return r.cut(i), nil
			}
		}
	}
	return nil, errPage
}

func (r *reader) cut(n int) []byte {
	value := r.rest[:n:n]
	r.rest = r.rest[n:]
	return value
}

// endOfText is where the quote stands that ends a JSON text; -1 when none does.
func endOfText(text []byte) int {
	for at := 1; ; at++ {
		next := bytes.IndexByte(text[at:], '"')
		if next < 0 {
			return -1
		}
		at += next
		escapes := 0
		for text[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at
		}
	}
}

// plain is what a cell says, without the quotes and escapes of JSON.
func plain(cell []byte) (string, error) {
	if len(cell) == 0 || cell[0] != '"' {
		return string(cell), nil
	}
	if bytes.IndexByte(cell, '\\') < 0 {
		return string(cell[1 : len(cell)-1]), nil
	}
	var text string
	if err := json.Unmarshal(cell, &text); err != nil {
		return "", fmt.Errorf("read a text: %w", err)
	}
	return text, nil
}
