package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"plumbline/portfolio"
)

// hand writes cells the way a workbook's XML has them, each in one of the ways
// in which programs do.
type hand struct {
	t        *rapid.T
	from1904 bool
	shared   []string
	values   int // cells so far, which label what is drawn
}

// The styles of a workbook by hand.
const (
	plainStyle = iota
	dayStyle
	builtInDayStyle
	timeStyle
	perCentStyle
	euroStyle
)

const handStyles = `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy\-mm\-dd;@"/><numFmt numFmtId="171" formatCode="[$-407]d/\ mmm\ yy\ h:mm"/>` +
	`<numFmt numFmtId="172" formatCode="#,##0.00\ [$€-407];[Red]\-#,##0.00\ [$€-407]"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/>` +
	`<xf numFmtId="171"/><xf numFmtId="10"/><xf numFmtId="172"/></cellXfs></styleSheet>`

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func (h *hand) draw(what string, ways ...string) string {
	h.values++
	return rapid.SampledFrom(ways).Draw(h.t, fmt.Sprintf("%s %d", what, h.values))
}

// text is the cell of a text.
func (h *hand) text(at, s string) string {
	switch h.draw("text", "shared", "runs", "inline", "formula") {
	case "shared":
		h.shared = append(h.shared, "<si><t xml:space=\"preserve\">"+escaped(s)+"</t><rPh><t>no</t></rPh></si>")
	case "runs":
		half := len(s) / 2
		for half > 0 && s[half]&0xC0 == 0x80 {
			half--
		}
		h.shared = append(h.shared, "<si><r><t>"+escaped(s[:half])+"</t></r><r><rPr><b/></rPr><t>"+escaped(s[half:])+"</t></r></si>")
	case "inline":
		return `<c r="` + at + `" t="inlineStr"><is><t>` + escaped(s) + `</t></is></c>`
	default:
		return `<c r="` + at + `" t="str"><f>A1&amp;""</f><v>` + escaped(s) + `</v></c>`
	}
	return fmt.Sprintf(`<c r="%s" t="s"><v>%d</v></c>`, at, len(h.shared)-1)
}

// number is the cell of a number in a style.
func (h *hand) number(at, value string, style int) string {
	formula := h.draw("number", "", "<f>1+1</f>")
	return fmt.Sprintf(`<c r="%s" s="%d">%s<v>%s</v></c>`, at, style, formula, value)
}

// day is the cell of a date, maybe with a time.
func (h *hand) day(at string, d time.Time) string {
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if h.from1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	serial := strconv.Itoa(int(d.Sub(base).Hours()) / 24)
	switch h.draw("day", "day", "built in", "time", "text", "iso", "bare") {
	case "day":
		return h.number(at, serial, dayStyle)
	case "built in":
		return h.number(at, serial+".0", builtInDayStyle)
	case "time":
		return h.number(at, serial+".99998842592", timeStyle)
	case "iso":
		return `<c r="` + at + `" t="d"><v>` + d.Format("2006-01-02T15:04:05") + `</v></c>`
	case "bare": // the number without its format
		return h.number(at, serial, plainStyle)
	default:
		return h.text(at, d.Format(rapid.SampledFrom([]string{"2006-01-02", "2 January 2006", "02-Jan-06", "2006/1/2"}).Draw(h.t, "layout "+at)))
	}
}

// write is the file.
func (h *hand) write(sheets ...handSheet) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name, content string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	var list, related strings.Builder
	for i, s := range sheets {
		state := ""
		if s.hidden {
			state = ` state="hidden"`
		}
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d"%s r:id="r%d"/>`, escaped(s.name), i+1, state, i+1)
		fmt.Fprintf(&related, `<Relationship Id="r%d" Type="http://x/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
		put(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<?xml version="1.0"?><worksheet xmlns="http://m"><sheetData>`+s.rows.String()+`</sheetData>`+s.after+`</worksheet>`)
	}
	put("_rels/.rels", `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	put("xl/workbook.xml", fmt.Sprintf(`<workbook xmlns:r="http://r"><workbookPr date1904="%t"/><sheets>%s</sheets></workbook>`, h.from1904, &list))
	put("xl/_rels/workbook.xml.rels", `<Relationships>`+related.String()+
		`<Relationship Id="s" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="f" Type="http://x/styles" Target="styles.xml"/></Relationships>`)
	put("xl/sharedStrings.xml", `<sst>`+strings.Join(h.shared, "")+`</sst>`)
	put("xl/styles.xml", handStyles)
	if err := z.Close(); err != nil {
		h.t.Fatal(err)
	}
	return b.Bytes()
}

type handSheet struct {
	name   string
	hidden bool
	rows   strings.Builder
	after  string
}

// row adds a row; each of its cells is written by a function of its place.
func (s *handSheet) row(number int, hidden bool, cells ...func(at string) string) {
	fmt.Fprintf(&s.rows, `<row r="%d" hidden="%t">`, number, hidden)
	for i, cell := range cells {
		if cell != nil {
			s.rows.WriteString(cell(columnName(i) + strconv.Itoa(number)))
		}
	}
	s.rows.WriteString(`</row>`)
}

// TestPropertyAWorkbookIsReadBackOrRefused writes projects in all the ways
// that a workbook has for the same: what comes back is what was written, or an
// error that names the place.
func TestPropertyAWorkbookIsReadBackOrRefused(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		h := &hand{t: t, from1904: rapid.Bool().Draw(t, "from1904")}
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab <>&'\"_é€\u00a0中😀x-1.,;")), 0, 14, -1)
		plan := &handSheet{name: "Plan <1>"}
		at := 1 + rapid.IntRange(0, 6).Draw(t, "empty rows on top")
		if rapid.Bool().Draw(t, "titled") {
			plan.row(at, false, func(at string) string { return h.text(at, "Portfolio, as agreed") })
			at += 2
		}
		words := func(names ...string) (cells []func(string) string) {
			for _, name := range names {
				if name == "" {
					cells = append(cells, nil)
					continue
				}
				cells = append(cells, func(at string) string { return h.text(at, name) })
			}
			return cells
		}
		if rapid.Bool().Draw(t, "merged header") {
			plan.row(at, false, words("ID", "Name", "Planned", "", "Budget", "Progress", "Remark", "Open")...)
			plan.row(at+1, false, words("", "", "Start", "Finish")...)
			plan.after = fmt.Sprintf(`<mergeCells><mergeCell ref="C%d:D%d"/></mergeCells>`, at, at)
			at++
		} else {
			plan.row(at, false, words("ID", "Name", "Start", "Finish", "Budget", "Progress", "Remark", "Open")...)
		}
		type line struct {
			name           string
			start, due     portfolio.Date
			budget, remark string
			progress       int
			open           bool
		}
		euros := rapid.Bool().Draw(t, "euros")
		lines := map[string]line{}
		for i := range rapid.IntRange(1, 8).Draw(t, "rows") {
			at += 1 + rapid.IntRange(0, 2).Draw(t, "gap")
			day := func(what string) time.Time {
				return time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 21_000).Draw(t, what))
			}
			start, due := day("start"), day("due")
			cents := rapid.Int64Range(-1_000_000_000, 1_000_000_000_000).Draw(t, "cents")
			l := line{
				name: "n " + text.Draw(t, "name") + " x", start: portfolio.DateOf(start), due: portfolio.DateOf(due),
				budget: readNumber(money(cents, 100, false)).by[dot], progress: rapid.IntRange(0, 100).Draw(t, "progress"), open: rapid.Bool().Draw(t, "open"),
				remark: "s " + text.Draw(t, "remark") + " y",
			}
			id := fmt.Sprintf("R-%d", i)
			lines[id] = l
			style := plainStyle
			if euros {
				style = euroStyle
			}
			plan.row(at, rapid.Bool().Draw(t, "hidden"),
				func(at string) string { return h.text(at, id) }, func(at string) string { return h.text(at, l.name) },
				func(at string) string { return h.day(at, start) }, func(at string) string { return h.day(at, due) },
				func(at string) string {
					return h.number(at, strconv.FormatFloat(float64(cents)/100, 'g', 17, 64), style)
				},
				func(at string) string {
					return h.number(at, strconv.FormatFloat(float64(l.progress)/100, 'g', 17, 64), perCentStyle)
				},
				func(at string) string { return h.text(at, l.remark) },
				func(at string) string {
					return fmt.Sprintf(`<c r="%s" t="b"><v>%d</v></c>`, at, map[bool]int{true: 1}[l.open])
				},
			)
		}
		secret := &handSheet{name: "Old", hidden: true}
		secret.row(1, false, words("ID", "Name")...)
		secret.row(2, false, words("X-1", "of the hidden sheet")...)
		content := h.write(*plan, *secret)
		b, err := opened(t, &Settings{}, "list.xlsx", content)
		if err != nil {
			if !strings.HasPrefix(err.Error(), `list.xlsx: sheet "Plan <1>", column `) {
				t.Fatalf("the error does not tell where it is: %v", err)
			}
			return
		}
		accepted++
		v, n := newConversion("x", b), 0
		if err := b.walk(func(r *record) error {
			out := v.convert(r)
			if out.quarantined != nil {
				t.Errorf("quarantined: %s", out.quarantined.Reason)
				return nil
			}
			for _, f := range out.facts {
				p, ok := f.(*portfolio.ProjectFact)
				if !ok {
					continue
				}
				n++
				want, known := lines[p.ID]
				if !known {
					t.Errorf("there is a project %s", p.ID)
				}
				got := line{name: p.Name, start: p.Start, due: p.Due}
				for _, field := range p.Fields {
					switch field.ID {
					case "budget":
						got.budget = strings.TrimSuffix(field.Number+field.Text, " EUR")
						if euros != (field.Type == portfolio.FieldText) {
							t.Errorf("%s: the budget is %+v", p.ID, field)
						}
					case "progress":
						got.progress = number2(field.Number)
					case "Remark":
						got.remark = field.Text
					case "Open":
						got.open = field.Bool
					}
				}
				want.name, want.remark = oneSpaced(want.name), strings.TrimFunc(want.remark, unicode.IsSpace)
				if got != want {
					t.Errorf("%s is %+v, want %+v", p.ID, got, want)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if n != len(lines) {
			t.Errorf("%d of %d rows came back", n, len(lines))
		}
	})
	if accepted == 0 {
		t.Error("no workbook was read")
	}
}
