package spreadsheet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/spreadsheet"
	"plumbline/connectors/spreadsheet/spreadsheettest"
	"plumbline/portfolio"
)

// risksOf are the risks that were read, one a line, without what is empty.
func risksOf(l *connectortest.Ledger) (out []string) {
	for _, f := range l.Facts {
		r, ok := f.(*portfolio.RiskFact)
		if !ok {
			continue
		}
		say := []string{
			r.ID, fmt.Sprintf("%q", r.Title), "of " + strings.TrimPrefix(r.Project, "pmo/project/"), given("status", r.Status+"/"+string(r.StatusCategory)),
			given("owner", strings.TrimPrefix(r.Owner, "pmo/person/")), given("raised", r.Raised.String()), given("due", r.Due.String()), given("closed", r.Closed.String()),
			string(r.Presence),
		}
		out = append(out, strings.Join(append(slices.DeleteFunc(say, func(s string) bool { return s == "" }), fieldTexts(r.Fields)...), " "))
	}
	slices.Sort(out)
	return out
}

const register = "Risk ID,Project,Risk description,Probability,Impact,Response,Owner,Status,Date raised,Due date,Date closed\n" +
	"R-1,Apollo,The cellar floods,25%,\"EUR 40,000.50\",Mitigate,Ada,Open,2026-01-09,2026-03-01,\n" +
	"R-2,Gemini,Nobody buys,50%,\"EUR 1,000\",Watch,,Closed,2026-01-10,,2026-02-03\n"

func TestARegisterOfRisks(t *testing.T) {
	want := []string{
		`R-1 "The cellar floods" of Apollo status=Open/TODO owner=ada raised=2026-01-09 due=2026-03-01 {TEXT Impact=40000.5 EUR} {TEXT Probability=25 %} {TEXT Response=Mitigate}`,
		`R-2 "Nobody buys" of Gemini status=Closed/DONE raised=2026-01-10 closed=2026-02-03 {TEXT Impact=1000 EUR} {TEXT Probability=50 %} {TEXT Response=Watch}`,
	}
	l, err := sent(t, spreadsheet.Settings{}, nil, []byte(register))
	if err != nil {
		t.Fatal(err)
	}
	if got := risksOf(l); !slices.Equal(got, want) {
		t.Errorf("risks are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range lines(l) {
		if strings.HasPrefix(line, "milestone") || strings.HasPrefix(line, "quarantine") {
			t.Errorf("there is also %s", line)
		}
	}
}

// TestRisksBesideTheirProjects: risks name projects of another sheet, and one
// that names nobody is refused by name.
func TestRisksBesideTheirProjects(t *testing.T) {
	content, err := spreadsheettest.XLSX(false,
		spreadsheettest.Sheet{Name: "Risks", Rows: [][]any{{"Ref", "Title", "Project name"}, {"R-1", "Rain", "apollo"}, {"R-2", "Snow", "Soyuz"}}},
		spreadsheettest.Sheet{Name: "Projects", Rows: [][]any{{"ID", "Name", "Risk", "Impact"}, {"P-1", "Apollo", "High", "large"}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	l, err := sent(t, spreadsheet.Settings{}, nil, content)
	if err != nil {
		t.Fatal(err)
	}
	if got := risksOf(l); !slices.Equal(got, []string{`R-1 "Rain" of P-1`}) {
		t.Errorf("risks are %q", got)
	}
	var rest []string
	for _, line := range lines(l) {
		if !strings.HasPrefix(line, "risk") {
			rest = append(rest, line)
		}
	}
	want := []string{
		`project P-1 "Apollo" {TEXT Impact=large} {TEXT Risk=High}`,
		`quarantine R-2: list1.csv: sheet "Risks", row 3, column C "Project name": "Soyuz": no project has it as id, key or name`,
	}
	if !slices.Equal(rest, want) {
		t.Errorf("beside them is %q, want %q", rest, want)
	}
	for _, q := range l.Quarantined {
		if q.Of != portfolio.KindRisk || q.Scope != "risks" {
			t.Errorf("quarantined: %+v", q)
		}
	}
}

func TestARiskThatIsMissingFromACompleteRegister(t *testing.T) {
	without, _, _ := strings.Cut(register, "R-2")
	l, err := sent(t, spreadsheet.Settings{Complete: true}, nil, []byte("Project,Milestone,Due\nApollo,Go-live,2026-05-01\nMercury,Go-live,2026-05-01\n"), []byte(register), []byte(without))
	if err != nil {
		t.Fatal(err)
	}
	got := risksOf(l)
	if len(got) != 2 || strings.Contains(got[0], "DELETED") || !strings.Contains(got[1], "DELETED") {
		t.Errorf("risks are %q, want that R-2 is deleted", got)
	}
	for key, f := range l.Facts {
		if key.Kind != portfolio.KindRisk && f.Origin().Presence != "" {
			t.Errorf("%s is %s after a register of risks", key, f.Origin().Presence)
		}
	}
}

func TestRisksByLevelAndBySetting(t *testing.T) {
	l, err := sent(t, spreadsheet.Settings{Levels: spreadsheet.LevelSettings{Risks: []string{"Danger"}}}, nil,
		[]byte("ID,Type,Name\n1,Project,Apollo\n2,Milestone,Go-live\n3,Risk,Rain\n4,Danger,Snow\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := risksOf(l); !slices.Equal(got, []string{`3 "Rain" of 1`, `4 "Snow" of 1`}) {
		t.Errorf("by level: %q", got)
	}
	l, err = sent(t, spreadsheet.Settings{Rows: "risks"}, nil, []byte("Name,Project\nRain,Apollo\nRain,Gemini\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := risksOf(l); !slices.Equal(got, []string{`Apollo/rain "Rain" of Apollo`, `Gemini/rain "Rain" of Gemini`}) {
		t.Errorf("by setting: %q", got)
	}
}
