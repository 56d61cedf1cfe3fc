package replica_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/replica"
)

// calendar is a day source that tests turn.
type calendar struct {
	mu sync.Mutex
	at time.Time
}

func (c *calendar) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *calendar) day(_ context.Context, zone *time.Location) (portfolio.Date, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return portfolio.DateOf(c.at.In(zone)), nil
}

func today(s *portfolio.Snapshot) string {
	if v, ok := s.Document((*portfolio.Clock)(nil).Key()); ok {
		return v.Doc.(*portfolio.Clock).Today.String()
	}
	return ""
}

func TestTheDayIsCommittedOnceAndNeverMovesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(t)
		days := &calendar{at: time.Date(2026, time.March, 1, 23, 30, 0, 0, time.UTC)}
		r, other := open(t, log, replica.Options{Day: days.day}), open(t, log, replica.Options{Day: days.day})
		expect := func(want string, revision int64) {
			t.Helper()
			time.Sleep(2 * replica.DefaultDayEvery)
			synctest.Wait()
			for _, r := range []*replica.Replica{r, other} {
				if s := r.Snapshot(); today(s) != want || s.Position().Revision != revision {
					t.Errorf("today is %s at revision %d, want %s at %d", today(s), s.Position().Revision, want, revision)
				}
			}
		}
		expect("2026-03-01", 1)
		expect("2026-03-01", 1)

		days.set(time.Date(2026, time.March, 2, 0, 0, 1, 0, time.UTC))
		expect("2026-03-02", 2)
		days.set(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC))
		expect("2026-03-02", 2) // the store's clock was set back

		days.set(time.Date(2026, time.March, 6, 12, 0, 0, 0, time.UTC))
		expect("2026-03-06", 3) // one commit after an outage, with the newest date

		// A zone in which it is still the day before may move the day back.
		days.set(time.Date(2026, time.March, 6, 2, 0, 0, 0, time.UTC))
		if _, err := log.Commit(t.Context(), store.Change{Put: []portfolio.Document{&portfolio.Settings{TimeZone: "America/New_York"}}}); err != nil {
			t.Fatal(err)
		}
		expect("2026-03-05", 5)
		expect("2026-03-05", 5)
		r.Close()
		other.Close()
	})
}

func TestAJumpOfSeveralDaysIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		days := &calendar{at: time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)}
		r := open(t, newLog(t), replica.Options{Day: days.day, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
		for _, step := range []struct {
			day    int
			logged bool
		}{{2, false}, {4, true}} {
			days.set(time.Date(2026, time.March, step.day, 12, 0, 0, 0, time.UTC))
			time.Sleep(2 * replica.DefaultDayEvery)
			synctest.Wait()
			if got := strings.Contains(logged.String(), "the day jumped"); got != step.logged {
				t.Errorf("on day %d: a jump is logged: %v, want %v", step.day, got, step.logged)
			}
		}
		r.Close()
	})
}

func TestTheStoresClockDecidesTheDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(t)
		r, err := replica.Open(t.Context(), log, replica.Options{})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		now, err := log.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := today(r.Snapshot()), portfolio.DateOf(now).String(); got != want {
			t.Errorf("today is %q, want %q", got, want)
		}
		r.Close()
	})
}
