package spreadsheet

import (
	"regexp"
	"strings"
)

// A format is what the look of a number says of its meaning.
type format struct {
	date     bool
	percent  bool
	currency string // ISO 4217 where the format tells it, or the sign that it shows
}

// readStyles reads the formats of numbers, by the number of a cell's style.
func (w *workbook) readStyles(part string) error {
	if part == "" || w.parts[strings.ToLower(part)] == nil {
		return nil
	}
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode(part, &styles); err != nil {
		return err
	}
	own := map[int]format{}
	for _, f := range styles.Formats {
		own[f.ID] = readFormat(f.Code)
	}
	for _, c := range styles.Cells[:min(len(styles.Cells), maxStyles)] {
		f, ok := own[c.Format]
		if !ok {
			f = builtIn(c.Format)
		}
		w.formats = append(w.formats, f)
	}
	return nil
}

// builtIn are the formats that have a number but no text in the file.
func builtIn(id int) format {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 36, id >= 50 && id <= 58:
		return format{date: true}
	case id == 9, id == 10:
		return format{percent: true}
	}
	return format{}
}

var (
	// quoted text, escaped characters, padding and colours show a number, and
	// say nothing of it.
	decoration = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color ?\d+|[<>=][^\]]*|\$[^\]]*|DBNum\d|ENG)\]`)
	fraction   = regexp.MustCompile(`ss?\.0+`) // of a second
	elapsed    = regexp.MustCompile(`(?i)\[(h+|m+|s+)\]`)
	inFormat   = regexp.MustCompile(`\[\$([^\]-]*)(?:-[^\]]*)?\]|"([^"]*)"`)
)

// readFormat tells what a format code makes of a number. A time of the day
// without a date is no date.
func readFormat(code string) format {
	first, _, _ := strings.Cut(code, ";") // the others are for negative numbers and text
	bare := decoration.ReplaceAllString(first, "")
	lower := fraction.ReplaceAllString(strings.ToLower(bare), "ss")
	switch {
	case strings.EqualFold(strings.TrimSpace(bare), "general"), elapsed.MatchString(bare):
		return format{}
	case strings.ContainsAny(lower, "dy") && !strings.ContainsAny(lower, "0#?"):
		return format{date: true}
	case strings.Contains(lower, "mmm"):
		return format{date: true}
	case strings.Contains(bare, "%"):
		return format{percent: true}
	}
	f := format{}
	for _, m := range inFormat.FindAllStringSubmatch(first, -1) {
		sign := strings.TrimSpace(m[1] + m[2])
		if currency, ok := symbols[sign]; ok {
			f.currency = currency
		} else if isoCurrency.MatchString(sign) || m[1] != "" {
			f.currency = sign
		}
	}
	for sign, currency := range symbols {
		if strings.Contains(bare, sign) {
			f.currency = currency
		}
	}
	return f
}
