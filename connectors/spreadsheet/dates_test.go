package spreadsheet

import (
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestDatesThatNeedNoOrder(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-01": "2026-03-01", "2026/3/1": "2026-03-01", "2026.03.01": "2026-03-01",
		"2026-03-01T23:30:00-11:00": "2026-03-01", "2026-03-01 00:00:00": "2026-03-01", "2026-03-01T10:00:00.123Z": "2026-03-01",
		"1 March 2026": "2026-03-01", "01-Mar-26": "2026-03-01", "1. März 2026": "2026-03-01", "March 1, 2026": "2026-03-01",
		"Mar 1 2026": "2026-03-01", "1st March 2026": "2026-03-01", "3. Dez. 2026": "2026-12-03", "2026-Mar-01": "2026-03-01", "31 Oct 2026 8:15 AM": "2026-10-31",
	} {
		if got := readDate(text).fixed.String(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsNoDate(t *testing.T) {
	for _, text := range []string{
		"", "2026", "2026-13-01", "2026-02-30", "31/31/2026", "1/2", "1/2/3", "1/2/20266", "1.2-2026", "12 Brumaire 2026", "1 março 2026", "0026-01-01",
		"3026-01-01", "2026-03-01 later", "P-1/2/2026", "1.2.3.4", "Q3 2026", "mid March", "March 2026", "May be 12 2026", "10:30", "29/02/2026", "12/2026",
	} {
		if r := readDate(text); r.isDate() {
			t.Errorf("%q was read as %+v, want no date", text, r)
		}
	}
}

// column is the evidence of texts in rows from 2 on.
func seenTexts(texts ...string) *evidence {
	e := &evidence{}
	for i, s := range texts {
		e.see(i+2, textCell(s))
	}
	return e
}

func TestTheWholeColumnTellsTheOrderOfDates(t *testing.T) {
	for _, c := range []struct {
		name   string
		column []string
		want   string // the order, or ambiguous or contradicted
	}{
		{"a day above 12 in front", []string{"01/02/2026", "03/04/2026", "13/04/2026"}, "dmy"},
		{"a day above 12 in the middle", []string{"01/02/2026", "04/13/2026"}, "mdy"},
		{"nothing tells", []string{"01/02/2026", "03/04/2026"}, "ambiguous"},
		{"dots tell nothing either", []string{"01.02.2026"}, "ambiguous"},
		{"day and month alike are one date", []string{"01/01/2026", "05/05/2026"}, "dmy"},
		{"both", []string{"13/04/2026", "04/13/2026"}, "contradicted"},
		{"two digits of the year leave three orders", []string{"25/12/26"}, "ambiguous"},
		{"but month first", []string{"12/25/26"}, "mdy"},
		{"or year first", []string{"99-04-26", "26-04-01"}, "ymd"},
		{"what needs no order", []string{"2026-03-01", "1 March 2026"}, "dmy"},
		{"one long year tells of the short ones", []string{"25/12/26", "01/02/2026"}, "dmy"},
		{"impossible days are no evidence", []string{"01/02/2026", "31/02/2026"}, "ambiguous"},
	} {
		f := seenTexts(c.column...).order()
		got := f.value.String()
		switch {
		case f.contradicted:
			got = "contradicted"
		case !f.settled():
			got = "ambiguous"
		}
		if got != c.want {
			t.Errorf("%s: %v is %s, want %s", c.name, c.column, got, c.want)
		}
	}
}

// TestSerialDatesAreTheSpreadsheetPrograms compares with another reader, from
// day 1 to the year 2119 in steps that meet all months.
func TestSerialDatesAreTheSpreadsheetPrograms(t *testing.T) {
	for _, from1904 := range []bool{false, true} {
		for serial := 61; serial < 80_000; serial += 13 {
			want, err := excelize.ExcelDateToTime(float64(serial), from1904)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := serialDate(float64(serial)+0.75, from1904)
			if !ok || got.String() != want.Format(time.DateOnly) {
				t.Fatalf("day %d (from 1904: %v) is %s, want %s", serial, from1904, got, want.Format(time.DateOnly))
			}
		}
	}
	for serial, want := range map[float64]string{1: "1900-01-01", 59: "1900-02-28", 61: "1900-03-01", 46082: "2026-03-01"} {
		if got, ok := serialDate(serial, false); !ok || got.String() != want {
			t.Errorf("day %v is %s, want %s", serial, got, want)
		}
	}
	for _, serial := range []float64{0, 60, -1, 1e9} {
		if d, ok := serialDate(serial, false); ok {
			t.Errorf("day %v is %s, want none: there was no such day", serial, d)
		}
	}
	if got, ok := serialDate(0, true); !ok || got.String() != "1904-01-01" {
		t.Errorf("day 0 from 1904 is %s", got)
	}
}
