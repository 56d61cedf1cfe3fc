package azuredevops

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
)

func TestContract(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		return contractTool(t, azuredevopstest.Options{MaxBatch: 100}, nil)
	})
}

// TestContractOnServer plays Azure DevOps Server, whose work items are below
// epics that are the projects.
func TestContractOnServer(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		return contractTool(t, azuredevopstest.Options{MaxBatch: 100, Server: true}, func(s *Settings) {
			s.APIVersion = "7.0"
			s.Projects.From = []string{"Initiative"}
		})
	})
}

func contractTool(t testing.TB, o azuredevopstest.Options, change func(*Settings)) connectortest.Tool {
	site := newSite(t, o)
	site.AddField(azuredevopstest.Field{Name: "Notes", Ref: "Custom.Notes", Type: "html"})
	site.AddIteration(azuredevopstest.Iteration{Project: "Pay", Name: "Not planned yet"})
	above := site.AddItem(azuredevopstest.Item{Project: "Pay", Type: "Initiative", Title: "Above"}).ID
	var ids []int64
	edit := func(i int, f func(*azuredevopstest.Item)) { site.EditItem(ids[i], f) }
	replace := func(i int, raw string) func() {
		edit(i, func(x *azuredevopstest.Item) { x.Raw = []byte(raw) })
		return func() { edit(i, func(x *azuredevopstest.Item) { x.Raw = nil }) }
	}
	tool := connectortest.Tool{
		Open: func(testing.TB) connectors.Connector { return open(t, site, []string{"Notes"}, change) },
		Add: func(name string) {
			ids = append(ids, site.AddItem(azuredevopstest.Item{Project: "Pay", Type: "Epic", Title: name, Target: "2000-05-01", Parent: above}).ID)
		},
		Rename: func(i int, name string) { edit(i, func(x *azuredevopstest.Item) { x.Title = name }) },
		Delete: func(i int) { site.DeleteItem(ids[i]) },
		Describe: func(i int, text string) {
			edit(i, func(x *azuredevopstest.Item) { x.Fields = map[string]any{"Custom.Notes": text} })
		},
		Status: func(i int, status string) { edit(i, func(x *azuredevopstest.Item) { x.State = status }) },
		Spoil: func(i int) func() {
			return replace(i, fmt.Sprintf(`{"id":%d,"rev":2,"fields":{"System.WorkItemType":"Epic","System.TeamProject":"Pay","System.Title":{"odd":true}}}`, ids[i]))
		},
		Empty: func(i int) func() {
			return replace(i, fmt.Sprintf(`{"id":%d,"rev":null,"fields":{"System.WorkItemType":null,"System.TeamProject":null,"System.Title":null,"System.State":null,
				"System.AssignedTo":null,"System.Tags":null,"System.CreatedDate":null,"System.ChangedDate":null,"System.Parent":null,
				"Microsoft.VSTS.Scheduling.TargetDate":null,"Custom.Notes":null},"relations":null}`, ids[i]))
		},
		Send: func(i int) connectortest.Sent {
			header := http.Header{}
			header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("plumbline:hook")))
			return connectortest.Sent{Header: header, Body: azuredevopstest.Event("workitem.updated", ids[i])}
		},
		Pages:   []int{0, 1, 99, 100, 101, 205},
		Several: 1300,
	}
	const feed = "workitemrevisions"
	menu := connectortest.NewMenu(feed, 3)
	menu[connectortest.Unauthorized] = fake.Fault{Kind: azuredevopstest.SignIn, Path: feed}
	tool.Break = menu.Break(site)
	return tool
}
