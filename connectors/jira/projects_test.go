package jira

import (
	"fmt"
	"testing"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/portfolio"
)

func TestProjectsAndVersions(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	site.AddUser(jiratest.User{ID: "lead", Name: "Lea Dorn", Email: "lea@example.com"})
	p := site.AddProject(jiratest.Project{Key: "EHR", Name: "Health record", Description: "One record\nfor *every* patient", Lead: "lead", Category: "Digital Health"})
	archived := site.AddProject(jiratest.Project{Key: "OLD", Name: "Fax server", Archived: true})
	bin := site.AddProject(jiratest.Project{Key: "BIN", Name: "A mistake"})
	site.BinProject("BIN")
	site.AddAccount(jiratest.Account{Email: "admin@example.com", Token: token(t), User: "me", Admin: true})
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

// TestVersionsOfAnUnreadableProject holds that a project which cannot be read
// costs no more than itself.
func TestVersionsOfAnUnreadableProject(t *testing.T) {
	for name, tc := range map[string]struct {
		raw   string // with the project's id in place of %d
		keys  []string
		names []string
		bad   int
	}{
		"never to be read":   {`{"id":"%d","key":"BAD","name":["x"]}`, nil, []string{"Go-live", "Pilot"}, 1},
		"without its key":    {`{"id":"%d","key":7,"name":"x"}`, nil, []string{"Go-live", "Pilot"}, 1},
		"its id is a number": {`{"id":%d,"key":"BAD"}`, nil, []string{"Go-live", "Pilot"}, 1},
		"without an id":      {`{"key":"BAD","number":%d}`, nil, []string{"Pilot"}, 1},
		"not wanted":         {`{"id":"%d","key":"BAD","name":["x"]}`, []string{"PAY"}, []string{"Pilot"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, site *jiratest.Site) {
				p := site.AddProject(jiratest.Project{Key: "BAD", Name: "Broken"})
				v := site.AddVersion("BAD", jiratest.Version{Name: "Go-live", Release: "2026-05-01"})
				site.AddVersion("PAY", jiratest.Version{Name: "Pilot"})
				raw := fmt.Appendf(nil, tc.raw, p.ID)
				site.EditProject("BAD", func(p *jiratest.Project) { p.Raw = raw })
				r := read(t, open(t, site, nil, func(s *Settings) { s.Projects.Keys = tc.keys }))
				check(t, "milestones", r.Names(), tc.names)
				check(t, "quarantined projects", len(r.Quarantined), tc.bad)
				if len(tc.names) < 2 {
					return
				}
				m := get[*portfolio.MilestoneFact](r, doc("version", v.ID))
				check(t, "project and date of the version", []string{m.Project, m.Due.String()}, []string{doc("project", p.ID), "2026-05-01"})
				site.EditVersion(v.ID, func(v *jiratest.Version) { v.Release = "2026-06-15" })
				r.again()
				r.sweep()
				m = get[*portfolio.MilestoneFact](r, doc("version", v.ID))
				check(t, "the version after a sweep", []string{m.Due.String(), string(m.Presence)}, []string{"2026-06-15", ""})
				site.EditProject("BAD", func(p *jiratest.Project) { p.Raw = nil })
				r.again()
				r.sweep()
				check(t, "the project once it can be read", get[*portfolio.ProjectFact](r, doc("project", p.ID)).Name, "Broken")
				check(t, "quarantined then", len(r.Quarantined), 0)
				m = get[*portfolio.MilestoneFact](r, doc("version", v.ID))
				check(t, "address of the version", m.URL, fmt.Sprintf("https://example.atlassian.net/projects/BAD/versions/%d", v.ID))
			})
		})
	}
}
