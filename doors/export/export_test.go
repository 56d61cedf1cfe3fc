package export_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/doors/export"
)

// made is a table that is made up, page by page.
type made struct {
	columns []export.Column
	pages   []string
	fail    error // after the pages
	tag     string
	asked   int
}

func (m *made) Columns() []export.Column { return m.columns }

func (m *made) Tag(_ context.Context, format string) (string, error) {
	if m.tag == "" {
		return "", nil
	}
	return fmt.Sprintf(`W/"%s-%s"`, m.tag, format), nil
}

func (m *made) Page(context.Context) ([]byte, bool, error) {
	m.asked++
	if m.asked > len(m.pages) {
		return nil, false, m.fail
	}
	return []byte(m.pages[m.asked-1]), m.asked == len(m.pages) && m.fail == nil, nil
}

// tables opens what is made up, and remembers what was asked for.
type tables struct {
	made
	err       error
	document  string
	variables map[string]any
	most      int
}

func (s *tables) Open(_ context.Context, document string, variables map[string]any, most int) (export.Table, error) {
	s.document, s.variables, s.most = document, variables, most
	if s.err != nil {
		return nil, s.err
	}
	table := s.made
	return &table, nil
}

func serve(s *tables) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(export.Pattern, export.New(export.Config{Tables: s}))
	return mux
}

func ask(t *testing.T, s *tables, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	serve(s).ServeHTTP(recorder, r)
	return recorder
}

// sampleTable has every sort of cell.
func sampleTable() made {
	return made{
		columns: []export.Column{
			{Path: []string{"id"}, Text: true},
			{Path: []string{"name"}, Text: true},
			{Path: []string{"health", "overall"}},
			{Path: []string{"health", "by", "name"}, Text: true},
			{Path: []string{"slip"}},
			{Path: []string{"amount"}},
			{Path: []string{"late"}},
			{Path: []string{"due"}},
			{Path: []string{"at"}},
			{Path: []string{"labels"}},
			{Path: []string{"milestones", "nodes"}},
			{Path: []string{"never"}, Text: true},
		},
		pages: []string{
			`[{"id":"1","name":"Größe, \"quoted\"\nand more","health":{"overall":"RED","by":{"name":"Pia"}},"slip":-3,"amount":"-12.50","late":true,"due":"2026-03-01","at":"2026-03-01T12:00:00.5Z","labels":["a","=b"],"milestones":{"nodes":[{"id":"m","due":null}]},"never":null},
			  {"id":"2","name":"=HYPERLINK(\"http://x\")","health":{"overall":"GREEN","by":null},"slip":null,"amount":null,"late":false,"due":null,"at":null,"labels":[],"milestones":{"nodes":[]},"never":null}]`,
			`[{"id":"3","name":"\u003dsum","health":null,"slip":0,"amount":"1e3"}]`,
			`[]`,
		},
	}
}

func TestATableAsCSV(t *testing.T) {
	answer := ask(t, &tables{made: sampleTable()}, http.MethodGet, "/export/projects.csv")
	want := strings.Join([]string{
		"id,name,health__overall,health__by__name,slip,amount,late,due,at,labels,milestones,never",
		"1,\"Größe, \"\"quoted\"\"\r\nand more\",RED,Pia,-3,-12.50,true,2026-03-01,2026-03-01T12:00:00.5Z,\"[\"\"a\"\",\"\"=b\"\"]\",\"[{\"\"id\"\":\"\"m\"\",\"\"due\"\":null}]\",",
		"2,\"'=HYPERLINK(\"\"http://x\"\")\",GREEN,,,,false,,,[],[],",
		"3,'=sum,,,0,1e3,,,,,,",
		"",
	}, "\r\n")
	if diff := cmp.Diff(want, answer.Body.String()); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{
		"Content-Type":           "text/csv; charset=utf-8; header=present",
		"Content-Disposition":    `attachment; filename="projects.csv"`,
		"X-Content-Type-Options": "nosniff",
		"Cache-Control":          "no-store",
	} {
		if got := answer.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestATableAsJSON(t *testing.T) {
	answer := ask(t, &tables{made: sampleTable()}, http.MethodGet, "/export/projects.json")
	want := `[
{"id":"1","name":"Größe, \"quoted\"\nand more","health__overall":"RED","health__by__name":"Pia","slip":-3,"amount":"-12.50","late":true,"due":"2026-03-01","at":"2026-03-01T12:00:00.5Z","labels":["a","=b"],"milestones":[{"id":"m","due":null}],"never":null},
{"id":"2","name":"=HYPERLINK(\"http://x\")","health__overall":"GREEN","health__by__name":null,"slip":null,"amount":null,"late":false,"due":null,"at":null,"labels":[],"milestones":[],"never":null},
{"id":"3","name":"\u003dsum","health__overall":null,"health__by__name":null,"slip":0,"amount":"1e3","late":null,"due":null,"at":null,"labels":null,"milestones":null,"never":null}
]
`
	if diff := cmp.Diff(want, answer.Body.String()); diff != "" {
		t.Error(diff)
	}
	if !json.Valid(answer.Body.Bytes()) {
		t.Error("it is not JSON")
	}
}

func TestAnEmptyTable(t *testing.T) {
	for file, want := range map[string]string{"projects.csv": "id\r\n", "projects.json": "[\n]\n"} {
		empty := made{columns: []export.Column{{Path: []string{"id"}}}, pages: []string{"[]"}}
		if answer := ask(t, &tables{made: empty}, http.MethodGet, "/export/"+file); answer.Body.String() != want {
			t.Errorf("%s is %q, want %q", file, answer.Body, want)
		}
	}
}

// TestFormulasAreGuarded plants what spreadsheets would execute.
func TestFormulasAreGuarded(t *testing.T) {
	for text, guard := range map[string]bool{
		"=1+1": true, "+1": true, "-1": true, "@sum": true, "\t=1": true, "\r=1": true,
		"": false, "a=1": false, "\u00a0=1": false, "'=1": false, "1-1": false, "Größe": false,
	} {
		quoted, _ := json.Marshal(text)
		row := fmt.Sprintf(`[{"text":%s,"word":%s}]`, quoted, quoted)
		s := &tables{made: made{columns: []export.Column{{Path: []string{"text"}, Text: true}, {Path: []string{"word"}}}, pages: []string{row}}}
		lines, err := csv.NewReader(ask(t, s, http.MethodGet, "/export/projects.csv").Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(text, "\r", "") // as the format has it
		if guard {
			want = "'" + want
		}
		if lines[1][0] != want {
			t.Errorf("%q becomes %q, want %q", text, lines[1][0], want)
		}
		if strings.HasPrefix(lines[1][1], "'") != strings.HasPrefix(text, "'") {
			t.Errorf("%q, which is no text, becomes %q", text, lines[1][1])
		}
	}
}

func TestWhatIsAskedFor(t *testing.T) {
	s := &tables{made: sampleTable()}
	ask(t, s, http.MethodGet, `/export/milestones.csv?filter={"slipDays":{"gt":1}}&orderBy=[{"field":"NAME"}]&first=7`)
	want := map[string]any{
		"filter":  map[string]any{"slipDays": map[string]any{"gt": json.Number("1")}},
		"orderBy": []any{map[string]any{"field": "NAME"}},
	}
	if diff := cmp.Diff(want, s.variables); diff != "" || s.most != 7 || !strings.Contains(s.document, "milestones(") {
		t.Errorf("asked for %d rows of %.60q: %s", s.most, s.document, diff)
	}
	ask(t, s, http.MethodGet, "/export/projects.csv?asOf=2026-03-02&asOfSettings=NOW")
	if diff := cmp.Diff(map[string]any{"asOf": "2026-03-02", "asOfSettings": "NOW"}, s.variables); diff != "" {
		t.Errorf("a past day is asked for otherwise: %s", diff)
	}
	ask(t, s, http.MethodGet, "/export/projects.csv")
	if len(s.variables) > 0 || s.most >= 0 {
		t.Errorf("asked for %d rows with %v, want all", s.most, s.variables)
	}
}

func TestWhyThereIsNoTable(t *testing.T) {
	failure := func(code string) *tables { return &tables{err: &export.Failure{Code: code, Message: "because"}} }
	cases := []struct {
		name, method, target string
		tables               *tables
		status               int
		code, detail         string
	}{
		{"an unknown table", "GET", "/export/people.csv", nil, 404, "NOT_FOUND", `no table "people"`},
		{"an unknown format", "GET", "/export/projects.xlsx", nil, 404, "NOT_FOUND", `no format "xlsx"`},
		{"no format", "GET", "/export/projects", nil, 404, "NOT_FOUND", "no format"},
		{"a way out", "GET", "/export/..%2f..%2fgo.mod.csv", nil, 404, "NOT_FOUND", "no table"},
		{"a wrong method", "POST", "/export/projects.csv", nil, 405, "BAD_REQUEST", "GET"},
		{"a filter that is no JSON", "GET", "/export/projects.csv?filter={name}", nil, 400, "INVALID", "filter is not JSON"},
		{"two filters in one", "GET", "/export/projects.csv?filter={}{}", nil, 400, "INVALID", "filter is not JSON"},
		{"a filter twice", "GET", "/export/projects.csv?filter={}&filter={}", nil, 400, "INVALID", "filter is given 2 times"},
		{"a misspelt parameter", "GET", "/export/projects.csv?fliter={}", nil, 400, "INVALID", `no parameter "fliter"`},
		{"a negative number of rows", "GET", "/export/projects.csv?first=-1", nil, 400, "INVALID", "first"},
		{"a bad encoding", "GET", "/export/projects.csv?filter=%zz", nil, 400, "INVALID", "not well encoded"},
		{"an invalid filter", "GET", "/export/projects.csv", failure("INVALID"), 400, "INVALID", "because"},
		{"a forbidden one", "GET", "/export/projects.csv", failure("FORBIDDEN"), 403, "FORBIDDEN", "because"},
		{"too much", "GET", "/export/projects.csv", failure("TOO_COMPLEX"), 400, "TOO_COMPLEX", "because"},
		{"no store", "GET", "/export/projects.csv", failure("UNAVAILABLE"), 503, "UNAVAILABLE", "because"},
		{"no time", "GET", "/export/projects.csv", failure("TIMEOUT"), 503, "TIMEOUT", "because"},
		{"our fault", "GET", "/export/projects.csv", &tables{err: errors.New("dial tcp 10.0.0.7")}, 500, "INTERNAL", "internal error"},
		{"a first page that fails", "GET", "/export/projects.csv", &tables{made: made{tag: "x", fail: &export.Failure{Code: "TIMEOUT", Message: "because"}}}, 503, "TIMEOUT", "because"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.tables == nil {
				c.tables = &tables{made: sampleTable()}
			}
			answer := ask(t, c.tables, c.method, c.target)
			var problem struct {
				Status       int
				Detail, Code string
			}
			if err := json.Unmarshal(answer.Body.Bytes(), &problem); err != nil {
				t.Fatalf("%v: %s", err, answer.Body)
			}
			if answer.Code != c.status || problem.Status != c.status || problem.Code != c.code || !strings.Contains(problem.Detail, c.detail) {
				t.Errorf("answered %d %s, want %d %s …%s…", answer.Code, answer.Body, c.status, c.code, c.detail)
			}
			if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("the content type is %s", got)
			}
			if answer.Header().Get("ETag") != "" || answer.Header().Get("Cache-Control") != "no-store" {
				t.Error("a cache may keep it")
			}
		})
	}
	limited := ask(t, &tables{err: &export.Failure{Code: "RATE_LIMITED", RetryAfter: 17}}, http.MethodGet, "/export/projects.csv")
	if limited.Code != http.StatusTooManyRequests || limited.Header().Get("Retry-After") != "17" {
		t.Errorf("answered %d, to be tried again after %q s", limited.Code, limited.Header().Get("Retry-After"))
	}
	if allow := ask(t, &tables{}, http.MethodDelete, "/export/projects.csv").Header().Get("Allow"); allow != "GET, HEAD" {
		t.Errorf("Allow: %q", allow)
	}
}

func TestWhatIsKnownIsNotSentAgain(t *testing.T) {
	s := &tables{made: sampleTable()}
	s.tag = "state"
	tag := ask(t, s, http.MethodGet, "/export/projects.csv").Header().Get("ETag")
	if tag != `W/"state-csv"` {
		t.Fatalf("ETag: %s", tag)
	}
	if again := ask(t, s, http.MethodGet, "/export/projects.csv", "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("answered %d %s", again.Code, again.Body)
	}
	if other := ask(t, s, http.MethodGet, "/export/projects.json", "If-None-Match", tag); other.Code != http.StatusOK {
		t.Errorf("another format is answered with %d", other.Code)
	}
}

func TestHead(t *testing.T) {
	server := httptest.NewServer(serve(&tables{made: sampleTable()}))
	defer server.Close()
	answer := get(t, server, http.MethodHead, "identity")
	body, err := io.ReadAll(answer.Body)
	if err != nil || len(body) > 0 || answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("answered %d %v %q: %v", answer.StatusCode, answer.Header, body, err)
	}
}

func TestOldHTTPIsRefused(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/export/projects.csv", nil)
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.0", 1, 0
	recorder := httptest.NewRecorder()
	serve(&tables{made: sampleTable()}).ServeHTTP(recorder, r)
	if recorder.Code != http.StatusHTTPVersionNotSupported {
		t.Errorf("answered %d", recorder.Code)
	}
}

func get(t *testing.T, server *httptest.Server, method, encoding string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/export/projects.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// TestAPageThatFailsBreaksTheConnection: a client reads an error, not a short
// table, whichever way it is sent and however much was sent before.
func TestAPageThatFailsBreaksTheConnection(t *testing.T) {
	long := "[" + strings.TrimSuffix(strings.Repeat(`{"name":"a text of some length"},`, 10_000), ",") + "]"
	for _, pages := range [][]string{{`[{"name":"one"}]`}, {long}, {`[{"name":"one"}]`, `[{"name":`}} {
		for _, encoding := range []string{"identity", "gzip"} {
			for _, second := range []bool{false, true} {
				s := &tables{made: made{columns: []export.Column{{Path: []string{"name"}, Text: true}}, pages: pages, fail: errors.New("the second page")}}
				server := httptest.NewUnstartedServer(serve(s))
				server.EnableHTTP2 = second
				server.StartTLS()
				answer, err := tryGet(t, server, encoding)
				if err == nil {
					_, err = io.ReadAll(answer.Body)
					answer.Body.Close()
				}
				if err == nil {
					t.Errorf("%d pages, %s, HTTP/2 %t: the client takes it for a whole table", len(pages), encoding, second)
				}
				server.Close()
			}
		}
	}
}

// tryGet is get for an answer that may break before its head is there.
func tryGet(t *testing.T, server *httptest.Server, encoding string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/export/projects.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	return server.Client().Do(r)
}

func TestCompression(t *testing.T) {
	row := `{"name":"a text of some length"}`
	s := &tables{made: made{columns: []export.Column{{Path: []string{"name"}}}, pages: []string{"[" + strings.Repeat(row+",", 1000) + row + "]"}}}
	server := httptest.NewServer(serve(s))
	defer server.Close()
	if got := get(t, server, http.MethodGet, "gzip").Header.Get("Content-Encoding"); got != "gzip" {
		t.Errorf("Content-Encoding: %q, want gzip", got)
	}
}
