package portfolio

import (
	"strings"
	"testing"
	"time"
)

// Where several tools tell of a project, the first connection's word counts,
// but for fields whose word is another's.
func TestEachFieldIsBelievedOfTheToolThatComesFirstForIt(t *testing.T) {
	said := func(connection, health, size, colour string) *ProjectFact {
		return &ProjectFact{Source: source(connection, "project", "1"), Name: "In " + connection, Description: "of " + connection,
			Due: day(t, map[string]string{"eng": "2026-05-01", "ops": "2026-06-01", "sap": "2026-07-01"}[connection]),
			Fields: []Field{
				{ID: "c", Name: "Colour", Type: FieldText, Text: colour},
				{ID: "h", Name: "Health", Type: FieldText, Text: health},
				{ID: "s", Name: "Size", Type: FieldNumber, Number: size},
			}}
	}
	eng, ops, sap := said("eng", "RED", "1", "blue"), said("ops", "GREEN", "", ""), said("sap", "", "3", "pink")
	settings := Settings{TimeZone: "UTC"}
	for _, id := range []string{"eng", "ops", "sap"} {
		settings.Connections = append(settings.Connections, ConnectionSettings{ID: id, Fields: []FieldMapping{{To: "health", Field: "Health"}, {To: "jobSize", Field: "Size"}}})
	}
	build := func(precedence ...FieldPrecedence) (*testLog, *ProjectRow) {
		l, s := newTestLog(t, "2026-03-01"), settings
		s.Precedence = precedence
		l.put(&s, eng, ops, sap, &Link{Primary: eng.DocID(), Members: []string{ops.DocID(), sap.DocID()}})
		row, _ := l.now.Project(eng.DocID())
		return l, row
	}
	colour := func(p *ProjectRow) string { f, _ := fieldByName(p.Custom, "Colour"); return f.Text }
	_, usual := build()
	if usual.Name != "In eng" || usual.Health.Reported != HealthRed || usual.TargetDate != eng.Due || usual.JobSize.String() != "1" || colour(usual) != "blue" {
		t.Fatalf("%s, %s, due %s, size %s, %s: want what eng says", usual.Name, usual.Health.Reported, usual.TargetDate, usual.JobSize, colour(usual))
	}
	l, row := build(
		FieldPrecedence{"name", []string{"sap"}}, FieldPrecedence{"description", []string{"ops"}}, FieldPrecedence{"health", []string{"sap", "ops"}},
		FieldPrecedence{"due", []string{"sap", "ops"}}, FieldPrecedence{"jobSize", []string{"ops", "sap"}}, FieldPrecedence{"Colour", []string{"ops", "sap"}})
	if row.ID != eng.DocID() || row.Name != "In sap" || row.Description != "of ops" || row.TargetDate != sap.Due {
		t.Errorf("%s: %s, %s, due %s", row.ID, row.Name, row.Description, row.TargetDate)
	}
	if row.Health.Reported != HealthGreen || row.JobSize.String() != "3" || colour(row) != "pink" {
		t.Errorf("%s, size %s, %s: want what the next one says where the first says nothing", row.Health.Reported, row.JobSize, colour(row))
	}
	report := &StatusReportFact{Source: source("eng", "report", "1"), Project: eng.DocID(), Health: "YELLOW", ReportedAt: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)}
	l.put(report)
	if row, _ := l.now.Project(eng.DocID()); row.Health.Reported != HealthGreen {
		t.Errorf("%s: a report of eng counts, though ops' word on health comes first", row.Health.Reported)
	}
	gone := *sap
	gone.Presence = PresenceDeleted
	l.put(&gone)
	if row, _ := l.now.Project(eng.DocID()); row.Name != "In eng" || row.TargetDate != ops.Due {
		t.Errorf("%s, due %s: what its tool no longer shows comes last", row.Name, row.TargetDate)
	}
}

func TestPrecedenceThatIsWrongIsNamed(t *testing.T) {
	s := Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}}, Precedence: []FieldPrecedence{
		{"budget", []string{"eng", "sap"}}, {"budget", []string{"eng"}}, {"health", nil}, {"", []string{"eng"}},
	}}
	problems := ""
	for _, err := range newPlan(&s).problems {
		problems += err.Error() + "\n"
	}
	for _, want := range []string{`precedence 1: there is no connection "sap"`, `precedence 2: "budget" has one already`, "precedence 3: names no connection", "precedence 4: names no field"} {
		if !strings.Contains(problems, want) {
			t.Errorf("not named: %s in\n%s", want, problems)
		}
	}
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "precedence 1") {
		t.Errorf("validated: %v", err)
	}
}

// A name that another tool has in a field is no better than the primary's own.
func TestTheNameOfThePrimaryComesBeforeAMappedOne(t *testing.T) {
	eng := &ProjectFact{Source: source("eng", "project", "1"), Name: "Visit room"}
	ops := &ProjectFact{Source: source("ops", "project", "1"), Name: "visit-room", Fields: []Field{{ID: "title", Name: "title", Type: FieldText, Text: "Its software"}}}
	settings := &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}, {ID: "ops", Fields: []FieldMapping{{To: "name", Field: "title"}}}}}
	l := newTestLog(t, "2026-03-01")
	l.put(settings, eng, ops)
	if row, _ := l.now.Project(ops.DocID()); row.Name != "Its software" {
		t.Errorf("alone it is called %q, want its title", row.Name)
	}
	l.put(&Link{Primary: eng.DocID(), Members: []string{ops.DocID()}})
	if row, _ := l.now.Project(eng.DocID()); row.Name != "Visit room" {
		t.Errorf("joined it is called %q, want what the primary calls it", row.Name)
	}
}
