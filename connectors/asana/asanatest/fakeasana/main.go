// Command fakeasana serves a made-up Asana in a process of its own, to try
// connections and to measure speed against. It listens on loopback only.
package main

import (
	"flag"

	"plumbline/connectors/asana/asanatest"
	"plumbline/connectors/connectortest/fake"
)

func main() {
	fake.Main("fakeasana", func(flags *flag.FlagSet) fake.Build {
		projects := flags.Int("projects", 500, "number of projects")
		milestones := flags.Int("milestones", 10_000, "number of milestones")
		tasks := flags.Int("tasks", 0, "ordinary tasks beside each milestone")
		token := flags.String("token", "token", "the token of the account")
		return func(address string) (fake.Site, string) {
			site := asanatest.New(asanatest.Options{})
			me := site.AddUser(asanatest.User{Name: "Pia Moser", Email: "pia@example.com"})
			site.AddAccount(asanatest.Account{Token: *token, User: me})
			site.AddField(asanatest.CustomField{Name: "Budget", Type: "number"})
			site.Fill(*projects, *milestones, *tasks)
			return site, address + "/api/1.0"
		}
	})
}
