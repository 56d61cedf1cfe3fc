package spreadsheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"plumbline/connectors"
)

// encodings are the words of the setting encoding. UTF-8 needs no decoding.
var encodings = map[string]encoding.Encoding{
	"utf-8":        nil,
	"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"windows-1250": charmap.Windows1250,
	"windows-1251": charmap.Windows1251,
	"windows-1252": charmap.Windows1252,
	"iso-8859-15":  charmap.ISO8859_15,
}

func encodingNames() string { return strings.Join(slices.Sorted(maps.Keys(encodings)), ", ") }

var (
	markUTF8 = []byte{0xEF, 0xBB, 0xBF}
	markLE   = []byte{0xFF, 0xFE}
	markBE   = []byte{0xFE, 0xFF}
)

// decoded is a text file as UTF-8 without a byte order mark, and the name of
// the encoding that it is in. Set is what the settings say, or empty.
func decoded(f connectors.File, set string) (io.Reader, string, error) {
	name, mark, err := encodingOf(f, set)
	if err != nil {
		return nil, name, err
	}
	if _, err := f.Seek(int64(mark), io.SeekStart); err != nil {
		return nil, name, err
	}
	if e := encodings[name]; e != nil {
		return transform.NewReader(bufio.NewReaderSize(f, 64<<10), e.NewDecoder()), name, nil
	}
	return bufio.NewReaderSize(f, 64<<10), name, nil
}

// encodingOf tells the encoding by its mark, else by its zero bytes, else by
// whether all of the file is UTF-8; what is not, and has no byte that
// windows-1252 leaves undefined, is windows-1252.
func encodingOf(f connectors.File, set string) (name string, mark int, err error) {
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", 0, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, markUTF8):
		name, mark = "utf-8", len(markUTF8)
	case bytes.HasPrefix(head, markLE):
		name, mark = "utf-16le", len(markLE)
	case bytes.HasPrefix(head, markBE):
		name, mark = "utf-16be", len(markBE)
	}
	switch {
	case set != "" && name != "" && set != name:
		return "", 0, fmt.Errorf("the file is in %s, as its first bytes say, but the setting encoding says %s", name, set)
	case set != "" && set != "utf-8":
		return set, mark, nil
	case name != "" && name != "utf-8":
		return name, mark, nil
	}
	if even, odd := zeros(head); name == "" && set == "" && even+odd > len(head)/4 {
		if odd > even {
			return "utf-16le", 0, nil
		}
		return "utf-16be", 0, nil
	}
	bad, undefined, err := notUTF8(io.NewSectionReader(f, int64(mark), 1<<62))
	switch {
	case err != nil:
		return "", 0, err
	case bad < 0:
		return "utf-8", mark, nil
	case set == "utf-8" || name == "utf-8":
		return "", 0, fmt.Errorf("the file is not in utf-8: byte %d does not fit; save it as UTF-8, or set encoding to one of %s", bad+mark, encodingNames())
	case undefined:
		return "", 0, fmt.Errorf("the encoding of the file cannot be told: it is neither utf-8 nor windows-1252; set encoding to one of %s", encodingNames())
	}
	return "windows-1252", 0, nil
}

// zeros counts the zero bytes at even and at odd places.
func zeros(head []byte) (even, odd int) {
	for i, b := range head {
		if b == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	return even, odd
}

// notUTF8 finds the first byte that is not UTF-8, -1 when there is none, and
// whether a byte is there that windows-1252 does not define.
func notUTF8(r io.Reader) (bad int, undefined bool, err error) {
	bad = -1
	buffer := make([]byte, 64<<10)
	kept, offset := 0, 0
	for {
		n, err := r.Read(buffer[kept:])
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return 0, false, err
		}
		for _, b := range buffer[kept : kept+n] {
			switch b {
			case 0x81, 0x8D, 0x8F, 0x90, 0x9D:
				undefined = true
			}
		}
		chunk := buffer[:kept+n]
		for bad < 0 && len(chunk) > 0 && (utf8.FullRune(chunk) || end) {
			if valid := validPrefix(chunk); valid > 0 {
				chunk, offset = chunk[valid:], offset+valid
				continue
			}
			bad = offset
		}
		if bad >= 0 {
			chunk = nil
		}
		if end {
			return bad, undefined, nil
		}
		kept = copy(buffer, chunk)
	}
}

// validPrefix is how many bytes at the front are whole valid characters.
func validPrefix(b []byte) int {
	if utf8.Valid(b) {
		return len(b)
	}
	n := 0
	for n < len(b) {
		if b[n] < utf8.RuneSelf {
			n++
			continue
		}
		r, size := utf8.DecodeRune(b[n:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		n += size
	}
	return n
}
