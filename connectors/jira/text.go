package jira

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/record"
)

// richText reads a description of either API: an Atlassian document (ADF) of
// version 3, or wiki text of version 2. What is no text gives none.
func richText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	if raw[0] == '"' {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return ""
		}
		return wikiText(text)
	}
	var doc adfNode
	if json.Unmarshal(raw, &doc) != nil {
		return ""
	}
	var w adfWriter
	w.node(doc, 0)
	return tidyText(w.String())
}

// adfNode is a node of an Atlassian document. Content is decoded step by step,
// so that one odd node costs no more than itself.
type adfNode struct {
	Type    string            `json:"type"`
	Text    json.RawMessage   `json:"text"`
	Content []json.RawMessage `json:"content"`
	Attrs   struct {
		Text      json.RawMessage `json:"text"`
		ShortName string          `json:"shortName"`
		URL       string          `json:"url"`
		Timestamp json.RawMessage `json:"timestamp"`
	} `json:"attrs"`
}

// maxDepth bounds how deep a document is read; editors do not nest beyond ten.
const maxDepth = 60

type adfWriter struct{ strings.Builder }

func (w *adfWriter) node(n adfNode, depth int) {
	if depth > maxDepth || w.Len() > 8*maxDescription {
		return
	}
	switch n.Type {
	case "text":
		w.WriteString(asText(n.Text))
	case "hardBreak":
		w.WriteByte('\n')
	case "mention", "status", "placeholder":
		w.WriteString(asText(n.Attrs.Text))
	case "emoji":
		t := asText(n.Attrs.Text)
		if t == "" {
			t = n.Attrs.ShortName
		}
		w.WriteString(t)
	case "inlineCard", "blockCard", "embedCard":
		w.WriteString(n.Attrs.URL)
	case "date":
		if ms, err := strconv.ParseInt(asText(n.Attrs.Timestamp), 10, 64); err == nil {
			w.WriteString(time.UnixMilli(ms).UTC().Format(time.DateOnly))
		}
	case "listItem", "taskItem", "decisionItem":
		w.WriteString("\n- ")
	case "rule":
		w.WriteString("\n")
	}
	for i, raw := range n.Content {
		var child adfNode
		if json.Unmarshal(raw, &child) != nil {
			continue
		}
		if i > 0 && (child.Type == "tableCell" || child.Type == "tableHeader") {
			w.WriteString(" | ")
		}
		w.node(child, depth+1)
	}
	switch n.Type {
	case "paragraph", "heading", "codeBlock", "tableRow", "blockquote", "panel", "caption":
		w.WriteByte('\n')
	}
}

// asText reads a text that some writers give as a number.
func asText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

var wikiMarkup = []struct {
	find *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(?m)^h[1-6]\.\s*`), ""},
	{regexp.MustCompile(`(?m)^bq\.\s*`), ""},
	{regexp.MustCompile(`\{\{([^}\n]*)\}\}`), "$1"},
	{regexp.MustCompile(`\{(?:code|noformat|panel|quote|color|anchor|expand)(?::[^{}\n]*)?\}`), ""},
	{regexp.MustCompile(`(?m)^[*#-]+\s+`), "- "},
	{regexp.MustCompile(`(?m)^-{4,}\s*$`), ""},
	{regexp.MustCompile(`\[~(?:accountid:)?([^\]\n]*)\]`), "@$1"},
	{regexp.MustCompile(`\[([^|\]\n]+)\|([^|\]\n]+)(?:\|[^\]\n]*)?\]`), "$1 ($2)"},
	{regexp.MustCompile(`\[((?:https?|mailto):[^\]\n]+)\]`), "$1"},
	{regexp.MustCompile(`!([^!\s|]+\.[A-Za-z]{2,4})(?:\|[^!\n]*)?!`), ""},
	{regexp.MustCompile(`(^|[\s(])[*_+]([^\s*_+][^*_+\n]*)[*_+]($|[\s).,;:!?])`), "$1$2$3"},
	{regexp.MustCompile(`\|\|?`), " | "},
}

// wikiText takes the markup out of wiki text.
func wikiText(text string) string {
	// Only so much is looked at as can be kept, for the markup is a small part.
	text = record.Truncate(strings.ToValidUTF8(text, "\uFFFD"), 4*maxDescription)
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for _, m := range wikiMarkup {
		text = m.find.ReplaceAllString(text, m.with)
	}
	return tidyText(text)
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
