package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"plumbline/portfolio"
	plsync "plumbline/sync"
)

// The tools beside Jira that tell the history of what they keep, in each of
// which a connector is to find what the files say.
var others = []string{"platform", "campaigns"}

// plan is a project with its milestones, or what was read of it.
type plan struct {
	About, Lead, Start, Due string
	Over                    bool
	Milestones              map[string]waypoint
}

// waypoint is a milestone of a plan.
type waypoint struct {
	Start, Due, Finished string
	Labels, After        []string
}

// foretold is what the files say of a tool as it was on the evening of a day.
func (o *Organisation) foretold(id string, day int) map[string]plan {
	s := o.stageOf(id)
	plans := map[string]plan{}
	for _, p := range s.here() {
		if p.entered() > day || p.Archived {
			continue
		}
		known := plan{About: p.About, Lead: p.Lead, Start: s.date(p.Starts), Over: len(p.Milestones) > 0, Milestones: map[string]waypoint{}}
		last := p.Starts
		for _, m := range p.Milestones {
			c := follow(p, m)
			due, start := m.Day, c.planned
			for _, mv := range c.moves {
				if mv.on <= day {
					due, start = mv.to, mv.start
				}
			}
			last = max(last, due)
			ms := waypoint{Start: s.date(start), Due: s.date(due)}
			if c.done && c.finished <= day {
				ms.Finished = s.date(c.finished)
			} else {
				known.Over = false
			}
			if m.Key {
				ms.Labels = []string{labelKey}
			}
			for _, ref := range m.After {
				first, before, err := s.lib.resolve(ref)
				if err == nil && first.entered() <= day {
					ms.After = append(ms.After, before.Name)
				}
			}
			if m.Waits != "" {
				ms.After = append(ms.After, m.Waits)
			}
			slices.Sort(ms.After)
			known.Milestones[m.Name] = ms
		}
		known.Due = s.date(last)
		plans[p.Name] = known
	}
	return plans
}

func (o *Organisation) stageOf(id string) *stage {
	for _, p := range o.players {
		if p.connection() == id {
			switch p := p.(type) {
			case *boards:
				return p.stage
			case *desk:
				return p.stage
			case *forge:
				return p.stage
			case *list:
				return p.stage
			}
		}
	}
	panic("there is no " + id)
}

// plans is what a connector has read, in the words of the files.
func (p pulled) plans() map[string]plan {
	people, projects, milestones := map[string]string{}, map[string]string{}, map[string]string{}
	plans := map[string]plan{}
	for _, fact := range p.facts {
		switch f := fact.(type) {
		case *portfolio.PersonFact:
			people[f.DocID()] = f.Name
		case *portfolio.ProjectFact:
			projects[f.DocID()] = f.Name
		case *portfolio.MilestoneFact:
			milestones[f.DocID()] = f.Name
		}
	}
	after := map[string][]string{}
	for _, fact := range p.facts {
		switch f := fact.(type) {
		case *portfolio.ProjectFact:
			if f.Presence == "" {
				plans[f.Name] = plan{
					About: f.Description, Lead: people[f.Lead], Start: f.Start.String(), Due: f.Due.String(),
					Over: f.StatusCategory == portfolio.StatusDone, Milestones: map[string]waypoint{},
				}
			}
		case *portfolio.DependencyFact:
			after[f.Successor.Ref] = append(after[f.Successor.Ref], cmp.Or(f.Predecessor.Name, milestones[f.Predecessor.Ref]))
		}
	}
	for _, fact := range p.facts {
		if f, ok := fact.(*portfolio.MilestoneFact); ok && f.Presence == "" {
			slices.Sort(after[f.DocID()])
			plans[projects[f.Project]].Milestones[f.Name] = waypoint{
				Start: f.Start.String(), Due: f.Due.String(), Finished: f.Finished.String(), Labels: f.Labels, After: after[f.DocID()],
			}
		}
	}
	return plans
}

func TestToolsTellWhatTheFilesSay(t *testing.T) {
	for _, day := range []int{0, -30, -180} {
		org := start(t, Options{Past: -day})
		tools := open(t, org)
		for _, id := range others {
			t.Run(fmt.Sprintf("%s on day %d", id, day), func(t *testing.T) {
				want, got := org.foretold(id, day), pull(t, tools[id]).plans()
				if len(want) < 2 {
					t.Errorf("the files tell of %d projects", len(want))
				}
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Errorf("(-files +connector):\n%s", diff)
				}
			})
		}
	}
}

// What the mapping makes of the tools' own fields and words.
func TestFieldsOfTheToolsAreUnderstood(t *testing.T) {
	org := start(t, Options{})
	s, _ := serve(t, org).sync(plsync.Request{Sweep: true})
	health := map[string]portfolio.Health{"Green": portfolio.HealthGreen, "Amber": portfolio.HealthYellow, "Red": portfolio.HealthRed, "": portfolio.HealthUnknown}
	phases := map[string]portfolio.Phase{statusOnHold: portfolio.PhaseOnHold, statusProposed: portfolio.PhaseProposed, statusCancelled: portfolio.PhaseCancelled}
	for _, id := range others {
		for _, p := range org.stageOf(id).here() {
			if p.Archived {
				continue
			}
			row := projectNamed(t, s, p.Name)
			end, done := span(p)
			want := health[*p.Health]
			if told := p.Reported; done && end < -portfolio.DefaultReportMaxAge || told < -portfolio.DefaultReportMaxAge {
				want = portfolio.HealthUnknown // too long ago
			}
			if row.Health.Reported != want {
				t.Errorf("%s: reported %s, want %s", p.Name, row.Health.Reported, want)
			}
			phase, odd := phases[p.Status]
			switch {
			case odd:
			case done:
				phase = portfolio.PhaseDone
			case p.Starts > 0:
				phase = portfolio.PhasePlanned
			default:
				phase = portfolio.PhaseActive
			}
			if row.Phase != phase {
				t.Errorf("%s: %s, want %s", p.Name, row.Phase, phase)
			}
			sponsor, ok := s.Person(row.SponsorID)
			if p.Sponsor != "" && (!ok || sponsor.Name != p.Sponsor) || row.PMOID != p.PMO || strings.ReplaceAll(row.DepartmentID, "-", " ") != strings.ToLower(p.Department) {
				t.Errorf("%s: sponsor %v, PMO id %q, department %q; want %s, %s and %s", p.Name, sponsor, row.PMOID, row.DepartmentID, p.Sponsor, p.PMO, p.Department)
			}
			claims := slices.Sorted(slices.Values(p.Objectives))
			if got := slices.Sorted(slices.Values(row.Objectives)); !slices.Equal(got, claims) {
				t.Errorf("%s: objectives %q, want %q", p.Name, got, claims)
			}
			asked, err := s.View(portfolio.Local).Project(row.ID)
			if err != nil {
				t.Fatal(err)
			}
			if b := asked.Budget(); p.Budget != 0 && (b == nil || b.Amount.String() != fmt.Sprint(p.Budget) || b.Currency != "USD") {
				t.Errorf("%s: budget %v, want %d USD", p.Name, b, p.Budget)
			}
			for _, m := range p.Milestones {
				if got := milestoneNamed(t, s, row, m.Name).Contingency(); got != m.Fallback {
					t.Errorf("%s: %s: contingency %q, want %q", p.Name, m.Name, got, m.Fallback)
				}
			}
		}
	}
}

// Asana tells nobody what a date was before: what was moved is known of the
// time in which it was read.
func TestMovesAreObservedWhereTheToolForgetsThem(t *testing.T) {
	const began = -40
	org := start(t, Options{Past: -began})
	server := serve(t, org)
	server.sync(plsync.Request{})
	org.PlayTo(0)
	s, _ := server.sync(plsync.Request{})
	moves := 0
	for _, p := range org.stageOf("campaigns").here() {
		for _, m := range p.Milestones {
			want := 0
			for _, mv := range follow(p, m).moves {
				if mv.on > began {
					want = 1 // however often, nobody looked in between
				}
			}
			moves += want
			if got := milestoneNamed(t, s, projectNamed(t, s, p.Name), m.Name).SlipCount; got != want {
				t.Errorf("%s: %s was moved %d times, want %d", p.Name, m.Name, got, want)
			}
		}
	}
	if moves < 3 {
		t.Errorf("the files tell of %d moves since day %d", moves, began)
	}
}
