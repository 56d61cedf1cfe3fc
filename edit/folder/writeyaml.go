package folder

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"plumbline/internal/yamltree"
	"plumbline/portfolio"
)

// indent is one step to the right.
const indent = "  "

// writeList writes a list as YAML.
func writeList(b *strings.Builder, l *list, entries []map[string]reflect.Value) {
	b.WriteString(l.name + ":\n")
	for _, entry := range entries {
		first := true
		for _, m := range l.members {
			v, ok := entry[m.name]
			if !ok || v.Kind() == reflect.Slice && v.Len() == 0 {
				continue
			}
			b.WriteString(indent + dash(&first) + m.name + ":")
			writeValue(b, v, strings.Repeat(indent, 3))
		}
	}
}

// dash begins the first line of an entry, and makes room in the others.
func dash(first *bool) string {
	if *first {
		*first = false
		return "- "
	}
	return indent
}

// writeValue writes what follows a colon, what takes lines of its own at the
// margin.
func writeValue(b *strings.Builder, v reflect.Value, margin string) {
	if weights, ok := v.Interface().([]portfolio.ObjectiveWeight); ok {
		b.WriteByte('\n')
		for _, w := range weights {
			fmt.Fprintf(b, "%s%s: %s\n", margin, onOneLine(w.Objective), w.Weight)
		}
		return
	}
	if fields, ok := v.Interface().([]portfolio.Field); ok {
		b.WriteByte('\n')
		for _, f := range fields {
			fmt.Fprintf(b, "%s%s:%s\n", margin, onOneLine(newlines.Replace(f.ID)), fieldText(f, margin))
		}
		return
	}
	switch {
	case v.Kind() == reflect.Slice:
		b.WriteByte('\n')
		for i := range v.Len() {
			writeItem(b, v.Index(i), margin)
		}
	case v.Kind() == reflect.String:
		b.WriteString(" " + scalarText(plain(v), margin) + "\n")
	default:
		b.WriteString(" " + plain(v) + "\n")
	}
}

// writeItem writes an element of a list: text, or a mapping.
func writeItem(b *strings.Builder, v reflect.Value, margin string) {
	if v.Kind() != reflect.Struct {
		if v.String() != "" {
			b.WriteString(margin + "- " + onOneLine(plain(v)) + "\n")
		}
		return
	}
	first := true
	for _, m := range membersOf(v.Type()) {
		if member, said := m.said(v); said {
			b.WriteString(margin + dash(&first) + m.name + ":")
			writeValue(b, member, margin+indent+indent)
		}
	}
}

// scalarText is a text as YAML: as it is where nothing in it means anything to
// YAML, as a block where it has lines, else in quotes.
func scalarText(text, margin string) string {
	if strings.Contains(text, "\n") && readable(text) {
		block := "|"
		switch {
		case !strings.HasSuffix(text, "\n"):
			block = "|-"
		case strings.HasSuffix(text, "\n\n"):
			return inQuotes(text)
		}
		var b strings.Builder
		b.WriteString(block)
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			b.WriteByte('\n')
			if line != "" {
				b.WriteString(margin + line)
			}
		}
		if readsBack("- key: "+b.String()+"\n  more: x\n", text) {
			return b.String()
		}
	}
	return onOneLine(text)
}

// readable reports whether lines may stand in a block: YAML would take spaces
// before the first, and nobody sees those after the others.
func readable(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if line != strings.TrimRightFunc(line, unicode.IsSpace) || strings.ContainsFunc(line, hidden) {
			return false
		}
	}
	return text[0] != ' ' && text[0] != '\n'
}

// simple are the texts that YAML takes as they are.
var simple = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N} _./@()%&+'’–-]*(:[\p{L}\p{N}][\p{L}\p{M}\p{N} _./@()%&+'’–-]*)*$`)

// onOneLine is a text as YAML on one line.
func onOneLine(text string) string {
	if simple.MatchString(text) && strings.TrimSpace(text) == text && readsBack("- key: "+text+"\n  more: x\n", text) {
		return text
	}
	return inQuotes(text)
}

// readsBack reports whether a reader would take the document's first value for
// the text. Texts that look like a number are texts all the same where a text
// is expected.
func readsBack(document, text string) bool {
	read, kind, ok := firstValue(document)
	return ok && kind != isBool && read == text
}

// readsBackAsText is readsBack where any kind of value may stand.
func readsBackAsText(written, text string) bool {
	read, kind, ok := firstValue("- key: " + written + "\n  more: x\n")
	return ok && kind == isText && read == text
}

// firstValue reads the first value of a document of one entry.
func firstValue(document string) (string, shape, bool) {
	body, err := yamltree.Document([]byte(document))
	if err != nil {
		return "", isText, false
	}
	list, ok := body.(*ast.SequenceNode)
	if !ok || len(list.Values) != 1 {
		return "", isText, false
	}
	entries := yamltree.Pairs(list.Values[0])
	if len(entries) != 2 {
		return "", isText, false
	}
	return scalar(entries[0].Value)
}

// inQuotes is a text in double quotes, with escapes for what cannot be seen.
func inQuotes(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case hidden(r) && r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// hidden reports whether a character is none that shows.
func hidden(r rune) bool {
	return r == unicode.ReplacementChar || r != ' ' && !unicode.IsGraphic(r) || r != ' ' && unicode.IsSpace(r)
}
