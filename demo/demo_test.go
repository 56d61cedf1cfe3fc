package demo

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// morning is shortly after midnight where the organisation lives: nothing of
// its history may lie in the hours to come.
var morning = time.Date(2026, time.March, 3, 6, 5, 0, 0, time.UTC)

// from is a clock that runs from an instant on.
func from(at time.Time) func() time.Time {
	began := time.Now()
	return func() time.Time { return at.Add(time.Since(began)) }
}

func start(t *testing.T, o Options) *Organisation {
	t.Helper()
	if o.Now == nil {
		o.Now = from(morning)
	}
	org, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	return org
}

func TestFilesHoldTheOrganisation(t *testing.T) {
	lib, err := read()
	if err != nil {
		t.Fatal(err)
	}
	people, owned := 0, map[string]bool{}
	for _, d := range lib.departments {
		people += len(d.People)
	}
	count := map[string]int{}
	undertakings := map[string]bool{}
	for _, p := range lib.projects {
		undertakings[p.PMO], owned[p.Department] = true, true
		count["status "+p.Status]++
		for _, m := range p.Milestones {
			count["milestones"]++
			count["dependencies"] += len(m.After)
			c := follow(p, m)
			count["moves"] += len(c.moves)
			switch {
			case m.Unreadable:
				count["unreadable"]++
			case m.Release:
				count["releases"]++
			case c.done:
				count["finished"]++
			case c.due < 0:
				count["overdue"]++
			default:
				count["to come"]++
			}
		}
	}
	if len(lib.departments) != 12 || len(owned) != 12 {
		t.Errorf("%d departments, %d with projects, want 12", len(lib.departments), len(owned))
	}
	count["people"], count["undertakings"] = people, len(undertakings)
	for of, least := range map[string]int{
		"people": 75, "undertakings": 60, "milestones": 600, "dependencies": 30, "moves": 80, "releases": 25, "finished": 300,
		"overdue": 8, "to come": 200, "status On hold": 2, "status Cancelled": 2, "status Proposed": 3, "unreadable": 1,
	} {
		if count[of] < least {
			t.Errorf("%d %s, want at least %d", count[of], of, least)
		}
	}
}

func TestHistoryLiesInThePast(t *testing.T) {
	org := start(t, Options{})
	for _, s := range org.sites {
		for _, p := range s.projects {
			for _, i := range s.jira.Issues(p.home()) {
				if i.Updated.After(morning) || i.Created.After(i.Updated) {
					t.Errorf("%s %s: created %s, updated %s, and now it is %s", i.Key, i.Summary, i.Created, i.Updated, morning)
				}
			}
		}
	}
}

func TestNoDateGrowsOld(t *testing.T) {
	due := func(at time.Time) (days []int) {
		org := start(t, Options{Now: from(at)})
		for _, s := range org.sites {
			for _, p := range s.projects {
				for _, i := range s.jira.Issues(p.home()) {
					if i.Due != "" {
						on, err := time.ParseInLocation(time.DateOnly, i.Due, org.today.Location())
						if err != nil {
							t.Fatal(err)
						}
						days = append(days, int(on.Sub(org.today).Round(24*time.Hour)/(24*time.Hour)))
					}
				}
			}
		}
		return days
	}
	if !slices.Equal(due(morning), due(morning.AddDate(1, 5, 8))) {
		t.Error("seen from another day, due dates are at other distances")
	}
}

func TestFollow(t *testing.T) {
	p := &project{Starts: -200}
	for _, c := range []struct {
		name string
		m    milestone
		want course
	}{
		{"on time", milestone{Day: -10}, course{planned: -100, start: -100, due: -10, finished: -10, done: true}},
		{"late", milestone{Day: -10, Late: 4}, course{planned: -100, start: -100, due: -10, finished: -6, done: true}},
		{"late into the future", milestone{Day: -3, Late: 4}, course{planned: -93, start: -93, due: -3, finished: 1}},
		{"overdue", milestone{Day: -10, Open: true}, course{planned: -100, start: -100, due: -10, finished: -10}},
		{"not before the project", milestone{Day: -150}, course{planned: -200, start: -200, due: -150, finished: -150, done: true}},
		{
			"moved before and after it began", milestone{Day: 10, Takes: 30, Moves: []move{{On: -40, By: 5}, {On: -5, By: 7}}},
			course{planned: -20, start: -15, due: 22, finished: 22, moves: []moved{{-40, 10, 15, -15}, {-5, 15, 22, -15}}},
		},
		{"done before the move", milestone{Day: -50, Moves: []move{{On: -40, By: 5}}}, course{planned: -140, start: -140, due: -50, finished: -50, done: true}},
	} {
		got := follow(p, &c.m)
		if !slices.Equal(got.moves, c.want.moves) || got.planned != c.want.planned || got.start != c.want.start || got.due != c.want.due ||
			got.finished != c.want.finished || got.done != c.want.done {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestCheckNamesWhatDoesNotFit(t *testing.T) {
	lib := &library{
		departments: []department{{Name: "Laboratories", People: []string{"Ruth Aldana"}}},
		projects: []*project{
			{ID: "water", Key: "WAT", Department: "Labs", Lead: "Ruth Aldane", Milestones: []*milestone{{Name: "Map", After: []string{"well/Dug", "lake/Full"}}}},
			{ID: "lake", Under: "WAT", Department: "Laboratories", site: "elsewhere", Milestones: []*milestone{{Name: "Full", Release: true, Moves: []move{{On: -1}}}}},
			{ID: "pond", Department: "Laboratories", site: "stores"},
			{ID: "pond", Department: "Laboratories", site: "elsewhere"},
		},
		goals: []*goal{
			{ID: "clear", Owner: "Ruth Aldana", Team: "Laboratories", Supports: []string{"water"}, site: "elsewhere"},
			{ID: "clear", Owner: "Ruth Aldane", Team: "Labs", Below: "clean"},
		},
	}
	err := lib.check()
	if err == nil {
		t.Fatal("no problem was found")
	}
	for _, want := range []string{
		`water: no department "Labs"`, `water: nobody is called "Ruth Aldane"`, `water: Map: after "well/Dug": no such project`,
		`water: Map: "lake/Full" is kept on another site`, `lake: Full: the tool keeps no history of a release`,
		`pond: either key or under says where it is kept`, `pond: another project has this id`, `lake: Full: only Jira and GitHub have releases, and only Jira nonsense`,
		`goal clear: supported by "water": no such project in its tool`, `goal clear: another goal has this id`,
		`goal clear: nobody is called "Ruth Aldane"`, `goal clear: no department "Labs"`, `goal clear: below "clean": no such goal`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not among the problems:\n%v", want, err)
		}
	}
}
