package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

// inbox is a connection that waits for files: each line is a milestone, whose
// project is the file's name. It reads ten lines at a time.
type inbox struct{ page func(n int) error }

func (i inbox) Pull(context.Context, connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		yield(connectors.Page{Site: i.site(), Next: connectors.Cursor{}}, nil)
	}
}

func (inbox) site() *portfolio.Site {
	return &portfolio.Site{Connection: "eng", Type: "inbox", Instance: "eng"}
}

func (i inbox) Import(name string, file connectors.File) (connectors.Connector, error) {
	if name == "" {
		return nil, fmt.Errorf("%w: a file has a name", portfolio.ErrInvalid)
	}
	return letter{i, name, file}, nil
}

type letter struct {
	inbox
	name string
	file connectors.File
}

func (l letter) Pull(context.Context, connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		text, err := io.ReadAll(l.file)
		if err != nil {
			yield(connectors.Page{}, err)
			return
		}
		lines := strings.Fields(string(text))
		page := connectors.Page{Site: l.site()}
		for n, line := range lines {
			source := portfolio.Source{Connection: "eng", Kind: "issue", ID: line, Scope: l.name}
			switch line {
			case "broken":
				yield(page, errors.New("line 3 is broken"))
				return
			case "odd":
				page.Quarantined = append(page.Quarantined, portfolio.Quarantine{Source: source, Of: portfolio.KindMilestone, Reason: "it is odd", Converter: 1})
			default:
				page.Facts = append(page.Facts, &portfolio.MilestoneFact{Source: source, Name: line, Project: "eng/project/" + l.name})
			}
			if n%10 == 9 {
				if l.page != nil {
					if err := l.page(n); err != nil {
						yield(connectors.Page{}, err)
						return
					}
				}
				if !yield(page, nil) {
					return
				}
				page = connectors.Page{}
			}
		}
		page.Complete = []connectors.Scope{{Name: l.name, Of: portfolio.KindMilestone}}
		yield(page, nil)
	}
}

func (l letter) Fetch(_ context.Context, lost []portfolio.ToolFact) (found []connectors.Fetched, err error) {
	for _, f := range lost {
		found = append(found, connectors.Fetched{Key: f.Key(), Presence: portfolio.PresenceDeleted})
	}
	return found, nil
}

// sent is a file of lines, as r0 to r9.
func sent(name string, lines ...string) File {
	return File{Connection: "eng", Name: name, Content: strings.NewReader(strings.Join(lines, "\n"))}
}

func (b *bench) send(f File) Row {
	b.t.Helper()
	row, err := b.engine.Import(b.t.Context(), f)
	if err != nil {
		b.t.Fatal(err)
	}
	return row
}

func newInbox(t *testing.T) *bench { return newBench(t, newTool(0), inbox{}) }

func TestAFileIsReadAndWhatItLacksIsGone(t *testing.T) {
	b := newInbox(t)
	row := b.send(sent("a", ids(0, 20)...))
	if row.State != portfolio.RunSucceeded || row.Mode != ModeImport || row.Why != "a" || row.Tally.New != 20 {
		t.Fatalf("the run is %s %s (%s) with %+v: %v", row.State, row.Mode, row.Why, row.Tally, row.Err)
	}
	before := b.log.newest().rev
	if row = b.send(sent("a", ids(0, 20)...)); row.Tally.New+row.Tally.Changed+row.Tally.Gone != 0 || b.log.dataCommits(before) > 1 {
		t.Errorf("the same file again wrote %+v in %d data commits", row.Tally, b.log.dataCommits(before))
	}
	if row = b.send(sent("a", append(ids(0, 18), "r30", "odd")...)); row.Tally.Gone != 2 || row.Tally.New != 1 || row.Tally.Quarantined != 1 {
		t.Errorf("a file that lacks two and has one more wrote %+v", row.Tally)
	}
	if len(row.Quarantined) != 1 || row.Quarantined[0].Reason != "it is odd" {
		t.Errorf("told as odd: %+v", row.Quarantined)
	}
	b.wantPresence(portfolio.PresenceDeleted, "r18", "r19")
	b.wantPresence("", "r0", "r30")
}

// Nothing but a newer file of the same thing takes away what a file brought:
// neither other files, nor runs and sweeps of the connection.
func TestWhatAFileBroughtStaysUntilANewerOneLacksIt(t *testing.T) {
	b := newInbox(t)
	b.send(sent("a", ids(0, 10)...))
	b.send(sent("b", ids(10, 20)...))
	for _, req := range []Request{{}, {Sweep: true}, {Full: true}, {Full: true, Sweep: true}} {
		b.sync(req)
	}
	b.send(sent("b", ids(10, 20)...))
	b.wantPresence("", ids(0, 20)...)
	b.wantHolds(0)
}

func TestALossThatIsTooMuchIsHeldUntilItIsConfirmedAndSentAgain(t *testing.T) {
	b := newInbox(t)
	b.send(sent("a", ids(0, 20)...))
	row := b.send(sent("a", ids(0, 5)...))
	if len(row.Held) != 1 || row.Tally.Gone != 0 || row.Held[0].Lost != 15 {
		t.Fatalf("held %+v with %+v, want 15 of 20 held", row.Held, row.Tally)
	}
	b.wantPresence("", ids(0, 20)...)
	if _, err := b.engine.Confirm(t.Context(), row.Held[0].Key(), "ann"); err != nil {
		t.Fatal(err)
	}
	b.sync(Request{Sweep: true}) // which a confirmation asks for
	b.wantPresence("", ids(0, 20)...)
	if row = b.send(sent("a", ids(0, 5)...)); row.Tally.Gone != 15 || len(row.Held) != 0 {
		t.Errorf("after the confirmation %+v is gone and %+v held", row.Tally, row.Held)
	}
	b.wantHolds(0)
}

func TestAFileThatCannotBeReadTakesNothingAway(t *testing.T) {
	b := newInbox(t)
	b.send(sent("a", ids(0, 20)...))
	row := b.send(sent("a", "r0", "broken"))
	if row.State != portfolio.RunFailed || row.Err == nil || !strings.Contains(row.Err.Error(), "line 3 is broken") {
		t.Errorf("the run is %s: %v", row.State, row.Err)
	}
	b.wantPresence("", ids(0, 20)...)
	if row = b.sync(Request{}); row.Mode == ModeImport {
		t.Error("the next run carries the file on")
	}
}

func TestADryImportWritesNothing(t *testing.T) {
	b := newInbox(t)
	b.send(sent("a", ids(0, 20)...))
	before := b.log.newest().rev
	f := sent("a", append(ids(0, 19), "r40", "odd")...)
	f.DryRun = true
	row := b.send(f)
	told := map[What]int{}
	for _, c := range row.Changes {
		told[c.What]++
	}
	if told[WhatNew] != 1 || told[WhatGone] != 1 || told[WhatQuarantined] != 1 || len(row.Changes) != 3 {
		t.Errorf("would write %v, want one new, one gone, one quarantined", row.Changes)
	}
	if after := b.log.newest().rev; after != before {
		t.Errorf("%d commits were made", after-before)
	}
}

func TestAFileForWhoCannotTakeItIsRefused(t *testing.T) {
	b := withFetcher(t, 3)
	if _, err := b.engine.Import(t.Context(), sent("a", "r0")); !errors.Is(err, portfolio.ErrNotFound) {
		t.Errorf("a tool that takes no files: %v, want ErrNotFound", err)
	}
	b = newInbox(t)
	f := sent("a", "r0")
	f.Connection = "nobody"
	if _, err := b.engine.Import(t.Context(), f); !errors.Is(err, portfolio.ErrNotFound) {
		t.Errorf("an unknown connection: %v, want ErrNotFound", err)
	}
	if _, err := b.engine.Import(t.Context(), sent("", "r0")); !errors.Is(err, portfolio.ErrInvalid) {
		t.Errorf("a file without a name: %v, want ErrInvalid", err)
	}
}

func TestAConnectionThatIsBeingReadTakesNoSecondFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		going, went := make(chan struct{}), make(chan struct{})
		b := newBench(t, newTool(0), inbox{page: func(int) error { close(going); <-went; return nil }})
		done := make(chan Row)
		go func() { done <- b.send(sent("a", ids(0, 10)...)) }()
		<-going
		if _, err := b.engine.Import(t.Context(), sent("b", "r20")); !errors.Is(err, ErrBusy) {
			t.Errorf("error = %v, want ErrBusy", err)
		}
		close(went)
		if row := <-done; row.Err != nil {
			t.Error(row.Err)
		}
		if row := b.send(sent("b", "r20")); row.Err != nil {
			t.Error(row.Err)
		}
	})
}

// Whoever sent a file that was broken off sends it again; nobody else can.
func TestAnImportThatIsBrokenOffIsNotCarriedOn(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	b := newBench(t, newTool(0), inbox{page: func(n int) error {
		if n == 19 {
			stop()
		}
		return nil
	}})
	row, err := b.engine.Import(ctx, sent("a", ids(0, 40)...))
	if err != nil || row.State != portfolio.RunFailed || row.Err == nil {
		t.Errorf("broken off: %s, %v, %v; want FAILED with an error", row.State, row.Err, err)
	}
	if row = b.sync(Request{}); row.Mode == ModeImport || row.Run != 2 {
		t.Errorf("the next run is %d, %s", row.Run, row.Mode)
	}
}

func TestAnImportWhoseProcessDiedIsEnded(t *testing.T) {
	b := newInbox(t)
	b.send(sent("a", ids(0, 10)...))
	last, _ := lastRun(b.log.newest(), "eng")
	dead := *last
	dead.Number, dead.State, dead.Holder, dead.EndedAt = last.Number+1, portfolio.RunRunning, "dead", time.Time{}
	if _, err := b.log.Commit(t.Context(), store.Change{Put: []portfolio.Document{&dead}}); err != nil {
		t.Fatal(err)
	}
	b.engine = b.restart(inbox{})
	row := b.send(sent("a", ids(0, 10)...))
	if row.Run != 3 || row.State != portfolio.RunSucceeded {
		t.Errorf("the next run is %d, %s: %v", row.Run, row.State, row.Err)
	}
	v, _ := b.log.newest().Document(dead.Key())
	if run := v.Doc.(*portfolio.Run); run.State != portfolio.RunFailed || run.Error != brokenOff {
		t.Errorf("the run that died is %s: %q", run.State, run.Error)
	}
}
