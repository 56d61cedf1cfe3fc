package transport_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/graph/limit"
	"plumbline/graph/problem"
	"plumbline/graph/transport"
	"plumbline/portfolio"
)

func TestAnswersCarryDataErrorsAndExtensions(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 30, 0, time.UTC)
	server := serve(t, &setup{
		Config: transport.Config{
			Now: func() time.Time { return now },
			Begin: func(ctx context.Context) (context.Context, map[string]any) {
				return ctx, map[string]any{"revision": 41}
			},
		},
		failures: map[string]error{"gone": fmt.Errorf("project PAY: %w", portfolio.ErrNotFound)},
	})
	got := ask(t, server, `{ project { name fail(name: "gone") } }`, nil)
	want := `{"errors":[{"message":"project PAY: not found","path":["project","fail"],"locations":[{"line":1,"column":18}],"extensions":{"code":"NOT_FOUND"}}],` +
		`"data":{"project":{"name":"Payments","fail":null}},` +
		`"extensions":{"cost":{"requested":1,"remaining":499999,"resetAt":"2026-03-01T12:01:00Z"},"revision":41}}`
	if diff := cmp.Diff(want, got.body); diff != "" || got.status != http.StatusOK {
		t.Errorf("answered %d: %s", got.status, diff)
	}
	refused := ask(t, server, "{ nothing }", nil)
	if refused.Extensions["revision"] != 41.0 {
		t.Errorf("extensions of a refusal = %v, want the revision too", refused.Extensions)
	}
}

func TestForeignErrorsAndPanicsStayInside(t *testing.T) {
	const canary = "mongo: dial tcp 10.0.0.7 user=admin"
	var log bytes.Buffer
	server := serve(t, &setup{
		Config:   transport.Config{Log: logTo(&log)},
		failures: map[string]error{"driver": errors.New(canary), "located": problem.Wrap(errors.New(canary), problem.Upstream, "Jira is down")},
	})
	cases := []struct {
		query, code, logged string
	}{
		{`{ project { fail(name: "driver") } }`, "INTERNAL", canary},
		{`{ project { mustFail(name: "driver") } }`, "INTERNAL", canary},
		{`{ project { fail(name: "located") } }`, "UPSTREAM", canary},
		{`{ project { panic } }`, "INTERNAL", "password of the database"},
		{`{ project { mustFail(name: "nothing planted") } }`, "", ""},
	}
	for _, c := range cases {
		log.Reset()
		got := ask(t, server, c.query, nil)
		if got.status != http.StatusOK || got.code() != c.code {
			t.Errorf("%s: answered %d %s, want 200 %s", c.query, got.status, got.body, c.code)
		}
		if strings.Contains(got.body, "10.0.0.7") || strings.Contains(got.body, "password") {
			t.Errorf("%s: the answer tells too much: %s", c.query, got.body)
		}
		if !strings.Contains(log.String(), c.logged) {
			t.Errorf("%s: the log lacks %q: %s", c.query, c.logged, log.String())
		}
		if c.code == "INTERNAL" {
			id := got.header.Get(transport.RequestID)
			if got.Errors[0].Extensions["requestId"] != id || !strings.Contains(log.String(), id) {
				t.Errorf("%s: the request id %s does not lead from the answer to the log", c.query, id)
			}
		}
	}
}

func TestPanicsOutsideOfFieldsAreAnswered(t *testing.T) {
	var log bytes.Buffer
	server := serve(t, &setup{Config: transport.Config{
		Log:   logTo(&log),
		Begin: func(context.Context) (context.Context, map[string]any) { panic("canary") },
	}})
	got := ask(t, server, "{ __typename }", nil)
	if got.status != http.StatusInternalServerError || got.code() != "INTERNAL" || strings.Contains(got.body, "canary") {
		t.Errorf("answered %d %s, want 500 and no detail", got.status, got.body)
	}
	if !strings.Contains(log.String(), "canary") {
		t.Errorf("the log lacks the panic: %s", log.String())
	}
}

func TestErrorsInAnAnswerAreCapped(t *testing.T) {
	server := serve(t, &setup{failures: map[string]error{"x": portfolio.ErrInvalid}})
	got := ask(t, server, `{ projects(first: 300) { nodes { fail(name: "x") } } }`, nil)
	if len(got.Errors) != 20 || got.Extensions["errorsOmitted"] != 280.0 {
		t.Errorf("%d errors shown and %v omitted, want 20 and 280", len(got.Errors), got.Extensions["errorsOmitted"])
	}
	var fields strings.Builder
	for i := range 500 {
		fmt.Fprintf(&fields, "x%d ", i)
	}
	invalid := ask(t, server, "{ project {"+fields.String()+"} }", nil)
	if len(invalid.Errors) != 20 || invalid.Extensions["errorsOmitted"] != 480.0 {
		t.Errorf("%d errors shown and %v omitted, want 20 and 480", len(invalid.Errors), invalid.Extensions["errorsOmitted"])
	}
}

func TestOperationsEndWhenTheirTimeIsUp(t *testing.T) {
	server := serve(t, &setup{Config: transport.Config{Limits: limit.Limits{Time: 50 * time.Millisecond}}})
	slow := ask(t, server, "{ project { name slow } }", nil)
	if slow.status != http.StatusOK || slow.code() != "TIMEOUT" {
		t.Errorf("answered %d %s, want TIMEOUT", slow.status, slow.body)
	}
	long := ask(t, server, "{ projects(first: 40000) { nodes { id name text(bytes: 20) self { id name } } } }", nil)
	if long.code() != "TIMEOUT" && long.code() != "TOO_COMPLEX" {
		t.Errorf("answered %d bytes with %q", len(long.body), long.code())
	}
}

func TestAnswersThatGrowTooLargeEndOnce(t *testing.T) {
	cases := []struct {
		name, query string
		limits      limit.Limits
	}{
		{"fields", "{ projects(first: 500) { nodes { id name self { id } } } }", limit.Limits{Fields: 1000}},
		{"bytes", "{ projects(first: 500) { nodes { text(bytes: 1000) } } }", limit.Limits{Answer: 100_000}},
		{"bytes of one field", "{ project { text(bytes: 200000) } }", limit.Limits{Answer: 100_000}},
		{"bytes of many small fields", "{ projects(first: 100) { nodes { id self { milestones(first: 10) { nodes { id } } } } } }", limit.Limits{Answer: 20_000}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := serve(t, &setup{Config: transport.Config{Limits: c.limits}})
			got := ask(t, server, c.query, nil)
			if got.status != http.StatusOK || got.code() != "TOO_COMPLEX" || len(got.Errors) != 1 || string(got.Data) != "null" {
				t.Errorf("answered %d %.300s, want one error and no data", got.status, got.body)
			}
		})
	}
}

func TestTheMinutesBudget(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 30, 0, time.UTC)
	var clock atomic.Pointer[time.Time]
	clock.Store(&now)
	server := serve(t, &setup{Config: transport.Config{
		Limits: limit.Limits{MinuteCost: 100},
		Now:    func() time.Time { return *clock.Load() },
	}})
	const query = "{ projects(first: 58) { nodes { id } } }"
	if first := ask(t, server, query, nil); first.status != http.StatusOK || first.code() != "" {
		t.Fatalf("answered %d %s", first.status, first.body)
	}
	for _, accept := range []string{asJSON, "application/graphql-response+json"} {
		second := ask(t, server, query, nil, "Accept", accept)
		if second.status != http.StatusTooManyRequests || second.code() != "RATE_LIMITED" || second.header.Get("Retry-After") != "30" {
			t.Errorf("answered %d, Retry-After %q: %s", second.status, second.header.Get("Retry-After"), second.body)
		}
		want := map[string]any{"requested": 60.0, "remaining": 40.0, "resetAt": "2026-03-01T12:01:00Z"}
		if diff := cmp.Diff(want, second.Errors[0].Extensions["cost"]); diff != "" {
			t.Error(diff)
		}
	}
	later := now.Add(30 * time.Second)
	clock.Store(&later)
	if third := ask(t, server, query, nil); third.status != http.StatusOK {
		t.Errorf("answered %d %s in the next minute", third.status, third.body)
	}
}

func TestTheExportScopeMayAskForMore(t *testing.T) {
	const query = "{ projects(first: 60000) { totalCount edges { node { __typename } } } }"
	exporter := portfolio.Caller{Name: "bi", Role: portfolio.RoleViewer, Export: true}
	for _, c := range []struct {
		caller portfolio.Caller
		code   string
	}{{viewer, "TOO_COMPLEX"}, {exporter, ""}} {
		got := ask(t, serve(t, &setup{caller: &c.caller}), query, nil)
		if got.code() != c.code {
			t.Errorf("%s: answered %.300s, want %q", c.caller.Name, got.body, c.code)
		}
	}
}

func TestMinRevision(t *testing.T) {
	arrived := func(_ context.Context, revision int64) error {
		if revision > 41 {
			return errors.New("canary: stopped")
		}
		return nil
	}
	waits := func(ctx context.Context, _ int64) error {
		<-ctx.Done()
		return ctx.Err()
	}
	cases := []struct {
		name, header string
		wait         revisions
		status       int
		code         string
	}{
		{"is here", "41", arrived, 200, ""},
		{"fails", "42", arrived, 503, "UNAVAILABLE"},
		{"does not come in time", "42", waits, 503, "UNAVAILABLE"},
		{"is no number", "abc", arrived, 400, "BAD_REQUEST"},
		{"is negative", "-1", arrived, 400, "BAD_REQUEST"},
		{"is not known here", "7", nil, 200, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			config := transport.Config{Limits: limit.Limits{RevisionWait: 20 * time.Millisecond}}
			if c.wait != nil {
				config.Revisions = c.wait
			}
			got := ask(t, serve(t, &setup{Config: config}), "{ __typename }", nil, transport.MinRevision, c.header)
			if got.status != c.status || got.code() != c.code || strings.Contains(got.body, "canary") {
				t.Errorf("answered %d %s, want %d %s", got.status, got.body, c.status, c.code)
			}
		})
	}
}

func TestIntrospectionIsForThoseWithAKey(t *testing.T) {
	for _, query := range []string{"{ __schema { types { name } } }", `{ __type(name: "Project") { name } }`, "{ ...F } fragment F on Query { __schema { types { name } } }"} {
		if got := ask(t, serve(t, nil), query, nil); got.code() != "" || !strings.Contains(got.body, "Project") {
			t.Errorf("with a key: answered %.300s", got.body)
		}
		if got := ask(t, serve(t, &setup{caller: &portfolio.Caller{}}), query, nil); got.status != http.StatusUnauthorized || got.code() != "UNAUTHENTICATED" {
			t.Errorf("without a key: answered %d %.300s", got.status, got.body)
		}
	}
}

func TestTheSchemaIsReadOnce(t *testing.T) {
	server := serve(t, nil)
	const schema = "{ __schema { types { name fields { name type { name } } } } __typename }"
	first, again := ask(t, server, schema, nil), ask(t, server, schema, nil)
	if diff := cmp.Diff(string(first.Data), string(again.Data)); diff != "" || len(first.Data) < 1000 {
		t.Errorf("%d bytes, and again: %s", len(first.Data), diff)
	}
	handler, query := newHandler(nil), schema
	answer := func() {
		request := httptest.NewRequest(http.MethodGet, "/?query="+url.QueryEscape(query), nil)
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
	resolved := testing.AllocsPerRun(10, func() {
		query += " " // another document
		answer()
	})
	found := testing.AllocsPerRun(10, answer)
	t.Logf("%.0f allocations to resolve it, %.0f to find it", resolved, found)
	if found > resolved/5 {
		t.Errorf("%.0f allocations to find it and %.0f to resolve it", found, resolved)
	}
	for _, query := range []string{
		"query A { __schema { queryType { name } } } query B { __schema { mutationType { name } } }",
		"query B { __schema { queryType { name } } } query A { __schema { mutationType { name } } }",
	} {
		body, err := json.Marshal(map[string]string{"query": query, "operationName": "A"})
		if err != nil {
			t.Fatal(err)
		}
		got := send(t, http.MethodPost, server.URL, string(body), "Content-Type", asJSON)
		if want := strings.Contains(query, "A { __schema { queryType"); strings.Contains(got.body, "queryType") != want {
			t.Errorf("%s: operation A answered %s", query, got.body)
		}
	}
	variable := "query($n: String!) { __type(name: $n) { name } }"
	for _, name := range []string{"Project", "Milestone"} {
		if got := ask(t, server, variable, map[string]any{"n": name}); !strings.Contains(got.body, name) {
			t.Errorf("%s: answered %s", name, got.body)
		}
	}
}

func TestPersistedQueries(t *testing.T) {
	const query = "{ project { name } }"
	sum := sha256.Sum256([]byte(query))
	send := func(t *testing.T, url, query, hash string) reply {
		body := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}}
		if query != "" {
			body["query"] = query
		}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return send(t, http.MethodPost, url, string(text), "Content-Type", asJSON)
	}
	server := serve(t, nil)
	steps := []struct {
		name, query, hash string
		code              string
	}{
		{"not known yet", "", hex.EncodeToString(sum[:]), "NOT_FOUND"},
		{"of another query", "{ __typename }", hex.EncodeToString(sum[:]), "BAD_REQUEST"},
		{"still not known", "", hex.EncodeToString(sum[:]), "NOT_FOUND"},
		{"sent along", query, hex.EncodeToString(sum[:]), ""},
		{"known", "", hex.EncodeToString(sum[:]), ""},
		{"no hash", "", "abc", "BAD_REQUEST"},
	}
	for _, s := range steps {
		if got := send(t, server.URL, s.query, s.hash); got.code() != s.code {
			t.Errorf("%s: answered %s, want %q", s.name, got.body, s.code)
		}
	}
}

func TestDocumentsAreParsedOnce(t *testing.T) {
	server := serve(t, nil)
	query := manyFragments(0, 110, "self{id name} find(budget:7) name")
	first, _, allocatedFirst := watch(func() { ask(t, server, query, nil) })
	again, _, allocatedAgain := watch(func() { ask(t, server, query, nil) })
	t.Logf("first %v and %d bytes, again %v and %d bytes", first, allocatedFirst, again, allocatedAgain)
	if allocatedAgain > allocatedFirst/2 {
		t.Errorf("allocated %d bytes again, %d at first", allocatedAgain, allocatedFirst)
	}
}
