package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var someDay = time.Date(2026, time.March, 3, 15, 0, 0, 0, time.UTC)

func start(t *testing.T, o Options) *Organisation {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return someDay }
	}
	org, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	return org
}

func TestOrganisationHasItsSize(t *testing.T) {
	lib, err := read()
	if err != nil {
		t.Fatal(err)
	}
	people := 0
	for _, d := range lib.departments {
		people += len(d.People)
	}
	undertakings := map[string]bool{}
	milestones, releases, moves, links, done := 0, 0, 0, 0, 0
	statuses := map[string]int{}
	for _, p := range lib.projects {
		undertakings[p.PMO] = true
		statuses[p.Status]++
		for _, m := range p.Milestones {
			milestones++
			c := follow(p, m)
			moves += len(c.moves)
			links += len(m.After)
			if m.Release {
				releases++
			}
			if c.done {
				done++
			}
		}
	}
	t.Logf("people %d undertakings %d records %d milestones %d releases %d moves %d links %d done %d %v", people, len(undertakings), len(lib.projects), milestones, releases, moves, links, done, statuses)
}

var _ = slices.Sort[[]string]
var _ = strings.Cut
var _ = cmp.Diff
var _ = start
