package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// separators are the words of the setting separator.
var separators = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}

// separatorWords are tried in this order, which decides nothing.
var separatorWords = []string{"comma", "semicolon", "tab", "pipe"}

func separatorName(r rune) string {
	for word, s := range separators {
		if s == r {
			return word
		}
	}
	return ""
}

// split is how the head of a file looks with one separator.
type split struct {
	separator rune
	known     int // most names of columns that we know in one row
	regular   bool
	fields    int
}

// separatorOf tells the separator of a file by its head, and how long the line
// is that names it for spreadsheet programs, as in sep=;. What proves one is
// that the names of columns appear, or that no other one makes rows of equal
// length; a quote that does not fit rules one out.
func separatorOf(head []byte, whole bool, set rune, known func(string) bool) (separator rune, hint int, err error) {
	if rest, ok := bytes.CutPrefix(head, []byte("sep=")); ok && len(rest) > 1 && (rest[1] == '\n' || rest[1] == '\r') {
		hint = bytes.IndexByte(head, '\n') + 1
		named := rune(rest[0])
		if set != 0 && set != named || separatorName(named) == "" {
			return 0, 0, fmt.Errorf("the first line names the separator %q; the setting separator may be one of %s and must not say another", string(named), strings.Join(separatorWords, ", "))
		}
		return named, hint, nil
	}
	if set != 0 {
		return set, 0, nil
	}
	if !whole { // the last line may be half a one
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	var splits []split
	for _, word := range separatorWords {
		if s, ok := try(head, whole, separators[word], known); ok {
			splits = append(splits, s)
		}
	}
	best := func(keep func(split) bool) (list []split) {
		for _, s := range splits {
			if keep(s) {
				list = append(list, s)
			}
		}
		return list
	}
	most := 0
	for _, s := range splits {
		most = max(most, s.known)
	}
	if most >= 2 {
		if list := best(func(s split) bool { return s.known == most }); len(list) == 1 {
			return list[0].separator, 0, nil
		}
	}
	several := best(func(s split) bool { return s.fields > 1 })
	regular := best(func(s split) bool { return s.regular && s.fields > 1 })
	switch {
	case len(regular) == 1 && (len(several) == 1 || most < 2):
		return regular[0].separator, 0, nil
	case len(several) == 0:
		return ',', 0, nil // one column: there is nothing to separate
	case len(several) == 1:
		return several[0].separator, 0, nil
	}
	var names []string
	for _, s := range several {
		names = append(names, separatorName(s.separator))
	}
	return 0, 0, fmt.Errorf("the separator cannot be told: it may be %s; set separator", strings.Join(names, " or "))
}

// try splits the head with one separator. It is no candidate when quotes do
// not fit.
func try(head []byte, whole bool, separator rune, known func(string) bool) (split, bool) {
	c := csv.NewReader(bytes.NewReader(head))
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = separator, -1, true
	s := split{separator: separator, regular: true}
	for n := range 200 {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			// A quoted value may go on beyond the head.
			if !whole && errors.Is(err, csv.ErrQuote) && n > 0 && c.InputOffset() == int64(len(head)) {
				break
			}
			return split{}, false
		}
		if len(record) == 1 && strings.TrimSpace(record[0]) == "" {
			continue
		}
		count := 0
		for _, name := range record {
			if known(name) {
				count++
			}
		}
		s.known = max(s.known, count)
		if s.fields > 1 && len(record) != s.fields {
			s.regular = false
		}
		s.fields = max(s.fields, len(record))
	}
	return s, true
}
