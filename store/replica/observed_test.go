package replica_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
	"plumbline/store/storetest"
)

// everyObservation reads all that a log has.
func everyObservation(t testing.TB, log store.Log) []portfolio.Versioned {
	t.Helper()
	docs, err := log.Observations(t.Context(), portfolio.NewDate(1, time.January, 1), portfolio.NewDate(9998, time.December, 31))
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// observedDays are the days of a replica's history.
func observedDays(r *replica.Replica) []string {
	var days []string
	for _, d := range r.Snapshot().Observed().Days() {
		days = append(days, d.String())
	}
	return days
}

// requireRemade makes each observation of a log again from the portfolio of
// the revision it names, and compares.
func requireRemade(t testing.TB, log store.Log) {
	t.Helper()
	docs := everyObservation(t, log)
	for _, v := range docs {
		f := v.Doc.(*portfolio.ObservationFact)
		state, err := log.AsOf(t.Context(), f.Of, nil)
		if err != nil {
			t.Fatal(err)
		}
		past, err := portfolio.NewSnapshot(state)
		if err != nil {
			t.Fatal(err)
		}
		var before []portfolio.Versioned // what was there when it was written
		for _, other := range docs {
			if other.Rev < v.Rev {
				before = append(before, other)
			}
		}
		again := past.WithObserved(portfolio.NewObserved(before, 0)).Observe()
		if len(again) < f.Part {
			t.Fatalf("%s made again has %d parts", f.Key(), len(again))
		}
		if diff := cmp.Diff(f, again[f.Part-1], storetest.Exactly); diff != "" {
			t.Errorf("%s made again from revision %d differs (-written +made again):\n%s", f.Key(), f.Of, diff)
		}
	}
}

// Two replicas observe each day once, whatever happens between and whoever is
// first, and agree on all of it; one that begins later reads the same.
func TestReplicasObserveEachDayOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(t)
		begin := time.Date(2028, time.February, 20, 22, 0, 0, 0, time.UTC)
		days := &calendar{at: begin}
		first := open(t, log, replica.Options{Day: days.day})
		second := open(t, log, replica.Options{Day: days.day, DayEvery: 7 * time.Second})
		random := rand.New(rand.NewPCG(20, 2))
		told := map[string]map[string]portfolio.Health{}
		var want []string
		for n := range 40 {
			for range random.IntN(3) {
				if _, err := log.Commit(t.Context(), randomChange(random)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			s := first.Snapshot()
			on := map[string]portfolio.Health{}
			for p := range s.Projects() {
				on[p.ID] = p.Health.Overall
			}
			want = append(want, s.Today().String())
			told[s.Today().String()] = on
			days.set(begin.AddDate(0, 0, n+1))
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		late := open(t, log, replica.Options{Day: days.day})
		time.Sleep(time.Minute)
		synctest.Wait()
		for i, r := range []*replica.Replica{first, second, late} {
			if diff := cmp.Diff(want, observedDays(r)); diff != "" {
				t.Fatalf("replica %d observed other days (-want +got):\n%s", i, diff)
			}
			for _, d := range r.Snapshot().Observed().Days() {
				for id, health := range told[d.String()] {
					if got, ok := r.Snapshot().Observed().At(id, d); !ok || got.Overall != health {
						t.Errorf("replica %d: %s was %s on %s, want %s", i, id, got.Overall, d, health)
					}
				}
			}
		}
		if n := len(everyObservation(t, log)); n != len(want) {
			t.Errorf("the log has %d observations of %d days", n, len(want))
		}
		requireRemade(t, log)
		for _, r := range []*replica.Replica{first, second, late} {
			r.Close()
		}
	})
}

// A store that is down over two midnights leaves days without an observation;
// the last day before is observed when it answers again.
func TestDaysOfAnOutageAreNotObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &outage{Log: newLog(t), broke: make(chan struct{})}
		days := &calendar{at: time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)}
		r := open(t, log, replica.Options{Day: days.day})
		commit(t, log.Log, storetest.Project(1))
		time.Sleep(time.Minute)
		days.set(days.at.AddDate(0, 0, 1))
		time.Sleep(time.Minute)
		log.fail()
		days.set(days.at.AddDate(0, 0, 2)) // 4 March, without 3 March
		time.Sleep(time.Hour)
		missed := commit(t, log.Log, storetest.Project(2))
		log.mend()
		time.Sleep(time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]string{"2026-03-01", "2026-03-02"}, observedDays(r)); diff != "" {
			t.Errorf("observed days (-want +got):\n%s", diff)
		}
		if got := today(r.Snapshot()); got != "2026-03-04" {
			t.Errorf("today is %s", got)
		}
		// What was committed meanwhile is of the day that the log still had.
		second := portfolio.NewDate(2026, time.March, 2)
		if _, ok := r.Snapshot().Observed().At(storetest.Project(2).DocID(), second); !ok {
			t.Errorf("the close of %s lacks what commit %d brought", second, missed.Revision)
		}
		requireRemade(t, log.Log)
		r.Close()
	})
}

// A zone in which it is still the day before moves the day back: the day that
// was observed ends again, and only its last end counts.
func TestADayThatEndsTwiceIsObservedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(t)
		days := &calendar{at: time.Date(2026, time.March, 5, 23, 0, 0, 0, time.UTC)}
		r := open(t, log, replica.Options{Day: days.day})
		settle := func() { time.Sleep(time.Minute); synctest.Wait() }
		settle()
		commit(t, log, storetest.Project(1))
		settle()
		days.set(time.Date(2026, time.March, 6, 2, 0, 0, 0, time.UTC))
		settle()
		if diff := cmp.Diff([]string{"2026-03-05"}, observedDays(r)); diff != "" {
			t.Errorf("observed days (-want +got):\n%s", diff)
		}
		commit(t, log, &portfolio.Settings{TimeZone: "America/New_York"})
		settle()
		if got := today(r.Snapshot()); got != "2026-03-05" {
			t.Fatalf("today is %s in New York", got)
		}
		commit(t, log, storetest.Project(2))
		days.set(time.Date(2026, time.March, 6, 6, 0, 0, 0, time.UTC))
		settle()
		fifth := portfolio.NewDate(2026, time.March, 5)
		again := open(t, log, replica.Options{Day: days.day})
		settle()
		for _, r := range []*replica.Replica{r, again} {
			if diff := cmp.Diff([]string{"2026-03-05"}, observedDays(r)); diff != "" {
				t.Errorf("observed days (-want +got):\n%s", diff)
			}
			if _, ok := r.Snapshot().Observed().At(storetest.Project(2).DocID(), fifth); !ok {
				t.Errorf("the close of %s is not the last one", fifth)
			}
		}
		requireRemade(t, log)
		r.Close()
		again.Close()
	})
}

// Every civil day of a zone is observed, once, over a year that has a leap day
// and the nights on which clocks change.
func TestEveryDayOfAYearIsObserved(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "Pacific/Apia", "America/Sao_Paulo", "Pacific/Kiritimati"} {
		synctest.Test(t, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			log := newLog(t)
			commit(t, log, &portfolio.Settings{TimeZone: name}, storetest.Project(1))
			begin := time.Date(2027, time.December, 30, 0, 0, 0, 0, zone)
			days := &calendar{at: begin}
			r := open(t, log, replica.Options{Day: days.day, DayEvery: time.Second})
			var want []string
			last := portfolio.Date{}
			for at := begin; at.Before(begin.AddDate(1, 0, 3)); at = at.Add(6 * time.Hour) {
				days.set(at)
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if d := portfolio.DateOf(at); d != last {
					if !last.IsZero() {
						want = append(want, last.String())
					}
					last = d
				}
			}
			if diff := cmp.Diff(want, observedDays(r)); diff != "" {
				t.Errorf("%s: observed days (-want +got):\n%s", name, diff)
			}
			if !slices.Contains(want, "2028-02-29") || len(want) < 367 {
				t.Errorf("%s: the test passed %d days; it is to pass a leap year", name, len(want))
			}
			r.Close()
		})
	}
}

// A server that dies around midnight, before or after its commit, loses no
// observation and writes none twice.
func TestDyingAtMidnightLosesNoObservation(t *testing.T) {
	for _, step := range boltstore.Steps() {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "plumbline.db")
			var dying atomic.Bool
			died := errors.New("killed")
			start := func() *boltstore.Store {
				log, err := boltstore.Open(path, boltstore.Options{Fault: func(at string) error {
					if dying.Load() && at == step {
						return died
					}
					return nil
				}})
				if err != nil {
					t.Fatal(err)
				}
				return log
			}
			begin := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
			days := &calendar{at: begin}
			log := start()
			var want []string
			for n := range 10 {
				r := open(t, log, replica.Options{Day: days.day})
				time.Sleep(time.Minute)
				p := storetest.Project(n)
				p.Name = fmt.Sprint("Night ", n)
				commit(t, log, p)
				want = append(want, portfolio.DateOf(days.at).String())
				dying.Store(true)
				days.set(begin.AddDate(0, 0, n+1))
				time.Sleep(replica.DefaultDayEvery + time.Second)
				r.Close()
				if err := log.Close(); err != nil {
					t.Fatal(err)
				}
				dying.Store(false)
				log = start()
				r = open(t, log, replica.Options{Day: days.day})
				time.Sleep(time.Minute)
				synctest.Wait()
				if diff := cmp.Diff(want, observedDays(r)); diff != "" {
					t.Fatalf("died at %q in night %d: observed days (-want +got):\n%s", step, n, diff)
				}
				r.Close()
			}
			if n := len(everyObservation(t, log)); n != len(want) {
				t.Errorf("died at %q: the log has %d observations of %d days", step, n, len(want))
			}
			requireRemade(t, log)
			if err := log.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// slowHistory is a log that gives its observations late, or not at all.
type slowHistory struct {
	store.Log
	given chan struct{}
}

func (l *slowHistory) Observations(ctx context.Context, from, to portfolio.Date) ([]portfolio.Versioned, error) {
	select {
	case <-l.given:
		return l.Log.Observations(ctx, from, to)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A history that is slow to come keeps nobody waiting: neither readers nor, for
// long, the day.
func TestADayEndsWithoutItsHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := newLog(t)
		days := &calendar{at: time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)}
		before := open(t, inner, replica.Options{Day: days.day})
		commit(t, inner, storetest.Project(1))
		for n := range 5 {
			days.set(time.Date(2026, time.March, 2+n, 12, 0, 0, 0, time.UTC))
			time.Sleep(time.Minute)
		}
		synctest.Wait()
		before.Close()
		log := &slowHistory{Log: inner, given: make(chan struct{})}
		r := open(t, log, replica.Options{Day: days.day})
		if !r.Snapshot().Observed().Pending() {
			t.Fatal("the history is there at once; the test is to have it late")
		}
		commit(t, inner, storetest.Project(2))
		days.set(time.Date(2026, time.March, 7, 12, 0, 0, 0, time.UTC))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := today(r.Snapshot()); got != "2026-03-07" {
			t.Fatalf("the day waits for the history: it is %s", got)
		}
		close(log.given)
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{"2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"}
		if diff := cmp.Diff(want, observedDays(r)); diff != "" {
			t.Errorf("observed days (-want +got):\n%s", diff)
		}
		last := portfolio.NewDate(2026, time.March, 6)
		for n := 1; n <= 2; n++ {
			if _, ok := r.Snapshot().Observed().At(storetest.Project(n).DocID(), last); !ok {
				t.Errorf("project %d is not told of on %s", n, last)
			}
		}
		r.Close()
	})
}
