package singer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"plumbline/internal/record"
)

// MaxLine is how long one message may be, in bytes.
const MaxLine = 16 << 20

// The types of message that a tap writes.
const (
	typeSchema   = "SCHEMA"
	typeRecord   = "RECORD"
	typeState    = "STATE"
	typeActivate = "ACTIVATE_VERSION"
	typeBatch    = "BATCH"
)

// errBrokenOff says that the output ends in the middle of a message.
var errBrokenOff = errors.New("the output of the tap breaks off")

// A message is one line of a tap's output.
type message struct {
	Type    string          `json:"type"`
	Stream  string          `json:"stream"`
	Record  json.RawMessage `json:"record"`
	Schema  json.RawMessage `json:"schema"`
	Keys    *[]string       `json:"key_properties"`
	Value   json.RawMessage `json:"value"`
	Version json.RawMessage `json:"version"`

	line int
}

// reader reads messages line by line.
type reader struct {
	in   *bufio.Reader
	mask func(string) string // takes secrets out of what is repeated in an error
	line int
}

func newReader(in io.Reader, mask func(string) string) *reader {
	return &reader{in: bufio.NewReaderSize(in, 64<<10), mask: mask}
}

// next returns the next message, or io.EOF at the end. A last line without its
// end is a message if it is whole.
func (r *reader) next() (message, error) {
	for {
		line, err := r.read()
		if err != nil {
			return message{}, err
		}
		whole := bytes.HasSuffix(line, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		m, err := r.parse(line)
		if err != nil && !whole {
			err = fmt.Errorf("%w in line %d", errBrokenOff, r.line)
		}
		return m, err
	}
}

// read returns a line, which is the caller's own.
func (r *reader) read() ([]byte, error) {
	r.line++
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > MaxLine:
			return nil, fmt.Errorf("line %d is longer than %d MiB", r.line, MaxLine>>20)
		case err == nil, errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return nil, err
		}
	}
}

func (r *reader) parse(line []byte) (message, error) {
	var m message
	if err := json.Unmarshal(line, &m); err != nil || line[0] != '{' {
		return message{}, fmt.Errorf("line %d is no message of a tap: it begins with %s. A tap writes messages to its standard output and nothing else", r.line, quoted(r.mask(string(line)))) // masked first, for half a secret is one too
	}
	m.line = r.line
	return m, m.check()
}

// check holds that a message has what its type needs.
func (m *message) check() error {
	lacks := func(what string) error {
		return fmt.Errorf("line %d: a message of type %s has no %s", m.line, m.Type, what)
	}
	switch m.Type {
	case typeSchema, typeRecord, typeActivate:
		if m.Stream == "" {
			return lacks("stream")
		}
	case typeState:
	case "":
		return fmt.Errorf("line %d: a message has no type", m.line)
	case typeBatch:
		return fmt.Errorf("line %d: the tap writes batches, which are not read here: switch batch_config off in tap.config", m.line)
	}
	switch {
	case m.Type == typeSchema && !isObject(m.Schema):
		return lacks("schema")
	case m.Type == typeRecord && len(m.Record) == 0:
		return lacks("record")
	case m.Type == typeState && !isObject(m.Value) && string(m.Value) != "null":
		return lacks("value that is an object")
	case m.Type == typeActivate && !isNumber(m.Version):
		return lacks("version")
	}
	return nil
}

func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

func isNumber(raw json.RawMessage) bool {
	var n json.Number
	return len(raw) > 0 && raw[0] != '"' && json.Unmarshal(raw, &n) == nil && n != ""
}

// maxQuoted is how much of something that was not understood is repeated.
const maxQuoted = 60

func quoted(text string) string {
	if cut := record.Truncate(text, maxQuoted); cut != text {
		return fmt.Sprintf("%q…", cut)
	}
	return fmt.Sprintf("%q", text)
}

// A schema is what a tap says about the records of a stream.
type schema struct {
	Properties map[string]property `json:"properties"`
	Required   []string            `json:"required"`
}

// A property is one of them. Of its type only the format matters: values tell
// their types themselves.
type property struct {
	Format string     `json:"format"`
	AnyOf  []property `json:"anyOf"`
}

// UnmarshalJSON passes over what a schema may say in other shapes, as true.
func (p *property) UnmarshalJSON(text []byte) error {
	type plain property
	var known plain
	if json.Unmarshal(text, &known) == nil {
		*p = property(known)
	}
	return nil
}

// format is date, date-time or another one, wherever the schema says it.
func (p property) format() string {
	if p.Format != "" {
		return p.Format
	}
	for _, one := range p.AnyOf {
		if f := one.format(); f != "" {
			return f
		}
	}
	return ""
}

func (m *message) schema() (*schema, error) {
	var s schema
	if err := json.Unmarshal(m.Schema, &s); err != nil {
		return nil, fmt.Errorf("line %d: the schema of stream %q cannot be read: %w", m.line, m.Stream, err)
	}
	if len(s.Properties) == 0 {
		return nil, fmt.Errorf("line %d: the schema of stream %q has no properties", m.line, m.Stream)
	}
	return &s, nil
}
