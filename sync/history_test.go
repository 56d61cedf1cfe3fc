package sync

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
)

func day(d int) portfolio.Date { return portfolio.NewDate(2026, 1, d) }

func move(on, from, to portfolio.Date) portfolio.DueMove {
	return portfolio.DueMove{On: on, From: from, To: to}
}

var none portfolio.Date

func TestTheHistoryOfADueDate(t *testing.T) {
	due := func(d portfolio.Date, h portfolio.DueHistory) *portfolio.MilestoneFact {
		return &portfolio.MilestoneFact{Due: d, History: h}
	}
	observed := portfolio.DueHistory{First: day(5), LaterMoves: 1, Moves: []portfolio.DueMove{move(day(2), day(5), day(9))}}
	for name, c := range map[string]struct {
		before, now *portfolio.MilestoneFact
		want        portfolio.DueHistory
	}{
		"begins with the first due date": {nil, due(day(5), portfolio.DueHistory{}), portfolio.DueHistory{First: day(5)}},
		"of nothing is nothing":          {nil, due(none, portfolio.DueHistory{}), portfolio.DueHistory{}},
		"a date that is set later is the first, and no slip": {
			due(none, portfolio.DueHistory{}), due(day(5), portfolio.DueHistory{}),
			portfolio.DueHistory{First: day(5), Moves: []portfolio.DueMove{move(day(20), none, day(5))}},
		},
		"a move to a later date is counted": {
			due(day(9), observed), due(day(12), portfolio.DueHistory{}),
			portfolio.DueHistory{First: day(5), LaterMoves: 2, Moves: []portfolio.DueMove{move(day(2), day(5), day(9)), move(day(20), day(9), day(12))}},
		},
		"a move to an earlier date is kept and not counted": {
			due(day(9), observed), due(day(7), portfolio.DueHistory{}),
			portfolio.DueHistory{First: day(5), LaterMoves: 1, Moves: []portfolio.DueMove{move(day(2), day(5), day(9)), move(day(20), day(9), day(7))}},
		},
		"a date taken away is kept and not counted": {
			due(day(9), observed), due(none, portfolio.DueHistory{}),
			portfolio.DueHistory{First: day(5), LaterMoves: 1, Moves: []portfolio.DueMove{move(day(2), day(5), day(9)), move(day(20), day(9), none)}},
		},
		"the tool's own account begins a new milestone": {
			nil, due(day(9), portfolio.DueHistory{First: day(3), LaterMoves: 1, Moves: []portfolio.DueMove{move(day(1), day(3), day(9))}, Read: true}),
			portfolio.DueHistory{First: day(3), LaterMoves: 1, Moves: []portfolio.DueMove{move(day(1), day(3), day(9))}, Read: true},
		},
		"the tool's own account replaces what was observed since its first move": {
			due(day(9), observed),
			due(day(9), portfolio.DueHistory{First: day(3), LaterMoves: 2, Moves: []portfolio.DueMove{move(day(1), day(3), day(6)), move(day(2), day(6), day(9))}, Read: true}),
			portfolio.DueHistory{First: day(3), LaterMoves: 2, Moves: []portfolio.DueMove{move(day(1), day(3), day(6)), move(day(2), day(6), day(9))}, Read: true},
		},
		"what the tool has forgotten stays": {
			due(day(9), observed),
			due(day(11), portfolio.DueHistory{LaterMoves: 1, Moves: []portfolio.DueMove{move(day(4), day(9), day(11))}, Read: true}),
			portfolio.DueHistory{First: day(5), LaterMoves: 2, Moves: []portfolio.DueMove{move(day(2), day(5), day(9)), move(day(4), day(9), day(11))}, Read: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, observe(c.before, c.now, day(20)), sameDate); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheLastFiftyMovesAreKeptAndAllAreCounted(t *testing.T) {
	m := &portfolio.MilestoneFact{Due: day(1), History: portfolio.DueHistory{First: day(1)}}
	for i := range 60 {
		next := &portfolio.MilestoneFact{Due: day(2 + i)}
		next.History = observe(m, next, day(100+i))
		m = next
	}
	h := m.History
	if len(h.Moves) != portfolio.MaxMoves || h.LaterMoves != 60 || h.First != day(1) || h.Moves[49].To != day(61) {
		t.Errorf("%d moves kept, %d counted, first %s, last to %s", len(h.Moves), h.LaterMoves, h.First, h.Moves[49].To)
	}
}

func TestObservingDoesNotTouchTheStoredHistory(t *testing.T) {
	moves := make([]portfolio.DueMove, 1, 8)
	moves[0] = move(day(2), day(5), day(9))
	before := &portfolio.MilestoneFact{Due: day(9), History: portfolio.DueHistory{Moves: moves}}
	observe(before, &portfolio.MilestoneFact{Due: day(10)}, day(3))
	if moves[:2][1] != (portfolio.DueMove{}) {
		t.Error("a stored document was written to")
	}
}

func TestSameContent(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	base := func() *portfolio.MilestoneFact {
		return &portfolio.MilestoneFact{
			Source: portfolio.Source{ID: "1", UpdatedAt: at}, Name: "Go-live", Due: day(1),
			Work: &portfolio.WorkDone{Done: 1}, Fields: []portfolio.Field{{ID: "f", Date: day(2)}},
		}
	}
	for name, c := range map[string]struct {
		change func(*portfolio.MilestoneFact)
		want   bool
	}{
		"a copy":                    {func(*portfolio.MilestoneFact) {}, true},
		"the instant elsewhere":     {func(m *portfolio.MilestoneFact) { m.UpdatedAt = at.In(time.FixedZone("", 3600)) }, true},
		"an empty list for none":    {func(m *portfolio.MilestoneFact) { m.Labels = []string{} }, true},
		"what the engine keeps":     {func(m *portfolio.MilestoneFact) { m.FirstSeen, m.Unreadable = day(3), "x" }, true},
		"the history":               {func(m *portfolio.MilestoneFact) { m.History.LaterMoves = 3 }, true},
		"another name":              {func(m *portfolio.MilestoneFact) { m.Name = "Go live" }, false},
		"another date":              {func(m *portfolio.MilestoneFact) { m.Due = day(2) }, false},
		"no work":                   {func(m *portfolio.MilestoneFact) { m.Work = nil }, false},
		"other work":                {func(m *portfolio.MilestoneFact) { m.Work = &portfolio.WorkDone{Done: 2} }, false},
		"a field's date":            {func(m *portfolio.MilestoneFact) { m.Fields[0].Date = day(3) }, false},
		"one label":                 {func(m *portfolio.MilestoneFact) { m.Labels = []string{"a"} }, false},
		"another instant":           {func(m *portfolio.MilestoneFact) { m.UpdatedAt = at.Add(time.Millisecond) }, false},
		"another presence":          {func(m *portfolio.MilestoneFact) { m.Presence = portfolio.PresenceDeleted }, false},
		"a renamed key of the tool": {func(m *portfolio.MilestoneFact) { m.Source.Key = "PAY-2" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := base()
			c.change(m)
			if got := portfolio.SameContent(base(), m); got != c.want {
				t.Errorf("same content = %t, want %t", got, c.want)
			}
		})
	}
}
