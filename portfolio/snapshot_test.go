package portfolio

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// day reads a date of a test.
func day(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A log of a test: it numbers commits and keeps the snapshot up to date.
type testLog struct {
	t    testing.TB
	now  *Snapshot
	last Diff
	docs map[Key]Versioned
}

func newTestLog(t testing.TB, today string) *testLog {
	t.Helper()
	s, err := NewSnapshot(State{})
	if err != nil {
		t.Fatal(err)
	}
	l := &testLog{t: t, now: s, docs: map[Key]Versioned{}}
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira"}, {ID: "ops", Name: "Operations", Type: "files"}}})
	l.today(today)
	return l
}

func (l *testLog) put(docs ...Document) *Snapshot { return l.commit(Commit{Put: docs}) }

func (l *testLog) remove(keys ...Key) *Snapshot { return l.commit(Commit{Delete: keys}) }

func (l *testLog) today(date string) *Snapshot { return l.put(&Clock{Today: day(l.t, date)}) }

func (l *testLog) commit(c Commit) *Snapshot {
	c.Revision = l.now.Position().Revision + 1
	c.Data = c.Position
	c.At = time.Date(2026, 1, 1, 0, 0, int(c.Revision), 0, time.UTC)
	for _, key := range c.Delete {
		delete(l.docs, key)
	}
	for _, d := range c.Put {
		l.docs[d.Key()] = Versioned{c.Revision, d}
	}
	l.now, l.last = l.now.Apply(c)
	return l.now
}

// state is what a store would load.
func (l *testLog) state() State {
	s := State{Position: l.now.Position(), Data: l.now.Data(), At: l.now.CommittedAt()}
	for _, v := range l.docs {
		s.Docs = append(s.Docs, v)
	}
	slices.SortFunc(s.Docs, func(a, b Versioned) int { return compareKeys(a.Doc.Key(), b.Doc.Key()) })
	return s
}

func source(connection, kind, id string) Source {
	return Source{Connection: connection, Kind: kind, ID: id, Key: id}
}

func TestProjectDrawsFromItsMilestones(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	s := l.put(
		&ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments", Start: day(t, "2026-01-01")},
		&MilestoneFact{Source: source("eng", "version", "1"), Name: "Beta", Project: "eng/project/PAY", Due: day(t, "2026-04-01"), Baseline: day(t, "2026-04-01")},
		&MilestoneFact{Source: source("eng", "version", "2"), Name: "Final", Project: "eng/project/PAY", Due: day(t, "2026-06-10"), Baseline: day(t, "2026-05-31")},
	)
	p, ok := s.Project("eng/project/PAY")
	if !ok {
		t.Fatal("project eng/project/PAY is missing")
	}
	if want := []string{"eng/version/1", "eng/version/2"}; !slices.Equal(s.MilestonesOf(p.ID), want) {
		t.Errorf("milestones = %v, want %v", s.MilestonesOf(p.ID), want)
	}
	if p.SlipDays == nil || *p.SlipDays != 10 || p.SlipFromID != "eng/version/2" {
		t.Errorf("slip = %v from %q, want 10 from the latest milestone", p.SlipDays, p.SlipFromID)
	}
	if p.Health.Computed != HealthYellow {
		t.Errorf("computed health = %s, want YELLOW (10 of 150 days)\n%v", p.Health.Computed, p.Health.Reasons)
	}
	if got, want := p.TargetDate, day(t, "2026-06-10"); got != want {
		t.Errorf("target = %s, want that of the latest milestone, %s", got, want)
	}
}

func TestRebuildEqualsWhatWasApplied(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	l.put(&ProjectFact{Source: source("eng", "project", "PAY"), Name: "Payments"})
	l.put(&MilestoneFact{Source: source("eng", "version", "1"), Name: "Beta", Project: "eng/project/PAY", Due: day(t, "2026-04-01")})
	rebuilt, err := NewSnapshot(l.state())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Diff{From: l.now.at, To: l.now.at}, Compare(rebuilt, l.now)); diff != "" {
		t.Error(diff)
	}
}
