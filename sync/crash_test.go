package sync

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
)

// dieAt kills the process at its n-th commit, before it is made. From then on
// nothing of the process reaches the store.
func dieAt(n int, died *bool) func(store.Change) error {
	commits := 0
	return func(store.Change) error {
		if commits++; commits >= n {
			if died != nil {
				*died = true
			}
			return errDied
		}
		return nil
	}
}

// life is a scripted history of a tool and of its syncs.
func life() (*tool, []func(*tool), []Request) {
	script := newTool(0)
	script.pageSize = 5
	for i := range 24 {
		script.put(fmt.Sprint("r", i), fmt.Sprint("project-", i%3), fmt.Sprint("Record ", i))
	}
	changes := []func(*tool){
		func(*tool) {},
		func(t *tool) {
			t.edit("r1", func(r *item) { r.due = portfolio.NewDate(2026, 5, 1) })
			t.edit("r2", func(r *item) { r.broken = true })
			t.put("r24", "project-0", "New")
			t.lose(portfolio.PresenceDeleted, "r3")
			t.lose(portfolio.PresenceAccessLost, "r4")
		},
		func(t *tool) {
			t.edit("r1", func(r *item) { r.due = portfolio.NewDate(2026, 4, 1) })
			t.edit("r2", func(r *item) { r.broken = false })
			t.lose("", "r4")
			t.lose(portfolio.PresenceDeleted, "r6", "r9", "r12", "r15") // held
		},
	}
	return script, changes, []Request{{}, {Sweep: true}, {Full: true}}
}

// facts are the documents of the store that clients see, without the times at
// which they were written.
func facts(docs Documents) map[portfolio.Key]portfolio.Document {
	all := map[portfolio.Key]portfolio.Document{}
	for _, kind := range portfolio.Kinds() {
		if kind.Operational() {
			continue
		}
		for v := range docs.Documents(kind) {
			doc := v.Doc
			switch d := doc.(type) {
			case portfolio.ToolFact:
				c := clone(d)
				c.Kept().SyncedAt = epoch
				doc = c
			case *portfolio.Quarantine:
				c := *d
				c.Since = epoch
				doc = &c
			case *portfolio.Hold:
				c := *d
				c.Since = epoch
				doc = &c
			}
			all[doc.Key()] = doc
		}
	}
	return all
}

var sameDate = cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })

func TestDyingAtAnyCommitLosesNothing(t *testing.T) {
	undisturbed, commits := live(t, 0, false)
	if commits < 20 {
		t.Fatalf("the script makes %d commits only", commits)
	}
	for n := 1; n <= commits; n++ {
		for _, applied := range []bool{false, true} {
			got, _ := live(t, n, applied)
			if diff := cmp.Diff(undisturbed, got, sameDate); diff != "" {
				t.Fatalf("died at commit %d (applied: %t), then resumed (-undisturbed +resumed):\n%s", n, applied, diff)
			}
		}
	}
}

// live plays the script, with the process dying at its n-th commit, which is
// applied without anybody knowing or not at all. 0 is never.
func live(t *testing.T, n int, applied bool) (map[portfolio.Key]portfolio.Document, int) {
	t.Helper()
	tool, changes, requests := life()
	b := newBench(t, tool, fetcher{lister{tool}})
	died := false
	if n > 0 {
		dies := dieAt(n, &died)
		if applied {
			b.log.after = func(portfolio.Commit) error { return dies(store.Change{}) }
			b.log.check = func(store.Change) error {
				if died {
					return errDied
				}
				return nil
			}
		} else {
			b.log.check = dies
		}
	}
	for i, change := range changes {
		change(tool)
		// The sweep after it is what an interrupted request left to the schedule.
		for _, req := range []Request{requests[i], {Sweep: true}} {
			row := b.try(req)
			if died != errors.Is(row.Err, errDied) {
				t.Fatalf("died at commit %d is %t, but the row says %v", n, died, row.Err)
			}
			if died {
				b.log.check, b.log.after, died = nil, nil, false
				b.engine = b.restart(fetcher{lister{tool}})
				b.sync(req)
			}
		}
	}
	for _, r := range runs(b.log, "eng") {
		if r.State == portfolio.RunRunning {
			t.Errorf("died at commit %d: run %d stayed RUNNING", n, r.Number)
		}
	}
	return facts(b.log.newest()), len(b.log.commits)
}

func TestAToolThatFailsAtAnyPageLosesNothing(t *testing.T) {
	undisturbed, _ := live(t, 0, false)
	for n := 1; n <= 40; n++ {
		tool, changes, requests := life()
		b := newBench(t, tool, fetcher{lister{tool}})
		tool.page = func(page int) error {
			if page == n {
				return errors.New("connection reset")
			}
			return nil
		}
		for i, change := range changes {
			change(tool)
			if row := b.try(requests[i]); row.Err != nil {
				b.sync(requests[i])
			}
			if row := b.try(Request{Sweep: true}); row.Err != nil {
				b.sync(Request{Sweep: true})
			}
		}
		if diff := cmp.Diff(undisturbed, facts(b.log.newest()), sameDate); diff != "" {
			t.Fatalf("failed at page %d (-undisturbed +resumed):\n%s", n, diff)
		}
	}
}
