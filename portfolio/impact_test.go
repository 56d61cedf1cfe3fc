package portfolio

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A slipWorld is a small portfolio of which the impact is found by trying every
// way, by rules written once more.
type slipWorld struct {
	start, end   []int // of projects, in days; 0 is none
	over         []bool
	milestones   []slipMark
	dependencies []slipLink
}

type slipMark struct {
	project int
	on      int // 0 is no date
	done    bool
}

// A slipLink leads from a milestone, or from a project when that is negative:
// -1 is the first one.
type slipLink struct{ from, to, lag int }

var slipBegin = NewDate(2026, 1, 1)

func (w *slipWorld) day(n int) Date {
	if n == 0 {
		return Date{}
	}
	return slipBegin.AddDays(n)
}

func slipID(end int) string {
	if end < 0 {
		return DocID("eng", "project", fmt.Sprintf("p%d", -end-1))
	}
	return DocID("ops", "version", fmt.Sprintf("m%03d", end))
}

func (w *slipWorld) snapshot(t *testing.T) *Snapshot {
	t.Helper()
	docs := []Document{&Clock{Today: slipBegin}}
	for p := range w.start {
		f := &ProjectFact{Source: Source{Connection: "eng", Kind: "project", ID: fmt.Sprintf("p%d", p)}, Start: w.day(w.start[p]), Due: w.day(w.end[p])}
		if w.over[p] {
			f.StatusCategory = StatusDone
		}
		docs = append(docs, f)
	}
	for i, m := range w.milestones {
		f := &MilestoneFact{Source: Source{Connection: "ops", Kind: "version", ID: fmt.Sprintf("m%03d", i)}, Project: slipID(-m.project - 1), Due: w.day(m.on)}
		if m.done {
			f.StatusCategory, f.Finished = StatusDone, w.day(max(m.on, 1))
		}
		docs = append(docs, f)
	}
	for i, d := range w.dependencies {
		docs = append(docs, &DependencyFact{
			Source: Source{Connection: "ops", Kind: "link", ID: fmt.Sprintf("d%03d", i)}, LagDays: d.lag,
			Predecessor: LinkEnd{Ref: slipID(d.from)}, Successor: LinkEnd{Ref: slipID(d.to)},
		})
	}
	return mustSnapshot(t, docs)
}

func mustSnapshot(t testing.TB, docs []Document) *Snapshot {
	t.Helper()
	state := State{Position: Position{Revision: 1}}
	for _, d := range docs {
		state.Docs = append(state.Docs, Versioned{Rev: 1, Doc: d})
	}
	s, err := NewSnapshot(state)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// brute is by how many days milestones slip along the best of all ways that
// visit nothing twice.
func (w *slipWorld) brute(s *Snapshot, seeds []string, days int) map[string]int {
	best := map[string]int{}
	onWay := map[string]bool{}
	projectOf := func(end int) int {
		if end < 0 {
			return -end - 1
		}
		return w.milestones[end].project
	}
	var walk func(node string, left int)
	reach := func(node string, left int) {
		if left > 0 && !onWay[node] {
			walk(node, left)
		}
	}
	walk = func(node string, left int) {
		what, id, _ := strings.Cut(node, " ")
		var at int
		fmt.Sscan(id, &at) //nolint:errcheck // it is a number
		if what == "m" && (w.milestones[at].done || w.over[w.milestones[at].project]) || what != "m" && w.over[at] {
			return
		}
		best[node] = max(best[node], left)
		onWay[node] = true
		defer delete(onWay, node)
		project := at
		from := -at - 1
		if what == "m" {
			project, from = w.milestones[at].project, at
		}
		row, _ := s.Project(slipID(-project - 1))
		if what == "s" {
			for i, m := range w.milestones {
				if m.project == at {
					reach(fmt.Sprint("m ", i), left)
				}
			}
			reach(fmt.Sprint("e ", at), left)
			return
		}
		own := row.expected()
		if what == "m" {
			own = w.day(w.milestones[at].on)
			if row.SlipFromID == slipID(at) {
				slack := 0
				if end := row.expected(); !end.IsZero() && !own.IsZero() {
					slack = max(0, end.DaysSince(own))
				}
				reach(fmt.Sprint("e ", project), left-slack)
			}
		}
		for _, d := range w.dependencies {
			if d.from != from || (d.from < 0 || d.to < 0) && projectOf(d.from) == projectOf(d.to) || own.IsZero() {
				continue
			}
			to := fmt.Sprint("m ", d.to)
			var has Date
			if d.to < 0 {
				to = fmt.Sprint("s ", -d.to-1)
				other, _ := s.Project(slipID(d.to))
				has = other.StartDate
				for _, m := range w.milestones {
					if other.StartDate.IsZero() && m.project == -d.to-1 && !m.done {
						has = sooner(has, w.day(m.on))
					}
				}
				if has.IsZero() {
					has = other.expected()
				}
			} else {
				has = w.day(w.milestones[d.to].on)
			}
			if has.IsZero() {
				continue
			}
			reach(to, left-max(0, has.DaysSince(own)-d.lag))
		}
	}
	for _, seed := range seeds {
		reach(seed, days)
	}
	return best
}

func randomSlipWorld(r *rand.Rand, forward bool) *slipWorld {
	w := &slipWorld{}
	for range 3 + r.IntN(3) {
		start, end := r.IntN(40), r.IntN(80)
		w.start, w.end, w.over = append(w.start, start), append(w.end, end), append(w.over, r.IntN(12) == 0)
	}
	for range 4 + r.IntN(6) {
		w.milestones = append(w.milestones, slipMark{r.IntN(len(w.start)), r.IntN(60), r.IntN(10) == 0})
	}
	for range r.IntN(14) {
		d := slipLink{from: r.IntN(len(w.milestones)), to: r.IntN(len(w.milestones)), lag: r.IntN(6) - 1}
		if r.IntN(4) == 0 {
			d.from = -1 - r.IntN(len(w.start))
		}
		if r.IntN(4) == 0 {
			d.to = -1 - r.IntN(len(w.start))
		}
		if forward && (d.from < 0 || d.to < 0 || d.from >= d.to) {
			continue
		}
		w.dependencies = append(w.dependencies, d)
	}
	return w
}

func TestImpactIsThatOfTheBestOfAllWays(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // it must be the same each time
	slipped, circular := 0, 0
	for round := range 400 {
		w := randomSlipWorld(r, round%2 == 0)
		s := w.snapshot(t)
		days := 1 + r.IntN(40)
		var got *slips
		var seeds []string
		if at := r.IntN(len(w.milestones)); round%3 == 0 {
			seeds = []string{fmt.Sprint("m ", at)}
			got = slipGraph{s}.slipping([]slipNode{{slipMilestone, slipID(at)}}, days)
		} else {
			project := r.IntN(len(w.start))
			nodes := []slipNode{{slipEnd, slipID(-project - 1)}}
			seeds = []string{fmt.Sprint("e ", project)}
			for i, m := range w.milestones {
				if m.project == project {
					nodes, seeds = append(nodes, slipNode{slipMilestone, slipID(i)}), append(seeds, fmt.Sprint("m ", i))
				}
			}
			got = slipGraph{s}.slipping(nodes, days)
		}
		want := w.brute(s, seeds, days)
		if len(got.order) != len(want) {
			t.Fatalf("round %d: %d nodes slip, want %d: %v", round, len(got.order), len(want), want)
		}
		for i, at := range w.milestones {
			node := slipNode{slipMilestone, slipID(i)}
			slip := 0
			if r := got.at[node]; r != nil {
				slip = r.slip
			}
			if slip != want[fmt.Sprint("m ", i)] {
				t.Fatalf("round %d: milestone %d of project %d slips by %d days, want %d", round, i, at.project, slip, want[fmt.Sprint("m ", i)])
			}
		}
		for p := range w.start {
			slip := 0
			if r := got.at[slipNode{slipEnd, slipID(-p - 1)}]; r != nil {
				slip = r.slip
			}
			if slip != want[fmt.Sprint("e ", p)] {
				t.Fatalf("round %d: the end of project %d slips by %d days, want %d", round, p, slip, want[fmt.Sprint("e ", p)])
			}
		}
		if n := len(got.circles()); round%2 == 0 && n > 0 {
			t.Fatalf("round %d: dependencies that all lead forward have %d circles", round, n)
		} else if n > 0 {
			circular++
		}
		slipped += len(want)
	}
	if slipped < 800 || circular < 5 {
		t.Errorf("only %d slips and %d circles were tried", slipped, circular)
	}
}

// A dependency is circular when what waits leads back to what comes first.
func TestCirclesAreThoseThatLeadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // it must be the same each time
	found := 0
	for round := range 200 {
		w := randomSlipWorld(r, false)
		s := w.snapshot(t)
		g := slipGraph{s}
		leads := func(from, to slipNode) bool {
			seen, todo := map[slipNode]bool{}, []slipNode{from}
			for len(todo) > 0 {
				n := todo[0]
				todo = todo[1:]
				if n == to {
					return true
				}
				if !seen[n] {
					seen[n] = true
					g.next(n, func(next slipNode, _ *DependencyRow) { todo = append(todo, next) })
				}
			}
			return false
		}
		for i, d := range w.dependencies {
			id := DocID("ops", "link", fmt.Sprintf("d%03d", i))
			from := slipNode{slipMilestone, slipID(d.from)}
			if d.from < 0 {
				from = slipNode{slipEnd, slipID(d.from)}
			}
			want := false
			g.next(from, func(to slipNode, dep *DependencyRow) {
				if dep != nil && dep.ID == id {
					want = leads(to, from)
				}
			})
			if got := s.circular()[id]; got != want {
				t.Fatalf("round %d: dependency %d from %d to %d is circular: %v, want %v", round, i, d.from, d.to, got, want)
			}
			if want {
				found++
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d circular dependencies were tried", found)
	}
}

func slippedBy(t *testing.T, i *SlipImpact, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	all, err := i.Affected(nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range all {
		via := "nothing"
		if a.Via != nil {
			via = a.Via.DependencyRow.ID
		}
		out = append(out, fmt.Sprintf("%s by %d to %s at depth %d via %s", a.Milestone.MilestoneRow.ID, a.SlipDays, a.NewForecastDate, a.Depth, via))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func TestSlackIsUsedUpFirst(t *testing.T) {
	w := &slipWorld{
		start: []int{1, 30}, end: []int{0, 0}, over: []bool{false, false},
		// The first project has one at day 10 and one at 20; the second starts
		// on day 30 and has two at 40 and 50.
		milestones:   []slipMark{{0, 10, false}, {0, 20, false}, {1, 40, false}, {1, 50, false}},
		dependencies: []slipLink{{0, 1, 2}, {1, -2, 5}},
	}
	s := w.snapshot(t)
	v := s.View(Local)
	first := v.milestone(slipID(0))
	for days, want := range map[int]string{
		0:  "",
		8:  "", // ten days lie between, two must
		9:  "ops/version/m001 by 1 to 2026-01-22 at depth 1 via ops/link/d000",
		13: "ops/version/m001 by 5 to 2026-01-26 at depth 1 via ops/link/d000",
		14: "ops/version/m001 by 6 to 2026-01-27 at depth 1 via ops/link/d000\n" +
			"ops/version/m002 by 1 to 2026-02-11 at depth 2 via ops/link/d001\n" +
			"ops/version/m003 by 1 to 2026-02-21 at depth 2 via ops/link/d001",
	} {
		i, err := first.Impact(days)
		if got := slippedBy(t, i, err); got != want {
			t.Errorf("of a slip of %d days:\n%s\nwant:\n%s", days, got, want)
		}
	}
	i, err := v.project(slipID(-1)).Impact(10)
	if got := slippedBy(t, i, err); !strings.HasPrefix(got, "ops/version/m002 by 5") || i.AffectedProjectCount() != 1 || i.AffectedCount() != 2 {
		t.Errorf("of a slip of the project by 10 days: %d projects and\n%s", i.AffectedProjectCount(), got)
	}
	for _, days := range []int{-1, maxSlipDays + 1} {
		if _, err := first.Impact(days); err == nil || !strings.Contains(err.Error(), "it is from 0 to 36500 days") {
			t.Errorf("a slip of %d days: %v", days, err)
		}
	}
}

func TestWhatIsLateAlreadyHandsOnTheSlipAlone(t *testing.T) {
	w := &slipWorld{
		start: []int{1, 1}, end: []int{0, 0}, over: []bool{false, false},
		milestones:   []slipMark{{0, 30, false}, {1, 10, false}, {1, 0, false}, {0, 40, true}},
		dependencies: []slipLink{{0, 1, 0}, {0, 2, 0}, {1, 0, 0}},
	}
	v := w.snapshot(t).View(Local)
	i, err := v.milestone(slipID(0)).Impact(3)
	if got, want := slippedBy(t, i, err), "ops/version/m001 by 3 to 2026-01-14 at depth 1 via ops/link/d000"; got != want {
		t.Errorf("it slips\n%s\nwant\n%s", got, want)
	}
	if undated, err := i.Undated(nil); err != nil || len(undated) != 1 || undated[0].DependencyRow.ID != "ops/link/d001" {
		t.Errorf("undated = %v, %v; want the dependency of the milestone without a date", undated, err)
	}
	cycles, err := v.milestone(slipID(1)).Impact(100)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := cycles.Cycles(nil); err != nil || len(all) != 1 || len(all[0].Dependencies) != 2 {
		t.Errorf("cycles = %v, %v; want one of two dependencies", all, err)
	}
	done, err := v.milestone(slipID(3)).Impact(5)
	if err != nil || done.Reason == nil || done.Reason.Code != "NOT_AHEAD" || done.AffectedCount() != 0 {
		t.Errorf("a milestone that is done slips: %v, %v", done, err)
	}
	yes := true
	page, err := v.Dependencies(&DependencyFilter{Circular: &BooleanComparator{Eq: &yes}}, PageRequest{})
	if err != nil || page.TotalCount() != 2 {
		t.Errorf("%d dependencies are circular (%v), want 2", page.TotalCount(), err)
	}
}

func TestWhatLiesBehindTheUnseenIsComputed(t *testing.T) {
	field := func(dept string) []Field { return []Field{{ID: "dept", Type: FieldText, Text: dept}} }
	docs := []Document{
		&Clock{Today: slipBegin},
		&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{{ID: "eng", Fields: []FieldMapping{{To: "department", Field: "dept"}}}}},
		&DepartmentFact{Slug: "open", Name: "Open"}, &DepartmentFact{Slug: "shut", Name: "Shut"},
	}
	for i, dept := range []string{"open", "shut", "open"} {
		id := fmt.Sprintf("%d", i)
		docs = append(docs,
			&ProjectFact{Source: Source{Connection: "eng", Kind: "project", ID: id}, Fields: field(dept)},
			&MilestoneFact{Source: Source{Connection: "eng", Kind: "version", ID: id}, Project: DocID("eng", "project", id), Due: slipBegin.AddDays(10)})
		if i > 0 {
			docs = append(docs, &DependencyFact{
				Source: Source{Connection: "eng", Kind: "link", ID: id}, Predecessor: LinkEnd{Ref: DocID("eng", "version", fmt.Sprintf("%d", i-1))}, Successor: LinkEnd{Ref: DocID("eng", "version", id)},
			})
		}
	}
	docs = append(docs, &DependencyFact{
		Source: Source{Connection: "eng", Kind: "link", ID: "back"}, Predecessor: LinkEnd{Ref: DocID("eng", "version", "2")}, Successor: LinkEnd{Ref: DocID("eng", "version", "1")},
	})
	v := mustSnapshot(t, docs).View(Caller{Role: RoleViewer, Departments: []string{"open"}})
	i, err := v.milestone(DocID("eng", "version", "0")).Impact(4)
	if got, want := slippedBy(t, i, err), "eng/version/2 by 4 to 2026-01-15 at depth 2 via eng/link/2"; got != want {
		t.Errorf("it slips\n%s\nwant\n%s", got, want)
	}
	if i.AffectedCount() != 1 || i.AffectedProjectCount() != 2 {
		t.Errorf("%d milestones and %d projects slip, want 1 and 2: the caller's own", i.AffectedCount(), i.AffectedProjectCount())
	}
	cycles, err := i.Cycles(nil)
	if err != nil || len(cycles) != 1 {
		t.Fatalf("%d cycles (%v), want one", len(cycles), err)
	}
	for _, d := range cycles[0].Dependencies {
		if d.Circular() != nil {
			t.Error("a dependency with an end that may not be seen tells whether it is circular")
		}
		if d.Predecessor().Name() != anotherProject && d.Successor().Name() != anotherProject {
			t.Error("an end that may not be seen has its name")
		}
	}
}
