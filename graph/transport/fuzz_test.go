package transport_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"plumbline/graph/limit"
	"plumbline/graph/transport"
)

// FuzzRequests sends whatever it likes as document and variables: the answer
// is always JSON, with data or errors, and never an internal error unless the
// document asks for the field that panics.
func FuzzRequests(f *testing.F) {
	for _, seed := range []struct{ query, variables string }{
		{"{ __typename }", "{}"},
		{"query($n: Int = 3) { projects(first: $n) { nodes { id ...F } } } fragment F on Project { self { name } }", `{"n": 2}`},
		{"query($s: Boolean = true) { project { id @skip(if: $s) } }", `{"s": null}`},
		{"query($f: ProjectFilter) { projects(filter: $f) { totalCount } }", `{"f": {"not": {"healthIn": ["RED"]}}}`},
		{`{ nodes(ids: ["a", "b"]) { id ... on Project { find(health: RED, budget: 1) } } }`, "null"},
		{"{ __schema { types { name } } }", "{}"},
		{"{ a: project { fail(name: \"x\") } b: aggregates { count } }", "{}"},
		{`{ node(id: """block "quoted" text""") { __typename } }`, `{"x": [1, 2.5, "a", true, null]}`},
	} {
		f.Add(seed.query, seed.variables)
	}
	handler := newHandler(&setup{Config: transport.Config{Limits: limit.Limits{Cost: 500, MinuteCost: 1 << 60}}})
	f.Fuzz(func(t *testing.T, query, variables string) {
		if strings.Contains(query, "slow") || strings.Contains(query, "panic") || strings.Contains(query, "ustFail") {
			t.Skip("these fields misbehave on purpose")
		}
		text, err := json.Marshal(query)
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"query":`+string(text)+`,"variables":`+variables+`}`))
		request.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request)
		var answer struct {
			Data   json.RawMessage
			Errors []any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%v in %q", err, w.Body)
		}
		if answer.Data == nil && answer.Errors == nil || w.Code >= 500 || strings.Contains(w.Body.String(), `"INTERNAL"`) {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	})
}

// TestSharedDocuments asks the same from many sides at once: they share the
// parsed document.
func TestSharedDocuments(t *testing.T) {
	server := serve(t, nil)
	const query = "query($n: Int) { projects(first: $n) { nodes { ...F } } } fragment F on Project { id self { ...G } } fragment G on Project { name id }"
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if got := ask(t, server, query, map[string]any{"n": 20}); got.status != http.StatusOK || got.Errors != nil {
					t.Errorf("answered %d %.200s", got.status, got.body)
				}
			}
		})
	}
	wg.Wait()
}
