package redmine

import (
	"fmt"
	"path/filepath"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/redmine/redminetest"
	"plumbline/internal/secret"
)

// token is the test's own, and another one when the test runs again: requests
// with one credential share a limiter, which must not outlive virtual time.
func token(t testing.TB) string {
	t.Helper()
	return filepath.Base(filepath.Dir(t.TempDir()))
}

// newSite is a site with an account and a project.
func newSite(t testing.TB, o redminetest.Options) *redminetest.Site {
	t.Helper()
	site := redminetest.New(o)
	me := site.AddUser(redminetest.User{Login: "pia", First: "Pia", Last: "Moser", Mail: "pia@example.com"})
	site.AddAccount(redminetest.Account{Key: token(t), User: me.ID})
	return site
}

const address = "https://redmine.example.com"

// open makes a connector to the site, with settings changed as wanted.
func open(t testing.TB, site *redminetest.Site, fields []string, change func(*Settings)) *Connector {
	t.Helper()
	s := Settings{URL: address, Auth: Auth{Token: secret.New(token(t))}}
	if change != nil {
		change(&s)
	}
	c, err := s.Open(connectors.Env{Connection: "ops", Fields: fields, Transport: site.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func TestContractWithVersions(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		site := newSite(t, redminetest.Options{})
		field := site.AddField(redminetest.Field{Name: "Notes", Of: "version", Format: "text"})
		var projects, ids []int64
		edit := func(i int, change func(*redminetest.Version)) { site.EditVersion(ids[i], change) }
		tool := connectortest.Tool{
			Open: func(testing.TB) connectors.Connector { return open(t, site, []string{"Notes"}, nil) },
			Add: func(name string) {
				if len(ids)%100 == 0 { // versions come a project at a time
					n := len(projects) + 1
					projects = append(projects, site.AddProject(redminetest.Project{Identifier: fmt.Sprintf("p%d", n), Name: fmt.Sprintf("Project %d", n)}).ID)
				}
				ids = append(ids, site.AddVersion(redminetest.Version{Project: projects[len(projects)-1], Name: name, Due: "2000-05-01"}).ID)
			},
			Rename: func(i int, name string) { edit(i, func(v *redminetest.Version) { v.Name = name }) },
			Delete: func(i int) { site.DeleteVersion(ids[i]) },
			Describe: func(i int, text string) {
				edit(i, func(v *redminetest.Version) { v.Fields = map[int64]any{field.ID: text} })
			},
			Status: func(i int, status string) { edit(i, func(v *redminetest.Version) { v.Status = status }) },
			Spoil: func(i int) func() {
				edit(i, func(v *redminetest.Version) {
					v.Raw = fmt.Appendf(nil, `{"id":%d,"project":{"id":%d},"name":{"odd":true}}`, v.ID, v.Project)
				})
				return func() { edit(i, func(v *redminetest.Version) { v.Raw = nil }) }
			},
			Empty: func(i int) func() {
				edit(i, func(v *redminetest.Version) {
					v.Raw = fmt.Appendf(nil, `{"id":%d,"project":null,"name":null,"status":null,"due_date":null,"sharing":null,"custom_fields":null,"created_on":null,"updated_on":null}`, v.ID)
				})
				return func() { edit(i, func(v *redminetest.Version) { v.Raw = nil }) }
			},
			Pages:   []int{0, 1, 99, 100, 101, 205},
			Several: 2150,
		}
		tool.Break = breaks(site, "/versions.json")
		return tool
	})
}

func TestContractWithIssues(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		site := newSite(t, redminetest.Options{})
		field := site.AddField(redminetest.Field{Name: "Notes", Of: "issue", Format: "text"})
		project := site.AddProject(redminetest.Project{Identifier: "pay", Name: "Payments"}).ID
		var ids []int64
		edit := func(i int, change func(*redminetest.Issue)) { site.EditIssue(ids[i], change) }
		tool := connectortest.Tool{
			Open: func(testing.TB) connectors.Connector {
				return open(t, site, []string{"Notes"}, func(s *Settings) { s.Milestones.From = []string{"Milestone"} })
			},
			Add: func(name string) {
				ids = append(ids, site.AddIssue(redminetest.Issue{Project: project, Subject: name, Due: "2000-05-01"}).ID)
			},
			Rename: func(i int, name string) { edit(i, func(x *redminetest.Issue) { x.Subject = name }) },
			Delete: func(i int) { site.DeleteIssue(ids[i]) },
			Describe: func(i int, text string) {
				edit(i, func(x *redminetest.Issue) { x.Fields = map[int64]any{field.ID: text} })
			},
			Status: func(i int, status string) { edit(i, func(x *redminetest.Issue) { x.Status = status }) },
			Spoil: func(i int) func() {
				edit(i, func(x *redminetest.Issue) {
					x.Raw = fmt.Appendf(nil, `{"id":%d,"project":{"id":%d},"tracker":{"id":4},"subject":{"odd":true}}`, x.ID, x.Project)
				})
				return func() { edit(i, func(x *redminetest.Issue) { x.Raw = nil }) }
			},
			Empty: func(i int) func() {
				edit(i, func(x *redminetest.Issue) {
					x.Raw = fmt.Appendf(nil, `{"id":%d,"project":null,"tracker":null,"status":null,"subject":null,"due_date":null,"start_date":null,"custom_fields":null,"created_on":null,"updated_on":null,"closed_on":null,"relations":null}`, x.ID)
				})
				return func() { edit(i, func(x *redminetest.Issue) { x.Raw = nil }) }
			},
			Pages:   []int{0, 1, 99, 100, 101, 205},
			Several: 2150,
		}
		tool.Break = breaks(site, "/issues.json")
		return tool
	})
}

// breaks makes the site misbehave; most faults strike the requests for
// milestones. Redmine has no tokens that an empty page could come with.
func breaks(site *redminetest.Site, path string) func(connectortest.Fault) func() {
	menu := connectortest.NewMenu(path, 2).Without(connectortest.EmptyPageOnce)
	if path == "/versions.json" { // versions come in one piece
		menu.Without(connectortest.RepeatedToken)
		menu[connectortest.ShortPages] = fake.Fault{Kind: fake.ShortPage, Path: "/projects.json"}
	}
	return menu.Break(site)
}
