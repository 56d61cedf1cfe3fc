package portfolio

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A past view is what a rebuild from the commits up to then gives, with the
// links, rules and settings of then: rewinding shares with the newest snapshot
// and must make no difference.
func TestRewindingEqualsRebuild(t *testing.T) {
	checkProperty(t, 300, func(t *rapid.T) {
		h := newHistory(t)
		states := []State{h.state()}
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			c := h.commit()
			next, _ := h.now.Apply(c)
			h.accept(c, next)
			states = append(states, h.state())
		}
		now := h.now
		for i, state := range states {
			then := rebuild(t, state)
			past := now.Rewind(state)
			if d := sameSnapshot(then, past); d != "" {
				t.Fatalf("revision %d: rewound differs from rebuilt (-rebuilt +rewound):\n%s", state.Revision, d)
			}
			named := state.WithSettingsOf(now)
			if d := sameSnapshot(rebuild(t, named), now.Rewind(named)); d != "" {
				t.Fatalf("revision %d with the settings of now: rewound differs from rebuilt (-rebuilt +rewound):\n%s", state.Revision, d)
			}
			if i == 0 {
				continue
			}
			before := now.Rewind(states[i-1])
			if d := cmp.Diff(Compare(rebuild(t, states[i-1]), then).Changes, Compare(before, past).Changes); d != "" {
				t.Fatalf("revision %d: what changed differs (-rebuilt +rewound):\n%s", state.Revision, d)
			}
		}
	})
}

func TestTheNamesOfNowLeadToTheDepartmentsOfThen(t *testing.T) {
	then := State{Position: Position{Revision: 1, Hash: Hash{1}}, Docs: []Versioned{
		{1, &Clock{Today: NewDate(2026, 3, 1)}},
		{1, &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{{To: "department", Field: "category"}}}}}},
		{1, &DepartmentFact{Slug: "it", Name: "IT"}},
		{1, &DepartmentFact{Slug: "gone", Name: "Typing pool"}},
		{1, &ProjectFact{Source: Source{Connection: "eng", Kind: "project", ID: "1"}, Name: "One", Category: "IT"}},
	}}
	old, err := NewSnapshot(then)
	if err != nil {
		t.Fatal(err)
	}
	now, _ := old.Apply(Commit{
		Position: Position{Revision: 2},
		Put:      []Document{&DepartmentFact{Slug: "it", Name: "Digital", Parent: "top"}, &Settings{TimeZone: "UTC"}},
		Delete:   []Key{(&DepartmentFact{Slug: "gone"}).Key()},
	})
	// The mapping of fields is of the settings, too: then the category was the
	// department, and by the settings of now it is not.
	p, _ := now.Rewind(then).Project("eng/project/1")
	if d, _ := now.Rewind(then).Department("it"); p.DepartmentID != "it" || d.Name != "IT" {
		t.Errorf("with the settings of then: department %q called %q", p.DepartmentID, d.Name)
	}
	named := then.WithSettingsOf(now)
	past := now.Rewind(named)
	if p, _ := past.Project("eng/project/1"); p.DepartmentID != "" {
		t.Errorf("with the settings of now the project is of department %q, want none", p.DepartmentID)
	}
	if d, _ := past.Department("it"); d.Name != "Digital" || d.ParentID != "" {
		t.Errorf("with the settings of now: %q below %q; the name is of now, all else of then", d.Name, d.ParentID)
	}
	if d, ok := past.Department("gone"); !ok || d.Name != "Typing pool" {
		t.Error("a department that is gone lost its name")
	}
	if slug := past.names.slug("IT"); slug != "it" {
		t.Errorf("the name of then leads to %q", slug)
	}
	if past.Data().Hash == then.Data.Hash || past.Position().Hash == then.Hash {
		t.Error("what never was stands at the position of what was")
	}
	if _, sees := named.Docs[0].Doc.(*Clock); !sees || past.Today() != NewDate(2026, 3, 1) {
		t.Error("the day is not that of then")
	}
}
