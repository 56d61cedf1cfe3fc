package folder

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

var byteOrderMark = []byte("\xEF\xBB\xBF")

// decode returns the text of a file, which is UTF-8 with or without a byte
// order mark, or the line of what is not and what to do about it. A line ends
// the same on every system: with \n.
func decode(data []byte) (content string, line int, wrong string) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.IndexByte(data, 0) >= 0:
		return "", 1, "this is not UTF-8 but looks like UTF-16; save it as UTF-8 (in Excel: CSV UTF-8)"
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return "", 1 + bytes.Count(data[:at], []byte("\n")),
				fmt.Sprintf("this is not UTF-8 (byte %#x); save it as UTF-8 (in Excel: CSV UTF-8)", data[at])
		}
		at += size
	}
	return newlines.Replace(string(data)), 0, ""
}

// newlines makes every line end with \n, and drops what no text file may hold.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "")
