package jira

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/secret"
)

// TestRequestsKeepToTheSpecification shows every request that the connector
// makes to Prism, which knows Atlassian's own specification, and answers it
// from the fake.
func TestRequestsKeepToTheSpecification(t *testing.T) {
	prism, data := os.Getenv("PLUMBLINE_PRISM"), os.Getenv("PLUMBLINE_TESTDATA")
	if prism == "" || data == "" {
		t.Skip("needs PLUMBLINE_PRISM (contract/node_modules/.bin/prism after npm ci) and PLUMBLINE_TESTDATA (the folder with Atlassian's specification)")
	}
	site := newSite(t, jiratest.Options{})
	site.AddField(jiratest.Field{ID: "customfield_4", Name: "Health", Type: "option"})
	site.Fill("P", 3, 60, 230, "Epic")
	site.AddLink("Blocks", "P1-1", "P2-1")
	site.AddIssue("PAY", jiratest.Issue{Type: "Milestone", Summary: "by type"})
	v := &violations{t: t, site: site.Transport(), prism: []string{
		startPrism(t, prism, filepath.Join(data, "jira", "prism-patched.json")),
		startPrism(t, prism, filepath.Join(data, "jira", "jira-cloud-platform-v3.swagger.json")),
	}}
	s := Settings{URL: "https://example.atlassian.net", Auth: Auth{Email: "pmo@example.com", Token: secret.New(token(t))}}
	s.Projects = ProjectSettings{From: []string{"projects", "Initiative"}, Keys: []string{"PAY", "P1", "P2", "P3"}, Card: "Milestone"}
	opened, err := s.Open(connectors.Env{Connection: "eng", Fields: []string{"Health"}, Transport: v})
	if err != nil {
		t.Fatal(err)
	}
	c := opened.(*Connector)
	if _, err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := read(t, c)
	site.EditIssue("PAY-1", func(i *jiratest.Issue) { i.Summary = "changed" })
	site.DeleteIssue("P1-1")
	site.DeleteVersion(site.Versions("P2")[0].ID)
	r.again()
	r.sweep()
	if v.checked < 40 || len(v.paths) < 14 {
		t.Errorf("Prism saw %d requests of %d kinds; that is not all: %v", v.checked, len(v.paths), v.paths)
	}
	t.Logf("Prism took %d requests of %d kinds", v.checked, len(v.paths))
	v.examples(c)
}

// violations forwards each request to Prism and fails on what it objects to.
type violations struct {
	t     *testing.T
	site  http.RoundTripper
	prism []string

	mu      sync.Mutex
	checked int
	paths   map[string]bool
}

func (v *violations) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if r.URL.Path != "/_edge/tenant_info" { // documented elsewhere: it is no part of the REST API
		v.check(r, body)
	}
	return v.site.RoundTrip(r)
}

func (v *violations) check(r *http.Request, body []byte) {
	for i, prism := range v.prism {
		copied, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, prism+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			v.t.Error(err)
			return
		}
		copied.Header = r.Header.Clone()
		resp, err := http.DefaultClient.Do(copied)
		if err != nil {
			v.t.Errorf("Prism: %v", err)
			return
		}
		answer, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if bytes.Contains(answer, []byte("NO_PATH_MATCHED")) && i+1 < len(v.prism) {
			continue // the smaller specification has only the commoner paths
		}
		said := resp.Header.Get("sl-violations")
		if strings.Contains(said, `"location":["request"`) || resp.StatusCode == http.StatusNotFound && bytes.Contains(answer, []byte("#NO_")) || resp.StatusCode == http.StatusUnprocessableEntity {
			v.t.Errorf("%s %s\n%s\nis objected to: %s %s", r.Method, r.URL, body, said, answer)
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.checked++
		if v.paths == nil {
			v.paths = map[string]bool{}
		}
		path, _, _ := strings.Cut(r.URL.Path, "?")
		v.paths[r.Method+" "+strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, path)] = true
		return
	}
}

// examples converts the specification's own example records.
func (v *violations) examples(c *Connector) {
	s := &session{cloud: true, api: "rest/api/3/", zone: time.UTC, realProjects: true, plainTypes: map[string]bool{}}
	conv := conversion{session: s, connection: "eng", hidden: new(secret.Hidden)}
	ask := func(method, path, body string, into any) {
		r, _ := http.NewRequestWithContext(v.t.Context(), method, v.prism[0]+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.SetBasicAuth("a", "b")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			v.t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			v.t.Fatalf("%s: %v", path, err)
		}
	}
	good := func(what string, n int, out converted) {
		if out.quarantined != nil {
			v.t.Errorf("example %s %d: %s", what, n, out.quarantined.Reason)
		}
	}
	var page offsetPage
	ask("GET", "/rest/api/3/project/search", "", &page)
	for i, raw := range page.Values {
		out, _ := conv.project(raw)
		good("project", i, out)
	}
	if len(page.Values) == 0 {
		v.t.Error("the specification has no example project")
	}
	ask("GET", "/rest/api/3/project/EX/version", "", &page)
	for i, raw := range page.Values {
		good("version", i, conv.version(raw, projectRecord{ID: "10000", Key: "EX"}))
	}
	var found searchPage
	ask("POST", "/rest/api/3/issue/bulkfetch", `{"issueIdsOrKeys":["EX-1"]}`, &found)
	for i, raw := range found.Issues {
		var rec issueRecord
		if err := json.Unmarshal(raw, &rec); err != nil {
			v.t.Errorf("example issue %d: %v", i, err)
		}
	}
	var logs struct {
		Logs []struct {
			Histories []changeRecord `json:"changeHistories"`
		} `json:"issueChangeLogs"`
	}
	ask("POST", "/rest/api/3/changelog/bulkfetch", `{"issueIdsOrKeys":["EX-1"]}`, &logs)
	for _, l := range logs.Logs {
		for _, h := range l.Histories {
			if at, err := changeTime(h.Created); err != nil || at.Year() != 2017 && at.Year() != 2023 {
				v.t.Errorf("example change at %s: %v, %v", h.Created, at, err)
			}
		}
	}
}

// startPrism mocks a specification and returns the mock's address.
func startPrism(t *testing.T, prism, spec string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().(*net.TCPAddr)
	_ = ln.Close()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), prism, "mock", "-p", fmt.Sprint(address.Port), spec)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 600 {
		conn, err := net.DialTimeout("tcp", address.String(), time.Second)
		if err == nil {
			_ = conn.Close()
			return "http://" + address.String()
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("Prism did not start: %s", out.String())
	return ""
}
