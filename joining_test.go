package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors/github/githubtest"
	"plumbline/connectors/jira/jiratest"
)

// TestOneUndertakingInThreeTools has the same undertaking in Jira, in GitHub and
// in a list of finance. Joined, it is one project with three sources; unlinked,
// all three are what they were, and what people recorded is where they recorded
// it.
func TestOneUndertakingInThreeTools(t *testing.T) {
	t.Parallel()
	jira := newJira(t, jiratest.Options{})
	jira.AddProject(jiratest.Project{Key: "TILL", Name: "New tills"})
	jira.AddIssue("TILL", jiratest.Issue{Type: "Epic", Summary: "Pilot", Due: "2027-03-01"})

	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	hub := githubtest.New(githubtest.Options{BaseURL: address + "/api/v3", Version: "3.19.0"})
	hub.AddOwner(githubtest.Owner{Login: "acme", Organization: true})
	hub.AddOwner(githubtest.Owner{Login: "pia"})
	hub.AddAccount(githubtest.Account{Token: "hub-token", User: "pia"})
	repository := hub.AddRepository(githubtest.Repository{Owner: "acme", Name: "tills", Description: "The code of the new tills"})
	hub.AddMilestone(githubtest.Milestone{Repository: repository.ID, Title: "Release 1", Due: "2027-02-01"})
	server.Config.Handler = hub
	server.Start()
	t.Cleanup(server.Close)

	list := filepath.Join(t.TempDir(), "budgets.csv")
	if err := os.WriteFile(list, []byte("ID,Project name,Budget (EUR)\nF-7,Tills 2027,120000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	where := settle(t, jira.connection("every: 24h", "sweep: 24h")+fmt.Sprintf(`
  - id: code
    type: github
    url: %s
    allow_private: true
    auth: {token: "${HUB_TOKEN}"}
    owners: [acme]
    every: 24h
    sweep: 24h
  - id: finance
    type: spreadsheet
    file: %s
    rows: projects
    every: 24h
    sweep: 24h
    fields: {budget: {field: budget, currency: EUR}}
precedence:
  - {field: name, connections: [finance]}
`, address, list))
	where.env["HUB_TOKEN"] = "hub-token"
	plumbline(t, where.env, exitOK, "sync", "--sweep")
	p := start(t, where.env, "serve")
	s := p.site()

	type source struct{ Connection, Key string }
	type project struct {
		ID, Name, Priority string
		Budget             *struct{ Amount string }
		Sources            []source
		Milestones         struct{ Nodes []struct{ Name string } }
	}
	type portfolio struct {
		Projects struct {
			TotalCount int
			Nodes      []project
		}
	}
	const all = `{ projects(orderBy: [{field: NAME}]) { totalCount nodes {
		id name priority budget { amount } sources { connection key } milestones(orderBy: [{field: NAME}]) { nodes { name } } } } }`
	record := func(mutation string) {
		t.Helper()
		type done struct {
			Done struct{ UserErrors []struct{ Message string } }
		}
		if errors := tell[done](s, mutation, nil).Done.UserErrors; len(errors) > 0 {
			t.Fatalf("%s: %v", mutation, errors)
		}
	}
	record(`mutation { done: setProjectFields(input: {items: [{project: "finance/project/F-7", priority: "first"}]}) { userErrors { message } } }`)
	apart := tell[portfolio](s, all, nil)
	if apart.Projects.TotalCount != 3 {
		t.Fatalf("%d projects, want one of each tool: %+v", apart.Projects.TotalCount, apart)
	}
	id := func(connection string) string {
		type found struct {
			Project struct {
				Sources []struct{ Connection, Kind, ExternalID string }
			}
		}
		for _, p := range apart.Projects.Nodes {
			if p.Sources[0].Connection == connection {
				of := tell[found](s, `query($id: ID!) { project(ref: {id: $id}) { sources { connection kind externalId } } }`, map[string]any{"id": p.ID})
				from := of.Project.Sources[0]
				return from.Connection + "/" + from.Kind + "/" + from.ExternalID
			}
		}
		t.Fatalf("no project of %s", connection)
		return ""
	}
	record(fmt.Sprintf(`mutation { done: linkProjects(input: {items: [{primary: %q, members: [%q, %q]}]}) { userErrors { message } } }`,
		id("eng"), id("code"), id("finance")))
	joined := tell[portfolio](s, all, nil)
	if joined.Projects.TotalCount != 1 {
		t.Fatalf("%d projects, want one: %+v", joined.Projects.TotalCount, joined)
	}
	one := joined.Projects.Nodes[0]
	if one.Name != "Tills 2027" || one.Priority != "first" || one.Budget == nil || one.Budget.Amount != "120000" {
		t.Errorf("it is %+v, want the name and the budget of finance, and what people recorded", one)
	}
	if diff := cmp.Diff([]struct{ Name string }{{"Pilot"}, {"Release 1"}}, one.Milestones.Nodes); diff != "" {
		t.Errorf("milestones (-want +got):\n%s", diff)
	}
	if len(one.Sources) != 3 || one.Sources[0].Connection != "eng" {
		t.Errorf("sources are %+v, want three, that of Jira first", one.Sources)
	}
	for _, before := range apart.Projects.Nodes { // every former id leads there
		type found struct{ Project struct{ Name string } }
		if got := tell[found](s, `query($id: ID!) { project(ref: {id: $id}) { name } }`, map[string]any{"id": before.ID}); got.Project.Name != "Tills 2027" {
			t.Errorf("the id of %s leads to %q", before.Name, got.Project.Name)
		}
	}
	record(fmt.Sprintf(`mutation { done: unlinkProjects(input: {items: [{primary: %q}]}) { userErrors { message } } }`, id("eng")))
	if diff := cmp.Diff(apart, tell[portfolio](s, all, nil)); diff != "" {
		t.Errorf("unlinked (-before +after):\n%s", diff)
	}
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, patience)
}
