package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"plumbline/config"
	"plumbline/connectors"
	"plumbline/connectors/catalog"
	"plumbline/demo"
	"plumbline/edit"
	"plumbline/edit/folder"
	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
	plsync "plumbline/sync"
)

// theDay is the day on which the answers in examples/answers are true.
var theDay = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

// steps is how often somebody changes something between the two readings: once
// for each sort of change.
const steps = 8

// organisation answers GraphQL over the demo's organisation.
var organisation = sync.OnceValues(func() (*graph.Handler, error) {
	o, err := organised()
	if err != nil {
		return nil, err
	}
	return graph.New(graph.Config{Reader: still{o.snapshot}, Past: o.past, Limits: limit.Limits{MinuteCost: 1 << 40, ExportMinuteCost: 1 << 40}}), nil
})

// standing is the demo's organisation on one day, with its past.
type standing struct {
	snapshot *portfolio.Snapshot
	past     *replica.Replica
}

// organised is the demo's organisation as it stood on theDay, read twice by the
// real connectors and engine. Its store stays open for questions of the past.
var organised = sync.OnceValues(func() (*standing, error) {
	ctx := context.Background() // it outlives the test that asks first
	now := func() time.Time { return theDay }
	org, err := demo.Start(ctx, demo.Options{Now: now, Past: livedDays})
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "plumbline-examples")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the open file outlives its name
	file := config.Flag{Name: "--demo", Key: "store", Value: "bolt://" + filepath.Join(folder, "demo.db")}
	c, err := config.Load([]config.File{{Name: "demo.yaml", Data: org.Config()}}, config.Options{Tools: catalog.Tools(), Flags: []config.Flag{file}})
	if err != nil {
		return nil, err
	}
	if err := rehearse(ctx, c, org); err != nil {
		return nil, err
	}
	log, err := boltstore.Open(c.Store.Path, boltstore.Options{Clock: now})
	if err != nil {
		return nil, err
	}
	r, err := replica.Open(ctx, log, replica.Options{PublishEvery: time.Millisecond})
	if err != nil {
		return nil, err
	}
	if err := recordStrategy(ctx, org, log, r); err != nil {
		return nil, err
	}
	engine := plsync.Config{Log: log, Replica: documentsAt{r}, Holder: "examples", Sole: true}
	for _, connection := range c.Connections {
		tool, err := connection.Tool.Open(connectors.Env{
			Connection: connection.ID, Fields: connection.Fields.Names(), AllowPrivate: connection.AllowPrivate, Now: now,
		})
		if err != nil {
			return nil, err
		}
		engine.Connections = append(engine.Connections, plsync.Connection{ID: connection.ID, Connector: tool})
	}
	reading := plsync.New(engine)
	if _, err := reading.Sync(ctx, plsync.Request{}); err != nil {
		return nil, err
	}
	for range steps {
		org.Step()
	}
	if _, err := reading.Sync(ctx, plsync.Request{Sweep: true}); err != nil {
		return nil, err
	}
	state, err := log.Load(ctx)
	if err != nil {
		return nil, err
	}
	s, err := r.Wait(ctx, state.Revision)
	return &standing{s, r}, err
})

// recordStrategy records what the organisation's strategy files say.
func recordStrategy(ctx context.Context, org *demo.Organisation, log store.Log, r *replica.Replica) error {
	texts, err := org.Strategy()
	if err != nil {
		return err
	}
	var files []folder.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		files = append(files, folder.File{Name: name, Data: texts[name]})
	}
	report, err := folder.Apply(ctx, files, edit.New(log, r, slog.New(slog.DiscardHandler)), r, false)
	if err == nil && len(report.Problems) > 0 {
		err = report.Problems
	}
	return err
}

type documentsAt struct{ *replica.Replica }

func (d documentsAt) At(ctx context.Context, revision int64) (plsync.Documents, error) {
	return d.Wait(ctx, revision)
}

// still is a reader of one snapshot.
type still struct{ snapshot *portfolio.Snapshot }

func (s still) Snapshot() *portfolio.Snapshot { return s.snapshot }

func (s still) Wait(context.Context, int64) (*portfolio.Snapshot, error) { return s.snapshot, nil }

// answerOf sends a query to the organisation and returns the data of the answer,
// which must have no errors.
func answerOf(t *testing.T, query string) json.RawMessage {
	t.Helper()
	return answerWith(t, query, nil)
}

// answerWith is answerOf with variables.
func answerWith(t *testing.T, query string, variables map[string]json.RawMessage) json.RawMessage {
	t.Helper()
	handler, err := organisation()
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(portfolio.WithCaller(t.Context(), portfolio.Local), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	var answer struct {
		Errors, Data json.RawMessage
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v\n%s", err, recorder.Body)
	}
	if answer.Errors != nil || answer.Data == nil {
		t.Fatalf("%s\n%s", recorder.Body, query)
	}
	return answer.Data
}

var exampleQueries = filepath.Join("examples", "queries")

// TestTheExampleQueriesAnswerTheirQuestions runs every query over the demo's
// organisation and compares with the answers beside them.
func TestTheExampleQueriesAnswerTheirQuestions(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(exampleQueries, "*.graphql"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d example queries, %v; want at least 10", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".graphql")
		t.Run(name, func(t *testing.T) {
			query := read(t, file)
			if question, _, _ := strings.Cut(query, "\n"); !strings.HasPrefix(question, "# ") || !strings.Contains(question, "?") {
				t.Errorf("it begins with %q, want a question as people ask it", question)
			}
			if !strings.Contains(query, "\nquery "+name) {
				t.Errorf("the operation should be called %s, as the file is", name)
			}
			valid(t, query)
			answer := answerOf(t, query)
			var data map[string]any
			if err := json.Unmarshal(answer, &data); err != nil {
				t.Fatal(err)
			}
			for field, value := range data {
				if field != mayBeEmpty && empty(value) {
					t.Errorf("%s is empty: %v", field, value)
				}
			}
			var text bytes.Buffer
			if err := json.Indent(&text, answer, "", "  "); err != nil {
				t.Fatal(err)
			}
			wanted(t, filepath.Join("examples", "answers", name+".json"), instants.ReplaceAllString(text.String(), `"2026-03-02T15:00:00Z"`)+"\n")
		})
	}
}

// instants are the times at which the engine worked, which differ each time.
var instants = regexp.MustCompile(`"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

// mayBeEmpty is the answer that is good when it is empty.
const mayBeEmpty = "holds"

// empty reports whether an answer shows nothing.
func empty(value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return value == nil
	}
	nodes, listed := object["nodes"].([]any)
	if groups, ok := object["groups"].(map[string]any); ok {
		grouped, _ := groups["nodes"].([]any)
		return len(grouped) == 0
	}
	return listed && len(nodes) == 0
}

// valid fails unless the schema knows the document, with nothing deprecated.
func valid(t *testing.T, document string) {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	parsed, problems := gqlparser.LoadQueryWithRules(schema, document, rules.NewDefaultRules())
	if problems != nil {
		t.Fatalf("%v\n%s", problems, document)
	}
	for _, operation := range parsed.Operations {
		undeprecated(t, operation.SelectionSet)
	}
}

func undeprecated(t *testing.T, selections ast.SelectionSet) {
	t.Helper()
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			if s.Definition.Directives.ForName("deprecated") != nil {
				t.Errorf("%s.%s is deprecated", s.ObjectDefinition.Name, s.Name)
			}
			undeprecated(t, s.SelectionSet)
		case *ast.InlineFragment:
			undeprecated(t, s.SelectionSet)
		case *ast.FragmentSpread:
			undeprecated(t, s.Definition.SelectionSet)
		}
	}
}

// TestTheQueriesOfTheDocumentationAreRight runs every query in a graphql block
// of README.md and docs.
func TestTheQueriesOfTheDocumentationAreRight(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob(filepath.Join("docs", "*", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range slices.Concat([]string{"README.md"}, files, deeper) {
		for i, block := range graphqlBlocks.FindAllStringSubmatch(read(t, file), -1) {
			found++
			t.Run(fmt.Sprintf("%s-%d", file, i+1), func(t *testing.T) {
				valid(t, block[1])
				if !strings.Contains(block[1], "mutation") {
					answerOf(t, block[1])
				}
			})
		}
	}
	if found == 0 {
		t.Error("the documentation shows no query")
	}
}

var graphqlBlocks = regexp.MustCompile("(?s)```graphql\n(.*?)```")

// TestTheScriptReadsEveryPage runs the script for automation as a shell does.
func TestTheScriptReadsEveryPage(t *testing.T) {
	for _, needed := range []string{"sh", "curl", "jq"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("%s is not installed", needed)
		}
	}
	handler, err := organisation()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r.WithContext(portfolio.WithCaller(r.Context(), portfolio.Local)))
	}))
	defer server.Close()
	script := exec.CommandContext(t.Context(), "sh", filepath.Join("examples", "scripts", "milestones.sh"))
	script.Env = append(os.Environ(), "PLUMBLINE_URL="+server.URL, "PLUMBLINE_PAGE=100")
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var counted struct {
		Milestones struct{ TotalCount int }
	}
	if err := json.Unmarshal(answerOf(t, "{ milestones(first: 0) { totalCount } }"), &counted); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		id, _, _ := strings.Cut(line, "\t")
		ids[id] = true
	}
	if len(ids) != counted.Milestones.TotalCount || len(ids) < 500 {
		t.Errorf("the script printed %d milestones, want %d", len(ids), counted.Milestones.TotalCount)
	}
}
