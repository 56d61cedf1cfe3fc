package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors/asana/asanatest"
)

// TestGoalsOfAToolAreObjectives has a goal of Asana show as an objective with
// its KPI, its progress and the project that serves it; it is changed in Asana
// only, and what it was before can still be asked for.
func TestGoalsOfAToolAreObjectives(t *testing.T) {
	t.Parallel()
	site := asanatest.New(asanatest.Options{})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	kim := site.AddUser(asanatest.User{Name: "Kim Ito", Email: "kim@example.com"})
	site.AddAccount(asanatest.Account{Token: "asana-token", User: kim})
	shop := site.AddProject(asanatest.Project{Name: "New shop", Owner: kim})
	above := site.AddGoal(asanatest.Goal{Name: "Sell more", Status: "green"})
	orders := asanatest.Goal{
		Name: "Ten thousand orders a day", Owner: kim, Status: "yellow",
		Metric:   &asanatest.Metric{Initial: 2000, Target: 10000, Current: 4000},
		Supports: []string{shop}, Weights: map[string]float64{shop: 0.75},
	}
	orders.GID = site.AddGoal(orders)
	site.AddGoal(asanatest.Goal{GID: above, Name: "Sell more", Status: "green", Subgoals: []string{orders.GID}})

	where := settle(t, strings.ReplaceAll(`connections:
  - id: work
    type: asana
    url: $URL/api/1.0
    allow_private: true
    auth: {token: "${ASANA_TOKEN}"}
    goals: {strategy: growth, department: Sales}
    every: 24h
    sweep: 24h
`, "$URL", server.URL))
	where.env["ASANA_TOKEN"] = "asana-token"
	said := plumbline(t, where.env, exitOK, "sync")
	if want := `There is no strategy "growth"`; !strings.Contains(said, want) {
		t.Errorf("the sync does not tell what is missing:\n%s", said)
	}
	list := filepath.Join(t.TempDir(), "strategy.yaml")
	if err := os.WriteFile(list, []byte(`
departments: [{key: sales, name: Sales}]
strategies: [{key: growth, name: Growth, leading: true}]
strategyVersions: [{strategy: growth, version: "1", method: EQUAL}]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	plumbline(t, where.env, exitOK, "import", list)
	if said := plumbline(t, where.env, exitOK, "check"); !strings.Contains(said, "at the last sync: There is no") || !strings.Contains(said, "2 goals") {
		t.Errorf("the check does not tell what was wrong:\n%s", said)
	}
	plumbline(t, where.env, exitOK, "sync", "--sweep")
	p := start(t, where.env, "serve")
	s := p.site()

	type objective struct {
		Key, Name, Reported string
		Parent              *struct{ Name string }
		Owner               *struct{ Name string }
		Progress            struct{ Value *float64 }
		Recorded            struct{ Author string }
		KeyResults          struct {
			Nodes []struct {
				Baseline, Target string
				Progress         struct{ Value float64 }
				KPI              struct {
					Name, Unit string
					Department struct{ Name string }
				}
			}
		}
		Contributions struct {
			Nodes []struct {
				Strength float64
				State    string
				Project  struct{ Name string }
			}
		}
	}
	type answer struct {
		Objectives struct{ Nodes []objective }
		Quarantine struct{ TotalCount int }
	}
	const all = `{ objectives(orderBy: [{field: NAME}]) { nodes {
		key name reported parent { name } owner { name } progress { value } recorded { author }
		keyResults { nodes { baseline target progress { value } kpi { name unit department { name } } } }
		contributions { nodes { strength state project { name } } } } } quarantine { totalCount } }`
	got := tell[answer](s, all, nil)
	if len(got.Objectives.Nodes) != 2 || got.Quarantine.TotalCount != 0 {
		t.Fatalf("objectives and what is wrong: %+v, want two goals and nothing", got)
	}
	one := got.Objectives.Nodes[1]
	if one.Name != "Ten thousand orders a day" || one.Reported != "yellow" || one.Parent == nil || one.Parent.Name != "Sell more" ||
		one.Owner == nil || one.Owner.Name != "Kim Ito" || one.Progress.Value == nil || *one.Progress.Value != 0.25 || one.Recorded.Author != "tool:work" {
		t.Errorf("the goal is %+v", one)
	}
	if k := one.KeyResults.Nodes; len(k) != 1 || k[0].Baseline != "2000" || k[0].Target != "10000" || k[0].Progress.Value != 0.25 || k[0].KPI.Department.Name != "Sales" {
		t.Errorf("its key results are %+v", k)
	}
	if c := one.Contributions.Nodes; len(c) != 1 || c[0].Strength != 0.75 || c[0].State != "COUNTS" || c[0].Project.Name != "New shop" {
		t.Errorf("its contributions are %+v", c)
	}

	type refusal struct {
		Done struct {
			UserErrors []struct{ Code, Message string }
		}
	}
	for _, mutation := range []string{
		`mutation { done: upsertObjectives(input: {items: [{key: "$KEY", strategy: "growth", name: "Mine"}]}) { userErrors { code message } } }`,
		`mutation { done: upsertContributions(input: {items: [{project: "work/project/$SHOP", objective: "$KEY", strength: "1"}]}) { userErrors { code message } } }`,
	} {
		refused := tell[refusal](s, strings.NewReplacer("$KEY", one.Key, "$SHOP", shop).Replace(mutation), nil).Done.UserErrors
		if len(refused) != 1 || refused[0].Code != "OWNED_BY_TOOL" || !strings.Contains(refused[0].Message, "connection work") {
			t.Errorf("%s: %+v, want OWNED_BY_TOOL with the connection", mutation, refused)
		}
	}

	// What changes there changes here.
	orders.Metric = &asanatest.Metric{Initial: 2000, Target: 10000, Current: 8000}
	orders.Status = "achieved"
	site.AddGoal(orders)
	plumbline(t, where.env, exitOK, "sync", "--sweep")
	later := tell[answer](s, all, nil).Objectives.Nodes[1]
	if later.Reported != "achieved" || later.Progress.Value == nil || *later.Progress.Value != 0.75 {
		t.Errorf("after it moved on the goal is %+v", later)
	}
	site.DeleteGoal(orders.GID)
	plumbline(t, where.env, exitOK, "sync", "--sweep")
	type state struct {
		Objectives struct {
			Nodes []struct{ Name, State string }
		}
	}
	ended := tell[state](s, `{ objectives(orderBy: [{field: NAME}]) { nodes { name state } } }`, nil)
	if diff := cmp.Diff([]struct{ Name, State string }{{"Sell more", "IN_FORCE"}, {"Ten thousand orders a day", "EXPIRED"}}, ended.Objectives.Nodes); diff != "" {
		t.Errorf("when the goal is gone (-want +got):\n%s", diff)
	}
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, patience)
}
