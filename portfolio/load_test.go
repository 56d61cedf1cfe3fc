package portfolio

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func fraction(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func assigned(t *testing.T, key, person, project, from, to, allocation string) *AssignmentFact {
	t.Helper()
	return &AssignmentFact{Slug: key, Person: person, Project: project, From: day(t, from), To: day(t, to), Allocation: fraction(allocation)}
}

// staffed is a log with two accounts of one person, one of another, and
// projects in all states.
func staffed(t *testing.T) *testLog {
	t.Helper()
	l := newTestLog(t, "2026-03-02")
	l.put(
		&PersonFact{Source: source("eng", "user", "ada"), Name: "Ada", Email: "ada@example.com"},
		&PersonFact{Source: source("ops", "user", "lovelace"), Name: "A. Lovelace", Email: "ADA@example.com"},
		&PersonFact{Source: source("eng", "user", "bob"), Name: "Bob"},
		&ProjectFact{Source: source("eng", "project", "RUN"), Name: "Runs", Start: day(t, "2026-01-01"), StatusCategory: StatusInProgress, Fields: []Field{{ID: "department", Name: "department", Type: FieldText, Text: "care"}}},
		&ProjectFact{Source: source("ops", "project", "DONE"), Name: "Done", Start: day(t, "2026-01-01"), Due: day(t, "2026-02-01"), Finished: day(t, "2026-02-10"), StatusCategory: StatusDone},
		&ProjectFact{Source: source("ops", "project", "LATE"), Name: "Late", Due: day(t, "2026-02-01"), StatusCategory: StatusInProgress},
		&ProjectFact{Source: source("ops", "project", "NOT"), Name: "Not", StatusCategory: StatusCancelled},
	)
	return l
}

func loadOf(t *testing.T, s *Snapshot, account, from, to string) *WorkLoad {
	t.Helper()
	l, err := s.View(Local).person(account).Load(day(t, from), day(t, to))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func figures(l *WorkLoad) string {
	word := func(f *float64) string {
		if f == nil {
			return "none"
		}
		return fmt.Sprint(*f)
	}
	reason := ""
	if r := l.LoadReason(); r != nil {
		reason = " " + r.Code
	}
	over := "none"
	if l.OverAllocatedDays() != nil {
		over = fmt.Sprint(*l.OverAllocatedDays())
	}
	return fmt.Sprintf("%s of %s in %d: %s, peak %s, over %s%s", word(l.AllocatedDays()), word(l.CapacityDays()), l.WorkingDays, word(l.Load()), word(l.Peak()), over, reason)
}

// Monday 2 March to Friday 13 March has ten working days.
func TestLoadIsOfThePersonWhicheverAccountItWasRecordedWith(t *testing.T) {
	l := staffed(t)
	l.put(
		assigned(t, "a", "eng/user/ada", "eng:RUN", "2026-03-02", "2026-03-13", "0.6"),
		assigned(t, "b", "a. lovelace", "ops:LATE", "2026-03-09", "2026-03-13", "0.8"),
		assigned(t, "c", "Bob", "eng:RUN", "2026-03-02", "2026-03-13", "0.1"),
	)
	want := "10 of 10 in 10: 1, peak 1.4, over 5"
	for _, account := range []string{"eng/user/ada", "ops/user/lovelace"} {
		if got := figures(loadOf(t, l.now, account, "2026-03-02", "2026-03-13")); got != want {
			t.Errorf("load of %s = %s, want %s", account, got, want)
		}
	}
	// Half of the time for a week, and away for a day of it.
	s := l.put(
		&CapacityFact{Slug: "half", Person: "ada@example.com", From: day(t, "2026-03-09"), To: day(t, "2026-03-13"), Share: fraction("0.5")},
		&CapacityFact{Slug: "away", Person: "Ada", From: day(t, "2026-03-13"), To: day(t, "2026-03-13"), Share: fraction("0")},
	)
	if got, want := figures(loadOf(t, s, "eng/user/ada", "2026-03-02", "2026-03-13")), "10 of 7 in 10: 1.428571429, peak 2.8, over 5"; got != want {
		t.Errorf("load against the capacity = %s, want %s", got, want)
	}
	if got, want := figures(loadOf(t, s, "eng/user/ada", "2026-03-13", "2026-03-15")), "1.4 of 0 in 1: none, peak none, over 1 NO_CAPACITY"; got != want {
		t.Errorf("load of somebody who is away = %s, want %s", got, want)
	}
	if got, want := figures(loadOf(t, s, "eng/user/ada", "2026-03-14", "2026-03-15")), "0 of 0 in 0: none, peak none, over 0 NO_WORKING_DAYS"; got != want {
		t.Errorf("load of a weekend = %s, want %s", got, want)
	}
	s = l.put(&Settings{TimeZone: "UTC", Calendar: &Calendar{Weekend: []Weekday{Sunday}, Holidays: []Holiday{{Date: day(t, "2026-03-02")}}}})
	if got := loadOf(t, s, "eng/user/ada", "2026-03-02", "2026-03-08").WorkingDays; got != 5 {
		t.Errorf("%d working days in a week of six with a holiday, want 5", got)
	}
	if _, err := s.View(Local).person("eng/user/ada").Load(day(t, "2026-03-02"), day(t, "2026-03-01")); err == nil {
		t.Error("a span that ends before it begins has a load")
	}
}

func TestAnAssignmentEndsWithItsProject(t *testing.T) {
	l := staffed(t)
	s := l.put(
		assigned(t, "done", "Ada", "ops:DONE", "", "", "1"),
		assigned(t, "late", "Ada", "ops:LATE", "", "", "1"),
		assigned(t, "not", "Ada", "ops:NOT", "", "", "1"),
		assigned(t, "own", "Ada", "ops:DONE", "2026-02-01", "2026-02-28", "1"),
		assigned(t, "nowhere", "Ada", "eng:NONE", "", "", "1"),
		assigned(t, "open", "Ada", "eng:RUN", "", "", "1"),
	)
	got := map[string]string{}
	for _, e := range s.work().engagements {
		got[e.id()] = fmt.Sprintf("%s..%s %s", e.from, e.to, e.idle)
	}
	want := map[string]string{
		"done":    "2026-01-01..2026-02-10 ",
		"late":    "..2026-03-02 ", // it goes on, so it ends today at the earliest
		"not":     ".. PROJECT_CANCELLED",
		"own":     "2026-02-01..2026-02-28 ",
		"nowhere": ".. ",
		"open":    "2026-01-01.. ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
	later := l.today("2026-03-05")
	if e := later.work().byKey["late"]; e.to != day(t, "2026-03-05") {
		t.Errorf("three days later it ends on %s", e.to)
	}
}

func TestALoadThatFollowsFromHiddenWorkIsNotTold(t *testing.T) {
	l := staffed(t)
	l.put(
		&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{{To: "department", Field: "department"}}}, {ID: "ops"}}},
		&DepartmentFact{Slug: "care", Name: "Care"},
		&IdentityFact{Slug: "ada", Name: "Ada", Email: "ada@example.com", Department: "care"},
		assigned(t, "a", "ada", "eng:RUN", "2026-03-02", "2026-03-13", "0.6"),
	)
	s := l.put(assigned(t, "b", "ada", "ops:LATE", "2026-03-13", "2026-03-20", "0.8"))
	v := s.View(Caller{Role: RoleViewer, Departments: []string{"care"}})
	for _, c := range []struct{ from, to, want string }{
		{"2026-03-02", "2026-03-12", "5.4 of 9 in 9: 0.6, peak 0.6, over 0"},
		{"2026-03-02", "2026-03-13", "none of none in 10: none, peak none, over none SCOPE"},
	} {
		p := v.person("eng/user/ada")
		if p == nil {
			t.Fatal("who works on a visible project is not visible")
		}
		load, err := p.Load(day(t, c.from), day(t, c.to))
		if err != nil {
			t.Fatal(err)
		}
		if got := figures(load); got != c.want {
			t.Errorf("from %s to %s: %s, want %s", c.from, c.to, got, c.want)
		}
		load, err = v.department("care").Load(day(t, c.from), day(t, c.to), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := figures(load); got != c.want {
			t.Errorf("department from %s to %s: %s, want %s", c.from, c.to, got, c.want)
		}
	}
	low := 0.1
	over, err := v.OverAllocations(day(t, "2026-03-02"), day(t, "2026-03-13"), &low, nil, PageRequest{})
	if err != nil || over.TotalCount() != 0 {
		t.Errorf("over-allocations of somebody with hidden work: %v, %v", over.TotalCount(), err)
	}
}

// The sweep equals counting day by day, for people with any assignments and
// capacities, in calendars with holidays.
func TestTheSweepEqualsCountingDayByDay(t *testing.T) {
	for seed := range uint64(300) {
		chance := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // it must be the same each time
		begin := day(t, "2026-02-20")
		some := func() Date {
			if chance.IntN(4) == 0 {
				return Date{}
			}
			return begin.AddDays(chance.IntN(40))
		}
		span := func() (Date, Date) {
			from, to := some(), some()
			if !from.IsZero() && !to.IsZero() && to.Before(from) {
				return to, from
			}
			return from, to
		}
		w := &worker{id: "w"}
		for i := range chance.IntN(6) {
			e := &AssignmentRow{fact: &AssignmentFact{Slug: fmt.Sprint(i), Allocation: decimal.New(int64(1+chance.IntN(12)), -1)}}
			e.from, e.to = span()
			if chance.IntN(6) == 0 {
				e.idle = ReasonProjectGone
			}
			w.engagements = append(w.engagements, e)
		}
		for range chance.IntN(4) {
			c := &CapacityFact{Share: decimal.New(int64(chance.IntN(11)), -1)}
			c.From, c.To = span()
			w.capacities = append(w.capacities, c)
		}
		holidays := []Holiday{{Date: begin.AddDays(chance.IntN(40))}, {Date: begin.AddDays(chance.IntN(40))}}
		s := &Snapshot{plan: newPlan(&Settings{TimeZone: "UTC", Calendar: &Calendar{Weekend: []Weekday{Saturday, Sunday}, Holidays: holidays}})}
		from := begin.AddDays(chance.IntN(20))
		to := from.AddDays(chance.IntN(25))
		threshold := []float64{0.5, 0.9, 1, 1.3}[chance.IntN(4)]

		want, runs := dayByDay(s, w, from, to, threshold)
		v := s.View(Local)
		s.governance = &governance{}
		got, err := v.load([]*worker{w}, from, to)
		if err != nil {
			t.Fatal(err)
		}
		if figures(got) != figures(want) {
			t.Fatalf("seed %d: load = %s, day by day %s", seed, figures(got), figures(want))
		}
		var told []string
		for _, o := range s.overAllocations(w, from, to, threshold) {
			told = append(told, runOf(o))
		}
		if diff := cmp.Diff(runs, told); diff != "" {
			t.Fatalf("seed %d: runs over %v (-day by day +sweep):\n%s", seed, threshold, diff)
		}
	}
}

func runOf(o *OverAllocationRow) string {
	var keys []string
	for _, e := range o.active {
		keys = append(keys, e.id())
	}
	slices.Sort(keys)
	return fmt.Sprintf("%s..%s %d days, %v of %v, peak %v, %v", o.from, o.to, o.days, rounded(o.allocated), rounded(o.capacity), o.peak, keys)
}

// dayByDay is what the sweep computes, in the simplest way there is.
func dayByDay(s *Snapshot, w *worker, from, to Date, threshold float64) (*WorkLoad, []string) {
	l := &WorkLoad{From: from, To: to, people: 1}
	var runs []string
	var run *OverAllocationRow
	end := func() {
		if run != nil {
			runs = append(runs, runOf(run))
		}
		run = nil
	}
	for on := from; !on.After(to); on = on.AddDays(1) {
		if !s.plan.workingDay(on) {
			continue
		}
		l.WorkingDays++
		allocated, capacity := decimal.Zero, decimal.NewFromInt(1)
		var active []*AssignmentRow
		for _, e := range w.engagements {
			if e.idle == "" && (e.from.IsZero() || !e.from.After(on)) && (e.to.IsZero() || !e.to.Before(on)) {
				allocated = allocated.Add(e.fact.Allocation)
				active = append(active, e)
			}
		}
		for _, c := range w.capacities {
			if (c.From.IsZero() || !c.From.After(on)) && (c.To.IsZero() || !c.To.Before(on)) {
				capacity = decimal.Min(capacity, c.Share)
			}
		}
		l.allocated += allocated.InexactFloat64()
		l.capacity += capacity.InexactFloat64()
		if capacity.IsPositive() {
			l.peak, l.peaked = max(l.peak, allocated.InexactFloat64()/capacity.InexactFloat64()), true
		}
		if allocated.GreaterThan(capacity) {
			l.over++
		}
		if !allocated.GreaterThan(capacity.Mul(decimal.NewFromFloat(threshold))) {
			end()
			continue
		}
		if run == nil {
			run = &OverAllocationRow{from: on}
		}
		run.to = on
		run.days++
		run.allocated += allocated.InexactFloat64()
		run.capacity += capacity.InexactFloat64()
		run.peak = max(run.peak, allocated.InexactFloat64())
		for _, e := range active {
			if !slices.Contains(run.active, e) {
				run.active = append(run.active, e)
			}
		}
	}
	end()
	return l, runs
}
