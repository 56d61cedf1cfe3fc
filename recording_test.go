package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"plumbline/config"
	"plumbline/connectors"
	"plumbline/connectors/catalog"
	"plumbline/demo"
	"plumbline/edit"
	"plumbline/graph"
	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
	plsync "plumbline/sync"
)

// recordingServer serves the API over a store of its own, as plumbline serve does, to
// a caller who may do everything.
func recordingServer(t testing.TB) *httptest.Server {
	t.Helper()
	log, err := boltstore.Open(filepath.Join(t.TempDir(), "plumbline.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := replica.Open(t.Context(), log, replica.Options{})
	if err != nil {
		t.Fatal(err)
	}
	handler := graph.New(graph.Config{Reader: r, Editor: edit.New(log, r, slog.New(slog.DiscardHandler))})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r.WithContext(portfolio.WithCaller(r.Context(), portfolio.Local)))
	}))
	t.Cleanup(func() {
		server.Close()
		r.Close()
		_ = log.Close()
	})
	return server
}

// asks posts a document with variables and returns the data of the answer,
// which must have no errors.
func asks(t testing.TB, server *httptest.Server, document string, variables any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(server.URL, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Errors, Data json.RawMessage }
	if err := json.Unmarshal(text, &answer); err != nil || answer.Errors != nil {
		t.Fatalf("%v: %.1000s", err, text)
	}
	return answer.Data
}

// measurements are 10,000 of them, of 100 KPIs in 100 months.
func measurements(round int) []map[string]any {
	var all []map[string]any
	for kpi := range 100 {
		for period := range 100 {
			all = append(all, map[string]any{
				"kpi": fmt.Sprint("kpi-", kpi), "period": fmt.Sprintf("%d-%02d", 2020+period/12, period%12+1),
				"actual": fmt.Sprint(kpi*period + round), "target": "5000", "note": "as reported by the clinics",
			})
		}
	}
	return all
}

const measuring = `mutation Measure($items: [MeasurementInput!]!) {
  upsertMeasurements(input: {items: $items}) { results { key outcome version } revision userErrors { message } }
}`

// withKPIs records what the measurements are of.
func withKPIs(t testing.TB, server *httptest.Server) {
	t.Helper()
	var kpis []map[string]any
	for kpi := range 100 {
		kpis = append(kpis, map[string]any{"key": fmt.Sprint("kpi-", kpi), "name": "A KPI", "department": "care", "direction": "HIGHER_IS_BETTER", "period": "MONTH"})
	}
	asks(t, server, `mutation Begin($items: [KpiInput!]!) {
  upsertDepartments(input: {items: [{key: "care", name: "Care"}]}) { userErrors { message } }
  upsertKpis(input: {items: $items}) { userErrors { message } }
}`, map[string]any{"items": kpis})
}

// mostTime, which only a machine of its own can hold, is how long 10,000 measurements in one commit may take, from the
// request to the answer of a server that shows them.
const mostTime = 2 * time.Second

func TestSpeedOfTenThousandMeasurements(t *testing.T) {
	server := recordingServer(t)
	withKPIs(t, server)
	for round, want := range []string{"CREATED", "UPDATED"} {
		began := time.Now()
		data := asks(t, server, measuring, map[string]any{"items": measurements(round)})
		took := time.Since(began)
		var answer struct {
			UpsertMeasurements struct {
				Results []struct {
					Outcome, Version string
				}
				Revision   string
				UserErrors []struct{ Message string }
			}
		}
		if err := json.Unmarshal(data, &answer); err != nil {
			t.Fatal(err)
		}
		got := answer.UpsertMeasurements
		if len(got.UserErrors) > 0 || len(got.Results) != 10_000 {
			t.Fatalf("%d results, %v", len(got.Results), got.UserErrors)
		}
		for _, r := range got.Results {
			if r.Outcome != want || r.Version != got.Revision {
				t.Fatalf("%+v, want %s at the one revision %s", r, want, got.Revision)
			}
		}
		t.Logf("10,000 measurements %s in %v", want, took)
		if took > mostTime && os.Getenv("PLUMBLINE_LONG") != "" {
			t.Errorf("10,000 measurements took %v, want at most %v", took, mostTime)
		}
	}
}

func BenchmarkTenThousandMeasurements(b *testing.B) {
	server := recordingServer(b)
	withKPIs(b, server)
	round := 0
	for b.Loop() {
		round++
		asks(b, server, measuring, map[string]any{"items": measurements(round)})
	}
}

// peoplesKinds are the kinds of documents that people record.
func peoplesKinds(t *testing.T) map[portfolio.Kind]bool {
	t.Helper()
	kinds := map[portfolio.Kind]bool{}
	for _, kind := range portfolio.Kinds() {
		doc, err := portfolio.NewDocument(kind)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := doc.(portfolio.RecordedFact); ok {
			kinds[kind] = true
		}
	}
	return kinds
}

// A watchedLog reports every commit that touches what people record.
type watchedLog struct {
	store.Log
	t     *testing.T
	kinds map[portfolio.Kind]bool
	seen  atomic.Int64
}

func (l *watchedLog) Commit(ctx context.Context, c store.Change) (portfolio.Commit, error) {
	l.seen.Add(1)
	for _, doc := range c.Put {
		if l.kinds[doc.Key().Kind] {
			l.t.Errorf("a sync puts %s", doc.Key())
		}
	}
	for _, key := range c.Delete {
		if l.kinds[key.Kind] {
			l.t.Errorf("a sync deletes %s", key)
		}
	}
	return l.Log.Commit(ctx, c)
}

// Whatever the tools do, what people recorded stays as it is, and what they said
// in place of a tool goes on winning over it.
func TestASyncChangesNothingThatPeopleRecorded(t *testing.T) {
	org, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load([]config.File{{Name: "demo.yaml", Data: org.Config()}}, config.Options{Tools: catalog.Tools()})
	if err != nil {
		t.Fatal(err)
	}
	log, err := boltstore.Open(filepath.Join(t.TempDir(), "plumbline.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // all has been read
	r, err := replica.Open(t.Context(), log, replica.Options{PublishEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.ApplySettings(t.Context(), c.Settings(), c.FileHash(), false); err != nil {
		t.Fatal(err)
	}
	watched := &watchedLog{Log: log, t: t, kinds: peoplesKinds(t)}
	engine := plsync.Config{Log: watched, Replica: documentsAt{r}, Holder: "test", Sole: true}
	for _, connection := range c.Connections {
		tool, err := connection.Tool.Open(connectors.Env{Connection: connection.ID, Fields: connection.Fields.Names(), AllowPrivate: connection.AllowPrivate})
		if err != nil {
			t.Fatal(err)
		}
		engine.Connections = append(engine.Connections, plsync.Connection{ID: connection.ID, Connector: tool})
	}
	reading := plsync.New(engine)
	if _, err := reading.Sync(t.Context(), plsync.Request{}); err != nil {
		t.Fatal(err)
	}

	state, err := log.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read, err := r.Wait(t.Context(), state.Revision)
	if err != nil {
		t.Fatal(err)
	}

	recorded := portfolio.Edit{Caller: portfolio.Local, Author: "key:pmo"}
	put := func(fact portfolio.RecordedFact) {
		recorded.Changes = append(recorded.Changes, portfolio.EditChange{Put: fact})
	}
	put(&portfolio.DepartmentFact{Slug: "care", Name: "Care"})
	put(&portfolio.StrategyFact{Slug: "plan", Name: "Plan"})
	put(&portfolio.ObjectiveFact{Slug: "grow", Strategy: "plan", Name: "Grow"})
	projects := map[string]bool{}
	for p := range read.Projects() {
		projects[p.ID] = true
		put(&portfolio.ContributionFact{Project: p.ID, Objective: "grow", Strength: decimal.RequireFromString("0.5")})
		put(&portfolio.Override{Target: "project:" + p.ID, Field: "priority", Value: portfolio.Field{Type: portfolio.FieldText, Text: "As we say"}})
		put(&portfolio.Override{Target: "project:" + p.ID, Field: "due", Value: portfolio.Field{Type: portfolio.FieldDate, Date: portfolio.NewDate(2040, 1, 1)}})
	}
	if len(projects) == 0 {
		t.Fatal("the demo has no project")
	}
	result, err := edit.New(log, r, slog.New(slog.DiscardHandler)).Edit(t.Context(), recorded)
	if err != nil || len(result.Errors) > 0 {
		t.Fatal(err, result.Errors)
	}

	before := watched.seen.Load()
	for range 3 {
		for range steps {
			org.Step()
		}
		if _, err := reading.Sync(t.Context(), plsync.Request{Full: true, Sweep: true}); err != nil {
			t.Fatal(err)
		}
	}
	if watched.seen.Load() == before {
		t.Error("the sync committed nothing, so nothing was shown")
	}
	state, err = log.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, v := range state.Docs {
		if kind := v.Doc.Key().Kind; watched.kinds[kind] && !kind.Operational() {
			left++
			if v.Rev != result.Revision {
				t.Errorf("%s was put again at revision %d", v.Doc.Key(), v.Rev)
			}
		}
	}
	if left != len(recorded.Changes) {
		t.Errorf("%d documents of people are left of %d", left, len(recorded.Changes))
	}
	s, err := r.Wait(t.Context(), state.Revision)
	if err != nil {
		t.Fatal(err)
	}
	for id := range projects {
		if p, ok := s.Project(id); !ok || p.Priority != "As we say" {
			t.Errorf("project %s: a person's priority does not win (there: %t)", id, ok)
		}
	}
}

// TestTheMutationsOfTheDocumentationWork makes those of docs/automation.md, in
// their order.
func TestTheMutationsOfTheDocumentationWork(t *testing.T) {
	server := recordingServer(t)
	made := 0
	for _, block := range graphqlBlocks.FindAllStringSubmatch(read(t, filepath.Join("docs", "automation.md")), -1) {
		if !strings.Contains(block[1], "mutation") || strings.Contains(block[1], "startSync") {
			continue
		}
		made++
		var answer map[string]struct {
			UserErrors []struct {
				Message string
				Field   []string
			}
		}
		if err := json.Unmarshal(asks(t, server, block[1], nil), &answer); err != nil {
			t.Fatal(err)
		}
		for name, payload := range answer {
			for _, e := range payload.UserErrors {
				t.Errorf("%s: %v: %s", name, e.Field, e.Message)
			}
		}
	}
	if made < 3 {
		t.Errorf("%d mutations of the documentation were made, want at least 3", made)
	}
}

// TestTheScriptRecordsMeasurements runs the script for feeds as a shell does.
func TestTheScriptRecordsMeasurements(t *testing.T) {
	for _, needed := range []string{"sh", "curl", "jq"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("%s is not installed", needed)
		}
	}
	server := recordingServer(t)
	withKPIs(t, server)
	feed := func(text string, args ...string) (string, error) {
		file := filepath.Join(t.TempDir(), "feed.csv")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		script := exec.CommandContext(t.Context(), "sh", append([]string{filepath.Join("examples", "scripts", "measurements.sh"), file}, args...)...)
		script.Env = append(os.Environ(), "PLUMBLINE_URL="+server.URL, "PLUMBLINE_KEY=plb_none")
		out, err := script.CombinedOutput()
		return string(out), err
	}
	const right = "kpi,period,segment,actual,note\r\nkpi-1,2026-01,,80.5,\r\nkpi-1,2026-02,pilot,7,so they say\r\n"
	for _, c := range []struct {
		what, text string
		args       []string
		fails      bool
		want       string
	}{
		{"a dry run", right, []string{"dry"}, false, "CREATED\tkpi-1/2026-01/\nCREATED\tkpi-1/2026-02/pilot\n"},
		{"a feed", right, nil, false, "CREATED\tkpi-1/2026-01/\nCREATED\tkpi-1/2026-02/pilot\n"},
		{"a later one", right + "kpi-1,2026-03,,1,\n", nil, false, "UNCHANGED\tkpi-1/2026-01/\nUNCHANGED\tkpi-1/2026-02/pilot\nCREATED\tkpi-1/2026-03/\n"},
		{"a wrong one", right + "kpi-1,2026-13,,1,\n", nil, true, "line 4 period: INVALID: \"2026-13\" is not a month; KPI \"kpi-1\" is measured by MONTH, as in 2026-03.\n"},
		{"no number", "kpi,period,actual\nkpi-1,2026-01,much\n", nil, true, "INVALID: "},
	} {
		out, err := feed(c.text, c.args...)
		if (err != nil) != c.fails || !strings.HasPrefix(out, c.want) {
			t.Errorf("%s: %v\n%swant\n%s", c.what, err, out, c.want)
		}
	}
}
