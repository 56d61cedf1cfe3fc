package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"plumbline/graph"
	"plumbline/portfolio"
)

// An audience says what a root field answers to whom.
type audience string

const (
	// everyone sees what it says of the part of the portfolio that they see.
	everyone audience = "what the caller may see"
	// overseers see it: those who see the whole portfolio. For others it is empty.
	overseers audience = "empty but for who sees the whole portfolio"
	// members see it: whoever has a role sees the organisation's strategies and
	// cycles whole, and of projects what they may see.
	members audience = "for whoever has a role"
	// anyone may ask for it, as it says nothing of the portfolio.
	anyone audience = "for anyone"
	// editors may do it; others are FORBIDDEN.
	editors audience = "for editors"
)

// audiences lists every root field. A new one is added here by whoever has
// thought about who may see it.
var audiences = map[string]audience{
	"Query.node":         everyone,
	"Query.nodes":        everyone,
	"Query.project":      everyone,
	"Query.projects":     everyone,
	"Query.milestones":   everyone,
	"Query.dependencies": everyone,
	"Query.risks":        everyone,
	"Query.departments":  everyone,
	"Query.healthTrend":  members,

	"Query.redRiskCalibration": members,

	"Query.people":       everyone,
	"Query.identities":   everyone,
	"Query.connections":  everyone,
	"Query.kpi":          everyone,
	"Query.kpis":         everyone,
	"Query.measurements": everyone,
	"Query.kpiLinks":     everyone,
	"Query.scorecard":    everyone,
	"Query.decision":     everyone,
	"Query.decisions":    everyone,
	"Query.actionItems":  everyone,
	"Query.lesson":       everyone,
	"Query.lessons":      everyone,

	"Query.commonProblems": everyone,

	"Query.contributions": everyone,

	"Query.cycle":              members,
	"Query.cycles":             members,
	"Query.quickWins":          everyone,
	"Query.quickWinCandidates": everyone,
	"Query.quotes":             everyone,
	"Query.surveys":            everyone,
	"Query.benefits":           everyone,

	"Query.strategies":              members,
	"Query.strategy":                members,
	"Query.objectives":              members,
	"Query.misalignment":            members,
	"Query.briefing":                members,
	"Query.changes":                 members,
	"Query.simulateStrategy":        members,
	"Query.compareStrategyVersions": members,

	"Query.assignments":       everyone,
	"Query.capacities":        everyone,
	"Query.overAllocations":   everyone,
	"Query.joinSuggestions":   everyone,
	"Query.controls":          everyone,
	"Query.controlFindings":   everyone,
	"Query.controlExceptions": everyone,
	"Query.dataQuality":       everyone,

	"Query.rateLimit": anyone,

	"Query.runs":       overseers,
	"Query.quarantine": overseers,
	"Query.holds":      overseers,

	"Mutation.startSync":   editors,
	"Mutation.confirmHold": editors,

	"Mutation.upsertAssignments":       editors,
	"Mutation.upsertCapacities":        editors,
	"Mutation.upsertControlExceptions": editors,

	"Mutation.upsertDepartments":      editors,
	"Mutation.upsertIdentities":       editors,
	"Mutation.upsertDecisions":        editors,
	"Mutation.upsertLessons":          editors,
	"Mutation.upsertStrategies":       editors,
	"Mutation.upsertStrategyVersions": editors,
	"Mutation.upsertObjectives":       editors,
	"Mutation.upsertJudgements":       editors,
	"Mutation.upsertContributions":    editors,
	"Mutation.upsertKeyResults":       editors,
	"Mutation.upsertKpis":             editors,
	"Mutation.upsertMeasurements":     editors,
	"Mutation.upsertKpiLinks":         editors,
	"Mutation.upsertCycles":           editors,
	"Mutation.upsertQuickWins":        editors,
	"Mutation.upsertQuotes":           editors,
	"Mutation.upsertSurveys":          editors,
	"Mutation.upsertBenefits":         editors,
	"Mutation.upsertCosts":            editors,
	"Mutation.setProjectFields":       editors,
	"Mutation.setMilestoneFields":     editors,
	"Mutation.linkProjects":           editors,
	"Mutation.unlinkProjects":         editors,
	"Mutation.deleteRecords":          editors,

	"Query.costs":            everyone,
	"Query.predictability":   members,
	"Query.slipDistribution": members,

	"Query.issues":               everyone,
	"Query.assumptions":          everyone,
	"Mutation.upsertRisks":       editors,
	"Mutation.upsertIssues":      editors,
	"Mutation.upsertAssumptions": editors,
}

// A matrixCaller is one of those who ask every root field.
type matrixCaller struct {
	name string
	portfolio.Caller
	// limited callers see the department open and what is below it, or
	// nothing at all.
	limited, nothing bool
}

var matrixCallers = []matrixCaller{
	{name: "nobody", limited: true, nothing: true},
	{name: "viewer of no department", Caller: portfolio.Caller{Role: portfolio.RoleViewer, Departments: []string{"nowhere"}, Groups: []string{"*"}}, limited: true, nothing: true},
	{name: "viewer of a department", Caller: portfolio.Caller{Role: portfolio.RoleViewer, Departments: []string{"open"}}, limited: true},
	{name: "editor of a department", Caller: portfolio.Caller{Role: portfolio.RoleEditor, Departments: []string{"open"}, Groups: []string{portfolio.GroupCost}}, limited: true},
	{name: "viewer without cost", Caller: portfolio.Caller{Role: portfolio.RoleViewer}},
	{name: "viewer", Caller: portfolio.Caller{Role: portfolio.RoleViewer, Groups: []string{portfolio.GroupCost}}},
	{name: "editor", Caller: portfolio.Caller{Role: portfolio.RoleEditor, Groups: []string{"*"}}},
	{name: "admin", Caller: portfolio.Caller{Role: portfolio.RoleAdmin, Groups: []string{"*"}}},
}

// Every role asks every root field for everything that can be selected below
// it. Whoever may not see something gets FORBIDDEN or nothing, and in no
// answer is there a word of what is hidden from them.
func TestEveryRoleAsksEveryRootField(t *testing.T) {
	t.Parallel()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(randomSeed, 2)) //nolint:gosec // it must be the same each time
	m := &matrix{t: t, schema: schema, world: newOddWorld(t, chance)}
	m.collect()

	listed := map[string]bool{}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for n, f := range root.Fields {
			name := root.Name + "." + f.Name
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			listed[name] = true
			if audiences[name] == "" {
				t.Errorf("%s is new: list it in audiences, with who may see it", name)
				continue
			}
			if n%sampled == 0 {
				m.askEverybody(root, f)
				m.askForFieldGroups(root, f)
			}
		}
	}
	for name := range audiences {
		if !listed[name] {
			t.Errorf("%s is listed in audiences and not in the schema", name)
		}
	}
}

// A matrix asks and judges.
type matrix struct {
	t      *testing.T
	schema *ast.Schema
	world  *oddWorld
	ids    []string                   // global ids of everything there is
	refs   []string                   // literals of ProjectRef, of some projects that few see and some that many see
	known  map[string]map[string]bool // ids by caller that they have asked for
}

// collect finds out what there is, whoever may see it.
func (m *matrix) collect() {
	m.known = map[string]map[string]bool{}
	for _, c := range matrixCallers {
		m.known[c.name] = map[string]bool{}
	}
	refs := map[string][]string{}
	for _, kind := range portfolio.Kinds() {
		for v := range m.world.now.Documents(kind) {
			m.ids = append(m.ids, portfolio.NodeID(kind, v.Doc.Key().ID))
			if p, ok := v.Doc.(*portfolio.ProjectFact); ok {
				refs[p.Connection] = append(refs[p.Connection], fmt.Sprintf("{id: %q}", portfolio.NodeID(kind, p.DocID())),
					fmt.Sprintf("{source: {connection: %s, key: %s}}", literal(p.Connection), literal(p.Source.Key)))
			}
		}
	}
	for c := range m.world.now.Connections() {
		m.ids = append(m.ids, portfolio.NodeID(portfolio.KindConnection, c.ID))
	}
	slices.Sort(m.ids)
	for _, connection := range slices.Sorted(maps.Keys(refs)) {
		list := slices.Compact(slices.Sorted(slices.Values(refs[connection])))
		m.refs = append(m.refs, list[0], list[1], list[len(list)-2], list[len(list)-1])
	}
}

// askEverybody has all callers ask a root field in every way that its
// arguments need. The arguments are variables, so that the document, which is
// long, is read once; callers ask at the same time.
func (m *matrix) askEverybody(root *ast.Definition, f *ast.FieldDefinition) {
	name := root.Name + "." + f.Name
	document, ways := m.document(root, f)
	var found atomic.Bool
	var asking sync.WaitGroup
	for _, c := range matrixCallers {
		asking.Go(func() {
			for n, way := range ways {
				if n%sampled != 0 {
					continue
				}
				if m.t.Failed() || !m.askOneWay(name, document, way, c, &found) {
					return
				}
			}
		})
	}
	asking.Wait()
	if !found.Load() && !m.t.Failed() {
		m.t.Errorf("%s shows nothing even to an admin, so nothing is shown by this test", name)
	}
}

// A way is some arguments of a root field, as they are written and as variables.
type way struct {
	arguments string
	variables json.RawMessage
}

// document is the one that asks a root field for everything, with the ways to
// ask it.
func (m *matrix) document(root *ast.Definition, f *ast.FieldDefinition) (document string, ways []way) {
	var declared, passed []string
	for _, arguments := range m.arguments(f) {
		parsed, err := parser.ParseQuery(&ast.Source{Input: "{ answer" + arguments + " }"})
		if err != nil {
			m.t.Fatal(err)
		}
		variables := map[string]any{}
		declared, passed = nil, nil
		for _, a := range parsed.Operations[0].SelectionSet[0].(*ast.Field).Arguments {
			if variables[a.Name], err = a.Value.Value(nil); err != nil {
				m.t.Fatal(err)
			}
			declared = append(declared, fmt.Sprintf("$%s: %s", a.Name, f.Arguments.ForName(a.Name).Type))
			passed = append(passed, fmt.Sprintf("%s: $%s", a.Name, a.Name))
		}
		text, err := json.Marshal(variables)
		if err != nil {
			m.t.Fatal(err)
		}
		ways = append(ways, way{arguments, text})
	}
	var query strings.Builder
	query.WriteString(strings.ToLower(root.Name) + enclosed(declared) + " { answer: " + f.Name + enclosed(passed))
	m.selection(&query, m.schema.Types[f.Type.Name()], selectionDepth)
	query.WriteString(" }")
	return query.String(), ways
}

// askOneWay has one caller ask, and reports whether they may go on.
func (m *matrix) askOneWay(name, document string, w way, c matrixCaller, found *atomic.Bool) bool {
	complain := func(format string, args ...any) {
		m.t.Helper()
		m.t.Errorf("%s%s, asked by %s: %s", name, w.arguments, c.name, fmt.Sprintf(format, args...))
	}
	a, ok := m.ask(c.Caller, document, w.variables)
	if !ok {
		return false
	}
	m.mayKnow(c.Caller, c.limited, a.text, complain)
	forbidden := slices.Contains(a.codes, "FORBIDDEN")
	switch audiences[name] {
	case editors:
		if forbidden == c.May(portfolio.RoleEditor) {
			complain("errors %v", a.codes)
		}
		found.Store(true)
	case overseers:
		if c.limited && !isEmpty(a.value) {
			complain("answered %s", a.text)
		}
		fallthrough
	case everyone, members, anyone:
		if len(a.codes) > 0 {
			complain("errors %v", a.codes)
		}
		mayAnswer := audiences[name] == anyone || (c.May(portfolio.RoleViewer) && (audiences[name] == members || ofStrategies(a.value)))
		if c.nothing && !mayAnswer && !isEmpty(a.value) {
			complain("answered %s", a.text)
		}
		if c.Role == portfolio.RoleAdmin && !isEmpty(a.value) {
			found.Store(true)
		}
		if name != "Query.changes" { // which names what is gone
			m.mayFollow(c, a.value, complain)
		}
	}
	return true
}

// mayKnow fails when an answer shows what its caller may not see.
func (m *matrix) mayKnow(c portfolio.Caller, limited bool, text []byte, complain func(string, ...any)) {
	m.t.Helper()
	for marker, hidden := range map[string]bool{
		unsaid: true, unseen: limited, raw: c.Role != portfolio.RoleAdmin, unpaid: !c.Reads(portfolio.GroupCost),
	} {
		if at := bytes.Index(text, []byte(marker)); hidden && at >= 0 {
			complain("it shows what is hidden: …%s…", text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

// mayFollow fails when an answer names something that its caller cannot ask
// for: what may not be seen has no id either.
func (m *matrix) mayFollow(c matrixCaller, value any, complain func(string, ...any)) {
	m.t.Helper()
	known := m.known[c.name]
	var fresh []string
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, element := range v {
				walk(element)
			}
		case map[string]any:
			for key, element := range v {
				id, isText := element.(string)
				if isText && (key == "id" || strings.HasSuffix(key, "_id")) && !known[id] {
					known[id] = true
					fresh = append(fresh, id)
				}
				walk(element)
			}
		}
	}
	walk(value)
	for chunk := range slices.Chunk(fresh, portfolio.MaxNodes) {
		a, ok := m.ask(c.Caller, "{ answer: nodes(ids: "+literal(anyList(chunk))+") { id } }", nil)
		if !ok {
			return
		}
		for i, node := range a.value.([]any) {
			if node == nil {
				key, _ := portfolio.ParseNodeID(chunk[i])
				complain("it names %s, which is nowhere to be found", key)
			}
		}
	}
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

// ofStrategies reports whether an answer is of what everybody with a role sees.
func ofStrategies(value any) bool {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	return !slices.ContainsFunc(list, func(element any) bool {
		node, _ := element.(map[string]any)
		return node != nil && !slices.Contains([]any{"Strategy", "StrategyVersion", "Objective", "KeyResult", "Cycle"}, node["__typename"])
	})
}

// isEmpty reports whether an answer shows nothing.
func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(element any) bool { return element != nil })
	case map[string]any:
		return v["totalCount"] == 0.0
	}
	return false
}

type matrixAnswer struct {
	text  []byte // of the data
	value any    // of the only root field
	codes []string
}

// ask fails the test, and says so, when an answer is not one that any caller
// may get.
func (m *matrix) ask(c portfolio.Caller, query string, variables json.RawMessage) (a matrixAnswer, ok bool) {
	m.t.Helper()
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
		Data json.RawMessage
	}
	if err := json.Unmarshal(m.world.ask(c, query, variables), &answer); err != nil {
		m.t.Error(err)
		return a, false
	}
	a.text = answer.Data
	for _, e := range answer.Errors {
		a.codes = append(a.codes, e.Extensions.Code)
		if slices.Contains([]string{"BAD_REQUEST", "INTERNAL", "TOO_COMPLEX"}, e.Extensions.Code) {
			m.t.Errorf("%s: %s\n%s\n%s\n%s", e.Extensions.Code, e.Message, m.world.log.String(), variables, query[:min(len(query), 2000)])
			return a, false
		}
	}
	var data struct{ Answer any }
	if len(answer.Data) > 0 {
		if err := json.Unmarshal(answer.Data, &data); err != nil {
			m.t.Error(err)
			return a, false
		}
	}
	a.value = data.Answer
	return a, true
}

// selectionDepth is how many objects are selected one below another.
const selectionDepth = 3

// selection writes everything that can be asked of a type.
func (m *matrix) selection(b *strings.Builder, of *ast.Definition, depth int) {
	if of.IsLeafType() {
		return
	}
	b.WriteString(" { __typename")
	if of.IsAbstractType() {
		for _, possible := range m.schema.PossibleTypes[of.Name] {
			b.WriteString(" ... on " + possible.Name + " {")
			m.fields(b, possible, depth-1, possible.Name+"_")
			b.WriteString(" }")
		}
	} else {
		m.fields(b, of, depth, "")
	}
	b.WriteString(" }")
}

// fields writes the fields of a type; the prefix keeps those of two types from
// meeting under one name.
func (m *matrix) fields(b *strings.Builder, of *ast.Definition, depth int, prefix string) {
	for _, f := range of.Fields {
		below := m.schema.Types[f.Type.Name()]
		switch {
		case strings.HasPrefix(f.Name, "__"):
			continue
		case f.Name == "edges": // the same things as nodes
			b.WriteString(" " + prefix + "edges: edges { cursor }")
			continue
		case !below.IsLeafType() && depth <= 0: // what implements an abstract type is a step further down
			continue
		}
		for i, arguments := range m.below(f) {
			alias := prefix + f.Name
			if i > 0 {
				alias += strconv.Itoa(i)
			}
			fmt.Fprintf(b, " %s: %s%s", alias, f.Name, arguments)
			m.selection(b, below, depth-1)
		}
	}
}

// arguments are the ways to ask a root field: with everything there is by its
// id, with what is gone, and otherwise with as little as it takes.
func (m *matrix) arguments(f *ast.FieldDefinition) []string {
	ways := []string{""}
	for _, a := range f.Arguments {
		var values []string
		switch {
		case a.Name == "first":
			values = []string{"100"}
		case a.Name == "filter" && m.schema.Types[a.Type.Name()].Fields.ForName("presence") != nil:
			values = []string{"{presence: {}}"}
		case a.Type.String() == "[ID!]!":
			for chunk := range slices.Chunk(m.ids, portfolio.MaxNodes) {
				values = append(values, literal(anyList(chunk)))
			}
		case a.Type.Name() == "ProjectRef":
			values = m.refs
		case f.Name == "overAllocations" && a.Type.NonNull:
			values = []string{map[string]string{"from": `"2026-03-02"`, "to": `"2026-03-20"`}[a.Name]}
		case a.Name == "from" && a.Type.Name() == "Date":
			values = []string{literal(oddPast)}
		case a.Type.NonNull:
			values = m.values(a.Type)
		}
		if len(values) > 0 {
			ways = combined(ways, a.Name, values)
		}
	}
	return enclosedAll(ways)
}

// below are the ways to ask a field that is not a root field.
func (m *matrix) below(f *ast.FieldDefinition) []string {
	ways := []string{""}
	for _, a := range f.Arguments {
		switch {
		case a.Name == "first":
			ways = combined(ways, a.Name, []string{"2"})
		case a.Name == "by":
			ways = nil
			for _, v := range m.schema.Types[a.Type.Name()].EnumValues {
				way := "by: [" + v.Name + "]"
				if v.Name == "CUSTOM_FIELD" {
					way += `, customField: "Person"`
				}
				ways = append(ways, way)
			}
		case a.Type.NonNull:
			ways = combined(ways, a.Name, m.values(a.Type)[:1])
		}
	}
	return enclosedAll(ways)
}

// values are literals of a type: of an id one of each kind of thing, seen by
// few and by many, and otherwise one that is as small as may be.
func (m *matrix) values(of *ast.Type) []string {
	if of.Elem != nil {
		return wrapped("[", m.values(of.Elem), "]")
	}
	definition := m.schema.Types[of.NamedType]
	switch definition.Kind {
	case ast.Enum:
		return []string{definition.EnumValues[0].Name}
	case ast.InputObject:
		ways := []string{""}
		for _, f := range definition.Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				ways = combined(ways, f.Name, m.values(f.Type))
			}
		}
		return wrapped("{", ways, "}")
	}
	switch definition.Name {
	case "ID":
		samples := map[string]string{}
		for _, id := range m.ids {
			key, _ := portfolio.ParseNodeID(id)
			connection, _, _ := strings.Cut(key.ID, "/")
			samples[string(key.Kind)+connection] = strconv.Quote(id)
		}
		return slices.Sorted(maps.Values(samples))
	case "Int", "Float", "Decimal":
		return []string{"1"}
	case "Boolean":
		return []string{"true"}
	case "Date", "DateOrDuration":
		return []string{`"2026-03-01"`}
	}
	return []string{`"eng"`}
}

// combined gives every way a further argument of every value.
func combined(ways []string, name string, values []string) []string {
	var all []string
	for _, way := range ways {
		for _, value := range values {
			if way == "" {
				all = append(all, name+": "+value)
			} else {
				all = append(all, way+", "+name+": "+value)
			}
		}
	}
	return all
}

func wrapped(before string, texts []string, after string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = before + text + after
	}
	return all
}

func enclosedAll(ways []string) []string {
	if len(ways) == 1 && ways[0] == "" {
		return ways
	}
	return wrapped("(", ways, ")")
}

// askForFieldGroups has callers without a field group filter and sort by what
// is of it, wherever the arguments of a root field take that.
func (m *matrix) askForFieldGroups(root *ast.Definition, f *ast.FieldDefinition) {
	for _, a := range f.Arguments {
		input := m.schema.Types[a.Type.Name()]
		if input.Kind != ast.InputObject {
			continue
		}
		for group, values := range m.grouped(input) {
			for _, value := range values {
				arguments := a.Name + ": " + value
				for _, other := range f.Arguments {
					if other != a && other.Type.NonNull && other.DefaultValue == nil {
						arguments += ", " + other.Name + ": " + m.values(other.Type)[0]
					}
				}
				query := fmt.Sprintf("%s { answer: %s(%s) { __typename } }", strings.ToLower(root.Name), f.Name, arguments)
				for _, c := range matrixCallers {
					a, _ := m.ask(c.Caller, query, nil)
					forbidden := slices.Contains(a.codes, "FORBIDDEN")
					if forbidden == c.Reads(group) {
						m.t.Errorf("%s, asked by %s: FORBIDDEN is %t", query, c.name, forbidden)
					}
				}
			}
		}
	}
}

// grouped are literals of an input type that name something of a field group,
// by the group.
func (m *matrix) grouped(input *ast.Definition) map[string][]string {
	found := map[string][]string{}
	for _, f := range input.Fields {
		below := m.schema.Types[f.Type.Name()]
		switch {
		case groupOf(f.Directives) != "":
			group := groupOf(f.Directives)
			found[group] = append(found[group], "{"+f.Name+": {}}")
		case below.Kind == ast.Enum:
			for _, v := range below.EnumValues {
				if group := groupOf(v.Directives); group != "" {
					found[group] = append(found[group], "{"+f.Name+": "+v.Name+"}")
				}
			}
		case below.Kind == ast.InputObject && below != input && f.Type.Elem == nil:
			// Filters of related things: one step is as good as several.
			for _, g := range below.Fields {
				if group := groupOf(g.Directives); group != "" {
					found[group] = append(found[group], "{"+f.Name+": {"+g.Name+": {}}}")
				}
			}
		}
	}
	return found
}

func groupOf(directives ast.DirectiveList) string {
	if d := directives.ForName("fieldGroup"); d != nil {
		return d.Arguments.ForName("name").Value.Raw
	}
	return ""
}
