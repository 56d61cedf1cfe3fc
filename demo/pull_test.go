package demo

import (
	"testing"

	"plumbline/config"
	"plumbline/connectors"
	"plumbline/connectors/catalog"
	"plumbline/portfolio"
)

// load reads the organisation's configuration as the server would.
func load(t *testing.T, org *Organisation) *config.Config {
	t.Helper()
	c, err := config.Load([]config.File{{Name: "demo.yaml", Data: org.Config()}}, config.Options{Tools: catalog.Tools()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pulled is what a connection gave.
type pulled struct {
	projects     map[string]*portfolio.ProjectFact // by name
	milestones   map[string]*portfolio.MilestoneFact
	dependencies []*portfolio.DependencyFact
	people       map[string]*portfolio.PersonFact
	quarantined  []portfolio.Quarantine
	moves        int
}

func pull(t *testing.T, org *Organisation, connection string) pulled {
	t.Helper()
	got := pulled{
		projects: map[string]*portfolio.ProjectFact{}, milestones: map[string]*portfolio.MilestoneFact{}, people: map[string]*portfolio.PersonFact{},
	}
	for _, c := range load(t, org).Connections {
		if c.ID != connection {
			continue
		}
		tool, err := c.Tool.Open(connectors.Env{Connection: c.ID, Fields: c.Fields.Names(), AllowPrivate: c.AllowPrivate, Now: org.options.Now})
		if err != nil {
			t.Fatal(err)
		}
		for page, err := range tool.Pull(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			for _, fact := range page.Facts {
				switch f := fact.(type) {
				case *portfolio.ProjectFact:
					got.projects[f.Name] = f
				case *portfolio.MilestoneFact:
					got.milestones[f.Name] = f
					got.moves += len(f.History.Moves)
				case *portfolio.DependencyFact:
					got.dependencies = append(got.dependencies, f)
				case *portfolio.PersonFact:
					got.people[f.Name] = f
				}
			}
			got.quarantined = append(got.quarantined, page.Quarantined...)
		}
	}
	return got
}

func TestConnectorReadsTheOrganisation(t *testing.T) {
	org := start(t, Options{})
	for _, s := range org.sites {
		got := pull(t, org, s.id)
		t.Log(s.id, len(got.projects), len(got.milestones), len(got.dependencies), len(got.people), len(got.quarantined), got.moves, s.jira.Counts().Requests)
		for _, q := range got.quarantined { t.Log(q.Reason, q.Of, q.Source.Key) }
		for n, p := range got.projects { t.Log(n, p.Key(), p.Parent, p.StatusCategory, p.Presence) }
	}
}
