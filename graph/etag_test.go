package graph_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"plumbline/portfolio"
)

// get asks by GET and returns the status and the ETag.
func (w *world) get(c portfolio.Caller, query, variables, known string) (status int, tag string) {
	w.t.Helper()
	values := url.Values{"query": {query}, "variables": {variables}}
	r := httptest.NewRequestWithContext(portfolio.WithCaller(w.t.Context(), c), http.MethodGet, "/graphql?"+values.Encode(), nil)
	if known != "" {
		r.Header.Set("If-None-Match", known)
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	if recorder.Code == http.StatusNotModified && recorder.Body.Len() > 0 {
		w.t.Errorf("304 has a body: %s", recorder.Body)
	}
	return recorder.Code, recorder.Header().Get("ETag")
}

func TestAnAnswerThatIsKnownIsNotSentAgain(t *testing.T) {
	const projects = `query($n: Int) { projects(first: $n) { nodes { name } } }`
	const tools = `{ connections(filter: {stale: {eq: true}}) { totalCount } }`
	w := newWorld(t)
	w.put(&portfolio.Clock{Today: portfolio.NewDate(2026, 3, 1)})
	viewer := portfolio.Caller{Name: "bi", Role: portfolio.RoleViewer}

	status, tag := w.get(viewer, projects, `{"n": 1}`, "")
	if status != http.StatusOK || tag == "" {
		t.Fatalf("status %d, tag %q", status, tag)
	}
	_, toolsTag := w.get(viewer, tools, "", "")
	still := func(what string, c portfolio.Caller, query, variables, known string, want int) {
		t.Helper()
		if got, _ := w.get(c, query, variables, known); got != want {
			t.Errorf("%s: status %d, want %d", what, got, want)
		}
	}
	still("the same again", viewer, projects, `{"n": 1}`, tag, http.StatusNotModified)
	still("one of several tags", viewer, projects, `{"n": 1}`, `"other", `+tag, http.StatusNotModified)
	still("another key that sees the same", portfolio.Caller{Name: "other", Role: portfolio.RoleViewer}, projects, `{"n": 1}`, tag, http.StatusNotModified)
	still("other variables", viewer, projects, `{"n": 2}`, tag, http.StatusOK)
	still("another document", viewer, projects+" ", `{"n": 1}`, tag, http.StatusOK)
	still("who sees a part", portfolio.Caller{Role: portfolio.RoleViewer, Departments: []string{"stores"}}, projects, `{"n": 1}`, tag, http.StatusOK)
	still("who reads costs", portfolio.Caller{Role: portfolio.RoleViewer, Groups: []string{portfolio.GroupCost}}, projects, `{"n": 1}`, tag, http.StatusOK)

	// A commit that touches bookkeeping only does not move the data revision.
	c := portfolio.Commit{Put: []portfolio.Document{&portfolio.Run{Connection: "eng", Number: 1, State: portfolio.RunFailed}}}
	c.Revision, c.Data = w.now.Position().Revision+1, w.now.Data()
	w.now, _ = w.now.Apply(c)
	still("after a run", viewer, projects, `{"n": 1}`, tag, http.StatusNotModified)
	still("what a run changes, were it by a filter only", viewer, tools, "", toolsTag, http.StatusOK)

	w.put(&portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: "1"}, Name: "New"})
	still("after a commit of data", viewer, projects, `{"n": 1}`, tag, http.StatusOK)

	for what, query := range map[string]string{
		"what is left of the minute": `{ rateLimit { remaining } }`,
		"an error":                   `{ projects(after: "nonsense") { totalCount } }`,
	} {
		if _, tag := w.get(viewer, query, "", ""); tag != "" {
			t.Errorf("%s has the tag %s", what, tag)
		}
	}
}
