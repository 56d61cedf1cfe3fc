package portfolio

import (
	"strings"
	"unicode/utf8"
)

// compareFold compares without regard to case.
func compareFold(a, b string) int {
	if strings.EqualFold(a, b) {
		return 0
	}
	return compareText(a, b)
}

// containsFold returns a test of whether a text contains want without regard
// to case. It does not allocate.
func containsFold(want string) test[string] {
	switch {
	case want == "":
		return func(string) bool { return true }
	case !isASCII(want):
		return func(s string) bool { return containsFolded(s, want) }
	case !hasLetter(want):
		return func(s string) bool { return strings.Contains(s, want) }
	}
	small, capital := lower(want[0]), upper(want[0])
	beyond := foldsBeyondASCII(want)
	return func(s string) bool {
		for rest := s; ; {
			at := indexEither(rest, small, capital)
			if at < 0 || len(rest)-at < len(want) {
				return beyond && !isASCII(s) && containsFolded(s, want)
			}
			rest = rest[at:]
			if equalLower(rest[:len(want)], want) {
				return true
			}
			rest = rest[1:]
		}
	}
}

// startsWithFold returns a test of whether a text begins with want without
// regard to case. It does not allocate.
func startsWithFold(want string) test[string] {
	if !isASCII(want) {
		return func(s string) bool { return foldedPrefix(s, want) }
	}
	beyond := foldsBeyondASCII(want)
	return func(s string) bool {
		if len(s) >= len(want) && equalLower(s[:len(want)], want) {
			return true
		}
		return beyond && !isASCII(s) && foldedPrefix(s, want)
	}
}

// containsFolded is containsFold for texts in any script.
func containsFolded(s, want string) bool {
	for i := range s {
		if foldedPrefix(s[i:], want) {
			return true
		}
	}
	return false
}

// foldsBeyondASCII reports whether a text of ASCII can equal one that is not:
// the Kelvin sign folds to k and the long s to s, and nothing else to ASCII.
func foldsBeyondASCII(s string) bool { return strings.ContainsAny(s, "kKsS") }

func hasLetter(s string) bool {
	for i := range len(s) {
		if lower(s[i]) != upper(s[i]) {
			return true
		}
	}
	return false
}

// indexEither returns the first place of either byte, -1 when there is none.
func indexEither(s string, a, b byte) int {
	i := strings.IndexByte(s, a)
	if a == b {
		return i
	}
	if i >= 0 {
		s = s[:i]
	}
	if j := strings.IndexByte(s, b); j >= 0 {
		return j
	}
	return i
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// equalLower compares texts of ASCII and of the same length without regard to
// case.
func equalLower(a, b string) bool {
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func foldedPrefix(s, want string) bool {
	// As many characters of s as want has; in bytes they may differ.
	n := 0
	for range want {
		n++
	}
	for i := range s {
		if n == 0 {
			return strings.EqualFold(s[:i], want)
		}
		n--
	}
	return n == 0 && strings.EqualFold(s, want)
}

func upper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - ('a' - 'A')
	}
	return b
}
