package portfolio

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// cost draws a cost of few projects and periods, so that they meet, overlap and
// come in several currencies.
func (h *history) cost() *CostFact {
	amount := func(what string) *decimal.Decimal {
		if h.chance(2) {
			return nil
		}
		d := decimal.NewFromInt(int64(rapid.IntRange(0, 6).Draw(h.t, what)))
		return &d
	}
	return &CostFact{Project: h.projectRef(), Period: h.word("2026-01", "2026-02", "2026-03", "2026-Q1", "2026-Q2", "2026-W07", "2026-02-10"),
		Category: h.word("", "", "licences"), Currency: h.word("", "EUR", "EUR", "USD"),
		Budget: amount("budget"), Planned: amount("planned"), Earned: amount("earned"), Actual: amount("actual"), Forecast: amount("forecast")}
}

// While nobody changes anything, days alone turn rows, and each row says on
// which day: a portfolio that lives through the days equals one that is built
// on the last of them.
func TestCostsTurnHealthOnTheDayTheySay(t *testing.T) {
	checkProperty(t, 200, func(t *rapid.T) {
		h := newHistory(t)
		docs := []Document{&Clock{Today: NewDate(2026, 1, 1)}, &Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng"}}}}
		project := &ProjectFact{Source: source("eng", "project", "1"), Name: "Pay", Start: NewDate(2026, 1, 1), Due: NewDate(2026, 6, 1)}
		if h.chance(3) {
			project.Finished = h.date("finished")
		}
		docs = append(docs, project)
		docs = append(docs, &MilestoneFact{Source: source("eng", "version", "1"), Project: project.DocID(), Due: NewDate(2026, 6, 1), Baseline: NewDate(2026, 6, 1),
			Work: &WorkDone{Todo: rapid.IntRange(0, 3).Draw(t, "todo"), Done: rapid.IntRange(0, 3).Draw(t, "done")}})
		known := map[Key]bool{}
		for range rapid.IntRange(1, 6).Draw(t, "costs") {
			c := h.cost()
			c.Project = project.DocID()
			if !known[c.Key()] {
				known[c.Key()] = true
				docs = append(docs, c)
			}
		}
		h.begin(docs...)
		for range rapid.IntRange(1, 12).Draw(t, "days") {
			c := Commit{Position: Position{Revision: h.now.Position().Revision + 1}}
			c.Data = c.Position
			c.Put = []Document{&Clock{Today: h.now.Today().AddDays(rapid.IntRange(1, 20).Draw(t, "later"))}}
			next, diff := h.now.Apply(c)
			before := h.now
			h.accept(c, next)
			now := rebuild(t, h.state())
			if d := sameSnapshot(now, next); d != "" {
				t.Fatalf("%s: lived through differs from rebuilt (-rebuilt +lived):\n%s", next.Today(), d)
			}
			if d := cmp.Diff(Compare(before, now).Changes, diff.Changes); d != "" {
				t.Fatalf("%s: diff differs from the comparison of two rebuilds:\n%s", next.Today(), d)
			}
		}
	})
}
