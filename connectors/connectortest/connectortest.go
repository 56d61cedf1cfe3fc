// Package connectortest is the contract of a connector as a test suite. A
// connector brings a fake of its tool; the suite fills it, edits it between
// pages, breaks it in every way that tools have been seen to break, kills the
// run after every page, and compares what was read with what is there.
//
// Each test runs under virtual time: a fake must answer in process and take
// its clock from package time. The suite says nothing of what a tool's fields
// mean; that is for the connector's own tests.
package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// Tool is a fake tool and a connection to it. The milestones of the tool are
// numbered from 0 in the order in which they were added.
type Tool struct {
	// Open makes a connector, as a restarted process would.
	Open func(t testing.TB) connectors.Connector
	// Add adds a milestone.
	Add func(name string)
	// Rename changes a milestone's name.
	Rename func(i int, name string)
	// Delete removes a milestone for good.
	Delete func(i int)
	// Describe gives a milestone a long text in a field that is read.
	Describe func(i int, text string)
	// Status gives a milestone a status of a kind that nobody has heard of.
	Status func(i int, status string)
	// Spoil makes a milestone's record something that cannot be read, and Empty
	// makes every value of it null. Each returns how to undo it.
	Spoil, Empty func(i int) (undo func())
	// Zone moves the account to a time zone; nil if the tool has none.
	Zone func(zone string)
	// Break makes the tool misbehave; it returns nil for what the tool cannot do.
	Break func(f Fault) (mend func())
	// Send is what the tool sends when a milestone has changed; nil if it sends
	// nothing.
	Send func(i int) Sent
	// Pages are numbers of milestones around the borders of the tool's pages.
	Pages []int
	// Several is a number of milestones that make several of the connector's
	// own pages.
	Several int
}

// Run tests a connector. make is called for each test, under virtual time.
func Run(t *testing.T, make func(t testing.TB) Tool) {
	test := func(name string, run func(t *testing.T, tool Tool)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { run(t, make(t)) })
		})
	}
	test("sizes", testSizes)
	test("two runs write nothing", testIdle)
	test("edited between pages", testEdited)
	test("deleted between pages", testDeleted)
	test("killed after every page", testKilled)
	test("sweep killed after every page", testSweepKilled)
	for _, f := range []Fault{TooManySecondsOnce, TooManyDateOnce, TooManyBareOnce, ErrorOnce, DropOnce, TruncatedOnce, EmptyPageOnce, ShortPages} {
		test(string(f), func(t *testing.T, tool Tool) { testSurvives(t, tool, f) })
	}
	for f, kind := range map[Fault]error{HTML: nil, Unauthorized: connectors.ErrUnauthorized, RepeatedToken: nil} {
		test(string(f), func(t *testing.T, tool Tool) { testFails(t, tool, f, kind) })
	}
	test(string(TooManyForLong), testParked)
	test("odd records", testOdd)
	for _, zone := range []string{"Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Kathmandu"} {
		test("clock of "+zone, func(t *testing.T, tool Tool) { testZone(t, tool, zone, 2*time.Hour) })
	}
	test("autumn night", func(t *testing.T, tool Tool) {
		time.Sleep(time.Until(time.Date(2000, time.October, 28, 22, 0, 0, 0, time.UTC)))
		testZone(t, tool, "Europe/Berlin", 6*time.Hour)
	})
	test("spring night", func(t *testing.T, tool Tool) {
		time.Sleep(time.Until(time.Date(2000, time.March, 25, 22, 0, 0, 0, time.UTC)))
		testZone(t, tool, "Europe/Berlin", 6*time.Hour)
	})
	test("cancelled", testCancelled)
	test("described", testDescribed)
	test("deliveries", testHook)
}

// fill adds n milestones and returns their names, sorted.
func fill(tool Tool, n int) []string {
	var names []string
	for i := range n {
		name := fmt.Sprintf("Step %05d", i)
		tool.Add(name)
		names = append(names, name)
	}
	return names
}

func pull(t *testing.T, l *Ledger, c connectors.Connector) {
	t.Helper()
	if err := l.Pull(t.Context(), c, nil); err != nil {
		t.Fatalf("pull: %v", err)
	}
}

func sweep(t *testing.T, l *Ledger, c connectors.Connector) {
	t.Helper()
	if err := l.Sweep(t.Context(), c, nil); err != nil {
		t.Fatalf("sweep: %v", err)
	}
}

func wantNames(t *testing.T, l *Ledger, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, l.Names()); diff != "" {
		t.Errorf("milestones (-want +got):\n%s", diff)
	}
}

// undisturbed is what a reading without trouble brings.
func undisturbed(t *testing.T, tool Tool) *Ledger {
	t.Helper()
	l := NewLedger()
	pull(t, l, tool.Open(t))
	return l
}

func testSizes(t *testing.T, tool Tool) {
	var names []string
	for _, n := range tool.Pages {
		for i := len(names); i < n; i++ {
			names = append(names, fmt.Sprintf("Step %05d", i))
			tool.Add(names[i])
		}
		wantNames(t, undisturbed(t, tool), names)
	}
}

func testIdle(t *testing.T, tool Tool) {
	names := fill(tool, 7)
	c := tool.Open(t)
	l := NewLedger()
	pull(t, l, c)
	sweep(t, l, c)
	writes := l.Writes
	for range 2 {
		time.Sleep(10 * time.Minute)
		pull(t, l, c)
		sweep(t, l, c)
	}
	pull(t, l, tool.Open(t))
	sweep(t, l, tool.Open(t))
	if l.Writes != writes {
		t.Errorf("runs over an unchanged tool wrote %d facts, want none", l.Writes-writes)
	}
	wantNames(t, l, names)
}

func testEdited(t *testing.T, tool Tool) {
	names := fill(tool, tool.Several)
	c := tool.Open(t)
	l := NewLedger()
	last := len(names) - 1
	rename := func(i int) {
		names[i] += " (moved)"
		tool.Rename(i, names[i])
	}
	if err := l.Pull(t.Context(), c, func(page int) bool {
		if page <= 3 {
			time.Sleep(time.Second)
			rename(page - 1)
			rename(last - page)
		}
		time.Sleep(20 * time.Minute) // longer than any overlap makes up for
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if l.Pages < 2 {
		t.Fatalf("%d milestones made %d pages, want several", tool.Several, l.Pages)
	}
	time.Sleep(time.Minute)
	rename(last)
	pull(t, l, c)
	wantNames(t, l, names)
}

func testDeleted(t *testing.T, tool Tool) {
	names := fill(tool, tool.Several)
	c := tool.Open(t)
	l := NewLedger()
	if err := l.Pull(t.Context(), c, func(page int) bool {
		if page == 1 {
			tool.Delete(0)
			tool.Delete(len(names) - 1)
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Hour)
	pull(t, l, c)
	sweep(t, l, c)
	wantNames(t, l, names[1:len(names)-1])
	for key, f := range l.Facts {
		if p := f.Origin().Presence; p != "" && p != portfolio.PresenceDeleted {
			t.Errorf("%s: presence = %s, want DELETED", key, p)
		}
	}
}

func testKilled(t *testing.T, tool Tool) {
	fill(tool, tool.Several)
	whole := undisturbed(t, tool)
	for n := 1; n < whole.Pages; n++ {
		l := NewLedger()
		if err := l.Pull(t.Context(), tool.Open(t), func(page int) bool { return page < n }); !errors.Is(err, errKilled) {
			t.Fatalf("killed after page %d: %v", n, err)
		}
		pull(t, l, tool.Open(t))
		if diff := cmp.Diff(whole.Export(), l.Export()); diff != "" {
			t.Fatalf("killed after page %d of %d and resumed (-undisturbed +resumed):\n%s", n, whole.Pages, short(diff))
		}
		if l.Pages > whole.Pages+2 {
			t.Errorf("killed after page %d: %d pages in all, want few more than %d", n, l.Pages, whole.Pages)
		}
	}
}

func testSweepKilled(t *testing.T, tool Tool) {
	if _, ok := tool.Open(t).(connectors.Lister); !ok {
		t.Skip("it gives no listings")
	}
	names := fill(tool, tool.Several)
	l := undisturbed(t, tool)
	tool.Delete(3)
	time.Sleep(time.Hour)
	for n := 1; ; n++ {
		err := l.Sweep(t.Context(), tool.Open(t), func(page int) bool { return page < n })
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) || n > 100 {
			t.Fatalf("sweep killed after page %d: %v", n, err)
		}
	}
	wantNames(t, l, slices.Delete(names, 3, 4))
}

func testOdd(t *testing.T, tool Tool) {
	names := fill(tool, 6)
	c := tool.Open(t)
	l := NewLedger()
	tool.Describe(0, strings.Repeat("ü long ", 10_000/7))
	tool.Status(1, "Somewhere over the rainbow")
	restoreEmpty := tool.Empty(2)
	restoreBad := tool.Spoil(3)
	pull(t, l, c)
	if n := len(l.Quarantined); n < 1 || n > 2 { // an empty record may be worth nothing
		t.Errorf("%d records in quarantine, want the one that cannot be read: %v", n, l.Quarantined)
	}
	for _, i := range []int{0, 1, 4, 5} {
		if !slices.Contains(l.Names(), names[i]) {
			t.Errorf("%s was not read: %v", names[i], l.Names())
		}
	}
	if _, ok := c.(connectors.Fetcher); ok { // so it stays where it is listed
		sweep(t, l, c)
	}
	restoreBad()
	restoreEmpty()
	time.Sleep(time.Minute)
	tool.Rename(2, names[2])
	tool.Rename(3, names[3])
	pull(t, l, c)
	if len(l.Quarantined) != 0 {
		t.Errorf("still in quarantine: %v", l.Quarantined)
	}
	wantNames(t, l, names)
}

// testZone edits and reads in turn while the account lives in a time zone: no
// edit may be missed.
func testZone(t *testing.T, tool Tool, zone string, during time.Duration) {
	if tool.Zone == nil {
		t.Skip("the tool has no time zones")
	}
	names := fill(tool, 12)
	tool.Zone(zone)
	c := tool.Open(t)
	l := NewLedger()
	pull(t, l, c)
	for n := range int(during / (7 * time.Minute)) {
		time.Sleep(3*time.Minute + 17*time.Second)
		i := n % len(names)
		names[i] = fmt.Sprintf("Step %05d at %s", i, time.Now().UTC().Format("15:04:05"))
		tool.Rename(i, names[i])
		time.Sleep(3*time.Minute + 43*time.Second)
		pull(t, l, c)
		if diff := cmp.Diff(names, l.Names()); diff != "" {
			t.Fatalf("at %s (-want +got):\n%s", time.Now().UTC(), diff)
		}
	}
}

func testCancelled(t *testing.T, tool Tool) {
	fill(tool, tool.Several)
	ctx, cancel := context.WithCancel(t.Context())
	err := NewLedger().Pull(ctx, tool.Open(t), func(int) bool { cancel(); return true })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
	synctest.Wait() // whatever was under way has ended, or the test hangs here
}

// testDescribed holds that equal settings describe themselves equally.
func testDescribed(t *testing.T, tool Tool) {
	a, ok := tool.Open(t).(connectors.Describer)
	if !ok {
		t.Skip("it describes nothing")
	}
	b := tool.Open(t).(connectors.Describer)
	requestA, converterA := a.Describe()
	requestB, converterB := b.Describe()
	if requestA != requestB || converterA != converterB || requestA == "" || converterA < 1 {
		t.Errorf("described as %q, %d and then %q, %d", requestA, converterA, requestB, converterB)
	}
}

// short cuts a diff that would fill the screen.
func short(diff string) string {
	const most = 4000
	if len(diff) > most {
		return diff[:most] + "…"
	}
	return diff
}
