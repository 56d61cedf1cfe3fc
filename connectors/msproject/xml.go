package msproject

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// namespace is that of every element of a plan.
const namespace = "http://schemas.microsoft.com/project"

// The limits of a plan. What is larger is refused before it is in memory.
const (
	maxValue = 4 << 20   // bytes of one value or tag
	maxDepth = 64        // elements around each other
	maxTasks = 1_000_000 // rows of one plan
	maxOther = 200_000   // resources, assigned tasks or custom fields of one plan
	buffered = 64 << 10
)

// A problem is why a plan cannot be read, and where.
type problem struct {
	line int
	text string
}

func (p *problem) Error() string {
	if p.line == 0 {
		return p.text
	}
	return fmt.Sprintf("line %d: %s", p.line, p.text)
}

// document reads the elements of a plan one after the other.
type document struct {
	d      *xml.Decoder
	budget *budget
	depth  int
}

// newDocument begins to read a plan. It goes by the first bytes: whatever is
// no XML is told as what it seems to be.
func newDocument(r io.Reader) (*document, error) {
	b := &budget{r: r, left: maxValue}
	head := bufio.NewReaderSize(b, buffered)
	first, err := head.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var text io.Reader = head
	wide := false
	switch {
	case len(first) == 0:
		return nil, &problem{text: "the file is empty"}
	case bytes.HasPrefix(first, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return nil, &problem{text: "this is Project's own format and not XML: in Microsoft Project choose File, Save As, XML Format"}
	case bytes.HasPrefix(first, []byte("PK\x03\x04")), bytes.HasPrefix(first, []byte{0x1F, 0x8B}):
		return nil, &problem{text: "this is a compressed file and not XML: unpack it, or save the plan as XML Format"}
	case bytes.HasPrefix(first, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = head.Discard(3)
	case bytes.HasPrefix(first, []byte{0xFF, 0xFE}), bytes.HasPrefix(first, []byte{0xFE, 0xFF}):
		text, wide = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(head), true
	case bytes.HasPrefix(first, []byte{'<', 0}):
		text, wide = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Reader(head), true
	case bytes.HasPrefix(first, []byte{0, '<'}):
		text, wide = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Reader(head), true
	}
	d := xml.NewDecoder(text)
	d.CharsetReader = func(label string, input io.Reader) (io.Reader, error) {
		label = strings.ToLower(label)
		if wide && strings.HasPrefix(label, "utf-16") || label == "utf8" {
			return input, nil
		}
		if known := encodings[label]; known != nil && !wide {
			return known.NewDecoder().Reader(input), nil
		}
		return nil, fmt.Errorf("the encoding %.40q is not read: save the plan as UTF-8", label)
	}
	return &document{d: d, budget: b}, nil
}

// encodings are those that are read besides UTF-8 and UTF-16.
var encodings = map[string]encoding.Encoding{
	"us-ascii":     charmap.Windows1252,
	"ascii":        charmap.Windows1252,
	"iso-8859-1":   charmap.Windows1252, // as every program reads what says so
	"windows-1252": charmap.Windows1252,
	"iso-8859-15":  charmap.ISO8859_15,
	"windows-1250": charmap.Windows1250,
	"windows-1251": charmap.Windows1251,
	"iso-8859-2":   charmap.ISO8859_2,
}

// budget bounds what one token may read.
type budget struct {
	r    io.Reader
	left int
}

var errTooLong = errors.New("too long")

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// next returns the next token.
func (x *document) next() (xml.Token, error) {
	x.budget.left = maxValue
	token, err := x.d.Token()
	if err != nil {
		return nil, x.wrong(err)
	}
	switch token.(type) {
	case xml.Directive:
		return nil, x.problem("the file has a document type definition, which may make it grow without bounds; plans have none")
	case xml.StartElement:
		if x.depth++; x.depth > maxDepth {
			return nil, x.problem("elements lie more than %d deep in each other", maxDepth)
		}
	case xml.EndElement:
		x.depth--
	}
	return token, nil
}

func (x *document) problem(format string, args ...any) error {
	line, _ := x.d.InputPos()
	return &problem{line, fmt.Sprintf(format, args...)}
}

// wrong puts an error of the decoder into words.
func (x *document) wrong(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errTooLong):
		return x.problem("one value is larger than %d MiB", maxValue>>20)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return x.problem("the file breaks off")
	case errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return &problem{syntax.Line, "the file breaks off"}
	case errors.As(err, &syntax):
		return &problem{syntax.Line, fmt.Sprintf("not well-formed XML: %.200s", syntax.Msg)}
	}
	return x.problem("%.300s", strings.TrimPrefix(err.Error(), "xml: "))
}

// children calls f for each element in the one that has just begun, until that
// ends. f must read to the end of its element. Elements of other namespaces are
// passed over.
func (x *document) children(f func(name string) error) error {
	for {
		token, err := x.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if t.Name.Space != namespace {
				err = x.skip()
			} else {
				err = f(t.Name.Local)
			}
			if err != nil {
				return err
			}
		}
	}
}

// skip reads to the end of the element that has just begun.
func (x *document) skip() error {
	for outside := x.depth - 1; x.depth > outside; {
		if _, err := x.next(); err != nil {
			return err
		}
	}
	return nil
}

// text returns the text of the element that has just begun, without spaces
// around it, and reads to its end.
func (x *document) text() (string, error) {
	var text []byte
	for outside := x.depth - 1; x.depth > outside; {
		token, err := x.next()
		if err != nil {
			return "", err
		}
		if t, ok := token.(xml.CharData); ok && x.depth == outside+1 {
			if text = append(text, t...); len(text) > maxValue {
				return "", x.problem("one value is larger than %d MiB", maxValue>>20)
			}
		}
	}
	return strings.TrimSpace(string(text)), nil
}

// root reads to the beginning of the plan.
func (x *document) root() error {
	for {
		token, err := x.next()
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
			continue
		case start.Name.Local != "Project" || start.Name.Space == "":
			return x.problem("the file begins with <%.40s>, which is no plan of Microsoft Project: a <Project> of the namespace %s is expected", start.Name.Local, namespace)
		case start.Name.Space != namespace:
			return x.problem("<Project> is of the namespace %.100q; %s is expected", start.Name.Space, namespace)
		}
		return nil
	}
}

// end reads on after the plan, where only spaces and comments may stand.
func (x *document) end() error {
	for {
		x.budget.left = maxValue
		token, err := x.d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return x.wrong(err)
		}
		if _, again := token.(xml.StartElement); again {
			return x.problem("something follows the end of the plan: two files may lie in one")
		}
	}
}
