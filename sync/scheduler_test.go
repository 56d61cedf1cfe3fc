package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// runs returns the runs of a connection, oldest first.
func runs(l *memLog, connection string) (all []*portfolio.Run) {
	for v := range l.newest().Documents(portfolio.KindRun) {
		if r := v.Doc.(*portfolio.Run); r.Connection == connection {
			all = append(all, r)
		}
	}
	return all
}

// inBackground runs the scheduler until the returned function is called.
func inBackground(t *testing.T, e *Engine) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.Run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

func TestTheScheduleAndTheSweepAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tool := newTool(30)
		log := newMemLog()
		engine := New(Config{Log: log, Replica: log, Holder: "a", Connections: []Connection{{
			ID: "eng", Connector: fetcher{lister{tool}}, Schedule: Every(10 * time.Minute), Sweep: time.Hour,
		}}})
		stop := inBackground(t, engine)
		time.Sleep(3*time.Hour + 5*time.Minute)
		stop()
		modes := map[string]int{}
		all := runs(log, "eng")
		for i, r := range all {
			modes[r.Mode]++
			if i == 0 {
				continue
			}
			if gap := r.StartedAt.Sub(all[i-1].StartedAt); gap < 10*time.Minute || gap > 11*time.Minute+time.Second {
				t.Errorf("run %d began %s after the one before, want 10 to 11 minutes", r.Number, gap)
			}
		}
		if modes[ModeFull] != 1 || modes[ModeSweep] < 2 || modes[ModeSweep] > 3 {
			t.Errorf("modes in 3 hours = %v, want 1 full run and 2 or 3 sweeps", modes)
		}
	})
}

func TestAllReplicasKnowTheSameDueTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 3)
		other := b.restart(fetcher{lister{b.tool}})
		for _, e := range []*Engine{b.engine, other} {
			e.connections[0].Schedule = Every(10 * time.Minute)
		}
		b.sync(Request{})
		here, err := b.engine.Status(t.Context())
		there, err2 := other.Status(t.Context())
		if errors.Join(err, err2) != nil || !here[0].Due.Equal(there[0].Due) || here[0].Due.Before(time.Now().Add(10*time.Minute)) {
			t.Errorf("due here %s, there %s", here[0].Due, there[0].Due)
		}
		if here[0].Last.State != portfolio.RunSucceeded || here[0].Here || here[0].Passed.IsZero() {
			t.Errorf("status = %+v", here[0])
		}
	})
}

func TestCronFollowsTheZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone data on this machine")
	}
	s, err := Cron("30 6 * * 1-5", berlin)
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)
	if got, want := s.Next(friday), time.Date(2026, 3, 30, 4, 30, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("next = %s, want %s: Monday, after the clocks went forward", got, want)
	}
	if _, err := Cron("every tuesday", berlin); !errors.Is(err, portfolio.ErrInvalid) {
		t.Errorf("a wrong expression: %v", err)
	}
	never, err := Cron("0 0 30 2 *", berlin)
	if err != nil {
		t.Fatal(err)
	}
	if _, ever := dueAfter(&portfolio.Run{StartedAt: friday, State: portfolio.RunSucceeded}, never); ever {
		t.Error("30 February is due")
	}
}

func TestStartRunsAtOnceAndAConnectionWithoutScheduleOnlyThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 3)
		stop := inBackground(t, b.engine)
		time.Sleep(time.Hour)
		if n := len(runs(b.log, "eng")); n != 0 {
			t.Fatalf("%d runs without a schedule", n)
		}
		for range 2 { // the second joins the first
			if err := b.engine.Start(Request{}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		if all := runs(b.log, "eng"); len(all) != 1 || all[0].State != portfolio.RunSucceeded {
			t.Errorf("%d runs after two requests at once, want 1", len(all))
		}
		stop()
	})
}

func TestStoppingFinishesThePageAndLeavesARunToResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		b.engine.connections[0].Schedule = Every(time.Hour)
		b.tool.delay = 4 * time.Second
		stop := inBackground(t, b.engine)
		time.Sleep(6 * time.Second) // in the middle of the second page
		begun := time.Now()
		stop()
		if took := time.Since(begun); took != 2*time.Second {
			t.Errorf("stopping took %s, want the 2 s that the page needed", took)
		}
		run := runs(b.log, "eng")[0]
		if n := b.stored(portfolio.KindMilestone); n != 20 || run.State != portfolio.RunParked || run.Holder != "" {
			t.Errorf("%d stored, run %s held by %q; want two pages and a parked run", n, run.State, run.Holder)
		}
		b.engine = b.restart(fetcher{lister{b.tool}})
		if row := b.sync(Request{}); row.Run != 1 || row.Tally.Read != 35 || b.stored(portfolio.KindMilestone) != 35 {
			t.Errorf("run %d read %d in all, want run 1 to go on to 35", row.Run, row.Tally.Read)
		}
	})
}

func TestStoppingDoesNotWaitForAPageBeyondTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		b.engine.connections[0].Schedule = Every(time.Hour)
		log := b.log
		engine := New(Config{Log: log, Replica: log, Holder: "a", Connections: []Connection{
			{ID: "eng", Connector: patient{}, Schedule: Every(time.Hour)},
		}})
		stop := inBackground(t, engine)
		time.Sleep(6 * time.Second)
		begun := time.Now()
		stop()
		if took := time.Since(begun); took != DefaultGrace {
			t.Errorf("stopping took %s, want %s", took, DefaultGrace)
		}
		if run := runs(log, "eng")[0]; run.State != portfolio.RunParked {
			t.Errorf("run is %s, want PARKED", run.State)
		}
	})
}

// patient waits for a tool that never answers.
type patient struct{}

// Pull implements connectors.Connector.
func (patient) Pull(ctx context.Context, _ connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		<-ctx.Done()
		yield(connectors.Page{}, ctx.Err())
	}
}

func TestConnectionsRunInParallelUpToTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		var connections []Connection
		for i := range 6 {
			tool := newTool(1)
			tool.conn = fmt.Sprint("c", i)
			tool.page = func(int) error {
				time.Sleep(10 * time.Second)
				return nil
			}
			connections = append(connections, Connection{ID: tool.conn, Connector: tool})
		}
		engine := New(Config{Log: log, Replica: log, Holder: "a", Parallel: 3, Connections: connections})
		begun := time.Now()
		report, err := engine.Sync(t.Context(), Request{})
		if err != nil || report.Failed() != 0 || len(report.Rows) != 6 {
			t.Fatalf("report %+v, %v", report, err)
		}
		if took := time.Since(begun); took != 20*time.Second {
			t.Errorf("6 connections of 10 s, 3 at once, took %s", took)
		}
	})
}

func TestOneFailingConnectionDoesNotStopTheOthers(t *testing.T) {
	log := newMemLog()
	good, bad := newTool(3), newTool(3)
	good.conn, bad.conn = "good", "bad"
	bad.page = func(int) error { return fmt.Errorf("page 1: %w", connectors.ErrUnauthorized) }
	engine := New(Config{Log: log, Replica: log, Holder: "a", Connections: []Connection{
		{ID: "bad", Connector: bad}, {ID: "good", Connector: good},
	}})
	report, err := engine.Sync(t.Context(), Request{})
	if err != nil || report.Failed() != 1 {
		t.Fatalf("report %+v, %v; want one failure", report, err)
	}
	if row := report.Rows[0]; !errors.Is(row.Err, connectors.ErrUnauthorized) || row.State != portfolio.RunFailed {
		t.Errorf("bad = %+v", row)
	}
	if row := report.Rows[1]; row.Err != nil || row.Tally.New != 3 {
		t.Errorf("good = %+v", row)
	}
	if run := runs(log, "bad")[0]; run.Error == "" || run.Holder != "" || run.EndedAt.IsZero() {
		t.Errorf("the failed run = %+v", run)
	}
}

func TestAStoreThatIsAwayForAWhileCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		b.tool.page = func(n int) error {
			if n == 2 {
				b.log.mu.Lock()
				b.log.down = true
				b.log.mu.Unlock()
				time.AfterFunc(20*time.Second, func() {
					b.log.mu.Lock()
					b.log.down = false
					b.log.mu.Unlock()
				})
			}
			return nil
		}
		b.sync(Request{})
		if n := b.stored(portfolio.KindMilestone); n != 35 {
			t.Errorf("%d stored, want 35", n)
		}
	})
}

func TestACommitWhoseAnswerIsLostIsNotTakenForALostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		lost := 0
		b.log.after = func(c portfolio.Commit) error {
			if c.Revision%2 == 0 {
				lost++
				return fmt.Errorf("%w: connection reset", portfolio.ErrUnavailable)
			}
			return nil
		}
		row := b.sync(Request{})
		if row.Run != 1 || runs(b.log, "eng")[0].Takeovers != 0 || row.Tally.New != 35 || lost < 2 {
			t.Errorf("run %d with %d new after %d lost answers, want run 1 to have gone on", row.Run, row.Tally.New, lost)
		}
	})
}

func TestWithSoleAccessALeftRunIsTakenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		leftBehind(t, b)
		begun := time.Now()
		row := b.sync(Request{})
		if time.Since(begun) != 0 || row.Run != 1 || runs(b.log, "eng")[0].Takeovers != 1 {
			t.Errorf("run %d after %s, want run 1 taken over at once", row.Run, time.Since(begun))
		}
	})
}

func TestOtherwiseALeftRunIsTakenAfterTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		leftBehind(t, b)
		b.engine.Sole = false
		begun := time.Now()
		b.sync(Request{})
		if took := time.Since(begun); took < DefaultLease || took > DefaultLease+10*time.Second {
			t.Errorf("taken over after %s, want a lease", took)
		}
	})
}

// leftBehind makes a run whose process dies in its second page.
func leftBehind(t *testing.T, b *bench) {
	t.Helper()
	b.log.check = dieAt(3, nil)
	if row := b.try(Request{}); !errors.Is(row.Err, errDied) {
		t.Fatalf("row = %+v, want the process to die", row)
	}
	b.log.check = nil
	b.engine = b.restart(fetcher{lister{b.tool}})
}
