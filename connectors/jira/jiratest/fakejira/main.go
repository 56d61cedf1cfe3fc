// Command fakejira serves a made-up Jira in a process of its own, to try
// connections and to measure speed against. It listens on loopback only.
package main

import (
	"flag"

	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/jira/jiratest"
)

func main() {
	fake.Main("fakejira", func(flags *flag.FlagSet) fake.Build {
		dataCenter := flags.Bool("datacenter", false, "play Data Center instead of Cloud")
		projects := flags.Int("projects", 500, "number of projects")
		versions := flags.Int("versions", 5000, "number of versions")
		issues := flags.Int("issues", 10_000, "number of epics")
		email := flags.String("email", "pmo@example.com", "e-mail address of the account")
		token := flags.String("token", "token", "its API token; on Data Center also taken as a personal access token")
		admin := flags.Bool("admin", true, "whether the account administers Jira")
		return func(address string) (fake.Site, string) {
			o := jiratest.Options{BaseURL: address}
			if *dataCenter {
				o.Deployment = jiratest.DataCenter
			}
			site := jiratest.New(o)
			site.AddUser(jiratest.User{ID: "me", Name: "Pia Moser", Zone: "Europe/Berlin"})
			site.AddAccount(jiratest.Account{Email: *email, Token: *token, User: "me", Admin: *admin})
			site.AddField(jiratest.Field{ID: "customfield_10101", Name: "Budget", Type: "number"})
			site.AddField(jiratest.Field{ID: "customfield_10102", Name: "RAG status", Type: "option"})
			site.AddField(jiratest.Field{ID: "customfield_10103", Name: "Department", Type: "option"})
			site.Fill("P", *projects, *versions, *issues, "Epic")
			return site, address
		}
	})
}
