package briefing

import "strings"

// markdown prints the report as CommonMark with tables.
func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString("# " + r.Kicker + ": " + escaped(r.Title) + "\n\n" + escaped(r.Subtitle) + ".\n\n")
	for _, l := range r.Lead {
		b.WriteString("- " + marked(l.Line) + "\n")
	}
	if len(r.Figures) > 0 {
		b.WriteString("\n| | |\n|---|--:|\n")
	}
	for _, f := range r.Figures {
		b.WriteString("| " + f.Label + " | **" + f.Value + "**")
		if f.Change != "" {
			b.WriteString(" (" + f.Change + ")")
		}
		b.WriteString(" |\n")
	}
	for _, s := range r.Sections {
		b.WriteString("\n## " + escaped(s.Title) + "\n")
		for _, l := range s.Text {
			b.WriteString("\n" + marked(l) + "\n")
		}
		for _, t := range s.Tables {
			t.markdown(&b)
		}
		for _, v := range s.Voices {
			b.WriteString("\n> " + escaped(v.Text) + "\n>\n> — " + escaped(v.By) + "\n")
		}
		for _, l := range s.Notes {
			b.WriteString("\n*" + escaped(l.text()) + "*\n")
		}
	}
	return b.String() + "\n---\n\n" + r.Foot + "\n"
}

func (t *table) markdown(b *strings.Builder) {
	b.WriteString("\n" + escaped(t.Caption) + ":\n\n|")
	rule := "|"
	for _, c := range t.Columns {
		if c.Chart {
			continue
		}
		b.WriteString(" " + escaped(c.Name) + " |")
		if c.Number {
			rule += "--:|"
		} else {
			rule += "---|"
		}
	}
	b.WriteString("\n" + rule + "\n")
	for _, row := range t.Rows {
		b.WriteString("|")
		for i, c := range row {
			if t.Columns[i].Chart {
				continue
			}
			text := escaped(c.Text)
			if c.Strong && text != "" {
				text = "**" + text + "**"
			}
			if c.Sub != "" {
				text += " (" + escaped(c.Sub) + ")"
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
	if t.More != "" {
		b.WriteString("\n" + t.More + "\n")
	}
}

// marked is a line with its emphasis.
func marked(l line) string {
	var b strings.Builder
	for _, r := range l {
		switch text := escaped(r.Text); {
		case r.Strong && strings.TrimSpace(text) != "":
			b.WriteString("**" + strings.TrimSpace(text) + "**")
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}

// escaped is text as Markdown shows it, whatever people wrote: no emphasis, no
// link, no HTML and no new cell of a table.
func escaped(s string) string { return markdownEscapes.Replace(oneLine(s)) }

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "|", `\|`, "#", `\#`, "~", `\~`, "!", `\!`,
)
