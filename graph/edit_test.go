package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// A worldLog is the world as an editor's log.
type worldLog struct {
	store.Log
	w *world
}

func (l worldLog) Now(context.Context) (time.Time, error) { return l.w.time, nil }

func (l worldLog) Commit(_ context.Context, c store.Change) (portfolio.Commit, error) {
	for key, want := range c.Expect {
		if v, _ := l.w.now.Document(key); v.Rev != want {
			return portfolio.Commit{}, fmt.Errorf("%w: %s", store.ErrConflict, key)
		}
	}
	l.w.commit(portfolio.Commit{Author: c.Author, Put: c.Put, Delete: c.Delete})
	return portfolio.Commit{Position: l.w.now.Position()}, nil
}

// recorded is what a mutation answered.
type recorded struct {
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
	Data map[string]struct {
		Results []struct {
			Key, Outcome, Version string
		}
		Revision   string
		Replayed   bool
		UserErrors []struct {
			Code, Message string
			Field         []string
		}
	}
}

func (w *world) record(c portfolio.Caller, mutation, input string) recorded {
	w.t.Helper()
	var r recorded
	query := fmt.Sprintf("mutation { %s(input: %s) { results { key outcome version } revision replayed userErrors { code message field } } }", mutation, input)
	if err := json.Unmarshal(w.ask(c, query, nil), &r); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// outcome is what became of the only row, or why it was refused.
func (r recorded) outcome(mutation string) string {
	if len(r.Errors) > 0 {
		return "error " + r.Errors[0].Extensions.Code + ": " + r.Errors[0].Message
	}
	p := r.Data[mutation]
	if len(p.UserErrors) > 0 {
		e := p.UserErrors[0]
		return e.Code + " " + strings.Join(e.Field, ".") + ": " + e.Message
	}
	var all []string
	for _, row := range p.Results {
		all = append(all, row.Outcome)
	}
	return strings.Join(all, " ")
}

// every mutation that records something, with an input that is right.
var mutations = []struct{ name, input string }{
	{"upsertDepartments", `{items: [{key: "wards", name: "Wards"}]}`},
	{"upsertIdentities", `{items: [{key: "ines", name: "Ines", accounts: ["ines@example.com"]}]}`},
	{"upsertStrategies", `{items: [{key: "plan", name: "Plan", leading: true}]}`},
	{"upsertObjectives", `{items: [{key: "grow", strategy: "plan", name: "Grow"}, {key: "save", strategy: "plan", name: "Save", rollUp: MIN}]}`},
	{"upsertStrategyVersions", `{items: [{strategy: "plan", version: "2026", method: MANUAL, weights: [{objective: "grow", weight: 2}, {objective: "save", weight: "1.5"}], validFrom: "2026-01-01"}]}`},
	{"upsertJudgements", `{items: [{strategy: "plan", version: "2026", judge: "Ines", pairs: [{more: "grow", less: "save", times: "1/3"}]}]}`},
	{"upsertContributions", `{items: [{project: "eng:TEL", objective: "grow", strength: "0.8"}]}`},
	{"upsertKpis", `{items: [{key: "visits", name: "Visits", department: "wards", direction: HIGHER_IS_BETTER, period: MONTH, target: 10, graceDays: 5}]}`},
	{"upsertKeyResults", `{items: [{key: "kr", objective: "grow", name: "Visits", kpi: "visits", due: "2026-12-31"}]}`},
	{"upsertMeasurements", `{items: [{kpi: "visits", period: "2026-01", actual: 8}, {kpi: "visits", period: "2026-01", segment: "pilot", projection: "3.5"}]}`},
	{"upsertKpiLinks", `{items: [{project: "eng:TEL", kpi: "visits", expectedChange: -2}]}`},
	{"upsertCosts", `{items: [{project: "eng:TEL", period: "2026-03", currency: "EUR", planned: "10.50"}]}`},
	{"upsertRisks", `{items: [{key: "flood", title: "Flood", project: "eng:TEL", milestone: "eng:V7", response: PREVENTED, probability: "0.5", residualProbability: 0, currency: "EUR", owner: "Ines", raised: "2026-01-05"}]}`},
	{"upsertIssues", `{items: [{key: "wet", title: "The floor is wet", department: "wards", severity: HIGH, risk: "flood", raised: "2026-02-01"}]}`},
	{"upsertAssumptions", `{items: [{key: "dry", title: "It stays dry", project: "eng:TEL", state: REFUTED, validated: "2026-02-01", note: "It did not."}]}`},
	{"upsertDecisions", `{items: [{key: "site", title: "Where?", projects: ["eng:TEL"], blocks: ["eng:V7"], decider: "Ines", raised: "2026-01-05", actions: [{title: "Ask", owner: "Ines"}]}]}`},
	{"upsertLessons", `{items: [{key: "late", title: "Tested late", category: "tests", project: "eng:TEL", whatHappened: "It was late.", recommendation: "Begin earlier.", appliedTo: ["eng:TEL"]}]}`},
	{"upsertQuotes", `{items: [{key: "well", text: "Well.", by: "A nurse", said: "2026-02-01", project: "eng:TEL", consent: true}]}`},
	{"upsertQuickWins", `{items: [{key: "fast", title: "Fast", project: "eng:TEL", achieved: "2026-02-01", amount: "2.5", unit: "hours", objective: "grow", quote: "well"}]}`},
	{"upsertCycles", `{items: [{key: "spring", name: "Spring", starts: "2026-01-01", ends: "2026-03-31", goals: [{title: "Grow", objective: "grow", progress: "0.5"}]}]}`},
	{"upsertSurveys", `{items: [{key: "asked", name: "Asked", department: "wards", sent: "2026-02-01", invited: 10, responses: 4}]}`},
	{"upsertBenefits", `{items: [{key: "calm", name: "Calm", project: "eng:TEL", unit: "hours", planned: 100, due: "2026-06-30", realised: [{on: "2026-02-01", amount: 5}]}]}`},
	{"upsertAssignments", `{items: [{key: "ines-tel", project: "eng:TEL", person: "Ines", from: "2026-01-01", to: "2026-06-30", allocation: "0.5"}]}`},
	{"upsertCapacities", `{items: [{key: "ines-half", person: "Ines", from: "2026-03-01", to: "2026-03-31", share: "0.5"}]}`},
	{"upsertControlExceptions", `{items: [{key: "no-budget", control: SPONSOR, project: "eng:TEL", reason: "Small.", approvedBy: "Ines"}]}`},
	{"setProjectFields", `{items: [{project: "eng:TEL", sponsor: "Ines", budget: {amount: "4600000", currency: "USD"}, due: "2026-05-01", phase: ON_HOLD, jobSize: 5, objectives: ["grow"], custom: [{name: "Colour", text: "red"}, {name: "Seen", boolean: true}], reason: "It is so."}]}`},
	{"setMilestoneFields", `{items: [{milestone: "eng:V7", kind: GO_LIVE, contingency: "Paper.", baseline: "2026-04-01"}]}`},
	{"linkProjects", `{items: [{primary: "eng/project/1", members: ["ops/project/77"]}]}`},
	{"unlinkProjects", `{items: [{primary: "eng/project/1"}]}`},
	{"deleteRecords", `{kpiLinks: [{key: "eng:TEL#visits"}]}`},
}

func TestEveryMutationRecordsAndIsRepeatable(t *testing.T) {
	w := synced(t)
	for _, m := range mutations {
		first := w.record(editor, m.name, m.input).outcome(m.name)
		want := "CREATED"
		switch m.name {
		case "upsertObjectives", "upsertMeasurements":
			want = "CREATED CREATED"
		case "unlinkProjects", "deleteRecords":
			want = "DELETED"
		case "setProjectFields", "upsertCosts":
			want = "error" // without the group cost, below
		}
		if want == "error" {
			if !strings.HasPrefix(first, "FORBIDDEN input.items.0: The key may not read ") {
				t.Errorf("%s without the group cost: %s", m.name, first)
			}
			all := editor
			all.Groups = []string{"*"}
			first, want = w.record(all, m.name, m.input).outcome(m.name), "CREATED"
			if again := w.record(all, m.name, m.input).outcome(m.name); again != "UNCHANGED" {
				t.Errorf("%s again: %s", m.name, again)
			}
		} else if again := w.record(editor, m.name, m.input).outcome(m.name); m.name != "deleteRecords" && strings.Trim(again, "UNCHAGED ") != "" {
			t.Errorf("%s again: %s, want UNCHANGED", m.name, again)
		}
		if first != want {
			t.Errorf("%s: %s, want %s", m.name, first, want)
		}
	}
}

// The schema has no other mutations that record something than those tested.
func TestWhoMayRecord(t *testing.T) {
	known := map[string]bool{"startSync": true, "confirmHold": true}
	for _, m := range mutations {
		known[m.name] = true
	}
	for _, field := range loadSchema(t, "schema/*.graphqls").Mutation.Fields {
		if !known[field.Name] && !strings.HasPrefix(field.Name, "__") {
			t.Errorf("mutation %s is not tested", field.Name)
		}
	}
	w := synced(t)
	revision := w.now.Position().Revision
	for _, m := range mutations {
		for _, role := range []portfolio.Role{"", portfolio.RoleViewer} {
			caller := portfolio.Caller{Name: "key", Role: role, Groups: []string{"*"}, Export: true}
			if got := w.record(caller, m.name, m.input).outcome(m.name); !strings.HasPrefix(got, "error FORBIDDEN") {
				t.Errorf("%s by role %q: %s, want FORBIDDEN", m.name, role, got)
			}
		}
		w.age = time.Second
		if got := w.record(editor, m.name, m.input).outcome(m.name); !strings.HasPrefix(got, "error UNAVAILABLE") {
			t.Errorf("%s while the store is down: %s, want UNAVAILABLE", m.name, got)
		}
		w.age = 0
	}
	if now := w.now.Position().Revision; now != revision {
		t.Errorf("revision %d became %d by mutations that were refused", revision, now)
	}
}

func TestAMutationSeesTheOnesBeforeIt(t *testing.T) {
	w := synced(t)
	answer := w.ask(editor, `mutation {
		upsertDepartments(input: {items: [{key: "new", name: "New"}]}) { revision userErrors { message } }
		upsertKpis(input: {items: [{key: "k", name: "K", department: "new", direction: LOWER_IS_BETTER, period: YEAR}]}) { revision userErrors { message } }
	}`, nil)
	if strings.Contains(string(answer), "message") || strings.Contains(string(answer), `"revision":null`) {
		t.Errorf("the second needs the first: %s", answer)
	}
}

func TestFieldsAreAddressedInManyWays(t *testing.T) {
	w := synced(t)
	all := editor
	all.Groups = []string{"*"}
	var project struct {
		Data struct{ Project struct{ ID string } }
	}
	if err := json.Unmarshal(w.ask(all, `{ project(ref: {source: {connection: "eng", key: "TEL"}}) { id } }`, nil), &project); err != nil || project.Data.Project.ID == "" {
		t.Fatal(err, "no project TEL")
	}
	const m = "setProjectFields"
	set := func(ref, priority string) string {
		return w.record(all, m, fmt.Sprintf(`{items: [{project: %q, priority: %s}]}`, ref, priority)).outcome(m)
	}
	for _, step := range []struct{ ref, priority, want string }{
		{"eng:TEL", `"high"`, "CREATED"},
		{project.Data.Project.ID, `"high"`, "UNCHANGED"},
		{"eng/project/1", `"low"`, "UPDATED"},
		{project.Data.Project.ID, "null", "DELETED"},
		{"eng:TEL", "null", "UNCHANGED"},
		{"eng:NEW", `"high"`, "CREATED"}, // whose tool was not read yet
		{"eng/project/1", `""`, "BLANK input.items.0.priority: An empty text says nothing; to take back what was recorded, delete it."},
		{"PAY", `"high"`, `INVALID input.items.0.project: "PAY" is no reference: write pmo:<PMO number>, <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.`},
	} {
		if got := set(step.ref, step.priority); got != step.want {
			t.Errorf("%s of %s: %s, want %s", step.priority, step.ref, got, step.want)
		}
	}
}

func TestExpectedVersionsOfFields(t *testing.T) {
	w := synced(t)
	const m = "setProjectFields"
	set := func(fields string) recorded {
		return w.record(editor, m, `{items: [{project: "eng:TEL", `+fields+`}]}`)
	}
	first := set(`priority: "high", justification: "x"`).Data[m].Results[0].Version
	second := set(`priority: "low"`).Data[m].Results[0].Version
	for _, c := range []struct{ fields, want string }{
		{fmt.Sprintf(`justification: "y", expectedVersion: %q`, first), "UPDATED"},
		{fmt.Sprintf(`priority: "none", expectedVersion: %q`, first), "CONFLICT input.items.0"},
		{fmt.Sprintf(`priority: "none", expectedVersion: %q`, second), "UPDATED"},
		{`due: "2026-01-01", expectedVersion: "0"`, "CREATED"},
		{`due: "2026-01-02", expectedVersion: "now"`, `INVALID input.items.0.expectedVersion: "now" is not a version; write the one that a result gave.`},
		{`reason: "none"`, "BLANK input.items.0: The row says nothing of any field."},
		{`custom: [{name: "a", text: "x", number: 1}]`, `INVALID input.items.0.custom: The field "a" is given 2 values; give it one.`},
	} {
		if got := set(c.fields).outcome(m); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.fields, got, c.want)
		}
	}
}

// Global ids are taken wherever a key is.
func TestGlobalIDsAreReferences(t *testing.T) {
	w := synced(t)
	id := portfolio.NodeID
	for _, m := range mutations[:4] {
		w.record(editor, m.name, m.input)
	}
	for _, c := range []struct{ name, input, want, key string }{
		{"upsertKpis", fmt.Sprintf(`{items: [{key: "k", name: "K", department: %q, direction: LOWER_IS_BETTER, period: DAY}]}`, id(portfolio.KindDepartment, "wards")), "CREATED", "k"},
		{"upsertContributions", fmt.Sprintf(`{items: [{project: %q, objective: %q, strength: 1}]}`, id(portfolio.KindProject, "eng/project/1"), id(portfolio.KindObjective, "grow")), "CREATED", "eng/project/1#grow"},
		{"setMilestoneFields", fmt.Sprintf(`{items: [{milestone: %q, kind: KEY}]}`, id(portfolio.KindMilestone, "eng/version/1")), "CREATED", "eng/version/1"},
		{"linkProjects", fmt.Sprintf(`{items: [{primary: %q, members: ["eng:TEL"], apart: true}]}`, id(portfolio.KindProject, "ops/project/9")), "CREATED", "ops/project/9!"},
		{"linkProjects", `{items: [{primary: "eng:NONE", members: ["eng:TEL"]}]}`, `NOT_FOUND input.items.0.primary: There is no project "eng:NONE"; name it by its key once its tool was read, or by its id.`, ""},
		{"deleteRecords", fmt.Sprintf(`{kpis: [{key: %q}], contributions: [{key: "eng/project/1#grow", expectedVersion: "1"}]}`, id(portfolio.KindKPI, "k")), "CONFLICT input.contributions.0", ""},
		{"deleteRecords", fmt.Sprintf(`{kpis: [{key: %q}]}`, id(portfolio.KindKPI, "k")), "DELETED", "k"},
	} {
		got := w.record(editor, c.name, c.input)
		if !strings.HasPrefix(got.outcome(c.name), c.want) {
			t.Errorf("%s %s: %s, want %s", c.name, c.input, got.outcome(c.name), c.want)
		} else if c.key != "" && got.Data[c.name].Results[0].Key != c.key {
			t.Errorf("%s %s: key %q, want %q", c.name, c.input, got.Data[c.name].Results[0].Key, c.key)
		}
	}
}
