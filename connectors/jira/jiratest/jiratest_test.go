package jiratest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors/connectortest/fake"
)

func newSite(t *testing.T, o Options) *Site {
	t.Helper()
	s := New(o)
	s.AddUser(User{ID: "me", Name: "Pia", Zone: "Europe/Berlin"})
	s.AddAccount(Account{Email: "me@example.com", Token: "good", User: "me"})
	s.AddProject(Project{Key: "PAY", Name: "Payments"})
	return s
}

// ask sends a request, with a body if there is one, and decodes the answer.
func ask(t *testing.T, s *Site, method, path, body string) (int, map[string]any) {
	t.Helper()
	resp := send(t, s, method, path, body)
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil && raw[0] != '[' {
		t.Fatalf("%s %s: %s", method, path, raw)
	}
	return resp.StatusCode, out
}

func send(t *testing.T, s *Site, method, path, body string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.SetBasicAuth("me@example.com", "good")
	r.Header.Set("Content-Type", "application/json")
	resp, err := s.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func search(t *testing.T, s *Site, jql string) (int, string) {
	t.Helper()
	q, _ := json.Marshal(map[string]any{"jql": jql, "fields": []string{"key"}})
	status, out := ask(t, s, "POST", "/rest/api/3/search/jql", string(q))
	if status != http.StatusOK {
		return status, fmt.Sprint(out["errorMessages"])
	}
	var keys []string
	for _, i := range out["issues"].([]any) {
		keys = append(keys, i.(map[string]any)["key"].(string))
	}
	return status, strings.Join(keys, " ")
}

func TestJQL(t *testing.T) {
	start := time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)
	now := start
	s := newSite(t, Options{Now: func() time.Time { return now }})
	s.AddProject(Project{Key: "OPS", Name: "Operations"})
	for i, issue := range []Issue{
		{Type: "Epic", Summary: "Go live", Labels: []string{"Alpha"}, Due: "2026-03-01"},
		{Type: "Story", Summary: "A story", Status: "Done"},
		{Type: "Epic", Summary: "Another"},
	} {
		now = start.Add(time.Duration(i) * time.Hour)
		s.AddIssue([]string{"PAY", "PAY", "OPS"}[i], issue)
	}
	for jql, want := range map[string]string{
		`project = PAY ORDER BY key`:                                                    "PAY-1 PAY-2",
		`project in (PAY, ops) order by created desc`:                                   "OPS-1 PAY-2 PAY-1",
		`type = "epic" ORDER BY updated ASC, key ASC`:                                   "PAY-1 OPS-1",
		`labels = alpha OR status = done ORDER BY key`:                                  "PAY-1 PAY-2",
		`updated >= "2026-02-03 14:00" ORDER BY key`:                                    "OPS-1 PAY-2", // 14:00 in Berlin is 13:00 UTC
		fmt.Sprintf(`updated >= %d`, start.Add(time.Hour+time.Millisecond).UnixMilli()): "OPS-1",
		`issuetype in (10000) AND project != OPS`:                                       "PAY-1",
		`hierarchyLevel = 0`:                                                            "PAY-2",
		`labels is EMPTY AND NOT (status = Done)`:                                       "OPS-1",
		`due >= 2026-03-01`:                                                             "PAY-1",
		`due is not empty`:                                                              "PAY-1",
		`summary ~ "live"`:                                                              "PAY-1",
		`id in (PAY-1)`:                                                                 "PAY-1",
		`statusCategory = Done`:                                                         "PAY-2",
	} {
		if status, got := search(t, s, jql); status != http.StatusOK || got != want {
			t.Errorf("%s = %d %s, want %s", jql, status, got, want)
		}
	}
	for jql, want := range map[string]string{
		``: "Unbounded", `ORDER BY key`: "Unbounded", `project = NONE`: "does not exist", `nonsense = 1`: "nonsense", `project = PAY PAY`: "unexpected",
		`id = PAY-99`: "does not exist", `updated >= "yesterday"`: "invalid", `(project = PAY`: "expecting ')'", `summary = x`: "not supported", `project = "PAY`: "quoted",
		`issuetype in (Nothing)`: "does not exist", `project = PAY ORDER BY nothing`: "nothing",
	} {
		if status, got := search(t, s, jql); status != http.StatusBadRequest || !strings.Contains(got, want) {
			t.Errorf("%s = %d %s, want 400 and %q", jql, status, got, want)
		}
	}
	s.Hide("good", "OPS")
	if status, got := search(t, s, "project = OPS"); status != http.StatusBadRequest {
		t.Errorf("a project we may not see = %d %s, want 400", status, got)
	}
	if _, got := search(t, s, "issuetype = Epic"); got != "PAY-1" {
		t.Errorf("epics without OPS = %s, want PAY-1", got)
	}
}

func TestStrictAsJira(t *testing.T) {
	s := newSite(t, Options{})
	s.AddIssue("PAY", Issue{Type: "Epic", Summary: "x", Description: "one\ntwo"})
	for what, tc := range map[string]struct {
		method, path, body string
		want               int
	}{
		"the old search":       {"GET", "/rest/api/3/search?jql=project=PAY", "", http.StatusGone},
		"a left-over startAt":  {"POST", "/rest/api/3/search/jql", `{"jql":"project=PAY","startAt":0}`, http.StatusBadRequest},
		"too large a page":     {"POST", "/rest/api/3/search/jql", `{"jql":"project=PAY","maxResults":5001}`, http.StatusBadRequest},
		"a token of nobody":    {"POST", "/rest/api/3/search/jql", `{"jql":"project=PAY","nextPageToken":"x"}`, http.StatusBadRequest},
		"no issues to fetch":   {"POST", "/rest/api/3/issue/bulkfetch", `{"issueIdsOrKeys":[]}`, http.StatusBadRequest},
		"an unknown path":      {"GET", "/rest/api/3/nothing", "", http.StatusNotFound},
		"an unknown project":   {"GET", "/rest/api/3/project/NONE/version", "", http.StatusNotFound},
		"an unknown state":     {"GET", "/rest/api/3/project/search?status=dead", "", http.StatusBadRequest},
		"permissions unnamed":  {"GET", "/rest/api/3/mypermissions", "", http.StatusBadRequest},
		"data center's search": {"GET", "/rest/api/2/search?jql=project=PAY", "", http.StatusGone},
	} {
		if status, out := ask(t, s, tc.method, tc.path, tc.body); status != tc.want {
			t.Errorf("%s = %d %v, want %d", what, status, out, tc.want)
		}
	}
	_, out := ask(t, s, "GET", "/rest/api/3/search/jql?jql=project=PAY", "")
	if i := out["issues"].([]any)[0].(map[string]any); i["fields"] != nil || i["key"] != nil {
		t.Errorf("without fields an issue shows %v, want its id alone", i)
	}
	_, v3 := ask(t, s, "GET", "/rest/api/3/issue/PAY-1?fields=description", "")
	_, v2 := ask(t, s, "GET", "/rest/api/2/issue/PAY-1?fields=description", "")
	if _, ok := v3["fields"].(map[string]any)["description"].(map[string]any); !ok || v2["fields"].(map[string]any)["description"] != "one\ntwo" {
		t.Errorf("description: version 3 %v, version 2 %v", v3, v2)
	}
}

func TestPagesFollowTheTokens(t *testing.T) {
	s := newSite(t, Options{MaxPage: 3})
	for range 7 {
		s.AddIssue("PAY", Issue{Type: "Epic"})
	}
	var keys []string
	token := ""
	for range 5 {
		q, _ := json.Marshal(map[string]any{"jql": "project = PAY ORDER BY updated ASC, key ASC", "fields": []string{"summary"}, "maxResults": 100, "nextPageToken": token})
		_, out := ask(t, s, "POST", "/rest/api/3/search/jql", string(q))
		for _, i := range out["issues"].([]any) {
			keys = append(keys, i.(map[string]any)["key"].(string))
		}
		token, _ = out["nextPageToken"].(string)
		if token == "" {
			break
		}
		if len(keys) == 3 { // it moves to the end, and is seen again
			time.Sleep(time.Millisecond)
			s.EditIssue("PAY-2", func(i *Issue) { i.Summary = "edited" })
		}
	}
	if got := strings.Join(keys, " "); got != "PAY-1 PAY-2 PAY-3 PAY-4 PAY-5 PAY-6 PAY-7 PAY-2" {
		t.Errorf("read %s", got)
	}
}

func TestFaults(t *testing.T) {
	s := newSite(t, Options{})
	for range 3 {
		s.AddIssue("PAY", Issue{Type: "Epic"})
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	fetch := func() (*http.Response, string, error) {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/rest/api/3/search/jql?jql=project=PAY", nil)
		r.SetBasicAuth("me@example.com", "good")
		r.Close = true // or a connection that drops is tried again unasked
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return resp, string(body), err
	}
	for kind, good := range map[fake.Kind]func(*http.Response, string, error) bool{
		fake.TooManySeconds: func(r *http.Response, _ string, _ error) bool {
			return r.StatusCode == http.StatusTooManyRequests && r.Header.Get("Retry-After") == "2"
		},
		fake.TooManyDate: func(r *http.Response, _ string, _ error) bool {
			at, err := http.ParseTime(r.Header.Get("Retry-After"))
			return r.StatusCode == http.StatusTooManyRequests && err == nil && time.Until(at) > 0
		},
		fake.TooManyBare: func(r *http.Response, _ string, _ error) bool {
			return r.StatusCode == http.StatusTooManyRequests && r.Header.Get("Retry-After") == ""
		},
		fake.ForbiddenRetry: func(r *http.Response, _ string, _ error) bool {
			return r.StatusCode == http.StatusForbidden && r.Header.Get("Retry-After") == "2"
		},
		fake.InternalError: func(r *http.Response, _ string, _ error) bool { return r.StatusCode == http.StatusInternalServerError },
		fake.Unavailable:   func(r *http.Response, _ string, _ error) bool { return r.StatusCode == http.StatusServiceUnavailable },
		fake.Unauthorized:  func(r *http.Response, _ string, _ error) bool { return r.StatusCode == http.StatusUnauthorized },
		fake.Drop:          func(r *http.Response, _ string, err error) bool { return r == nil && err != nil },
		fake.Truncate:      func(_ *http.Response, body string, err error) bool { return err != nil && strings.HasPrefix(body, "{") },
		fake.HTML: func(r *http.Response, body string, _ error) bool {
			return r.StatusCode == http.StatusOK && strings.Contains(body, "<html")
		},
		fake.EmptyPage: func(_ *http.Response, body string, _ error) bool {
			return strings.Contains(body, `"issues":[]`) && strings.Contains(body, "nextPageToken")
		},
		fake.ShortPage: func(_ *http.Response, body string, _ error) bool { return strings.Count(body, `"id"`) == 1 },
	} {
		remove := s.Inject(fake.Fault{Kind: kind, Path: "/search", Skip: 1, Times: 1, After: 2 * time.Second})
		for i, struck := range []bool{false, true, false} {
			r, body, err := fetch()
			if got := good(r, body, err); got != struck {
				t.Errorf("%s, request %d: struck = %v (%v, %q, %v), want %v", kind, i+1, got, r, body, err, struck)
			}
		}
		remove()
	}
}

func TestCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, Options{})
		s.SetLatency(50 * time.Millisecond)
		start := time.Now()
		for range 4 {
			go func() { _, _ = ask(t, s, "GET", "/rest/api/3/project/PAY/version", "") }()
		}
		time.Sleep(time.Second)
		if c := s.Counts(); c.Requests != 4 || c.Concurrent != 4 || c.ByPath["GET /rest/api/3/project/{}/version"] != 4 {
			t.Errorf("counts = %+v", c)
		}
		s.ResetCounts()
		s.Inject(fake.Fault{Kind: fake.TooManySeconds, After: 5 * time.Second, Times: 1})
		for range 3 {
			_, _ = ask(t, s, "GET", "/rest/api/3/myself", "")
			time.Sleep(3 * time.Second)
		}
		if c := s.Counts(); len(c.TooEarly) != 1 {
			t.Errorf("requests after 0, 3 and 6 s of a 5 s wait: %v too early, want the one", c.TooEarly)
		}
		if time.Since(start) < 10*time.Second {
			t.Error("the latency did not wait")
		}
	})
}

func TestFormerKeysLead(t *testing.T) {
	s := newSite(t, Options{})
	s.AddProject(Project{Key: "OPS", Name: "Operations"})
	i := s.AddIssue("PAY", Issue{Type: "Epic", Summary: "moves"})
	moved := s.MoveIssue(i.Key, "OPS")
	s.EditProject("OPS", func(p *Project) { p.Key = "RUN" })
	for _, key := range []string{"PAY-1", moved, "RUN-1", fmt.Sprint(i.ID)} {
		if _, out := ask(t, s, "GET", "/rest/api/3/issue/"+key+"?fields=summary", ""); out["key"] != "RUN-1" || out["id"] != fmt.Sprint(i.ID) {
			t.Errorf("%s leads to %v, want RUN-1", key, out)
		}
	}
	s.DeleteIssue("PAY-1")
	_, out := ask(t, s, "POST", "/rest/api/3/issue/bulkfetch", `{"issueIdsOrKeys":["PAY-1"]}`)
	if fmt.Sprint(out["issueErrors"]) == "[]" {
		t.Errorf("a deleted issue is fetched: %v", out)
	}
}

// TestWhatEachKindOfJiraHas holds that a connector which mistakes one kind of
// Jira for the other is told.
func TestWhatEachKindOfJiraHas(t *testing.T) {
	sites := map[Deployment]*Site{Cloud: newSite(t, Options{}), DataCenter: newSite(t, Options{Deployment: DataCenter})}
	known := func(d Deployment, method, path string) bool {
		status, out := ask(t, sites[d], method, "/rest/api/2/"+path, "{}")
		return status != http.StatusGone && !strings.Contains(fmt.Sprint(out["errorMessages"]), "null for uri")
	}
	for _, r := range sharedRoutes {
		path := strings.ReplaceAll(r.path, "{}", "PAY")
		if !known(Cloud, r.method, path) || !known(DataCenter, r.method, path) {
			t.Errorf("%s %s is not there on both", r.method, path)
		}
		if known(Cloud, http.MethodDelete, path) {
			t.Errorf("DELETE %s is there: nothing may be written", path)
		}
	}
	for path, has := range map[string]struct{ cloud, dataCenter bool }{
		"search/jql": {true, false}, "user": {true, false}, "search": {false, true}, "project": {false, true},
		"issue/PAY-1/changelog": {true, false}, "issue/PAY-1/changelog/more": {false, false}, "nowhere": {false, false},
	} {
		if known(Cloud, http.MethodGet, path) != has.cloud || known(DataCenter, http.MethodGet, path) != has.dataCenter {
			t.Errorf("%s is on Cloud or not, and on Data Center or not, the other way than %+v", path, has)
		}
	}
}
