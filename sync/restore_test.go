package sync

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/portfolio"
)

// restore makes the log what it was at a revision, as a database is that was
// restored from an older copy; its replica has noticed and loaded it again.
func (l *memLog) restore(rev int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commits, l.shown = l.commits[:rev], min(l.shown, rev)
	for key, versions := range l.versions {
		for len(versions) > 0 && versions[len(versions)-1].Rev > rev {
			versions = versions[:len(versions)-1]
		}
		if l.versions[key] = versions; len(versions) == 0 {
			delete(l.versions, key)
			l.keys[key.Kind] = slices.DeleteFunc(slices.Clone(l.keys[key.Kind]), func(k portfolio.Key) bool { return k == key })
		}
	}
}

func TestARestoredStoreIsReadIntoAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tool := newTool(30)
		log := newMemLog()
		engine := New(Config{Log: log, Replica: log, Holder: "a", Connections: []Connection{{
			ID: "eng", Connector: fetcher{lister{tool}}, Schedule: Every(10 * time.Minute), Sweep: time.Hour,
		}}})
		stop := inBackground(t, engine)
		time.Sleep(time.Hour)
		log.restore(log.newest().rev - 4) // the last two runs are lost
		before := len(runs(log, "eng"))
		time.Sleep(3 * time.Hour)
		stop()
		if made := len(runs(log, "eng")) - before; made < 15 {
			t.Errorf("in three hours after the restore %d runs were made, want about 18", made)
		}
	})
}

// The run under way loses its lease with its commits; what it had read is read
// again.
func TestAStoreRestoredDuringARunIsReadIntoAgain(t *testing.T) {
	for name, to := range map[string]int64{"to before the run": 0, "to the middle of the run": 3} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := withFetcher(t, 60)
				b.engine.connections[0].Schedule = Every(10 * time.Minute)
				b.tool.delay = time.Second
				b.tool.page = func(n int) error {
					if n == 5 {
						b.log.restore(to)
					}
					return nil
				}
				stop := inBackground(t, b.engine)
				time.Sleep(5 * time.Minute)
				stop()
				if n := b.stored(portfolio.KindMilestone); n != 60 {
					t.Errorf("%d records are stored 5 minutes after the restore, want 60", n)
				}
				all := runs(b.log, "eng")
				if len(all) == 0 || all[len(all)-1].State != portfolio.RunSucceeded {
					t.Errorf("runs = %+v, want the last to have succeeded", all)
				}
			})
		})
	}
}
