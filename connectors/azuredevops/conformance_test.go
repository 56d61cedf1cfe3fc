package azuredevops

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest"
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
	tool.Break = func(f connectortest.Fault) func() {
		feed, once := "workitemrevisions", 1
		faults := map[connectortest.Fault]azuredevopstest.Fault{
			connectortest.TooManySecondsOnce: {Kind: azuredevopstest.TooManySeconds, After: 7 * time.Second, Times: once, Skip: 2},
			connectortest.TooManyDateOnce:    {Kind: azuredevopstest.TooManyDate, After: 20 * time.Second, Times: once, Skip: 4},
			connectortest.TooManyBareOnce:    {Kind: azuredevopstest.TooManyBare, Times: once, Path: feed},
			connectortest.TooManyForLong:     {Kind: azuredevopstest.TooManySeconds, After: time.Hour, Skip: 3},
			connectortest.ErrorOnce:          {Kind: azuredevopstest.InternalError, Times: once, Path: feed},
			connectortest.DropOnce:           {Kind: azuredevopstest.Drop, Times: once, Skip: 4},
			connectortest.TruncatedOnce:      {Kind: azuredevopstest.Truncate, Times: once, Path: feed},
			connectortest.EmptyPageOnce:      {Kind: azuredevopstest.EmptyPage, Times: once, Path: feed},
			connectortest.ShortPages:         {Kind: azuredevopstest.ShortPage, Path: feed},
			connectortest.HTML:               {Kind: azuredevopstest.HTML, Path: feed},
			connectortest.Unauthorized:       {Kind: azuredevopstest.SignIn, Path: feed},
			connectortest.RepeatedToken:      {Kind: azuredevopstest.RepeatToken, Path: feed},
		}
		return site.Inject(faults[f])
	}
	return tool
}
