package edit_test

import (
	"errors"
	"slices"
	"testing"

	"plumbline/edit"
	"plumbline/portfolio"
)

// moved is a server and the cloud that its projects went to.
func moved(t *testing.T) *world {
	w := newWorld(t)
	project := func(connection, id, key, name string) *portfolio.ProjectFact {
		return &portfolio.ProjectFact{Source: portfolio.Source{Connection: connection, Kind: "project", ID: id, Key: key}, Name: name}
	}
	step := func(connection, id, key, name, of string) *portfolio.MilestoneFact {
		return &portfolio.MilestoneFact{Source: portfolio.Source{Connection: connection, Kind: "version", ID: id, Key: key}, Name: name, Project: of}
	}
	w.seed(
		project("server", "1", "POS", "Tills"), project("server", "2", "ONE", "Counts"), project("server", "3", "OLD", "Stayed"),
		project("cloud", "901", "pos", "New tills"), project("cloud", "902", "ONE", "Counts"), project("cloud", "903", "ONE", "Counts again"),
		step("server", "11", "", "Pilot", "server/project/1"), step("server", "12", "POS-2", "Go-live", "server/project/1"), step("server", "13", "", "Twice", "server/project/1"),
		step("cloud", "911", "", "pilot ", "cloud/project/901"), step("cloud", "912", "POS-2", "Renamed", "cloud/project/901"),
		step("cloud", "913", "", "Twice", "cloud/project/901"), step("cloud", "914", "", "Twice", "cloud/project/901"),
	)
	said := func(target, text string) portfolio.RecordedFact {
		return &portfolio.Override{Target: target, Field: "contingency", Value: portfolio.Field{Type: portfolio.FieldText, Text: text}}
	}
	w.must(puts(said("milestone:server/version/11", "By hand"), said("milestone:server/version/12", "Wait"), said("milestone:server/version/13", "Both"),
		said("milestone:cloud/version/912", "Said there already"),
		&portfolio.Override{Target: "project:server/project/1", Field: "priority", Value: portfolio.Field{Type: portfolio.FieldText, Text: "high"}}))
	return w
}

func TestRelinkCarriesProjectsAndWhatWasRecordedOver(t *testing.T) {
	w := moved(t)
	plan, err := edit.Relink(w.replica.Snapshot(), "server", "cloud", edit.RelinkByKey)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ got, want []string }{
		"linked":    {plan.Linked, []string{"server/project/1"}},
		"missing":   {plan.Missing, []string{"server/project/3"}},
		"ambiguous": {plan.Ambiguous, []string{"server/project/2"}},
		"carried":   {plan.Carried, []string{"milestone:server/version/11 contingency"}},
		"left":      {plan.Left, []string{"milestone:server/version/13 contingency"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
	w.must(portfolio.Edit{Caller: portfolio.Local, Author: "key:pmo", Changes: plan.Changes})
	s := w.replica.Snapshot()
	p, ok := s.Project("server/project/1")
	if !ok || p.ID != "cloud/project/901" || p.Priority != "high" || p.Name != "New tills" {
		t.Errorf("the old id leads to %+v", p)
	}
	for id, want := range map[string]string{"cloud/version/911": "By hand", "cloud/version/912": "Said there already", "server/version/11": "By hand"} {
		v, _ := s.Document((&portfolio.Override{Target: "milestone:" + id, Field: "contingency"}).Key())
		if o, ok := v.Doc.(*portfolio.Override); !ok || o.Value.Text != want {
			t.Errorf("%s: %+v, want the fall-back %q", id, v.Doc, want)
		}
	}
	again, err := edit.Relink(s, "server", "cloud", edit.RelinkByKey)
	if err != nil || len(again.Changes) != 0 || !slices.Equal(again.Already, []string{"server/project/1"}) {
		t.Errorf("once more: %+v, %v", again, err)
	}
	// Unlinking gives everything back.
	w.must(portfolio.Edit{Caller: portfolio.Local, Author: "key:pmo", Changes: []portfolio.EditChange{{Delete: plan.Changes[0].Put.Key()}}})
	if p, _ := w.replica.Snapshot().Project("server/project/1"); p.ID != "server/project/1" || p.Priority != "high" {
		t.Errorf("unlinked: %s, priority %q", p.ID, p.Priority)
	}
}

func TestWhatRelinkCannotDo(t *testing.T) {
	s := moved(t).replica.Snapshot()
	for _, c := range []struct {
		from, to string
		by       edit.RelinkBy
		want     error
	}{
		{"server", "server", edit.RelinkByKey, portfolio.ErrInvalid},
		{"server", "cloud", "colour", portfolio.ErrInvalid},
		{"server", "nowhere", edit.RelinkByKey, portfolio.ErrNotFound},
		{"server", "cloud", edit.RelinkByPMOID, portfolio.ErrNotFound},
	} {
		if _, err := edit.Relink(s, c.from, c.to, c.by); !errors.Is(err, c.want) {
			t.Errorf("%s to %s by %s: %v, want %v", c.from, c.to, c.by, err, c.want)
		}
	}
}
