package demo

import (
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// address is where a tool is served, which some repeat in their links.
var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	const steps = 300
	play := func(seed uint64) (story []Change, records map[string]string) {
		// The clock stands still, so that times can be compared as well.
		org := start(t, Options{Seed: seed, Now: func() time.Time { return morning }})
		for range steps {
			story = append(story, org.Step())
		}
		records = map[string]string{}
		for id, tool := range open(t, org) {
			records[id] = address.ReplaceAllString(canonical(t, pull(t, tool)), "")
		}
		return story, records
	}
	once, records := play(7)
	again, recordsAgain := play(7)
	if diff := cmp.Diff(once, again); diff != "" {
		t.Errorf("two stories of one seed:\n%s", diff)
	}
	if diff := cmp.Diff(records, recordsAgain); diff != "" {
		t.Errorf("the tools' records after two stories of one seed:\n%s", diff)
	}
	if other, _ := play(8); slices.Equal(once, other) {
		t.Error("another seed tells the same story")
	}
}

func TestFirstStepsShowEverySortOfChange(t *testing.T) {
	org := start(t, Options{})
	var got []ChangeKind
	for range 7 {
		got = append(got, org.Step().Kind)
	}
	want := []ChangeKind{Moved, Finished, Reported, Renamed, Begun, Hidden, Dropped}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Days of changes must leave the organisation as believable as it was.
func TestLongLifeStaysBelievable(t *testing.T) {
	org := start(t, Options{Seed: 3})
	kinds := map[ChangeKind]int{}
	for range 3000 {
		kinds[org.Step().Kind]++
	}
	for r, days := range org.drifts {
		if days < 0 || days > furthest {
			t.Errorf("%s was moved by %d days, want 0 to %d", r.Name, days, furthest)
		}
	}
	early := 0
	for _, s := range org.sites {
		for _, r := range s.milestones {
			if r.done && r.finished == 0 {
				early++
			}
			if slices.Contains(steady, r.of.ID) && (org.drifts[r] != 0 || org.revised[r] != "") {
				t.Errorf("%s of %s was touched, though it is told in the documentation", r.Name, r.of.ID)
			}
		}
	}
	if early > enough {
		t.Errorf("%d milestones finished early, want at most %d", early, enough)
	}
	if kinds[Reopened] == 0 || kinds[Dropped] != len(ideasToCome) {
		t.Errorf("changes by sort: %v; want some reopened and %d dropped", kinds, len(ideasToCome))
	}
}

func TestLivePausesBetweenChanges(t *testing.T) {
	org := start(t, Options{})
	synctest.Test(t, func(t *testing.T) {
		changes := make(chan Change)
		go org.Live(t.Context(), func(c Change) { changes <- c })
		began := time.Now()
		for range 3 {
			<-changes
		}
		if took := time.Since(began); took != 3*DefaultPause {
			t.Errorf("three changes took %v, want %v", took, 3*DefaultPause)
		}
	})
}
