package edit

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
)

// A chooser makes edits of a few departments, strategies, objectives and KPIs,
// so that they meet each other often.
type chooser struct{ *rand.Rand }

func (c chooser) of(texts ...string) string { return texts[c.IntN(len(texts))] }

func (c chooser) key() string { return c.of("a", "b", "c", "d") }

func (c chooser) maybe() string { return c.of("", "", "", "a", "b", "c", "d") }

func (c chooser) fact() portfolio.RecordedFact {
	switch c.IntN(8) {
	case 0:
		return &portfolio.DepartmentFact{Slug: c.key(), Name: c.of("x", "y"), Parent: c.maybe()}
	case 1:
		return &portfolio.StrategyFact{Slug: c.of("s", "t"), Name: c.of("x", "y")}
	case 2, 3:
		return &portfolio.ObjectiveFact{Slug: c.key(), Strategy: c.of("s", "s", "s", "s", "t"), Parent: c.maybe(), Name: c.of("x", "y")}
	case 4:
		return &portfolio.KPIFact{Slug: c.key(), Name: "x", Department: c.key(), Direction: portfolio.LowerIsBetter, Period: portfolio.Period(c.of("MONTH", "MONTH", "MONTH", "YEAR"))}
	case 5:
		n := decimal.NewFromInt(int64(c.IntN(3)))
		return &portfolio.MeasurementFact{KPI: c.key(), Period: c.of("2026", "2026-01", "2026-02", "2026-03", "2026-04"), Actual: &n}
	case 6:
		return &portfolio.ContributionFact{Project: c.of("x:1", "x:2"), Objective: c.key(), Strength: decimal.NewFromInt(int64(c.IntN(2)))}
	}
	return &portfolio.KPILinkFact{Project: c.of("x:1", "x:2"), KPI: c.key()}
}

// first is what there is to begin with.
func first() portfolio.Edit {
	e := portfolio.Edit{Caller: portfolio.Local, Author: "key:a"}
	for _, slug := range []string{"s", "t"} {
		e.Changes = append(e.Changes, portfolio.EditChange{Put: &portfolio.StrategyFact{Slug: slug, Name: "x"}})
	}
	for _, slug := range []string{"a", "b", "c", "d"} {
		for _, fact := range []portfolio.RecordedFact{
			&portfolio.DepartmentFact{Slug: slug, Name: "x"},
			&portfolio.ObjectiveFact{Slug: slug, Strategy: "s", Name: "x"},
			&portfolio.KPIFact{Slug: slug, Name: "x", Department: slug, Direction: portfolio.LowerIsBetter, Period: portfolio.PeriodMonth},
		} {
			e.Changes = append(e.Changes, portfolio.EditChange{Put: fact})
		}
	}
	return e
}

func (c chooser) edit() portfolio.Edit {
	e := portfolio.Edit{Caller: portfolio.Local, Author: c.of("key:a", "key:a", "key:a", "key:a", "key:a", "key:b", "key:b", "key:b", "key:b", "file:a.yaml")}
	seen := map[portfolio.Key]bool{}
	for range 1 + c.IntN(3) {
		fact := c.fact()
		if seen[fact.Key()] {
			continue
		}
		seen[fact.Key()] = true
		if c.IntN(5) == 0 {
			e.Changes = append(e.Changes, portfolio.EditChange{Delete: fact.Key()})
			continue
		}
		e.Changes = append(e.Changes, portfolio.EditChange{Put: fact})
	}
	return e
}

// sound fails unless all that is named is there, nothing is above itself, and
// children and measurements fit what they belong to.
func sound(t *testing.T, s *portfolio.Snapshot) {
	t.Helper()
	for kind := range nouns {
		for v := range s.Documents(kind) {
			for _, r := range references(v.Doc) {
				if _, ok := s.Document(r.to); !ok && r.to.ID != "" {
					t.Errorf("%s names %s, which is not there", v.Doc.Key(), r.to)
				}
			}
			switch f := v.Doc.(type) {
			case *portfolio.ObjectiveFact:
				seen := map[string]bool{}
				for o := f; o != nil; {
					if seen[o.Slug] || o.Strategy != f.Strategy {
						t.Errorf("objective %s is above itself, or in another strategy than its parent", f.Slug)
						break
					}
					seen[o.Slug] = true
					above, _ := s.Document(portfolio.Key{Kind: portfolio.KindObjective, ID: o.Parent})
					o, _ = above.Doc.(*portfolio.ObjectiveFact)
				}
			case *portfolio.DepartmentFact:
				seen := map[string]bool{}
				for d := f; d != nil; {
					if seen[d.Slug] {
						t.Errorf("department %s is above itself", f.Slug)
						break
					}
					seen[d.Slug] = true
					above, _ := s.Document(portfolio.Key{Kind: portfolio.KindDepartment, ID: d.Parent})
					d, _ = above.Doc.(*portfolio.DepartmentFact)
				}
			case *portfolio.MeasurementFact:
				kpi, ok := s.Document(portfolio.Key{Kind: portfolio.KindKPI, ID: f.KPI})
				if ok && !ofPeriod(f.Period, kpi.Doc.(*portfolio.KPIFact).Period) {
					t.Errorf("measurement %s does not fit its KPI", f.Key())
				}
			}
		}
	}
}

// cases is how many edits a property is tried with.
func cases(usual int) int {
	n, _ := strconv.Atoi(os.Getenv("PLUMBLINE_PROPERTY_CASES"))
	return cmp.Or(n, usual)
}

func openStore(t *testing.T) *boltstore.Store {
	t.Helper()
	log, err := boltstore.Open(filepath.Join(t.TempDir(), "edit.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	return log
}

func openReplica(t *testing.T, log *boltstore.Store) *replica.Replica {
	t.Helper()
	r, err := replica.Open(t.Context(), log, replica.Options{PublishEvery: time.Microsecond, DayEvery: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// Whatever people ask: a dry run says what becomes of it and writes nothing, an
// edit that was made is unchanged when its puts are made again, one with errors
// writes nothing, and what is recorded is sound.
func TestPropertyOfAnyEdits(t *testing.T) {
	log := openStore(t)
	r := openReplica(t, log)
	editor := New(log, r, slog.New(slog.DiscardHandler))
	seed := uint64(time.Now().UnixNano())
	choose := chooser{rand.New(rand.NewPCG(seed, 1))}
	if _, err := editor.Edit(t.Context(), first()); err != nil {
		t.Fatal(err)
	}
	tally := map[bool]int{}
	for n := range cases(300) {
		e := choose.edit()
		before := r.Snapshot().Position()
		dry := e
		dry.DryRun = true
		wished, err := editor.Edit(t.Context(), dry)
		if err != nil {
			t.Fatal(err)
		}
		if r.Snapshot().Position() != before {
			t.Fatalf("edit %d of seed %d: a dry run was committed", n, seed)
		}
		done, err := editor.Edit(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		for i := range done.Outcomes {
			if done.Outcomes[i].What != wished.Outcomes[i].What {
				t.Errorf("edit %d of seed %d: change %d became %s, a dry run said %s", n, seed, i, done.Outcomes[i].What, wished.Outcomes[i].What)
			}
		}
		refused := len(done.Errors) > 0
		tally[refused]++
		if refused && r.Snapshot().Position() != before {
			t.Errorf("edit %d of seed %d: an edit with errors was committed", n, seed)
		}
		if !refused {
			again := e
			again.Changes = nil
			for _, c := range e.Changes {
				if c.Put != nil {
					again.Changes = append(again.Changes, c)
				}
			}
			repeated, err := editor.Edit(t.Context(), again)
			if err != nil {
				t.Fatal(err)
			}
			for i, o := range repeated.Outcomes {
				if o.What != portfolio.OutcomeUnchanged {
					t.Errorf("edit %d of seed %d: put %d again is %s: %v", n, seed, i, o.What, repeated.Errors)
				}
			}
		}
		sound(t, r.Snapshot())
		if t.Failed() {
			t.Fatalf("edit %d of seed %d: %+v", n, seed, e)
		}
	}
	t.Logf("%d edits were made, %d refused", tally[false], tally[true])
	if tally[false] < tally[true]/5 || tally[true] == 0 {
		t.Errorf("%d edits were made and %d refused: too few of one sort", tally[false], tally[true])
	}
}

// Editors of two servers that never wait for each other leave what is sound.
func TestPropertyOfConcurrentEdits(t *testing.T) {
	log := openStore(t)
	seed := uint64(time.Now().UnixNano())
	if _, err := New(log, openReplica(t, log), slog.New(slog.DiscardHandler)).Edit(t.Context(), first()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var replicas []*replica.Replica
	for server := range 2 {
		r := openReplica(t, log)
		replicas = append(replicas, r)
		editor := New(log, r, slog.New(slog.DiscardHandler))
		for person := range 2 {
			choose := chooser{rand.New(rand.NewPCG(seed, uint64(2*server+person)))}
			all.Go(func() {
				for range cases(400) / 4 {
					if _, err := editor.Edit(t.Context(), choose.edit()); err != nil && !errors.Is(err, portfolio.ErrConflict) {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
	state, err := log.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range replicas {
		s, err := r.Wait(t.Context(), state.Revision)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, s)
	}
	if t.Failed() {
		t.Logf("seed %s", fmt.Sprint(seed))
	}
}
