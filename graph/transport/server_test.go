package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"plumbline/graph/internal/sample"
	"plumbline/graph/transport"
	"plumbline/portfolio"
)

var viewer = portfolio.Caller{Name: "dashboard", Role: portfolio.RoleViewer}

// A setup is what a test's server has different from the usual.
type setup struct {
	transport.Config
	caller   *portfolio.Caller
	failures map[string]error
}

// serve starts a server over the sample schema. Unless the setup says
// otherwise, a viewer asks.
func serve(t *testing.T, s *setup) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(newHandler(s))
	t.Cleanup(server.Close)
	return server
}

func newHandler(s *setup) http.Handler {
	if s == nil {
		s = &setup{}
	}
	config := s.Config
	config.Schema = sample.New(s.failures)
	caller := viewer
	if s.caller != nil {
		caller = *s.caller
	}
	next := transport.New(config)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(portfolio.WithCaller(r.Context(), caller)))
	})
}

// A reply is an answer as a client sees it.
type reply struct {
	status int
	header http.Header
	body   string

	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
	Extensions map[string]any
}

func (r reply) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	code, _ := r.Errors[0].Extensions["code"].(string)
	return code
}

// send makes the request with headers given as name, value pairs.
func send(t *testing.T, method, url, body string, headers ...string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: response.StatusCode, header: response.Header, body: string(text)}
	if response.Header.Get("Content-Encoding") == "" {
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%v in the answer %q", err, text)
		}
	}
	return r
}

// ask posts a query as a usual client does.
func ask(t *testing.T, server *httptest.Server, query string, variables map[string]any, headers ...string) reply {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return send(t, http.MethodPost, server.URL, string(body), append([]string{"Content-Type", "application/json"}, headers...)...)
}

func logTo(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

type revisions func(context.Context, int64) error

func (f revisions) WaitRevision(ctx context.Context, revision int64) error { return f(ctx, revision) }

// endless is a body without end that counts what was read of it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += int64(len(p))
	return len(p), nil
}

// post hands the body to the handler and returns the status and how many
// bytes it read.
func post(h http.Handler, body *endless, announced int64) (status int, read int64) {
	request := httptest.NewRequest(http.MethodPost, "/graphql", body)
	request.ContentLength = announced
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	return recorder.Code, body.read
}
