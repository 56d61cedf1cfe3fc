package spreadsheet_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/spreadsheet"
	"plumbline/connectors/spreadsheet/spreadsheettest"
	"plumbline/portfolio"
)

// sent reads files one after the other, as if somebody had sent them.
func sent(t *testing.T, s spreadsheet.Settings, fields []string, contents ...[]byte) (*connectortest.Ledger, error) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }
	opened, err := s.Open(connectors.Env{Connection: "pmo", Fields: fields, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	l := connectortest.NewLedger()
	for i, content := range contents {
		c, err := opened.(connectors.Importer).Import(fmt.Sprintf("list%d.csv", i+1), bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Pull(t.Context(), c, nil); err != nil {
			return l, err
		}
	}
	return l, nil
}

// lines are what was read, one thing a line, without what is empty.
func lines(l *connectortest.Ledger) (out []string) {
	for _, f := range l.Facts {
		var say []string
		switch f := f.(type) {
		case *portfolio.ProjectFact:
			say = []string{f.ID, fmt.Sprintf("%q", f.Name), given("parent", f.Parent), given("key", f.Source.Key), given("status", f.Status+"/"+string(f.StatusCategory)), given("lead", f.Lead)}
			say = append(say, days(f.Start, f.Due), given("finished", f.Finished.String()), given("labels", strings.Join(f.Labels, "+")))
			say = append(say, fieldTexts(f.Fields)...)
		case *portfolio.MilestoneFact:
			say = []string{f.ID, fmt.Sprintf("%q", f.Name), "of " + f.Project, f.Type, days(f.Start, f.Due), given("baseline", f.Baseline.String())}
			say = append(say, fieldTexts(f.Fields)...)
		case *portfolio.DependencyFact:
			say = []string{f.Type, f.Predecessor.Ref, "->", f.Successor.Ref, given("stub", f.Predecessor.Key+f.Successor.Key), given("lag", strings.Trim(fmt.Sprint(f.LagDays), "0"))}
		case *portfolio.PersonFact:
			say = []string{f.ID, fmt.Sprintf("%q", f.Name), f.Email}
		case *portfolio.StatusReportFact:
			say = []string{f.Project, f.Health, f.Text}
			if !f.ReportedAt.IsZero() {
				say = append(say, f.ReportedAt.In(time.FixedZone("west of here", -8*60*60)).Format(time.DateOnly))
			}
			if !f.UpdatedAt.IsZero() {
				say = append(say, "not after "+f.UpdatedAt.Format(time.DateOnly))
			}
		}
		say = append([]string{f.Origin().Kind}, append(say, string(f.Origin().Presence))...)
		out = append(out, strings.Join(slices.DeleteFunc(say, func(s string) bool { return s == "" }), " "))
	}
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "pmo/", "")
	}
	for _, q := range l.Quarantined {
		out = append(out, "quarantine "+q.ID+": "+q.Reason)
	}
	slices.Sort(out)
	return out
}

func given(name, value string) string {
	if value == "" || value == "/" {
		return ""
	}
	return name + "=" + value
}

func days(start, due portfolio.Date) string {
	if start.IsZero() {
		return due.String()
	}
	return start.String() + ".." + due.String()
}

func fieldTexts(fields []portfolio.Field) (out []string) {
	for _, f := range fields {
		value := f.Text + f.Number + f.Date.String() + strings.Join(f.List, "+")
		if f.Type == portfolio.FieldBool {
			value = strconv.FormatBool(f.Bool)
		}
		out = append(out, fmt.Sprintf("{%s %s=%s}", f.Type, f.ID, value))
	}
	return out
}

func wantLines(t *testing.T, l *connectortest.Ledger, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, lines(l)); diff != "" {
		t.Errorf("what was read (-want +got):\n%s", diff)
	}
}

func TestAListOfProjects(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{}, nil, []byte(strings.Join([]string{
		"Portfolio of the stores;;;;;;;;;", // a title
		";;;;;;;;;",
		"Project ID;Project name;Code;Project manager;RAG;Status;Start;Finish;Budget (EUR);Department",
		"P-1;Till renewal;POS;Ada Lovelace <ada@example.com>;Green;In progress;01.02.2026;17.12.2026;1.200.000,50;Stores",
		";;;;;;;;;",
		"P-2;Stock counts;;Bob;Amber;Done;15.04.2026;TBD;80.000,00;",
		"Project ID;Project name;Code;Project manager;RAG;Status;Start;Finish;Budget (EUR);Department",
		"P-3;Loyalty;;;Red;On hold;05.06.2026;spring;n/a;Stores",
	}, "\r\n")))
	wantLines(t, l, err,
		`person ada@example.com "Ada Lovelace" ada@example.com`,
		`person bob "Bob"`,
		`project P-1 "Till renewal" key=POS status=In progress/IN_PROGRESS lead=person/ada@example.com 2026-02-01..2026-12-17 {TEXT Department=Stores} {NUMBER budget=1200000.5} {TEXT health=Green}`,
		`project P-2 "Stock counts" status=Done/DONE lead=person/bob 2026-04-15.. {NUMBER budget=80000} {TEXT health=Amber}`,
		`quarantine P-3: list1.csv: row 8, column H "Finish": "spring" is not a date with the day first`,
		`report project/P-1 Green not after 2026-11-21`,
		`report project/P-2 Amber not after 2026-11-21`,
	)
}

func TestMilestonesNameTheirProjects(t *testing.T) {
	for name, c := range map[string]struct {
		settings spreadsheet.Settings
		files    [][]byte
		want     []string
	}{
		"projects are made of their names": {
			files: [][]byte{[]byte("Project,Milestone,Due\nApollo,Go-live,2026-05-01\nApollo,Handover,2026-06-01\nGemini,Go-live,2026-07-01\n")},
			want: []string{
				`milestone Apollo/go-live "Go-live" of project/Apollo Milestone 2026-05-01`,
				`milestone Apollo/handover "Handover" of project/Apollo Milestone 2026-06-01`,
				`milestone Gemini/go-live "Go-live" of project/Gemini Milestone 2026-07-01`,
				`project Apollo "Apollo"`, `project Gemini "Gemini"`,
			},
		},
		"or come with another file": {
			settings: spreadsheet.Settings{References: "ids"},
			files: [][]byte{
				[]byte("Project ID,Project name\nP-1,Apollo\n"),
				[]byte("Project ID,Milestone,Due\nP-1,Go-live,2026-05-01\n"),
			},
			want: []string{`milestone P-1/go-live "Go-live" of project/P-1 Milestone 2026-05-01`, `project P-1 "Apollo"`},
		},
		"a column of levels tells both apart, and the project is the one above": {
			files: [][]byte{[]byte("ID,Type,Name,Due,Parent\n1,Programme,Moon,,\n2,Project,Apollo,2026-12-01,1\n3,Milestone,Go-live,2026-05-01,\n4,Task,Buy screws,,\n5,Milestone,Landing,2026-06-01,2\n")},
			want: []string{
				`milestone 3 "Go-live" of project/2 Milestone 2026-05-01`,
				`milestone 5 "Landing" of project/2 Milestone 2026-06-01`,
				`project 1 "Moon"`, `project 2 "Apollo" parent=project/1 2026-12-01`,
			},
		},
		"types of projects are no levels, and a row without a level is refused": {
			files: [][]byte{[]byte("ID,Type,Name\n1,Project,A\n2,Change,B\n3,Change,C\n"), []byte("ID,Type,Name\n4,Project,D\n5,,E\n")},
			want: []string{
				`project 1 "A" {TEXT Type=Project}`, `project 2 "B" {TEXT Type=Change}`, `project 3 "C" {TEXT Type=Change}`, `project 4 "D"`,
				`quarantine list2.csv, row 3: list2.csv: row 3, column B "Type": nothing tells whether the row is a project, a milestone or a risk`,
			},
		},
		"whom nobody knows is refused by name": {
			settings: spreadsheet.Settings{Levels: spreadsheet.LevelSettings{Milestones: []string{"Drop"}}},
			files:    [][]byte{[]byte("ID,Type,Name,Project\n1,Project,Apollo,\n2,Drop,Go-live,Gemini\n3,Drop,Landing,apollo\n")},
			want: []string{
				`milestone 3 "Landing" of project/1 Drop`, `project 1 "Apollo"`,
				`quarantine 2: list1.csv: row 3, column D "Project": "Gemini": no project has it as id, key or name`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := sent(t, c.settings, nil, c.files...)
			wantLines(t, l, err, c.want...)
		})
	}
}

// TestAWorkbook reads what only workbooks have: types, formats, formulas, two
// lines of header, several sheets, one of them hidden.
func TestAWorkbook(t *testing.T) {
	day := func(m time.Month, d int) any { return spreadsheettest.NewDay(2026, m, d) }
	projects := spreadsheettest.Sheet{Name: "Portfolio", Rows: [][]any{
		{"Portfolio, as of today"},
		nil,
		{"ID", "Name", "Planned", nil, "Actual", nil, "Budget", "Done", "Top", "Goals"},
		{nil, nil, "Start", "Finish", "Start", "Finish"},
		{1, "Till", day(2, 1), day(12, 17), nil, nil, spreadsheettest.Money{Amount: 1200.5, Format: `#,##0.00 "€"`}, spreadsheettest.PerCent(0.45), true, "Growth; Trust"},
		{2, "Stock", day(3, 4), spreadsheettest.Formula{Code: "C5+1"}, nil, nil, 0.1 + 0.2, spreadsheettest.PerCent(1), false, nil},
		{3, "Loyalty", day(3, 4), spreadsheettest.Formula{Code: "C5+1", Saved: "46100"}, day(3, 5), day(11, 1), nil, nil, nil, nil},
	}}
	milestones := spreadsheettest.Sheet{Name: "Milestones", Rows: [][]any{
		{"Project", "Name", "Date", "Predecessors"},
		{"Till", "Pilot", day(5, 1), nil},
		{2, "Count", day(6, 1), "Till/Pilot; M-99FS+2w"},
	}}
	hidden := spreadsheettest.Sheet{Name: "Old", Hidden: true, Rows: [][]any{{"ID", "Name"}, {9, "Old"}}}
	notes := spreadsheettest.Sheet{Name: "Notes", Rows: [][]any{{"Whom to ask"}, {"Ada"}}}
	for _, from1904 := range []bool{false, true} {
		content, err := spreadsheettest.XLSX(from1904, notes, milestones, projects, hidden)
		if err != nil {
			t.Fatal(err)
		}
		l, err := sent(t, spreadsheet.Settings{Columns: map[string]string{"objectives": "Goals"}}, nil, content)
		serial := "2026-03-19"
		if from1904 {
			serial = "2030-03-20" // the number that was saved is a day of the other system
		}
		wantLines(t, l, err,
			`project 1 "Till" 2026-02-01..2026-12-17 {NUMBER Done=45} {BOOLEAN Top=true} {TEXT budget=1200.5 EUR} {LIST objectives=Growth+Trust}`,
			`quarantine 2: list1.csv: sheet "Portfolio", row 6, column D "Planned Finish": the formula has no saved value: open the file in a spreadsheet program, and save it`,
			`project 3 "Loyalty" 2026-03-04..`+serial+` finished=2026-11-01 {DATE Actual Start=2026-03-05}`,
			`milestone 1/pilot "Pilot" of project/1 Milestone 2026-05-01`,
			`milestone 2/count "Count" of project/2 Milestone 2026-06-01`,
			`dependency FS milestone/M-99 -> milestone/2/count stub=M-99 lag=14`,
			`dependency FS milestone/Till/Pilot -> milestone/2/count stub=Till/Pilot`,
		)
	}
}

func TestAReportIsOfItsDay(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{}, nil, []byte("ID,Name,Status,Status date,Status comment\n1,A,Green,2026-10-01,All is well\n2,B,Amber,,\n"))
	wantLines(t, l, err,
		`project 1 "A" {TEXT health=Green} {TEXT report=All is well}`, `project 2 "B" {TEXT health=Amber}`,
		`report project/1 Green All is well 2026-10-01`, `report project/2 Amber not after 2026-11-21`,
	)
}

func TestRowsOfOneIDAreNamedAndNoneIsRead(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{}, nil, []byte("ID,Name,Due\nP-1,Till,2026-05-01\nP-2,Stock,\nP-1,Loyalty,2026-06-01\n"))
	wantLines(t, l, err,
		`project P-2 "Stock"`,
		`quarantine P-1: list1.csv: row 2, column A "ID": "P-1" is the id of several rows, none of which is read: row 2 of list1.csv, row 4 of list1.csv`,
	)
}

func TestOtherOrderSameIdentities(t *testing.T) {
	one := []byte("Project,Milestone,Due\nApollo,Go-live,2026-05-01\nApollo,Handover,2026-06-01\n")
	other := []byte("Due,Milestone,Project\n2026-06-01,Handover,Apollo\n2026-05-01,Go-Live,Apollo\n")
	l, err := sent(t, spreadsheet.Settings{Complete: true}, nil, one)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Sorted(keysOf(l))
	writes := l.Writes
	again, err := sent(t, spreadsheet.Settings{Complete: true}, nil, one, other)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, slices.Sorted(keysOf(again))); diff != "" {
		t.Errorf("identities (-before +after):\n%s", diff)
	}
	if again.Writes != writes+1 { // a capital letter is a change, not another milestone
		t.Errorf("%d writes, want one more than %d", again.Writes, writes)
	}
}

func keysOf(l *connectortest.Ledger) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range l.Facts {
			if !yield(key.String()) {
				return
			}
		}
	}
}

func TestWhatIsMissingWasDeletedOnlyFromACompleteFile(t *testing.T) {
	one := []byte("ID,Name,Depends on\nP-1,Till,\nP-2,Stock,P-1\nP-3,Loyalty,P-1\n")
	two := []byte("ID,Name,Depends on\nP-1,Till,\nP-3,Loyalty,\n")
	for complete, want := range map[bool]map[string]portfolio.Presence{
		false: {"pmo/project/P-2": ""},
		true:  {"pmo/project/P-2": portfolio.PresenceDeleted},
	} {
		l, err := sent(t, spreadsheet.Settings{Complete: complete}, nil, one, two)
		if err != nil {
			t.Fatal(err)
		}
		for key, f := range l.Facts {
			if f.Origin().Kind == "project" && f.Origin().Presence != want[key.ID] {
				t.Errorf("complete %v: %s is %q, want %q", complete, key, f.Origin().Presence, want[key.ID])
			}
		}
	}
	// A file of milestones says nothing of projects.
	l, err := sent(t, spreadsheet.Settings{Complete: true, References: "ids"}, nil, one, []byte("Project ID,Milestone\nP-1,Pilot\n"))
	if err != nil {
		t.Fatal(err)
	}
	for key, f := range l.Facts {
		if f.Origin().Presence != "" {
			t.Errorf("%s is %s after a file of milestones only", key, f.Origin().Presence)
		}
	}
	// While a row does not tell who it is, nothing is taken for deleted.
	l, err = sent(t, spreadsheet.Settings{Complete: true}, nil, one, []byte("ID,Name\nP-1,Till\n,Stock\n"))
	if err != nil {
		t.Fatal(err)
	}
	for key, f := range l.Facts {
		if f.Origin().Kind == "project" && f.Origin().Presence != "" {
			t.Errorf("%s is %s though a row has no id", key, f.Origin().Presence)
		}
	}
}

func TestWhatCannotBeToldIsRefusedWithWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		settings spreadsheet.Settings
		fields   []string
		content  string
		want     string
	}{
		"order":         {content: "ID,Name,Due\n1,A,01/02/2026\n", want: `list1.csv: column C "Due": nothing tells whether day or month comes first: "01/02/2026" in row 2 can mean two dates; set date_order: dmy, mdy or ymd`},
		"both orders":   {content: "ID,Name,Due\n1,A,13/02/2026\n2,B,02/13/2026\n", want: `list1.csv: column C "Due": no order of day and month fits all its dates: "02/13/2026" in row 3 and "13/02/2026" in row 2; mend them, or set date_order: dmy, mdy or ymd`},
		"serials":       {content: "ID,Name,Due\n1,A,46082\n", want: `column C "Due": it has numbers that may be serial numbers of days; set date_system: 1900 or 1904`},
		"decimal":       {content: "ID,Name,Budget\n1,A,1.234\n", want: `list1.csv: column C "Budget": nothing tells whether point or comma stands before the fraction: "1.234" in row 2 can mean two numbers; set decimal: point or comma`},
		"mapped column": {content: "ID,Name,Cost\n1,A,1.234\n", fields: []string{"Cost"}, want: `column C "Cost": nothing tells whether point or comma`},
		"per cent":      {content: "ID,Name,Progress\n1,A,100%\n2,B,1\n", fields: []string{"progress"}, want: `column C "Progress": 1 of its numbers are per cent and 1 are not: 100% and 1 cannot be told apart`},
		"separator":     {content: "a;b,c\n1;2,3\n", want: "the separator cannot be told: it may be comma or semicolon; set separator"},
		"quotes":        {content: "ID,Name\n1,A\n2,\"B\n3,C\n", want: "row 3, which begins in line 3: a quoted value is not closed"},
		"bare quote":    {content: "ID,Name\n1,A \"great\" one\n", want: `list1.csv: row 2: there is a quote in the middle of a value, at character 5`},
		"no header":     {content: "a,b\n1,2\n", want: "no row has the names of columns: none of its first rows has two names that are known; set columns"},
		"empty":         {content: "", want: "no row has the names of columns: it is empty"},
		"a web page":    {content: "<!DOCTYPE html><html>", want: "this is a web page or XML, no table"},
		"old Excel":     {content: "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", want: "this is an old Excel file or one with a password; save it as .xlsx without a password"},
		"a ZIP file":    {content: "PK\x03\x04", want: "the workbook is damaged"},
		"encoding":      {content: "ID,Name\n1,\x81\x8d\n", want: "the encoding of the file cannot be told: it is neither utf-8 nor windows-1252"},
		"set encoding":  {settings: spreadsheet.Settings{Encoding: "utf-8"}, content: "ID,Name\n1,M\xfcller\n", want: "the file is not in utf-8: byte 11 does not fit"},
		"no column":     {settings: spreadsheet.Settings{Columns: map[string]string{"due": "Ende"}}, content: "ID,Name\n1,A\n", want: `no sheet has a column called "Ende", as the setting columns says for due`},
		"no project":    {content: "Milestone,Due\nA,2026-01-01\n", want: `its rows are milestones, but no column tells their projects`},
	} {
		_, err := sent(t, c.settings, c.fields, []byte(c.content))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %s", name, err, c.want)
		}
	}
}

func TestSettingsTellWhatTheFileDoesNot(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{DateOrder: "mdy", Decimal: "comma", DateSystem: 1904, Columns: map[string]string{"due": "When", "id": ""}}, nil,
		[]byte("ID,Name,When,Start,Budget\n1,A,01/02/2026,46082,\"1,234\"\n2,B,13/02/2026,,\n"))
	wantLines(t, l, err,
		`project a "A" 2030-03-02..2026-01-02 {NUMBER ID=1} {NUMBER budget=1.234}`,
		`quarantine b: list1.csv: row 3, column C "When": "13/02/2026" is not a date with the month first`,
	)
}

// TestAnAmbiguousColumnWithoutMeaningIsLeftOut: no wrong date comes in, and
// check says so.
func TestAnAmbiguousColumnWithoutMeaningIsLeftOut(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{}, nil, []byte("ID,Name,Kick-off,Rating\n1,A,01/02/2026,1.234\n"))
	wantLines(t, l, err, `project 1 "A"`)
}

func TestEncodings(t *testing.T) {
	for name, content := range map[string]string{
		"utf-8":         "ID,Name\n1,Müller €\n",
		"mark":          "\xef\xbb\xbfID,Name\n1,Müller €\n",
		"windows-1252":  "ID,Name\n1,M\xfcller \x80\n",
		"utf-16le":      "\xff\xfeI\x00D\x00,\x00N\x00a\x00m\x00e\x00\n\x001\x00,\x00M\x00\xfc\x00l\x00l\x00e\x00r\x00 \x00\xac\x20\n\x00",
		"utf-16le bare": "I\x00D\x00,\x00N\x00a\x00m\x00e\x00\n\x001\x00,\x00M\x00\xfc\x00l\x00l\x00e\x00r\x00 \x00\xac\x20\n\x00",
		"utf-16be":      "\xfe\xff\x00I\x00D\x00,\x00N\x00a\x00m\x00e\x00\n\x001\x00,\x00M\x00\xfc\x00l\x00l\x00e\x00r\x00 \x20\xac\x00\n",
		"sep line":      "sep=;\r\nID;Name\r\n1;Müller €\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := sent(t, spreadsheet.Settings{}, nil, []byte(content))
			wantLines(t, l, err, `project 1 "Müller €"`)
		})
	}
}

func TestPresets(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{Preset: "transparentchoice"}, nil, []byte("Alternative,Owner,Total Score,Rank,Strategic fit,Cost\nTill,Ada,87.5,1,0.9,1200\nStock,Bob,60.25,2,0.4,800\n"))
	wantLines(t, l, err,
		`person ada "Ada"`, `person bob "Bob"`,
		`project stock "Stock" lead=person/bob {NUMBER Strategic fit=0.4} {NUMBER cost=800} {NUMBER rank=2} {NUMBER score=60.25}`,
		`project till "Till" lead=person/ada {NUMBER Strategic fit=0.9} {NUMBER cost=1200} {NUMBER rank=1} {NUMBER score=87.5}`,
	)
	l, err = sent(t, spreadsheet.Settings{Preset: "workotter"}, nil, []byte("Project Number,Project Name,Project Manager,Overall Health,Target Finish,% Complete,Priority Score\n7,Till,Ada,Green,12/17/2026,45%,9\n"))
	wantLines(t, l, err,
		`person ada "Ada"`,
		`project 7 "Till" lead=person/ada 2026-12-17 {TEXT health=Green} {NUMBER progress=45} {NUMBER score=9}`,
		`report project/7 Green not after 2026-11-21`,
	)
}
