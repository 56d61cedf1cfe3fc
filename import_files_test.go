package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/connectors/msproject/msprojecttest"
	"plumbline/doors/imports"
)

// plan is a plan with milestones of the names given.
func plan(milestones ...string) string {
	p := &msprojecttest.Plan{GUID: "5F1B3C1A-0000-4B11-9C55-1A2B3C4D5E6F", Title: "Roll-out"}
	for i, name := range milestones {
		if name != "" {
			p.Tasks = append(p.Tasks, msprojecttest.Task{UID: i + 1, Level: 1, Name: name, Milestone: true, Finish: time.Date(2026, 5, 1, 17, 0, 0, 0, time.UTC)})
		}
	}
	return string(p.XML())
}

// TestAPlanThatIsSentIsInThePortfolio sends plans to a whole server, with the
// keys of an editor and of somebody who may only read.
func TestAPlanThatIsSentIsInThePortfolio(t *testing.T) {
	t.Parallel()
	const editor, viewer = "plb_editor_of_the_plans", "plb_viewer_of_the_plans"
	folder := t.TempDir()
	where := settle(t, `connections:
  - {id: plans, name: Plans, type: msproject}
  - {id: own, type: msproject, folder: `+folder+`}
keys:
  - {name: pmo, role: editor, sha256: `+sha256Of(editor)+`}
  - {name: bi, role: viewer, sha256: `+sha256Of(viewer)+`}
`)
	p := start(t, where.env, "serve")
	s := p.site()
	send := func(key, path, body string, want int) (report imports.Report) {
		t.Helper()
		status, answer := s.as("Authorization", "Bearer "+key).do(http.MethodPut, "/import/"+path, strings.NewReader(body))
		if status != want {
			t.Errorf("%s is answered %d, want %d: %s", path, status, want, answer)
		}
		if err := json.Unmarshal([]byte(answer), &report); err != nil {
			t.Errorf("%s: the answer is no JSON: %s", path, answer)
		}
		return report
	}
	names := func() string {
		t.Helper()
		type data struct {
			Milestones struct {
				Nodes []struct{ Name, Presence string }
			}
		}
		var all []string
		for _, m := range tell[data](s.as("Authorization", "Bearer "+viewer), `{ milestones(orderBy: [{field: NAME}]) { nodes { name presence } } }`, nil).Milestones.Nodes {
			if m.Presence == "PRESENT" {
				all = append(all, m.Name)
			}
		}
		return strings.Join(all, ", ")
	}
	shows := func(want string) {
		t.Helper()
		eventually(t, patience, "milestones are "+want, func() bool { return names() == want })
	}

	first := plan("Design", "Build", "Test", "Live")
	if r := send(editor, "plans?name=plan.xml&dryRun=true", first, http.StatusOK); r.Counts.New != 5 || len(r.Changes) != 5 || r.Run != 0 {
		t.Errorf("a dry run tells %+v", r)
	}
	shows("")
	if r := send(editor, "plans?name=plan.xml", first, http.StatusOK); r.Counts.New != 5 || r.State != "SUCCEEDED" || r.Run == 0 || r.Connection != "plans" {
		t.Errorf("the first plan: %+v", r)
	}
	shows("Build, Design, Live, Test")
	if r := send(editor, "plans?name=renamed.xml", plan("Design", "Build", "", "Go live"), http.StatusOK); r.Counts.Deleted != 1 || r.Counts.Changed != 2 { // the project's file, and Live
		t.Errorf("a newer plan: %+v", r)
	}
	shows("Build, Design, Go live")
	odd := strings.Replace(plan("Design", "Build", "", "Go live"), "2026-05-01T17:00:00", "soon", 1)
	if r := send(editor, "plans?name=renamed.xml", odd, http.StatusOK); r.Counts.Quarantined != 1 || len(r.Quarantined) != 1 || !strings.Contains(r.Quarantined[0].Reason, `task 1: Finish is "soon"`) {
		t.Errorf("a plan with an odd task: %+v", r)
	}
	if r := send(editor, "plans?name=plan.xml", first[:len(first)/2], http.StatusUnprocessableEntity); !strings.Contains(r.Error, "plan.xml: line ") || r.State != "FAILED" {
		t.Errorf("half a plan: %+v", r)
	}
	shows("Build, Design, Go live")
	send(viewer, "plans", first, http.StatusForbidden)
	send("plb_unknown", "plans", first, http.StatusUnauthorized)
	send(editor, "nobody", first, http.StatusNotFound)
	send(editor, "own", first, http.StatusNotFound)

	// Nothing polls it, so nothing is late, and a file that was refused makes
	// nothing stale.
	type tools struct {
		Connections struct {
			Nodes []struct {
				Stale     bool
				NextDueAt *string
				Name      string
			}
		}
	}
	for _, tool := range tell[tools](s.as("Authorization", "Bearer "+viewer), `{ connections { nodes { name stale nextDueAt } } }`, nil).Connections.Nodes {
		if tool.Name == "Plans" && (tool.Stale || tool.NextDueAt != nil) {
			t.Errorf("the connection is shown as %+v", tool)
		}
	}

	file := filepath.Join(folder, "half.tmp") // which the other connection leaves alone
	if err := os.WriteFile(file, []byte(plan("Design", "Build", "", "Go live", "Party")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := plumbline(t, where.env, exitOK, "sync", "plans", "--file", file); !strings.Contains(out, "import (half.tmp)") {
		t.Errorf("sync --file says\n%s", out)
	}
	shows("Build, Design, Go live, Party")
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, patience)

	// Also without a server, and after sweeps all of it is there.
	plumbline(t, where.env, exitOK, "sync", "--sweep", "--full")
	plumbline(t, where.env, exitOK, "sync", "plans", "--file", file, "--dry-run")
	s = start(t, where.env, "serve").site()
	shows("Build, Design, Go live, Party")
}

// sha256Of is how a configuration holds a key.
func sha256Of(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
