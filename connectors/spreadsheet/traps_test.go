package spreadsheet_test

import (
	"strings"
	"testing"
	"time"

	"plumbline/connectors/spreadsheet"
	"plumbline/connectors/spreadsheet/spreadsheettest"
)

// TestShortYearsArePlanYears: a plan goes on after 2029, and none was due in
// 1930.
func TestShortYearsArePlanYears(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{DateOrder: "dmy"}, nil, []byte("ID,Name,Start,Due\n1,A,31.12.29,31.12.30\n2,B,1 Mar 99,1 Mar 49\n"))
	wantLines(t, l, err, `project 1 "A" 2029-12-31..2030-12-31`, `project 2 "B" 1999-03-01..2049-03-01`)
}

// TestLinesThatEndInCarriageReturns are those of old programs for Macs, and of
// new ones that were told to write the same.
func TestLinesThatEndInCarriageReturns(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{}, nil, []byte("ID,Name,Due\r1,A,2026-05-01\r2,\"B, or\rC\",2026-06-01\r"))
	wantLines(t, l, err, `project 1 "A" 2026-05-01`, `project 2 "B, or C" 2026-06-01`)
}

// TestASignOfSeveralCountriesIsNotThatOfAnother: the mapping can name one
// currency for a column, so a column has to be in one.
func TestASignOfSeveralCountriesIsNotThatOfAnother(t *testing.T) {
	for name, c := range map[string]struct{ column, want string }{
		"dollars and euros": {"$100\n€100", `"$100" in row 2 and "€100" in row 3 are of different currencies, and $ is that of several countries: write each as in 100 USD`},
		"dollars and yen":   {"$100\n¥100", `"$100" in row 2 and "¥100" in row 3 are of different currencies`},
		"a code and a sign": {"100 EUR\n$100", `"100 EUR" in row 2 and "$100" in row 3 are of different currencies`},
	} {
		var rows strings.Builder
		for i, amount := range strings.Split(c.column, "\n") {
			rows.WriteString(string(rune('1'+i)) + ",A" + string(rune('1'+i)) + "," + amount + "\n")
		}
		_, err := sent(t, spreadsheet.Settings{}, nil, []byte("ID,Name,Budget\n"+rows.String()))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %s", name, err, c.want)
		}
	}
	l, err := sent(t, spreadsheet.Settings{}, nil, []byte("ID,Name,Budget\n1,A,$100\n2,B,200\n3,C,($5)\n"))
	wantLines(t, l, err, `project 1 "A" {NUMBER budget=100}`, `project 2 "B" {NUMBER budget=200}`, `project 3 "C" {NUMBER budget=-5}`)
	l, err = sent(t, spreadsheet.Settings{}, nil, []byte("ID,Name,Budget\n1,A,100 EUR\n2,B,200 USD\n"))
	wantLines(t, l, err, `project 1 "A" {TEXT budget=100 EUR}`, `project 2 "B" {TEXT budget=200 USD}`)

	content, err := spreadsheettest.XLSX(false, spreadsheettest.Sheet{Name: "Plan", Rows: [][]any{
		{"ID", "Name", "Budget"},
		{1, "A", spreadsheettest.Money{Amount: 100, Format: `[$$-409]#,##0.00`}},
		{2, "B", spreadsheettest.Money{Amount: 100, Format: `#,##0.00 "€"`}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = sent(t, spreadsheet.Settings{}, nil, content); err == nil || !strings.Contains(err.Error(), `"100 $" in row 2 and "100 EUR" in row 3 are of different currencies`) {
		t.Errorf("formats of different currencies: error = %v", err)
	}
}

// TestDatesThatAProgramTurnedRoundAreRefused: a program that reads a file
// under another country's order makes dates of the cells that fit, with day
// and month swapped, and leaves the others text.
func TestDatesThatAProgramTurnedRoundAreRefused(t *testing.T) {
	plan := func(cells ...any) []byte {
		s := spreadsheettest.Sheet{Name: "Plan", Rows: [][]any{{"ID", "Name", "Due"}}}
		for i, cell := range cells {
			s.Rows = append(s.Rows, []any{i + 1, "A", cell})
		}
		content, err := spreadsheettest.XLSX(false, s)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	day := func(m time.Month, d int) any { return spreadsheettest.NewDay(2026, m, d) }
	turned := plan(day(3, 4), "13/04/2026", day(7, 8))
	want := `column C "Due": some cells are dates and some are text that no program could read month first, as "13/04/2026" in row 3; every day of the dates, as 2026-03-04 in row 2, is one that could be a month: a program may have swapped them; ` +
		`mend the texts, or set date_order: dmy if the dates are right`
	if _, err := sent(t, spreadsheet.Settings{}, nil, turned); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v\nwant %s", err, want)
	}
	l, err := sent(t, spreadsheet.Settings{DateOrder: "dmy"}, nil, turned)
	wantLines(t, l, err, `project 1 "A" 2026-03-04`, `project 2 "A" 2026-04-13`, `project 3 "A" 2026-07-08`)
	for name, cells := range map[string][]any{
		"a day above 12":                      {day(3, 14), "13/04/2026"},
		"a text that could have been a date":  {day(3, 4), "13/04/2026", "05/05/2026"},
		"a text that needs no order":          {day(3, 4), "2026-04-13"},
		"and one that needs no order besides": {day(3, 4), day(3, 14), "2026-04-13", "13/04/2026"},
	} {
		if _, err := sent(t, spreadsheet.Settings{}, nil, plan(cells...)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNothingIsNoDateInEitherSystem: a formula that points to an empty cell
// gives 0, which is the first day of the system of 1904.
func TestNothingIsNoDateInEitherSystem(t *testing.T) {
	for _, from1904 := range []bool{false, true} {
		zero := spreadsheettest.NewDay(1899, 12, 30)
		if from1904 {
			zero = spreadsheettest.NewDay(1904, 1, 1)
		}
		content, err := spreadsheettest.XLSX(from1904, spreadsheettest.Sheet{Name: "Plan", Rows: [][]any{
			{"ID", "Name", "Due"}, {1, "A", zero}, {2, "B", spreadsheettest.NewDay(2026, 5, 1)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		l, err := sent(t, spreadsheet.Settings{}, nil, content)
		wantLines(t, l, err, `project 1 "A"`, `project 2 "B" 2026-05-01`)
	}
}
