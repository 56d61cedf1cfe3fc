package replica_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/replica"
	"plumbline/store/storetest"
)

// names are those of all projects of a day, in the order of their ids.
func names(t testing.TB, r *replica.Replica, day portfolio.Date) string {
	t.Helper()
	s, err := r.AsOf(t.Context(), day, portfolio.SettingsThen)
	if err != nil {
		return err.Error()
	}
	var all []string
	for p := range s.Projects() {
		all = append(all, p.Name)
	}
	return strings.Join(all, ", ")
}

func named(n int, name string) *portfolio.ProjectFact {
	p := storetest.Project(n)
	p.Name = name
	return p
}

func march(day int) portfolio.Date { return portfolio.NewDate(2026, time.March, day) }

// turning is a replica whose day a test turns. Each call of day commits one.
type turning struct {
	t   *testing.T
	log store.Log
	r   *replica.Replica
}

func newTurning(t *testing.T, log store.Log, options replica.Options) *turning {
	options.PublishEvery = time.Millisecond
	options.Day = func(context.Context, *time.Location) (portfolio.Date, error) {
		return portfolio.Date{}, errors.New("the test turns it")
	}
	return &turning{t, log, open(t, log, options)}
}

func (w *turning) day(d portfolio.Date) { w.put(&portfolio.Clock{Today: d}) }

func (w *turning) put(docs ...portfolio.Document) {
	w.t.Helper()
	wait(w.t, w.r, commit(w.t, w.log, docs...).Revision)
}

func TestAPastDayIsItsLastRevision(t *testing.T) {
	w := newTurning(t, newLog(t), replica.Options{})
	if _, err := w.r.AsOf(t.Context(), march(1), portfolio.SettingsThen); !errors.Is(err, portfolio.ErrNotFound) {
		t.Errorf("before there is a day: %v, want ErrNotFound", err)
	}
	w.put(named(0, "before the first day"))
	w.day(march(2))
	w.put(named(1, "one"))
	w.put(named(1, "two"))
	w.day(march(3))
	w.put(named(1, "three"))
	w.day(march(6)) // two midnights were missed
	w.put(named(1, "six"))
	// Another time zone takes the day back, for a while.
	w.put(&portfolio.Settings{TimeZone: "America/New_York"}, &portfolio.Clock{Today: march(5), TimeZone: "America/New_York"})
	w.put(named(1, "six again"))
	w.put(&portfolio.Clock{Today: march(6), TimeZone: "America/New_York"})
	w.put(named(1, "late"))
	w.put(&portfolio.Clock{Today: march(7), TimeZone: "America/New_York"})
	w.put(named(1, "today"))

	for day, want := range map[int]string{
		2: "before the first day, two",
		3: "before the first day, three",
		4: "before the first day, three",
		5: "before the first day, six again",
		6: "before the first day, late",
		7: "before the first day, today",
	} {
		if got := names(t, w.r, march(day)); got != want {
			t.Errorf("on %d March: %s, want %s", day, got, want)
		}
	}
	if s, err := w.r.AsOf(t.Context(), march(7), portfolio.SettingsNow); err != nil || s != w.r.Snapshot() {
		t.Errorf("today is not the newest snapshot: %v", err)
	}
	if got := names(t, w.r, march(1)); !strings.Contains(got, "begins on 2026-03-02") {
		t.Errorf("before the first day: %s; want the first day named", got)
	}
	_, err := w.r.AsOf(t.Context(), march(1), portfolio.SettingsThen)
	if !errors.Is(err, portfolio.ErrNotFound) {
		t.Errorf("before the first day: %v, want ErrNotFound", err)
	}
	if _, err := w.r.AsOf(t.Context(), march(8), portfolio.SettingsThen); !errors.Is(err, portfolio.ErrInvalid) {
		t.Errorf("tomorrow: %v, want ErrInvalid", err)
	}
}

// The nights of a change to summer time and back are 23 and 25 hours long, and
// end all the same.
func TestDaysOfDaylightSavingNights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(t)
		commit(t, log, &portfolio.Settings{TimeZone: "Europe/Berlin"})
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		midnight := func(d portfolio.Date) time.Time {
			year, month, day := d.Time().Date()
			return time.Date(year, month, day, 0, 0, 0, 0, berlin)
		}
		days := &calendar{}
		for _, night := range []portfolio.Date{march(28), portfolio.NewDate(2026, time.October, 24)} {
			days.set(midnight(night).Add(12 * time.Hour))
			r := open(t, log, replica.Options{Day: days.day})
			for n := range 3 {
				day := night.AddDays(n)
				if n > 0 {
					days.set(midnight(day))
				}
				time.Sleep(2 * replica.DefaultDayEvery)
				commit(t, log, named(1, "on "+day.String()))
			}
			time.Sleep(time.Second)
			for n := range 3 {
				day := night.AddDays(n)
				if got := names(t, r, day); got != "on "+day.String() {
					t.Errorf("%s: %s", day, got)
				}
			}
			r.Close()
		}
	})
}

func TestAPastDayHasItsOwnSettingsUnlessAskedOtherwise(t *testing.T) {
	w := newTurning(t, newLog(t), replica.Options{})
	settings := func(name string) *portfolio.Settings {
		return &portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{ID: "eng", Name: name}}}
	}
	w.put(settings("Engineering"), storetest.Project(1))
	w.day(march(1))
	w.put(&portfolio.Run{Connection: "eng", Number: 1, State: portfolio.RunSucceeded})
	w.day(march(2))
	w.put(settings("Product"))
	name := func(of portfolio.SettingsOf) string {
		s, err := w.r.AsOf(t.Context(), march(1), of)
		if err != nil {
			t.Fatal(err)
		}
		for range s.Documents(portfolio.KindRun) {
			t.Error("a past view shows a run, of which no history is kept")
		}
		c, _ := s.Connection("eng")
		return c.Name
	}
	if then, now := name(portfolio.SettingsThen), name(portfolio.SettingsNow); then != "Engineering" || now != "Product" {
		t.Errorf("the connection is called %q by the settings of then and %q by those of now", then, now)
	}
	w.put(settings("Newest"))
	if now := name(portfolio.SettingsNow); now != "Newest" {
		t.Errorf("after another change the connection is called %q", now)
	}
}

// counting is a log that counts how often the past is read, and may hold it up.
type counting struct {
	store.Log
	reads   atomic.Int64
	stopped atomic.Int64
	hold    chan struct{} // nil holds up nothing
}

func (c *counting) AsOf(ctx context.Context, revision int64, held store.Held) (portfolio.State, error) {
	c.reads.Add(1)
	if c.hold != nil {
		select {
		case <-c.hold:
		case <-ctx.Done():
			c.stopped.Add(1)
			return portfolio.State{}, ctx.Err()
		}
	}
	return c.Log.AsOf(ctx, revision, held)
}

func week(t *testing.T, log store.Log, options replica.Options) *turning {
	t.Helper()
	w := newTurning(t, log, options)
	for n := range 7 {
		w.day(march(n + 1))
		w.put(named(1, fmt.Sprint("day ", n+1)))
	}
	return w
}

func TestAPastDayIsMadeOnceForAll(t *testing.T) {
	log := &counting{Log: newLog(t), hold: make(chan struct{})}
	w := week(t, log, replica.Options{})
	impatient, leave := context.WithCancel(t.Context())
	var gone, all sync.WaitGroup
	gone.Go(func() {
		if _, err := w.r.AsOf(impatient, march(3), portfolio.SettingsThen); !errors.Is(err, context.Canceled) {
			t.Errorf("who leaves gets %v", err)
		}
	})
	for range 8 {
		all.Go(func() {
			if got := names(t, w.r, march(3)); got != "day 3" {
				t.Errorf("who waits gets %s", got)
			}
		})
	}
	until(t, func() bool { return log.reads.Load() == 1 })
	leave()
	gone.Wait()
	close(log.hold)
	all.Wait()
	if got := names(t, w.r, march(3)); got != "day 3" || log.reads.Load() != 1 {
		t.Errorf("%s after %d reads, want one", got, log.reads.Load())
	}
}

func TestWhatNobodyWaitsForIsGivenUp(t *testing.T) {
	log := &counting{Log: newLog(t), hold: make(chan struct{})}
	w := week(t, log, replica.Options{})
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := w.r.AsOf(ctx, march(3), portfolio.SettingsThen); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who has waited long enough gets %v", err)
		}
		cancel()
	}
	until(t, func() bool { return log.stopped.Load() == log.reads.Load() && log.stopped.Load() > 0 })
	close(log.hold)
	if got := names(t, w.r, march(3)); got != "day 3" {
		t.Errorf("the next one gets %s", got)
	}
}

func TestGoingBackHasATimeLimit(t *testing.T) {
	log := &counting{Log: newLog(t), hold: make(chan struct{})}
	w := week(t, log, replica.Options{PastTime: 20 * time.Millisecond})
	if _, err := w.r.AsOf(t.Context(), march(3), portfolio.SettingsThen); !errors.Is(err, portfolio.ErrUnavailable) {
		t.Errorf("after the time limit: %v, want ErrUnavailable", err)
	}
	close(log.hold)
}

func TestOnePastDayIsMadeAtATime(t *testing.T) {
	log := &counting{Log: newLog(t), hold: make(chan struct{})}
	w := week(t, log, replica.Options{})
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			if got, want := names(t, w.r, march(n+1)), fmt.Sprint("day ", n+1); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	for n := range 4 {
		until(t, func() bool { return log.reads.Load() == int64(n+1) })
		time.Sleep(5 * time.Millisecond)
		if got := log.reads.Load(); got != int64(n+1) {
			t.Errorf("%d are made at once", got-int64(n))
		}
		log.hold <- struct{}{}
	}
	all.Wait()
}

func TestAFewPastDaysAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		options replica.Options
		reads   int64 // of days 1 2 3 2 3 1, and 1 again later
	}{
		"as usual":              {replica.Options{}, 3},
		"two at most":           {replica.Options{PastCount: 2}, 4},
		"in hardly any memory":  {replica.Options{PastBytes: 1}, 6},
		"for hardly any moment": {replica.Options{PastFor: time.Nanosecond}, 7},
	} {
		t.Run(name, func(t *testing.T) {
			log := &counting{Log: newLog(t)}
			w := week(t, log, c.options)
			for _, n := range []int{1, 2, 3, 2, 3, 1, 1} {
				if got, want := names(t, w.r, march(n)), fmt.Sprint("day ", n); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
			if got := log.reads.Load(); got != c.reads {
				t.Errorf("%d were made, want %d", got, c.reads)
			}
		})
	}
}

// until waits for what must come.
func until(t testing.TB, come func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !come(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come")
		}
	}
}
