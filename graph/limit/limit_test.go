package limit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"plumbline/graph/internal/sample"
	"plumbline/graph/limit"
	"plumbline/graph/problem"
)

var schema = sample.New(nil).Schema()

func parse(t *testing.T, query string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	return doc
}

func cost(t *testing.T, query string, variables map[string]any) limit.Cost {
	t.Helper()
	doc := parse(t, query)
	if errs := validator.ValidateWithRules(schema, doc, nil); errs != nil {
		t.Fatalf("%v in %s", errs, query)
	}
	values, err := validator.VariableValues(schema, doc.Operations[0], variables)
	if err != nil {
		t.Fatal(err)
	}
	return limit.NewMeter(schema).Cost(doc, doc.Operations[0], values)
}

func TestCost(t *testing.T) {
	cases := []struct {
		name, query string
		variables   map[string]any
		want        int64
	}{
		{"nothing is never free", `{ __typename }`, nil, 1},
		{"an object", `{ project { id name } }`, nil, 1},
		{"an object in an object", `{ project { self { id } } }`, nil, 2},
		{"a page of the default size", `{ projects { nodes { id } } }`, nil, 2 + 50},
		{"a page of a given size", `{ projects(first: 7) { nodes { id } } }`, nil, 2 + 7},
		{"an edge is free", `{ projects(first: 7) { edges { cursor node { id } } } }`, nil, 2 + 7},
		{"nodes and edges count both", `{ projects(first: 7) { nodes { id } edges { node { id } } } }`, nil, 2 + 7*2},
		{"beside the elements", `{ projects(first: 7) { totalCount pageInfo { hasNextPage } } }`, nil, 2 + 1},
		{"null is the default", `{ projects(first: null) { nodes { id } } }`, nil, 2 + 50},
		{"a negative page is left to the resolver", `{ projects(first: -1) { nodes { id } } }`, nil, 2},
		{"a page from a variable", `query($n: Int) { projects(first: $n) { nodes { id } } }`, map[string]any{"n": json.Number("9")}, 2 + 9},
		{"a page from a variable that is absent", `query($n: Int) { projects(first: $n) { nodes { id } } }`, nil, 2 + 50},
		{"a page from a variable's default", `query($n: Int = 3) { projects(first: $n) { nodes { id } } }`, nil, 2 + 3},
		{"a page in a page", `{ projects(first: 10) { nodes { milestones(first: 20) { nodes { id } } } } }`, nil, 2 + 10*(1+2+20)},
		{"a plain list", `{ project { members { id } } }`, nil, 1 + 10},
		{"a list in a list", `{ project { members { members { id } } } }`, nil, 1 + 10*(1+10)},
		{"as many as there are ids", `{ nodes(ids: ["a", "b", "c"]) { id } }`, nil, 3},
		{"ids from a variable", `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, map[string]any{"ids": []any{"a", "b"}}, 2},
		{"an aggregate", `{ aggregates { count } }`, nil, 5},
		{"groups", `{ groups(first: 4) { nodes { key } } }`, nil, 2 + 4*10},
		{"aliases", `{ a: project { id } b: project { id } }`, nil, 2},
		{"a fragment each time it is spread", `{ a: project { ...F } b: project { ...F } } fragment F on Project { self { id } }`, nil, 4},
		{"a fragment on a connection belongs to its page", `{ projects(first: 7) { ...F } } fragment F on ProjectConnection { nodes { self { id } } }`, nil, 2 + 7*2},
		{"one fragment in pages of two sizes", `{ a: projects(first: 7) { ...F } b: projects(first: 3) { ...F } } fragment F on ProjectConnection { nodes { id } }`, nil, 2 + 7 + 2 + 3},
		{"inline fragments", `{ node(id: "a") { ... on Project { self { id } } ... on Milestone { project { id } } } }`, nil, 3},
		{"a mutation", `mutation { rename(name: "x") { id } }`, nil, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := cost(t, c.query, c.variables); got.Data != c.want || got.Introspection != 0 {
				t.Errorf("cost = %+v, want %d: %s", got, c.want, c.query)
			}
		})
	}
}

func TestCostNeverOverflows(t *testing.T) {
	query := `{ projects(first: 2147483647) { nodes { milestones(first: 2147483647) { nodes { project { milestones(first: 2147483647) { nodes { id } } } } } } } }`
	if got := cost(t, query, nil); got.Data < 2147483647 {
		t.Errorf("cost = %d, want at least the first page", got.Data)
	}
}

func TestIntrospectionHasAPriceOfItsOwn(t *testing.T) {
	standard := cost(t, introspection, nil)
	if standard.Data != 1 || standard.Introspection < int64(len(schema.Types)) || standard.Introspection > limit.Defaults().IntrospectionCost {
		t.Errorf("cost of the standard introspection = %+v", standard)
	}
	deeper := cost(t, `{ __schema { types { fields { type { fields { type { name } } } } } } }`, nil)
	if flat := cost(t, `{ __schema { types { fields { type { name } } } } }`, nil); deeper.Introspection < 2*flat.Introspection {
		t.Errorf("each list multiplies: %d below two, %d below one", deeper.Introspection, flat.Introspection)
	}
}

// introspection asks for the whole schema, as tools do when they connect.
const introspection = `query Introspection {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...Input } }
    types {
      kind name description
      fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { ...Input } type { ...Type } }
      inputFields(includeDeprecated: true) { ...Input }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      interfaces { ...Type } possibleTypes { ...Type }
    }
  }
}
fragment Input on __InputValue { name description defaultValue isDeprecated deprecationReason type { ...Type } }
fragment Type on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}`

func TestShape(t *testing.T) {
	nested := func(depth int, name string) string {
		return strings.Repeat(name+" {", depth-1) + "id" + strings.Repeat("}", depth-1)
	}
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+" ", i)
		}
		return b.String()
	}
	cases := []struct {
		name, query, complaint string
	}{
		{"12 deep", "{" + nested(12, "self") + "}", ""},
		{"13 deep", "{" + nested(13, "self") + "}", "13 fields deep"},
		{"13 deep through a fragment", "{" + strings.Repeat("self {", 10) + "...F" + strings.Repeat("}", 10) + "} fragment F on Project {" + nested(3, "self") + "}", "13 fields deep"},
		{"13 deep in a fragment that is not used", "{ id } fragment F on Project {" + nested(13, "self") + "}", "13 fields deep"},
		{"20 deep below __schema", "{ __schema {" + nested(19, "ofType") + "} }", ""},
		{"21 deep below __schema", "{ __schema {" + nested(20, "ofType") + "} }", "introspection is 21 fields deep"},
		{"21 deep below a fragment on __Type", "{ id } fragment F on __Type {" + nested(21, "ofType") + "}", "introspection is 21 fields deep"},
		{"30 aliases", "{ project {" + many(30, "a%d: id") + "} }", ""},
		{"31 aliases", "{ project {" + many(31, "a%d: id") + "} }", "31 aliases"},
		{"aliases through fragments", "{ project { ...A ...A ...A ...A } } fragment A on Project {" + many(8, "a%d: id") + "}", "32 aliases"},
		{"30 directives", "{ project { id " + strings.Repeat("@skip(if: true) ", 30) + "} }", ""},
		{"31 directives", "{ project { id " + strings.Repeat("@skip(if: true) ", 31) + "} }", "31 directives"},
		{"31 directives on the operation", "query " + strings.Repeat("@x ", 31) + "{ id }", "31 directives"},
		{"directives everywhere", "query @x { a @x ... @x { b } ...F @x } fragment F on Q " + strings.Repeat("@x ", 27) + "{ c }", "31 directives"},
		{"10 root fields", "{" + strings.Repeat("project ", 10) + "}", ""},
		{"11 root fields", "{" + strings.Repeat("project ", 11) + "}", "11 root fields"},
		{"root fields through fragments", "{ ...F ...F } fragment F on Query {" + strings.Repeat("project ", 6) + "}", "12 root fields"},
		{"a field 20 times", "{ project {" + strings.Repeat("id ", 20) + "} }", ""},
		{"a field 21 times", "{ project {" + strings.Repeat("id ", 21) + "} }", "repeats a field 21 times"},
		{"a field 21 times through inline fragments", "{ project {" + strings.Repeat("... { id } ", 21) + "} }", "repeats a field 21 times"},
		{"many fragments with the same field", "{ project {" + strings.Repeat("...F ", 40) + "} } fragment F on Project { id }", ""},
		{"a value 32 deep", "{ projects(filter: " + strings.Repeat("{not: ", 32) + "null" + strings.Repeat("}", 32) + ") { totalCount } }", ""},
		{"a value 33 deep", "{ projects(filter: " + strings.Repeat("[", 33) + "null" + strings.Repeat("]", 33) + ") { totalCount } }", "deeper than 32"},
		{"a value 33 deep in a directive", "{ id @x(a: " + strings.Repeat("[", 33) + "1" + strings.Repeat("]", 33) + ") }", "deeper than 32"},
		{"a value 33 deep as a default", "query($a: A = " + strings.Repeat("[", 33) + "1" + strings.Repeat("]", 33) + ") { id }", "deeper than 32"},
		{"31 directives on variables", "query($a: A " + strings.Repeat("@x ", 31) + ") { id }", "31 directives"},
		{"a fragment that spreads itself is left to the validator", "{ ...F } fragment F on Query { ...F }", ""},
		{"a fragment that is missing is left to the validator", "{ ...F }", ""},
		{"the standard introspection", introspection, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := limit.Shape(parse(t, c.query), limit.Defaults())
			switch {
			case c.complaint == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.complaint != "" && (err == nil || !strings.Contains(err.Error(), c.complaint)):
				t.Errorf("error = %v, want %q", err, c.complaint)
			case err != nil:
				wantTooComplex(t, err)
			}
		})
	}
}

func TestValues(t *testing.T) {
	nested := func(levels int) any {
		var v any = json.Number("1")
		for i := range levels {
			if i%2 == 0 {
				v = []any{v}
			} else {
				v = map[string]any{"not": v}
			}
		}
		return v
	}
	for levels, over := range map[int]bool{0: false, 32: false, 33: true, 9_000: true} {
		err := limit.Values(map[string]any{"v": nested(levels)}, limit.Defaults())
		if (err != nil) != over {
			t.Errorf("%d levels: error = %v, want over = %v", levels, err, over)
		}
	}
}

func TestTokens(t *testing.T) {
	cases := []struct {
		query string
		over  bool
	}{
		{"{" + strings.Repeat("a ", 2498) + "}", false},
		{"{" + strings.Repeat("a ", 2499) + "}", true},
		{strings.Repeat("# comment\n", 2501), true},
		{`{ a(b: "` + strings.Repeat("long ", 10_000) + `") }`, false},
		{"{ \x00", false},
		{"", false},
	}
	for _, c := range cases {
		_, err := limit.Tokens(c.query, 2500)
		if (err != nil) != c.over {
			t.Errorf("%.20q: error = %v, want over = %v", c.query, err, c.over)
		}
		if err != nil {
			wantTooComplex(t, err)
		}
	}
}

func wantTooComplex(t *testing.T, err error) {
	t.Helper()
	var own *problem.Error
	if !errors.As(err, &own) || own.Code != problem.TooComplex {
		t.Errorf("error = %#v, want the code TOO_COMPLEX", err)
	}
}

// TestWalksAreLinear expands to 2^60 fields when fragments are followed each
// time that they are spread.
func TestWalksAreLinear(t *testing.T) {
	var query strings.Builder
	query.WriteString("{ project { ...F0 } }")
	for i := range 60 {
		fmt.Fprintf(&query, " fragment F%d on Project { a: self { ...F%d } b: self { ...F%d } }", i, i+1, i+1)
	}
	query.WriteString(" fragment F60 on Project { id }")
	doc := parse(t, query.String())
	loose := limit.Defaults()
	loose.Depth = 100

	began := time.Now()
	err := limit.Shape(doc, loose)
	if err == nil || !strings.Contains(err.Error(), "aliases") {
		t.Errorf("error = %v, want too many aliases", err)
	}
	if errs := validator.ValidateWithRules(schema, doc, nil); errs != nil {
		t.Fatal(errs)
	}
	if got := limit.NewMeter(schema).Cost(doc, doc.Operations[0], nil); got.Data < 1<<30 {
		t.Errorf("cost = %d, want a number beyond every limit", got.Data)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestBuckets(t *testing.T) {
	var b limit.Buckets
	now := time.Date(2026, 3, 1, 12, 0, 59, 400e6, time.UTC)
	steps := []struct {
		key       string
		cost      int64
		at        time.Time
		ok        bool
		remaining int64
	}{
		{"a", 60, now, true, 40},
		{"a", 41, now, false, 40},
		{"b", 41, now, true, 59},
		{"a", 40, now, true, 0},
		{"a", 1, now.Add(time.Second), true, 99},
	}
	for i, s := range steps {
		charge, ok := b.Take(s.key, s.cost, 100, s.at)
		if ok != s.ok || charge.Remaining != s.remaining {
			t.Errorf("step %d: %v with %d remaining, want %v with %d", i, ok, charge.Remaining, s.ok, s.remaining)
		}
	}
	charge, _ := b.Take("c", 1, 100, now)
	if want := time.Date(2026, 3, 1, 12, 1, 0, 0, time.UTC); !charge.ResetAt.Equal(want) || charge.RetryAfter(now) != 1 {
		t.Errorf("resets at %v after %d s, want %v after 1 s", charge.ResetAt, charge.RetryAfter(now), want)
	}
}

func TestEveryLimitHasADefault(t *testing.T) {
	defaults := reflect.ValueOf(limit.Defaults())
	for i := range defaults.NumField() {
		if defaults.Field(i).IsZero() {
			t.Errorf("%s has no default", defaults.Type().Field(i).Name)
		}
	}
	if diff := cmp.Diff(limit.Defaults(), limit.Limits{}.OrDefaults()); diff != "" {
		t.Errorf("zero limits are not the defaults: %s", diff)
	}
	var odd limit.Limits
	set := reflect.ValueOf(&odd).Elem()
	for i := range set.NumField() {
		set.Field(i).SetInt(int64(7 + i))
	}
	if diff := cmp.Diff(odd, odd.OrDefaults()); diff != "" {
		t.Errorf("limits that are set are changed: %s", diff)
	}
}
