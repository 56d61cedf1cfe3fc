package jira

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// A reader reads a site the way the engine does.
type reader struct {
	t *testing.T
	c *Connector
	*connectortest.Ledger
}

func read(t *testing.T, c *Connector) *reader {
	t.Helper()
	r := &reader{t, c, connectortest.NewLedger()}
	r.again()
	return r
}

func (r *reader) again() {
	r.t.Helper()
	if err := r.Pull(r.t.Context(), r.c, nil); err != nil {
		r.t.Fatalf("pull: %v", err)
	}
}

func (r *reader) sweep() {
	r.t.Helper()
	if err := r.Sweep(r.t.Context(), r.c, nil); err != nil {
		r.t.Fatalf("sweep: %v", err)
	}
}

func get[T portfolio.ToolFact](r *reader, id string) T {
	r.t.Helper()
	for key, f := range r.Facts {
		if key.ID == id {
			if f, ok := f.(T); ok {
				return f
			}
		}
	}
	r.t.Fatalf("there is no %s; there are %v", id, r.ids())
	panic("unreachable")
}

func (r *reader) ids() []string {
	var ids []string
	for key := range r.Facts {
		ids = append(ids, key.String())
	}
	slices.Sort(ids)
	return ids
}

func doc(kind string, id int64) string { return portfolio.DocID("eng", kind, fmt.Sprint(id)) }

func day(t *testing.T, s string) portfolio.Date {
	t.Helper()
	d, err := portfolio.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func check[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func both(t *testing.T, run func(t *testing.T, site *jiratest.Site)) {
	for name, d := range map[string]jiratest.Deployment{"Cloud": jiratest.Cloud, "DataCenter": jiratest.DataCenter} {
		t.Run(name, func(t *testing.T) {
			run(t, newSite(t, jiratest.Options{Deployment: d, BaseURL: "https://example.atlassian.net"}))
		})
	}
}

func TestProjectsAndVersions(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	site.AddUser(jiratest.User{ID: "lead", Name: "Lea Dorn", Email: "lea@example.com"})
	p := site.AddProject(jiratest.Project{Key: "EHR", Name: "Health record", Description: "One record\nfor *every* patient", Lead: "lead", Category: "Digital Health"})
	archived := site.AddProject(jiratest.Project{Key: "OLD", Name: "Fax server", Archived: true})
	bin := site.AddProject(jiratest.Project{Key: "BIN", Name: "A mistake"})
	site.BinProject("BIN")
	site.AddAccount(jiratest.Account{Email: "admin@example.com", Token: t.Name(), User: "me", Admin: true})
	v := site.AddVersion("EHR", jiratest.Version{Name: "Go-live Berlin", Start: "2026-01-05", Release: "2026-05-01", Driver: "lead"})
	site.AddUser(jiratest.User{ID: "drv", Name: "Dora Driver"})
	done := site.AddVersion("EHR", jiratest.Version{Name: "Pilot", Driver: "drv", Release: "2025-11-30", Released: true})
	put := site.AddVersion("OLD", jiratest.Version{Name: "Shutdown"})
	site.AddIssue("EHR", jiratest.Issue{Summary: "a", FixVersions: []int64{v.ID}, Status: "Done"})
	site.AddIssue("EHR", jiratest.Issue{Summary: "b", FixVersions: []int64{v.ID}})
	site.AddIssue("EHR", jiratest.Issue{Summary: "c", FixVersions: []int64{v.ID}, Status: "In Progress"})

	r := read(t, open(t, site, nil, func(s *Settings) { s.Auth.Email = "admin@example.com" }))
	f := get[*portfolio.ProjectFact](r, doc("project", p.ID))
	check(t, "project", []string{f.Source.Key, f.Name, f.Description, f.Category, f.Lead, f.URL, f.Scope, string(f.Presence)},
		[]string{"EHR", "Health record", "One record\nfor every patient", "Digital Health", "eng/user/lead", "https://example.atlassian.net/browse/EHR", "projects", ""})
	check(t, "insight", f.Fields[1:], []portfolio.Field{{ID: "insight.totalIssueCount", Name: "Issues", Type: portfolio.FieldNumber, Number: "3"}})
	check(t, "lead", *get[*portfolio.PersonFact](r, "eng/user/lead"), portfolio.PersonFact{
		Source: portfolio.Source{Connection: "eng", Kind: "user", ID: "lead"}, Name: "Lea Dorn", Email: "lea@example.com",
	})
	check(t, "driver whom no other record names", get[*portfolio.PersonFact](r, "eng/user/drv").Name, "Dora Driver")
	check(t, "archived project", get[*portfolio.ProjectFact](r, doc("project", archived.ID)).Presence, portfolio.PresenceArchived)
	check(t, "project in the bin", get[*portfolio.ProjectFact](r, doc("project", bin.ID)).Presence, portfolio.PresenceDeleted)

	m := get[*portfolio.MilestoneFact](r, doc("version", v.ID))
	check(t, "version", []string{m.Name, m.Type, m.Project, m.Owner, m.Start.String(), m.Due.String(), m.Finished.String(), m.Status, string(m.StatusCategory), m.URL},
		[]string{"Go-live Berlin", "Version", doc("project", p.ID), "eng/user/lead", "2026-01-05", "2026-05-01", "", "Unreleased", "IN_PROGRESS",
			fmt.Sprintf("https://example.atlassian.net/projects/EHR/versions/%d", v.ID)})
	check(t, "work", *m.Work, portfolio.WorkDone{Todo: 1, InProgress: 1, Done: 1})
	m = get[*portfolio.MilestoneFact](r, doc("version", done.ID))
	check(t, "released version", []string{m.Due.String(), m.Finished.String(), string(m.StatusCategory)}, []string{"2025-11-30", "2025-11-30", "DONE"})
	check(t, "version of an archived project", get[*portfolio.MilestoneFact](r, doc("version", put.ID)).Presence, portfolio.PresenceArchived)

	site.EditVersion(v.ID, func(v *jiratest.Version) { v.Release = "2026-06-15" })
	site.DeleteVersion(done.ID)
	r.again()
	r.sweep()
	check(t, "moved version", get[*portfolio.MilestoneFact](r, doc("version", v.ID)).Due, day(t, "2026-06-15"))
	check(t, "deleted version", get[*portfolio.MilestoneFact](r, doc("version", done.ID)).Presence, portfolio.PresenceDeleted)
}

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

func TestInitiativesAsProjects(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		i := site.AddIssue("PAY", jiratest.Issue{Type: "Initiative", Summary: "Replace tills", Description: "Why\nand how", Due: "2026-09-01", Assignee: "me"})
		child := site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "Pilot store", Parent: i.ID, Due: "2026-04-01"})
		orphan := site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "No parent"})
		c := open(t, site, nil, func(s *Settings) { s.Projects.From = []string{"initiative"} })
		r := read(t, c)
		p := get[*portfolio.ProjectFact](r, doc("issue", i.ID))
		check(t, "project", []string{p.Name, p.Description, p.Due.String(), p.Lead, p.Scope, p.Parent}, []string{"Replace tills", "Why\nand how", "2026-09-01", "eng/user/me", "issue-projects", ""})
		check(t, "milestone of the initiative", get[*portfolio.MilestoneFact](r, doc("issue", child.ID)).Project, doc("issue", i.ID))
		check(t, "milestones", r.Names(), []string{"Pilot store"})

		site.EditIssue(child.Key, func(x *jiratest.Issue) { x.Parent = 0 })
		site.EditIssue(orphan.Key, func(x *jiratest.Issue) { x.Parent = i.ID })
		r.again()
		r.sweep()
		check(t, "milestones after the parents changed", r.Names(), []string{"No parent"})
		check(t, "what has no parent any more", get[*portfolio.MilestoneFact](r, doc("issue", child.ID)).Presence, portfolio.PresenceOutOfScope)

		both := read(t, open(t, site, nil, func(s *Settings) { s.Projects.From = []string{"projects", "Initiative"} }))
		check(t, "parent of the initiative", get[*portfolio.ProjectFact](both, doc("issue", i.ID)).Parent, doc("project", i.Project))
		check(t, "project of an epic without a parent", get[*portfolio.MilestoneFact](both, doc("issue", child.ID)).Project, doc("project", i.Project))
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

func TestCards(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddType(jiratest.IssueType{ID: 10020, Name: "Project card"})
		site.AddField(jiratest.Field{ID: "customfield_4", Name: "Health", Type: "option"})
		card := site.AddIssue("PAY", jiratest.Issue{Type: "Project card", Summary: "card", Due: "2026-12-01", Fields: map[string]any{"customfield_4": map[string]any{"value": "Red"}}})
		site.AddIssue("PAY", jiratest.Issue{Type: "Project card", Summary: "second", Fields: map[string]any{"customfield_4": map[string]any{"value": "Green"}}})
		r := read(t, open(t, site, []string{"Health"}, func(s *Settings) {
			s.Projects.Card = "project card"
			s.Milestones.From = []string{"versions", "epics", "jql:project = PAY"}
		}))
		health := func() string {
			t.Helper()
			f := get[*portfolio.ProjectFact](r, doc("project", card.Project))
			for _, v := range f.Fields {
				if v.ID == "customfield_4" {
					return v.Text + " " + f.Due.String()
				}
			}
			return ""
		}
		check(t, "health of the project", health(), "Red 2026-12-01")
		check(t, "milestones", len(r.Names()), 0)
		site.EditIssue(card.Key, func(i *jiratest.Issue) { i.Fields["customfield_4"] = map[string]any{"value": "Amber"} })
		r.again()
		check(t, "after the card changed", health(), "Amber 2026-12-01")
		writes := r.Writes
		r.sweep()
		check(t, "facts written by a sweep", r.Writes-writes, 0)
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

func TestWhereRecordsWent(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		type case1 struct {
			key, what string
			want      portfolio.Presence
			id        int64
		}
		site.AddProject(jiratest.Project{Key: "HID", Name: "Hidden soon"})
		site.AddProject(jiratest.Project{Key: "DEL", Name: "Deleted soon"})
		site.AddProject(jiratest.Project{Key: "ARC", Name: "Archived soon"})
		var cases []case1
		for _, c := range []case1{
			{"PAY", "a deleted epic", portfolio.PresenceDeleted, 0}, {"HID", "an epic we may not see", portfolio.PresenceAccessLost, 0},
			{"PAY", "an epic made a story", portfolio.PresenceOutOfScope, 0}, {"PAY", "an epic that moved", "", 0},
			{"ARC", "an epic of an archived project", portfolio.PresenceArchived, 0}, {"PAY", "an epic that stays", "", 0},
		} {
			c.id = site.AddIssue(c.key, jiratest.Issue{Type: "Epic", Summary: c.what}).ID
			cases = append(cases, c)
		}
		v := site.AddVersion("HID", jiratest.Version{Name: "hidden version"})
		r := read(t, open(t, site, nil, nil))

		site.DeleteIssue("PAY-1")
		site.Hide(t.Name(), "HID")
		site.EditIssue("PAY-2", func(i *jiratest.Issue) { i.Type = "Story" })
		moved := site.MoveIssue("PAY-3", "DEL")
		site.EditProject("ARC", func(p *jiratest.Project) { p.Archived = true })
		r.again()
		r.sweep()
		for _, c := range cases {
			check(t, c.what, get[*portfolio.MilestoneFact](r, doc("issue", c.id)).Presence, c.want)
		}
		check(t, "key of the moved epic", get[*portfolio.MilestoneFact](r, doc("issue", cases[3].id)).Source.Key, moved)
		check(t, "version of a project we may not see", get[*portfolio.MilestoneFact](r, doc("version", v.ID)).Presence, portfolio.PresenceAccessLost)

		site.Show(t.Name(), "HID")
		r.sweep() // shows ids; the record itself comes back by being read
		full := read(t, r.c)
		check(t, "an epic we may see again", get[*portfolio.MilestoneFact](full, doc("issue", cases[1].id)).Presence, portfolio.Presence(""))
	})
}

func TestLostProjects(t *testing.T) {
	for name, tc := range map[string]struct {
		admin bool
		lose  func(site *jiratest.Site, token string)
		want  portfolio.Presence
	}{
		"in the bin":          {true, func(s *jiratest.Site, _ string) { s.BinProject("GONE") }, portfolio.PresenceDeleted},
		"deleted for good":    {true, func(s *jiratest.Site, _ string) { s.DeleteProject("GONE") }, portfolio.PresenceDeleted},
		"hidden":              {false, func(s *jiratest.Site, token string) { s.Hide(token, "GONE") }, portfolio.PresenceAccessLost},
		"in a bin not for us": {false, func(s *jiratest.Site, _ string) { s.BinProject("GONE") }, portfolio.PresenceAccessLost},
		"archived": {false, func(s *jiratest.Site, _ string) {
			s.EditProject("GONE", func(p *jiratest.Project) { p.Archived = true })
		}, portfolio.PresenceArchived},
		"under a new key only": {false, func(s *jiratest.Site, _ string) { s.EditProject("GONE", func(p *jiratest.Project) { p.Key = "HERE" }) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			site := jiratest.New(jiratest.Options{})
			site.AddUser(jiratest.User{ID: "me", Name: "Pia"})
			site.AddAccount(jiratest.Account{Email: "pmo@example.com", Token: t.Name(), User: "me", Admin: tc.admin})
			p := site.AddProject(jiratest.Project{Key: "GONE", Name: "Gone"})
			e := site.AddIssue("GONE", jiratest.Issue{Type: "Epic", Summary: "in it"})
			r := read(t, open(t, site, nil, nil))
			tc.lose(site, t.Name())
			r.again()
			r.sweep()
			check(t, "project", get[*portfolio.ProjectFact](r, doc("project", p.ID)).Presence, tc.want)
			check(t, "its epic", get[*portfolio.MilestoneFact](r, doc("issue", e.ID)).Presence, tc.want)
		})
	}
}

func TestNewKeysKeepTheIdentity(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	p := site.AddProject(jiratest.Project{Key: "OLD", Name: "Renamed"})
	site.AddIssue("OLD", jiratest.Issue{Type: "Epic", Summary: "stays itself"})
	c := open(t, site, nil, func(s *Settings) { s.Projects.Keys = []string{"OLD"} })
	r := read(t, c)
	before := r.ids()
	site.EditProject("OLD", func(p *jiratest.Project) { p.Key = "NEW" })
	r.again()
	r.sweep()
	check(t, "documents", r.ids(), before)
	check(t, "key", get[*portfolio.ProjectFact](r, doc("project", p.ID)).Source.Key, "NEW")
}

func TestOnlyWantedProjects(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddProject(jiratest.Project{Key: "OPS", Name: "Operations"})
		site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "wanted"})
		site.AddIssue("OPS", jiratest.Issue{Type: "Epic", Summary: "not wanted"})
		r := read(t, open(t, site, nil, func(s *Settings) { s.Projects.Keys = []string{"PAY", "NEVER"} }))
		check(t, "milestones", r.Names(), []string{"wanted"})
		site.MoveIssue("PAY-1", "OPS")
		r.again()
		r.sweep()
		check(t, "milestones after the move", r.Names(), []string(nil))
		none := open(t, site, nil, func(s *Settings) { s.Projects.Keys = []string{"NEVER"} })
		if err := connectortest.NewLedger().Pull(t.Context(), none, nil); err == nil {
			t.Error("a run over no visible project ended well")
		}
	})
}

// TestShiftingRows holds that Data Center's offsets, which cannot be avoided
// inside one minute, miss no row when an edit moves the others up.
func TestShiftingRows(t *testing.T) {
	now := time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC)
	site := newSite(t, jiratest.Options{Deployment: jiratest.DataCenter, Now: func() time.Time { return now }})
	const n = 900
	for i := range n {
		site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: fmt.Sprint(i)})
	}
	now = now.Add(time.Hour)
	site.Inject(jiratest.Fault{Kind: jiratest.Shift, Path: "/search"})
	if got := len(read(t, open(t, site, nil, nil)).Names()); got != n {
		t.Errorf("%d milestones of %d were read", got, n)
	}
}

func TestRepeatedTokenIsToldAtOnce(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	site.AddIssue("PAY", jiratest.Issue{Type: "Epic"})
	site.Inject(jiratest.Fault{Kind: jiratest.RepeatToken, Path: "/search/jql"})
	err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, nil), nil)
	if n := site.Counts().ByPath["POST /rest/api/3/search/jql"]; !errors.Is(err, errRepeated) || n > 3 {
		t.Errorf("error = %v after %d searches, want errRepeated after two", err, n)
	}
}

func TestLateIndex(t *testing.T) {
	now := time.Now()
	site := newSite(t, jiratest.Options{Now: func() time.Time { return now }, IndexDelay: 10 * time.Minute})
	site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "first"})
	now = now.Add(time.Hour)
	r := read(t, open(t, site, nil, nil))
	site.EditIssue("PAY-1", func(i *jiratest.Issue) { i.Summary = "second" })
	now = now.Add(5 * time.Minute)
	r.again()
	check(t, "before the index knows", r.Names(), []string{"first"})
	now = now.Add(6 * time.Minute)
	r.again()
	check(t, "after it knows", r.Names(), []string{"second"})
}

func TestSigningIn(t *testing.T) {
	for name, tc := range map[string]struct {
		options jiratest.Options
		account jiratest.Account
		change  func(*Settings)
		good    bool
	}{
		"e-mail and token":           {jiratest.Options{}, jiratest.Account{Email: "a@example.com"}, func(s *Settings) { s.Auth.Email = "a@example.com" }, true},
		"another e-mail":             {jiratest.Options{}, jiratest.Account{Email: "a@example.com"}, func(s *Settings) { s.Auth.Email = "b@example.com" }, false},
		"not signed in, but let in":  {jiratest.Options{Anonymous: true}, jiratest.Account{Email: "a@example.com"}, func(s *Settings) { s.Auth.Email = "b@example.com" }, false},
		"personal access token":      {jiratest.Options{Deployment: jiratest.DataCenter}, jiratest.Account{}, func(s *Settings) { s.Auth.Email = "" }, true},
		"user name and password":     {jiratest.Options{Deployment: jiratest.DataCenter}, jiratest.Account{Email: "pia"}, func(s *Settings) { s.Auth.Email = "pia" }, true},
		"service account":            {jiratest.Options{CloudID: "c-1"}, jiratest.Account{Scoped: true}, func(s *Settings) { s.Auth.Email = ""; s.URL = "https://api.atlassian.com/ex/jira/c-1" }, true},
		"scoped token":               {jiratest.Options{CloudID: "c-1"}, jiratest.Account{Email: "a@example.com", Scoped: true}, func(s *Settings) { s.Auth.Email = "a@example.com"; s.URL = "https://api.atlassian.com/ex/jira/c-1/" }, true},
		"scoped token, site address": {jiratest.Options{CloudID: "c-1"}, jiratest.Account{Email: "a@example.com", Scoped: true}, func(s *Settings) { s.Auth.Email = "a@example.com" }, false},
		"expired":                    {jiratest.Options{}, jiratest.Account{Email: "pmo@example.com", Expires: time.Now().Add(-time.Hour)}, nil, false},
		"expired, but let in":        {jiratest.Options{Anonymous: true}, jiratest.Account{Email: "pmo@example.com", Expires: time.Now().Add(-time.Hour)}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			site := jiratest.New(tc.options)
			site.AddUser(jiratest.User{ID: "me", Name: "Pia", Zone: "UTC"})
			tc.account.Token, tc.account.User = t.Name(), "me"
			site.AddAccount(tc.account)
			site.AddProject(jiratest.Project{Key: "PUB", Name: "Public", Public: true})
			l := connectortest.NewLedger()
			err := l.Pull(t.Context(), open(t, site, nil, tc.change), nil)
			if tc.good != (err == nil) || !tc.good && !errors.Is(err, connectors.ErrUnauthorized) {
				t.Errorf("error = %v, want success %v, or ErrUnauthorized", err, tc.good)
			}
			if err == nil && (l.Site.Account != "Pia" || l.Site.Instance == "" || l.Site.Type != "jira") {
				t.Errorf("site = %+v", l.Site)
			}
			if err != nil && strings.Contains(err.Error(), t.Name()) {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

func TestAnotherAccountReadsEverythingAnew(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	r := read(t, open(t, site, nil, nil))
	site.AddUser(jiratest.User{ID: "other", Name: "Olga"})
	site.AddAccount(jiratest.Account{Email: "olga@example.com", Token: t.Name(), User: "other"})
	err := r.Pull(t.Context(), open(t, site, nil, func(s *Settings) { s.Auth.Email = "olga@example.com" }), nil)
	if !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor", err)
	}
	r.Cursor = connectors.Cursor{streamIssues: {Since: "1", Position: "not ours"}}
	if err := r.Pull(t.Context(), r.c, nil); !errors.Is(err, connectors.ErrCursor) {
		t.Errorf("error = %v, want ErrCursor for a position that cannot be read", err)
	}
}

func TestCheck(t *testing.T) {
	both(t, func(t *testing.T, site *jiratest.Site) {
		site.AddField(jiratest.Field{ID: "customfield_4", Name: "Health", Type: "option"})
		site.AddField(jiratest.Field{ID: "customfield_5", Name: "Health", Type: "array", Items: "option"})
		site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "one"})
		site.SetZone("me", "Asia/Kathmandu")
		expires := time.Now().Add(10 * 24 * time.Hour).Truncate(time.Second)
		site.AddAccount(jiratest.Account{Token: t.Name() + "-pat", User: "me", Expires: expires})
		isCloud := strings.HasSuffix(t.Name(), "Cloud")
		c := open(t, site, []string{"health", "Nowhere"}, func(s *Settings) {
			if !isCloud {
				s.Auth = Auth{Token: secret.New(t.Name() + "-pat")}
			}
		})
		r, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, "site", []string{r.Site.Account, r.Site.TimeZone, r.Site.Instance}, []string{"Pia Moser", "Asia/Kathmandu", "https://example.atlassian.net"})
		check(t, "fields", r.Fields, []connectors.FieldFound{
			{Asked: "health", ID: "customfield_4", Name: "Health", Type: "option"},
			{Asked: "health", ID: "customfield_5", Name: "Health", Type: "array of option"},
			{Asked: "Nowhere"},
		})
		check(t, "counts", r.Counts, []connectors.Count{{Of: "projects", Records: 1}, {Of: "issues that are milestones", Records: 1, Approximate: isCloud}})
		check(t, "may browse", r.Permissions[0].Held, true)
		warned := strings.Join(r.Warnings, "\n")
		if !strings.Contains(warned, `"Nowhere"`) || !strings.Contains(warned, "several fields") {
			t.Errorf("warnings = %q", warned)
		}
		if !isCloud && (!r.TokenExpires.Equal(expires) || !strings.Contains(warned, "expires")) {
			t.Errorf("token expires %v with warnings %q, want %v and a warning", r.TokenExpires, warned, expires)
		}
	})
}

func TestSettings(t *testing.T) {
	good := func() Settings {
		return Settings{URL: "https://example.atlassian.net", Auth: Auth{Token: secret.New("t")}}
	}
	for _, change := range []func(*Settings){
		func(*Settings) {},
		func(s *Settings) { s.URL = "http://jira.intern:8080/jira" },
		func(s *Settings) { s.Milestones.From = []string{"versions", "epics", "Milestone", "jql: labels = x"} },
		func(s *Settings) {
			s.Projects.From = []string{"projects", "Initiative"}
			s.Milestones.From = []string{"children"}
		},
	} {
		s := good()
		change(&s)
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for want, change := range map[string]func(*Settings){
		"url is missing":        func(s *Settings) { s.URL = "" },
		"begins with https":     func(s *Settings) { s.URL = "ftp://x" },
		"user or password":      func(s *Settings) { s.URL = "https://me:pw@x.example" },
		"after the path":        func(s *Settings) { s.URL = "https://x.example?x=1" },
		"auth.token is missing": func(s *Settings) { s.Auth.Token = secret.String{} },
		"concurrency":           func(s *Settings) { s.Concurrency = 33 },
		"requests_per_second":   func(s *Settings) { s.RequestsPerSecond = -1 },
		"projects.from":         func(s *Settings) { s.Projects.From = []string{"versions"} },
		"without a clause":      func(s *Settings) { s.Milestones.From = []string{"jql: "} },
		"ORDER BY":              func(s *Settings) { s.Milestones.From = []string{"jql: labels = x order  by key"} },
		"names no issue type":   func(s *Settings) { s.Milestones.From = []string{"children"} },
		"versions belong":       func(s *Settings) { s.Projects.From, s.Milestones.From = []string{"Initiative"}, []string{"versions"} },
		"projects.card":         func(s *Settings) { s.Projects.From, s.Projects.Card = []string{"Initiative"}, "Card" },
	} {
		s := good()
		change(&s)
		err := s.Validate()
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, portfolio.ErrInvalid) {
			t.Errorf("error = %v, want one with %q", err, want)
		}
		if _, err := s.Open(connectors.Env{}); err == nil {
			t.Errorf("%s: settings that are wrong can be opened", want)
		}
	}
}

func TestWhatIsAskedIsDescribed(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	request := func(fields []string, change func(*Settings)) string {
		r, _ := open(t, site, fields, change).Describe()
		return r
	}
	base := request([]string{"a", "b"}, nil)
	check(t, "fields in another order", request([]string{"b", "a", "b"}, nil), base)
	check(t, "the default spelled out", request([]string{"a", "b"}, func(s *Settings) { s.Milestones.From = []string{"versions", "epics"} }), base)
	for name, other := range map[string]string{
		"another field": request([]string{"a"}, nil),
		"project keys":  request([]string{"a", "b"}, func(s *Settings) { s.Projects.Keys = []string{"PAY"} }),
		"milestones":    request([]string{"a", "b"}, func(s *Settings) { s.Milestones.From = []string{"epics"} }),
	} {
		if other == base {
			t.Errorf("%s changes what is asked but not its description", name)
		}
	}
}

func TestOldSearchIsGone(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	c := open(t, site, nil, nil)
	err := c.get(t.Context(), "rest/api/3/search", nil, nil)
	var refused *statusError
	if !errors.As(err, &refused) || refused.Status != http.StatusGone || !strings.Contains(err.Error(), "search/jql") {
		t.Errorf("error = %v, want 410 in Jira's words", err)
	}
}

func TestNoRequestBeforeRetryAfter(t *testing.T) { synctest.Test(t, testNoRequestBeforeRetryAfter) }

func testNoRequestBeforeRetryAfter(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	site.Fill("P", 40, 400, 400, "Epic")
	for _, f := range []jiratest.Fault{
		{Kind: jiratest.TooManySeconds, After: time.Second, Skip: 20, Times: 1},
		{Kind: jiratest.TooManyDate, After: time.Second, Skip: 35, Times: 1},
	} {
		site.Inject(f)
	}
	c := open(t, site, nil, nil)
	r := read(t, c)
	if early := site.Counts().TooEarly; len(early) > 0 {
		t.Errorf("%d requests too early: %v", len(early), early)
	}
	if u := c.Usage(); u.Waited < time.Second || u.Requests < 50 || len(r.Names()) != 800 {
		t.Errorf("usage = %+v with %d milestones, want at least a second waited and all 800", u, len(r.Names()))
	}
}
