package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
)

// handles opens the database for n writers: as n processes where it can be
// shared, and for n goroutines of one otherwise.
func handles(t testing.TB, db *Database, n int) []store.Log {
	t.Helper()
	logs := make([]store.Log, n)
	for i := range logs {
		if i == 0 || db.Shared {
			logs[i] = db.Open(t, Options{})
		} else {
			logs[i] = logs[0]
		}
	}
	return logs
}

// sized returns the usual size of a case, or a small one for a slow server.
func (kit Kit) sized(usual, slow int) int {
	if kit.Slow {
		return slow
	}
	return usual
}

func manyWritersLoseNothing(t *testing.T, kit Kit) {
	const writers = 8
	each := kit.sized(40, 3)
	logs := handles(t, kit.New(t), writers)

	var (
		mu    sync.Mutex
		acked = make(map[int64]portfolio.Commit)
		all   sync.WaitGroup
	)
	for w := range writers {
		all.Go(func() {
			for n := range each {
				c, err := logs[w].Commit(t.Context(), store.Change{
					Put:    []portfolio.Document{Milestone(w*1000 + n), renamed(Project(0), fmt.Sprintf("by %d, its %d", w, n))},
					Author: strconv.Itoa(w),
				})
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				mu.Lock()
				if _, taken := acked[c.Revision]; taken {
					t.Errorf("revision %d was given twice", c.Revision)
				}
				acked[c.Revision] = c
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	want := int64(writers * each)
	for _, got := range followAll(t, logs[0], portfolio.Position{}, want) {
		if diff := cmp.Diff(acked[got.Revision], got, Exactly); diff != "" {
			t.Errorf("revision %d is not what was acknowledged (-acknowledged +got):\n%s", got.Revision, diff)
		}
	}
	state := load(t, logs[0])
	if state.Revision != want || len(state.Docs) != writers*each+1 {
		t.Errorf("Load = %d documents of revision %d, want %d of %d", len(state.Docs), state.Revision, writers*each+1, want)
	}
}

func disjointWritersNeverConflict(t *testing.T, kit Kit) {
	const writers = 4
	each := kit.sized(40, 3)
	logs := handles(t, kit.New(t), writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			revision := int64(0)
			for n := range each {
				c, err := logs[w].Commit(t.Context(), store.Change{
					Put:    []portfolio.Document{renamed(Project(w), fmt.Sprintf("Name %d", n))},
					Expect: map[portfolio.Key]int64{Project(w).Key(): revision},
				})
				if err != nil {
					t.Errorf("writer %d, which nobody disturbs: %v", w, err)
					return
				}
				revision = c.Revision
			}
		})
	}
	all.Wait()
}

// Every writer counts one and the same document up. What a writer read is
// what it expects, so that no step is lost and none is taken twice.
func overlappingWritersConflict(t *testing.T, kit Kit) {
	const writers = 4
	each := kit.sized(20, 3)
	logs := handles(t, kit.New(t), writers)
	var (
		all       sync.WaitGroup
		mu        sync.Mutex
		conflicts int
	)
	for w := range writers {
		all.Go(func() {
			for done := 0; done < each; {
				state, err := logs[w].Load(t.Context())
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				next := &portfolio.Run{Connection: "eng", Number: 1}
				expect := int64(0)
				for _, v := range state.Docs {
					run := v.Doc.(*portfolio.Run)
					next.Beat, expect = run.Beat, v.Rev
				}
				next.Beat++
				_, err = logs[w].Commit(t.Context(), store.Change{
					Put:    []portfolio.Document{next},
					Expect: map[portfolio.Key]int64{next.Key(): expect},
				})
				switch {
				case errors.Is(err, store.ErrConflict):
					mu.Lock()
					conflicts++
					mu.Unlock()
				case err != nil:
					t.Errorf("writer %d: %v", w, err)
					return
				default:
					done++
				}
			}
		})
	}
	all.Wait()
	state := load(t, logs[0])
	if t.Failed() || len(state.Docs) != 1 {
		t.Fatalf("%d documents, want 1", len(state.Docs))
	}
	if got, want := state.Docs[0].Doc.(*portfolio.Run).Beat, int64(writers*each); got != want || state.Revision != want {
		t.Errorf("counted to %d in %d commits, want %d (%d conflicts)", got, state.Revision, want, conflicts)
	}
}

func hugeCommitBesideSmallOnes(t *testing.T, kit Kit) {
	huge := kit.sized(20_000, 60)
	logs := handles(t, kit.New(t), 2)
	change := store.Change{Author: "huge"}
	for n := range huge {
		change.Put = append(change.Put, Milestone(n))
	}
	done := make(chan portfolio.Commit, 1)
	go func() {
		defer close(done)
		c, err := logs[0].Commit(t.Context(), change)
		if err != nil {
			t.Errorf("the huge commit: %v", err)
			return
		}
		done <- c
	}()
	small, revision := 0, int64(0)
	var large portfolio.Commit
	for running := true; running; {
		select {
		case large = <-done:
			running = false
		default:
		}
		c := commit(t, logs[1], store.Change{
			Put:    []portfolio.Document{renamed(Project(1), strconv.Itoa(small))},
			Expect: map[portfolio.Key]int64{Project(1).Key(): revision},
		})
		small, revision = small+1, c.Revision
	}
	if t.Failed() {
		return
	}
	state := load(t, logs[1])
	if len(state.Docs) != huge+1 || state.Revision != int64(small)+1 {
		t.Errorf("Load = %d documents of revision %d, want %d of %d", len(state.Docs), state.Revision, huge+1, small+1)
	}
	if got := followOne(t, logs[1], portfolio.Position{Revision: large.Revision - 1, Hash: hashAt(t, logs[1], large.Revision-1)}); len(got.Put) != huge {
		t.Errorf("Follow yields %d documents of the huge commit, want %d", len(got.Put), huge)
	}
	t.Logf("%d small commits got through beside one of %d", small, huge)
}

func hashAt(t testing.TB, log store.Log, revision int64) portfolio.Hash {
	t.Helper()
	return asOf(t, log, revision).Hash
}

func commitOf12MB(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	const size = 12 << 20
	parts := 3
	var put []portfolio.Document
	for n := range parts {
		p := Project(n)
		p.Description = strings.Repeat("0123456789abcdef", size/parts/16)
		put = append(put, p)
	}
	c := commit(t, log, store.Change{Put: put})
	shut(t, log)
	log = db.Open(t, Options{})
	if diff := cmp.Diff(byKey(put), byKey(docs(load(t, log))), Exactly); diff != "" {
		t.Error("Load returns other documents than were put")
	}
	if got := followOne(t, log, portfolio.Position{}); got.Position != c.Position || !cmp.Equal(byKey(put), byKey(got.Put), Exactly) {
		t.Error("Follow yields other documents than were put")
	}
}

func followersSeeEveryCommit(t *testing.T, kit Kit) {
	const followers = 3
	commits := int64(kit.sized(1000, 15))
	logs := handles(t, kit.New(t), followers)
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()

	seen := make([][]portfolio.Commit, followers)
	var all sync.WaitGroup
	for f := range followers {
		all.Go(func() {
			for c, err := range logs[f].Follow(ctx, portfolio.Position{}) {
				if err != nil {
					t.Errorf("follower %d: %v", f, err)
					return
				}
				if want := int64(len(seen[f]) + 1); c.Revision != want {
					t.Errorf("follower %d sees revision %d, want %d", f, c.Revision, want)
					return
				}
				if seen[f] = append(seen[f], c); c.Revision == commits {
					return
				}
			}
		})
	}
	var want []portfolio.Commit
	for n := range commits {
		want = append(want, commit(t, logs[0], store.Change{
			Put:    []portfolio.Document{Milestone(int(n) % 7), Project(int(n))},
			Delete: []portfolio.Key{Project(int(n) - 1).Key()},
		}))
	}
	all.Wait()
	for f := range followers {
		if diff := cmp.Diff(want, seen[f], Exactly); diff != "" {
			t.Errorf("follower %d saw other commits than were made", f)
		}
	}
}

// A replica's own writes must be visible to it at once: people wait for them.
func followerIsWoken(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	arrived := make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for _, err := range log.Follow(ctx, portfolio.Position{}) {
			if err != nil {
				return
			}
			arrived <- time.Now()
		}
	}()
	const rounds = 5
	best := patience
	for n := range rounds {
		commit(t, log, store.Change{Put: []portfolio.Document{Project(n)}})
		acknowledged := time.Now()
		best = min(best, (<-arrived).Sub(acknowledged))
	}
	if limit := 100 * time.Millisecond; best > limit {
		t.Errorf("the follower saw its own process's commit %v after it was acknowledged, want at most %v", best, limit)
	}
}
