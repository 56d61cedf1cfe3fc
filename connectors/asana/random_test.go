package asana

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/connectors/asana/asanatest"
	"plumbline/connectors/connectortest"
	"plumbline/portfolio"
)

// TestChangesAddUpToAll edits a site at random and reads what changed. Where no
// event is lost and no project goes, everything that a first run finds is then
// there; after a sweep there is nothing else, whatever happened.
func TestChangesAddUpToAll(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { changesAddUp(t, rand.New(rand.NewPCG(seed, 7)), seed%2 == 0) })
		})
	}
}

func changesAddUp(t *testing.T, random *rand.Rand, gently bool) {
	site, me := newSite(t, asanatest.Options{EventDelay: time.Duration(random.IntN(20)) * time.Minute})
	var projects, tasks []string
	pick := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[random.IntN(len(list))]
	}
	there := func(list []string, is func(string) bool) []string {
		return slices.DeleteFunc(slices.Clone(list), func(gid string) bool { return !is(gid) })
	}
	for i := range 3 {
		projects = append(projects, site.AddProject(asanatest.Project{Name: fmt.Sprintf("Project %d", i), Owner: me}))
	}
	group := site.AddPortfolio(asanatest.Portfolio{Name: "All", Owner: me, Items: slices.Clone(projects)})
	edit := func() {
		task := pick(there(tasks, func(gid string) bool { _, ok := site.Task(gid); return ok }))
		project := pick(there(projects, func(gid string) bool { _, ok := site.Project(gid); return ok }))
		switch n := random.IntN(12); {
		case n < 3 && project != "" || task == "" && project != "":
			tasks = append(tasks, site.AddTask(asanatest.Task{Name: fmt.Sprint("Step ", len(tasks)), Subtype: "milestone", Projects: []string{project}, Assignee: me}))
		case n < 5 && task != "":
			site.EditTask(task, func(x *asanatest.Task) { x.Name += "'" })
		case n == 5 && task != "":
			site.EditTask(task, func(x *asanatest.Task) { x.Subtype = []string{"milestone", "default_task"}[random.IntN(2)] })
		case n == 6 && task != "":
			site.DeleteTask(task)
		case n == 7 && task != "" && project != "":
			if other := pick(tasks); other != task {
				if x, ok := site.Task(other); ok && !slices.Contains(x.DependsOn, task) {
					site.AddDependency(task, other)
				}
			}
		case n == 8 && task != "" && project != "":
			if x, _ := site.Task(task); slices.Contains(x.Projects, project) {
				site.Move(task, project, "")
			} else {
				site.Move(task, "", project)
			}
		case n == 9 && project != "":
			site.AddStatus(asanatest.Status{Project: project, Type: "at_risk"})
		case n == 10 && project != "":
			switch n := random.IntN(4); {
			case n == 0 && !gently:
				site.DeleteProject(project)
			case n == 1 || gently:
				site.AddPortfolio(asanatest.Portfolio{GID: group, Name: "All", Owner: me, Items: []string{project}})
			default:
				site.EditProject(project, func(p *asanatest.Project) { p.Archived = !p.Archived })
			}
		case n == 11:
			projects = append(projects, site.AddProject(asanatest.Project{Name: fmt.Sprint("Project ", len(projects))}))
		}
		if random.IntN(20) == 0 && !gently && project != "" {
			site.LoseEvents(project)
		}
	}
	c := func() connectors.Connector { return open(t, site, []string{"Portfolios", "Projects"}, nil) }
	l := connectortest.NewLedger()
	for range 25 {
		for range random.IntN(5) {
			edit()
		}
		time.Sleep(time.Duration(random.IntN(90)) * time.Minute)
		kill := random.IntN(3) == 0
		if err := l.Pull(t.Context(), c(), func(int) bool { return !kill }); err != nil && !kill {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Hour) // all events have come
	if err := l.Pull(t.Context(), c(), nil); err != nil {
		t.Fatal(err)
	}
	fresh := connectortest.NewLedger()
	if err := fresh.Pull(t.Context(), c(), nil); err != nil {
		t.Fatal(err)
	}
	if gently {
		have := strings.Split(shown(l), "\n")
		for line := range strings.SplitSeq(shown(fresh), "\n") {
			if !slices.Contains(have, line) {
				t.Errorf("before the sweep there is no %s", line)
			}
		}
	}
	if err := l.Sweep(t.Context(), c(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shown(fresh), shown(l)); diff != "" {
		t.Errorf("(-all at once +change by change):\n%.3000s", diff)
	}
}

// shown is what is there, one record a line. People whom nothing names any
// more stay.
func shown(l *connectortest.Ledger) string {
	left := connectortest.NewLedger()
	maps.Copy(left.Facts, l.Facts)
	maps.DeleteFunc(left.Facts, func(key portfolio.Key, f portfolio.ToolFact) bool {
		p := f.Origin().Presence
		return key.Kind == portfolio.KindPerson || p != "" && p != portfolio.PresenceArchived
	})
	return strings.TrimSpace(left.Export())
}
