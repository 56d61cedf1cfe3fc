package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors/jira/jiratest"
)

// apacheHash is the SHA-256 of the canonical export of the recorded projects.
// It changes when, and only when, what is stored of them does.
const apacheHash = "40dca2206a32ac04d50537fe4bbbb7f673cc83bed9a86a81dbea91e33906cb3c"

// TestRecordedProjects takes 567 projects of the Apache Software Foundation,
// and one of them with its versions, as their Jira answered them, through the
// whole program.
func TestRecordedProjects(t *testing.T) {
	t.Parallel()
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
	jira := newJira(t, jiratest.Options{Deployment: jiratest.DataCenter, BaseURL: "https://issues.apache.org/jira"})
	if err := jira.AddRecorded(recorded("all_projects.json"), recorded("project.json")); err != nil {
		t.Fatal(err)
	}
	where := settle(t, jira.connection("milestones: {from: [versions]}", "every: 24h"))
	want(t, plumbline(t, where.env, exitOK, "sync"), `^eng +\d+ +577 +0 +0 +0 .* full \(first run\)$`)
	if got := where.hash(t); got != apacheHash {
		t.Errorf("canonical hash = %s, want %s", got, apacheHash)
	}
	want(t, plumbline(t, where.env, exitOK, "sync", "--sweep"), `^eng +\d+ +0 +0 +0 +0 `)
	if got := where.hash(t); got != apacheHash {
		t.Errorf("canonical hash after a sweep = %s, want %s", got, apacheHash)
	}

	p := start(t, where.env, "serve")
	s := p.site()
	type version struct {
		Name, FinishedDate string
		Project            struct{ Key string }
	}
	type answer struct {
		Projects   struct{ TotalCount int }
		Retired    struct{ TotalCount int }
		Milestones struct {
			TotalCount int
			Nodes      []version
		}
		Quarantine struct{ TotalCount int }
		Project    struct {
			Name       string
			Milestones struct{ TotalCount int }
			Sources    []struct{ Connection, Kind, ExternalID string }
		}
	}
	got := tell[answer](s, `{
		projects { totalCount }
		retired: projects(filter: {category: {eq: "Retired"}}) { totalCount }
		milestones(filter: {finishedDate: {lte: "2008-06-30"}}, orderBy: [{field: FINISHED_DATE}], first: 2) {
			totalCount nodes { name finishedDate project { key } }
		}
		quarantine { totalCount }
		project(ref: {source: {connection: "eng", key: "ABDERA"}}) {
			name milestones { totalCount } sources { connection kind externalId }
		}
	}`, nil)
	var right answer
	right.Projects.TotalCount, right.Retired.TotalCount, right.Milestones.TotalCount = 567, 65, 3
	abdera := struct{ Key string }{"ABDERA"}
	right.Milestones.Nodes = []version{{"0.2.2", "2007-02-19", abdera}, {"0.3.0", "2007-10-05", abdera}}
	right.Project.Name, right.Project.Milestones.TotalCount = "Abdera", 9
	right.Project.Sources = []struct{ Connection, Kind, ExternalID string }{{"eng", "project", "12310505"}}
	if diff := cmp.Diff(right, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
}
