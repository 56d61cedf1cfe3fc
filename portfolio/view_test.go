package portfolio

import (
	"errors"
	"strings"
	"testing"
)

func TestACursorIsShortAndTakenBack(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	long := strings.Repeat("very long ", 2000)
	var docs []Document
	for _, id := range []string{"1", "2", "3"} {
		docs = append(docs, &ProjectFact{
			Source: source("eng", "project", id), Name: long + id,
			Fields: []Field{{ID: "f", Name: "Story", Type: FieldText, Text: long + id}},
		})
	}
	v := l.put(docs...).View(Local)
	order := []*ProjectOrder{{Field: ProjectByName}, {Field: ProjectByCustomField, CustomField: pointer("Story")}}
	var seen []string
	after := ""
	for range 3 {
		page, err := v.Projects(nil, order, PageRequest{First: pointer(1), After: after})
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, page.Nodes()[0].Key)
		if after = page.PageInfo().EndCursor; len(after) > 2000 {
			t.Fatalf("a cursor of %d characters", len(after))
		}
	}
	if got := strings.Join(seen, " "); got != "1 2 3" {
		t.Errorf("pages showed %s, want 1 2 3", got)
	}
	list, err := v.Projects(nil, nil, PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	groups, err := list.Groups([]ProjectGroupField{GroupProjectsByCustomField}, pointer("Story"), nil, nil, pointer(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	if cursor := groups.PageInfo().EndCursor; len(cursor) > 2000 {
		t.Errorf("the cursor of a group has %d characters", len(cursor))
	}
}

// A limited caller sees the departments named and those below them.
func TestDepartmentsBelowAreSeen(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	fact := func(id, department string) *ProjectFact {
		return &ProjectFact{Source: source("eng", "project", id), Name: id, Fields: []Field{{ID: "department", Name: "department", Type: FieldText, Text: department}}}
	}
	s := l.put(
		&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira", Fields: []FieldMapping{{To: "department", Field: "department"}}}}},
		&DepartmentFact{Slug: "care", Name: "Care"},
		&DepartmentFact{Slug: "wards", Name: "Wards", Parent: "care"},
		&DepartmentFact{Slug: "night", Name: "Night", Parent: "wards"},
		&DepartmentFact{Slug: "it", Name: "IT"},
		fact("A", "Care"), fact("B", "Wards"), fact("C", "Night"), fact("D", "IT"), fact("E", ""),
	)
	for _, c := range []struct {
		departments string
		want        string
	}{{"", "A B C D E"}, {"care", "A B C"}, {"night", "C"}, {"night it", "C D"}, {"none", ""}} {
		v := s.View(Caller{Role: RoleViewer, Departments: strings.Fields(c.departments)})
		list, err := v.Projects(nil, nil, PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, p := range list.Nodes() {
			keys = append(keys, p.Key)
		}
		if got := strings.Join(keys, " "); got != c.want {
			t.Errorf("%q sees %q, want %q", c.departments, got, c.want)
		}
		for _, id := range []string{"A", "D"} {
			_, err := v.Project("eng/project/" + id)
			if visible := strings.Contains(c.want, id); (err == nil) != visible || (!visible && !errors.Is(err, ErrNotFound)) {
				t.Errorf("%q asks for %s: %v", c.departments, id, err)
			}
		}
	}
}

// What a reason names is told only to those who may see it.
func TestReasonsNameOnlyWhatMayBeSeen(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	department := func(name string) []Field {
		return []Field{{ID: "department", Name: "department", Type: FieldText, Text: name}}
	}
	s := l.put(
		&Settings{
			TimeZone:    "UTC",
			Connections: []ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira", Fields: []FieldMapping{{To: "department", Field: "department"}}}},
			Rules:       []Rule{{When: `milestone.name matches "Live"`, Set: Assignment{Kind: MilestoneGoLive}}},
		},
		&DepartmentFact{Slug: "care", Name: "Care"},
		&DepartmentFact{Slug: "it", Name: "IT"},
		&ProjectFact{Source: source("eng", "project", "UP"), Name: "Upstream", Fields: department("IT")},
		&ProjectFact{Source: source("eng", "project", "DOWN"), Name: "Downstream", Fields: department("Care")},
		&MilestoneFact{Source: source("eng", "version", "1"), Name: "Live", Project: "eng/project/UP", Due: day(t, "2026-09-01"), Baseline: day(t, "2026-09-01")},
		&MilestoneFact{
			Source: source("eng", "version", "2"), Name: "Start", Project: "eng/project/DOWN",
			Start: day(t, "2026-06-01"), Due: day(t, "2026-10-01"), Baseline: day(t, "2026-10-01"),
		},
		&DependencyFact{
			Source: source("eng", "link", "1"), Type: "Blocks",
			Predecessor: LinkEnd{Ref: "eng/version/1"}, Successor: LinkEnd{Ref: "eng/version/2"},
		},
	)
	sentence := func(c Caller) string {
		m, err := s.View(c).Milestone("eng/version/2")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range m.Health().Reasons() {
			if r.Code == ReasonUpstreamGoLive {
				return r.Message
			}
		}
		t.Fatalf("no reason %s in %+v", ReasonUpstreamGoLive, m.Health().Reasons())
		return ""
	}
	if got := sentence(Local); !strings.Contains(got, "2026-09-01") {
		t.Errorf("to whoever may see it: %q, want the date of the go-live", got)
	}
	if got := sentence(Caller{Role: RoleViewer, Departments: []string{"care"}}); !strings.Contains(got, anotherProject) || strings.Contains(got, "2026") {
		t.Errorf("to whoever may not: %q, want %q and no date", got, anotherProject)
	}
}

// People whom custom fields of visible projects name are seen, by name; hidden
// parents are not found out by filters.
func TestWhatFiltersAndGroupsGiveAway(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	user := func(id string) Field {
		return Field{ID: "lead2", Name: "Deputy", Type: FieldUser, Text: "eng/user/" + id}
	}
	department := Field{ID: "department", Name: "department", Type: FieldText, Text: "Wards"}
	s := l.put(
		&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira", Fields: []FieldMapping{{To: "department", Field: "department"}}}}},
		&DepartmentFact{Slug: "care", Name: "Care"},
		&DepartmentFact{Slug: "wards", Name: "Wards", Parent: "care"},
		&PersonFact{Source: source("eng", "user", "ann"), Name: "Ann"},
		&PersonFact{Source: source("eng", "user", "bob"), Name: "Bob"},
		&ProjectFact{Source: source("eng", "project", "UP"), Name: "Up", Fields: []Field{user("bob")}},
		&ProjectFact{Source: source("eng", "project", "A"), Name: "A", Parent: "eng/project/UP", Fields: []Field{department, user("ann")}},
	)
	limited := s.View(Caller{Role: RoleViewer, Departments: []string{"wards"}})
	list, err := limited.Projects(nil, nil, PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	groups, err := list.Groups([]ProjectGroupField{GroupProjectsByCustomField}, pointer("Deputy"), nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if keys := groups.Nodes()[0].Keys(); keys[0].Value != "Ann" {
		t.Errorf("the group is called %q, want Ann", keys[0].Value)
	}
	fields := list.Nodes()[0].CustomFields([]string{"Deputy"})
	if p := fields[0].User(); p == nil || p.Name() != "Ann" {
		t.Errorf("the deputy is %v, want Ann", p)
	}
	if people, err := limited.People(nil, PageRequest{}); err != nil || people.TotalCount() != 1 {
		t.Errorf("%d people are seen (%v), want Ann alone", people.TotalCount(), err)
	}
	for who, v := range map[string]struct {
		view *View
		want int
	}{"everything": {s.View(Local), 1}, "wards": {limited, 0}} {
		departments, err := v.view.Departments(&DepartmentFilter{Parent: &StringComparator{Eq: pointer("care")}}, PageRequest{})
		if err != nil || departments.TotalCount() != v.want {
			t.Errorf("who sees %s finds %d departments below care (%v), want %d", who, departments.TotalCount(), err, v.want)
		}
		below := &ProjectFilter{Parent: &IDComparator{Eq: pointer(NodeID(KindProject, "eng/project/UP"))}}
		projects, err := v.view.Projects(below, nil, PageRequest{})
		if err != nil || projects.TotalCount() != v.want {
			t.Errorf("who sees %s finds %d projects below UP (%v), want %d", who, projects.TotalCount(), err, v.want)
		}
	}
}
