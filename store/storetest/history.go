package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
)

// asOfEqualsReplay makes a random history and compares every revision of it
// with what following the log up to there amounts to.
func asOfEqualsReplay(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	facts := map[portfolio.Key]portfolio.Document{}
	revs := map[portfolio.Key]int64{}
	var replays []portfolio.State // by revision, from 0
	remember := func(c portfolio.Commit) {
		s := portfolio.State{Position: c.Position, Data: c.Data, At: c.At}
		for key, doc := range facts {
			s.Docs = append(s.Docs, portfolio.Versioned{Rev: revs[key], Doc: doc})
		}
		replays = append(replays, s)
	}
	remember(portfolio.Commit{})
	for n := range kit.sized(60, 12) {
		change := randomChange(random, n)
		c := commit(t, log, change)
		for _, doc := range change.Put {
			if key := doc.Key(); !key.Kind.Operational() {
				facts[key], revs[key] = doc, c.Revision
			}
		}
		for _, key := range change.Delete {
			delete(facts, key)
		}
		remember(c)
	}
	check := func() {
		t.Helper()
		for revision, want := range replays {
			got := asOf(t, log, int64(revision))
			if diff := cmp.Diff(canonical(want), canonical(got), Exactly); diff != "" {
				t.Fatalf("AsOf(%d) differs from a replay (-replay +got):\n%s", revision, diff)
			}
			asOfHeld(t, log, got)
		}
	}
	check()
	shut(t, log)
	log = db.Open(t, Options{})
	check()
}

// asOfHeld reads a revision again for who holds some newest versions: they get
// the same, and what they hold of it is not made anew.
func asOfHeld(t *testing.T, log store.Log, want portfolio.State) {
	t.Helper()
	newest := map[portfolio.Key]portfolio.Versioned{}
	for _, v := range load(t, log).Docs {
		if v.Rev%3 < 2 {
			newest[v.Doc.Key()] = v
		}
	}
	got, err := log.AsOf(t.Context(), want.Revision, func(key portfolio.Key) (portfolio.Versioned, bool) {
		v, ok := newest[key]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(canonical(want), canonical(got), Exactly); diff != "" {
		t.Fatalf("AsOf(%d) of who holds the newest versions differs (-without +with):\n%s", want.Revision, diff)
	}
	for _, v := range got.Docs {
		if held := newest[v.Doc.Key()]; held.Rev == v.Rev && held.Doc != v.Doc {
			t.Fatalf("AsOf(%d) makes %s anew, which its reader holds", want.Revision, v.Doc.Key())
		}
	}
}

// historyIsEveryVersion makes a random history and compares the versions of
// each document with those that were put and deleted.
func historyIsEveryVersion(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	want := map[portfolio.Key][]portfolio.Versioned{}
	for n := range kit.sized(60, 12) {
		change := randomChange(random, n)
		c := commit(t, log, change)
		for _, doc := range change.Put {
			if key := doc.Key(); !key.Kind.Operational() {
				want[key] = append(want[key], portfolio.Versioned{Rev: c.Revision, Doc: doc})
			}
		}
		for _, key := range change.Delete {
			want[key] = append(want[key], portfolio.Versioned{Rev: c.Revision})
		}
	}
	check := func() {
		t.Helper()
		for id := range 9 { // the last one never was
			compareHistory(t, log, Project(id).Key(), want[Project(id).Key()])
		}
		compareHistory(t, log, (&portfolio.Run{Connection: "eng", Number: 1}).Key(), nil)
	}
	check()
	shut(t, log)
	log = db.Open(t, Options{})
	check()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for key := range want {
		if _, err := log.History(ctx, key); !errors.Is(err, context.Canceled) {
			t.Errorf("History of who has gone away = %v, want context.Canceled", err)
		}
	}
}

func compareHistory(t *testing.T, log store.Log, key portfolio.Key, want []portfolio.Versioned) {
	t.Helper()
	got, err := log.History(t.Context(), key)
	if err != nil {
		t.Fatalf("History(%s): %v", key, err)
	}
	if diff := cmp.Diff(want, got, Exactly); diff != "" {
		t.Fatalf("History(%s) differs from what was committed (-want +got):\n%s", key, diff)
	}
}

func randomChange(random *rand.Rand, n int) store.Change {
	var change store.Change
	used := map[int]bool{}
	for range 1 + random.IntN(4) {
		id := random.IntN(8)
		switch {
		case used[id]:
		case random.IntN(3) == 0:
			change.Delete = append(change.Delete, Project(id).Key())
		default:
			change.Put = append(change.Put, renamed(Project(id), fmt.Sprintf("Name %d", n)))
		}
		used[id] = true
	}
	if random.IntN(2) == 0 {
		change.Put = append(change.Put, &portfolio.Run{Connection: "eng", Number: 1, Beat: int64(n)})
	}
	return change
}

type canonicalState struct {
	State portfolio.State
	Docs  map[portfolio.Key]portfolio.Versioned
}

func canonical(s portfolio.State) canonicalState {
	c := canonicalState{s, map[portfolio.Key]portfolio.Versioned{}}
	for _, v := range s.Docs {
		c.Docs[v.Doc.Key()] = v
	}
	c.State.Docs = nil
	return c
}

// A database that is brought back from an older copy, and written to again,
// has other commits under the numbers that a reader knows.
func restoreIsNoticed(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	for n := range 3 {
		commit(t, log, store.Change{Put: []portfolio.Document{Project(n)}})
	}
	if !db.Shared {
		shut(t, log)
	}
	restore := db.Backup(t)
	if !db.Shared {
		log = db.Open(t, Options{})
	}
	kept := load(t, log)
	var lost portfolio.Commit
	for n := range 3 {
		lost = commit(t, log, store.Change{Put: []portfolio.Document{Project(10 + n)}})
	}
	shut(t, log) // nobody may write while a database is being replaced

	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	follow := func() {
		for _, err := range log.Follow(ctx, lost.Position) {
			if err != nil {
				ended <- err
				return
			}
		}
	}
	if db.Shared { // the follower runs while the database is replaced
		log = db.Open(t, Options{})
		go follow()
		restore()
	} else {
		restore()
		log = db.Open(t, Options{})
		go follow()
	}
	if err := <-ended; !errors.Is(err, store.ErrReset) {
		t.Fatalf("Follow ends with %v, want ErrReset", err)
	}
	if db.Shared {
		_, err := log.Commit(t.Context(), store.Change{Put: []portfolio.Document{Project(20)}})
		if !errors.Is(err, store.ErrReset) {
			t.Errorf("Commit by who has not loaded again = %v, want ErrReset", err)
		}
	}
	state := load(t, log)
	if diff := cmp.Diff(canonical(kept), canonical(state), Exactly); diff != "" {
		t.Errorf("loading again gives other documents than were restored (-want +got):\n%s", diff)
	}

	// The same again, now that the numbers have been taken by other commits.
	for n := range 3 {
		commit(t, log, store.Change{Put: []portfolio.Document{Project(10 + n)}})
	}
	go follow()
	if err := <-ended; !errors.Is(err, store.ErrReset) {
		t.Errorf("Follow of a revision that has another hash ends with %v, want ErrReset", err)
	}
	if got := followAll(t, log, state.Position, lost.Revision); len(got) != 3 {
		t.Errorf("following goes on with %d commits, want 3", len(got))
	}
}
