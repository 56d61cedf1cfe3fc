package replica_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
	"plumbline/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixedDay keeps the day out of tests of other things.
func fixedDay(context.Context, *time.Location) (portfolio.Date, error) {
	return portfolio.NewDate(2026, time.March, 1), nil
}

func newLog(t testing.TB) *boltstore.Store {
	t.Helper()
	log, err := boltstore.Open(filepath.Join(t.TempDir(), "plumbline.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	return log
}

func open(t testing.TB, log store.Log, options replica.Options) *replica.Replica {
	t.Helper()
	if options.Day == nil {
		options.Day = fixedDay
	}
	r, err := replica.Open(t.Context(), log, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func commit(t testing.TB, log store.Log, docs ...portfolio.Document) portfolio.Commit {
	t.Helper()
	c, err := log.Commit(t.Context(), store.Change{Put: docs})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wait(t testing.TB, r *replica.Replica, revision int64) *portfolio.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err := r.Wait(ctx, revision)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAWriterReadsItsOwnWrite(t *testing.T) {
	log := newLog(t)
	commit(t, log, storetest.Project(1))
	r := open(t, log, replica.Options{})
	if _, ok := r.Snapshot().Document(storetest.Project(1).Key()); !ok {
		t.Error("an opened replica lacks what was there before")
	}
	for n := range 10 {
		c := commit(t, log, storetest.Project(n))
		if v, ok := wait(t, r, c.Revision).Document(storetest.Project(n).Key()); !ok || v.Rev != c.Revision {
			t.Errorf("after waiting for revision %d the snapshot has project %d at %d", c.Revision, n, v.Rev)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Wait(ctx, 1_000_000); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a revision that does not come: %v, want DeadlineExceeded", err)
	}
}

func TestSnapshotsAreNotChangedAfterwards(t *testing.T) {
	log := newLog(t)
	r := open(t, log, replica.Options{})
	first := wait(t, r, commit(t, log, storetest.Project(1)).Revision)
	wait(t, r, commit(t, log, storetest.Project(2)).Revision)
	if _, ok := first.Document(storetest.Project(2).Key()); ok {
		t.Error("an old snapshot has gained a document")
	}
}

func TestCommitsThatStreamArePublishedFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(t)
		r := open(t, log, replica.Options{})
		time.Sleep(time.Second)
		synctest.Wait()

		const commits, apart = 200, 10 * time.Millisecond // 2 seconds of them
		seen := map[int64]bool{}
		var last portfolio.Commit
		for n := range commits {
			last = commit(t, log, storetest.Project(n))
			synctest.Wait()
			seen[r.Snapshot().Position().Revision] = true
			if n == 0 && r.Snapshot().Position() != last.Position {
				t.Error("a commit that comes alone is not published at once")
			}
			time.Sleep(apart)
		}
		if got, most := len(seen), 1+8; got > most {
			t.Errorf("%d snapshots in 2 seconds, want at most %d", got, most)
		}
		time.Sleep(replica.DefaultPublishEvery)
		synctest.Wait()
		if got := r.Snapshot().Position(); got != last.Position {
			t.Errorf("the last of the stream is not published: %v, want %v", got, last.Position)
		}
		r.Close()
	})
}

// outage is a log whose store can be made to fail.
type outage struct {
	store.Log
	down  atomic.Bool
	broke chan struct{} // closed by fail
}

var errOutage = fmt.Errorf("%w: connection refused", portfolio.ErrUnavailable)

func (o *outage) Load(ctx context.Context) (portfolio.State, error) {
	if o.down.Load() {
		return portfolio.State{}, errOutage
	}
	return o.Log.Load(ctx)
}

func (o *outage) Now(ctx context.Context) (time.Time, error) {
	if o.down.Load() {
		return time.Time{}, errOutage
	}
	return o.Log.Now(ctx)
}

func (o *outage) Follow(ctx context.Context, after portfolio.Position) iter.Seq2[portfolio.Commit, error] {
	return func(yield func(portfolio.Commit, error) bool) {
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		stop := context.AfterFunc(ctx, cancel)
		defer stop()
		go func() {
			select {
			case <-o.broke:
				cancel()
			case <-inner.Done():
			}
		}()
		for c, err := range o.Log.Follow(inner, after) {
			if err != nil && ctx.Err() == nil {
				err = errOutage
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func (o *outage) fail() {
	o.down.Store(true)
	close(o.broke)
}

func (o *outage) mend() {
	o.broke = make(chan struct{})
	o.down.Store(false)
}

func TestReadsGoOnWhileTheStoreIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &outage{Log: newLog(t), broke: make(chan struct{})}
		r := open(t, log, replica.Options{})
		commit(t, log.Log, storetest.Project(1))
		time.Sleep(time.Second)
		synctest.Wait()
		before := r.Snapshot()
		if s := r.Status(); s.Err != nil || s.Age != 0 {
			t.Errorf("Status = %v, age %v, while all is well", s.Err, s.Age)
		}
		log.fail()
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := r.Snapshot(); got != before {
			t.Error("the snapshot is another one though nothing can be read")
		}
		s := r.Status()
		if !errors.Is(s.Err, portfolio.ErrUnavailable) || s.Age < 59*time.Minute || s.Age > time.Hour {
			t.Errorf("Status = %v, age %v; want ErrUnavailable for an hour", s.Err, s.Age)
		}
		missed := commit(t, log.Log, storetest.Project(2))
		returned := time.Now()
		log.mend()
		wait(t, r, missed.Revision)
		if took, limit := time.Since(returned), 5*time.Second; took > limit {
			t.Errorf("reads are fresh %v after the store's return, want at most %v", took, limit)
		}
		if s := r.Status(); s.Err != nil || s.Age != 0 {
			t.Errorf("Status = %v, age %v, after the store's return", s.Err, s.Age)
		}
		r.Close()
	})
}

// restored is a log that is replaced by another under a running replica.
type restored struct {
	store.Log
	later    store.Log
	switched atomic.Bool
	now      chan struct{}
}

func (l *restored) Load(ctx context.Context) (portfolio.State, error) {
	if l.switched.Load() {
		return l.later.Load(ctx)
	}
	return l.Log.Load(ctx)
}

func (l *restored) Follow(ctx context.Context, after portfolio.Position) iter.Seq2[portfolio.Commit, error] {
	if l.switched.Load() {
		return l.later.Follow(ctx, after)
	}
	return func(yield func(portfolio.Commit, error) bool) {
		select {
		case <-l.now:
			yield(portfolio.Commit{}, store.ErrReset)
		case <-ctx.Done():
			yield(portfolio.Commit{}, ctx.Err())
		}
	}
}

func TestARestoredDatabaseIsLoadedAgain(t *testing.T) {
	old, fresh := newLog(t), newLog(t)
	for n := range 5 {
		commit(t, old, storetest.Project(n))
	}
	commit(t, fresh, storetest.Project(0))
	log := &restored{Log: old, later: fresh, now: make(chan struct{})}
	r := open(t, log, replica.Options{DayEvery: time.Hour})
	log.switched.Store(true)
	close(log.now)
	deadline := time.Now().Add(10 * time.Second)
	for {
		if _, ok := r.Snapshot().Document(storetest.Project(4).Key()); !ok {
			break // what the restored log has never had is gone
		}
		if time.Now().After(deadline) {
			t.Fatal("the replica still holds the old log")
		}
		time.Sleep(time.Millisecond)
	}
	next := commit(t, fresh, storetest.Project(7))
	if got := wait(t, r, next.Revision).Position(); got != next.Position {
		t.Errorf("it does not follow the restored log: at %v, want %v", got, next.Position)
	}
}

func TestNobodyWaitsForWhatARestoredDatabaseNeverHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, fresh := newLog(t), newLog(t)
		for n := range 5 {
			commit(t, old, storetest.Project(n))
		}
		commit(t, fresh, storetest.Project(0))
		log := &restored{Log: old, later: fresh, now: make(chan struct{})}
		r := open(t, log, replica.Options{DayEvery: time.Hour})
		time.AfterFunc(time.Second, func() {
			log.switched.Store(true)
			close(log.now)
		})
		begun := time.Now()
		if _, err := r.Wait(t.Context(), 6); !errors.Is(err, store.ErrReset) || time.Since(begun) != time.Second {
			t.Errorf("waiting while the database is restored: %v after %s, want ErrReset at that moment", err, time.Since(begun))
		}
		begun = time.Now()
		if _, err := r.Wait(t.Context(), 5); !errors.Is(err, portfolio.ErrUnavailable) || time.Since(begun) != replica.WaitLimit {
			t.Errorf("waiting for a revision of the former database: %v after %s, want ErrUnavailable after %s", err, time.Since(begun), replica.WaitLimit)
		}
		r.Close()
	})
}

func TestAStoreThatCannotBeReadIsAnErrorAtTheStart(t *testing.T) {
	log := &outage{Log: newLog(t), broke: make(chan struct{})}
	log.fail()
	if _, err := replica.Open(t.Context(), log, replica.Options{}); !errors.Is(err, portfolio.ErrUnavailable) {
		t.Errorf("Open = %v, want ErrUnavailable", err)
	}
}
