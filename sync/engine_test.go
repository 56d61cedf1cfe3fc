package sync

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// bench is one engine over one scripted connection.
type bench struct {
	t      *testing.T
	log    *memLog
	tool   *tool
	engine *Engine
}

// withFetcher sets a bench up whose tool lists and can be asked.
func withFetcher(t *testing.T, records int) *bench {
	tool := newTool(records)
	return newBench(t, tool, fetcher{lister{tool}})
}

func newBench(t *testing.T, tool *tool, c connectors.Connector) *bench {
	b := &bench{t: t, log: newMemLog(), tool: tool}
	b.engine = b.restart(c)
	return b
}

// restart returns a new process over the same log.
func (b *bench) restart(c connectors.Connector) *Engine {
	return New(Config{
		Log: b.log, Replica: b.log, Holder: fmt.Sprint("process-", b.log.newest().rev), Sole: true,
		Connections: []Connection{{ID: "eng", Connector: c, Sweep: time.Hour}},
	})
}

// sync makes a run that must succeed.
func (b *bench) sync(req Request) Row {
	b.t.Helper()
	row := b.try(req)
	if row.Err != nil || row.State != portfolio.RunSucceeded {
		b.t.Fatalf("run %d is %s: %v", row.Run, row.State, row.Err)
	}
	return row
}

func (b *bench) try(req Request) Row {
	b.t.Helper()
	report, err := b.engine.Sync(b.t.Context(), req)
	if err != nil {
		b.t.Fatal(err)
	}
	return report.Rows[0]
}

func (b *bench) milestone(id string) *portfolio.MilestoneFact {
	b.t.Helper()
	v, ok := b.log.newest().Document(b.tool.key(id))
	if !ok {
		b.t.Fatalf("milestone %s is not stored", id)
	}
	return v.Doc.(*portfolio.MilestoneFact)
}

func (b *bench) stored(kind portfolio.Kind) (n int) {
	for range b.log.newest().Documents(kind) {
		n++
	}
	return n
}

func (b *bench) wantPresence(want portfolio.Presence, ids ...string) {
	b.t.Helper()
	for _, id := range ids {
		if got := b.milestone(id).Presence; got != want {
			b.t.Errorf("presence of %s = %q, want %q", id, got, want)
		}
	}
}

func TestAFirstRunWritesEverythingAndASecondWritesNothing(t *testing.T) {
	b := withFetcher(t, 35)
	row := b.sync(Request{})
	if row.Mode != ModeFull || row.Tally.Read != 35 || row.Tally.New != 35 || row.Tally.Requests != 4 {
		t.Errorf("first run: mode %s, tally %+v; want FULL with 35 new in 4 requests", row.Mode, row.Tally)
	}
	m := b.milestone("r7")
	if m.Name != "Record 7" || m.FirstSeen.IsZero() || m.SyncedAt.IsZero() || m.History.First != m.Due {
		t.Errorf("r7 was stored as %+v", m)
	}
	before := b.log.newest().rev
	row = b.sync(Request{})
	if row.Mode != ModeChanges || row.Tally.New+row.Tally.Changed != 0 {
		t.Errorf("second run: mode %s, tally %+v; want CHANGES without any", row.Mode, row.Tally)
	}
	if n := b.log.newest().rev - before; n != 2 {
		t.Errorf("a run that finds nothing made %d commits, want start and end", n)
	}
	if n := b.log.dataCommits(before); n != 0 {
		t.Errorf("a run that finds nothing made %d data commits", n)
	}
}

// However often it fails, a run is the first one until everything was read.
func TestARunAfterOnlyFailedOnesIsTheFirst(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages int // that each failing run reads first
		asked int // requests of the run that succeeds, at most
	}{{"nothing read", 0, 5}, {"begun", 1, 100}} {
		t.Run(c.name, func(t *testing.T) {
			b := withFetcher(t, 35)
			read := 0
			b.tool.page = func(int) error {
				if read++; read > c.pages {
					return connectors.ErrUnauthorized
				}
				return nil
			}
			for range 3 {
				read = 0
				if row := b.try(Request{}); row.State != portfolio.RunFailed || row.Mode != ModeFull || row.Why != "first run" {
					t.Fatalf("a failing run is %s %s %q, want FAILED FULL \"first run\"", row.State, row.Mode, row.Why)
				}
			}
			b.tool.page = nil
			row := b.sync(Request{})
			if row.Mode != ModeFull || row.Why != "first run" || row.Tally.Requests > c.asked {
				t.Errorf("the run that succeeds is %s %q with %d requests, want FULL \"first run\" with at most %d", row.Mode, row.Why, row.Tally.Requests, c.asked)
			}
			if n := b.stored(portfolio.KindMilestone); n != 35 {
				t.Errorf("%d milestones are stored, want 35", n)
			}
			if row := b.sync(Request{}); row.Mode != ModeChanges {
				t.Errorf("the run after it is %s, want CHANGES", row.Mode)
			}
		})
	}
}

func TestAnUnchangedSweepMakesNoDataCommit(t *testing.T) {
	b := withFetcher(t, 35)
	b.sync(Request{})
	before := b.log.newest().rev
	if row := b.sync(Request{Sweep: true}); row.Mode != ModeSweep {
		t.Errorf("mode = %s, want SWEEP", row.Mode)
	}
	if n := b.log.newest().rev - before; n != 3 {
		t.Errorf("a sweep that finds nothing made %d commits, want start, passes and end", n)
	}
	if n := b.log.dataCommits(before); n != 0 {
		t.Errorf("a sweep that finds nothing made %d data commits", n)
	}
	v, _ := b.log.newest().Document((&portfolio.Pass{Connection: "eng", Of: portfolio.KindMilestone, Scope: "all"}).Key())
	if pass := v.Doc.(*portfolio.Pass); pass.Count != 35 || pass.EndedAt.IsZero() {
		t.Errorf("pass = %+v, want 35 records", pass)
	}
}

func TestPageCursorAndRunAreOneCommit(t *testing.T) {
	b := withFetcher(t, 35)
	b.sync(Request{})
	for _, c := range b.log.commits {
		facts, cursor, run := 0, false, false
		for _, doc := range c.Put {
			switch doc.(type) {
			case *portfolio.MilestoneFact:
				facts++
			case *portfolio.SyncCursor:
				cursor = true
			case *portfolio.Run:
				run = true
			}
		}
		if !run || facts > 0 && !cursor || facts > b.tool.pageSize {
			t.Errorf("commit %d has %d facts, cursor %t, run %t", c.Revision, facts, cursor, run)
		}
	}
}

func TestAnEditIsWrittenWithItsMove(t *testing.T) {
	b := withFetcher(t, 3)
	b.sync(Request{})
	first := b.milestone("r1")
	b.tool.edit("r1", func(r *item) { r.due = portfolio.NewDate(2026, 4, 1) })
	if row := b.sync(Request{}); row.Tally.Changed != 1 {
		t.Errorf("changed = %d, want 1", row.Tally.Changed)
	}
	m := b.milestone("r1")
	today := portfolio.DateOf(time.Now().UTC())
	want := portfolio.DueHistory{
		First: portfolio.NewDate(2026, 3, 1), LaterMoves: 1,
		Moves: []portfolio.DueMove{{On: today, From: portfolio.NewDate(2026, 3, 1), To: portfolio.NewDate(2026, 4, 1)}},
	}
	if diff := cmp.Diff(want, m.History, cmp.Comparer(func(a, b portfolio.Date) bool { return a == b })); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if m.FirstSeen != first.FirstSeen {
		t.Errorf("firstSeen moved from %s to %s", first.FirstSeen, m.FirstSeen)
	}
}

func TestAnOlderRecordIsIgnoredUnlessAFullRunIsAskedFor(t *testing.T) {
	b := withFetcher(t, 3)
	b.sync(Request{})
	b.tool.put("r1", "all", "Newer")
	b.sync(Request{})
	b.tool.mu.Lock()
	stale := b.tool.records["r1"]
	stale.name, stale.edited, b.tool.order = "From a stale index", 1, nil
	b.tool.mu.Unlock()
	b.tool.version++ // reads everything
	b.sync(Request{})
	if got := b.milestone("r1").Name; got != "Newer" {
		t.Errorf("a stale record was written: %q", got)
	}
	b.sync(Request{Full: true})
	if got := b.milestone("r1").Name; got != "From a stale index" {
		t.Errorf("a full run that was asked for kept %q", got)
	}
}

func TestWhatACursorDependsOnMakesAFullRun(t *testing.T) {
	b := withFetcher(t, 3)
	b.sync(Request{})
	b.tool.version = 2
	if row := b.sync(Request{}); row.Mode != ModeFull || row.Why != "conversion changed from version 1 to 2" || row.Tally.Read < 3 {
		t.Errorf("after a new converter: %s, %q, read %d", row.Mode, row.Why, row.Tally.Read)
	}
	b.tool.request = "other fields"
	if row := b.sync(Request{}); row.Mode != ModeFull || row.Why != "what is asked of the tool has changed" {
		t.Errorf("after another request: %s, %q", row.Mode, row.Why)
	}
	if row := b.sync(Request{}); row.Mode != ModeChanges {
		t.Errorf("the run after it: %s", row.Mode)
	}
}

func TestACursorTheToolRefusesMakesAFullRun(t *testing.T) {
	b := withFetcher(t, 25)
	b.sync(Request{})
	refused := false
	b.tool.page = func(int) error {
		if !refused {
			refused = true
			return fmt.Errorf("token expired: %w", connectors.ErrCursor)
		}
		return nil
	}
	if row := b.sync(Request{}); row.Mode != ModeFull || row.Tally.Read != 25 {
		t.Errorf("mode %s, read %d; want FULL with 25", row.Mode, row.Tally.Read)
	}
	b.tool.page = func(int) error { return connectors.ErrCursor }
	if row := b.try(Request{}); row.State != portfolio.RunFailed {
		t.Errorf("a tool that refuses even an empty cursor: %s", row.State)
	}
}

func TestAnotherSiteIsAnErrorUntilAccepted(t *testing.T) {
	b := withFetcher(t, 3)
	b.sync(Request{})
	b.tool.instance = "site-2"
	b.tool.put("r1", "all", "Of the other site")
	row := b.try(Request{})
	if !errors.Is(row.Err, ErrNewSite) || b.milestone("r1").Name != "Record 1" {
		t.Errorf("error %v, r1 %q; want ErrNewSite and nothing written", row.Err, b.milestone("r1").Name)
	}
	row = b.sync(Request{AcceptNewSite: true})
	if b.milestone("r1").Name != "Of the other site" || row.Mode != ModeFull || row.Tally.Read != 3 {
		t.Errorf("accepted: r1 %q, %s, read %d", b.milestone("r1").Name, row.Mode, row.Tally.Read)
	}
	b.sync(Request{})
}

func TestSinceMovesOnlyAtTheEndOfARun(t *testing.T) {
	b := withFetcher(t, 35)
	b.tool.page = func(n int) error {
		if n == 3 {
			return errors.New("500")
		}
		return nil
	}
	row := b.try(Request{})
	if row.State != portfolio.RunFailed || !strings.Contains(row.Err.Error(), "500") {
		t.Errorf("state %s, error %v", row.State, row.Err)
	}
	v, _ := b.log.newest().Document((&portfolio.SyncCursor{Connection: "eng"}).Key())
	if s := v.Doc.(*portfolio.SyncCursor).Streams["edits"]; s.Since != "" || s.Position == "" {
		t.Errorf("cursor after a failure = %+v, want a position and no since", s)
	}
	if row := b.sync(Request{}); row.Tally.Read != 15 || b.stored(portfolio.KindMilestone) != 35 {
		t.Errorf("the next run read %d and %d are stored; want it to go on with 15 of 35", row.Tally.Read, b.stored(portfolio.KindMilestone))
	}
}

func TestALongRateLimitParksAndAShortOneIsSleptThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		b.log.now = func() time.Time { return time.Now().Add(-7 * time.Minute) } // the store's clock is another
		limit := 30 * time.Second
		limited := map[int]bool{2: true}
		b.tool.page = func(n int) error {
			if limited[n] {
				return &connectors.RateLimited{Until: time.Now().Add(limit), Reason: "burst"}
			}
			return nil
		}
		row := b.sync(Request{})
		if row.Took < limit || row.Tally.Waited != limit || row.Tally.Read != 35 {
			t.Errorf("took %s, waited %s, read %d", row.Took, row.Tally.Waited, row.Tally.Read)
		}
		b.tool.put("r1", "all", "Edited")
		limit, limited[b.tool.pages+1] = time.Hour, true
		row = b.try(Request{})
		storeNow, _ := b.log.Now(t.Context())
		if row.State != portfolio.RunParked || row.ParkedTill.Sub(storeNow).Round(time.Second) != time.Hour {
			t.Errorf("state %s till %s, want PARKED for an hour by the store's clock", row.State, row.ParkedTill)
		}
		asked := b.tool.requests
		if row := b.try(Request{Full: true}); row.State != portfolio.RunParked || b.tool.requests != asked {
			t.Errorf("a parked connection was asked before its time: %s", row.State)
		}
		time.Sleep(time.Hour)
		if row := b.sync(Request{}); row.Run != 2 || b.milestone("r1").Name != "Edited" {
			t.Errorf("run %d after parking, r1 %q; want run 2 carried on", row.Run, b.milestone("r1").Name)
		}
	})
}

func TestAPageThatTakesTooLongFailsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 35)
		var wait atomic.Int64
		b.tool.page = func(n int) error {
			if n == 2 {
				time.Sleep(time.Duration(wait.Load()))
			}
			return nil
		}
		again := func(page int, d time.Duration) {
			b.tool.mu.Lock()
			defer b.tool.mu.Unlock()
			b.tool.pages = page
			wait.Store(int64(d))
		}
		again(0, 4*time.Minute) // four leases, within the page's limit
		b.sync(Request{})
		beats := len(b.log.commits)
		if beats < 10 {
			t.Errorf("%d commits, want heartbeats every third of the lease", beats)
		}
		b.tool.version = 2
		again(0, 6*time.Minute)
		begun := time.Now()
		if row := b.try(Request{}); !errors.Is(row.Err, ErrPageLimit) || time.Since(begun) > 5*time.Minute+DefaultGrace {
			t.Errorf("error %v after %s, want ErrPageLimit after 5m", row.Err, time.Since(begun))
		}
		again(10, 0)
		if row := b.sync(Request{}); row.Run != 3 {
			t.Errorf("run %d, want the next one once the connector came back", row.Run)
		}
	})
}

func TestAPanicOfAConnectorFailsItsRunOnly(t *testing.T) {
	b := withFetcher(t, 35)
	b.tool.page = func(n int) error {
		if n == 2 {
			panic("nil map")
		}
		return nil
	}
	if row := b.try(Request{}); row.State != portfolio.RunFailed || !strings.Contains(row.Err.Error(), "panicked: nil map") {
		t.Errorf("state %s, error %v", row.State, row.Err)
	}
	b.sync(Request{})
}

func TestADryRunListsWhatWouldChangeAndWritesNothing(t *testing.T) {
	b := withFetcher(t, 35)
	b.sync(Request{})
	b.tool.put("r35", "all", "New")
	b.tool.edit("r1", func(r *item) { r.name, r.due = "Renamed", portfolio.NewDate(2027, 1, 1) })
	b.tool.edit("r2", func(r *item) { r.broken = true })
	b.tool.lose(portfolio.PresenceDeleted, "r3")
	before := b.log.newest().rev
	row := b.sync(Request{DryRun: true, Sweep: true})
	if after := b.log.newest().rev; after != before {
		t.Errorf("a dry run made %d commits", after-before)
	}
	want := []Change{
		{Key: b.tool.key("r35"), What: WhatNew},
		{Key: b.tool.key("r1"), What: WhatChanged, Fields: []string{"updatedAt", "name", "due"}},
		{Key: b.tool.key("r2"), What: WhatQuarantined},
		{Key: b.tool.key("r3"), What: WhatGone},
	}
	if diff := cmp.Diff(want, row.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestTwentyRunsAreKept(t *testing.T) {
	b := withFetcher(t, 1)
	for range 25 {
		b.sync(Request{})
	}
	if n := b.stored(portfolio.KindRun); n != keepRuns {
		t.Errorf("%d runs are kept, want %d", n, keepRuns)
	}
}

func TestAnUnknownConnectionIsAnError(t *testing.T) {
	b := withFetcher(t, 1)
	if _, err := b.engine.Sync(t.Context(), Request{Connections: []string{"eng", "nobody"}}); !errors.Is(err, portfolio.ErrNotFound) {
		t.Errorf("Sync of an unknown connection: %v", err)
	}
	if err := b.engine.Start(Request{Connections: []string{"nobody"}}); !errors.Is(err, portfolio.ErrNotFound) {
		t.Errorf("Start of an unknown connection: %v", err)
	}
	if err := b.engine.Start(Request{DryRun: true}); !errors.Is(err, portfolio.ErrInvalid) {
		t.Errorf("Start of a dry run: %v", err)
	}
}

func TestALaggingReplicaChangesNothing(t *testing.T) {
	b := withFetcher(t, 95)
	b.log.lag = 4
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceDeleted, "r1", "r2")
	b.tool.put("r3", "all", "Edited")
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceDeleted, "r1", "r2")
	v, _ := b.log.newest().Document((&portfolio.Pass{Connection: "eng", Of: portfolio.KindMilestone, Scope: "all"}).Key())
	if pass := v.Doc.(*portfolio.Pass); pass.Count != 93 {
		t.Errorf("the pass counts %d records, want 93", pass.Count)
	}
	before := b.log.newest().rev
	b.sync(Request{Sweep: true})
	if n := b.log.dataCommits(before); n != 0 || b.milestone("r3").Name != "Edited" {
		t.Errorf("%d data commits after nothing changed, r3 %q", n, b.milestone("r3").Name)
	}
}

func TestProgressIsTold(t *testing.T) {
	b := withFetcher(t, 35)
	var pages, listings int
	b.sync(Request{})
	b.tool.version = 2
	b.sync(Request{Sweep: true, Progress: func(p Progress) {
		pages++
		if p.Listing {
			listings++
		}
	}})
	if pages != 8 || listings != 4 {
		t.Errorf("progress was told %d times, %d of listings; want 8 and 4", pages, listings)
	}
}

func TestAPageLargerThanACommitIsSplitAndItsCursorComesLast(t *testing.T) {
	b := withFetcher(t, 2*maxCommit+1)
	b.tool.pageSize = 3 * maxCommit
	b.sync(Request{})
	withFacts := 0
	for _, c := range b.log.commits {
		facts, cursor := 0, false
		for _, doc := range c.Put {
			switch doc.(type) {
			case *portfolio.MilestoneFact:
				facts++
			case *portfolio.SyncCursor:
				cursor = true
			}
		}
		if facts == 0 {
			continue
		}
		withFacts++
		if last := withFacts == 3; cursor != last || facts > maxCommit {
			t.Errorf("commit %d has %d facts, cursor %t", c.Revision, facts, cursor)
		}
	}
	if withFacts != 3 {
		t.Errorf("%d commits with facts, want 3", withFacts)
	}
}

func TestAConnectorCannotWriteForAnotherConnection(t *testing.T) {
	tool := newTool(3)
	b := newBench(t, tool, tool)
	tool.conn = "somebody-else"
	if row := b.try(Request{}); !errors.Is(row.Err, portfolio.ErrInvalid) || b.stored(portfolio.KindMilestone) != 0 {
		t.Errorf("row %+v, %d stored", row, b.stored(portfolio.KindMilestone))
	}
}

func TestAnAccountThatTheToolReadsLaterIsWrittenOnce(t *testing.T) {
	tool := newTool(3)
	b := newBench(t, tool, remembering{tool})
	b.sync(Request{})
	if m := b.milestone("r1"); m.History.Read {
		t.Fatalf("history = %+v before the tool read it", m.History)
	}
	tool.version = 2
	b.sync(Request{})
	if m := b.milestone("r1"); !m.History.Read || m.History.First != portfolio.NewDate(2026, 2, 1) {
		t.Errorf("history = %+v, want the tool's own", m.History)
	}
	before := b.log.newest().rev
	b.sync(Request{Full: true})
	if n := b.log.dataCommits(before); n != 0 {
		t.Errorf("reading it again made %d data commits", n)
	}
}
