package sync

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

func TestARunSaysWhenTheConnectionIsReadNext(t *testing.T) {
	limited := &connectors.RateLimited{Until: time.Time{}}
	for _, c := range []struct {
		name       string
		page       func() error
		state      portfolio.RunState
		from, till time.Duration // after the run began
	}{
		{"succeeded", func() error { return nil }, portfolio.RunSucceeded, 10 * time.Minute, 11 * time.Minute},
		{"failed", func() error { return fmt.Errorf("page 1: %w", connectors.ErrUnauthorized) }, portfolio.RunFailed, 10 * time.Minute, 11 * time.Minute},
		{"parked", func() error {
			limited.Until = time.Now().Add(3 * time.Hour)
			return limited
		}, portfolio.RunParked, 3 * time.Hour, 3 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := withFetcher(t, 3)
				b.engine.connections[0].Schedule = Every(10 * time.Minute)
				b.tool.page = func(int) error { return c.page() }
				begun := time.Now()
				b.try(Request{})
				run := runs(b.log, "eng")[0]
				if due := run.DueAt.Sub(begun); run.State != c.state || due < c.from || due > c.till {
					t.Errorf("the run is %s and due after %s, want %s and %s to %s", run.State, due, c.state, c.from, c.till)
				}
				status, err := b.engine.Status(t.Context())
				if err != nil || !status[0].Due.Equal(run.DueAt) {
					t.Errorf("the run says %s, the engine %s, %v", run.DueAt, status[0].Due, err)
				}
			})
		})
	}
}

func TestARunThatIsGoingOnOrOnlyAskedForIsNotDue(t *testing.T) {
	b := withFetcher(t, 35)
	b.engine.connections[0].Schedule = Every(10 * time.Minute)
	b.tool.page = func(n int) error {
		if n == 1 {
			return nil
		}
		return &connectors.RateLimited{Until: time.Now().Add(-time.Hour)}
	}
	if row := b.try(Request{}); row.State != portfolio.RunParked {
		t.Fatalf("run is %s, want PARKED", row.State)
	}
	b.tool.page = func(int) error {
		if run := runs(b.log, "eng")[0]; run.State != portfolio.RunRunning || !run.DueAt.IsZero() {
			t.Errorf("while it is read the run is %s and due at %s", run.State, run.DueAt)
		}
		return nil
	}
	b.engine.connections[0].Schedule = nil
	b.sync(Request{})
	if run := runs(b.log, "eng")[0]; !run.DueAt.IsZero() {
		t.Errorf("a connection without a schedule is due at %s", run.DueAt)
	}
}

// The schedule is the pace of retries too: nothing is asked out of its hours.
func TestAFailedRunIsTriedAgainWhenItIsDueNext(t *testing.T) {
	nightly, err := Cron("0 2 * * *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		schedule Schedule
		gap      time.Duration
	}{
		{"every", Every(10 * time.Minute), 10 * time.Minute},
		{"cron", nightly, 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := withFetcher(t, 3)
				b.engine.connections[0].Schedule = c.schedule
				b.tool.page = func(int) error { return fmt.Errorf("page: %w", connectors.ErrUnauthorized) }
				stop := inBackground(t, b.engine)
				time.Sleep(4*c.gap + c.gap/2)
				stop()
				all := runs(b.log, "eng")
				if len(all) < 4 || len(all) > 6 {
					t.Fatalf("%d runs in 4.5 times %s", len(all), c.gap)
				}
				for i, run := range all {
					if run.State != portfolio.RunFailed {
						t.Errorf("run %d is %s", run.Number, run.State)
					}
					if i < 2 { // a cron schedule's first run is made at the start
						continue
					}
					if gap := run.StartedAt.Sub(all[i-1].StartedAt); gap < c.gap-maxJitter || gap > c.gap+maxJitter+time.Second {
						t.Errorf("run %d began %s after the one before, want %s and a jitter", run.Number, gap, c.gap)
					}
				}
			})
		})
	}
}
