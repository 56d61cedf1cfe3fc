package redmine

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// recorded answers with the replies of a real Redmine 5.0.4, by the rules that
// were measured of it: a key that it does not know is refused only by the
// question who we are, and without a word on the status closed issues are left
// out. What was not recorded is not found.
type recorded struct {
	t      *testing.T
	folder string
	key    string
}

func recordedSite(t *testing.T) recorded {
	t.Helper()
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with the recorded replies")
	}
	return recorded{t, filepath.Join(data, "redmine", "recorded"), token(t)}
}

func (s recorded) read(name string) []byte {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.folder, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

func (s recorded) RoundTrip(r *http.Request) (*http.Response, error) {
	name := strings.NewReplacer("/", "_", "projects_4_", "projects_sub-1_").Replace(strings.Trim(r.URL.Path, "/"))
	reply := func(status int, body []byte) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	}
	if name == "users_current.json" && r.Header.Get("X-Redmine-Api-Key") != s.key {
		return reply(http.StatusUnauthorized, nil)
	}
	body, err := os.ReadFile(filepath.Join(s.folder, name))
	if err != nil || len(body) == 0 {
		return reply(http.StatusNotFound, nil)
	}
	if name == "issues.json" && r.URL.Query().Get("op[status_id]") != "*" {
		body = openOnly(s.t, body)
	}
	return reply(http.StatusOK, body)
}

func openOnly(t *testing.T, body []byte) []byte {
	var page struct {
		Issues []map[string]any `json:"issues"`
		Total  int              `json:"total_count"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		t.Fatal(err)
	}
	var open []map[string]any
	for _, i := range page.Issues {
		if closed, _ := i["status"].(map[string]any)["is_closed"].(bool); !closed {
			open = append(open, i)
		}
	}
	page.Issues, page.Total = open, len(open)
	body, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func (s recorded) open(key string, change func(*Settings)) connectors.Connector {
	s.t.Helper()
	settings := Settings{URL: "http://127.0.0.1:3000", Auth: Auth{Token: secret.New(key)}}
	settings.Milestones.From = []string{"versions", "Feature"}
	if change != nil {
		change(&settings)
	}
	c, err := settings.Open(connectors.Env{Connection: "ops", Fields: []string{"Health", "Baseline date", "cf_2", "done_ratio"}, Transport: s})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s recorded) ledger() *connectortest.Ledger {
	s.t.Helper()
	l := connectortest.NewLedger()
	if err := l.Pull(s.t.Context(), s.open(s.key, nil), nil); err != nil {
		s.t.Fatal(err)
	}
	return l
}

func fact[T portfolio.ToolFact](t *testing.T, l *connectortest.Ledger, id string) T {
	t.Helper()
	var none T
	for key, f := range l.Facts {
		if f, ok := f.(T); ok && key.ID == id {
			return f
		}
	}
	t.Fatalf("there is no %s of the type %T", id, none)
	return none
}

func count(l *connectortest.Ledger) map[portfolio.Kind]int {
	n := map[portfolio.Kind]int{}
	for key := range l.Facts {
		n[key.Kind]++
	}
	return n
}

func TestRecordedRedmine(t *testing.T) {
	l := recordedSite(t).ledger()
	check(t, "counts", count(l), map[portfolio.Kind]int{
		portfolio.KindProject: 4, portfolio.KindMilestone: 3 + 89, portfolio.KindDependency: 1, portfolio.KindPerson: 1,
	})
	check(t, "quarantined", len(l.Quarantined), 0)
	check(t, "site", l.Site, portfolio.Site{Connection: "ops", Type: "redmine", Instance: "127.0.0.1:3000", Title: "Redmine (127.0.0.1:3000)", Account: "Redmine Admin"})
	p := fact[*portfolio.ProjectFact](t, l, "ops/project/4")
	check(t, "a project below another", []string{p.Name, p.Source.Key, p.Parent, p.Status, p.URL},
		[]string{"Sub project", "sub-1", "ops/project/1", "active", "http://127.0.0.1:3000/projects/sub-1"})
	check(t, "who leads", fact[*portfolio.ProjectFact](t, l, "ops/project/1").Lead, "ops/user/5")
	v := fact[*portfolio.MilestoneFact](t, l, "ops/version/1")
	check(t, "a version", []string{v.Name, v.Due.String(), v.Status, string(v.StatusCategory)}, []string{"M1", "2026-04-15", "open", "TODO"})
	check(t, "its fields", v.Fields, []portfolio.Field{{ID: "cf_3", Name: "Baseline date", Type: portfolio.FieldDate, Date: day(t, "2026-04-01")}})
	i := fact[*portfolio.MilestoneFact](t, l, "ops/issue/7")
	check(t, "an issue", []string{i.Name, i.Source.Key, i.Type, i.Project, i.Parent, i.Start.String(), i.Due.String(), i.Status, string(i.StatusCategory)},
		[]string{"task 1.1.7", "#7", "Feature", "ops/project/1", "ops/version/1", "2026-01-05", "2026-03-17", "New", "TODO"})
	check(t, "its fields", i.Fields, []portfolio.Field{{ID: "done_ratio", Name: "% Done", Type: portfolio.FieldNumber, Number: "70"}})
	// Its journals are of relations alone, and those of #2 of a status and a field: no date was moved.
	for _, id := range []string{"ops/issue/2", "ops/issue/7"} {
		i := fact[*portfolio.MilestoneFact](t, l, id)
		if changed := !i.UpdatedAt.Equal(i.CreatedAt); changed != i.History.Read || len(i.History.Moves) > 0 || changed && i.History.First != i.Due {
			t.Errorf("history of %s: %+v", id, i.History)
		}
	}
}

// TestTrapClosedIssues: without a word on the status an issue that is closed
// looks like one that was deleted.
func TestTrapClosedIssues(t *testing.T) {
	s := recordedSite(t)
	if all, open := bytes.Count(s.read("issues.json"), []byte(`"subject"`)), bytes.Count(openOnly(t, s.read("issues.json")), []byte(`"subject"`)); all != 89 || open != 88 {
		t.Fatalf("%d issues are recorded and %d of them are open, want 89 and 88", all, open)
	}
	i := fact[*portfolio.MilestoneFact](t, s.ledger(), "ops/issue/2")
	check(t, "the closed issue", []string{i.Status, string(i.StatusCategory), i.Finished.String(), i.Owner, string(i.Presence)},
		[]string{"Closed", "DONE", "2026-11-21", "ops/user/5", ""})
	check(t, "its health", i.Fields[0], portfolio.Field{ID: "cf_1", Name: "Health", Type: portfolio.FieldText, Text: "Red"})
}

// TestTrapRelations: a relation that is added leaves the issue's time of change
// as it was.
func TestTrapRelations(t *testing.T) {
	s := recordedSite(t)
	var seven struct {
		Issue struct {
			Updated  time.Time `json:"updated_on"`
			Journals []struct {
				Created time.Time `json:"created_on"`
				Details []struct {
					Name string `json:"name"`
				} `json:"details"`
			} `json:"journals"`
		} `json:"issue"`
	}
	if err := json.Unmarshal(s.read("issues_7.json"), &seven); err != nil {
		t.Fatal(err)
	}
	last := seven.Issue.Journals[len(seven.Issue.Journals)-1]
	if last.Details[0].Name != "precedes" || !last.Created.After(seven.Issue.Updated) {
		t.Fatalf("the relation was added at %v and the issue changed at %v: want it later", last.Created, seven.Issue.Updated)
	}
	d := fact[*portfolio.DependencyFact](t, s.ledger(), "ops/relation/82")
	check(t, "the relation", *d, portfolio.DependencyFact{
		Source: portfolio.Source{Connection: "ops", Kind: "relation", ID: "82", Scope: "relations"}, Type: "precedes", LagDays: 2,
		Predecessor: portfolio.LinkEnd{Ref: "ops/issue/7", Key: "#7"}, Successor: portfolio.LinkEnd{Ref: "ops/issue/9", Key: "#9"},
	})
}

// TestTrapVersions: an edit of a version is seen in the version alone.
func TestTrapVersions(t *testing.T) {
	l := recordedSite(t).ledger()
	v, p := fact[*portfolio.MilestoneFact](t, l, "ops/version/1"), fact[*portfolio.ProjectFact](t, l, "ops/project/1")
	if !v.UpdatedAt.After(p.UpdatedAt) {
		t.Fatalf("the version changed at %v and its project at %v: want the version later", v.UpdatedAt, p.UpdatedAt)
	}
	for key, f := range l.Facts {
		if i, ok := f.(*portfolio.MilestoneFact); ok && i.Parent == "ops/version/1" && i.UpdatedAt.Equal(v.UpdatedAt) && i.ID != "2" {
			t.Errorf("%s changed with its version, which Redmine does not do", key)
		}
	}
}

// TestTrapSharedVersions: a version is listed under every project that shares
// it, and belongs to the one that it names.
func TestTrapSharedVersions(t *testing.T) {
	s := recordedSite(t)
	if !bytes.Contains(s.read("projects_sub-1_versions.json"), []byte(`{"id":1,"project":{"id":1,`)) {
		t.Fatal("version 1 of project 1 is not listed under its sub-project")
	}
	l := s.ledger()
	check(t, "the project of the version", fact[*portfolio.MilestoneFact](t, l, "ops/version/1").Project, "ops/project/1")
	for key, f := range l.Facts {
		if m, ok := f.(*portfolio.MilestoneFact); ok && m.Project == "ops/project/4" {
			t.Errorf("%s is said to be of the sub-project, which has nothing of its own", key)
		}
	}
	sub := connectortest.NewLedger()
	if err := sub.Pull(t.Context(), s.open(s.key, func(x *Settings) { x.Projects.Keys = []string{"sub-1"} }), nil); err != nil {
		t.Fatal(err)
	}
	check(t, "read of the sub-project alone", count(sub), map[portfolio.Kind]int{portfolio.KindProject: 1})
	check(t, "its parent, which is not read", fact[*portfolio.ProjectFact](t, sub, "ops/project/4").Parent, "")
}

// TestTrapBadKey: with a wrong key Redmine answers 200 and what it shows to
// anybody; only the question who we are is refused.
func TestTrapBadKey(t *testing.T) {
	s := recordedSite(t)
	l := connectortest.NewLedger()
	err := l.Pull(t.Context(), s.open("not-"+s.key, nil), nil)
	refused(t, err)
	check(t, "pages of a run that nobody knows", l.Pages, 0)
}

// TestTrapDeleted: what is deleted is a plain 404.
func TestTrapDeleted(t *testing.T) {
	s := recordedSite(t)
	if headers := s.read("issues_999999.json.headers"); !bytes.HasPrefix(headers, []byte("HTTP/1.1 404")) || len(s.read("issues_999999.json")) != 0 {
		t.Fatalf("recorded: %s", headers)
	}
	lost := &portfolio.MilestoneFact{Source: portfolio.Source{Connection: "ops", Kind: "issue", ID: "999999"}}
	found, err := s.open(s.key, nil).(connectors.Fetcher).Fetch(t.Context(), []portfolio.ToolFact{lost})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "what became of it", found, []connectors.Fetched{{Key: lost.Key(), Presence: portfolio.PresenceDeleted}})
}
