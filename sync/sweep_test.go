package sync

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

func holds(b *bench) (all []*portfolio.Hold) {
	for v := range b.log.newest().Documents(portfolio.KindHold) {
		all = append(all, v.Doc.(*portfolio.Hold))
	}
	return all
}

func (b *bench) wantHolds(n int) {
	b.t.Helper()
	if all := holds(b); len(all) != n {
		b.t.Fatalf("%d holds, want %d: %+v", len(all), n, all)
	}
}

func ids(from, to int) (names []string) {
	for i := from; i < to; i++ {
		names = append(names, fmt.Sprint("r", i))
	}
	return names
}

func TestASweepTellsDeletedFromAccessLostAndOutOfScope(t *testing.T) {
	b := withFetcher(t, 60)
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceDeleted, "r1", "r2")
	b.tool.lose(portfolio.PresenceAccessLost, "r3")
	b.tool.lose(portfolio.PresenceOutOfScope, "r4")
	if row := b.sync(Request{Sweep: true}); row.Tally.Gone != 4 {
		t.Errorf("gone = %d, want 4", row.Tally.Gone)
	}
	b.wantPresence(portfolio.PresenceDeleted, "r1", "r2")
	b.wantPresence(portfolio.PresenceAccessLost, "r3")
	b.wantPresence(portfolio.PresenceOutOfScope, "r4")
	b.wantPresence("", "r5")
	if m := b.milestone("r1"); m.GoneSince.IsZero() || m.Name != "Record 1" {
		t.Errorf("r1 = %+v, want its content kept and the day it went", m)
	}
	before := b.log.newest().rev
	b.sync(Request{Sweep: true})
	if n := b.log.dataCommits(before); n != 0 {
		t.Errorf("sweeping again made %d data commits", n)
	}
}

func TestARecordThatComesBackIsReadAgain(t *testing.T) {
	b := withFetcher(t, 30)
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceAccessLost, "r1")
	b.sync(Request{Sweep: true})
	b.tool.mu.Lock()
	b.tool.records["r1"].presence, b.tool.records["r1"].name = "", "Renamed meanwhile"
	b.tool.mu.Unlock()
	b.sync(Request{Sweep: true})
	if m := b.milestone("r1"); m.Presence != "" || !m.GoneSince.IsZero() || m.Name != "Renamed meanwhile" {
		t.Errorf("r1 = %+v, want it present with its new name", m)
	}
}

func TestARecordThatOnlyTheListingShowsIsFetched(t *testing.T) {
	b := withFetcher(t, 30)
	b.sync(Request{})
	b.tool.mu.Lock()
	b.tool.records["old"] = &item{id: "old", name: "Permission granted", scope: "all"} // an edit long ago
	b.tool.mu.Unlock()
	b.sync(Request{})
	if row := b.sync(Request{Sweep: true}); row.Tally.New != 1 || b.milestone("old").Name != "Permission granted" {
		t.Errorf("new = %d, want the record the changes never showed", row.Tally.New)
	}
}

func TestAMovedRecordIsUpdatedNotLost(t *testing.T) {
	b := withFetcher(t, 30)
	b.tool.put("x1", "other", "In the other scope")
	b.sync(Request{})
	b.tool.mu.Lock()
	b.tool.records["r29"].scope = "another" // listed after "all", without an edit
	b.tool.mu.Unlock()
	row := b.sync(Request{Sweep: true})
	if m := b.milestone("r29"); m.Presence != "" || row.Tally.Gone != 0 {
		t.Errorf("r29 = %+v with %d gone, want it present", m, row.Tally.Gone)
	}
}

func TestAScopeThatIsNotListedAnyMoreIsGone(t *testing.T) {
	b := withFetcher(t, 30)
	b.tool.put("x1", "project-9", "Of a deleted project")
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceOutOfScope, "x1") // its scope vanishes from the listings
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceOutOfScope, "x1")
}

func TestWithoutAFetcherTwoListingsMustAgree(t *testing.T) {
	tool := newTool(30)
	b := newBench(t, tool, lister{tool})
	b.sync(Request{})
	tool.lose(portfolio.PresenceDeleted, "r1", "r2")
	b.sync(Request{Sweep: true})
	b.wantPresence("", "r1", "r2")
	tool.put("r2", "all", "It was an index that lagged")
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceDeleted, "r1")
	b.wantPresence("", "r2")
	tool.lose("", "r1")
	b.sync(Request{Sweep: true})
	b.wantPresence("", "r1")
}

func TestAMassLossIsHeldUntilConfirmed(t *testing.T) {
	b := withFetcher(t, 40)
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceAccessLost, ids(0, 15)...)
	b.tool.put("r20", "all", "Reading goes on")
	row := b.sync(Request{Sweep: true})
	b.wantPresence("", ids(0, 15)...)
	b.wantHolds(1)
	hold := holds(b)[0]
	if hold.Had != 40 || hold.Lost != 15 || len(hold.Samples) != maxSamples || hold.Scope != "all" || len(row.Held) != 1 {
		t.Errorf("hold = %+v, in the row %d; want 15 of 40", hold, len(row.Held))
	}
	if b.milestone("r20").Name != "Reading goes on" {
		t.Error("a hold stopped the reading")
	}
	before := b.log.newest().rev
	b.sync(Request{Sweep: true})
	if n := b.log.dataCommits(before); n != 0 {
		t.Errorf("a hold that did not change was written again: %d data commits", n)
	}

	confirmed, err := b.engine.Confirm(t.Context(), hold.Key(), "key:pmo")
	if err != nil || confirmed.ConfirmedBy != "key:pmo" {
		t.Fatalf("confirm: %+v, %v", confirmed, err)
	}
	if !b.engine.connections[0].asked.Sweep {
		t.Error("confirming did not ask for a sweep")
	}
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceAccessLost, ids(0, 15)...)
	b.wantHolds(0)
	b.tool.lose(portfolio.PresenceDeleted, "r30")
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceDeleted, "r30") // what was confirmed does not count against it
	b.wantHolds(0)
}

func TestAConfirmationCoversWhatItShowed(t *testing.T) {
	b := withFetcher(t, 40)
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceAccessLost, ids(0, 10)...)
	b.sync(Request{Sweep: true})
	b.wantHolds(1)
	if _, err := b.engine.Confirm(t.Context(), holds(b)[0].Key(), "key:pmo"); err != nil {
		t.Fatal(err)
	}
	b.tool.lose(portfolio.PresenceAccessLost, ids(10, 39)...)
	b.sync(Request{Sweep: true})
	b.wantPresence("", ids(0, 39)...)
	b.wantHolds(1)
	if hold := holds(b)[0]; hold.ConfirmedBy != "" || hold.Lost != 39 {
		t.Errorf("hold = %+v, want a new one of 39", hold)
	}
}

func TestAHoldEndsWhenTheRecordsAreBack(t *testing.T) {
	b := withFetcher(t, 40)
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceAccessLost, ids(0, 15)...)
	b.sync(Request{Sweep: true})
	b.wantHolds(1)
	b.tool.lose("", ids(2, 15)...)
	b.sync(Request{Sweep: true})
	b.wantHolds(0)
	b.wantPresence(portfolio.PresenceAccessLost, ids(0, 2)...)
}

func TestLossesOfADayAddUp(t *testing.T) {
	b := withFetcher(t, 40)
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceDeleted, ids(0, 7)...)
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceDeleted, ids(0, 7)...)
	b.tool.lose(portfolio.PresenceDeleted, ids(7, 10)...)
	b.sync(Request{Sweep: true})
	b.wantPresence("", ids(7, 10)...)
	b.wantHolds(1)
	day := time.Now().Add(25 * time.Hour)
	b.log.now = func() time.Time { return day }
	b.engine = b.restart(fetcher{lister{b.tool}})
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceDeleted, ids(7, 10)...)
	b.wantHolds(0)
}

func TestLossesOverManyScopesAreHeldTogether(t *testing.T) {
	tool := newTool(0)
	for i := range 40 {
		tool.put(fmt.Sprint("r", i), fmt.Sprint("project-", i/4), "Record")
	}
	b := newBench(t, tool, fetcher{lister{tool}})
	b.sync(Request{})
	for i := 0; i < 40; i += 4 { // one of four everywhere: no scope loses three
		tool.lose(portfolio.PresenceAccessLost, fmt.Sprint("r", i))
	}
	b.sync(Request{Sweep: true})
	b.wantPresence("", "r0", "r4", "r36")
	b.wantHolds(1)
	hold := holds(b)[0]
	if hold.Scope != "" || hold.Lost != 10 || hold.Had != 40 {
		t.Errorf("hold = %+v, want 10 of 40 over all scopes", hold)
	}
	if _, err := b.engine.Confirm(t.Context(), hold.Key(), "key:pmo"); err != nil {
		t.Fatal(err)
	}
	b.sync(Request{Sweep: true})
	b.wantPresence(portfolio.PresenceAccessLost, "r0", "r4", "r36")
	b.wantHolds(0)
}

func TestMoreThanFiveHundredAreHeldWhateverTheirShare(t *testing.T) {
	b := withFetcher(t, 5000)
	b.tool.pageSize = 1000
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceDeleted, ids(0, 501)...)
	b.sync(Request{Sweep: true})
	b.wantHolds(1)
	b.tool.lose("", "r500")
	b.sync(Request{Sweep: true})
	b.wantHolds(0)
	b.wantPresence(portfolio.PresenceDeleted, ids(0, 500)...)
}

func TestAHoldConfirmedDuringTheSweepIsKept(t *testing.T) {
	b := withFetcher(t, 40)
	b.sync(Request{})
	b.tool.lose(portfolio.PresenceAccessLost, ids(0, 15)...)
	b.sync(Request{Sweep: true})
	key := holds(b)[0].Key()
	b.tool.lose(portfolio.PresenceAccessLost, ids(15, 16)...)
	hold := *holds(b)[0]
	hold.ConfirmedBy = "key:pmo"
	confirmed := false
	b.log.check = func(c store.Change) error {
		if _, writesHold := c.Expect[key]; !writesHold || confirmed {
			return nil
		}
		confirmed = true // just before the sweep says that 16 are lost
		_, err := b.log.append(store.Change{Put: []portfolio.Document{&hold}, Author: hold.ConfirmedBy})
		return err
	}
	b.sync(Request{Sweep: true})
	if !confirmed {
		t.Fatal("the sweep did not write the hold")
	}
	b.wantHolds(0)
	b.wantPresence(portfolio.PresenceAccessLost, ids(0, 16)...)
}

func TestWhatTheToolListsAsDeletedIsNotHeld(t *testing.T) {
	tool := newTool(0)
	b := newBench(t, tool, binned{tool})
	for i := range 10 {
		tool.put(fmt.Sprint("r", i), "all", "Record")
	}
	b.sync(Request{})
	for i := range 8 {
		tool.edit(fmt.Sprint("r", i), func(r *item) { r.name = "bin" })
	}
	if row := b.sync(Request{}); row.Tally.Gone != 8 {
		t.Errorf("gone = %d, want 8", row.Tally.Gone)
	}
	b.wantPresence(portfolio.PresenceDeleted, ids(0, 8)...)
	b.wantHolds(0)
}

func TestCompletePullsNeedNoLister(t *testing.T) {
	tool := newTool(30)
	b := newBench(t, tool, whole{tool})
	b.sync(Request{})
	tool.lose(portfolio.PresenceDeleted, "r3")
	b.sync(Request{})
	b.wantPresence("", "r3")
	b.sync(Request{})
	b.wantPresence(portfolio.PresenceDeleted, "r3")
}

func TestAResumedPullJudgesNothing(t *testing.T) {
	tool := newTool(30)
	b := newBench(t, tool, whole{tool})
	b.sync(Request{})
	tool.page = func(n int) error {
		if n%4 == 2 {
			return fmt.Errorf("broken off")
		}
		return nil
	}
	tool.pages = 0
	b.try(Request{}) // its first page is saved with the end of the run
	tool.page = nil
	b.sync(Request{})
	b.wantHolds(0)
	b.sync(Request{})
	b.wantPresence("", ids(0, 30)...)
}

func TestAnInterruptedSweepGoesOnAtAScope(t *testing.T) {
	tool := newTool(0)
	for i := range 60 {
		tool.put(fmt.Sprint("r", i), fmt.Sprint("project-", i/20), "Record")
	}
	b := newBench(t, tool, fetcher{lister{tool}})
	b.sync(Request{})
	tool.pages = 0
	tool.page = func(n int) error { // 1 page of changes, then 2 for each scope
		if n == 5 {
			return fmt.Errorf("broken off in the middle of project-1")
		}
		return nil
	}
	b.try(Request{Sweep: true})
	tool.page = nil
	tool.requests = 0
	tool.lose(portfolio.PresenceDeleted, "r21")
	b.sync(Request{Sweep: true})
	if tool.requests != 1+4+1 {
		t.Errorf("%d requests, want 1 for changes, 4 for two scopes and 1 to look a record up", tool.requests)
	}
	b.wantPresence("", ids(0, 20)...)
	b.wantPresence(portfolio.PresenceDeleted, "r21")
}

func TestAnInterruptedSweepKnowsThatItSawHalfAScope(t *testing.T) {
	tool := newTool(60)
	b := newBench(t, tool, offsets{fetcher{lister{tool}}})
	b.sync(Request{})
	tool.page = func(n int) error {
		if n == 7+1+3 { // 7 pages of the first run, 1 of changes, 3 of 6 listed
			return fmt.Errorf("broken off")
		}
		return nil
	}
	b.try(Request{Sweep: true})
	tool.page = nil
	tool.requests = 0
	b.sync(Request{Sweep: true})
	if tool.requests != 1+6 {
		t.Errorf("%d requests, want 1 for changes and 6 for the whole listing", tool.requests)
	}
	b.wantHolds(0)
	b.wantPresence("", ids(0, 60)...)
}

func TestAnUnreadableRecordIsQuarantinedAndTriedAgain(t *testing.T) {
	b := withFetcher(t, 30)
	b.sync(Request{})
	b.tool.edit("r1", func(r *item) { r.broken, r.name = true, "Cannot be read" })
	b.tool.edit("new", func(r *item) { r.scope, r.broken = "all", true })
	if row := b.sync(Request{}); row.Tally.Quarantined != 2 {
		t.Errorf("quarantined = %d, want 2", row.Tally.Quarantined)
	}
	if m := b.milestone("r1"); m.Name != "Record 1" || m.Unreadable != "due is not a date" {
		t.Errorf("r1 = %+v, want its last good version, marked", m)
	}
	if n := b.stored(portfolio.KindQuarantine); n != 2 {
		t.Errorf("%d in quarantine, want 2", n)
	}
	before := b.log.newest().rev
	b.sync(Request{Sweep: true})
	if n := b.log.dataCommits(before); n != 0 || b.stored(portfolio.KindQuarantine) != 2 {
		t.Errorf("trying in vain made %d data commits, %d in quarantine", n, b.stored(portfolio.KindQuarantine))
	}
	b.wantPresence("", "r1")

	b.tool.mu.Lock() // the converter learned it; the record was not edited
	b.tool.records["r1"].broken, b.tool.records["new"].broken = false, false
	b.tool.mu.Unlock()
	b.sync(Request{Sweep: true})
	if m := b.milestone("r1"); m.Name != "Cannot be read" || m.Unreadable != "" {
		t.Errorf("r1 = %+v, want the new version unmarked", m)
	}
	if n := b.stored(portfolio.KindQuarantine); n != 0 || b.milestone("new") == nil {
		t.Errorf("%d in quarantine after a good read", n)
	}
}

func TestAnUnreadableRecordIsCountedOnce(t *testing.T) {
	b := withFetcher(t, 5)
	b.tool.edit("r3", func(r *item) { r.broken = true })
	b.tool.put("r4", "all", "Edited last, so that r3 is not pulled again")
	b.sync(Request{})
	asked := b.tool.requests
	row := b.sync(Request{Full: true})
	if row.Tally.Quarantined != 1 || row.Tally.Read != 5 {
		t.Errorf("a full run over 5 records, one of them unreadable, read %d and quarantined %d", row.Tally.Read, row.Tally.Quarantined)
	}
	if n := b.tool.requests - asked; n != 2 {
		t.Errorf("%d requests, want one for the records and one for the listing", n)
	}
	if row := b.sync(Request{Sweep: true}); row.Tally.Quarantined != 1 || b.tool.requests-asked != 5 {
		t.Errorf("a sweep quarantined %d, want the one record tried again", row.Tally.Quarantined)
	}
}

func TestAScopeThatIsNoLongerListedLeavesNoPassBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := withFetcher(t, 5)
		b.tool.put("moved", "old", "In a scope of its own")
		b.sync(Request{Full: true})
		b.sync(Request{Sweep: true})
		pass := &portfolio.Pass{Connection: "eng", Scope: "old", Of: portfolio.KindMilestone}
		stored := func() bool {
			_, ok := b.log.newest().Document(pass.Key())
			return ok
		}
		if !stored() {
			t.Fatal("a scope that is listed has no pass")
		}
		b.tool.lose(portfolio.PresenceOutOfScope, "moved")
		b.sync(Request{Sweep: true})
		if !stored() {
			t.Error("the pass is gone while its loss counts against later ones")
		}
		time.Sleep(lossWindow)
		b.sync(Request{Sweep: true})
		if stored() {
			t.Error("the pass stays for ever")
		}
	})
}

func TestANewConverterTriesTheQuarantineAgain(t *testing.T) {
	b := withFetcher(t, 30)
	b.tool.edit("r1", func(r *item) { r.broken = true })
	b.sync(Request{})
	b.tool.mu.Lock()
	b.tool.records["r1"].broken = false
	b.tool.mu.Unlock()
	b.tool.version = 2
	b.sync(Request{})
	if n := b.stored(portfolio.KindQuarantine); n != 0 || b.milestone("r1").Unreadable != "" {
		t.Errorf("%d in quarantine after a new converter", n)
	}
}

func TestAConverterThatFailedForAWhileLeavesNoMark(t *testing.T) {
	b := withFetcher(t, 30)
	b.sync(Request{})
	b.breakSilently("r1", true, 2)
	if got := b.milestone("r1").Unreadable; got == "" {
		t.Error("r1 is not marked as unreadable")
	}
	b.breakSilently("r1", false, 3)
	if got := b.milestone("r1").Unreadable; got != "" || b.stored(portfolio.KindQuarantine) != 0 {
		t.Errorf("r1 is marked %q after it was read again", got)
	}
}

// breakSilently reads everything with a converter that can or cannot read a
// record which nobody has edited.
func (b *bench) breakSilently(id string, broken bool, version int) {
	b.t.Helper()
	b.tool.mu.Lock()
	b.tool.records[id].broken, b.tool.version = broken, version
	b.tool.mu.Unlock()
	b.sync(Request{})
}

func TestAQuarantinedRecordThatIsDeletedLeavesQuarantine(t *testing.T) {
	for name, open := range map[string]func(*tool) connectors.Connector{
		"asked for": func(t *tool) connectors.Connector { return fetcher{lister{t}} },
		"listed":    func(t *tool) connectors.Connector { return lister{t} },
	} {
		t.Run(name, func(t *testing.T) {
			tool := newTool(30)
			b := newBench(t, tool, open(tool))
			tool.edit("new", func(r *item) { r.scope, r.broken = "all", true })
			b.sync(Request{})
			tool.lose(portfolio.PresenceDeleted, "new")
			b.sync(Request{Sweep: true})
			if n := b.stored(portfolio.KindQuarantine); n != 0 {
				t.Errorf("%d in quarantine after the record was deleted", n)
			}
		})
	}
}

func TestRawIsCutToItsLimit(t *testing.T) {
	b := withFetcher(t, 1)
	b.sync(Request{})
	r := &run{lease: &lease{engine: b.engine, conn: b.engine.connections[0]}, known: newKnown(b.log, b.log.newest()), bad: map[portfolio.Key]bool{}}
	r.newRoll(false)
	batch := r.newBatch()
	q := b.tool.unreadable(b.tool.records["r0"])
	q.Raw = []byte(strings.Repeat("x", portfolio.MaxRaw+1))
	r.quarantine(batch, q)
	i := slices.IndexFunc(batch.put, func(d portfolio.Document) bool { return d.Key().Kind == portfolio.KindQuarantine })
	if n := len(batch.put[i].(*portfolio.Quarantine).Raw); n != portfolio.MaxRaw {
		t.Errorf("%d bytes of raw are kept, want %d", n, portfolio.MaxRaw)
	}
}
