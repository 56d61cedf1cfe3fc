package portfolio

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A tool has its own words for what the organisation is after.
func TestTheWordsOfToolsLeadToObjectives(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	project := &ProjectFact{Source: source("eng", "project", "A"), Fields: []Field{{ID: "aims", Type: FieldList,
		List: []string{"Patient Happiness ", "GROW", "care", "Nobody's", "Grow"}}}}
	objective := func(strategy, key, name string, aliases ...string) *ObjectiveFact {
		return &ObjectiveFact{Slug: key, Strategy: strategy, Name: name, Aliases: aliases}
	}
	expired := objective("plan", "a-growth", "Grow")
	expired.ValidTo = day(t, "2026-02-28")
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{{To: "objectives", Field: "aims"}}}}},
		&StrategyFact{Slug: "plan", Name: "Plan", Leading: true}, &StrategyFact{Slug: "goals", Name: "Goals"},
		objective("goals", "a-goal", "Grow", "patient happiness"), expired, objective("plan", "growth", "Grow"),
		objective("plan", "care", "Better care", "patient happiness"), project)
	keys := func(c Caller) []string {
		p, err := l.now.View(c).Project(project.DocID())
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, o := range p.NamedObjectives() {
			keys = append(keys, o.Key())
		}
		return keys
	}
	if diff := cmp.Diff([]string{"care", "growth"}, keys(Local)); diff != "" {
		t.Errorf("by alias, name and key, the leading strategy first (-want +got):\n%s", diff)
	}
	l.put(objective("plan", "care", "Better care"))
	if diff := cmp.Diff([]string{"a-goal", "growth", "care"}, keys(Local)); diff != "" {
		t.Errorf("after the alias was taken away (-want +got):\n%s", diff)
	}
}
