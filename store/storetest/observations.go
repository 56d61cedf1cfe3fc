package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	"plumbline/store"
)

// observationsAreReadByRange writes the observations of days, of a leap day
// too, beside facts. Only who asks for their days gets them, also before they
// are folded, and in their newest version where a day ended twice.
func observationsAreReadByRange(t *testing.T, kit Kit) {
	db := kit.New(t)
	log := db.Open(t, Options{})
	first := portfolio.NewDate(2028, time.February, 27)
	part := func(day portfolio.Date, n int, of int64) *portfolio.ObservationFact {
		return &portfolio.ObservationFact{Day: day, Part: n, Parts: 2, Of: of, Projects: []portfolio.ObservedProject{
			{ID: Project(n).DocID(), Overall: portfolio.HealthRed, Cleared: []string{"score"}},
		}}
	}
	want := map[portfolio.Key]int64{}
	put := func(day portfolio.Date, of int64) portfolio.Commit {
		c := commit(t, log, store.Change{Put: []portfolio.Document{
			&portfolio.Clock{Today: day.AddDays(1)}, part(day, 1, of), renamed(Project(1), day.String()), part(day, 2, of),
		}})
		for n := 1; n <= 2; n++ {
			want[part(day, n, of).Key()] = c.Revision
		}
		return c
	}
	for n := range 5 { // 27 and 28 and 29 February, 1 and 2 March
		put(first.AddDays(n), int64(n+1))
	}
	last := put(first.AddDays(4), 99)

	check := func(from, to int) {
		t.Helper()
		a, b := first.AddDays(from), first.AddDays(to)
		docs, err := log.Observations(t.Context(), a, b)
		if err != nil {
			t.Fatalf("Observations(%s, %s): %v", a, b, err)
		}
		expected := map[portfolio.Key]int64{}
		for day := a; !day.After(b); day = day.AddDays(1) {
			for n := 1; n <= 2; n++ {
				if rev, ok := want[part(day, n, 0).Key()]; ok {
					expected[part(day, n, 0).Key()] = rev
				}
			}
		}
		got := map[portfolio.Key]int64{}
		for _, v := range docs {
			got[v.Doc.Key()] = v.Rev
			f := v.Doc.(*portfolio.ObservationFact)
			if diff := cmp.Diff(part(f.Day, f.Part, f.Of), f, Exactly); diff != "" {
				t.Errorf("%s comes back otherwise (-want +got):\n%s", f.Key(), diff)
			}
			if f.Day == first.AddDays(4) && f.Of != 99 {
				t.Errorf("%s is the version that was replaced", f.Key())
			}
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("Observations(%s, %s) (-want +got):\n%s", a, b, diff)
		}
	}
	for range 2 {
		check(0, 4)
		check(1, 3)
		check(2, 2)
		check(-400, -1)
		check(5, 400)
		check(-400, 400)
		if got := load(t, log); len(got.Docs) != 2 {
			t.Errorf("Load has %d documents, want the clock and the project", len(got.Docs))
		}
		if got := asOf(t, log, last.Revision); len(got.Docs) != 2 {
			t.Errorf("AsOf has %d documents, want the clock and the project", len(got.Docs))
		}
		shut(t, log)
		log = db.Open(t, Options{})
	}
	if got := followAll(t, log, portfolio.Position{}, last.Revision); len(got[2].Put) != 4 {
		t.Errorf("Follow yields %d documents of the day, want 4", len(got[2].Put))
	}
	alone := commit(t, log, store.Change{Put: []portfolio.Document{part(first, 1, 1)}})
	if alone.Data != last.Data {
		t.Errorf("an observation moves the data revision to %v", alone.Data)
	}
}
