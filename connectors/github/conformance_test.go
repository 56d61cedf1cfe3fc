package github

import (
	"fmt"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/github/githubtest"
	"plumbline/internal/secret"
)

// faultsAt are the faults of the suite, where they strike a path.
func faultsAt(site *githubtest.Site, path string, skip int, none ...connectortest.Fault) func(connectortest.Fault) func() {
	menu := connectortest.NewMenu(path, skip).Without(none...)
	menu[connectortest.Unauthorized] = fake.Fault{Kind: fake.Unauthorized, Path: path, Skip: 1}
	return menu.Break(site)
}

// TestContractOfMilestones reads the milestones of a repository.
func TestContractOfMilestones(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		site := newSite(t, githubtest.Options{})
		repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		var ids []int64
		edit := func(i int, change func(*githubtest.Milestone)) { site.EditMilestone(ids[i], change) }
		raw := func(i int, format string) func() {
			edit(i, func(m *githubtest.Milestone) { m.Raw = fmt.Appendf(nil, format, m.ID, m.Number) })
			return func() { edit(i, func(m *githubtest.Milestone) { m.Raw = nil }) }
		}
		return connectortest.Tool{
			Open: func(testing.TB) connectors.Connector {
				return open(t, site, []string{"description"}, func(s *Settings) { s.WebhookSecret = secret.New("hush") })
			},
			Add: func(name string) {
				ids = append(ids, site.AddMilestone(githubtest.Milestone{Repository: repo.ID, Title: name, Due: "2000-05-01"}).ID)
			},
			Rename:   func(i int, name string) { edit(i, func(m *githubtest.Milestone) { m.Title = name }) },
			Delete:   func(i int) { site.DeleteMilestone(ids[i]) },
			Describe: func(i int, text string) { edit(i, func(m *githubtest.Milestone) { m.Description = text }) },
			Status:   func(i int, status string) { edit(i, func(m *githubtest.Milestone) { m.State = status }) },
			Spoil:    func(i int) func() { return raw(i, `{"id":%d,"number":%d,"title":{"odd":true}}`) },
			Empty: func(i int) func() {
				return raw(i, `{"id":%d,"number":%d,"title":null,"description":null,"state":null,"html_url":null,"creator":null,`+
					`"open_issues":null,"closed_issues":null,"due_on":null,"created_at":null,"updated_at":null,"closed_at":null}`)
			},
			Send: func(int) connectortest.Sent {
				body := []byte(`{"action":"edited"}`)
				return connectortest.Sent{Header: signedBy("hush", "milestone", body), Body: body, SignsBody: true}
			},
			Break:   faultsAt(site, "/milestones", 3, connectortest.EmptyPageOnce), // its pages have numbers
			Pages:   []int{0, 1, 99, 100, 101, 205},
			Several: 2100,
		}
	})
}

// TestContractOfIssues reads the issues of a label.
func TestContractOfIssues(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		site := newSite(t, githubtest.Options{})
		repo := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "api"})
		site.AddIssueField(githubtest.IssueField{Name: "Notes", Type: "text"})
		site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: "A pull request", PullRequest: true, Labels: []string{"milestone"}})
		var ids []int64
		edit := func(i int, change func(*githubtest.Issue)) { site.EditIssue(ids[i], change) }
		raw := func(i int, format string) func() {
			edit(i, func(x *githubtest.Issue) {
				x.Raw = fmt.Appendf(nil, format, x.ID, x.Number, time.Now().UTC().Format(time.RFC3339))
			})
			return func() { edit(i, func(x *githubtest.Issue) { x.Raw = nil }) }
		}
		return connectortest.Tool{
			Open: func(testing.TB) connectors.Connector {
				return open(t, site, []string{"Notes"}, func(s *Settings) { s.Milestones.From = []string{"label:milestone"} })
			},
			Add: func(name string) {
				ids = append(ids, site.AddIssue(githubtest.Issue{Repository: repo.ID, Title: name, Labels: []string{"milestone"}}).ID)
			},
			Rename: func(i int, name string) { edit(i, func(x *githubtest.Issue) { x.Title = name }) },
			Delete: func(i int) { site.DeleteIssue(ids[i]) },
			Describe: func(i int, text string) {
				edit(i, func(x *githubtest.Issue) { x.Fields = map[string]any{"Notes": text} })
			},
			Status: func(i int, status string) { edit(i, func(x *githubtest.Issue) { x.State = status }) },
			Spoil:  func(i int) func() { return raw(i, `{"id":%d,"number":%d,"updated_at":%q,"title":{"odd":true}}`) },
			Empty: func(i int) func() {
				return raw(i, `{"id":%d,"number":%d,"updated_at":%q,"title":null,"body":null,"state":null,"state_reason":null,"html_url":null,"type":null,`+
					`"labels":null,"assignees":null,"milestone":null,"issue_field_values":null,"created_at":null,"closed_at":null,"pull_request":null}`)
			},
			Break:   faultsAt(site, "/issues", 3, connectortest.EmptyPageOnce),
			Pages:   []int{0, 1, 99, 100, 101, 205},
			Several: 2100,
		}
	})
}

// TestContractOfItems reads the dated drafts of a board.
func TestContractOfItems(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		site := newSite(t, githubtest.Options{})
		board := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio", Fields: []githubtest.BoardField{
			{ID: "PVTF_1", Name: "Target date", Type: "DATE"}, {ID: "PVTF_2", Name: "Notes", Type: "TEXT"}, {ID: "PVTF_3", Name: "Status", Type: "SINGLE_SELECT"},
		}})
		var ids []int64
		edit := func(i int, change func(*githubtest.Item)) { site.EditItem(ids[i], change) }
		raw := func(i int, format string) func() {
			edit(i, func(x *githubtest.Item) { x.Raw = fmt.Appendf(nil, format, x.ID) })
			return func() { edit(i, func(x *githubtest.Item) { x.Raw = nil }) }
		}
		set := func(i int, field string, value any) {
			edit(i, func(x *githubtest.Item) { x.Values = map[string]any{"Target date": "2000-05-01", field: value} })
		}
		return connectortest.Tool{
			Open: func(testing.TB) connectors.Connector {
				return open(t, site, []string{"Notes"}, func(s *Settings) { s.Projects.From = []string{"boards"} })
			},
			Add: func(name string) {
				ids = append(ids, site.AddItem(githubtest.Item{Board: board.ID, Title: name, Values: map[string]any{"Target date": "2000-05-01"}}).ID)
			},
			Rename:   func(i int, name string) { edit(i, func(x *githubtest.Item) { x.Title = name }) },
			Delete:   func(i int) { site.DeleteItem(ids[i]) },
			Describe: func(i int, text string) { set(i, "Notes", text) },
			Status:   func(i int, status string) { set(i, "Status", status) },
			Spoil: func(i int) func() {
				return raw(i, `{"fullDatabaseId":"%d","type":"DRAFT_ISSUE","content":{"__typename":"DraftIssue","title":{"odd":true}}}`)
			},
			Empty: func(i int) func() {
				return raw(i, `{"fullDatabaseId":"%d","type":null,"isArchived":null,"createdAt":null,"updatedAt":null,"content":null,"fieldValues":null}`)
			},
			Break:   faultsAt(site, "/graphql", 2),
			Pages:   []int{0, 1, 99, 100, 101, 205},
			Several: 2100,
		}
	})
}
