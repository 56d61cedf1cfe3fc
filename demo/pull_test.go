package demo

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// open opens the connectors of the configuration by connection.
func open(t *testing.T, org *Organisation) map[string]connectors.Connector {
	t.Helper()
	tools := map[string]connectors.Connector{}
	for _, c := range load(t, org).Connections {
		tool, err := c.Tool.Open(connectors.Env{
			Connection: c.ID, Fields: c.Fields.Names(), AllowPrivate: c.AllowPrivate, Now: org.options.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		tools[c.ID] = tool
	}
	return tools
}

// pulled is what a connection gave, by document.
type pulled struct {
	facts       map[portfolio.Key]portfolio.ToolFact
	quarantined []portfolio.Quarantine
	recorded    []portfolio.RecordedFact
}

func pull(t *testing.T, tool connectors.Connector) pulled {
	t.Helper()
	got := pulled{facts: map[portfolio.Key]portfolio.ToolFact{}}
	for page, err := range tool.Pull(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range page.Facts {
			got.facts[fact.Key()] = fact
		}
		got.quarantined = append(got.quarantined, page.Quarantined...)
		got.recorded = append(got.recorded, page.Recorded...)
	}
	return got
}

// counts of what was pulled: a promise for every kind of record.
type counts struct {
	Projects, Archived, Deleted, Milestones, Versions, Dependencies, Moves, Unreadable int
}

func (p pulled) count() counts {
	c := counts{Unreadable: len(p.quarantined)}
	for _, fact := range p.facts {
		switch f := fact.(type) {
		case *portfolio.ProjectFact:
			c.Projects++
			switch f.Presence {
			case portfolio.PresenceArchived:
				c.Archived++
			case portfolio.PresenceDeleted:
				c.Deleted++
			}
		case *portfolio.MilestoneFact:
			c.Milestones++
			c.Moves += len(f.History.Moves)
			if f.Kind == "version" {
				c.Versions++
			}
		case *portfolio.DependencyFact:
			c.Dependencies++
		}
	}
	return c
}

// told is what the files say that a connector should find.
func (s *site) told() counts {
	var c counts
	for _, k := range s.projects {
		c.Projects++
		switch {
		case k.Archived:
			c.Archived++
			continue
		case k.Deleted != 0:
			c.Deleted++
			continue
		}
		for _, m := range k.Milestones {
			if m.Unreadable {
				c.Unreadable++
				continue
			}
			c.Milestones++
			c.Dependencies += len(m.After)
			if m.Release {
				c.Versions++
			}
			if m.Waits != "" {
				c.Dependencies++
			}
			c.Moves += len(follow(k.project, m).moves)
		}
	}
	return c
}

func TestConnectorReadsWhatTheFilesTell(t *testing.T) {
	org := start(t, Options{})
	tools := open(t, org)
	for _, s := range org.sites {
		if diff := cmp.Diff(s.told(), pull(t, tools[s.id]).count()); diff != "" {
			t.Errorf("%s (-files +connector):\n%s", s.id, diff)
		}
	}
}

// canonical writes everything pulled as text, to be compared.
func canonical(t *testing.T, p pulled) string {
	t.Helper()
	var text []byte
	for _, key := range slices.SortedFunc(maps.Keys(p.facts), func(a, b portfolio.Key) int { return strings.Compare(a.String(), b.String()) }) {
		line, err := json.Marshal(p.facts[key])
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, line...), '\n')
	}
	return string(text)
}
