package edit_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	w.seed(
		&portfolio.IssueFact{Slug: "moves", Project: "server:POS"}, &portfolio.IssueFact{Slug: "unsure", Project: "server/project/2"},
		&portfolio.IssueFact{Slug: "stays", Project: "server:OLD"}, &portfolio.IssueFact{Slug: "lost", Project: "server:NEVER"},
		&portfolio.IssueFact{Slug: "elsewhere", Project: "cloud/project/901"},
		&portfolio.DecisionFact{Slug: "half", Projects: []string{"server/project/1"}, Blocks: []string{"server:POS-2", "server/version/13"}},
		&portfolio.CostFact{Project: "server:POS", Period: "2026-01"}, &portfolio.CostFact{Project: "cloud:pos", Period: "2026-Q1"}, &portfolio.CostFact{Project: "cloud:pos", Period: "2026-Q2"},
		&portfolio.ContributionFact{Project: "server:POS", Objective: "grow"}, &portfolio.ContributionFact{Project: "cloud/project/901", Objective: "grow"},
	)
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
		"recorded of both": {plan.Twice, []string{
			`contribution "cloud/project/901#grow" and contribution "server:POS#grow": the one put last counts`,
			`cost "cloud:pos#2026-Q1#" and cost "server:POS#2026-01#": both count; delete one of them`,
			`field "milestone:cloud/version/912#contingency" and field "milestone:server/version/12#contingency": the one put last counts`,
		}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
	if diff := cmp.Diff([]edit.RelinkedRecords{
		{Kind: "contribution", Follow: 1},
		{Kind: "cost", Follow: 1},
		{Kind: "decision", Left: []string{`decision "half": it names server/version/13, a milestone without a counterpart`}},
		{Kind: "field", Follow: 3, Left: []string{`field "milestone:server/version/13#contingency": it names server/version/13, a milestone without a counterpart`}},
		{Kind: "issue", Follow: 1, Left: []string{
			`issue "lost": it names server:NEVER, which leads to no project`,
			`issue "stays": it names server:OLD, which has no counterpart`,
			`issue "unsure": it names server/project/2, which has several counterparts`,
		}},
	}, plan.Records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	before := w.replica.Snapshot().Position().Revision
	w.must(portfolio.Edit{Caller: portfolio.Local, Author: "key:pmo", Changes: plan.Changes})
	s := w.replica.Snapshot()
	state, err := w.log.AsOf(t.Context(), before, nil)
	if err != nil {
		t.Fatal(err)
	}
	past, err := portfolio.NewSnapshot(state)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := past.Project("server/project/1"); !ok || p.ID != "server/project/1" || len(p.Members) != 1 {
		t.Errorf("before the relink the old id leads to %+v", p)
	}
	p, ok := s.Project("server/project/1")
	if !ok || p.ID != "cloud/project/901" || p.Priority != "high" || p.Name != "New tills" {
		t.Errorf("the old id leads to %+v", p)
	}
	said := func(id string) string {
		m, err := w.replica.Snapshot().View(portfolio.Local).Milestone(id)
		if err != nil {
			t.Fatal(err)
		}
		return m.Contingency()
	}
	for id, want := range map[string]string{"cloud/version/911": "By hand", "server/version/11": "By hand", "server/version/13": "Both", "cloud/version/913": ""} {
		if got := said(id); got != want {
			t.Errorf("%s: the fall-back is %q, want %q", id, got, want)
		}
	}
	if v, copied := s.Document((&portfolio.Override{Target: "milestone:cloud/version/911", Field: "contingency"}).Key()); copied {
		t.Errorf("what was recorded is recorded again: %+v", v.Doc)
	}
	again, err := edit.Relink(s, "server", "cloud", edit.RelinkByKey)
	if err != nil || len(again.Changes) != 0 || !slices.Equal(again.Already, []string{"server/project/1"}) {
		t.Errorf("once more: %+v, %v", again, err)
	}
	// Unlinking gives everything back.
	w.must(portfolio.Edit{Caller: portfolio.Local, Author: "key:pmo", Changes: []portfolio.EditChange{{Delete: (&portfolio.Link{Primary: "cloud/project/901"}).Key()}}})
	if p, _ := w.replica.Snapshot().Project("server/project/1"); p.ID != "server/project/1" || p.Priority != "high" {
		t.Errorf("unlinked: %s, priority %q", p.ID, p.Priority)
	}
	if got := said("cloud/version/911"); got != "" {
		t.Errorf("unlinked: the fall-back of the new milestone is still %q", got)
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
