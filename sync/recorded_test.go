package sync

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
)

// recorder makes edits in a memLog, but for what it refuses.
type recorder struct {
	log    *memLog
	refuse func(portfolio.EditChange) (portfolio.UserErrorCode, string)
	edits  int
}

func (r *recorder) Edit(ctx context.Context, e portfolio.Edit) (result portfolio.EditResult, err error) {
	r.edits++
	change := store.Change{Author: e.Author}
	for _, c := range e.Changes {
		if code, message := r.refuse(c); code != "" {
			result.Errors = append(result.Errors, portfolio.UserError{Code: code, Message: message, Path: c.Path})
		}
		if c.Put == nil {
			change.Delete = append(change.Delete, c.Delete)
			continue
		}
		signed := reflect.New(reflect.TypeOf(c.Put).Elem())
		signed.Elem().Set(reflect.ValueOf(c.Put).Elem())
		fact := signed.Interface().(portfolio.RecordedFact)
		*fact.Authorship() = portfolio.Authored{Author: e.Author}
		change.Put = append(change.Put, fact)
		result.Outcomes = append(result.Outcomes, portfolio.EditOutcome{Key: fact.Key(), What: portfolio.OutcomeCreated})
	}
	if len(result.Errors) > 0 || e.DryRun {
		return result, nil
	}
	_, err = r.log.Commit(ctx, change)
	return result, err
}

// telling is a tool that reports what people record with its first page.
type telling struct {
	fetcher
	facts *[]portfolio.RecordedFact
}

func (t telling) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		first := true
		for page, err := range t.tool.Pull(ctx, since) {
			if err == nil && first {
				page.Recorded, page.RecordedAll = *t.facts, true
				first = false
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// goals is a bench whose tool reports goals.
type goals struct {
	*bench
	recorder *recorder
	facts    []portfolio.RecordedFact
}

func withGoals(t *testing.T, facts ...portfolio.RecordedFact) *goals {
	tool := newTool(25) // three pages
	g := &goals{facts: facts}
	c := telling{fetcher{lister{tool}}, &g.facts}
	g.bench = newBench(t, tool, c)
	g.recorder = &recorder{log: g.log, refuse: func(portfolio.EditChange) (portfolio.UserErrorCode, string) { return "", "" }}
	g.engine = New(Config{
		Log: g.log, Replica: g.log, Holder: "process", Sole: true, Recorder: g.recorder,
		Connections: []Connection{{ID: "eng", Connector: c, Sweep: time.Hour}},
	})
	return g
}

func goal(key string) *portfolio.ObjectiveFact {
	return &portfolio.ObjectiveFact{Slug: key, Strategy: "plan", Name: "Goal " + key}
}

// document returns a document as it is stored; nil when it is not.
func document[F portfolio.Document](g *goals, kind portfolio.Kind, id string) (fact F) {
	v, ok := g.log.newest().Document(portfolio.Key{Kind: kind, ID: id})
	if ok {
		fact = v.Doc.(F)
	}
	return fact
}

func (g *goals) objective(key string) *portfolio.ObjectiveFact {
	return document[*portfolio.ObjectiveFact](g, portfolio.KindObjective, key)
}

func (g *goals) unrecorded() []string { return Unrecorded(g.log.newest(), "eng") }

func TestWhatAToolReportsIsRecordedOnceAndTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := withGoals(t, goal("a"), goal("b"))
		g.sync(Request{})
		if g.recorder.edits != 1 || g.objective("a") == nil || g.objective("b").Author != "tool:eng" {
			t.Fatalf("%d edits, b is %+v; want one edit by tool:eng", g.recorder.edits, g.objective("b"))
		}
		before := g.log.newest().rev
		g.sync(Request{})
		if n := g.log.newest().rev - before; n != 2 || g.recorder.edits != 1 {
			t.Errorf("unchanged goals made %d commits and %d edits, want start and end of the run alone", n, g.recorder.edits)
		}
		g.facts = []portfolio.RecordedFact{goal("a"), &portfolio.ObjectiveFact{Slug: "b", Strategy: "plan", Name: "Better"}}
		g.sync(Request{})
		if got := g.objective("b").Name; got != "Better" {
			t.Errorf("b is called %q after it changed", got)
		}
	})
}

func TestAnInterruptedRunRecordsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := withGoals(t, goal("a"))
		g.sync(Request{})
		g.facts = nil // the next run would end it
		broken := errors.New("broken off")
		g.tool.edit("r1", func(i *item) { i.name = "Changed" })
		g.tool.page = func(int) error { return broken }
		g.tool.pages = 0
		if row := g.try(Request{Full: true}); row.Err == nil {
			t.Fatal("the run did not break off")
		}
		calls := 0
		g.tool.page = func(int) error {
			if calls++; calls == 2 { // the goals were told with the first
				return broken
			}
			return nil
		}
		if row := g.try(Request{Full: true}); row.Err == nil {
			t.Fatal("the run did not break off after its first page")
		}
		if o := g.objective("a"); !o.ValidTo.IsZero() || g.recorder.edits != 1 {
			t.Errorf("an interrupted run ended %+v", o)
		}
		g.tool.page = nil
		g.sync(Request{})
		if o := g.objective("a"); o.ValidTo.IsZero() {
			t.Error("the run that was carried on to its end did not end what is gone")
		}
	})
}

func TestWhatAToolNoLongerReportsEndsAndMayComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		today := portfolio.DateOf(time.Now().UTC())
		later := goal("later")
		later.ValidFrom = today.AddDays(30)
		over := goal("over")
		over.ValidTo = today.AddDays(-90)
		facts := []portfolio.RecordedFact{
			goal("a"), later, over, &portfolio.KPIFact{Slug: "k", Name: "K", Department: "care", Period: portfolio.PeriodDay},
			&portfolio.KeyResultFact{Slug: "result", Objective: "a", KPI: "k"},
			&portfolio.ContributionFact{Project: "eng/project/1", Objective: "a", Strength: decimal.NewFromInt(1)},
		}
		g := withGoals(t, facts...)
		if _, err := g.log.Commit(t.Context(), store.Change{Put: []portfolio.Document{
			&portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: "1"}, Name: "One"},
			&portfolio.ObjectiveFact{Slug: "mine", Strategy: "plan", Name: "Mine", Authored: portfolio.Authored{Author: "key:pmo"}},
		}}); err != nil {
			t.Fatal(err)
		}
		g.sync(Request{})
		g.facts = nil
		g.sync(Request{})
		yesterday := today.AddDays(-1)
		for key, want := range map[string]portfolio.Date{"a": yesterday, "later": yesterday, "over": today.AddDays(-90), "mine": {}} {
			if got := g.objective(key).ValidTo; got != want {
				t.Errorf("%s ends on %q, want %q", key, got, want)
			}
		}
		if o := g.objective("later"); o.ValidFrom.After(o.ValidTo) {
			t.Errorf("it begins on %s after its end", o.ValidFrom)
		}
		if document[*portfolio.ContributionFact](g, portfolio.KindContribution, "eng/project/1#a") != nil {
			t.Error("the contribution to a goal that is gone is still there")
		}
		if document[*portfolio.KPIFact](g, portfolio.KindKPI, "k") == nil || document[*portfolio.KeyResultFact](g, portfolio.KindKeyResult, "result") == nil {
			t.Error("the KPI or the key result of a goal that is gone was deleted")
		}
		edits := g.recorder.edits
		time.Sleep(48 * time.Hour)
		g.sync(Request{})
		if g.recorder.edits != edits {
			t.Error("what has ended was ended once more")
		}
		g.facts = facts
		g.sync(Request{})
		if o := g.objective("a"); !o.ValidTo.IsZero() {
			t.Errorf("a came back and ends on %s", o.ValidTo)
		}
		// A metric that is taken away takes its key result with it.
		g.facts = []portfolio.RecordedFact{goal("a")}
		g.sync(Request{})
		if document[*portfolio.KeyResultFact](g, portfolio.KindKeyResult, "result") != nil {
			t.Error("the key result of a goal without a metric is still there")
		}
	})
}

func TestWhatCannotBeRecordedIsToldAndTheRestIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := withGoals(t, goal("a"), goal("b"), goal("c"))
		const missing = `There is no strategy "plan"; record it first, or in the same request.`
		g.recorder.refuse = func(portfolio.EditChange) (portfolio.UserErrorCode, string) {
			return portfolio.UserErrorNotFound, missing
		}
		row := g.sync(Request{})
		want := []string{missing + " (So with 2 others.) Until that is mended, nothing is recorded of the objectives and KPIs that the tool reports."}
		if diff := cmp.Diff(want, g.unrecorded()); diff != "" {
			t.Errorf("what is told (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, row.Unrecorded); diff != "" || row.Tally.Quarantined != 1 || row.Tally.New != 25 {
			t.Errorf("the row has %+v:\n%s", row.Tally, diff)
		}
		if g.stored(portfolio.KindObjective) != 0 {
			t.Error("something was recorded")
		}
		before := g.log.newest().rev
		g.sync(Request{Sweep: true}) // quarantine is looked up by sweeps, and this is none
		if n := g.log.dataCommits(before); n != 0 {
			t.Errorf("the same problem was written %d times more", n)
		}

		// What belongs to others is left to them.
		g.recorder.refuse = func(c portfolio.EditChange) (portfolio.UserErrorCode, string) {
			if strings.HasSuffix(c.Path[1], "b") {
				return portfolio.UserErrorOwnedByFile, `Objective "b" is owned by a file.`
			}
			return "", ""
		}
		g.sync(Request{})
		want = []string{`Objective "b" is owned by a file. What the tool reports of it is left out.`}
		if diff := cmp.Diff(want, g.unrecorded()); diff != "" || g.objective("a") == nil || g.objective("b") != nil {
			t.Errorf("a is %v, b is %v; told (-want +got):\n%s", g.objective("a"), g.objective("b"), diff)
		}
		g.facts = []portfolio.RecordedFact{goal("a"), goal("c")}
		g.sync(Request{})
		if left := g.unrecorded(); left != nil {
			t.Errorf("what was mended is still told: %q", left)
		}
	})
}

func TestADryRunTellsWhatWouldBeRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := withGoals(t, goal("a"))
		row := g.sync(Request{DryRun: true})
		if !slices.ContainsFunc(row.Changes, func(c Change) bool { return c.Key == goal("a").Key() && c.What == WhatNew }) {
			t.Errorf("the goal is not among %d changes", len(row.Changes))
		}
		if g.stored(portfolio.KindObjective) != 0 {
			t.Error("a dry run recorded something")
		}
	})
}

func TestAMeasurementIsOfTheDayAndOnlyWhenItSaysSomethingNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC)))
		value := func(n int64) *portfolio.MeasurementFact {
			actual := decimal.NewFromInt(n)
			return &portfolio.MeasurementFact{KPI: "k", Actual: &actual}
		}
		kpi := &portfolio.KPIFact{Slug: "k", Name: "K", Department: " Intensive CARE", Period: portfolio.PeriodDay}
		g := withGoals(t, goal("a"), kpi, &portfolio.KeyResultFact{Slug: "k", Objective: "a", KPI: "k"}, value(5))
		if _, err := g.log.Commit(t.Context(), store.Change{Put: []portfolio.Document{
			&portfolio.Settings{TimeZone: "Europe/Berlin"},
			&portfolio.DepartmentFact{Slug: "icu", Name: "Intensive care"},
		}}); err != nil {
			t.Fatal(err)
		}
		g.sync(Request{})
		if k := document[*portfolio.KPIFact](g, portfolio.KindKPI, "k"); k.Department != "icu" {
			t.Errorf("the KPI is of %q, want the department of that name", k.Department)
		}
		wantDays := func(when string, want ...string) {
			t.Helper()
			var days []string
			for v := range g.log.newest().Documents(portfolio.KindMeasurement) {
				m := v.Doc.(*portfolio.MeasurementFact)
				days = append(days, m.Period+"="+m.Actual.String())
			}
			if diff := cmp.Diff(want, days); diff != "" {
				t.Errorf("measurements %s (-want +got):\n%s", when, diff)
			}
		}
		pass := func(days int) {
			time.Sleep(time.Duration(days) * 24 * time.Hour)
			g.sync(Request{})
		}
		wantDays("in the organisation's zone", "2026-03-02=5")
		pass(3)
		wantDays("of a value that stands", "2026-03-02=5")
		pass(4)
		wantDays("after a week, so that it is not late", "2026-03-02=5", "2026-03-09=5")
		g.facts[3] = value(6)
		pass(0)
		wantDays("of the same day", "2026-03-02=5", "2026-03-09=6")
		g.facts[3] = value(7)
		pass(1)
		wantDays("of another value", "2026-03-02=5", "2026-03-09=6", "2026-03-10=7")
		ended := goal("a")
		ended.ValidTo = portfolio.NewDate(2026, 3, 10)
		g.facts[0] = ended
		pass(30)
		wantDays("of an objective that has ended", "2026-03-02=5", "2026-03-09=6", "2026-03-10=7")
	})
}

func TestAContributionOfAProjectThatIsNotReadIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := withGoals(t, goal("a"), &portfolio.ContributionFact{Project: "eng/project/99", Objective: "a", Strength: decimal.NewFromInt(1)})
		g.sync(Request{})
		if n := g.stored(portfolio.KindContribution); n != 0 || g.objective("a") == nil {
			t.Errorf("%d contributions are recorded, want none", n)
		}
	})
}

func TestAToolReportsNothingThatOnlyPeopleKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := withGoals(t, &portfolio.DecisionFact{Slug: "d"})
		if row := g.try(Request{}); !errors.Is(row.Err, portfolio.ErrInvalid) {
			t.Errorf("a decision of a tool was taken: %v", row.Err)
		}
	})
}

func TestManyGoalsThatAreGoneAtOnceAreHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := withGoals(t, goal("a"), goal("b"), goal("c"), goal("d"))
		g.sync(Request{})
		g.facts = []portfolio.RecordedFact{&portfolio.ObjectiveFact{Slug: "a", Strategy: "plan", Name: "Better"}}
		row := g.sync(Request{})
		if len(row.Held) != 1 || row.Held[0].Scope != "goals" || row.Held[0].Lost != 3 || row.Held[0].Had != 4 {
			t.Fatalf("held: %+v, want 3 of 4 goals", row.Held)
		}
		if g.objective("a").Name != "Better" || !g.objective("b").ValidTo.IsZero() {
			t.Errorf("a is %+v, b is %+v; want only what is there to change", g.objective("a"), g.objective("b"))
		}
		before := g.log.newest().rev
		g.sync(Request{})
		if n := g.log.dataCommits(before); n != 0 {
			t.Errorf("the same hold was written %d times more", n)
		}
		if _, err := g.engine.Confirm(t.Context(), row.Held[0].Key(), "key:pmo"); err != nil {
			t.Fatal(err)
		}
		g.sync(Request{})
		if g.objective("b").ValidTo.IsZero() || g.stored(portfolio.KindHold) != 0 {
			t.Error("what was confirmed did not end, or is still held")
		}
	})
}
