package spreadsheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// tokens reads the XML of a workbook's large parts, which have millions of
// small elements: the library of the standard makes ten texts of each. It takes
// what programs write there: elements, attributes and text, in UTF-8. A
// document type, and any entity but the five of XML, is refused.
type tokens struct {
	r      *bufio.Reader
	tag    []byte // of the last token, when it did not fit the reader's buffer
	run    []byte
	closes string // the element that was opened and closed by one tag
	began  bool
}

// A token is a start, an end or a run of text. Its bytes hold until the next
// one.
type token struct {
	start, end string // name without its prefix
	attrs      []byte
	text       []byte
}

func newTokens(r io.Reader) *tokens { return &tokens{r: bufio.NewReaderSize(r, 64<<10)} }

var (
	errXML    = errors.New("its XML is none that a spreadsheet program writes")
	errEntity = errors.New("invalid character entity")
)

// next is the next token; io.EOF is an end between elements only.
func (t *tokens) next() (token, error) {
	if t.closes != "" {
		name := t.closes
		t.closes = ""
		return token{end: name}, nil
	}
	text, err := t.until('<', &t.run)
	if err != nil {
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(text)) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return token{}, err
	}
	if !t.began {
		t.began = true
		if text = bytes.TrimPrefix(text, markUTF8); len(bytes.TrimSpace(text)) > 0 {
			return token{}, errXML // UTF-16, or no XML at all
		}
		text = nil
	}
	if len(text) > 0 {
		if err := t.r.UnreadByte(); err != nil { // the tag is the next token
			return token{}, err
		}
		text, err = plainText(text)
		return token{text: text}, err
	}
	return t.element()
}

// element is the token of a tag whose first character was read.
func (t *tokens) element() (token, error) {
	first, err := t.r.Peek(1)
	if err != nil {
		return token{}, unexpected(err)
	}
	switch first[0] {
	case '?':
		return t.skip("?>")
	case '!':
		return t.special()
	}
	tag, err := t.wholeTag()
	if err != nil {
		return token{}, err
	}
	if rest, ok := bytes.CutPrefix(tag, []byte("/")); ok {
		return token{end: localName(bytes.TrimSpace(rest))}, nil
	}
	tag, alone := bytes.CutSuffix(tag, []byte("/"))
	name := tag
	if at := bytes.IndexAny(tag, " \t\r\n"); at >= 0 {
		name, tag = tag[:at], tag[at:]
	} else {
		tag = nil
	}
	out := token{start: localName(name), attrs: tag}
	if out.start == "" {
		return token{}, errXML
	}
	if alone {
		t.closes = out.start
	}
	return out, nil
}

// wholeTag reads to the end of a tag; a > within quotes is none.
func (t *tokens) wholeTag() ([]byte, error) {
	var whole []byte
	for quote := byte(0); ; {
		part, err := t.until('>', &t.tag)
		if err != nil {
			return nil, unexpected(err)
		}
		quote = open(part, quote)
		if whole == nil && quote == 0 {
			return part, nil
		}
		if whole = append(whole, part...); quote == 0 {
			return whole, nil
		}
		if whole = append(whole, '>'); len(whole) > maxRowSize {
			return nil, errXML
		}
	}
}

// open is the quote within which a part of a tag ends, or 0. It begins within
// the quote given.
func open(tag []byte, quote byte) byte {
	for _, b := range tag {
		switch {
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == quote:
			quote = 0
		}
	}
	return quote
}

// special passes over a comment and reads a run of unescaped text.
func (t *tokens) special() (token, error) {
	if head, err := t.r.Peek(3); err == nil && string(head) == "!--" {
		return t.skip("-->")
	}
	const mark = "![CDATA["
	if head, err := t.r.Peek(len(mark)); err != nil || string(head) != mark {
		return token{}, fmt.Errorf("%w: it has a document type", errXML)
	}
	if _, err := t.r.Discard(len(mark)); err != nil {
		return token{}, err
	}
	text, err := t.through("]]>")
	return token{text: text}, err
}

func (t *tokens) skip(end string) (token, error) {
	if _, err := t.through(end); err != nil {
		return token{}, err
	}
	return t.next()
}

// through reads to a mark and past it.
func (t *tokens) through(end string) ([]byte, error) {
	var all []byte
	for {
		part, err := t.until(end[len(end)-1], &t.tag)
		if err != nil {
			return nil, unexpected(err)
		}
		all = append(append(all, part...), end[len(end)-1])
		if before, ok := bytes.CutSuffix(all, []byte(end)); ok {
			return before, nil
		}
		if len(all) > maxRowSize {
			return nil, errXML
		}
	}
}

// until reads to a character and past it. What it gives lies in the reader's
// buffer, or in keep if it is longer.
func (t *tokens) until(end byte, keep *[]byte) ([]byte, error) {
	part, err := t.r.ReadSlice(end)
	if err == nil {
		return part[:len(part)-1], nil
	}
	all := (*keep)[:0]
	all = append(all, part...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(all) > maxRowSize {
			return nil, errLong
		}
		part, err = t.r.ReadSlice(end)
		all = append(all, part...)
	}
	*keep = all
	if err != nil {
		return all, err
	}
	return all[:len(all)-1], nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// names are those that need no text of their own.
var names = map[string]string{"c": "c", "v": "v", "f": "f", "row": "row", "is": "is", "t": "t", "r": "r", "si": "si", "rPh": "rPh"}

func localName(name []byte) string {
	if at := bytes.IndexByte(name, ':'); at >= 0 {
		name = name[at+1:]
	}
	if known, ok := names[string(name)]; ok {
		return known
	}
	return string(name)
}

// each gives the attributes of a start.
func (t token) each(do func(name, value []byte)) error {
	rest := bytes.TrimSpace(t.attrs)
	for len(rest) > 0 {
		at := bytes.IndexByte(rest, '=')
		if at < 1 {
			return errXML
		}
		name := bytes.TrimSpace(rest[:at])
		rest = bytes.TrimLeft(rest[at+1:], " \t\r\n")
		if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return errXML
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return errXML
		}
		value, err := plainText(rest[1 : end+1])
		if err != nil {
			return err
		}
		do(name, value)
		rest = bytes.TrimLeft(rest[end+2:], " \t\r\n")
	}
	return nil
}

// plainText replaces entities. Most text has none and is given as it is.
func plainText(s []byte) ([]byte, error) {
	if bytes.IndexByte(s, '&') < 0 {
		return s, nil
	}
	out := make([]byte, 0, len(s))
	for {
		at := bytes.IndexByte(s, '&')
		if at < 0 {
			return append(out, s...), nil
		}
		end := bytes.IndexByte(s[at:], ';')
		if end < 0 {
			return nil, errEntity
		}
		out = append(out, s[:at]...)
		entity := string(s[at+1 : at+end])
		s = s[at+end+1:]
		switch entity {
		case "amp":
			out = append(out, '&')
		case "lt":
			out = append(out, '<')
		case "gt":
			out = append(out, '>')
		case "quot":
			out = append(out, '"')
		case "apos":
			out = append(out, '\'')
		default:
			r, ok := numbered32(entity)
			if !ok {
				return nil, errEntity
			}
			out = utf8.AppendRune(out, r)
		}
	}
}

// numbered32 reads an entity that names a character by its number.
func numbered32(entity string) (rune, bool) {
	if len(entity) < 2 || entity[0] != '#' {
		return 0, false
	}
	digits, base := entity[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	return rune(n), err == nil && utf8.ValidRune(rune(n))
}
