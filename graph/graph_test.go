package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"plumbline/edit"
	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/portfolio"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// A world is a portfolio that a test commits to and asks.
type world struct {
	t       testing.TB
	now     *portfolio.Snapshot
	past    *portfolio.Snapshot // of any day before today; nil when there is none
	time    time.Time
	age     time.Duration // of what the store last said
	syncer  *syncer
	handler http.Handler
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s, err := portfolio.NewSnapshot(portfolio.State{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, now: s, time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), syncer: &syncer{}}
	w.restart()
	return w
}

// restart makes a handler that has kept no revision, as another replica has.
func (w *world) restart() {
	w.handler = graph.New(graph.Config{
		Reader: w, Past: w, Syncer: w.syncer, Editor: edit.New(worldLog{w: w}, w, slog.New(slog.DiscardHandler)),
		Age:    func() time.Duration { return w.age },
		Now:    func() time.Time { return w.time },
		Limits: limit.Limits{MinuteCost: 1 << 40},
	})
}

func (w *world) Snapshot() *portfolio.Snapshot { return w.now }

func (w *world) Wait(context.Context, int64) (*portfolio.Snapshot, error) { return w.now, nil }

func (w *world) AsOf(_ context.Context, day portfolio.Date, _ portfolio.SettingsOf) (*portfolio.Snapshot, error) {
	switch {
	case day == w.now.Today():
		return w.now, nil
	case day.After(w.now.Today()):
		return nil, fmt.Errorf("%w: that day is to come", portfolio.ErrInvalid)
	case w.past == nil:
		return nil, fmt.Errorf("%w: there is no history", portfolio.ErrNotFound)
	}
	return w.past, nil
}

func (w *world) commit(c portfolio.Commit) {
	c.Revision = w.now.Position().Revision + 1
	c.Hash[0] = byte(c.Revision)
	c.Data = c.Position
	c.At = w.time
	w.now, _ = w.now.Apply(c)
}

func (w *world) put(docs ...portfolio.Document) { w.commit(portfolio.Commit{Put: docs}) }

// load commits documents written as YAML: a list of maps from a kind to a
// document.
func (w *world) load(text []byte) {
	w.t.Helper()
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		w.t.Fatal(err)
	}
	var entries []map[portfolio.Kind]json.RawMessage
	if err := json.Unmarshal(asJSON, &entries); err != nil {
		w.t.Fatal(err)
	}
	var docs []portfolio.Document
	for _, entry := range entries {
		for kind, body := range entry {
			doc, err := portfolio.NewDocument(kind)
			if err != nil {
				w.t.Fatal(err)
			}
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(doc); err != nil {
				w.t.Fatalf("%s: %v\n%s", kind, err, body)
			}
			docs = append(docs, doc)
		}
	}
	w.put(docs...)
}

// ask sends a query and returns the answer.
func (w *world) ask(c portfolio.Caller, query string, variables json.RawMessage) []byte {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(portfolio.WithCaller(w.t.Context(), c), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	return recorder.Body.Bytes()
}

// syncer remembers what it was asked for.
type syncer struct {
	mu        sync.Mutex // as several callers may start at once
	started   []string
	full      bool
	confirmed []string
	err       error
}

func (s *syncer) Start(_ context.Context, connections []string, full bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started, s.full = connections, full
	return s.err
}

func (s *syncer) Confirm(_ context.Context, hold portfolio.Key, author string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.confirmed = append(s.confirmed, hold.String()+" by "+author)
	return s.err
}

// TestAnswers asks what the files in testdata ask. A file has portfolio.yaml,
// perhaps caller.yaml, and then for each question NAME.graphql, perhaps
// NAME.variables.json, and the answer NAME.json.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { answerFile(t, file) })
	}
}

func answerFile(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	sections := map[string]*txtar.File{}
	for i := range archive.Files {
		sections[archive.Files[i].Name] = &archive.Files[i]
	}
	base, err := os.ReadFile("testdata/portfolio.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w.load(base)
	if s := sections["portfolio.yaml"]; s != nil {
		w.load(s.Data)
	}
	caller := portfolio.Local
	if s := sections["caller.yaml"]; s != nil {
		caller = portfolio.Caller{}
		if err := yaml.UnmarshalWithOptions(s.Data, &caller, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
	}
	asked := txtar.Archive{Comment: archive.Comment}
	for _, s := range archive.Files {
		name, isQuery := strings.CutSuffix(s.Name, ".graphql")
		if !isQuery {
			if !strings.HasSuffix(s.Name, ".json") || strings.HasSuffix(s.Name, ".variables.json") {
				asked.Files = append(asked.Files, s)
			}
			continue
		}
		var variables json.RawMessage
		if v := sections[name+".variables.json"]; v != nil {
			variables = v.Data
		}
		got := indented(t, w.ask(caller, string(s.Data), variables))
		asked.Files = append(asked.Files, s, txtar.File{Name: name + ".json", Data: got})
		want := sections[name+".json"]
		switch {
		case *update:
		case want == nil:
			t.Errorf("%s has no answer; run the test with -update and read what it writes", s.Name)
		default:
			if diff := cmp.Diff(string(want.Data), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", s.Name, diff)
			}
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(&asked), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// indented formats an answer for readers, without its cost and revision.
func indented(t testing.TB, answer []byte) []byte {
	t.Helper()
	var parsed struct {
		Errors     json.RawMessage            `json:"errors,omitempty"`
		Data       json.RawMessage            `json:"data,omitempty"`
		Extensions map[string]json.RawMessage `json:"extensions,omitempty"`
	}
	if err := json.Unmarshal(answer, &parsed); err != nil {
		t.Fatalf("%v\n%s", err, answer)
	}
	delete(parsed.Extensions, "cost")
	delete(parsed.Extensions, "revision")
	out, err := json.MarshalIndent(parsed, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}
