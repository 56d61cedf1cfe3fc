package portfolio

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// undertakings are random projects of three tools, with what people recorded of
// them.
func (h *history) undertakings() []Document {
	s := &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{}}
	for _, id := range rapid.Permutation([]string{"eng", "ops", "gone"}).Draw(h.t, "order of connections") {
		s.Connections = append(s.Connections, ConnectionSettings{ID: id, Type: "jira", Fields: []FieldMapping{
			{To: "department", Field: "f1"}, {To: "pmoId", Field: "PMO"}, {To: "manager", Field: "f3"}, {To: "budget", Field: "f4", Currency: "EUR"}, {To: "health", Field: "f5"},
		}})
	}
	for _, field := range []string{"name", "due", "manager", "budget", "category"} {
		if h.chance(2) {
			s.Precedence = append(s.Precedence, FieldPrecedence{field, []string{h.word("eng", "ops", "gone")}})
		}
	}
	docs := []Document{&Clock{Today: NewDate(2026, 1, 20)}, s}
	for _, connection := range []string{"eng", "ops", "gone"} {
		for _, id := range []string{"1", "2"} {
			f := &ProjectFact{Source: h.source("project", 1), Name: connection + id, Category: h.word("", "IT", "HR"), Due: h.date("due"), Start: h.date("start"), Fields: h.fields()}
			f.Connection, f.ID = connection, id
			f.Status, f.StatusCategory = h.status()
			m := &MilestoneFact{Source: h.source("version", 1), Name: "Go-live", Project: f.DocID(), Due: h.date("due")}
			m.Connection, m.ID = connection, id
			docs = append(docs, f, m,
				&Override{Target: f.Key().String(), Field: "priority", Value: Field{Type: FieldText, Text: f.DocID()}},
				&RecordedRiskFact{Slug: "r" + connection + id, Title: "Late", Project: f.DocID(), Milestone: m.DocID()})
		}
	}
	return docs
}

func (h *history) put(docs ...Document) {
	c := Commit{Put: docs}
	h.next(c)
}

func (h *history) next(c Commit) {
	c.Revision = h.now.Position().Revision + 1
	c.Data = c.Position
	next, _ := h.now.Apply(c)
	h.accept(c, next)
}

// Links join whatever they name and nothing else, every id of a member leads to
// the joined project, and taking all links back restores every project as it
// was, with what was recorded of it.
func TestUnlinkingRestoresWhatWasJoined(t *testing.T) {
	checkProperty(t, 200, func(t *rapid.T) {
		h := newHistory(t)
		h.put(h.undertakings()...)
		before := h.now
		links := map[string]*Link{}
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			if primary := h.projectID(); links[primary] != nil && h.chance(3) {
				h.next(Commit{Delete: []Key{links[primary].Key()}})
				delete(links, primary)
			} else if member := h.projectID(); member != primary {
				links[primary] = &Link{Primary: primary, Members: distinct(member, h.word(member, h.projectID()))}
				h.put(links[primary])
			}
			of := newClusters(projectIDs(before))
			for _, l := range links {
				for _, member := range l.Members {
					of.join(l.Primary, member)
				}
			}
			for _, members := range of.all() {
				one, ok := h.now.Project(members[0])
				if !ok || !slices.Equal(slices.Sorted(slices.Values(one.Members)), members) || one.ID != one.Members[0] {
					t.Fatalf("%v are one project by links, and it is %+v", members, one)
				}
				for _, id := range members {
					if p, _ := h.now.Project(id); p != one {
						t.Fatalf("%s leads to %+v, want %s", id, p, one.ID)
					}
					if said := h.now.OverridesOf(Key{KindProject, id}); len(said) != len(members) {
						t.Fatalf("of %v is said %+v, want what was said of each", members, said)
					}
					if p, ok := h.now.ProjectByReference(id); !ok || p != one {
						t.Fatalf("the reference %s leads to %+v, want %s", id, p, one.ID)
					}
				}
				if risks := h.now.recordedRisksOf(one); len(risks) != len(members) {
					t.Fatalf("%v have %d risks, want what was recorded of each", members, len(risks))
				}
			}
		}
		for _, l := range links {
			h.next(Commit{Delete: []Key{l.Key()}})
		}
		after := Compare(before, h.now)
		if len(after.Changes) > 0 {
			t.Fatalf("with every link taken back differs: %+v", after.Changes)
		}
		for p := range before.Projects() {
			now, _ := h.now.Project(p.ID)
			if d := cmp.Diff(p, now, cmp.Exporter(exportAll)); d != "" {
				t.Fatalf("%s (-before +after):\n%s", p.ID, d)
			}
		}
	})
}

func projectIDs(s *Snapshot) []string {
	var ids []string
	for p := range s.Projects() {
		ids = append(ids, p.ID)
	}
	return ids
}

// What a joined project says does not depend on the order in which its tools
// were read and its links were made.
func TestAJoinedProjectDoesNotDependOnTheOrderOfReading(t *testing.T) {
	checkProperty(t, 200, func(t *rapid.T) {
		h := newHistory(t)
		docs := h.undertakings()
		for range rapid.IntRange(1, 4).Draw(t, "links") {
			if l := (&Link{Primary: h.projectID(), Members: []string{h.projectID()}}); l.Primary != l.Members[0] {
				docs = append(slices.DeleteFunc(docs, func(d Document) bool { return d.Key() == l.Key() }), l)
			}
		}
		one, other := newHistory(t), newHistory(t)
		one.docs, other.docs = map[Key]Versioned{}, map[Key]Versioned{}
		one.now, _ = NewSnapshot(State{})
		other.now, _ = NewSnapshot(State{})
		for _, d := range docs {
			one.put(d)
		}
		for _, d := range rapid.Permutation(docs).Draw(t, "another order") {
			other.put(d)
		}
		for p := range one.now.Projects() {
			q, ok := other.now.Project(p.ID)
			if !ok {
				t.Fatalf("%s is there in one order of reading only", p.ID)
			}
			x, y := *p, *q
			x.Rev, y.Rev = 0, 0
			x.Priority, y.Priority = "", "" // of several overrides the last one wins
			if d := cmp.Diff(&x, &y, cmp.Exporter(exportAll)); d != "" {
				t.Fatalf("%s (-one order +another):\n%s\n%s", p.ID, d, describe(Commit{Put: docs}))
			}
		}
	})
}

// Each field is that of the connection whose word on it counts first, alone of
// all fields.
func TestPrecedenceOfEachFieldTakesThatFieldAlone(t *testing.T) {
	said := func(connection string, n int) *ProjectFact {
		at := func(month int) string { return NewDate(2026, 1, 1).AddDays(30*month + n).String() }
		f := &ProjectFact{Source: source(connection, "project", "1"), Name: "name " + connection, Description: "description " + connection, Category: "category " + connection}
		for _, field := range PrecedenceFields[3:] {
			value := Field{ID: field, Name: "in " + field, Type: FieldText, Text: field + " " + connection}
			switch field {
			case "owner":
				continue // another name of manager
			case "start", "due", "baseline", "forecast", "finished":
				value.Text, value.Type, value.Date = "", FieldDate, day(t, at(n))
			case "budget", "businessValue", "timeCriticality", "riskReduction", "jobSize":
				value.Text, value.Type, value.Number = "", FieldNumber, map[string]string{"eng": "3", "ops": "5"}[connection]
			case "health":
				value.Text = map[string]string{"eng": "GREEN", "ops": "RED"}[connection]
			case "phase":
				value.Text = map[string]string{"eng": "ACTIVE", "ops": "ON_HOLD"}[connection]
			}
			f.Fields = append(f.Fields, value)
		}
		slices.SortFunc(f.Fields, func(a, b Field) int { return strings.Compare(a.ID, b.ID) })
		return f
	}
	eng, ops := said("eng", 1), said("ops", 2)
	settings := Settings{TimeZone: "UTC"}
	for _, id := range []string{"eng", "ops"} {
		c := ConnectionSettings{ID: id}
		for _, f := range eng.Fields {
			c.Fields = append(c.Fields, FieldMapping{To: f.ID, Field: f.ID, Currency: map[string]string{"budget": "EUR"}[f.ID]})
		}
		settings.Connections = append(settings.Connections, c)
	}
	project := func(precedence ...FieldPrecedence) mapped {
		s := settings
		s.Precedence = precedence
		p := newPlan(&s)
		if len(p.problems) > 0 {
			t.Fatal(p.problems)
		}
		row, m := &ProjectRow{Description: eng.Description, Category: eng.Category}, p.projectSaid(eng)
		fillText(&m.name, eng.Name)
		p.prefer(row, &m, []saying{{eng, 0, p.projectSaid(eng)}, {ops, 0, p.projectSaid(ops)}})
		m.custom = append(m.custom, Field{Name: "description", Text: row.Description}, Field{Name: "category", Text: row.Category})
		return m
	}
	usual := project()
	seen := map[string]string{}
	for _, field := range PrecedenceFields {
		got := project(FieldPrecedence{field, []string{"ops"}})
		if diff := cmp.Diff(project(FieldPrecedence{field, []string{"eng"}}), usual, cmp.Exporter(exportAll)); diff != "" && field != "health" {
			t.Errorf("%s of who stands first anyway changes something:\n%s", field, diff)
		}
		diff := cmp.Diff(usual, got, cmp.Exporter(exportAll))
		if other, again := seen[diff]; diff == "" || again && other+field != "managerowner" {
			t.Errorf("the precedence of %s changes the same as that of %q:\n%s", field, other, diff)
		}
		seen[diff] = field
	}
}
