package asana

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/internal/secret"
)

// TestRequestsKeepToTheSpecification holds every request that the connector
// makes, and every reply of the fake, against Asana's own OpenAPI file.
func TestRequestsKeepToTheSpecification(t *testing.T) {
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with Asana's specification")
	}
	spec := loadSpecification(t, filepath.Join(data, "asana", "asana_oas.yaml"))
	site, o := organisation(t)
	v := &validating{t: t, spec: spec, site: site.Transport(), paths: map[string]int{}}
	s := Settings{Auth: Auth{Token: secret.New(token(t))}}
	s.Portfolios.Parents = true
	s.Goals = GoalSettings{Strategy: "plan", Department: "sales"}
	addGoals(site, o)
	s.Milestones.From = []string{"milestones", "approvals", "section:Go-lives", "field:Gate=Go-live"}
	opened, err := s.Open(connectors.Env{Connection: "work", Transport: v, Fields: []string{"Portfolios", "Section", "Projects", "Team", "Gate", "Budget", "Sponsor", "Regions", "Review", "Notes", "Goals"}})
	if err != nil {
		t.Fatal(err)
	}
	c := opened.(*Connector)
	plain := Settings{Auth: s.Auth}
	counting, err := plain.Open(connectors.Env{Connection: "work", Transport: v})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []connectors.Connector{c, counting} {
		if _, err := one.(connectors.Checker).Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	e := read(t, c)
	site.EditTask(o.goLive, func(x *asanatest.Task) { x.Name = "Go-live, later" })
	site.DeleteTask(o.design)
	site.DeleteStatus(o.report)
	site.DeletePortfolio(o.programme)
	site.ForgetEvents(o.web)
	e.again()
	e.sweep()
	for _, want := range []string{
		"/users/me", "/users", "/projects", "/tasks", "/events", "/status_updates", "/portfolios", "/portfolios/{portfolio_gid}",
		"/portfolios/{portfolio_gid}/items", "/tasks/{task_gid}", "/status_updates/{status_update_gid}",
		"/workspaces/{workspace_gid}/custom_fields", "/projects/{project_gid}/task_counts",
		"/goals", "/goal_relationships",
	} {
		if v.paths[want] == 0 && v.paths[strings.Replace(want, "me", "{user_gid}", 1)] == 0 {
			t.Errorf("nothing was asked of %s: %v", want, v.paths)
		}
	}
	t.Logf("%v", v.paths)
}

// TestExamplesOfTheSpecification converts records that are made of the examples
// in the specification, field by field.
func TestExamplesOfTheSpecification(t *testing.T) {
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with Asana's specification")
	}
	spec := loadSpecification(t, filepath.Join(data, "asana", "asana_oas.yaml"))
	v := &conversion{connection: "work", hidden: new(secret.Hidden), projects: map[string]*projectRecord{}}
	v.rules, v.fields, v.links = []rule{{}}, []string{"Status"}, true
	record := func(name string) json.RawMessage {
		raw, err := json.Marshal(spec.example(map[string]any{"$ref": "#/components/schemas/" + name}, 0))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	good := func(what string, out converted) string {
		if out.quarantined != nil || len(out.facts) == 0 {
			t.Fatalf("%s: %+v", what, out.quarantined)
		}
		raw, err := json.Marshal(out.facts)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	goal := func() string {
		g, odd := v.goal(record("GoalResponse"))
		if odd != nil {
			t.Fatalf("goal: %+v", odd.quarantined)
		}
		raw, err := json.Marshal(v.objective(g, "plan", ""))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	project, p := v.project(record("ProjectResponse"))
	v.projects[p.GID] = p
	for what, c := range map[string]struct{ got, want string }{
		"project":       {good("project", project), `"name":"Stuff to buy","description":"These are things we need to purchase.","category":"Marketing","lead":"work/user/12345","status":"Incomplete","statusCategory":"IN_PROGRESS","start":"2019-09-14","due":"2019-09-15"`},
		"task":          {good("task", v.task(record("TaskResponse"), "")), `"name":"Buy catnip","type":"Task","project":"work/project/12345","owner":"work/user/12345","status":"pending","statusCategory":"TODO","start":"2019-09-14","due":"2019-09-15","labels":["Grade A"],"fields":[{"id":"12345","name":"Status","type":"TEXT","text":"Some Value"}]`},
		"status update": {good("status update", v.report(record("StatusUpdateResponse"), "")), `"health":"on_track","text":"Status Update - Jun 15\nThe project is moving forward according to plan...","author":"work/user/12345","reportedAt":"2012-02-22T02:06:58.147Z"`},
		"portfolio":     {good("portfolio", v.portfolio(record("PortfolioResponse"))), `"kind":"portfolio","id":"12345"`},
		"goal":          {goal(), `{"key":"work-goal-12345","strategy":"plan","name":"Grow web traffic by 30%","description":"Start building brand awareness.","validFrom":"2019-09-14","validTo":"2019-09-15","rollUp":"MANUAL","progress":"0.584","reported":"green"}`},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s: got %s\nwant it to have %s", what, c.got, c.want)
		}
	}
}

// example is a value of a schema, made of the examples in it.
func (s *specification) example(schema map[string]any, depth int) any {
	schema = s.resolve(schema)
	if v, ok := schema["example"]; ok && schema["type"] != "object" {
		return v
	}
	properties := s.properties(schema)
	items, isList := schema["items"].(map[string]any)
	values, _ := schema["enum"].([]any)
	switch {
	case depth > 4:
		return nil
	case isList:
		return []any{s.example(items, depth+1)}
	case len(values) > 0:
		return values[0]
	case len(properties) == 0:
		return nil
	}
	out := map[string]any{}
	for name, p := range properties {
		out[name] = s.example(p, depth+1)
	}
	return out
}

// A specification is an OpenAPI file.
type specification struct {
	Paths      map[string]map[string]any `yaml:"paths"`
	Components map[string]map[string]any `yaml:"components"`
}

func loadSpecification(t *testing.T, file string) *specification {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	spec := new(specification)
	if err := yaml.Unmarshal(raw, spec); err != nil {
		t.Fatal(err)
	}
	if len(spec.Paths) < 100 {
		t.Fatalf("%s has %d paths, want them all", file, len(spec.Paths))
	}
	return spec
}

// resolve follows a reference to a component.
func (s *specification) resolve(node map[string]any) map[string]any {
	for {
		ref, ok := node["$ref"].(string)
		if !ok {
			return node
		}
		parts := strings.Split(strings.TrimPrefix(ref, "#/components/"), "/")
		node, _ = s.Components[parts[0]][parts[1]].(map[string]any)
	}
}

// route finds the template that a path fits; the one with fewer variables wins.
func (s *specification) route(path string) string {
	best, variables := "", 0
	asked := strings.Split(path, "/")
	for template := range s.Paths {
		parts := strings.Split(template, "/")
		n := 0
		fits := len(parts) == len(asked)
		for i := 0; fits && i < len(parts); i++ {
			if strings.HasPrefix(parts[i], "{") {
				n++
			} else {
				fits = parts[i] == asked[i]
			}
		}
		if fits && (best == "" || n < variables) {
			best, variables = template, n
		}
	}
	return best
}

// parameters are those of a path and an operation, by name.
func (s *specification) parameters(template string, operation map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, list := range []any{s.Paths[template]["parameters"], operation["parameters"]} {
		entries, _ := list.([]any)
		for _, e := range entries {
			p := s.resolve(e.(map[string]any))
			out[p["name"].(string)] = p
		}
	}
	return out
}

// request says what is wrong with one.
func (s *specification) request(template string, r *http.Request) (wrong []string) {
	operation, ok := s.Paths[template][strings.ToLower(r.Method)].(map[string]any)
	if !ok {
		return []string{"there is no such method"}
	}
	known := s.parameters(template, operation)
	query := r.URL.Query()
	for name, values := range query {
		p := known[name]
		if p == nil || p["in"] != "query" {
			wrong = append(wrong, "there is no parameter "+name)
			continue
		}
		schema, _ := p["schema"].(map[string]any)
		for _, value := range values {
			wrong = append(wrong, s.parameter(name, schema, value)...)
		}
	}
	for name, p := range known {
		if p["required"] == true && p["in"] == "query" && !query.Has(name) {
			wrong = append(wrong, "parameter "+name+" is missing")
		}
	}
	return wrong
}

func (s *specification) parameter(name string, schema map[string]any, value string) (wrong []string) {
	switch schema["type"] {
	case "boolean":
		if _, err := strconv.ParseBool(value); err != nil {
			wrong = append(wrong, name+" is no boolean: "+value)
		}
	case "integer":
		n, err := strconv.Atoi(value)
		if low, high := schema["minimum"], schema["maximum"]; err != nil || low != nil && fmt.Sprint(low) == "1" && n < 1 || high != nil && fmt.Sprint(high) == "100" && n > 100 {
			wrong = append(wrong, name+" is out of bounds: "+value)
		}
	case "array":
		items, _ := schema["items"].(map[string]any)
		allowed, _ := items["enum"].([]any)
		for one := range strings.SplitSeq(value, ",") {
			if len(allowed) > 0 && !slices.Contains(allowed, any(one)) {
				wrong = append(wrong, name+" may not be "+one)
			}
		}
	}
	return wrong
}

// reply says what is wrong with one.
func (s *specification) reply(template string, status int, body []byte) []string {
	operation, _ := s.Paths[template]["get"].(map[string]any)
	responses, _ := operation["responses"].(map[string]any)
	response, ok := responses[strconv.Itoa(status)].(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("there is no reply with %d", status)}
	}
	content, _ := s.resolve(response)["content"].(map[string]any)
	media, _ := content["application/json"].(map[string]any)
	schema, _ := media["schema"].(map[string]any)
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return []string{err.Error()}
	}
	return s.value("", schema, value)
}

// value says which fields of a value its schema does not have.
func (s *specification) value(at string, schema map[string]any, value any) (wrong []string) {
	schema = s.whole(schema)
	switch value := value.(type) {
	case []any:
		items, ok := schema["items"].(map[string]any)
		if !ok {
			return []string{at + " is a list"}
		}
		for _, one := range value {
			wrong = append(wrong, s.value(at+"[]", items, one)...)
		}
	case map[string]any:
		properties := s.properties(schema)
		if len(properties) == 0 {
			return nil // an object of any shape
		}
		for name, one := range value {
			p, ok := properties[name]
			if !ok {
				wrong = append(wrong, "there is no field "+at+"."+name)
				continue
			}
			wrong = append(wrong, s.value(at+"."+name, p, one)...)
		}
	}
	return wrong
}

// whole is a schema, in full where it is that of the compact record: with
// opt_fields a listing shows all that a record has.
func (s *specification) whole(schema map[string]any) map[string]any {
	if ref, ok := schema["$ref"].(string); ok {
		if name, compact := strings.CutSuffix(ref, "Compact"); compact {
			if full := s.resolve(map[string]any{"$ref": name + "Response"}); full != nil {
				return full
			}
		}
	}
	return s.resolve(schema)
}

// properties are those of a schema and of all that it is made of.
func (s *specification) properties(schema map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	schema = s.resolve(schema)
	for _, word := range []string{"allOf", "oneOf", "anyOf"} {
		parts, _ := schema[word].([]any)
		for _, part := range parts {
			for name, p := range s.properties(part.(map[string]any)) {
				out[name] = p
			}
		}
	}
	own, _ := schema["properties"].(map[string]any)
	for name, p := range own {
		out[name], _ = p.(map[string]any)
	}
	return out
}

// validating holds requests and replies against a specification.
type validating struct {
	t    *testing.T
	spec *specification
	site http.RoundTripper

	mu    sync.Mutex
	paths map[string]int
}

func (v *validating) RoundTrip(r *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(r.URL.Path, "/api/1.0")
	template := v.spec.route(path)
	v.mu.Lock()
	v.paths[template]++
	v.mu.Unlock()
	if template == "" {
		v.t.Errorf("%s %s: there is no such path", r.Method, path)
	}
	for _, wrong := range v.spec.request(template, r) {
		v.t.Errorf("%s %s: %s", r.Method, r.URL.RequestURI(), wrong)
	}
	resp, err := v.site.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	for _, wrong := range v.spec.reply(template, resp.StatusCode, body) {
		v.t.Errorf("the fake's reply to %s %s: %s", r.Method, path, wrong)
	}
	return resp, nil
}
