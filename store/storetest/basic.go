package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
)

func newLogIsEmpty(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	if got := load(t, log); got.Revision != 0 || got.Hash != (portfolio.Hash{}) || len(got.Docs) != 0 {
		t.Errorf("Load = revision %d, %d documents; want none", got.Revision, len(got.Docs))
	}
	if got, err := log.AsOf(t.Context(), 0, nil); err != nil || len(got.Docs) != 0 {
		t.Errorf("AsOf(0) = %d documents, %v; want none", len(got.Docs), err)
	}
	for _, revision := range []int64{1, -1} {
		if _, err := log.AsOf(t.Context(), revision, nil); !errors.Is(err, portfolio.ErrNotFound) {
			t.Errorf("AsOf(%d) = %v, want ErrNotFound", revision, err)
		}
	}
}

func everyKindComesBack(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	var want []portfolio.Document
	for _, kind := range portfolio.Kinds() {
		want = append(want, Filled(t, kind))
	}
	done := commit(t, log, store.Change{Put: want, Author: "test"})
	followed := followOne(t, log, portfolio.Position{})
	if diff := cmp.Diff(byKey(want), byKey(followed.Put), Exactly); diff != "" {
		t.Errorf("Follow yields other documents (-want +got):\n%s", diff)
	}
	shut(t, log)

	log = db.Open(t, Options{})
	state := load(t, log)
	if state.Position != done.Position {
		t.Errorf("Load is of %v, want %v", state.Position, done.Position)
	}
	day := Filled(t, portfolio.KindObservation).(*portfolio.ObservationFact).Day
	observed, err := log.Observations(t.Context(), day, day)
	if err != nil {
		t.Fatalf("Observations: %v", err)
	}
	state.Docs = append(state.Docs, observed...)
	if diff := cmp.Diff(byKey(want), byKey(docs(state)), Exactly); diff != "" {
		t.Errorf("Load returns other documents (-want +got):\n%s", diff)
	}
	for _, v := range state.Docs {
		RequireNoZero(t, v.Doc)
	}
}

func commitAppearsWhole(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	first := commit(t, log, store.Change{Put: []portfolio.Document{Project(1), Project(2), Milestone(1)}, Author: "ada"})
	second := commit(t, log, store.Change{
		Put:    []portfolio.Document{renamed(Project(1), "Renamed")},
		Delete: []portfolio.Key{Milestone(1).Key()},
		Author: "bob",
	})
	if second.Revision != first.Revision+1 {
		t.Errorf("revisions %d, %d: want one after the other", first.Revision, second.Revision)
	}
	want := map[portfolio.Key]int64{Project(1).Key(): second.Revision, Project(2).Key(): first.Revision}
	state := load(t, log)
	if diff := cmp.Diff(want, revisions(state)); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	if state.Position != second.Position || !state.At.Equal(second.At) {
		t.Errorf("Load is of %v at %v, want %v at %v", state.Position, state.At, second.Position, second.At)
	}
	for i, want := range []portfolio.Commit{first, second} {
		after := portfolio.Position{}
		if i > 0 {
			after = first.Position
		}
		if diff := cmp.Diff(want, followOne(t, log, after), Exactly); diff != "" {
			t.Errorf("Follow yields another commit than Commit returned (-want +got):\n%s", diff)
		}
	}
}

func failedExpectationWritesNothing(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	commit(t, log, store.Change{Put: []portfolio.Document{Project(1)}})
	before := load(t, log)
	_, err := log.Commit(t.Context(), store.Change{
		Put:    []portfolio.Document{Project(2), renamed(Project(1), "Lost")},
		Expect: map[portfolio.Key]int64{Project(1).Key(): 0},
	})
	if !errors.Is(err, store.ErrConflict) {
		t.Fatalf("Commit = %v, want ErrConflict", err)
	}
	if diff := cmp.Diff(before, load(t, log), Exactly); diff != "" {
		t.Errorf("a refused commit changed the log (-before +after):\n%s", diff)
	}
}

func expectNamesTheLastPut(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	key := Project(1).Key()
	live := commit(t, log, store.Change{Put: []portfolio.Document{Project(1)}}).Revision
	gone := commit(t, log, store.Change{Put: []portfolio.Document{Project(2)}}).Revision
	commit(t, log, store.Change{Delete: []portfolio.Key{Project(2).Key()}})

	for _, c := range []struct {
		name     string
		key      portfolio.Key
		expect   int64
		conflict bool
	}{
		{"the revision of its last put", key, live, false},
		{"an earlier or later revision", key, live + 7, true},
		{"none, though it lives", key, 0, true},
		{"none, never written", Project(9).Key(), 0, false},
		{"some, never written", Project(9).Key(), live, true},
		{"none, deleted", Project(2).Key(), 0, false},
		{"the put before it was deleted", Project(2).Key(), gone, true},
	} {
		// The document that is put is another one: an expectation fences.
		_, err := log.Commit(t.Context(), store.Change{
			Put:    []portfolio.Document{Project(5)},
			Expect: map[portfolio.Key]int64{c.key: c.expect},
		})
		if errors.Is(err, store.ErrConflict) != c.conflict || (err != nil && !c.conflict) {
			t.Errorf("expecting %s: %v, want conflict %v", c.name, err, c.conflict)
		}
	}
}

func nonsenseIsRefused(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	for name, change := range map[string]store.Change{
		"nothing":                     {},
		"an expectation and no more":  {Expect: map[portfolio.Key]int64{Project(1).Key(): 0}},
		"a document twice":            {Put: []portfolio.Document{Project(1), Project(1)}},
		"a put and a delete of one":   {Put: []portfolio.Document{Project(1)}, Delete: []portfolio.Key{Project(1).Key()}},
		"a delete of an unknown kind": {Delete: []portfolio.Key{{Kind: "unicorn", ID: "1"}}},
		"a delete without an id":      {Delete: []portfolio.Key{{Kind: portfolio.KindProject}}},
	} {
		if _, err := log.Commit(t.Context(), change); !errors.Is(err, portfolio.ErrInvalid) {
			t.Errorf("a commit of %s: %v, want ErrInvalid", name, err)
		}
	}
	if got := load(t, log).Revision; got != 0 {
		t.Errorf("refused commits moved the log to revision %d", got)
	}
}

func bookkeepingDoesNotMoveData(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	run := &portfolio.Run{Connection: "eng", Number: 1, State: portfolio.RunRunning}
	none := commit(t, log, store.Change{Put: []portfolio.Document{run}})
	if none.Data != (portfolio.Position{}) {
		t.Errorf("Data = %v before the first fact, want none", none.Data)
	}
	fact := commit(t, log, store.Change{Put: []portfolio.Document{Project(1), run}})
	if fact.Data != fact.Position {
		t.Errorf("Data = %v of a commit with a fact at %v", fact.Data, fact.Position)
	}
	beat := commit(t, log, store.Change{Put: []portfolio.Document{run}})
	if beat.Data != fact.Position {
		t.Errorf("Data = %v after a heartbeat, want %v", beat.Data, fact.Position)
	}
	if got := load(t, log); got.Data != fact.Position {
		t.Errorf("Load: Data = %v, want %v", got.Data, fact.Position)
	}
	if got := followOne(t, log, fact.Position); got.Data != fact.Position {
		t.Errorf("Follow: Data = %v, want %v", got.Data, fact.Position)
	}
	if got := asOf(t, log, beat.Revision); got.Data != fact.Position {
		t.Errorf("AsOf: Data = %v, want %v", got.Data, fact.Position)
	}
	deleted := commit(t, log, store.Change{Delete: []portfolio.Key{Project(1).Key()}})
	if deleted.Data != deleted.Position {
		t.Errorf("Data = %v after a fact was deleted at %v", deleted.Data, deleted.Position)
	}
}

func bookkeepingHasNoHistory(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	const beats = 5
	var last portfolio.Commit
	for beat := range int64(beats) {
		last = commit(t, log, store.Change{Put: []portfolio.Document{
			&portfolio.Run{Connection: "eng", Number: 1, State: portfolio.RunRunning, Beat: beat},
			renamed(Project(1), fmt.Sprintf("Name %d", beat)),
		}})
	}
	ended := commit(t, log, store.Change{Delete: []portfolio.Key{portfolio.RunKey("eng", 1)}})
	again := commit(t, log, store.Change{Put: []portfolio.Document{&portfolio.Run{Connection: "eng", Number: 1, Beat: 99}}})
	shut(t, log)
	log = db.Open(t, Options{})

	if got := asOf(t, log, last.Revision); len(got.Docs) != 1 {
		t.Errorf("AsOf has %d documents, want the project alone", len(got.Docs))
	}
	commits := followAll(t, log, portfolio.Position{}, again.Revision)
	names, beat, revision := 0, int64(-1), int64(0)
	for _, c := range commits {
		for _, doc := range c.Put {
			switch d := doc.(type) {
			case *portfolio.ProjectFact:
				names++
			case *portfolio.Run:
				beat, revision = d.Beat, c.Revision
			}
		}
	}
	if names != beats {
		t.Errorf("Follow yields %d of %d versions of a fact", names, beats)
	}
	if beat != 99 || revision != again.Revision {
		t.Errorf("the last run Follow yields is beat %d of commit %d, want 99 of %d", beat, revision, again.Revision)
	}
	if got := revisions(load(t, log))[portfolio.RunKey("eng", 1)]; got != again.Revision {
		t.Errorf("Load has the run of commit %d, want %d", got, again.Revision)
	}
	if ended.Revision != last.Revision+1 {
		t.Errorf("deleting is commit %d, want %d", ended.Revision, last.Revision+1)
	}
}

func timeNeverRunsBackwards(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	var last portfolio.Commit
	for n := range 5 {
		c := commit(t, log, store.Change{Put: []portfolio.Document{Project(n)}})
		if c.At.Before(last.At) || c.At.IsZero() {
			t.Errorf("commit %d is of %v, after one of %v", c.Revision, c.At, last.At)
		}
		last = c
	}
	now, err := log.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if now.Before(last.At) || now.Location() != last.At.Location() {
		t.Errorf("Now = %v after a commit at %v", now, last.At)
	}
}

func cancelledCommitWritesNothing(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := log.Commit(ctx, store.Change{Put: []portfolio.Document{Project(1)}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit = %v, want context.Canceled", err)
	}
	for _, err := range log.Follow(ctx, portfolio.Position{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Follow yields %v, want context.Canceled", err)
		}
	}
	if got := load(t, log).Revision; got != 0 {
		t.Errorf("the log moved to revision %d", got)
	}
}

func closedStoreSaysSo(t *testing.T, kit Kit) {
	log := kit.New(t).Open(t, Options{})
	commit(t, log, store.Change{Put: []portfolio.Document{Project(1)}})
	ended := make(chan error, 1)
	go func() {
		for _, err := range log.Follow(context.Background(), portfolio.Position{}) {
			if err != nil {
				ended <- err
			}
		}
	}()
	shut(t, log)
	if err := <-ended; !errors.Is(err, portfolio.ErrUnavailable) {
		t.Errorf("Follow ends with %v, want ErrUnavailable", err)
	}
	if _, err := log.Commit(t.Context(), store.Change{Put: []portfolio.Document{Project(2)}}); !errors.Is(err, portfolio.ErrUnavailable) {
		t.Errorf("Commit = %v, want ErrUnavailable", err)
	}
	if _, err := log.Load(t.Context()); !errors.Is(err, portfolio.ErrUnavailable) {
		t.Errorf("Load = %v, want ErrUnavailable", err)
	}
}

func newerLogIsReadOnly(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	first := commit(t, log, store.Change{Put: []portfolio.Document{Project(1)}})
	shut(t, log)
	db.RaiseFormat(t)

	log = db.Open(t, Options{})
	if _, err := log.Commit(t.Context(), store.Change{Put: []portfolio.Document{Project(2)}}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Commit = %v, want ErrReadOnly", err)
	}
	if got := load(t, log); got.Position != first.Position || len(got.Docs) != 1 {
		t.Errorf("Load = %d documents of revision %d, want what was there", len(got.Docs), got.Revision)
	}
	if got := followOne(t, log, portfolio.Position{}); got.Position != first.Position {
		t.Errorf("Follow yields revision %d, want %d", got.Revision, first.Revision)
	}
}
