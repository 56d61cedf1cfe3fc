package portfolio

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reporting is a project whose manager reports a health in its field RAG.
func reporting(id, word string) *ProjectFact {
	return &ProjectFact{Source: source("eng", "project", id), Name: "Project " + id, Category: "Care",
		Fields: []Field{{ID: "rag", Name: "RAG", Type: FieldText, Text: word}}}
}

// reportedLog is a portfolio in which health is what is reported.
func reportedLog(t testing.TB, today string) *testLog {
	l := newTestLog(t, today)
	l.put(&Settings{Connections: []ConnectionSettings{{ID: "eng", Type: "jira", Fields: []FieldMapping{
		{To: "health", Field: "rag"}, {To: "department", Field: "category"},
	}}}})
	return l
}

func turned(turns HealthTurns) []string {
	var all []string
	for _, turn := range turns.Turns {
		all = append(all, fmt.Sprintf("%s %s>%s %s", turn.Project.ProjectRow.ID[len("eng/project/"):], turn.From, turn.To, turn.On))
	}
	return all
}

func TestNewlyRedAndRecovered(t *testing.T) {
	l := reportedLog(t, "2026-03-01") // a Sunday
	l.put(reporting("1", "GREEN"), reporting("2", "RED"), reporting("3", "YELLOW"), reporting("4", "RED"), reporting("5", "GREEN"))
	l.endDay("2026-03-02")
	l.put(reporting("1", "RED"), reporting("5", "RED"))
	l.endDay("2026-03-03")
	l.put(reporting("2", "YELLOW"), reporting("5", "GREEN"), reporting("6", "RED"))
	l.endDay("2026-03-04")
	l.put(reporting("3", "RED"), reporting("4", "sad")) // UNKNOWN is no recovery
	v := l.now.View(Local)
	week := SpanOf(PeriodWeek, day(t, "2026-03-04"))

	red, recovered := v.NewlyRed(week), v.Recovered(week)
	if red.Reason != nil || red.Since != day(t, "2026-03-01") {
		t.Errorf("since %s, reason %v", red.Since, red.Reason)
	}
	want := []string{"1 GREEN>RED 2026-03-02", "3 YELLOW>RED 2026-03-04", "6 >RED 2026-03-03"}
	if diff := cmp.Diff(want, turned(red)); diff != "" {
		t.Errorf("newly red (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2 RED>YELLOW 2026-03-03"}, turned(recovered)); diff != "" {
		t.Errorf("recovered (-want +got):\n%s", diff)
	}
	// A span that is over ends with its last day, not now.
	monday := Span{PeriodDay, day(t, "2026-03-02"), day(t, "2026-03-02")}
	if diff := cmp.Diff([]string{"1 GREEN>RED 2026-03-02", "5 GREEN>RED 2026-03-02"}, turned(v.NewlyRed(monday))); diff != "" {
		t.Errorf("newly red on Monday (-want +got):\n%s", diff)
	}
	// Before anything was observed nothing can be told, and nothing is made up.
	early := v.NewlyRed(SpanOf(PeriodMonth, day(t, "2026-02-10")))
	if len(early.Turns) > 0 || early.Reason == nil || early.Reason.Code != ReasonNotObserved {
		t.Errorf("newly red before the first observation: %v, reason %v", turned(early), early.Reason)
	}
	// Who may not see a department hears nothing of its projects.
	nobody := l.now.View(Caller{Role: RoleViewer, Departments: []string{"finance"}})
	if got := turned(nobody.NewlyRed(week)); len(got) > 0 {
		t.Errorf("another department is told of %v", got)
	}
	// A past view ends its spans with its own day.
	past, err := NewSnapshot(State{Position: Position{Revision: 1}, Docs: []Versioned{{1, &Clock{Today: day(t, "2026-03-02")}}, {1, reporting("1", "RED")}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := past.WithObserved(l.now.Observed()).View(Local).until(day(t, "2026-03-04")); got != day(t, "2026-03-01") {
		t.Errorf("a view of 2026-03-02 is told of the close of %s", got)
	}
}
