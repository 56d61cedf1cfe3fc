package storetest

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
)

var errCrash = errors.New("crashed on purpose")

// crashAt lets a handle work until a step, at which it stops for good: neither
// that step nor any other is ever passed again.
func crashAt(step string) Options {
	crashed := make(chan struct{})
	return Options{Fault: func(at string) error {
		select {
		case <-crashed:
			return errCrash
		default:
		}
		if at != step {
			return nil
		}
		close(crashed)
		return errCrash
	}}
}

// A writer dies at every step of a commit; whoever opens the log next finds
// all of the commit or nothing, and can go on.
func crashLeavesAllOrNothing(t *testing.T, kit Kit) {
	for _, step := range kit.Steps {
		t.Run(step, func(t *testing.T) {
			db := kit.New(t)
			log := db.Open(t, Options{})
			commit(t, log, store.Change{Put: []portfolio.Document{Project(1), Project(2), &portfolio.Run{Connection: "eng", Number: 1}}})
			shut(t, log)

			log = db.Open(t, crashAt(step))
			before := load(t, log)
			change := store.Change{
				Put:    []portfolio.Document{renamed(Project(1), "After"), Project(3), &portfolio.Run{Connection: "eng", Number: 1, Beat: 2}},
				Delete: []portfolio.Key{Project(2).Key()},
				Expect: map[portfolio.Key]int64{Project(1).Key(): before.Revision},
			}
			_, err := log.Commit(t.Context(), change)
			shut(t, log)

			log = db.Open(t, Options{})
			after := load(t, log)
			happened := after.Revision == before.Revision+1
			if err == nil && !happened {
				t.Fatalf("the commit was acknowledged and is lost")
			}
			want := canonical(before)
			if happened {
				for _, doc := range change.Put {
					want.Docs[doc.Key()] = portfolio.Versioned{Rev: after.Revision, Doc: doc}
				}
				delete(want.Docs, Project(2).Key())
			}
			if diff := cmp.Diff(want.Docs, canonical(after).Docs, Exactly); diff != "" {
				t.Fatalf("half a commit is seen (-want +got):\n%s", diff)
			}
			if happened {
				if got := followOne(t, log, before.Position); len(got.Put) != 3 || len(got.Delete) != 1 {
					t.Errorf("Follow yields %d puts and %d deletes, want 3 and 1", len(got.Put), len(got.Delete))
				}
			}
			next := commit(t, log, store.Change{
				Put:    []portfolio.Document{renamed(Project(1), "Next")},
				Expect: map[portfolio.Key]int64{Project(1).Key(): want.Docs[Project(1).Key()].Rev},
			})
			if next.Revision != after.Revision+1 {
				t.Errorf("the next commit is revision %d, want %d", next.Revision, after.Revision+1)
			}
			if got := revisions(load(t, log)); got[Project(1).Key()] != next.Revision {
				t.Errorf("the next commit is not seen: %v", got)
			}
			if got := len(asOf(t, log, before.Revision).Docs); got != 2 {
				t.Errorf("AsOf before the crash has %d facts, want 2", got)
			}
			t.Logf("Commit returned %v; happened: %v", err, happened)
		})
	}
}

// A writer is told of a failure whether or not its commit happened. It reads
// what is there and tries again; every step is taken once.
func unknownOutcomeHasOneEffect(t *testing.T, kit Kit) {
	for _, step := range kit.Steps {
		t.Run(step, func(t *testing.T) {
			db := kit.New(t)
			var passed atomic.Int64
			log := db.Open(t, Options{Fault: func(at string) error {
				if at != step {
					return nil
				}
				if passed.Add(1)%2 == 1 {
					return errCrash
				}
				return nil
			}})
			const steps = 6
			run := &portfolio.Run{Connection: "eng", Number: 1}
			for tries := 0; ; tries++ {
				if tries > 10*steps {
					t.Fatal("no commit gets through")
				}
				is, expect := int64(0), int64(0)
				for _, v := range load(t, log).Docs {
					is, expect = v.Doc.(*portfolio.Run).Beat, v.Rev
				}
				if is == steps {
					break
				}
				next := *run
				next.Beat = is + 1
				_, err := log.Commit(t.Context(), store.Change{
					Put:    []portfolio.Document{&next},
					Expect: map[portfolio.Key]int64{next.Key(): expect},
				})
				if errors.Is(err, store.ErrConflict) {
					t.Fatalf("the only writer is told of a conflict: %v", err)
				}
			}
			if got := load(t, log).Revision; got != steps {
				t.Errorf("%d commits for %d steps: some were taken twice", got, steps)
			}
		})
	}
}
