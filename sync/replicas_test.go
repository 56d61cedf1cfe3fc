package sync

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	storereplica "plumbline/store/replica"
)

// mortal is the log as one process has it, until the process dies: while it
// commits a page, which is not made. The referee sees every commit of all.
type mortal struct {
	store.Log
	name    string
	watched *watched
	pages   int // that it commits before it dies
}

type watched struct {
	mu      sync.Mutex
	referee referee
}

func (m *mortal) Commit(ctx context.Context, c store.Change) (portfolio.Commit, error) {
	m.watched.mu.Lock()
	defer m.watched.mu.Unlock()
	page := slices.ContainsFunc(c.Put, func(d portfolio.Document) bool { return d.Key().Kind == portfolio.KindMilestone })
	if page {
		m.pages--
	}
	if m.pages < 0 {
		return portfolio.Commit{}, errDied
	}
	done, err := m.Log.Commit(ctx, c)
	if err != nil {
		return done, err
	}
	seen := done
	for _, doc := range c.Put {
		if run, ok := doc.(*portfolio.Run); ok {
			seen.Put = append(seen.Put, run)
		}
	}
	if page { // as the referee knows who has read it
		seen.Put = append(seen.Put, &portfolio.MilestoneFact{Name: m.name})
	}
	return done, m.watched.referee.watch(seen)
}

// follower is a replica as the engine wants to see it.
type follower struct{ *storereplica.Replica }

func (f follower) At(ctx context.Context, revision int64) (Documents, error) {
	return f.Wait(ctx, revision)
}

// Over the real store and real replicas: two processes share the schedule,
// one after the other dies in the middle of a run, and the other one carries
// it on.
func TestProcessesOverOneStoreTakeOverFromEachOther(t *testing.T) {
	const deaths = 12
	synctest.Test(t, func(t *testing.T) {
		log, err := boltstore.Open(filepath.Join(t.TempDir(), "plumbline.db"), boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		script := newTool(60)
		var all watched
		all.referee.lease = DefaultLease
		begin := func(name string, pages int) (end func()) {
			r, err := storereplica.Open(t.Context(), log, storereplica.Options{
				Day: func(context.Context, *time.Location) (portfolio.Date, error) {
					return portfolio.DateOf(time.Now()), nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			engine := New(Config{
				Log: &mortal{Log: log, name: name, watched: &all, pages: pages}, Replica: follower{r}, Holder: name,
				Connections: []Connection{{ID: "eng", Connector: fetcher{lister{script}}, Schedule: Every(time.Minute), Sweep: 10 * time.Minute}},
			})
			stop := inBackground(t, engine)
			return func() {
				stop()
				r.Close()
			}
		}
		endOlder := begin("process-0", 4)
		for n := 1; n <= deaths; n++ {
			endNext := begin(fmt.Sprint("process-", n), 1+n%5)
			for i := range 60 {
				script.put(fmt.Sprint("r", i), "all", fmt.Sprint("Record ", i, " of round ", n))
			}
			time.Sleep(5 * time.Minute) // one dies, the other takes over
			endOlder()
			endOlder = endNext
		}
		endLast := begin("last", 1_000_000)
		time.Sleep(15 * time.Minute)
		endOlder()
		endLast()

		for _, s := range all.referee.interleaved {
			t.Error(s)
		}
		if n := all.referee.handOvers; n < deaths/2 {
			t.Errorf("%d hand-overs after %d deaths", n, deaths)
		}
		final, err := storereplica.Open(t.Context(), log, storereplica.Options{})
		if err != nil {
			t.Fatal(err)
		}
		undisturbed := newBench(t, script, fetcher{lister{script}})
		undisturbed.sync(Request{})
		want, got := names(undisturbed.log.newest()), names(final.Snapshot())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the records (-undisturbed +handed over):\n%s", diff)
		}
		for v := range final.Snapshot().Documents(portfolio.KindRun) {
			if run := v.Doc.(*portfolio.Run); run.State == portfolio.RunRunning {
				t.Errorf("run %d stayed RUNNING with %s", run.Number, run.Holder)
			}
		}
		t.Logf("%d hand-overs, %d runs", all.referee.handOvers, all.referee.number)
		final.Close()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
}

// names are the stored milestones by id.
func names(docs Documents) map[string]string {
	all := map[string]string{}
	for v := range docs.Documents(portfolio.KindMilestone) {
		all[v.Doc.Key().ID] = v.Doc.(*portfolio.MilestoneFact).Name
	}
	return all
}
