package portfolio

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

// A cursor is a place in a list: after the row with these values and this id,
// in the list of this filter and order, begun at this revision.
type cursor struct {
	revision int64
	hash     [8]byte // of the revision's commit
	list     [8]byte // of noun, scope, filter and order
	at       position
}

// cursorFormat is the first byte of a cursor; another one is another layout.
const cursorFormat = 1

// maxCursor is how long the text of a cursor may be, in bytes.
const maxCursor = 8 << 10

var errCursor = fmt.Errorf("%w: it is not a cursor of this list with this filter and order; begin again without it", ErrInvalidCursor)

// What is set in the first byte of a value.
const (
	cursorNull    = 1 << iota // there is no value
	cursorDecimal             // a decimal follows
)

func (c cursor) String() string {
	b := []byte{cursorFormat}
	b = binary.AppendVarint(b, c.revision)
	b = append(b, c.hash[:]...)
	b = append(b, c.list[:]...)
	for _, v := range c.at.values {
		var flags byte
		if v.null {
			flags |= cursorNull
		}
		if v.dec != nil {
			flags |= cursorDecimal
		}
		b = append(b, flags)
		b = appendText(b, v.text)
		b = binary.AppendVarint(b, v.num)
		if v.dec != nil {
			b = appendText(b, v.dec.String())
		}
	}
	b = append(b, c.at.id...)
	return base64.RawURLEncoding.EncodeToString(b)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// parseCursor reads a cursor whose order has so many terms.
func parseCursor(s string, terms int) (cursor, error) {
	var c cursor
	r, err := openCursor(s, &c)
	if err != nil {
		return c, err
	}
	c.at.values = make([]sortValue, terms)
	for i := range c.at.values {
		if !readValue(r, &c.at.values[i]) {
			return c, errCursor
		}
	}
	if r.Len() == 0 {
		return c, errCursor
	}
	id := make([]byte, r.Len())
	_, _ = r.Read(id) // a reader of bytes in memory
	c.at.id = string(id)
	return c, nil
}

// openCursor reads the part of a cursor that is the same for every order.
func openCursor(s string, c *cursor) (*bytes.Reader, error) {
	if len(s) > maxCursor {
		return nil, errCursor
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, errCursor
	}
	r := bytes.NewReader(b)
	format, err := r.ReadByte()
	if err != nil || format != cursorFormat {
		return nil, errCursor
	}
	if c.revision, err = binary.ReadVarint(r); err != nil {
		return nil, errCursor
	}
	for _, part := range [][]byte{c.hash[:], c.list[:]} {
		if n, err := r.Read(part); err != nil || n != len(part) {
			return nil, errCursor
		}
	}
	return r, nil
}

func readValue(r *bytes.Reader, v *sortValue) bool {
	flags, err := r.ReadByte()
	if err != nil {
		return false
	}
	v.null = flags&cursorNull != 0
	var ok bool
	if v.text, ok = readText(r); !ok {
		return false
	}
	if v.num, err = binary.ReadVarint(r); err != nil {
		return false
	}
	if flags&cursorDecimal == 0 {
		return true
	}
	text, ok := readText(r)
	if !ok {
		return false
	}
	d, err := decimal.NewFromString(text)
	v.dec = &d
	return err == nil && d.Exponent() > -maxExponent && d.Exponent() < maxExponent
}

// maxExponent bounds the decimals that clients send: one such as 1e999999999
// takes minutes to compare.
const maxExponent = 100

func readText(r *bytes.Reader) (string, bool) {
	n, err := binary.ReadUvarint(r)
	if err != nil || n > uint64(r.Len()) {
		return "", false
	}
	text := make([]byte, n)
	_, _ = r.Read(text) // a reader of bytes in memory, and n are there
	return string(text), true
}

// CursorRevision returns the data revision at which the page sequence of a
// cursor began, and the beginning of its commit's hash.
func CursorRevision(s string) (revision int64, hash [8]byte, err error) {
	var c cursor
	_, err = openCursor(s, &c)
	return c.revision, c.hash, err
}

// listHash names a list: the same noun, scope, filter and order give the same
// hash on every replica.
func listHash(parts ...any) ([8]byte, error) {
	h := sha256.New()
	encode := json.NewEncoder(h)
	for _, part := range parts {
		if err := encode.Encode(part); err != nil {
			return [8]byte{}, fmt.Errorf("hash the filter and order of a list: %w", err)
		}
	}
	return [8]byte(h.Sum(nil)), nil
}
