package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/doors/export"
	"plumbline/portfolio"
)

// exported asks the demo's organisation for a table.
func exported(t *testing.T, c portfolio.Caller, file string, parameters url.Values) *httptest.ResponseRecorder {
	t.Helper()
	api, err := organisation()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(export.Pattern, export.New(export.Config{Tables: tables{api}}))
	r := httptest.NewRequestWithContext(portfolio.WithCaller(t.Context(), c), http.MethodGet, export.Path+file+"?"+parameters.Encode(), nil)
	recorder := httptest.NewRecorder()
	mux.ServeHTTP(recorder, r)
	return recorder
}

// rowsOf are the rows of a table that is answered as CSV, by column.
func rowsOf(t *testing.T, c portfolio.Caller, name string, parameters url.Values) []map[string]string {
	t.Helper()
	answer := exported(t, c, name+".csv", parameters)
	if answer.Code != http.StatusOK {
		t.Fatalf("%s?%s is answered with %d: %s", name, parameters.Encode(), answer.Code, answer.Body)
	}
	lines, err := csv.NewReader(answer.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := []map[string]string{}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// TestTablesOfTheDemo compares the beginning of every table with a file that
// people may look at.
func TestTablesOfTheDemo(t *testing.T) {
	for _, name := range export.Names() {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{"csv", "json"} {
				answer := exported(t, portfolio.Local, name+"."+format, url.Values{"first": {"12"}})
				if answer.Code != http.StatusOK {
					t.Fatalf("answered with %d: %s", answer.Code, answer.Body)
				}
				wanted(t, filepath.Join("examples", "tables", name+"."+format), answer.Body.String())
			}
		})
	}
}

// TestTablesHaveTheRowsOfGraphQL asks both doors the same.
func TestTablesHaveTheRowsOfGraphQL(t *testing.T) {
	for _, c := range []struct{ name, filter, order string }{
		{"projects", `null`, `null`},
		{"projects", `{"health": {"in": ["RED", "YELLOW"]}}`, `[{"field": "SLIP_DAYS", "direction": "DESC"}, {"field": "NAME"}]`},
		{"projects", `{"presence": {}, "or": [{"disagreement": {"eq": true}}, {"department": {"eq": "Digital Health"}}]}`, `{"field": "DEPARTMENT"}`},
		{"projects", `{"budgetAmount": {"gt": "1000000"}}`, `[{"field": "BUDGET", "nulls": "FIRST"}]`},
		{"projects", `{"name": {"eq": "nothing is called so"}}`, `null`},
		{"milestones", `{"kind": {"neq": "STANDARD"}}`, `[{"field": "TARGET_DATE"}]`},
		{"milestones", `{"slipDays": {"gt": 0}, "project": {"phase": {"eq": "ACTIVE"}}}`, `null`},
		{"milestones", `{"targetDate": {"gte": "-P30D"}}`, `[{"field": "NAME", "direction": "DESC"}]`},
	} {
		noun := map[string]string{"projects": "Project", "milestones": "Milestone"}[c.name]
		query := fmt.Sprintf(`query($filter: %sFilter, $orderBy: [%[1]sOrder!]) { %s(filter: $filter, orderBy: $orderBy, first: 5000) { nodes { id } } }`, noun, c.name)
		variables := map[string]json.RawMessage{"filter": json.RawMessage(c.filter), "orderBy": json.RawMessage(c.order)}
		var answer map[string]struct{ Nodes []struct{ ID string } }
		if err := json.Unmarshal(answerWith(t, query, variables), &answer); err != nil {
			t.Fatal(err)
		}
		want := []string{}
		for _, node := range answer[c.name].Nodes {
			want = append(want, node.ID)
		}
		got := []string{}
		for _, row := range rowsOf(t, portfolio.Local, c.name, url.Values{"filter": {c.filter}, "orderBy": {c.order}}) {
			got = append(got, row["id"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-GraphQL +export):\n%s", query, diff)
		}
	}
}

func TestTablesShowWhatTheCallerMaySee(t *testing.T) {
	all := rowsOf(t, portfolio.Local, "projects", nil)
	paid := func(row map[string]string) bool { return row["budget__amount"] != "" }
	if !slices.ContainsFunc(all, paid) {
		t.Fatal("no project of the demo has a budget")
	}

	// Without the field group cost the columns are there, and empty.
	viewer := portfolio.Caller{Name: "bi", Role: portfolio.RoleViewer}
	unpaid := rowsOf(t, viewer, "projects", nil)
	if len(unpaid) != len(all) || slices.ContainsFunc(unpaid, paid) {
		t.Errorf("a caller without cost sees %d of %d projects, or a budget", len(unpaid), len(all))
	}
	if _, there := unpaid[0]["budget__currency"]; !there {
		t.Error("a column that is null in every row is missing")
	}
	refused := exported(t, viewer, "projects.csv", url.Values{"filter": {`{"budgetAmount": {"gt": "1"}}`}})
	if refused.Code != http.StatusForbidden || !strings.Contains(refused.Body.String(), `"code":"FORBIDDEN"`) {
		t.Errorf("filtered by what may not be read: %d %s", refused.Code, refused.Body)
	}

	// A caller of one department sees what is of it and of those below it,
	// and of the rest not a word.
	limited := portfolio.Caller{Name: "bi", Role: portfolio.RoleViewer, Departments: []string{"digital-health"}, Groups: []string{"*"}}
	var hidden []string
	want := 0
	for _, row := range all {
		if row["department__key"] == "digital-health" {
			want++
		} else {
			hidden = append(hidden, row["id"])
		}
	}
	seen := rowsOf(t, limited, "projects", nil)
	if want == 0 || len(seen) < want || len(seen) == len(all) {
		t.Errorf("a caller of one department sees %d projects, want at least %d and not all %d", len(seen), want, len(all))
	}
	hidden = slices.DeleteFunc(hidden, func(id string) bool {
		return slices.ContainsFunc(seen, func(row map[string]string) bool { return row["id"] == id })
	})
	for _, name := range export.Names() {
		text := exported(t, limited, name+".csv", nil).Body.String()
		for _, id := range hidden {
			if strings.Contains(text, id) {
				t.Errorf("%s shows a caller of one department the project %s", name, id)
			}
		}
	}
}

// TestTheScriptKeepsATable runs the script against a server that answers, and
// against one that breaks off.
func TestTheScriptKeepsATable(t *testing.T) {
	for _, needed := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("%s is not installed", needed)
		}
	}
	api, err := organisation()
	if err != nil {
		t.Fatal(err)
	}
	const filter = `{"kind": {"eq": "GO_LIVE"}}`
	var broken atomic.Bool
	var sent atomic.Int64
	mux := http.NewServeMux()
	mux.Handle(export.Pattern, export.New(export.Config{Tables: tables{api}}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			_, _ = w.Write([]byte("id,key\r\n"))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		if r.Header.Get("Authorization") != "Bearer plb_secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, r.WithContext(portfolio.WithCaller(r.Context(), portfolio.Local)))
		if recorder.Code == http.StatusOK {
			sent.Add(1)
		}
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	}))
	defer server.Close()
	folder := t.TempDir()
	script, err := filepath.Abs(filepath.Join("examples", "scripts", "table.sh"))
	if err != nil {
		t.Fatal(err)
	}
	run := func(key, filter string) error {
		command := exec.CommandContext(t.Context(), "sh", script, "milestones.csv", filter)
		command.Dir = folder
		command.Env = append(os.Environ(), "PLUMBLINE_SERVER="+server.URL, "PLUMBLINE_KEY="+key)
		return command.Run()
	}
	whole := exported(t, portfolio.Local, "milestones.csv", url.Values{"filter": {filter}}).Body.String()
	kept := func(what string, times int64) {
		t.Helper()
		if got := read(t, filepath.Join(folder, "milestones.csv")); got != whole || sent.Load() != times {
			t.Errorf("%s, the file has %d bytes, want %d; it was sent %d times, want %d", what, len(got), len(whole), sent.Load(), times)
		}
	}
	if err := run("plb_other", filter); err == nil {
		t.Error("the script is content with a refusal")
	}
	for _, what := range []string{"at first", "again"} {
		if err := run("plb_secret", filter); err != nil {
			t.Fatal(err)
		}
		kept(what, 1)
	}
	if err := run("plb_secret", `{"nonsense": 1}`); err == nil {
		t.Error("the script is content with a filter that is none")
	}
	broken.Store(true)
	if err := run("plb_secret", filter); err == nil {
		t.Error("the script is content with a piece of a table")
	}
	kept("after failures", 1)
	if left, err := filepath.Glob(filepath.Join(folder, "*.part")); err != nil || len(left) > 0 {
		t.Errorf("the script leaves %v behind: %v", left, err)
	}
}
