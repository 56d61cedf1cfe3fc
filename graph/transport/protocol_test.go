package transport_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"plumbline/graph/transport"
	"plumbline/portfolio"
)

const asJSON = "application/json"

func TestAnswersComeInTheMediaTypeAskedFor(t *testing.T) {
	const plain, response = "application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"
	cases := []struct {
		accept []string
		want   string // "" for 406
	}{
		{nil, plain},
		{[]string{""}, plain},
		{[]string{"*/*"}, plain},
		{[]string{"application/*"}, plain},
		{[]string{"application/json"}, plain},
		{[]string{"application/json; charset=UTF-8"}, plain},
		{[]string{"APPLICATION/JSON"}, plain},
		{[]string{"application/graphql-response+json"}, response},
		{[]string{"application/graphql-response+json, application/json"}, response},
		{[]string{"application/json, application/graphql-response+json"}, response},
		{[]string{"application/json", "application/graphql-response+json;q=0.9"}, plain},
		{[]string{"application/json;q=0.8", "application/graphql-response+json;q=0.9"}, response},
		{[]string{"application/graphql-response+json, */*;q=0.1"}, response},
		{[]string{"application/json;q=0, */*"}, response},
		{[]string{"application/graphql-response+json;q=0, application/*;q=0.5"}, plain},
		{[]string{"text/html, application/xhtml+xml, */*;q=0.8"}, plain},
		{[]string{"text/html"}, ""},
		{[]string{"*/*;q=0"}, ""},
		{[]string{"application/json;q=0"}, ""},
		{[]string{"application/json; charset=utf-16"}, ""},
		{[]string{"application/json;q=2"}, ""},
		{[]string{"application/json;q=NaN"}, ""},
		{[]string{"nonsense"}, ""},
	}
	server := serve(t, nil)
	for _, c := range cases {
		t.Run(strings.Join(c.accept, " + "), func(t *testing.T) {
			headers := []string{"Content-Type", asJSON}
			for _, a := range c.accept {
				headers = append(headers, "Accept", a)
			}
			got := send(t, http.MethodPost, server.URL, `{"query":"{__typename}"}`, headers...)
			if c.want == "" {
				if got.status != http.StatusNotAcceptable || got.code() != "BAD_REQUEST" {
					t.Errorf("answered %d %s, want 406", got.status, got.body)
				}
				return
			}
			if got.status != http.StatusOK || got.header.Get("Content-Type") != c.want {
				t.Errorf("answered %d in %s, want 200 in %s", got.status, got.header.Get("Content-Type"), c.want)
			}
			if !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Accept") {
				t.Errorf("Vary = %v, want Accept in it", got.header.Values("Vary"))
			}
		})
	}
}

func TestRequestsThatAreNotGraphQL(t *testing.T) {
	const canary = "canary-7f3a"
	cases := []struct {
		name, method, query, body string
		headers                   []string
		status                    int
	}{
		{"another method", http.MethodPut, "", "{}", []string{"Content-Type", asJSON}, 405},
		{"a form", http.MethodPost, "", "query=%7B__typename%7D", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"a multipart form", http.MethodPost, "", "--x\r\n\r\n" + canary + "\r\n--x--", []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		{"plain text, which needs no preflight", http.MethodPost, "", `{"query":"mutation{rename(name:\"x\"){id}}"}`, []string{"Content-Type", "text/plain"}, 415},
		{"no content type", http.MethodPost, "", `{"query":"{__typename}"}`, []string{"Content-Type", ""}, 415},
		{"GraphQL as it is", http.MethodPost, "", "{__typename}", []string{"Content-Type", "application/graphql"}, 415},
		{"another charset", http.MethodPost, "", `{"query":"{__typename}"}`, []string{"Content-Type", "application/json; charset=iso-8859-1"}, 415},
		{"a compressed body", http.MethodPost, "", `{"query":"{__typename}"}`, []string{"Content-Type", asJSON, "Content-Encoding", "gzip"}, 415},
		{"an empty body", http.MethodPost, "", "", []string{"Content-Type", asJSON}, 400},
		{"a broken body", http.MethodPost, "", `{"query":"` + canary, []string{"Content-Type", asJSON}, 400},
		{"two values", http.MethodPost, "", `{"query":"{__typename}"} {"a":"` + canary + `"}`, []string{"Content-Type", asJSON}, 400},
		{"a batch", http.MethodPost, "", `[{"query":"{__typename}"}]`, []string{"Content-Type", asJSON}, 400},
		{"a number as query", http.MethodPost, "", `{"query":7}`, []string{"Content-Type", asJSON}, 400},
		{"a list of variables", http.MethodPost, "", `{"query":"{__typename}","variables":["` + canary + `"]}`, []string{"Content-Type", asJSON}, 400},
		{"no query", http.MethodPost, "", `{"variables":{}}`, []string{"Content-Type", asJSON}, 400},
		{"an empty query", http.MethodPost, "", `{"query":""}`, []string{"Content-Type", asJSON}, 400},
		{"no query in the URL", http.MethodGet, "?variables=%7B%7D", "", nil, 400},
		{"broken variables in the URL", http.MethodGet, "?query=%7B__typename%7D&variables=" + canary, "", nil, 400},
		{"a broken URL", http.MethodGet, "?query=%7B__typename%7D&a=%zz" + canary, "", nil, 400},
		{"a mutation by GET", http.MethodGet, "?query=" + url.QueryEscape(`mutation{rename(name:"x"){id}}`), "", nil, 405},
		{"a long URL", http.MethodGet, "?query=" + strings.Repeat("a", 300<<10), "", nil, 414},
	}
	editor := portfolio.Caller{Name: "editor", Role: portfolio.RoleEditor}
	server := serve(t, &setup{caller: &editor})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, accept := range []string{asJSON, "application/graphql-response+json"} {
				got := send(t, c.method, server.URL+c.query, c.body, append(c.headers, "Accept", accept)...)
				if got.status != c.status {
					t.Errorf("status = %d, want %d: %s", got.status, c.status, got.body)
				}
				if got.Data != nil || strings.Contains(got.body, `"data"`) || len(got.Errors) == 0 {
					t.Errorf("answered %s, want errors and no data", got.body)
				}
				if strings.Contains(got.body, canary) {
					t.Errorf("the answer repeats the request: %s", got.body)
				}
				if got.status == http.StatusMethodNotAllowed && got.header.Get("Allow") == "" {
					t.Error("405 without Allow")
				}
			}
		})
	}
}

func TestDocumentErrorsFollowTheMediaType(t *testing.T) {
	cases := []struct {
		name, query string
		variables   map[string]any
		code        string
	}{
		{"does not parse", "{", nil, "BAD_REQUEST"},
		{"is not valid", "{ nothing }", nil, "BAD_REQUEST"},
		{"has no such operation", "query A { __typename } query B { __typename }", nil, "BAD_REQUEST"},
		{"has only fragments", "fragment F on Query { __typename }", nil, "BAD_REQUEST"},
		{"is a subscription", "subscription { ticks }", nil, "BAD_REQUEST"},
		{"lacks a variable", "query($id: ID!) { node(id: $id) { id } }", nil, "INVALID"},
		{"has a wrong variable", "query($n: Int) { projects(first: $n) { totalCount } }", map[string]any{"n": "many"}, "INVALID"},
		{"has null for a directive", "query($s: Boolean = true) { project { id @skip(if: $s) } }", map[string]any{"s": nil}, "INVALID"},
		{"has null where there must be a list", `query($i: [ID!] = ["a"]) { ...F } fragment F on Query { nodes(ids: $i) { id } }`, map[string]any{"i": nil}, "INVALID"},
		{"has null in a list", `query($h: Health = RED) { projects(filter: {healthIn: [$h]}) { totalCount } }`, map[string]any{"h": nil}, "INVALID"},
		{"costs too much", "{ projects(first: 300000) { nodes { id } } }", nil, "TOO_COMPLEX"},
	}
	server := serve(t, nil)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for accept, status := range map[string]int{asJSON: 200, "application/graphql-response+json": 400} {
				got := ask(t, server, c.query, c.variables, "Accept", accept)
				if got.status != status || got.code() != c.code {
					t.Errorf("%s: answered %d %s, want %d %s: %s", accept, got.status, got.code(), status, c.code, got.body)
				}
				if strings.Contains(got.body, `"data"`) {
					t.Errorf("%s: a request error has data: %s", accept, got.body)
				}
			}
		})
	}
}

func TestErrorsHintAtNothing(t *testing.T) {
	server := serve(t, nil)
	for _, query := range []string{
		"{ projects(frist: 1) { totalCount } }",
		"{ projets { totalCount } }",
		"{ project { nam } }",
		"{ project }",
		"{ project { find(health: GREN) } }",
		"{ projects(filter: {nam: \"x\"}) { totalCount } }",
		"query($f: ProjectFiler) { projects(filter: $f) { totalCount } }",
		"{ node(id: \"x\") { ... on Projet { id } } }",
	} {
		got := ask(t, server, query, nil)
		if got.code() != "BAD_REQUEST" || strings.Contains(got.body, "Did you mean") {
			t.Errorf("%s: answered %s", query, got.body)
		}
	}
}

func TestLongTextIsNotRepeatedInErrors(t *testing.T) {
	server := serve(t, nil)
	long := strings.Repeat("é", 50_000)
	for _, query := range []string{`{ project { id("` + long + `") } }`, `{ "` + long + `" }`, "{ " + strings.Repeat("a", 100_000) + " }"} {
		if got := ask(t, server, query, nil); got.code() != "BAD_REQUEST" || len(got.body) > 1000 {
			t.Errorf("answered %d bytes: %.200s", len(got.body), got.body)
		}
	}
}

func TestGetAnswersQueries(t *testing.T) {
	server := serve(t, nil)
	values := url.Values{
		"query":         {"query A($id: ID!) { node(id: $id) { id } } query B { __typename }"},
		"operationName": {"A"},
		"variables":     {`{"id": "7"}`},
		"extensions":    {`{"any": "thing"}`},
	}
	got := send(t, http.MethodGet, server.URL+"?"+values.Encode(), "")
	if want := `{"node":{"id":"p:7"}}`; got.status != http.StatusOK || string(got.Data) != want {
		t.Errorf("answered %d %s, want %s", got.status, got.body, want)
	}
}

func TestMutationsNeedAnEditor(t *testing.T) {
	const query = `mutation { rename(name: "x") { name } }`
	for role, want := range map[portfolio.Role]string{
		portfolio.RoleViewer: "FORBIDDEN",
		portfolio.RoleEditor: "",
		portfolio.RoleAdmin:  "",
		"":                   "FORBIDDEN",
	} {
		server := serve(t, &setup{caller: &portfolio.Caller{Name: "a", Role: role}})
		if got := ask(t, server, query, nil); got.code() != want {
			t.Errorf("role %q: answered %s, want %q", role, got.body, want)
		}
	}
}

func TestOnlyMutationsByAnEditorMayBeLong(t *testing.T) {
	const mutation = `mutation($n: String!) { rename(name: $n) { id } }`
	const query = `query($n: ID!) { node(id: $n) { __typename } }`
	long := map[string]any{"n": strings.Repeat("x", 300<<10)}
	editor := portfolio.Caller{Name: "editor", Role: portfolio.RoleEditor}
	cases := []struct {
		name   string
		caller portfolio.Caller
		query  string
		n      map[string]any
		status int
	}{
		{"a viewer's query", viewer, query, long, 413},
		{"an editor's query", editor, query, long, 413},
		{"an editor's mutation", editor, mutation, long, 200},
		{"an editor's mutation of 17 MiB", editor, mutation, map[string]any{"n": strings.Repeat("x", 17<<20)}, 413},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := serve(t, &setup{caller: &c.caller})
			if got := ask(t, server, c.query, c.n); got.status != c.status {
				t.Errorf("answered %d %.200s, want %d", got.status, got.body, c.status)
			}
		})
	}
}

func TestLongAnswersAreCompressed(t *testing.T) {
	server := serve(t, nil)
	readers := map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	}
	for encoding, reader := range readers {
		short := ask(t, server, "{ project { text(bytes: 100) } }", nil, "Accept-Encoding", encoding)
		if got := short.header.Get("Content-Encoding"); got != "" {
			t.Errorf("a short answer came as %q", got)
		}
		long := ask(t, server, "{ project { text(bytes: 5000) } }", nil, "Accept-Encoding", encoding)
		if got := long.header.Get("Content-Encoding"); got != encoding {
			t.Fatalf("a long answer came as %q, want %q", got, encoding)
		}
		plain, err := reader(strings.NewReader(long.body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(plain)
		if err != nil || !strings.Contains(string(text), strings.Repeat("x", 5000)) {
			t.Errorf("%s: %d bytes, %v, want the whole answer", encoding, len(text), err)
		}
	}
}

func TestAnswersAreNotKeptByCaches(t *testing.T) {
	got := ask(t, serve(t, nil), "{ __typename }", nil)
	if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers = %v", got.header)
	}
	if len(got.header.Get(transport.RequestID)) < 16 {
		t.Errorf("request id = %q", got.header.Get(transport.RequestID))
	}
}
