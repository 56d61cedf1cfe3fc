package azuredevops

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/internal/secret"
)

// TestRequestsAndRepliesKeepToTheSpecification compares every request that the
// connector makes, and every answer of the fake, with Microsoft's specification.
func TestRequestsAndRepliesKeepToTheSpecification(t *testing.T) {
	v := &violations{t: t, kinds: map[string]bool{}}
	for _, name := range []string{"core.json", "workItemTracking.json"} {
		var s specification
		readJSON(t, filepath.Join(testData(t), name), &s)
		v.specs = append(v.specs, &s)
	}
	site := newSite(t, azuredevopstest.Options{MaxBatch: 50})
	v.site = site.Transport()
	site.AddField(azuredevopstest.Field{Name: "Health", Ref: "Custom.Health", Type: "string"})
	site.Fill("P", 3, 30, 120, "Epic")
	epics := site.Items("Epic")
	initiative := site.AddItem(item{Project: "P1", Type: "Initiative", Title: "Above"}).ID
	gate := site.AddItem(item{Project: "P1", Type: "Milestone", Title: "Gate", Parent: initiative}).ID
	site.AddLink(azuredevopstest.Dependency, epics[0], epics[1])
	s := Settings{URL: site.BaseURL(), Auth: Auth{Token: secret.New(token(t))}}
	s.Projects = ProjectSettings{From: []string{"projects", "Initiative"}, Names: []string{"P1", "P2", "P3"}}
	s.Milestones.From = []string{"iterations", "epics", "Milestone"}
	opened, err := s.Open(connectors.Env{Connection: "eng", Fields: []string{"Health"}, Transport: v})
	if err != nil {
		t.Fatal(err)
	}
	c := opened.(*Connector)
	if _, err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := read(t, c)
	site.EditItem(epics[2], func(i *item) { i.Title = "changed" })
	site.DeleteItem(epics[3])
	site.RemoveLink(azuredevopstest.Dependency, epics[0], epics[1])
	site.SetParent(gate, 0)
	r.again()
	site.DestroyItem(epics[4])
	r.sweep()
	if _, err := c.Fetch(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if len(v.kinds) < 9 || v.requests < 50 {
		t.Errorf("%d requests of %d kinds were looked at; that is not all: %v", v.requests, len(v.kinds), v.kinds)
	}
	t.Logf("%d requests of %d kinds, %d replies with %d records", v.requests, len(v.kinds), v.replies, v.records)
}

// specification is as much of a Swagger 2.0 document as is compared with.
type specification struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Extra      map[string]map[string]operation `json:"x-ms-paths"`
	Parameters map[string]parameter            `json:"parameters"`
	Types      map[string]schema               `json:"definitions"`
}

type operation struct {
	Parameters []parameter `json:"parameters"`
	Responses  map[string]struct {
		Schema schema `json:"schema"`
	} `json:"responses"`
}

type parameter struct {
	Ref, Name, In, Type, Description string
	Required                         bool
	Enum                             []string
	Schema                           schema
}

// UnmarshalJSON also reads a reference, whose key is no name of Go's.
func (p *parameter) UnmarshalJSON(raw []byte) error {
	type plain parameter
	var ref struct {
		Ref string `json:"$ref"`
	}
	err := json.Unmarshal(raw, &ref)
	if err == nil {
		err = json.Unmarshal(raw, (*plain)(p))
	}
	p.Ref = ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
	return err
}

type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Enum       []string          `json:"enum"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	AllOf      []schema          `json:"allOf"`
	Additional json.RawMessage   `json:"additionalProperties"`
}

// violations looks at each request and its answer.
type violations struct {
	t     *testing.T
	site  http.RoundTripper
	specs []*specification

	mu                         sync.Mutex
	requests, replies, records int
	kinds                      map[string]bool
}

func (v *violations) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := v.site.RoundTrip(r)
	if err != nil || strings.HasSuffix(r.URL.Path, "/_apis/connectionData") { // documented by its clients only
		return resp, err
	}
	answer, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	v.mu.Lock()
	defer v.mu.Unlock()
	v.requests++
	for _, s := range v.specs {
		if op, path, ok := s.operation(r); ok {
			v.kinds[r.Method+" "+path] = true
			for _, problem := range append(s.request(op, r, body), s.reply(op, path, resp.StatusCode, answer, v)...) {
				v.t.Errorf("%s %s: %s", r.Method, r.URL.Path, problem)
			}
			return resp, err
		}
	}
	v.t.Errorf("%s %s is in no specification", r.Method, r.URL.Path)
	return resp, err
}

// operation finds what a request asks for. Project, team and the path of an
// iteration may be left out, as the reference pages say and the file does not.
func (s *specification) operation(r *http.Request) (operation, string, bool) {
	for _, paths := range []map[string]map[string]operation{s.Extra, s.Paths} {
		for template, operations := range paths {
			path, query, _ := strings.Cut(template, "?")
			name, _, _ := strings.Cut(query, "=")
			if name != "" && !r.URL.Query().Has(name) {
				continue
			}
			for _, left := range []string{"", "{project}/", "{project}/{team}/", "/{path}"} {
				op, ok := operations[strings.ToLower(r.Method)]
				if ok && fitsTemplate(strings.Replace(path, left, "", 1), r.URL.Path) {
					return op, template, true
				}
			}
		}
	}
	return operation{}, "", false
}

func fitsTemplate(template, path string) bool {
	a, b := strings.Split(strings.Trim(template, "/"), "/"), strings.Split(strings.Trim(path, "/"), "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		literal := !strings.HasPrefix(a[i], "{")
		if literal && !strings.EqualFold(a[i], b[i]) || !literal && strings.HasPrefix(b[i], "_apis") {
			return false
		}
	}
	return true
}

func (s *specification) request(op operation, r *http.Request, body []byte) (problems []string) {
	bad := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	known := map[string]parameter{}
	for _, p := range op.Parameters {
		if p.Ref != "" {
			p = s.Parameters[p.Ref]
		}
		switch p.In {
		case "query":
			known[p.Name] = p
			if p.Required && !r.URL.Query().Has(p.Name) {
				bad("the parameter %s is missing", p.Name)
			}
		case "body":
			var value any
			if err := json.Unmarshal(body, &value); err != nil {
				bad("the body is not JSON: %v", err)
			}
			problems = append(problems, s.differs(p.Schema, value, "body")...)
		}
	}
	for name, values := range r.URL.Query() {
		p, ok := known[name]
		if !ok && (name != "$top" || !strings.Contains(r.URL.Path, "wiql")) {
			bad("there is no parameter %s", name)
		}
		for _, value := range values {
			_, notANumber := strconv.ParseInt(value, 10, 64)
			switch {
			case p.Type == "integer" && notANumber != nil, p.Type == "boolean" && value != "true" && value != "false",
				p.Enum != nil && !slices.Contains(p.Enum, value):
				bad("%s may not be %q", name, value)
			case name == "api-version" && !strings.Contains(p.Description, "'"+value+"'"):
				bad("api-version is %q: %s", value, p.Description)
			}
		}
	}
	return problems
}

// reply compares an answer with its type. The file leaves out the envelope of
// lists and what the values of a feed are.
func (s *specification) reply(op operation, path string, status int, answer []byte, v *violations) (problems []string) {
	if status != http.StatusOK {
		return nil
	}
	v.replies++
	var value any
	if err := json.Unmarshal(answer, &value); err != nil {
		return []string{"the answer is not JSON: " + err.Error()}
	}
	want := op.Responses["200"].Schema
	if want.Type == "array" {
		value = value.(map[string]any)["value"]
		v.records += len(value.([]any))
	}
	if feed := value; strings.Contains(path, "/reporting/") {
		item := schema{Ref: "#/definitions/WorkItem"}
		if strings.HasSuffix(path, "workitemlinks") {
			item.Ref = "#/definitions/Link"
		}
		values := feed.(map[string]any)["values"]
		v.records += len(values.([]any))
		problems = s.differs(schema{Type: "array", Items: &item}, values, "values")
		delete(feed.(map[string]any), "values")
	}
	return append(problems, s.differs(want, value, "answer")...)
}

// differs names where a value is not of its type. A property that the type
// does not have is one too.
func (s *specification) differs(want schema, value any, at string) (problems []string) {
	if want.Ref != "" {
		want = s.Types[want.Ref[strings.LastIndex(want.Ref, "/")+1:]]
	}
	wrong := func() []string {
		return []string{fmt.Sprintf("%s is %v, which is not %s %v", at, value, want.Type, want.Enum)}
	}
	switch value := value.(type) {
	case nil: // what is empty, or left out by errorPolicy
	case map[string]any:
		properties := s.properties(want)
		if len(properties) == 0 || len(want.Additional) > 0 {
			break
		}
		for name, inner := range value {
			p, ok := properties[name]
			if !ok {
				problems = append(problems, fmt.Sprintf("%s has no property %s", at, name))
				continue
			}
			problems = append(problems, s.differs(p, inner, at+"."+name)...)
		}
	case []any:
		if want.Type != "array" {
			return wrong()
		}
		for i, inner := range value {
			problems = append(problems, s.differs(*want.Items, inner, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case string:
		if want.Type != "string" && want.Enum == nil && want.Type != "" || want.Enum != nil && !slices.Contains(want.Enum, value) {
			return wrong()
		}
	case float64:
		if want.Type != "integer" && want.Type != "number" {
			return wrong()
		}
	case bool:
		if want.Type != "boolean" {
			return wrong()
		}
	}
	return problems
}

// properties are those of a type and of what it is made of.
func (s *specification) properties(of schema) map[string]schema {
	all := map[string]schema{}
	if of.Ref != "" {
		of = s.Types[of.Ref[strings.LastIndex(of.Ref, "/")+1:]]
	}
	for _, part := range of.AllOf {
		for name, p := range s.properties(part) {
			all[name] = p
		}
	}
	for name, p := range of.Properties {
		all[name] = p
	}
	return all
}
