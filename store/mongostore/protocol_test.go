package mongostore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/mongostore"
	"plumbline/store/storetest"
)

// These tests interleave writers, folders and sweepers at the steps where it
// matters. A gate holds one of them at a step until the test lets it go on.
type gate struct {
	step    string
	reached chan struct{}
	passing chan struct{}
	once    sync.Once
}

func newGate(step string) *gate {
	return &gate{step: step, reached: make(chan struct{}), passing: make(chan struct{})}
}

// fault is for Options.Fault: the first to come to the step waits there.
func (g *gate) fault(step string) error {
	if step == g.step {
		g.once.Do(func() {
			close(g.reached)
			<-g.passing
		})
	}
	return nil
}

func (g *gate) wait(t *testing.T) {
	t.Helper()
	select {
	case <-g.reached:
	case <-time.After(20 * time.Second):
		t.Fatalf("nobody comes to the step %q", g.step)
	}
}

func (g *gate) open() { close(g.passing) }

var errCrash = errors.New("crashed on purpose")

// withFault opens the database as a process that fails or waits at its steps.
func withFault(t *testing.T, url string, fault func(string) error) *mongostore.Store {
	t.Helper()
	return open(t, url, mongostore.Options{Fault: fault})
}

// neverFolds is the fault of a process that dies before it folds anything.
func neverFolds(step string) error {
	if step == mongostore.StepStamped {
		return errCrash
	}
	return nil
}

func put(t *testing.T, log store.Log, docs ...portfolio.Document) portfolio.Commit {
	t.Helper()
	c, err := log.Commit(t.Context(), store.Change{Put: docs})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func remove(t *testing.T, log store.Log, keys ...portfolio.Key) portfolio.Commit {
	t.Helper()
	c, err := log.Commit(t.Context(), store.Change{Delete: keys})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// current returns the revisions of the current documents.
func current(t *testing.T, log store.Log) map[portfolio.Key]int64 {
	t.Helper()
	state, err := log.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return byKey(state)
}

func asOf(t *testing.T, log store.Log, revision int64) map[portfolio.Key]int64 {
	t.Helper()
	state, err := log.AsOf(t.Context(), revision, nil)
	if err != nil {
		t.Fatal(err)
	}
	return byKey(state)
}

func byKey(state portfolio.State) map[portfolio.Key]int64 {
	m := map[portfolio.Key]int64{}
	for _, v := range state.Docs {
		m[v.Doc.Key()] = v.Rev
	}
	return m
}

func equal(t *testing.T, what string, want, got map[portfolio.Key]int64) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// waitForMark waits until the database is folded up to a revision.
func waitForMark(t *testing.T, url string, revision int64) {
	t.Helper()
	db := plain(t, url)
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		var m struct {
			Mark int64 `bson:"mark"`
		}
		if db.Collection("meta").FindOne(t.Context(), bson.D{{Key: "_id", Value: "fold"}}).Decode(&m) == nil && m.Mark >= revision {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("nobody folds up to revision %d", revision)
}

var (
	one = storetest.Project(1)
	two = storetest.Project(2)
)

func TestALateFoldDoesNotBringADeletedDocumentBack(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	late := newGate(mongostore.StepStamped)
	slow := withFault(t, server.url, late.fault)
	first := put(t, slow, one, two)
	late.wait(t) // it has stamped revision 1 and is about to replace

	quick := open(t, server.url, mongostore.Options{})
	deleted := remove(t, quick, one.Key())
	waitForMark(t, server.url, deleted.Revision)
	late.open()
	if err := slow.Close(); err != nil { // which waits for its fold
		t.Fatal(err)
	}
	want := map[portfolio.Key]int64{two.Key(): first.Revision}
	equal(t, "after the late fold", want, current(t, quick))
	equal(t, "as of the deletion", want, asOf(t, quick, deleted.Revision))
	next := put(t, quick, storetest.Project(3))
	want[storetest.Project(3).Key()] = next.Revision
	equal(t, "after one more commit", want, current(t, quick))
}

func TestAFoldThatNeverRanIsMadeUpForByTheNextWriter(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	dead := withFault(t, server.url, neverFolds)
	a := put(t, dead, one, two)
	b := remove(t, dead, two.Key())

	check := func(when string, log store.Log) {
		t.Helper()
		equal(t, when+", as of the first", map[portfolio.Key]int64{one.Key(): a.Revision, two.Key(): a.Revision}, asOf(t, log, a.Revision))
		equal(t, when+", as of the second", map[portfolio.Key]int64{one.Key(): a.Revision}, asOf(t, log, b.Revision))
		history, err := log.History(t.Context(), two.Key())
		if err != nil {
			t.Fatal(err)
		}
		if len(history) != 2 || history[0].Rev != a.Revision || history[0].Doc == nil || history[1].Rev != b.Revision || history[1].Doc != nil {
			t.Errorf("%s the history is %v, want a put at %d and a deletion at %d", when, history, a.Revision, b.Revision)
		}
	}
	equal(t, "while nothing is folded", map[portfolio.Key]int64{one.Key(): a.Revision}, current(t, dead))
	check("while nothing is folded", dead)
	// Expectations are judged by commits that are not folded, too.
	for key, expect := range map[portfolio.Key]int64{one.Key(): 0, two.Key(): a.Revision} {
		_, err := dead.Commit(t.Context(), store.Change{Put: []portfolio.Document{storetest.Project(9)}, Expect: map[portfolio.Key]int64{key: expect}})
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("expecting %s at %d: %v, want ErrConflict", key, expect, err)
		}
	}
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}

	next := open(t, server.url, mongostore.Options{})
	c, err := next.Commit(t.Context(), store.Change{
		Put:    []portfolio.Document{storetest.Project(3)},
		Expect: map[portfolio.Key]int64{one.Key(): a.Revision, two.Key(): 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	waitForMark(t, server.url, c.Revision)
	equal(t, "when all is folded", map[portfolio.Key]int64{one.Key(): a.Revision, storetest.Project(3).Key(): c.Revision}, current(t, next))
	check("when all is folded", next)
}

// sweeping opens the database as a process that takes every batch it sees for
// abandoned.
func sweeping(t *testing.T, url string, fault func(string) error) *mongostore.Store {
	t.Helper()
	return open(t, url, mongostore.Options{StandStill: time.Nanosecond, SweepEvery: time.Hour, Fault: fault})
}

// sweep looks twice, as a batch must be seen to stand still.
func sweep(t *testing.T, log *mongostore.Store) {
	t.Helper()
	for range 2 {
		if err := log.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A writer that is held at a step while its batch is voided is slow, not dead:
// its commit succeeds under a new batch, and it is no conflict.
func TestAVoidedWriterThatIsAliveCommitsUnderANewBatch(t *testing.T) {
	t.Parallel()
	for _, step := range []string{
		mongostore.StepVersions, // it reads the void before it tries
		mongostore.StepRecord,   // the void takes the number that it tries for
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			server := startServer(t)
			setup := open(t, server.url, mongostore.Options{})
			before := put(t, setup, one)
			waitForMark(t, server.url, before.Revision)
			held := newGate(step)
			writer := withFault(t, server.url, held.fault)
			done := make(chan error, 1)
			var got portfolio.Commit
			go func() {
				var err error
				got, err = writer.Commit(context.Background(), store.Change{
					Put:    []portfolio.Document{one, two},
					Expect: map[portfolio.Key]int64{one.Key(): before.Revision},
				})
				done <- err
			}()
			held.wait(t)
			sweeper := sweeping(t, server.url, nil)
			sweep(t, sweeper)
			held.open()
			if err := <-done; err != nil {
				t.Fatalf("the writer whose batch was voided: %v", err)
			}
			if want := before.Revision + 2; got.Revision != want {
				t.Errorf("it commits revision %d, want %d, after the void", got.Revision, want)
			}
			equal(t, "Load", map[portfolio.Key]int64{one.Key(): got.Revision, two.Key(): got.Revision}, current(t, sweeper))
			waitForMark(t, server.url, got.Revision)
			// The versions of revisions 1 and 3, and nothing of the voided batch.
			n, err := plain(t, server.url).Collection("versions").CountDocuments(t.Context(), bson.D{})
			if err != nil || n != 3 {
				t.Errorf("%d versions are kept, want 3 (%v)", n, err)
			}
		})
	}
}

func TestAVoidThatLosesTheRaceLeavesTheCommitAlone(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	held := newGate(mongostore.StepRecord)
	writer := withFault(t, server.url, held.fault)
	done := make(chan error, 1)
	go func() {
		_, err := writer.Commit(context.Background(), store.Change{Put: []portfolio.Document{one, two}})
		done <- err
	}()
	held.wait(t)

	voiding := newGate(mongostore.StepVoid)
	sweeper := sweeping(t, server.url, voiding.fault)
	swept := make(chan error, 1)
	go func() {
		first := sweeper.Sweep(context.Background())
		swept <- errors.Join(first, sweeper.Sweep(context.Background()))
	}()
	voiding.wait(t) // it has found no commit of the batch
	held.open()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	voiding.open()
	if err := <-swept; err != nil {
		t.Fatal(err)
	}
	state, err := sweeper.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if state.Revision != 1 || len(state.Docs) != 2 {
		t.Errorf("%d documents at revision %d, want the 2 of revision 1 and no void", len(state.Docs), state.Revision)
	}
	for c, err := range sweeper.Follow(t.Context(), portfolio.Position{}) {
		if err != nil || len(c.Put) != 2 {
			t.Errorf("Follow yields %d documents, %v; want 2", len(c.Put), err)
		}
		break
	}
}

func TestAnAbandonedBatchIsSweptAway(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	dead := withFault(t, server.url, func(step string) error {
		if step == mongostore.StepRecord {
			return errCrash
		}
		return nil
	})
	if _, err := dead.Commit(t.Context(), store.Change{Put: []portfolio.Document{one}}); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	patient := open(t, server.url, mongostore.Options{})
	sweep(t, patient)
	if got := current(t, patient); len(got) != 0 {
		t.Errorf("an unfinished commit is seen: %v", got)
	}
	versions := plain(t, server.url).Collection("versions")
	if n, err := versions.CountDocuments(t.Context(), bson.D{}); err != nil || n != 1 {
		t.Errorf("%d versions, %v: a batch was swept away that has not stood still for long", n, err)
	}
	sweeper := sweeping(t, server.url, nil)
	sweep(t, sweeper)
	waitForMark(t, server.url, 1)
	if n, err := versions.CountDocuments(t.Context(), bson.D{}); err != nil || n != 0 {
		t.Errorf("%d versions, %v: the abandoned batch is still there", n, err)
	}
	if c := put(t, patient, two); c.Revision != 2 || c.Data != c.Position {
		t.Errorf("the next commit is revision %d with data %d, want 2", c.Revision, c.Data.Revision)
	}
	sweep(t, sweeper) // nothing is left to do
	if state, err := sweeper.Load(t.Context()); err != nil || state.Revision != 2 {
		t.Errorf("Load is of revision %d, %v; want 2", state.Revision, err)
	}
}

func TestAMissingFactStopsTheReader(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	log := withFault(t, server.url, neverFolds)
	put(t, log, one, two)
	if _, err := plain(t, server.url).Collection("versions").DeleteOne(t.Context(), bson.D{{Key: "id", Value: one.DocID()}}); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Load(t.Context()); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Load = %v, want ErrCorrupt", err)
	}
	for _, err := range log.Follow(t.Context(), portfolio.Position{}) {
		if !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("Follow yields %v, want ErrCorrupt", err)
		}
	}
}

func TestABrokenChainStopsTheReader(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]bson.D{
		"a record of another batch": {{Key: "$set", Value: bson.D{{Key: "batch", Value: store.NewBatchID()}}}},
		"a record of another log":   {{Key: "$set", Value: bson.D{{Key: "hash", Value: portfolio.Hash{1}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startServer(t)
			log := withFault(t, server.url, neverFolds)
			for range 3 {
				put(t, log, one)
			}
			commits := plain(t, server.url).Collection("commits")
			if _, err := commits.UpdateByID(t.Context(), int64(2), harm); err != nil {
				t.Fatal(err)
			}
			if _, err := log.Load(t.Context()); !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("Load = %v, want ErrCorrupt", err)
			}
		})
	}
	t.Run("a missing record", func(t *testing.T) {
		t.Parallel()
		server := startServer(t)
		log := withFault(t, server.url, neverFolds)
		for range 3 {
			put(t, log, one)
		}
		if _, err := plain(t, server.url).Collection("commits").DeleteOne(t.Context(), bson.D{{Key: "_id", Value: int64(2)}}); err != nil {
			t.Fatal(err)
		}
		if _, err := log.Load(t.Context()); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("Load = %v, want ErrCorrupt", err)
		}
	})
}
