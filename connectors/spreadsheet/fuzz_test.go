package spreadsheet

import (
	"bytes"
	"strings"
	"testing"

	"plumbline/portfolio"
)

// FuzzDates holds that an order is settled only if no other order that reads
// all dates of the column reads one of them differently.
func FuzzDates(f *testing.F) {
	f.Add("01/02/2026\n13/02/2026")
	f.Add("12/25/26\n2026-03-01")
	f.Add("1 Mar 2026\n99-04-26\n01.01.2026")
	f.Fuzz(func(t *testing.T, column string) {
		texts := strings.Split(column, "\n")
		found := seenTexts(texts...).order()
		var dates []reading
		for _, s := range texts {
			c := textCell(s)
			if r := readDate(c.text); !c.valueless() && strings.ContainsAny(c.text, "0123456789") && r.isDate() {
				dates = append(dates, r)
			}
		}
		fits := func(o order) bool {
			for _, r := range dates {
				if r.under(o).IsZero() {
					return false
				}
			}
			return true
		}
		if !found.settled() {
			return
		}
		if !fits(found.value) {
			t.Fatalf("%q: %s does not read all dates", texts, found.value)
		}
		for other := range orders {
			if !fits(other) {
				continue
			}
			for _, r := range dates {
				if r.under(other) != r.under(found.value) {
					t.Fatalf("%q was settled as %s, but %s reads all of it too, and one as %s in place of %s", texts, found.value, other, r.under(other), r.under(found.value))
				}
			}
		}
	})
}

// FuzzTable holds that nothing in a text file or workbook brings the reader
// down, and that no row is lost: each becomes a fact, is in quarantine or is
// one of several of an id.
func FuzzTable(f *testing.F) {
	f.Add([]byte("ID;Name;Due\nP-1;Till;13/04/2026\n"))
	f.Add([]byte("sep=|\nProject|Milestone|Due|Depends on\nA|B|2026-01-01|\"B; C\"\n"))
	f.Add([]byte("\xff\xfeI\x00D\x00,\x00N\x00a\x00m\x00e\x00\n\x00"))
	f.Add([]byte("Type,Name,Budget\nProject,A,\"1,5\"\nMilestone,B,TBD\n"))
	f.Add([]byte(zipMark + "no workbook"))
	f.Fuzz(func(t *testing.T, content []byte) {
		b, err := newBook(&Settings{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer b.close()
		if b.add("list.csv", portfolio.Date{}, bytes.NewReader(content)) != nil || b.understand() != nil {
			return
		}
		v := newConversion("x", b)
		told := map[portfolio.Key]bool{}
		if err := b.walk(func(r *record) error {
			out := v.convert(r)
			own := false
			for _, fact := range out.facts {
				key := fact.Key()
				if told[key] && key.Kind != portfolio.KindPerson {
					t.Errorf("%s is told twice", key)
				}
				told[key] = true
				own = own || key.Kind == r.of
			}
			twin := r.id != "" && len(b.index.twins[r.key()]) > 0
			if !own && out.quarantined == nil && !r.skip && !twin {
				t.Errorf("row %d is lost: %+v", r.row.number, r.row)
			}
			if q := out.quarantined; q != nil && (q.Reason == "" || len(q.Raw) > portfolio.MaxRaw) {
				t.Errorf("row %d is in quarantine for %q with %d bytes", r.row.number, q.Reason, len(q.Raw))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
