package jira

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// TestRecordedApacheProjects reads 567 projects of the Apache Software
// Foundation, and one of them with its versions, as their Jira answered them.
func TestRecordedApacheProjects(t *testing.T) {
	data := os.Getenv("PLUMBLINE_TESTDATA")
	if data == "" {
		t.Skip("needs PLUMBLINE_TESTDATA: the folder with the recorded replies")
	}
	recorded := func(name string) []byte {
		raw, err := os.ReadFile(filepath.Join(data, "jira", "go-jira-mocks", name))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	site := jiratest.New(jiratest.Options{Deployment: jiratest.DataCenter, BaseURL: "https://issues.apache.org/jira"})
	site.AddUser(jiratest.User{ID: "me", Name: "Pia", Zone: "UTC"})
	site.AddAccount(jiratest.Account{Token: token(t), User: "me"})
	if err := site.AddRecorded(recorded("all_projects.json"), recorded("project.json")); err != nil {
		t.Fatal(err)
	}
	r := read(t, open(t, site, nil, func(s *Settings) {
		s.Auth.Email = ""
		s.Milestones.From = []string{"versions"}
	}))
	count := map[portfolio.Kind]int{}
	for key := range r.Facts {
		count[key.Kind]++
	}
	check(t, "counts", count, map[portfolio.Kind]int{portfolio.KindProject: 567, portfolio.KindMilestone: 9, portfolio.KindPerson: 1})
	check(t, "quarantined", len(r.Quarantined), 0)
	m := get[*portfolio.MilestoneFact](r, "eng/version/12312507")
	check(t, "a version", []string{m.Name, m.Due.String(), m.Finished.String(), m.Project}, []string{"0.3.0", "2007-10-05", "2007-10-05", "eng/project/12310505"})
	sum := sha256.Sum256([]byte(r.Export()))
	check(t, "SHA-256 of the export", hex.EncodeToString(sum[:]), apacheExport)
	r.sweep()
	again := sha256.Sum256([]byte(r.Export()))
	check(t, "SHA-256 after a sweep", again, sum)
}

// apacheExport changes when, and only when, the conversion gives other facts
// than before; then raise the converter's version too.
const apacheExport = "e4e96b4458fa6f4f648198891b7eeff2578c2e4f467bf9d123c875df9a548ecd"

var update = flag.Bool("update", false, "record the replies of the fake anew and write what they become")

// TestRecordedReplies converts replies that were recorded from the fake. They
// change only on purpose, so a reviewer sees what a change of the fake or of
// the conversion does.
func TestRecordedReplies(t *testing.T) {
	for name, deployment := range map[string]jiratest.Deployment{"cloud": jiratest.Cloud, "datacenter": jiratest.DataCenter} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join("testdata", name)
			tape := &tape{t: t, folder: folder}
			if *update {
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(folder, 0o755); err != nil {
					t.Fatal(err)
				}
				tape.record = storySite(t, deployment).Transport()
			}
			s := Settings{URL: "https://example.atlassian.net", Auth: Auth{Email: "pmo@example.com", Token: secret.New(token(t))}, Concurrency: 1}
			s.Projects.From = []string{"projects", "Initiative"}
			c, err := s.Open(connectors.Env{Connection: "eng", Fields: []string{"Budget", "Health"}, Transport: tape})
			if err != nil {
				t.Fatal(err)
			}
			l := connectortest.NewLedger()
			if err := l.Pull(t.Context(), c, nil); err != nil {
				t.Fatal(err)
			}
			got := l.Export() + "\n"
			want := filepath.Join(folder, "want.jsonl")
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("facts (-want +got), rewritten by go test -update:\n%s", diff)
			}
		})
	}
}

// storySite is a small site with one of everything.
func storySite(t *testing.T, d jiratest.Deployment) *jiratest.Site {
	now := time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC)
	site := newSite(t, jiratest.Options{Deployment: d, BaseURL: "https://example.atlassian.net", Now: func() time.Time { return now }})
	site.AddField(jiratest.Field{ID: "customfield_10101", Name: "Budget", Type: "number"})
	site.AddField(jiratest.Field{ID: "customfield_10102", Name: "Health", Type: "option"})
	site.AddUser(jiratest.User{ID: "lea", Name: "Lea Dorn", Email: "lea@example.com"})
	site.AddProject(jiratest.Project{Key: "EHR", Name: "Health record", Lead: "lea", Category: "Digital Health", Description: "h2. Aim\n* one record"})
	v := site.AddVersion("EHR", jiratest.Version{Name: "Go-live Berlin", Start: "2026-01-05", Release: "2026-05-01", Driver: "lea"})
	i := site.AddIssue("EHR", jiratest.Issue{Type: "Initiative", Summary: "Roll-out", Description: "Hospitals\nfirst", Status: "In Progress"})
	e := site.AddIssue("EHR", jiratest.Issue{
		Type: "Epic", Summary: "Training", Parent: i.ID, Due: "2026-04-15", Assignee: "lea", FixVersions: []int64{v.ID}, Labels: []string{"wave-1"},
		Fields: map[string]any{"customfield_10101": 250000.5, "customfield_10102": map[string]any{"value": "Amber"}},
	})
	p := site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "Interface", Status: "Done", Resolved: now})
	site.AddLink("Blocks", p.Key, e.Key)
	site.Backdate(e.Key, time.Date(2026, 1, 20, 8, 0, 0, 0, time.UTC), "2026-03-31", "2026-04-15")
	site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Raw: []byte(`{"id":"10999","key":"PAY-9","fields":{"summary":7,"updated":"2026-02-03T09:30:00.000+0000"}}`)})
	return site
}

// tape records replies, or plays them back in the order of each question.
type tape struct {
	t      *testing.T
	folder string
	record http.RoundTripper

	mu sync.Mutex
	n  map[string]int
}

func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n == nil {
		p.n = map[string]int{}
	}
	name := r.Method + strings.ReplaceAll(r.URL.Path, "/", "_")
	p.n[name]++
	file := filepath.Join(p.folder, fmt.Sprintf("%s.%d.json", name, p.n[name]))
	if p.record != nil {
		resp, err := p.record.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		var pretty bytes.Buffer
		if json.Indent(&pretty, body, "", "  ") != nil {
			pretty.Write(body)
		}
		if err := os.WriteFile(file, append(bytes.TrimSpace(pretty.Bytes()), '\n'), 0o644); err != nil {
			return nil, err
		}
	}
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, nil
}
