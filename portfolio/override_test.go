package portfolio

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What an override says is read by those only who may read the field itself,
// in what the person said as in what the tool says.
func TestOverridesAreReadByThoseWhoMayReadTheField(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	say := func(field string, value Field, why string) *Override {
		return &Override{
			Target: "project:eng/project/A", Field: field, Value: value, Reason: why,
			Authored: Authored{Author: "key:pmo", At: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)},
		}
	}
	text := func(id, text string) Field { return Field{ID: id, Name: id, Type: FieldText, Text: text} }
	s := l.put(
		&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira", Fields: []FieldMapping{
			{To: "department", Field: "department"}, {To: "budget", Field: "budget", Currency: "EUR"}, {To: "sponsor", Field: "sponsor"},
		}}}},
		&DepartmentFact{Slug: "care", Name: "Care"},
		&DepartmentFact{Slug: "secret", Name: "Secret"},
		&PersonFact{Source: source("eng", "user", "ann"), Name: "Ann"},
		&PersonFact{Source: source("eng", "user", "bob"), Name: "Bob"},
		&ProjectFact{Source: source("eng", "project", "A"), Name: "A", Fields: []Field{
			text("budget", "10"), text("department", "Secret"), text("sponsor", "Bob"),
		}},
		say("budget", text("budget", "20 EUR"), "twice the 10"),
		say("department", text("department", "Care"), "moved from Secret"),
		say("sponsor", Field{Type: FieldUser, Text: "eng/user/ann"}, "she knows"),
	)
	type read struct{ Field, Value, ToolValue, Why, Reason string }
	all := []read{
		{"budget", "20 EUR", "10 EUR", "twice the 10", ""},
		{"department", "Care", "Secret", "moved from Secret", ""},
		{"sponsor", "Ann", "Bob", "she knows", ""},
	}
	for name, c := range map[string]struct {
		caller Caller
		want   []read
	}{
		"everything": {Local, all},
		"no cost":    {Caller{Role: RoleViewer}, []read{{Field: "budget", Reason: "FIELD_GROUP"}, all[1], all[2]}},
		"care":       {Caller{Role: RoleViewer, Departments: []string{"care"}, Groups: []string{GroupCost}}, []read{all[0], {Field: "department", Reason: "SCOPE"}, {"sponsor", "Ann", "", "she knows", ""}}},
	} {
		p, err := s.View(c.caller).Project("eng/project/A")
		if err != nil {
			t.Fatal(err)
		}
		var got []read
		for _, o := range p.Overrides() {
			r := read{Field: o.Field, Value: o.Value(), ToolValue: o.ToolValue(), Why: o.Why()}
			if reason := o.ValueReason(); reason != nil {
				r.Reason = reason.Code
			}
			got = append(got, r)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("who sees %s (-want +got):\n%s", name, d)
		}
	}
}

// Owner is another name of manager, so of the two the later one wins.
func TestTheLastOfSeveralOverridesWins(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	say := func(field, value string) *Override {
		return &Override{Target: "milestone:eng/version/1", Field: field, Value: Field{Type: FieldUser, Text: "eng/user/" + value}}
	}
	l.put(&MilestoneFact{Source: source("eng", "version", "1"), Name: "Beta"}, say("owner", "first"))
	s := l.put(say("manager", "last"))
	m, _ := s.Milestone("eng/version/1")
	if m.OwnerID != "eng/user/last" {
		t.Errorf("owner = %s, want that of the last override", m.OwnerID)
	}
	wins := map[string]bool{}
	for _, o := range s.OverridesOf(Key{KindMilestone, "eng/version/1"}) {
		wins[o.Field] = o.Wins
	}
	if d := cmp.Diff(map[string]bool{"owner": false, "manager": true}, wins); d != "" {
		t.Errorf("what wins (-want +got):\n%s", d)
	}
}

// People write what they know: the PMO's number or the tool's key.
func TestOverridesAreAddressedByReference(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{{To: "pmoId", Field: "pmo"}}}}})
	l.put(&Override{Target: "project:pmo:P-1", Field: "justification", Value: text("The law asks for it")},
		&Override{Target: "project:eng:PAY", Field: "businessValue", Value: text("8")})
	p := &ProjectFact{Source: source("eng", "project", "1"), Fields: []Field{{ID: "pmo", Type: FieldText, Text: "P-1"}}}
	p.Source.Key = "PAY"
	m := &MilestoneFact{Source: source("eng", "version", "7"), Project: p.DocID()}
	m.Source.Key = "PAY-7"
	l.put(p, m)
	l.put(&Override{Target: "milestone:eng:PAY-7", Field: "contingency", Value: text("Run both tills")},
		&Override{Target: "project:pmo:P-1", Field: "pmoId", Value: text("P-2")})
	row, _ := l.now.Project(p.DocID())
	if row.Justification != "The law asks for it" || decimalText(row.BusinessValue) != "8" || row.PMOID != "P-2" {
		t.Errorf("justification %q, business value %s, PMO number %s; want those of the overrides", row.Justification, decimalText(row.BusinessValue), row.PMOID)
	}
	if said := l.now.OverridesOf(p.Key()); len(said) != 3 {
		t.Errorf("%d overrides are shown, want 3", len(said))
	}
	if row, _ := l.now.Milestone(m.DocID()); row.Contingency() != "Run both tills" {
		t.Errorf("contingency = %q, want that of the override", row.Contingency())
	}
	if _, ok := l.now.ProjectByReference("pmo:P-1"); ok {
		t.Error("the project is still found by the number it had")
	}
	p2 := *p
	p2.Source.Key = "TILL"
	l.put(&p2)
	if row, _ = l.now.Project(p.DocID()); row.BusinessValue != nil {
		t.Errorf("business value = %s, although the key leads nowhere now", row.BusinessValue)
	}
}
