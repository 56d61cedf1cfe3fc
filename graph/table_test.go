package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/graph/problem"
	"plumbline/portfolio"
)

// tableDocuments are the documents of the tables that a door serves, by name.
func tableDocuments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../doors/export/tables/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatal("no tables", err)
	}
	documents := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents[strings.TrimSuffix(filepath.Base(file), ".graphql")] = string(text)
	}
	return documents
}

// tablesOf are the tables of a world under limits.
func tablesOf(w *world, limits limit.Limits) *graph.Handler {
	return graph.New(graph.Config{Reader: w, Limits: limits, Now: func() time.Time { return w.time }})
}

// wholeTable reads a table to its end.
func wholeTable(ctx context.Context, h *graph.Handler, document string, variables map[string]any, most int) (columns []graph.Column, rows []map[string]any, pages int, err error) {
	table, err := h.Table(ctx, document, variables, most)
	if err != nil {
		return nil, nil, 0, err
	}
	rows, pages, err = restOf(ctx, table)
	return table.Columns(), rows, pages, err
}

func restOf(ctx context.Context, table *graph.Table) (rows []map[string]any, pages int, err error) {
	for last := false; !last; pages++ {
		var text json.RawMessage
		if text, last, err = table.Page(ctx); err != nil {
			return nil, pages, err
		}
		var page []map[string]any
		if err = json.Unmarshal(text, &page); err != nil {
			return nil, pages, err
		}
		rows = append(rows, page...)
	}
	return rows, pages, nil
}

func as(t *testing.T, c portfolio.Caller) context.Context {
	return portfolio.WithCaller(t.Context(), c)
}

// tableQueries is how many random filters each table is asked with.
const tableQueries = 100

// fieldOf is the root field that a table's document asks for.
func fieldOf(t *testing.T, schema *ast.Schema, document string) *ast.FieldDefinition {
	t.Helper()
	parsed, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		t.Fatal(err)
	}
	return schema.Query.Fields.ForName(parsed.Operations[0].SelectionSet[0].(*ast.Field).Name)
}

// servedSchema is the schema as clients load it.
func servedSchema(t *testing.T) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestTablesHaveTheRowsOfLists asks for tables and, by GraphQL, for lists with
// the same random filters and orders: they have the same rows, or fail for the
// same reason.
func TestTablesHaveTheRowsOfLists(t *testing.T) {
	schema := servedSchema(t)
	chance := rand.New(rand.NewPCG(randomSeed, 3)) //nolint:gosec // it must be the same each time
	w := newOddWorld(t, chance)
	q := &querist{schema: schema, Rand: chance}
	// Dear pages are short, so that a table has several.
	h := tablesOf(w.world, limit.Limits{Cost: 100, ExportCost: 100, MinuteCost: 1 << 40, ExportMinuteCost: 1 << 40})
	names := slices.Sorted(maps.Keys(callers))
	for name, document := range tableDocuments(t) {
		field := fieldOf(t, schema, document)
		full, several := 0, 0
		for i := range tableQueries {
			c, variables := portfolio.Local, map[string]any{} // first everything
			if i > 0 {
				c = callers[names[chance.IntN(len(names))]]
				variables["filter"] = plain(q.value(field.Arguments.ForName("filter").Type, 2))
				variables["orderBy"] = plain(q.value(field.Arguments.ForName("orderBy").Type, 1))
			}
			variables = asDecoded(t, variables)
			want, code := w.wholeList(c, field.Name, document, variables)
			_, rows, pages, err := wholeTable(as(t, c), h, document, variables, -1)
			if code != "" {
				var failure *graph.Failure
				if !errors.As(err, &failure) || failure.Code != code {
					t.Fatalf("%s with %v: %v, want %s", name, variables, err, code)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s with %v: %v", name, variables, err)
			}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Fatalf("%s with %v (-list +table):\n%s", name, variables, diff)
			}
			full += min(len(rows), 1)
			several += min(pages-1, 1)
		}
		if full < tableQueries/20 || several < tableQueries/20 {
			t.Errorf("of %s %d tables had rows and %d several pages, which leaves too little to compare", name, full, several)
		}
	}
}

// asDecoded is what a door makes of variables that were sent to it.
func asDecoded(t *testing.T, variables map[string]any) (decoded map[string]any) {
	t.Helper()
	text, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}

// wholeList asks a table's document page by page by GraphQL, and returns the
// rows, or the code of the first error.
func (w *oddWorld) wholeList(c portfolio.Caller, field, document string, variables map[string]any) (rows []map[string]any, code problem.Code) {
	w.t.Helper()
	asked := maps.Clone(variables)
	asked["first"] = portfolio.MaxPage
	for {
		text, err := json.Marshal(asked)
		if err != nil {
			w.t.Fatal(err)
		}
		var answer struct {
			Errors []struct{ Extensions struct{ Code problem.Code } }
			Data   map[string]struct {
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
				Nodes []map[string]any
			}
		}
		if err := json.Unmarshal(w.ask(c, document, text), &answer); err != nil {
			w.t.Fatal(err)
		}
		if len(answer.Errors) > 0 {
			return nil, answer.Errors[0].Extensions.Code
		}
		rows = append(rows, answer.Data[field].Nodes...)
		if !answer.Data[field].PageInfo.HasNextPage {
			return rows, ""
		}
		asked["after"] = answer.Data[field].PageInfo.EndCursor
	}
}

// Every role reads every table: the columns are the same for all, and nobody
// sees a word of what is hidden from them.
func TestEveryRoleReadsEveryTable(t *testing.T) {
	chance := rand.New(rand.NewPCG(randomSeed, 4)) //nolint:gosec // it must be the same each time
	w := newOddWorld(t, chance)
	m := &matrix{t: t, world: w}
	h := tablesOf(w.world, limit.Limits{MinuteCost: 1 << 40, ExportMinuteCost: 1 << 40})
	schema := servedSchema(t)
	for name, document := range tableDocuments(t) {
		all := map[string]any{}
		if filter := fieldOf(t, schema, document).Arguments.ForName("filter"); schema.Types[filter.Type.Name()].Fields.ForName("presence") != nil {
			all["filter"] = map[string]any{"presence": map[string]any{}}
		}
		var columns []graph.Column
		most := 0
		for _, c := range matrixCallers {
			seen, rows, _, err := wholeTable(as(t, c.Caller), h, document, all, -1)
			if err != nil {
				t.Fatalf("%s, read by %s: %v", name, c.name, err)
			}
			if columns == nil {
				columns = seen
			}
			if diff := cmp.Diff(columns, seen); diff != "" {
				t.Errorf("%s has other columns for %s: %s", name, c.name, diff)
			}
			if c.nothing && len(rows) > 0 {
				t.Errorf("%s shows %d rows to %s", name, len(rows), c.name)
			}
			text, err := json.Marshal(rows)
			if err != nil {
				t.Fatal(err)
			}
			m.mayKnow(c.Caller, c.limited, text, func(format string, args ...any) {
				t.Helper()
				t.Errorf("%s, read by %s: %s", name, c.name, fmt.Sprintf(format, args...))
			})
			most = max(most, len(rows))
		}
		if most == 0 {
			t.Errorf("%s has no rows even for an admin, so nothing is shown by this test", name)
		}
	}
}

const projectNames = `query($filter: ProjectFilter, $first: Int, $after: String) {
	projects(filter: $filter, first: $first, after: $after) { pageInfo { hasNextPage endCursor } totalCount nodes { id name department { name } } }
}`

// putProjects commits so many projects, named so.
func putProjects(w *world, n int, name string) {
	var docs []portfolio.Document
	for i := range n {
		id := fmt.Sprintf("%04d", i)
		docs = append(docs, &portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: id}, Name: name + id})
	}
	w.put(docs...)
}

func TestATableIsOfOneRevisionAlthoughCommitsArrive(t *testing.T) {
	w := newWorld(t)
	putProjects(w, 50, "before ")
	h := tablesOf(w, limit.Limits{ExportCost: 3 + 10*2}) // ten to a page
	table, err := h.Table(as(t, portfolio.Local), projectNames, nil, -1)
	if err != nil {
		t.Fatal(err)
	}
	putProjects(w, 10, "meanwhile ")
	first, last, err := table.Page(as(t, portfolio.Local))
	if err != nil || last {
		t.Fatal(last, err)
	}
	putProjects(w, 70, "after ")
	rest, pages, err := restOf(as(t, portfolio.Local), table)
	if err != nil || pages != 4 || len(rest) != 40 || strings.Contains(string(first), "meanwhile") {
		t.Fatalf("%d rows follow in %d pages: %v\n%s", len(rest), pages, err, first)
	}
	for _, row := range rest {
		if !strings.HasPrefix(row["name"].(string), "before ") {
			t.Errorf("the table shows %v", row)
		}
	}
}

func TestATableOfSoManyRows(t *testing.T) {
	w := newWorld(t)
	putProjects(w, 25, "P")
	h := tablesOf(w, limit.Limits{ExportCost: 3 + 10*2})
	for most, want := range map[int]int{-1: 25, 0: 0, 1: 1, 10: 10, 13: 13, 25: 25, 1 << 40: 25} {
		_, rows, _, err := wholeTable(as(t, portfolio.Local), h, projectNames, nil, most)
		if err != nil || len(rows) != want {
			t.Errorf("of at most %d rows there are %d (%v), want %d", most, len(rows), err, want)
		}
	}
}

func TestATableIsPaidForBeforeItsFirstPage(t *testing.T) {
	w := newWorld(t)
	putProjects(w, 50, "P")
	viewer := portfolio.Caller{Name: "bi", Role: portfolio.RoleViewer}
	codeOf := func(h *graph.Handler) (problem.Code, int) {
		t.Helper()
		table, err := h.Table(as(t, viewer), projectNames, nil, -1)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = table.Page(as(t, viewer))
		var failure *graph.Failure
		if err != nil && !errors.As(err, &failure) {
			t.Fatal(err)
		}
		if failure == nil {
			return "", 0
		}
		return failure.Code, failure.RetryAfter
	}
	// Fifty projects and their departments are 100. The first page is paid for by
	// itself, and the rest at once: two connections and their pageInfo are 6.
	if code, _ := codeOf(tablesOf(w, limit.Limits{Cost: 3 + 10*2, MinuteCost: 105})); code != problem.TooComplex {
		t.Errorf("a table that no minute can pay: %q", code)
	}
	h := tablesOf(w, limit.Limits{Cost: 3 + 10*2, MinuteCost: 120})
	if code, _ := codeOf(h); code != "" {
		t.Errorf("a table that the minute can pay: %q", code)
	}
	if code, wait := codeOf(h); code != problem.RateLimited || wait <= 0 || wait > 60 {
		t.Errorf("another one in the same minute: %q, try again in %d s", code, wait)
	}
	w.time = w.time.Add(time.Minute)
	if code, _ := codeOf(h); code != "" {
		t.Errorf("another one in the next minute: %q", code)
	}
	// Tables and operations are paid from the same purse.
	w.handler = h
	if answer := string(w.ask(viewer, `{ projects(first: 15) { nodes { id } } }`, nil)); !strings.Contains(answer, "RATE_LIMITED") {
		t.Errorf("an operation after the table: %s", answer)
	}
}

func TestRowsWithLongTextsMakeShorterPages(t *testing.T) {
	w := newWorld(t)
	putProjects(w, 64, strings.Repeat("long ", 100))
	_, rows, pages, err := wholeTable(as(t, portfolio.Local), tablesOf(w, limit.Limits{Answer: 10 << 10}), projectNames, nil, -1)
	if err != nil || len(rows) != 64 || pages < 4 {
		t.Errorf("%d rows in %d pages: %v", len(rows), pages, err)
	}
	if _, _, _, err = wholeTable(as(t, portfolio.Local), tablesOf(w, limit.Limits{Answer: 100}), projectNames, nil, -1); err == nil {
		t.Error("one row that is too long is answered")
	}
}

func TestTheColumnsOfADocument(t *testing.T) {
	w := newWorld(t)
	const document = `
		query($first: Int, $after: String) { all: projects(first: $first, after: $after) {
			nodes { ...named budget { amount currency } slipDays overdue targetDate updatedAt phase labels ... on Project { name short: key }
				milestones { nodes { id } } customFields { name } health { reasons { code } } }
			totalCount pageInfo { hasNextPage endCursor } } }
		fragment named on Project { id name department { head { name } } }`
	table, err := tablesOf(w, limit.Limits{}).Table(as(t, portfolio.Local), document, nil, -1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, column := range table.Columns() {
		text := strings.Join(column.Path, " ")
		if column.Text {
			text += " (text)"
		}
		got = append(got, text)
	}
	want := []string{
		"id (text)", "name (text)", "department head name (text)", "budget amount", "budget currency (text)", "slipDays", "overdue", "targetDate",
		"updatedAt", "phase", "labels", "short (text)", "milestones nodes", "customFields", "health reasons",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, other := range []string{
		`{ projects { nodes { id } totalCount } }`,
		`{ projects { rows: nodes { id } totalCount pageInfo { endCursor } } }`,
		`{ projects { nodes { id } totalCount pageInfo { endCursor } } milestones { totalCount } }`,
		`{ rateLimit { cost } }`,
		`mutation { startSync(input: {}) { connections } }`,
		`{ projects { nodes { nothing } } }`,
	} {
		if _, err := tablesOf(w, limit.Limits{}).Table(as(t, portfolio.Local), other, nil, -1); err == nil {
			t.Errorf("%s is taken for a table", other)
		}
	}
}

func TestTheTagOfATable(t *testing.T) {
	w := newWorld(t)
	h := tablesOf(w, limit.Limits{})
	document := tableDocuments(t)["milestones"]
	viewer := portfolio.Caller{Name: "a", Role: portfolio.RoleViewer}
	tag := func(c portfolio.Caller, form string, variables map[string]any, most int) string {
		t.Helper()
		table, err := h.Table(as(t, c), document, variables, most)
		if err != nil {
			t.Fatal(err)
		}
		tag, err := table.Tag(as(t, c), form)
		if err != nil || tag == "" {
			t.Fatal(tag, err)
		}
		return tag
	}
	first := tag(viewer, "csv", nil, -1)
	other := viewer
	other.Name = "b"
	if tag(other, "csv", nil, -1) != first {
		t.Error("whoever sees the same has another tag")
	}
	late := map[string]any{"filter": map[string]any{"finished": false}}
	for what, differs := range map[string]string{
		"another format":             tag(viewer, "json", nil, -1),
		"another filter":             tag(viewer, "csv", late, -1),
		"fewer rows":                 tag(viewer, "csv", nil, 3),
		"a caller who may see other": tag(portfolio.Local, "csv", nil, -1),
	} {
		if differs == first {
			t.Errorf("%s has the same tag", what)
		}
	}
	// A run changes no table, though its rows name their connection.
	c := portfolio.Commit{Put: []portfolio.Document{&portfolio.Run{Connection: "eng", Number: 1, State: portfolio.RunFailed}}}
	c.Revision, c.Data = w.now.Position().Revision+1, w.now.Data()
	w.now, _ = w.now.Apply(c)
	if tag(viewer, "csv", nil, -1) != first {
		t.Error("after a run the tag is another one")
	}
	putProjects(w, 1, "P")
	if tag(viewer, "csv", nil, -1) == first {
		t.Error("another revision has the same tag")
	}
}
