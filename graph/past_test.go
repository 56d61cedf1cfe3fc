package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"

	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
)

func fullSchema(t testing.TB) *gql.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&gql.Source{Name: "schema.graphql", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// Whatever can be asked can be asked of a past day, in the same words. Only
// bookkeeping has no history.
func TestEveryRootFieldTakesADay(t *testing.T) {
	schema := fullSchema(t)
	of := map[string]string{}
	for _, field := range schema.Query.Fields {
		if strings.HasPrefix(field.Name, "__") {
			continue
		}
		for name, typeName := range map[string]string{"asOf": "Date", "asOfSettings": "SettingsOf"} {
			argument := field.Arguments.ForName(name)
			if field.Directives.ForName("operational") != nil || field.Name == "node" { // which Relay wants with an id alone
				if argument != nil {
					t.Errorf("%s takes %s", field.Name, name)
				}
				continue
			}
			if argument == nil || argument.Type.String() != typeName {
				t.Errorf("%s has no argument %s: %s", field.Name, name, typeName)
				continue
			}
			if of[name] == "" {
				of[name] = argument.Description
			}
			if argument.Description != of[name] || len(of[name]) < 40 {
				t.Errorf("%s(%s:) says %q, another field %q", field.Name, name, argument.Description, of[name])
			}
		}
	}
	for _, field := range schema.Mutation.Fields {
		if field.Arguments.ForName("asOf") != nil {
			t.Errorf("%s takes a day; nobody changes the past", field.Name)
		}
	}
}

// A chronicle is a log whose days a test turns, and what answers about them.
type chronicle struct {
	t       testing.TB
	log     store.Log
	replica *replica.Replica
	handler *graph.Handler
}

func newChronicle(t testing.TB, limits limit.Limits) *chronicle {
	t.Helper()
	log, err := boltstore.Open(filepath.Join(t.TempDir(), "plumbline.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	r, err := replica.Open(t.Context(), log, replica.Options{
		PublishEvery: time.Millisecond,
		Day: func(context.Context, *time.Location) (portfolio.Date, error) {
			return portfolio.Date{}, portfolio.ErrUnavailable // the test turns it
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return &chronicle{t, log, r, graph.New(graph.Config{Reader: r, Past: r, Limits: limits})}
}

func (c *chronicle) put(docs ...portfolio.Document) {
	c.t.Helper()
	commit, err := c.log.Commit(c.t.Context(), store.Change{Put: docs})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.replica.Wait(c.t.Context(), commit.Revision); err != nil {
		c.t.Fatal(err)
	}
}

// get asks by GET and returns the whole answer.
func (c *chronicle) get(caller portfolio.Caller, query, tag string, variables map[string]any) *httptest.ResponseRecorder {
	c.t.Helper()
	text, err := json.Marshal(variables)
	if err != nil {
		c.t.Fatal(err)
	}
	target := "/graphql?" + url.Values{"query": {query}, "variables": {string(text)}}.Encode()
	r := httptest.NewRequestWithContext(portfolio.WithCaller(c.t.Context(), caller), http.MethodGet, target, nil)
	r.Header.Set("If-None-Match", tag)
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, r)
	return recorder
}

func (c *chronicle) ask(query string) string {
	c.t.Helper()
	return string(indented(c.t, c.get(portfolio.Local, query, "", nil).Body.Bytes()))
}

func project(n int, name string) *portfolio.ProjectFact {
	return &portfolio.ProjectFact{
		Source: portfolio.Source{Connection: "eng", Kind: "project", ID: fmt.Sprint(n), Key: fmt.Sprint("P", n)},
		Name:   name, Category: "Care",
	}
}

// fourDays is a project that is called by the day from 1 to 4 March, beside
// some that stay as they are.
func fourDays(t testing.TB, limits limit.Limits) *chronicle {
	t.Helper()
	c := newChronicle(t, limits)
	settings := func(name string) *portfolio.Settings {
		return &portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{
			ID: "eng", Name: name, Fields: []portfolio.FieldMapping{{To: "department", Field: "category"}},
		}}}
	}
	c.put(settings("Then"), project(1, "One"), project(2, "Two"), project(3, "Three"), project(4, "Four"))
	for day := 1; day <= 4; day++ {
		c.put(&portfolio.Clock{Today: portfolio.NewDate(2026, time.March, day)})
		c.put(project(1, fmt.Sprint("March ", day)))
	}
	c.put(settings("Now"))
	return c
}

func TestADayIsAskedFor(t *testing.T) {
	c := fourDays(t, limit.Limits{})
	for name, test := range map[string]struct{ query, want string }{
		"now":              {`{ project(ref: {source: {connection: "eng", key: "P1"}}) { name } }`, `"name": "March 4"`},
		"null":             {`{ projects(asOf: null, first: 1) { nodes { name } } }`, `"name": "March 4"`},
		"nothing":          {`{ projects(asOf: "", first: 1) { nodes { name } } }`, `"name": "March 4"`},
		"today":            {`{ projects(asOf: "2026-03-04", first: 1) { nodes { name } } }`, `"name": "March 4"`},
		"a past day":       {`{ projects(asOf: "2026-03-02", first: 1) { nodes { name } } }`, `"name": "March 2"`},
		"the first day":    {`{ project(asOf: "2026-03-01", ref: {source: {connection: "eng", key: "P1"}}) { name } }`, `"name": "March 1"`},
		"settings of then": {`{ connections(asOf: "2026-03-01") { nodes { name lastSuccessAt runs { totalCount } } } }`, `"name": "Then"`},
		"settings of now":  {`{ connections(asOf: "2026-03-01", asOfSettings: NOW) { nodes { name } } }`, `"name": "Now"`},
		"two fields":       {`{ a: projects(asOf: "2026-03-02") { totalCount } node(id: "x") { id } }`, `INVALID`}, // of the id
		"before all":       {`{ projects(asOf: "2026-02-28") { totalCount } }`, `the history begins on 2026-03-01`},
		"a day to come":    {`{ projects(asOf: "2026-03-05") { totalCount } }`, `2026-03-05 is still to come; today is 2026-03-04`},
		"no day at all":    {`{ projects(asOf: "yesterday") { totalCount } }`, `\"yesterday\" is not a date`},
		"two days":         {`{ a: projects(asOf: "2026-03-02") { totalCount } b: people(asOf: "2026-03-03") { totalCount } }`, `a has asOf: \"2026-03-02\", and b has asOf: \"2026-03-03\"`},
		"a day and now":    {`{ a: projects(asOf: "2026-03-02") { totalCount } b: people { totalCount } }`, `a has asOf: \"2026-03-02\", and b has no asOf`},
		"in a fragment":    {`{ ...f b: people { totalCount } } fragment f on Query { projects(asOf: "2026-03-02") { totalCount } }`, `projects has asOf: \"2026-03-02\", and b has no asOf`},
		"left out":         {`{ a: projects(asOf: "2026-03-02", first: 1) { nodes { name } } b: people @skip(if: true) { totalCount } }`, `"name": "March 2"`},
		"two settings":     {`{ a: projects(asOf: "2026-03-02") { totalCount } b: people(asOf: "2026-03-02", asOfSettings: NOW) { totalCount } }`, `a has asOfSettings: THEN, and b has asOfSettings: NOW`},
		"bookkeeping":      {`{ a: projects(asOf: "2026-03-02") { totalCount } runs { totalCount } }`, `runs shows bookkeeping, of which there is no history`},
		"the rate limit":   {`{ projects(asOf: "2026-03-02", first: 1) { nodes { name } } rateLimit { cost } }`, `"name": "March 2"`},
		"an introspection": {`{ projects(asOf: "2026-03-02", first: 1) { nodes { name } } __typename __type(name: "SettingsOf") { name } }`, `"name": "March 2"`},
	} {
		if got := c.ask(test.query); !strings.Contains(got, test.want) {
			t.Errorf("%s: want %s in\n%s", name, test.want, got)
		}
	}
	for query, code := range map[string]string{
		`{ projects(asOf: "2026-02-28") { totalCount } }`: "NOT_FOUND",
		`{ projects(asOf: "2026-03-05") { totalCount } }`: "INVALID",
	} {
		if got := c.ask(query); !strings.Contains(got, `"code": "`+code+`"`) || strings.Contains(got, "totalCount") {
			t.Errorf("%s: want %s and nothing else in\n%s", query, code, got)
		}
	}
}

func TestPagesOfAPastDay(t *testing.T) {
	c := fourDays(t, limit.Limits{})
	query := `query($after: String, $day: Date) { projects(first: 1, after: $after, asOf: $day, orderBy: [{field: NAME}]) {
		nodes { name } pageInfo { endCursor hasNextPage revision revisionChanged } } }`
	var names []string
	after, revision := "", ""
	for more := true; more; {
		var answer struct {
			Data struct {
				Projects struct {
					Nodes    []struct{ Name string }
					PageInfo struct {
						EndCursor, Revision          string
						HasNextPage, RevisionChanged bool
					}
				}
			}
			Extensions struct {
				Revision struct {
					AsOf, Settings string
					Number         int
				}
			}
		}
		body := c.get(portfolio.Local, query, "", map[string]any{"after": after, "day": "2026-03-02"}).Body.Bytes()
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data.Projects.Nodes) != 1 {
			t.Fatalf("%v: %s", err, body)
		}
		page := answer.Data.Projects.PageInfo
		names = append(names, answer.Data.Projects.Nodes[0].Name)
		if page.RevisionChanged || revision != "" && revision != page.Revision || fmt.Sprint(answer.Extensions.Revision.Number) != page.Revision {
			t.Errorf("page %d is of another revision: %s", len(names), body)
		}
		if answer.Extensions.Revision.AsOf != "2026-03-02" || answer.Extensions.Revision.Settings != "THEN" {
			t.Errorf("the answer does not say of which day it is: %s", body)
		}
		after, revision, more = page.EndCursor, page.Revision, page.HasNextPage
		c.put(project(5, fmt.Sprint("New ", len(names)))) // which is of today
	}
	if got := strings.Join(names, ", "); got != "Four, March 2, Three, Two" {
		t.Errorf("the pages have %s", got)
	}
}

func TestTheTagOfAPastDay(t *testing.T) {
	c := fourDays(t, limit.Limits{})
	query := `query($day: Date, $settings: SettingsOf) { projects(asOf: $day, asOfSettings: $settings) { totalCount } }`
	tags := map[string]string{}
	for _, variables := range []map[string]any{
		{}, {"day": "2026-03-04"}, {"day": "2026-03-02"}, {"day": "2026-03-02", "settings": "NOW"}, {"day": "2026-03-01"},
	} {
		answer := c.get(portfolio.Local, query, "", variables)
		tag := answer.Header().Get("ETag")
		if tag == "" || tags[tag] != "" {
			t.Errorf("%v has the tag %q, and so has %s", variables, tag, tags[tag])
		}
		tags[tag] = fmt.Sprint(variables)
		if again := c.get(portfolio.Local, query, tag, variables); again.Code != http.StatusNotModified {
			t.Errorf("%v asked again: %d", variables, again.Code)
		}
	}
}

func TestAPastDayCosts(t *testing.T) {
	c := fourDays(t, limit.Limits{MinuteCost: 1_200, ExportMinuteCost: 1_200})
	cost := func(query string) float64 {
		t.Helper()
		var answer struct {
			Extensions struct{ Cost struct{ Requested float64 } }
			Errors     []any
		}
		body := c.get(portfolio.Local, query, "", nil).Body.Bytes()
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Errors) > 0 {
			t.Fatalf("%v: %s", err, body)
		}
		return answer.Extensions.Cost.Requested
	}
	now, past := cost(`{ projects(first: 1) { totalCount } }`), cost(`{ projects(first: 1, asOf: "2026-03-02") { totalCount } }`)
	if past-now != 500 {
		t.Errorf("a past day costs %v, today %v", past, now)
	}
	// A rehearsal goes nowhere, or the day that is to come would be refused.
	if dry := cost(`{ projects(first: 1, asOf: "2099-01-01") { totalCount } rateLimit(dryRun: true) { cost } }`); dry < past {
		t.Errorf("a rehearsal tells %v, want %v and more", dry, past)
	}
	cost(`{ projects(first: 1, asOf: "2026-03-02") { totalCount } }`)
	if got := c.ask(`{ projects(first: 1, asOf: "2026-03-03") { totalCount } }`); !strings.Contains(got, "RATE_LIMITED") {
		t.Errorf("who has spent the minute still goes back: %s", got)
	}
}

// The limits of a caller are those of today; what they apply to is as it was.
func TestALimitedCallerSeesTheDepartmentsOfThen(t *testing.T) {
	c := fourDays(t, limit.Limits{})
	moved := project(2, "Two")
	moved.Category = "Money"
	c.put(moved)
	caller := portfolio.Caller{Name: "care", Role: portfolio.RoleViewer, Departments: []string{"care"}}
	for day, want := range map[string]string{"2026-03-04": `"totalCount": 3`, "2026-03-03": `"totalCount": 4`} {
		answer := indented(t, c.get(caller, `query($day: Date) { projects(asOf: $day) { totalCount } }`, "", map[string]any{"day": day}).Body.Bytes())
		if !strings.Contains(string(answer), want) {
			t.Errorf("%s: want %s in %s", day, want, answer)
		}
	}
}

func TestATableOfAPastDay(t *testing.T) {
	c := fourDays(t, limit.Limits{})
	ctx := portfolio.WithCaller(t.Context(), portfolio.Local)
	document := `query($first: Int, $after: String, $asOf: Date, $asOfSettings: SettingsOf) {
		projects(first: $first, after: $after, asOf: $asOf, asOfSettings: $asOfSettings) { pageInfo { hasNextPage endCursor } totalCount nodes { name } } }`
	table, err := c.handler.Table(ctx, document, map[string]any{"asOf": "2026-03-03"}, -1)
	if err != nil {
		t.Fatal(err)
	}
	tag, err := table.Tag(ctx, "csv")
	if err != nil || tag == "" {
		t.Errorf("the tag is %q, %v", tag, err)
	}
	rows, last, err := table.Page(ctx)
	if err != nil || !last || !strings.Contains(string(rows), "March 3") {
		t.Errorf("%s, last %t, %v", rows, last, err)
	}
	if _, err := c.handler.Table(ctx, document, map[string]any{"asOf": "2026-01-01"}, -1); err == nil || !strings.Contains(err.Error(), "begins on") {
		t.Errorf("before the history begins: %v", err)
	}
}

func TestChangesBetweenDays(t *testing.T) {
	c := fourDays(t, limit.Limits{})
	moved := project(2, "Two")
	moved.Category = "Money"
	c.put(moved, project(9, "Nine"))
	for name, test := range map[string]struct{ query, want string }{
		"one day":          {`{ changes(from: "2026-03-01", to: "2026-03-02", filter: {kinds: ["project"]}) { totalCount nodes { what fields { name before after } } } }`, `"before": "March 1"`},
		"and its end":      {`{ changes(from: "2026-03-01", to: "2026-03-02", filter: {kinds: ["project"]}) { nodes { fields { after } } } }`, `"after": "March 2"`},
		"until now":        {`{ changes(from: "2026-03-01", filter: {kinds: ["project"], what: [ADDED]}) { totalCount nodes { what project { name } } } }`, `"name": "Nine"`},
		"only added":       {`{ changes(from: "2026-03-01", filter: {kinds: ["project"], what: [ADDED]}) { totalCount } }`, `"totalCount": 1`},
		"by field":         {`{ changes(from: "2026-03-01", filter: {fields: ["department"]}) { totalCount } }`, `"totalCount": 1`},
		"of projects":      {`{ changes(from: "2026-03-01", filter: {kinds: ["project"], projects: {name: {startsWith: "Tw"}}}) { totalCount } }`, `"totalCount": 1`},
		"by department":    {`{ changes(from: "2026-03-01", filter: {department: "money"}) { totalCount } }`, `"totalCount": 1`},
		"no time":          {`{ changes(from: "2026-03-02", to: "2026-03-02") { totalCount } }`, `"totalCount": 0`},
		"within a past":    {`{ changes(from: "2026-03-01", asOf: "2026-03-03", filter: {kinds: ["project"]}) { nodes { fields { after } } } }`, `"after": "March 3"`},
		"backwards":        {`{ changes(from: "2026-03-03", to: "2026-03-02") { totalCount } }`, `from is 2026-03-03, which is after 2026-03-02`},
		"a day to come":    {`{ changes(from: "2026-03-03", to: "2026-03-09") { totalCount } }`, `after the day that the answer is of`},
		"before the first": {`{ changes(from: "2026-02-03") { totalCount } }`, `the history begins on`},
	} {
		if got := c.ask(test.query); !strings.Contains(got, test.want) {
			t.Errorf("%s: want %s in\n%s", name, test.want, got)
		}
	}
	// What left the departments of a limited caller is gone for them.
	care := portfolio.Caller{Name: "care", Role: portfolio.RoleViewer, Departments: []string{"care"}}
	answer := string(indented(t, c.get(care, `{ changes(from: "2026-03-03", filter: {kinds: ["project"], what: [REMOVED]}) { nodes { what node { id } project { name } } } }`, "", nil).Body.Bytes()))
	if !strings.Contains(answer, `"name": "Two"`) || !strings.Contains(answer, `"node": null`) {
		t.Errorf("a project that went to another department: %s", answer)
	}
}
