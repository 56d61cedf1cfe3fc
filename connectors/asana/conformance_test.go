package asana

import (
	"fmt"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/connectors/connectortest"
	"plumbline/internal/secret"
)

func TestContract(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool { return contractTool(t, 1) })
}

// TestContractInSeveralProjects has the milestones in several projects, which
// are read at once.
func TestContractInSeveralProjects(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool { return contractTool(t, 7) })
}

func contractTool(t testing.TB, projects int) connectortest.Tool {
	site, me := newSite(t, asanatest.Options{})
	notes := site.AddField(asanatest.CustomField{Name: "Notes", Type: "text"})
	var home []string
	for i := range projects {
		home = append(home, site.AddProject(asanatest.Project{Name: fmt.Sprintf("Project %d", i), Owner: me}))
	}
	var gids []string
	edit := func(i int, change func(*asanatest.Task)) { site.EditTask(gids[i], change) }
	replace := func(i int, raw string) func() {
		edit(i, func(x *asanatest.Task) { x.Raw = []byte(raw) })
		return func() { edit(i, func(x *asanatest.Task) { x.Raw = nil }) }
	}
	tool := connectortest.Tool{
		Open: func(testing.TB) connectors.Connector {
			return open(t, site, []string{"Notes"}, func(s *Settings) { s.WebhookSecret = secret.New(hookSecret) })
		},
		Add: func(name string) {
			in := home[len(gids)%len(home)]
			gids = append(gids, site.AddTask(asanatest.Task{Name: name, Subtype: "milestone", DueOn: "2000-05-01", Projects: []string{in}, Assignee: me}))
		},
		Rename:   func(i int, name string) { edit(i, func(x *asanatest.Task) { x.Name = name }) },
		Delete:   func(i int) { site.DeleteTask(gids[i]) },
		Describe: func(i int, text string) { edit(i, func(x *asanatest.Task) { x.Custom = map[string]any{notes: text} }) },
		Status:   func(i int, status string) { edit(i, func(x *asanatest.Task) { x.Approval = status }) },
		Spoil: func(i int) func() {
			return replace(i, fmt.Sprintf(`{"gid":%q,"resource_type":"task","resource_subtype":"milestone","name":{"odd":true},"projects":[{"gid":%q}]}`, gids[i], home[i%len(home)]))
		},
		Empty: func(i int) func() {
			return replace(i, fmt.Sprintf(`{"gid":%q,"resource_type":null,"resource_subtype":null,"name":null,"completed":null,"completed_at":null,
				"created_at":null,"modified_at":null,"start_on":null,"due_on":null,"assignee":null,"permalink_url":null,"projects":null,"tags":null,
				"approval_status":null,"custom_fields":null,"dependencies":null,"dependents":null}`, gids[i]))
		},
		Send: func(i int) connectortest.Sent {
			body := fmt.Sprintf(`{"events":[{"action":"changed","resource":{"gid":%q,"resource_type":"task"}}]}`, gids[i])
			return connectortest.Sent{Header: signed(hookSecret, body), Body: []byte(body), SignsBody: true}
		},
		Pages:   []int{0, 1, 99, 100, 101, 205},
		Several: 2100,
	}
	menu := connectortest.NewMenu("/tasks", 4)
	if projects > 1 {
		menu.Without(connectortest.RepeatedToken) // no project has a second page
	}
	tool.Break = menu.Break(site)
	return tool
}
