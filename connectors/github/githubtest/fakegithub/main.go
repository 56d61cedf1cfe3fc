// Command fakegithub serves a made-up GitHub in a process of its own, to try
// connections and to measure speed against. It listens on loopback only.
package main

import (
	"flag"
	"fmt"

	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/github/githubtest"
)

func main() {
	fake.Main("fakegithub", func(flags *flag.FlagSet) fake.Build {
		repositories := flags.Int("repositories", 500, "number of repositories of the organisation acme")
		milestones := flags.Int("milestones", 20, "number of milestones in each of them")
		items := flags.Int("items", 100, "number of dated items on the board acme/1")
		token := flags.String("token", "token", "the personal access token")
		return func(address string) (fake.Site, string) {
			site := githubtest.New(githubtest.Options{BaseURL: address + "/api/v3", Version: "3.19.0"})
			site.AddOwner(githubtest.Owner{Login: "acme", Organization: true, Name: "Acme"})
			site.AddOwner(githubtest.Owner{Login: "pia", Name: "Pia Moser"})
			site.AddAccount(githubtest.Account{Token: *token, User: "pia"})
			site.Fill("acme", *repositories, *milestones)
			fillBoard(site, *items)
			return site, address
		}
	})
}

// fillBoard makes a board with dated drafts.
func fillBoard(site *githubtest.Site, items int) {
	board := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio", Creator: "pia", Fields: []githubtest.BoardField{
		{ID: "PVTF_1", Name: "Target date", Type: "DATE"}, {ID: "PVTF_2", Name: "Start date", Type: "DATE"},
	}})
	site.AddStatusUpdate(githubtest.StatusUpdate{Board: board.ID, Status: "AT_RISK", Body: "The supplier is late.", Creator: "pia"})
	for n := range items {
		site.AddItem(githubtest.Item{Board: board.ID, Title: fmt.Sprintf("Step %d", n+1), Values: map[string]any{"Target date": fmt.Sprintf("2026-%02d-01", n%12+1)}})
	}
}
