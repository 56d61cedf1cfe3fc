package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"plumbline/connectors/jira/jiratest"
	"plumbline/internal/httpx"
	"plumbline/portfolio"
)

// pagesOfIssues is how the fake counts pages of issues.
const pagesOfIssues = "POST /rest/api/3/issue/bulkfetch"

func TestAStoppedSyncIsFinishedByTheNextStart(t *testing.T) {
	t.Parallel()
	jira := newJira(t, jiratest.Options{})
	jira.Fill("P", 30, 300, 2500, "Epic")
	yaml := jira.connection("every: 24h", "sweep: 24h", "concurrency: 1")
	undisturbed := settle(t, yaml)
	plumbline(t, undisturbed.env, exitOK, "config", "apply") // as serve does
	plumbline(t, undisturbed.env, exitOK, "sync")
	whole := jira.Counts()

	jira.ResetCounts()
	jira.SetLatency(20 * time.Millisecond)
	where := settle(t, yaml)
	p := start(t, where.env, "serve")
	p.site()
	eventually(t, patience, "the middle of the sync", func() bool { return jira.Counts().ByPath[pagesOfIssues] >= whole.ByPath[pagesOfIssues]/2 })
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
	if runs := where.runs(t); runs[portfolio.RunRunning]+runs[portfolio.RunParked] != 1 || len(runs) != 1 {
		t.Fatalf("a sync that was stopped leaves runs %v, want one that can be resumed", runs)
	}
	before := jira.Counts()

	jira.ResetCounts()
	jira.SetLatency(0)
	p = start(t, where.env, "serve")
	p.logged(`msg="run ended".*state=SUCCEEDED`)
	p.signal(syscall.SIGTERM)
	p.exits(exitOK, grace)
	if runs := where.runs(t); runs[portfolio.RunSucceeded] != 1 || len(runs) != 1 {
		t.Errorf("runs after the next start: %v, want the one, succeeded", runs)
	}
	if got, want := where.hash(t), undisturbed.hash(t); got != want {
		t.Errorf("canonical hash = %s, want %s, that of an undisturbed sync", got, want)
	}
	after := jira.Counts()
	const repeated = httpx.DefaultConcurrency + 1 // those asked for ahead, and the one that is being written
	if got, want := before.ByPath[pagesOfIssues]+after.ByPath[pagesOfIssues], whole.ByPath[pagesOfIssues]; got > want+repeated {
		t.Errorf("%d+%d pages of issues were asked for, want %d as without the stop, and %d more at most",
			before.ByPath[pagesOfIssues], after.ByPath[pagesOfIssues], want, repeated)
	}
	t.Logf("undisturbed %v\nbefore the stop %v\nafter it %v", whole.ByPath, before.ByPath, after.ByPath)
}

// programKills is how often a process that syncs is killed; `make kill`
// raises it.
const programKills = 4

func TestKilledSyncsEndAsUndisturbedOnes(t *testing.T) {
	t.Parallel()
	rounds := programKills
	if n, err := strconv.Atoi(os.Getenv("PLUMBLINE_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	jira := newJira(t, jiratest.Options{})
	jira.Fill("P", 20, 200, 800, "Epic")
	jira.SetLatency(2 * time.Millisecond)
	yaml := jira.connection()
	undisturbed := settle(t, yaml)
	plumbline(t, undisturbed.env, exitOK, "sync")
	wantHash, requests := undisturbed.hash(t), jira.Counts().Requests
	killed := 0
	for round := range rounds {
		where := settle(t, yaml)
		for range 1 + round%2 {
			jira.ResetCounts()
			at := 1 + rand.IntN(requests)
			p := start(t, where.env, "sync")
			eventually(t, patience, "the moment to kill", func() bool {
				select {
				case <-p.ended:
					return true
				default:
					return jira.Counts().Requests >= at
				}
			})
			_ = p.cmd.Process.Kill() // it may have ended
			if p.killed(syscall.SIGKILL) {
				killed++
			} else {
				p.exits(exitOK, patience)
			}
		}
		plumbline(t, where.env, exitOK, "sync")
		if got := where.hash(t); got != wantHash {
			t.Errorf("round %d: canonical hash = %s, want %s, the undisturbed one", round, got, wantHash)
		}
		if left := where.runs(t)[portfolio.RunRunning]; left != 0 {
			t.Errorf("round %d: %d runs stayed RUNNING", round, left)
		}
	}
	if killed < rounds/2 {
		t.Errorf("%d processes of %d rounds were killed in the middle", killed, rounds)
	}
	t.Logf("%d processes killed in %d rounds", killed, rounds)
}
