package spreadsheet_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/spreadsheet"
	"plumbline/internal/secret"
)

// checked is what check says of a file.
func checked(t *testing.T, s spreadsheet.Settings, content string, fields ...string) ([]string, error) {
	t.Helper()
	s.File = filepath.Join(t.TempDir(), "list.csv")
	put(t, s.File, []byte(content))
	c, err := s.Open(connectors.Env{Connection: "pmo", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.(connectors.Checker).Check(t.Context())
	var out []string
	for _, f := range r.Fields {
		if f.ID == "" {
			out = append(out, "missing "+f.Asked)
			continue
		}
		out = append(out, fmt.Sprintf("%s (%s): %s; as %s", f.Asked, f.Type, f.Understood, strings.Join(f.Samples, " | ")))
	}
	for _, c := range r.Counts {
		if c.Records > 0 {
			out = append(out, fmt.Sprintf("would read %d %s", c.Records, c.Of))
		}
	}
	return append(out, r.Warnings...), err
}

func TestCheckShowsHowEachColumnWasUnderstood(t *testing.T) {
	got, err := checked(t, spreadsheet.Settings{Columns: map[string]string{"due": "When"}, Ignore: []string{"Salary"}},
		"Project ID;Project name;RAG;Start;When;Budget (EUR);% Complete;Kick-off;Salary;\n"+
			"P-1;Till;Green;01.02.2026;2026-12-17;1.200,50;45%;03.04.2026;7;x\n"+
			"P-2;Stock;Red;15.04.2026;later;80.000,00;100%;;;\n", "Budget (EUR)", "PMO-ID")
	if err != nil {
		t.Fatal(err)
	}
	path := "list.csv: "
	want := []string{
		"Project ID (text): id, guessed by its name; as P-1 | P-2",
		"Project name (text): name, guessed by its name; as Till | Stock",
		"RAG (text): health, guessed by its name; as Green | Red",
		"Start (date): start, guessed by its name; day first, as row 3 tells: 15.04.2026; as 01.02.2026 | 15.04.2026",
		"When (date): due; as 2026-12-17 | later",
		"Budget (EUR) (number): budget, guessed by its name; decimal comma, as row 2 tells: 1.200,50; as 1.200,50 | 80.000,00",
		"% Complete (per cent): progress, guessed by its name; as 45% | 100%",
		`Kick-off (): not read: nothing tells whether day or month comes first: "03.04.2026" in row 2 can mean two dates; set date_order: dmy, mdy or ymd; as 03.04.2026`,
		"Salary (): not read: the settings ignore it; as ",
		"missing PMO-ID",
		"would read 1 projects",
		path + `column H "Kick-off" is not read: nothing tells whether day or month comes first: "03.04.2026" in row 2 can mean two dates; set date_order: dmy, mdy or ymd`,
		path + `column J is not read: it has values, as "x", but no name`,
		"cannot be read: " + path + `row 3, column E "When": "later" is not a date`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("check says (-want +got):\n%s", diff)
	}
}

// TestCheckShowsTheColumnsOfAFileThatIsRefused, for they are what has to be set.
func TestCheckShowsTheColumnsOfAFileThatIsRefused(t *testing.T) {
	got, err := checked(t, spreadsheet.Settings{}, "ID,Name,Due\n1,A,01/02/2026\n")
	if err == nil || !strings.Contains(err.Error(), "set date_order") {
		t.Errorf("error = %v, want what to set", err)
	}
	if len(got) < 3 || got[2] != "Due (date): due, guessed by its name; as 01/02/2026" {
		t.Errorf("check says %q, want the columns", got)
	}
}

func TestAConnectionThatWaitsSaysSo(t *testing.T) {
	c, err := (&spreadsheet.Settings{Complete: true}).Open(connectors.Env{Connection: "pmo"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.(connectors.Checker).Check(t.Context())
	if err != nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "waits for files") {
		t.Errorf("check = %+v, %v", r, err)
	}
	if _, lists := c.(connectors.Lister); lists {
		t.Error("it lists: a sweep would take everything for deleted")
	}
	l := connectortest.NewLedger()
	if err := l.Pull(t.Context(), c, nil); err != nil || len(l.Facts) != 0 {
		t.Errorf("pull = %v with %d facts, want an empty page", err, len(l.Facts))
	}
}

// TestAFolderIsReadAsOne: rows of one file name rows of another, ids stand once
// among all, and a file that changed brings all.
func TestAFolderIsReadAsOne(t *testing.T) {
	s := spreadsheet.Settings{Complete: true}
	s.Folder, s.Pattern = t.TempDir(), "*.csv"
	file := func(name, content string) { put(t, filepath.Join(s.Folder, name), []byte(content)) }
	file("a-milestones.csv", "Project,Milestone,Due\nTill,Pilot,2026-05-01\n")
	file("b-projects.csv", "ID,Name\nP-1,Till\n")
	file("readme.txt", "nothing of ours")
	c, err := s.Open(connectors.Env{Connection: "pmo"})
	if err != nil {
		t.Fatal(err)
	}
	l := connectortest.NewLedger()
	if err := l.Pull(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	wantLines(t, l, nil, `milestone P-1/pilot "Pilot" of project/P-1 Milestone 2026-05-01`, `project P-1 "Till"`)
	pages := l.Pages
	if err := l.Pull(t.Context(), c, nil); err != nil || l.Pages != pages+1 {
		t.Fatalf("a run over unchanged files: %v, %d pages", err, l.Pages-pages)
	}
	file("c-projects.csv", "ID,Name\nP-1,Till again\n")
	if err := l.Pull(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(lines(l), "\n"); !strings.Contains(got, "row 2 of b-projects.csv, row 2 of c-projects.csv") {
		t.Errorf("an id in two files: %s", got)
	}
	if err := os.Remove(filepath.Join(s.Folder, "c-projects.csv")); err != nil {
		t.Fatal(err)
	}
	file("a-milestones.csv", "Project,Milestone,Due\nTill,Handover,2026-06-01\n")
	if err := l.Pull(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	wantLines(t, l, nil, `milestone P-1/handover "Handover" of project/P-1 Milestone 2026-06-01`,
		`milestone P-1/pilot "Pilot" of project/P-1 Milestone 2026-05-01 DELETED`, `project P-1 "Till"`)
}

// TestAnAddressIsAskedWhatChanged: a file that is as it was is not sent again.
func TestAnAddressIsAskedWhatChanged(t *testing.T) {
	server := fake.NewFile(func() []byte { return []byte("ID,Name\nP-1,Till\n") })
	s := spreadsheet.Settings{}
	s.URL, s.Auth.Token = "https://files.example.com/list.csv", secret.New(t.Name())
	c, err := s.Open(connectors.Env{Connection: "pmo", Transport: fake.InProcess(server)})
	if err != nil {
		t.Fatal(err)
	}
	l := connectortest.NewLedger()
	for range 3 {
		if err := l.Pull(context.Background(), c, nil); err != nil {
			t.Fatal(err)
		}
	}
	if all, sent := server.Counts().Requests, server.Sent(); all != 3 || sent != 1 {
		t.Errorf("%d requests, %d files sent; want 3 and 1", all, sent)
	}
	wantLines(t, l, nil, `project P-1 "Till"`)
	if u := c.(connectors.Metered).Usage(); u.Requests != 3 {
		t.Errorf("usage tells %d requests, want 3", u.Requests)
	}
}

func TestSettingsThatAreWrongAreAllNamed(t *testing.T) {
	s := spreadsheet.Settings{
		Preset: "excel", Rows: "tasks", References: "x", DateOrder: "ydm", Decimal: "dot", Separator: ";", Encoding: "latin", DateSystem: 1901,
		Columns: map[string]string{"duedate": "Due", "due": "End", "finished": "end"},
		Sheets:  []spreadsheet.SheetSettings{{Name: "[", Header: -1, Rows: "x"}, {}},
	}
	s.File, s.URL = "a", "https://b"
	err := s.Validate()
	if err == nil {
		t.Fatal("the settings are accepted")
	}
	for _, want := range []string{
		"a connection reads from one place", `preset is "excel": one of transparentchoice, workotter`, `rows is "tasks"`, `references is "x"`,
		`date_order is "ydm": one of dmy, mdy, ymd`, `decimal is "dot": one of point, comma`, `separator is ";"`, `encoding is "latin"`,
		"date_system is 1901", `columns has "duedate": a meaning is one of id, key`, `columns gives the column "end" two meanings, due and finished`,
		`sheets has the name "["`, "header of", "sheets has one without a name",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %s:\n%v", want, err)
		}
	}
}

func TestRowsOfOtherLevelsAreToldOf(t *testing.T) {
	got, err := checked(t, spreadsheet.Settings{}, "ID,Type,Name\n1,Project,A\n2,Milestone,B\n3,Task,C\n4,Issue,D\n")
	if err != nil {
		t.Fatal(err)
	}
	want := `list.csv: 2 rows are not read, for Type is none of projects, milestones and risks: "issue", "task"; the setting levels can name them`
	if got[len(got)-1] != want {
		t.Errorf("check says %q, want %s", got, want)
	}
}
