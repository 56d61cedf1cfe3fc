package jira

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
)

func TestContractOnCloud(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool { return contractTool(t, jiratest.Cloud) })
}

func TestContractOnDataCenter(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool { return contractTool(t, jiratest.DataCenter) })
}

func contractTool(t testing.TB, deployment jiratest.Deployment) connectortest.Tool {
	site := newSite(t, jiratest.Options{Deployment: deployment, BaseURL: "https://example.atlassian.net"})
	site.AddField(jiratest.Field{ID: "customfield_10200", Name: "Notes", Type: "string", Custom: "com.atlassian.jira.plugin.system.customfieldtypes:textarea"})
	var keys []string
	edit := func(i int, change func(*jiratest.Issue)) { site.EditIssue(keys[i], change) }
	replace := func(i int, raw func(jiratest.Issue) string) func() {
		issue, _ := site.Issue(keys[i])
		edit(i, func(x *jiratest.Issue) { x.Raw = []byte(raw(issue)) })
		return func() { edit(i, func(x *jiratest.Issue) { x.Raw = nil }) }
	}
	tool := connectortest.Tool{
		Open: func(t2 testing.TB) connectors.Connector {
			return open(t, site, []string{"Notes"}, func(s *Settings) { s.WebhookSecret = secret.New(hookSecret) })
		},
		Add: func(name string) {
			keys = append(keys, site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: name, Due: "2000-05-01"}).Key)
		},
		Rename: func(i int, name string) { edit(i, func(x *jiratest.Issue) { x.Summary = name }) },
		Delete: func(i int) { site.DeleteIssue(keys[i]) },
		Describe: func(i int, text string) {
			edit(i, func(x *jiratest.Issue) { x.Fields = map[string]any{"customfield_10200": text} })
		},
		Status: func(i int, status string) { edit(i, func(x *jiratest.Issue) { x.Status = status }) },
		Spoil: func(i int) func() {
			return replace(i, func(x jiratest.Issue) string {
				return fmt.Sprintf(`{"id":"%d","key":"%s","fields":{"summary":{"odd":true},"updated":"%s","issuetype":{"id":"10000","name":"Epic"}}}`,
					x.ID, x.Key, x.Updated.UTC().Format("2006-01-02T15:04:05.000-0700"))
			})
		},
		Empty: func(i int) func() {
			return replace(i, func(x jiratest.Issue) string {
				var nulls []string
				for _, f := range []string{"summary", "status", "duedate", "assignee", "labels", "parent", "created", "resolutiondate", "issuelinks", "description", "project", "updated", "customfield_10200"} {
					nulls = append(nulls, `"`+f+`":null`)
				}
				return fmt.Sprintf(`{"id":"%d","key":null,"fields":{"issuetype":{"id":"10000","name":null},%s}}`, x.ID, strings.Join(nulls, ","))
			})
		},
		Zone: func(zone string) { site.SetZone("me", zone) },
		Send: func(i int) connectortest.Sent {
			body := fmt.Appendf(nil, `{"timestamp":%d,"webhookEvent":"jira:issue_updated","issue":{"key":%q}}`, time.Now().UnixMilli(), keys[i])
			header := http.Header{"X-Hub-Signature": {signature(hookSecret, body)}, "X-Atlassian-Webhook-Identifier": {"w-1"}}
			return connectortest.Sent{Header: header, Body: body, SignsBody: true}
		},
		Pages:   []int{0, 1, 99, 100, 101, 205},
		Several: 2100,
	}
	menu := connectortest.NewMenu("/search/jql", 5)
	if deployment == jiratest.DataCenter {
		menu = connectortest.NewMenu("/api/2/search", 5).Without(connectortest.EmptyPageOnce, connectortest.RepeatedToken) // it has no tokens
	}
	tool.Break = menu.Break(site)
	return tool
}
