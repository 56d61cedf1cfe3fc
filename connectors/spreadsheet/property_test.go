package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/transform"
	"pgregory.net/rapid"

	"plumbline/portfolio"
)

// opened reads a text file into a book that is understood.
func opened(t interface {
	Helper()
	Cleanup(func())
}, s *Settings, name string, content []byte) (*book, error) {
	t.Helper()
	b, err := newBook(s, nil)
	if err != nil {
		return nil, err
	}
	t.Cleanup(b.close)
	if err := b.add(name, portfolio.Date{}, bytes.NewReader(content)); err != nil {
		return nil, err
	}
	return b, b.understand()
}

// TestPropertyATableIsReadBackOrRefused writes tables in every way and holds
// that what comes back is what was written, or an error.
func TestPropertyATableIsReadBackOrRefused(t *testing.T) {
	accepted, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		type line struct {
			id, name, amount string
			due              time.Time
		}
		var (
			separator = rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "separator")
			order     = rapid.SampledFrom([]string{"02%s01%s2006", "01%s02%s2006", "2006%s01%s02", "02%s01%s06", "01%s02%s06", "06%s01%s02", "2%s1%s2006"}).Draw(t, "order")
			between   = rapid.SampledFrom([]string{"/", ".", "-"}).Draw(t, "between")
			encoded   = rapid.SampledFrom([]string{"utf-8", "windows-1252", "utf-16le", "utf-16be", "mark"}).Draw(t, "encoding")
			comma     = rapid.Bool().Draw(t, "comma")
			grouped   = rapid.Bool().Draw(t, "grouped")
			titled    = rapid.Bool().Draw(t, "titled")
		)
		layout := fmt.Sprintf(order, between, between)
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab ,;|\t\"'éüß€/.-1\n")), 0, 12, -1)
		lines := make([]line, rapid.IntRange(1, 12).Draw(t, "rows"))
		for i := range lines {
			cents := rapid.Int64Range(-5_000_000, 5_000_000_000).Draw(t, "cents")
			lines[i] = line{
				id: fmt.Sprintf("R-%d", i), name: "n " + text.Draw(t, "name") + " x",
				due:    time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 16_000).Draw(t, "day")),
				amount: money(cents, rapid.SampledFrom([]int64{1, 10, 100}).Draw(t, "digits"), grouped),
			}
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = separator
		if titled {
			_ = w.Write([]string{"The list of projects, as agreed; version 2"})
		}
		_ = w.Write([]string{"ID", "Name", "Due", "Budget"})
		for _, l := range lines {
			amount := l.amount
			if comma {
				amount = strings.NewReplacer(".", ",", ",", ".").Replace(amount)
			}
			_ = w.Write([]string{l.id, l.name, l.due.Format(layout), amount})
		}
		w.Flush()
		content := b.Bytes()
		switch encoded {
		case "mark":
			content = append([]byte{0xEF, 0xBB, 0xBF}, content...)
		case "utf-8":
		default:
			var err error
			if content, _, err = transform.Bytes(encodings[encoded].NewEncoder(), content); err != nil {
				t.Fatal(err)
			}
			if encoded == "windows-1252" && utf8.Valid(content) {
				content = b.Bytes() // nothing tells the two apart: ß€ is a character of UTF-8 too
			}
			if encoded != "windows-1252" {
				mark := map[string]string{"utf-16le": "\xff\xfe", "utf-16be": "\xfe\xff"}[encoded]
				content = append([]byte(mark), content...)
			}
		}
		book, err := opened(t, &Settings{}, "list.csv", content)
		if err != nil {
			refused++
			return
		}
		accepted++
		v, n := newConversion("x", book), 0
		if err := book.walk(func(r *record) error {
			out := v.convert(r)
			if out.quarantined != nil {
				return fmt.Errorf("quarantined: %s", out.quarantined.Reason)
			}
			for _, f := range out.facts {
				p, ok := f.(*portfolio.ProjectFact)
				if !ok {
					continue
				}
				want := lines[n]
				if p.ID != want.id || p.Name != oneSpaced(want.name) {
					t.Errorf("row %d is %s %q, want %s %q", n, p.ID, p.Name, want.id, oneSpaced(want.name))
				}
				if p.Due != portfolio.DateOf(want.due) {
					t.Errorf("%s as %s was read as %s", want.due.Format(time.DateOnly), layout, p.Due)
				}
				if got, want := p.Fields[0].Number, strings.ReplaceAll(want.amount, ",", ""); readNumber(want).by[dot] != got {
					t.Errorf("%s was read as %s", want, got)
				}
				n++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if n != len(lines) {
			t.Errorf("%d of %d rows came back", n, len(lines))
		}
	})
	if accepted == 0 || refused == 0 {
		t.Errorf("%d tables were read and %d refused; the test is to meet both", accepted, refused)
	}
}

// money writes an amount with a decimal point.
func money(cents, unit int64, grouped bool) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	whole := fmt.Sprint(cents / unit)
	if grouped {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
	}
	if unit == 1 {
		return sign + whole
	}
	return fmt.Sprintf("%s%s.%0*d", sign, whole, len(fmt.Sprint(unit))-1, cents%unit)
}
