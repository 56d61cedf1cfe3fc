package jira

import (
	"testing"

	"plumbline/connectors/jira/jiratest"
	"plumbline/portfolio"
)

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
		site.Hide(token(t), "HID")
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

		site.Show(token(t), "HID")
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
			site.AddAccount(jiratest.Account{Email: "pmo@example.com", Token: token(t), User: "me", Admin: tc.admin})
			p := site.AddProject(jiratest.Project{Key: "GONE", Name: "Gone"})
			e := site.AddIssue("GONE", jiratest.Issue{Type: "Epic", Summary: "in it"})
			r := read(t, open(t, site, nil, nil))
			tc.lose(site, token(t))
			r.again()
			r.sweep()
			check(t, "project", get[*portfolio.ProjectFact](r, doc("project", p.ID)).Presence, tc.want)
			check(t, "its epic", get[*portfolio.MilestoneFact](r, doc("issue", e.ID)).Presence, tc.want)
		})
	}
}
