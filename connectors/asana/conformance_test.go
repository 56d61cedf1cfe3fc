package asana

import (
	"fmt"
	"testing"
	"time"

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
	tool.Break = func(f connectortest.Fault) func() {
		const listing, once = "/tasks", 1
		if f == connectortest.RepeatedToken && projects > 1 {
			return nil // no project has a second page
		}
		return site.Inject(map[connectortest.Fault]asanatest.Fault{
			connectortest.TooManySecondsOnce: {Kind: asanatest.TooManySeconds, After: 7 * time.Second, Times: once, Skip: 2},
			connectortest.TooManyDateOnce:    {Kind: asanatest.TooManyDate, After: 20 * time.Second, Times: once, Skip: 4},
			connectortest.TooManyBareOnce:    {Kind: asanatest.TooManyBare, Times: once, Path: listing},
			connectortest.TooManyForLong:     {Kind: asanatest.TooManySeconds, After: time.Hour, Skip: 4},
			connectortest.ErrorOnce:          {Kind: asanatest.InternalError, Times: once, Path: listing},
			connectortest.DropOnce:           {Kind: asanatest.Drop, Times: once, Skip: 5},
			connectortest.TruncatedOnce:      {Kind: asanatest.Truncate, Times: once, Path: listing},
			connectortest.EmptyPageOnce:      {Kind: asanatest.EmptyPage, Times: once, Path: listing},
			connectortest.ShortPages:         {Kind: asanatest.ShortPage, Path: listing},
			connectortest.HTML:               {Kind: asanatest.HTML, Path: listing},
			connectortest.Unauthorized:       {Kind: asanatest.Unauthorized, Path: listing},
			connectortest.RepeatedToken:      {Kind: asanatest.RepeatToken, Path: listing},
		}[f])
	}
	return tool
}
