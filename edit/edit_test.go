package edit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"plumbline/edit"
	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
)

// A world is a store, a replica of it, and an editor.
type world struct {
	*edit.Editor
	t       testing.TB
	log     *countingLog
	replica *replica.Replica
	clock   *clock
}

// A countingLog counts the commits of edits, and may be unreachable.
type countingLog struct {
	store.Log
	mu      sync.Mutex
	commits int
	down    error
	// before is called before each commit of an edit.
	before func()
}

func (l *countingLog) Commit(ctx context.Context, c store.Change) (portfolio.Commit, error) {
	l.mu.Lock()
	down, before := l.down, l.before
	l.mu.Unlock()
	if before != nil && c.Author != "system" { // who commits the day
		before()
	}
	if down != nil {
		return portfolio.Commit{}, down
	}
	commit, err := l.Log.Commit(ctx, c)
	if err == nil && c.Author != "system" {
		l.mu.Lock()
		l.commits++
		l.mu.Unlock()
	}
	return commit, err
}

// meanwhile has something happen before each commit of an edit.
func (l *countingLog) meanwhile(happens func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before = happens
}

// pull has every commit fail from now on, or none.
func (l *countingLog) pull(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = err
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	bolt, err := boltstore.Open(filepath.Join(t.TempDir(), "edit.db"), boltstore.Options{Clock: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	w.log = &countingLog{Log: bolt}
	if w.replica, err = replica.Open(t.Context(), w.log, replica.Options{PublishEvery: time.Millisecond, DayEvery: time.Hour}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.replica.Close()
		_ = bolt.Close()
	})
	w.Editor = edit.New(w.log, w.replica, slog.New(slog.DiscardHandler))
	return w
}

// seed commits documents as a tool or another release would, unvalidated.
func (w *world) seed(docs ...portfolio.Document) {
	w.t.Helper()
	commit, err := w.log.Log.Commit(w.t.Context(), store.Change{Put: docs})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.replica.Wait(w.t.Context(), commit.Revision); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) edit(e portfolio.Edit) portfolio.EditResult {
	w.t.Helper()
	result, err := w.Edit(w.t.Context(), e)
	if err != nil {
		w.t.Fatal(err)
	}
	return result
}

// must makes an edit that has no errors.
func (w *world) must(e portfolio.Edit) portfolio.EditResult {
	w.t.Helper()
	result := w.edit(e)
	if len(result.Errors) > 0 {
		w.t.Fatalf("refused: %v", told(result))
	}
	return result
}

// pmo is an editor who sees everything.
var pmo = portfolio.Caller{Name: "pmo", Role: portfolio.RoleEditor, Groups: []string{"*"}}

// puts is an edit of the PMO that puts documents.
func puts(facts ...portfolio.RecordedFact) portfolio.Edit {
	e := portfolio.Edit{Caller: pmo, Author: "key:pmo"}
	for i, f := range facts {
		e.Changes = append(e.Changes, portfolio.EditChange{Put: f, Path: []string{"items", fmt.Sprint(i)}})
	}
	return e
}

// deletes is an edit of the PMO that deletes documents.
func deletes(keys ...portfolio.Key) portfolio.Edit {
	e := portfolio.Edit{Caller: pmo, Author: "key:pmo"}
	for i, key := range keys {
		e.Changes = append(e.Changes, portfolio.EditChange{Delete: key, Path: []string{"items", fmt.Sprint(i)}})
	}
	return e
}

// by is the edit with another author.
func by(author string, e portfolio.Edit) portfolio.Edit {
	e.Author = author
	return e
}

// told writes errors as lines.
func told(r portfolio.EditResult) []string {
	var lines []string
	for _, e := range r.Errors {
		lines = append(lines, fmt.Sprintf("%s %s: %s", e.Code, strings.Join(e.Path, "."), e.Message))
	}
	return lines
}

// outcomes writes what became of each change.
func outcomes(r portfolio.EditResult) string {
	var all []string
	for _, o := range r.Outcomes {
		all = append(all, string(o.What))
	}
	return strings.Join(all, " ")
}

func wantOutcomes(t *testing.T, what string, r portfolio.EditResult, want string) {
	t.Helper()
	if got := outcomes(r); got != want {
		t.Errorf("%s: %s, want %s %v", what, got, want, told(r))
	}
}

func wantErrors(t *testing.T, r portfolio.EditResult, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, told(r)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func dec(text string) *decimal.Decimal {
	d := decimal.RequireFromString(text)
	return &d
}

func day(text string) portfolio.Date {
	d, err := portfolio.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// organisation is a small whole of all that people record.
func organisation() []portfolio.RecordedFact {
	return []portfolio.RecordedFact{
		&portfolio.DepartmentFact{Slug: "care", Name: "Care", Aliases: []string{"Clinics"}},
		&portfolio.DepartmentFact{Slug: "wards", Name: "Wards", Parent: "care", Head: "ines"},
		&portfolio.IdentityFact{Slug: "ines", Name: "Ines Okafor", Email: "ines@example.com", Accounts: []string{"eng/user/1", "ines@work.example.com"}, Department: "care"},
		&portfolio.StrategyFact{Slug: "plan", Name: "Plan", Leading: true},
		&portfolio.ObjectiveFact{Slug: "grow", Strategy: "plan", Name: "Grow"},
		&portfolio.ObjectiveFact{Slug: "save", Strategy: "plan", Name: "Save"},
		&portfolio.ObjectiveFact{Slug: "save-time", Strategy: "plan", Parent: "save", Name: "Save time"},
		&portfolio.StrategyVersionFact{Strategy: "plan", Version: "2026", Method: portfolio.WeightAHP, ValidFrom: day("2026-01-01")},
		&portfolio.StrategyVersionFact{Strategy: "plan", Version: "2025", Method: portfolio.WeightManual, Weights: []portfolio.ObjectiveWeight{{Objective: "grow", Weight: *dec("2")}, {Objective: "save", Weight: *dec("1")}}},
		&portfolio.JudgementFact{Strategy: "plan", Version: "2026", Judge: "Ines Okafor", Pairs: []portfolio.PairComparison{{More: "grow", Less: "save", Times: "3"}}},
		&portfolio.ContributionFact{Project: "pmo:PMO-1", Objective: "grow", Strength: *dec("0.8"), Rationale: "It opens a clinic."},
		&portfolio.KPIFact{Slug: "visits", Name: "Visits", Department: "care", Direction: portfolio.HigherIsBetter, Period: portfolio.PeriodMonth, Target: dec("100")},
		&portfolio.KPIFact{Slug: "late", Name: "Share of late visits", Department: "wards", Direction: portfolio.LowerIsBetter, Period: portfolio.PeriodMonth, Aggregation: portfolio.AggregateRatio, Leads: []string{"visits"}},
		&portfolio.MeasurementFact{KPI: "visits", Period: "2026-01", Actual: dec("80")},
		&portfolio.MeasurementFact{KPI: "late", Period: "2026-01", Segment: "pilot", Numerator: dec("3"), Denominator: dec("60")},
		&portfolio.KPILinkFact{Project: "eng:PAY", KPI: "visits", ExpectedChange: dec("-5")},
		&portfolio.KeyResultFact{Slug: "kr", Objective: "grow", Name: "Visits", KPI: "visits", Baseline: dec("50"), Target: dec("100")},
		&portfolio.Override{Target: "project:eng:PAY", Field: "budget", Value: portfolio.Field{Type: portfolio.FieldText, Text: "4600000 USD"}},
		&portfolio.Override{Target: "project:pmo:PMO-1", Field: "department", Value: portfolio.Field{Type: portfolio.FieldText, Text: "Clinics"}},
		&portfolio.Override{Target: "milestone:eng/version/7", Field: "kind", Value: portfolio.Field{Type: portfolio.FieldText, Text: "GO_LIVE"}},
		&portfolio.Override{Target: "project:eng:PAY", Field: "Colour", Value: portfolio.Field{Type: portfolio.FieldNumber, Number: "7"}},
		&portfolio.Link{Primary: "eng/project/1", Members: []string{"ops/project/2"}},
		&portfolio.RecordedRiskFact{Slug: "flood", Title: "Flood", Project: "eng:PAY", Probability: dec("0.5"), Impact: dec("100"), Currency: "EUR"},
		&portfolio.IssueFact{Slug: "wet", Title: "The floor is wet", Department: "wards", Risk: "flood", Raised: day("2026-02-01")},
		&portfolio.AssumptionFact{Slug: "dry", Title: "It stays dry", Project: "eng:PAY"},
		&portfolio.AssignmentFact{Slug: "pay-ines", Project: "eng:PAY", Person: "ines", Allocation: *dec("0.5"), From: day("2026-01-01")},
		&portfolio.CapacityFact{Slug: "ines", Person: "ines", Share: *dec("0"), Reason: "Leave"},
		&portfolio.ControlExceptionFact{Slug: "pay-sponsor", Control: portfolio.ControlSponsor, Project: "eng:PAY", Reason: "The board decides in May.", ApprovedBy: "ines", Until: day("2026-05-31")},
	}
}

func TestAnEditThatWasMadeIsUnchangedWhenMadeAgain(t *testing.T) {
	w := newWorld(t)
	facts := organisation()
	dry := puts(facts...)
	dry.DryRun = true
	wished := w.must(dry)
	if w.log.commits != 0 {
		t.Fatalf("a dry run made %d commits", w.log.commits)
	}
	created := w.must(puts(facts...))
	if diff := cmp.Diff(outcomes(wished), outcomes(created)); diff != "" || w.log.commits != 1 {
		t.Errorf("%d commits; a dry run says otherwise (-dry +done): %s", w.log.commits, diff)
	}
	for i, o := range created.Outcomes {
		v, ok := w.replica.Snapshot().Document(facts[i].Key())
		if !ok || o.What != portfolio.OutcomeCreated || o.Version != created.Revision || v.Rev != created.Revision {
			t.Errorf("%s: %+v, stored at %d, want it created at %d", facts[i].Key(), o, v.Rev, created.Revision)
			continue
		}
		want := portfolio.Authored{Author: "key:pmo", At: w.clock.Now()}
		if diff := cmp.Diff(want, *v.Doc.(portfolio.RecordedFact).Authorship()); diff != "" {
			t.Errorf("%s: authorship (-want +got): %s", facts[i].Key(), diff)
		}
	}
	w.clock.advance(time.Hour)
	again := w.must(by("key:other", puts(organisation()...)))
	for _, o := range again.Outcomes {
		if o.What != portfolio.OutcomeUnchanged || o.Version != created.Revision {
			t.Errorf("%s again: %+v, want it unchanged at %d", o.Key, o, created.Revision)
		}
	}
	if again.Revision != 0 || w.log.commits != 1 {
		t.Errorf("an edit without a change made commit %d, %d in all", again.Revision, w.log.commits)
	}
}

func TestOnlyWhatChangesIsWritten(t *testing.T) {
	w := newWorld(t)
	first := w.must(puts(organisation()...))
	facts := organisation()
	facts[0].(*portfolio.DepartmentFact).Name = "Health care"
	second := w.must(puts(facts...))
	for i, o := range second.Outcomes {
		what, version := portfolio.OutcomeUnchanged, first.Revision
		if i == 0 {
			what, version = portfolio.OutcomeUpdated, second.Revision
		}
		if o.What != what || o.Version != version {
			t.Errorf("%s: %+v, want %s at %d", o.Key, o, what, version)
		}
	}
	// 1.0 is 1.00, and a list without an element is no list.
	same := organisation()
	same[8].(*portfolio.StrategyVersionFact).Weights[0].Weight = *dec("2.00")
	same[3].(*portfolio.StrategyFact).Leading = true
	same[1].(*portfolio.DepartmentFact).Aliases = []string{}
	wantOutcomes(t, "the same in other words", w.must(puts(same[8], same[3], same[1])), "UNCHANGED UNCHANGED UNCHANGED")
}

func TestDeletions(t *testing.T) {
	w := newWorld(t)
	w.must(puts(organisation()...))
	kpi := portfolio.Key{Kind: portfolio.KindKPI, ID: "visits"}
	wantErrors(t, w.edit(deletes(kpi)),
		`IN_USE items.0: KPI "visits" is named by KPI "late", key result "kr", link to a KPI "eng:PAY#visits" and 1 more; delete that in the same request, or have it name another.`)
	wantErrors(t, w.edit(deletes(portfolio.Key{Kind: portfolio.KindKPI, ID: "none"})), `NOT_FOUND items.0: There is no KPI "none".`)
	wantOutcomes(t, "a field that nobody set", w.must(deletes(portfolio.Key{Kind: portfolio.KindOverride, ID: "project:x:Y#due"})), "UNCHANGED")
	wantErrors(t, w.edit(deletes(portfolio.Key{Kind: portfolio.KindRun, ID: "eng/1"})), `INVALID items.0: Documents of the kind "run" are not recorded by people.`)

	var keys []portfolio.Key
	for _, f := range organisation() {
		keys = append(keys, f.Key())
	}
	gone := w.must(deletes(keys...))
	for _, o := range gone.Outcomes {
		if _, ok := w.replica.Snapshot().Document(o.Key); ok || o.What != portfolio.OutcomeDeleted {
			t.Errorf("%s: %s and there: %t", o.Key, o.What, ok)
		}
	}
	if gone.Revision == 0 {
		t.Error("the deletion has no revision")
	}
	// What names it may also be given another name in the same edit.
	w.must(puts(organisation()...))
	other := &portfolio.KeyResultFact{Slug: "kr", Objective: "grow", Name: "Visits"}
	e := deletes(kpi, portfolio.Key{Kind: portfolio.KindMeasurement, ID: "visits/2026-01/"}, portfolio.Key{Kind: portfolio.KindKPILink, ID: "eng:PAY#visits"}, portfolio.Key{Kind: portfolio.KindKPI, ID: "late"}, portfolio.Key{Kind: portfolio.KindMeasurement, ID: "late/2026-01/pilot"})
	e.Changes = append(e.Changes, portfolio.EditChange{Put: other})
	wantOutcomes(t, "with all that names it", w.must(e), "DELETED DELETED DELETED DELETED DELETED UPDATED")
}

func TestExpectedVersions(t *testing.T) {
	w := newWorld(t)
	department := func(name string, expect int64) portfolio.Edit {
		e := puts(&portfolio.DepartmentFact{Slug: "care", Name: name})
		e.Changes[0].Expect = &expect
		return e
	}
	first := w.must(department("Care", 0))
	wantErrors(t, w.edit(department("Cure", 0)), fmt.Sprintf(`CONFLICT items.0: Department "care" is at version %d, not at 0; read it again and repeat the change.`, first.Revision))
	second := w.must(department("Cure", first.Revision))
	wantOutcomes(t, "the seen version", second, "UPDATED")
	refused := w.edit(department("Core", first.Revision))
	wantOutcomes(t, "a former version", refused, "REFUSED")
	if got := refused.Outcomes[0].Version; got != second.Revision {
		t.Errorf("a refused change says version %d, want the current %d", got, second.Revision)
	}
}

func TestTheRoleEditorIsNeeded(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		role portfolio.Role
		may  bool
	}{{portfolio.RoleViewer, false}, {"", false}, {portfolio.RoleEditor, true}, {portfolio.RoleAdmin, true}} {
		e := puts(&portfolio.DepartmentFact{Slug: "care", Name: "Care of " + string(c.role)})
		e.Caller = portfolio.Caller{Name: "key", Role: c.role}
		if _, err := w.Edit(t.Context(), e); errors.Is(err, portfolio.ErrForbidden) == c.may || (err == nil) != c.may {
			t.Errorf("role %q: %v, may: %t", c.role, err, c.may)
		}
	}
}

func TestTooManyChanges(t *testing.T) {
	w := newWorld(t)
	e := puts()
	e.Changes = make([]portfolio.EditChange, portfolio.MaxEdits+1)
	wantErrors(t, w.edit(e), "TOO_MANY : 100001 changes are too many for one request; send at most 100000.")

	var facts []portfolio.RecordedFact
	for i := range 1_002 {
		facts = append(facts, &portfolio.DepartmentFact{Slug: fmt.Sprint("d", i)})
	}
	errs := w.edit(puts(facts...)).Errors
	if last := errs[len(errs)-1]; len(errs) != 1_001 || last.Message != "2 more errors are not shown; mend these first." {
		t.Errorf("%d errors, the last %+v", len(errs), last)
	}
}

func TestNothingHalfIsWrittenWhileTheStoreIsDown(t *testing.T) {
	w := newWorld(t)
	w.log.pull(fmt.Errorf("%w: the plug was pulled", portfolio.ErrUnavailable))
	_, err := w.Edit(t.Context(), puts(organisation()...))
	if !errors.Is(err, portfolio.ErrUnavailable) {
		t.Errorf("an edit while the store is down: %v, want ErrUnavailable", err)
	}
	state, err := w.log.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range state.Docs {
		if v.Doc.Key().Kind != portfolio.KindClock {
			t.Errorf("%s was written", v.Doc.Key())
		}
	}
	w.log.pull(nil)
	w.must(puts(organisation()...))
}
