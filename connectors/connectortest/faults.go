package connectortest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
)

// Fault is a way to misbehave.
type Fault string

// The faults. Each strikes once, or until it is mended, as its name says.
const (
	TooManySecondsOnce Fault = "429 with Retry-After in seconds, once"
	TooManyDateOnce    Fault = "429 with Retry-After as a date, once"
	TooManyBareOnce    Fault = "429 without Retry-After, once"
	TooManyForLong     Fault = "429 with a Retry-After of an hour"
	ErrorOnce          Fault = "500, once"
	DropOnce           Fault = "connection dropped, once"
	TruncatedOnce      Fault = "reply truncated, once"
	EmptyPageOnce      Fault = "empty page with a token, once"
	ShortPages         Fault = "pages of one record"
	HTML               Fault = "login page with 200"
	Unauthorized       Fault = "401 in the middle of a run"
	RepeatedToken      Fault = "repeated token"
)

// testSurvives holds that a passing fault leaves no trace in what is read.
func testSurvives(t *testing.T, tool Tool, f Fault) {
	fill(tool, 2*slices.Max(tool.Pages)+1)
	want := undisturbed(t, tool).Export()
	mend := tool.Break(f)
	if mend == nil {
		t.Skip("the tool cannot do this")
	}
	l := NewLedger()
	pull(t, l, tool.Open(t))
	mend()
	if diff := cmp.Diff(want, l.Export()); diff != "" {
		t.Errorf("(-undisturbed +disturbed):\n%s", short(diff))
	}
}

// testFails holds that a lasting fault is an error, never a good run that read
// nothing, and that the next run makes up for it.
func testFails(t *testing.T, tool Tool, f Fault, kind error) {
	fill(tool, 2*slices.Max(tool.Pages)+1)
	want := undisturbed(t, tool).Export()
	mend := tool.Break(f)
	if mend == nil {
		t.Skip("the tool cannot do this")
	}
	l := NewLedger()
	err := l.Pull(t.Context(), tool.Open(t), nil)
	if err == nil {
		t.Fatal("the run ended well")
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("error = %v, want %v", err, kind)
	}
	for name, s := range l.Cursor {
		if s.Since != "" && s.Position == "" {
			t.Errorf("since of %s moved to %q in a run that failed", name, s.Since)
		}
	}
	mend()
	pull(t, l, tool.Open(t))
	if diff := cmp.Diff(want, l.Export()); diff != "" {
		t.Errorf("after the fault was mended (-undisturbed +made up for):\n%s", short(diff))
	}
}

func testParked(t *testing.T, tool Tool) {
	fill(tool, 3)
	mend := tool.Break(TooManyForLong)
	if mend == nil {
		t.Skip("the tool cannot do this")
	}
	start := time.Now()
	err := NewLedger().Pull(t.Context(), tool.Open(t), nil)
	var limited *connectors.RateLimited
	if !errors.As(err, &limited) {
		t.Fatalf("error = %v, want RateLimited", err)
	}
	if wait := limited.Until.Sub(start); wait < 59*time.Minute || wait > 61*time.Minute {
		t.Errorf("asked to come back after %v, want an hour", wait)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("slept %v inside the run", took)
	}
	mend()
	time.Sleep(time.Until(limited.Until))
	l := NewLedger()
	pull(t, l, tool.Open(t))
	if len(l.Names()) != 3 {
		t.Errorf("after the hour: %v", l.Names())
	}
}
