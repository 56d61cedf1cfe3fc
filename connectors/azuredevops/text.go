package azuredevops

import (
	"html"
	"regexp"
	"strings"

	"plumbline/internal/record"
)

// code is what a browser would not show.
var code = regexp.MustCompile(`(?is)<(style|script)\b.*?(</(style|script)\s*>|$)`)

// htmlText takes the markup out of a text that people wrote in an editor. It
// is no parser: what is not a tag stays.
func htmlText(text string) string {
	text = strings.ReplaceAll(record.Truncate(strings.ToValidUTF8(text, "\uFFFD"), 8*maxFieldText), "\r\n", "\n")
	text = code.ReplaceAllString(text, "")
	var b strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, "<")
		b.WriteString(html.UnescapeString(before))
		if !found {
			break
		}
		tag, after, closed := strings.Cut(rest, ">")
		if !closed || !isTag(tag) {
			b.WriteByte('<')
			text = rest
			continue
		}
		text = after
		name := strings.ToLower(strings.TrimLeft(tag, "/"))
		name = name[:len(name)-len(strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz0123456789"))]
		switch name {
		case "br", "p", "div", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote":
			b.WriteByte('\n')
		case "li":
			if !strings.HasPrefix(tag, "/") {
				b.WriteString("\n- ")
			}
		case "td", "th":
			if strings.HasPrefix(tag, "/") {
				b.WriteByte(' ')
			}
		}
	}
	return tidyText(strings.ReplaceAll(b.String(), "\u00A0", " "))
}

// isTag tells <b>, </b> and <!-- --> from 3 < 4.
func isTag(inside string) bool {
	inside = strings.TrimPrefix(inside, "/")
	return inside != "" && (inside[0] == '!' || inside[0] >= 'a' && inside[0] <= 'z' || inside[0] >= 'A' && inside[0] <= 'Z')
}

// tidyText trims lines and leaves at most one empty line in a row.
func tidyText(text string) string {
	lines := strings.Split(strings.ToValidUTF8(text, "\uFFFD"), "\n")
	out := lines[:0]
	empty := true
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" && empty {
			continue
		}
		empty = l == ""
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
