package asana

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors/asana/asanatest"
	"plumbline/portfolio"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// goals are the gids of the goals of the tests.
type goals struct{ sell, traffic, costs, mood, dropped string }

// addGoals adds goals of every sort to the organisation of the tests.
func addGoals(site *asanatest.Site, o known) goals {
	var g goals
	g.traffic = site.AddGoal(asanatest.Goal{
		Name: "Grow web traffic by 30 %", Notes: "Organic only.", Owner: o.kim, Team: "Marketing", Status: "yellow",
		Period:   &asanatest.TimePeriod{Name: "H1 FY26", StartOn: "2026-01-01", EndOn: "2026-06-30"},
		Metric:   &asanatest.Metric{Unit: "percentage", Precision: 1, Initial: 0, Target: 0.3, Current: 0.1234},
		Supports: []string{o.web, o.app, o.change, o.plain}, Weights: map[string]float64{o.web: 0.75, o.change: 1},
	})
	g.costs = site.AddGoal(asanatest.Goal{
		Name: "Halve what an order costs us", Owner: o.me, Team: "IT", Status: "red", StartOn: "2026-02-01",
		Metric: &asanatest.Metric{Unit: "currency", Currency: "EUR", Precision: 2, Initial: 8.5, Target: 4.25, Current: 9},
	})
	g.mood = site.AddGoal(asanatest.Goal{Name: "A place\npeople want to work", Status: "green", DueOn: "2026-12-31"})
	g.dropped = site.AddGoal(asanatest.Goal{Name: "Open a shop on the moon", Status: "dropped", Supports: []string{o.app}})
	g.sell = o.goal
	site.AddGoal(asanatest.Goal{
		GID: o.goal, Name: "Sell more online", Status: "green", Supports: []string{o.web}, Subgoals: []string{g.traffic, g.costs, g.dropped},
	})
	return g
}

func withGoals(s *Settings) {
	s.Goals = GoalSettings{Strategy: "growth", Department: "Sales", Teams: map[string]string{"marketing": "brand"}}
}

// shownFacts are facts as text, in order of their keys.
func shownFacts(t *testing.T, facts map[portfolio.Key]portfolio.RecordedFact) string {
	t.Helper()
	var lines []string
	for key, f := range facts {
		raw, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(key.Kind)+" "+string(raw))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func TestGoalsAreObjectivesWithTheirKPIs(t *testing.T) {
	site, o := organisation(t)
	addGoals(site, o)
	e := read(t, open(t, site, nil, withGoals))
	got := shownFacts(t, e.Recorded)
	golden := filepath.Join("testdata", "goals.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("what the goals become (-want +got):\n%s", diff)
	}
	kim := get[*portfolio.PersonFact](e, kindUser, o.kim)
	check(t, "whoever owns a goal is told", kim.Email, "kim@example.com")
}

func TestGoalsWithoutADepartmentAreKeyResultsAlone(t *testing.T) {
	site, o := organisation(t)
	g := addGoals(site, o)
	e := read(t, open(t, site, nil, func(s *Settings) { s.Goals.Strategy = "growth" }))
	result := e.Recorded[portfolio.Key{Kind: portfolio.KindKeyResult, ID: "work-goal-" + g.traffic}].(*portfolio.KeyResultFact)
	check(t, "its value", []string{result.KPI, result.Actual.String(), result.Unit}, []string{"", "12.3", "%"})
	for key := range e.Recorded {
		if key.Kind == portfolio.KindKPI || key.Kind == portfolio.KindMeasurement {
			t.Errorf("%s is reported, and no department answers for it", key)
		}
	}
}

// Goals have no events: they are read by full runs and sweeps, and by every run
// only where projects name them.
func TestWhenGoalsAreRead(t *testing.T) {
	site, o := organisation(t)
	g := addGoals(site, o)
	key := portfolio.Key{Kind: portfolio.KindObjective, ID: "work-goal-" + g.mood}
	name := func(e *engine) string { return e.Recorded[key].(*portfolio.ObjectiveFact).Name }

	e := read(t, open(t, site, nil, withGoals))
	named := read(t, open(t, site, []string{"Goals"}, withGoals))
	site.AddGoal(asanatest.Goal{GID: g.mood, Name: "A good place"})
	e.again()
	check(t, "after a quick run", name(e), "A place people want to work")
	e.sweep()
	check(t, "after a sweep", name(e), "A good place")
	named.again()
	check(t, "after a quick run that needs them", name(named), "A good place")

	site.DeleteGoal(g.mood)
	e.sweep()
	if e.Recorded[key] != nil {
		t.Error("a goal that was deleted is still reported")
	}
	check(t, "the others", len(e.Recorded) > 0, true)
	off := read(t, open(t, site, nil, nil))
	if off.Recorded == nil || len(off.Recorded) > 0 {
		t.Errorf("without the setting %d facts are reported; want none, and to be told so", len(off.Recorded))
	}
}

// From a goal that cannot be read it does not follow that there is none.
func TestAGoalThatCannotBeReadLeavesTheOthersAsTheyWere(t *testing.T) {
	site, o := organisation(t)
	g := addGoals(site, o)
	e := read(t, open(t, site, nil, withGoals))
	before := shownFacts(t, e.Recorded)
	site.AddGoal(asanatest.Goal{GID: g.mood, Raw: []byte(`{"gid":"` + g.mood + `","name":"Odd","due_on":"soon"}`)})
	e.sweep()
	if diff := cmp.Diff(before, shownFacts(t, e.Recorded)); diff != "" {
		t.Errorf("what is reported changed:\n%s", diff)
	}
	q, ok := e.Quarantined[portfolio.Key{Kind: portfolio.KindObjective, ID: "work/goal/" + g.mood}]
	if !ok || !strings.Contains(q.Reason, "due_on") {
		t.Errorf("what cannot be read of it: %+v", q)
	}
}

func TestCheckCountsGoals(t *testing.T) {
	site, o := organisation(t)
	addGoals(site, o)
	report, err := open(t, site, nil, func(s *Settings) {
		s.Goals = GoalSettings{Strategy: "growth", Teams: map[string]string{"Marketing": "brand"}}
	}).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, c := range report.Counts {
		counts[c.Of] = c.Records
	}
	check(t, "goals", []int{counts["goals"], counts["goals with a metric"]}, []int{5, 2})
	want := "1 of 2 goals with a metric become no KPI, for no department answers for it: name it as goals.department, or by team under goals.teams"
	if !slices.Contains(report.Warnings, want) {
		t.Errorf("warnings: %q", report.Warnings)
	}
}

func TestStrengthOfSupporters(t *testing.T) {
	for weight, want := range map[string]string{"": "0.5", "null": "0.5", "0": "0.5", "0.25": "0.25", "1": "1", "3": "1", `"odd"`: "0.5"} {
		if got := strength(json.RawMessage(weight)).String(); got != want {
			t.Errorf("strength of weight %q = %s, want %s", weight, got, want)
		}
	}
}

func TestGoalsInACircleHaveNoneAbove(t *testing.T) {
	site, o := organisation(t)
	site.AddGoal(asanatest.Goal{GID: "31", Name: "One", Subgoals: []string{"32"}})
	site.AddGoal(asanatest.Goal{GID: "32", Name: "Two", Subgoals: []string{"31", o.goal}})
	e := read(t, open(t, site, nil, withGoals))
	parent := func(gid string) string {
		return e.Recorded[portfolio.Key{Kind: portfolio.KindObjective, ID: "work-goal-" + gid}].(*portfolio.ObjectiveFact).Parent
	}
	check(t, "parents", []string{parent("31"), parent("32"), parent(o.goal)}, []string{"", "", "work-goal-32"})
}
