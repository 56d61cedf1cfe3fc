// Command fakeazuredevops serves a made-up Azure DevOps in a process of its
// own, to try connections and to measure speed against. It listens on loopback
// only.
package main

import (
	"flag"

	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/connectors/connectortest/fake"
)

func main() {
	fake.Main("fakeazuredevops", func(flags *flag.FlagSet) fake.Build {
		server := flags.Bool("server", false, "play Azure DevOps Server 2022 instead of Services")
		projects := flags.Int("projects", 500, "number of projects")
		iterations := flags.Int("iterations", 2000, "number of iterations")
		items := flags.Int("items", 8000, "number of epics")
		token := flags.String("token", "token", "the account's personal access token")
		return func(address string) (fake.Site, string) {
			site := azuredevopstest.New(azuredevopstest.Options{BaseURL: address + "/example", Server: *server, MaxBatch: 1000})
			pia := site.AddUser(azuredevopstest.User{Name: "Pia Moser", Email: "pia@example.com"})
			site.AddAccount(azuredevopstest.Account{Token: *token, User: pia})
			site.AddField(azuredevopstest.Field{Name: "Budget", Ref: "Custom.Budget", Type: "double"})
			site.AddField(azuredevopstest.Field{Name: "RAG", Ref: "Custom.RAG", Type: "string"})
			site.Fill("P", *projects, *iterations, *items, "Epic")
			return site, site.BaseURL()
		}
	})
}
