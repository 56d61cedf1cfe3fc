package github

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors/github/githubtest"
)

var update = flag.Bool("update", false, "rewrite what is wanted")

// TestGolden holds every fact of a small site with one of everything.
func TestGolden(t *testing.T) {
	now := time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC)
	site := newSite(t, githubtest.Options{Now: func() time.Time { return now }})
	site.AddIssueField(githubtest.IssueField{Name: "Start date", Type: "date"})
	site.AddOwner(githubtest.Owner{Login: "lea", Name: "Lea Dorn"})
	site.AddOwner(githubtest.Owner{Login: "renovate", Bot: true})
	repo := site.AddRepository(githubtest.Repository{
		Owner: "acme", Name: "ehr", Description: "Health record", Topics: []string{"product", "health"},
		Properties: map[string]any{"department": "Digital Health", "sites": []string{"Berlin", "Bonn"}, "unnamed": "x"},
	})
	old := site.AddRepository(githubtest.Repository{Owner: "acme", Name: "old", Archived: true})
	m := site.AddMilestone(githubtest.Milestone{Repository: repo.ID, Title: "Go-live Berlin", Description: "All wards", Due: "2026-05-01", Creator: "lea", Open: 3, Done: 2})
	site.AddMilestone(githubtest.Milestone{Repository: old.ID, Title: "Switched off", State: "closed", Closed: now, Due: "2025-12-31", Creator: "renovate"})
	site.AddMilestone(githubtest.Milestone{Repository: repo.ID, Raw: []byte(`{"id":9001,"number":9,"title":"Odd","due_on":"soon"}`)})
	first := site.AddIssue(githubtest.Issue{Repository: repo.ID, Type: "Epic", Title: "Interface", State: "closed", Closed: now, Reason: "completed"})
	site.AddIssue(githubtest.Issue{
		Repository: repo.ID, Type: "Epic", Title: "Training", Milestone: m.Number, Assignees: []string{"lea", "pia"}, Labels: []string{"wave-1"},
		BlockedBy: []int64{first.ID}, Fields: map[string]any{"Start date": "2026-03-01T00:00:00Z"},
	})
	board := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Roll-out", Creator: "lea", Fields: boardFields})
	site.AddItem(githubtest.Item{Board: board.ID, Title: "not read, for issues are milestones of repositories", Values: map[string]any{"Target date": "2026-03-01"}})
	site.AddStatusUpdate(githubtest.StatusUpdate{Board: board.ID, Status: "OFF_TRACK", Body: "The supplier is late.", Target: "2026-07-31", Creator: "pia"})
	r := read(t, open(t, site, []string{"department", "sites", "description", "visibility"}, func(s *Settings) {
		s.Projects.From = []string{"repositories", "boards"}
		s.Milestones.From = []string{"milestones", "type:Epic", "iterations"}
	}))
	got := r.Export() + "\n"
	path := filepath.Join("testdata", "want.jsonl")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("facts (-want +got), rewritten by go test -update:\n%s", diff)
	}
}
