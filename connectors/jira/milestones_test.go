package jira

import (
	"strings"
	"testing"
	"time"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/portfolio"
)

func TestEpicsWithFields(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		for _, f := range []jiratest.Field{
			{ID: "customfield_1", Name: "Budget", Type: "number"}, {ID: "customfield_2", Name: "Baseline", Type: "date"},
			{ID: "customfield_3", Name: "Board", Type: "datetime"}, {ID: "customfield_4", Name: "Health", Type: "option"},
			{ID: "customfield_5", Name: "Objectives", Type: "array", Items: "option"}, {ID: "customfield_6", Name: "Sponsor", Type: "user"},
			{ID: "customfield_7", Name: "Notes", Type: "string"}, {ID: "customfield_8", Name: "Region", Type: "option-with-child"},
			{ID: "customfield_9", Name: "Health", Type: "option"}, {ID: "customfield_10", Name: "Not asked for", Type: "string"},
			{ID: "customfield_11", Name: "Odd", Type: "any"},
		} {
			site.AddField(f)
		}
		site.AddUser(jiratest.User{ID: "sue", Name: "Sue Park"})
		e := site.AddIssue("PAY", jiratest.Issue{
			Type: "Epic", Summary: " Point of sale ", Status: "In Progress", Due: "2026-03-01", Assignee: "sue", Labels: []string{"wave-2", "retail", "wave-2"},
			Fields: map[string]any{
				"customfield_1": 12345678901234567.5, "customfield_2": "2026-02-01", "customfield_3": "2026-01-31T23:30:00.000-0500",
				"customfield_4": map[string]any{"id": "1", "value": "Amber"}, "customfield_5": []any{map[string]any{"value": "Grow"}, map[string]any{"value": "Save"}},
				"customfield_6": map[string]any{"accountId": "sue", "key": "sue", "displayName": "Sue Park"}, "customfield_7": "line",
				"customfield_8":  map[string]any{"value": "Europe", "child": map[string]any{"value": "Berlin"}},
				"customfield_10": "secret", "customfield_11": map[string]any{"strange": []int{1, 2}},
			},
		})
		site.AddIssue("PAY", jiratest.Issue{Type: "Story", Summary: "is no milestone"})
		site.Backdate(e.Key, time.Date(2025, 9, 1, 10, 0, 0, 0, time.UTC), "2025-12-24", "2026-02-01")
		site.Backdate(e.Key, time.Date(2025, 11, 2, 23, 30, 0, 0, time.UTC), "2026-02-01", "2026-01-15")
		site.Backdate(e.Key, time.Date(2026, 1, 9, 10, 0, 0, 0, time.UTC), "2026-01-15", "2026-03-01")
		site.SetZone("me", "Europe/Berlin")

		fields := []string{"Budget", "customfield_2", "Board", "health", "Objectives", "Sponsor", "Notes", "Region", "Odd", "Nowhere"}
		r := read(t, open(t, site, fields, nil))
		m := get[*portfolio.MilestoneFact](r, doc("issue", e.ID))
		check(t, "epic", []string{m.Name, m.Type, m.Source.Key, m.Project, m.Owner, m.Status, string(m.StatusCategory), m.Due.String(), strings.Join(m.Labels, " "), m.Scope},
			[]string{"Point of sale", "Epic", "PAY-1", doc("project", site.Issues("PAY")[0].Project), "eng/user/sue", "In Progress", "IN_PROGRESS", "2026-03-01", "retail wave-2", "issues"})
		check(t, "fields", m.Fields, []portfolio.Field{
			{ID: "customfield_1", Name: "Budget", Type: portfolio.FieldNumber, Number: "12345678901234568"},
			{ID: "customfield_11", Name: "Odd", Type: portfolio.FieldText, Text: `{"strange":[1,2]}`},
			{ID: "customfield_2", Name: "Baseline", Type: portfolio.FieldDate, Date: day(t, "2026-02-01")},
			{ID: "customfield_3", Name: "Board", Type: portfolio.FieldTime, Time: time.Date(2026, 2, 1, 4, 30, 0, 0, time.UTC)},
			{ID: "customfield_4", Name: "Health", Type: portfolio.FieldText, Text: "Amber"},
			{ID: "customfield_5", Name: "Objectives", Type: portfolio.FieldList, List: []string{"Grow", "Save"}},
			{ID: "customfield_6", Name: "Sponsor", Type: portfolio.FieldUser, Text: "eng/user/sue"},
			{ID: "customfield_7", Name: "Notes", Type: portfolio.FieldText, Text: "line"},
			{ID: "customfield_8", Name: "Region", Type: portfolio.FieldText, Text: "Europe / Berlin"},
		})
		check(t, "history", m.History, portfolio.DueHistory{
			Read: true, First: day(t, "2025-12-24"), LaterMoves: 2,
			Moves: []portfolio.DueMove{
				{On: day(t, "2025-09-01"), From: day(t, "2025-12-24"), To: day(t, "2026-02-01")},
				{On: day(t, "2025-11-03"), From: day(t, "2026-02-01"), To: day(t, "2026-01-15")}, // past midnight in Berlin
				{On: day(t, "2026-01-09"), From: day(t, "2026-01-15"), To: day(t, "2026-03-01")},
			},
		})
		if n := len(r.Names()); n != 1 {
			t.Errorf("%d milestones, want the epic alone: %v", n, r.Names())
		}
		site.EditIssue(e.Key, func(i *jiratest.Issue) { i.Due = "2026-04-01" })
		for page, err := range r.c.Pull(t.Context(), r.Cursor) {
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range page.Facts {
				if m, ok := f.(*portfolio.MilestoneFact); ok && !m.History.IsZero() {
					t.Errorf("a later run gives a history %v; the engine's own is better", m.History)
				}
			}
		}
	})
}

func TestMilestonesOfATypeOrAQuery(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddIssue("PAY", jiratest.Issue{Type: "Milestone", Summary: "by type"})
		query := site.AddIssue("PAY", jiratest.Issue{Type: "Task", Summary: "by query", Labels: []string{"go-live"}})
		site.AddIssue("PAY", jiratest.Issue{Type: "Task", Summary: "neither"})
		r := read(t, open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{"Milestone", "jql: labels = go-live"} }))
		check(t, "milestones", r.Names(), []string{"by query", "by type"})
		site.EditIssue(query.Key, func(i *jiratest.Issue) { i.Labels = nil })
		r.again()
		r.sweep()
		check(t, "no longer found", get[*portfolio.MilestoneFact](r, doc("issue", query.ID)).Presence, portfolio.PresenceOutOfScope)

		unknown := open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{"Mile stone"} })
		err := connectortest.NewLedger().Pull(t.Context(), unknown, nil)
		if err == nil || !strings.Contains(err.Error(), "Mile stone") || !strings.Contains(err.Error(), "Milestone") {
			t.Errorf("error = %v, want one that names the type that is not there and those that are", err)
		}
		broken := open(t, site, nil, func(s *Settings) { s.Milestones.From = []string{"jql:nonsense = 1"} })
		if err := connectortest.NewLedger().Pull(t.Context(), broken, nil); err == nil || !strings.Contains(err.Error(), "nonsense") {
			t.Errorf("error = %v, want Jira's own words", err)
		}
	})
}

func TestDependencies(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddLinkType(jiratest.LinkType{ID: 10050, Name: "Dependency", Inward: "is needed by", Outward: "depends on"})
		site.AddProject(jiratest.Project{Key: "INV", Name: "Inventory"})
		a := site.AddIssue("INV", jiratest.Issue{Type: "Epic", Summary: "Stock service"})
		b := site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "Tills"})
		story := site.AddIssue("PAY", jiratest.Issue{Type: "Story", Summary: "not read itself"})
		l1 := site.AddLink("Blocks", a.Key, b.Key)
		l2 := site.AddLink("Dependency", a.Key, story.Key)
		site.AddLink("Relates", a.Key, b.Key)
		r := read(t, open(t, site, nil, nil))
		d := get[*portfolio.DependencyFact](r, doc("issuelink", l1.ID))
		check(t, "blocks", []portfolio.LinkEnd{d.Predecessor, d.Successor}, []portfolio.LinkEnd{
			{Ref: doc("issue", a.ID), Key: "INV-1", Name: "Stock service"}, {Ref: doc("issue", b.ID), Key: "PAY-1", Name: "Tills"},
		})
		d = get[*portfolio.DependencyFact](r, doc("issuelink", l2.ID))
		check(t, "depends on, with an end that is not read", []string{d.Predecessor.Ref, d.Predecessor.Name, d.Successor.Ref}, []string{doc("issue", story.ID), "not read itself", doc("issue", a.ID)})
		if n := strings.Count(strings.Join(r.ids(), "\n"), "dependency:"); n != 2 {
			t.Errorf("%d dependencies, want 2: a link of both ends is one, one that relates is none", n)
		}
		site.RemoveLink(l1.ID)
		r.again()
		r.sweep()
		check(t, "removed link", get[*portfolio.DependencyFact](r, doc("issuelink", l1.ID)).Presence, portfolio.PresenceDeleted)
		check(t, "kept link", get[*portfolio.DependencyFact](r, doc("issuelink", l2.ID)).Presence, portfolio.Presence(""))

		named := read(t, open(t, site, nil, func(s *Settings) { s.Dependencies.Blocks = []string{"relates"} }))
		if n := strings.Count(strings.Join(named.ids(), "\n"), "dependency:"); n != 1 {
			t.Errorf("%d dependencies with only Relates named, want 1", n)
		}
	})
}
