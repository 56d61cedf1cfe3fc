package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed data/*.yaml data/strategy/*
var files embed.FS

// A department and the people who work there; the first is its director.
type department struct {
	Name   string   `yaml:"name"`
	People []string `yaml:"people"`
}

// A story is one file of projects that are kept on one site.
type story struct {
	Site string `yaml:"site"`
	// Programme is a project with a key, in which the others are initiatives.
	Programme *project   `yaml:"programme"`
	Projects  []*project `yaml:"projects"`
	Goals     []*goal    `yaml:"goals"` // where the tool keeps them beside projects
}

// A project as its file describes it. Days count from today.
type project struct {
	ID string `yaml:"id"` // how other projects refer to it
	// Key is that of the Jira project it has for itself, the name of its
	// repository, or its reference in the list of works.
	Key string `yaml:"key"`
	// Under is what it is kept in: the key of the Jira project in which it is
	// an initiative (in a story with a programme the programme's), the name of
	// the team project of its epic, or that of its portfolio.
	Under      string   `yaml:"under"`
	Name       string   `yaml:"name"`
	About      string   `yaml:"about"`
	Department string   `yaml:"department"`
	Lead       string   `yaml:"lead"`
	Sponsor    string   `yaml:"sponsor"`
	Budget     int      `yaml:"budget"` // dollars
	PMO        string   `yaml:"pmo"`
	Status     string   `yaml:"status"`   // when the dates do not tell
	Health     *string  `yaml:"health"`   // as reported: Green unless it says otherwise, "" for no report
	Reported   int      `yaml:"reported"` // day of the report; a few days ago unless it says otherwise
	Says       string   `yaml:"says"`     // what the report says, where it is more than a colour
	Objectives []string `yaml:"objectives"`
	Starts     int      `yaml:"starts"`
	Archived   bool     `yaml:"archived"`
	Deleted    int      `yaml:"deleted"` // day it was put in the bin; 0 is never
	// Repository and Board are their numbers on GitHub; 0 is no board.
	Repository int64 `yaml:"repository"`
	Board      int64 `yaml:"board"`

	// Plan names a list of milestones in plans.yaml whose days count from
	// GoLive, and {place} in their names is Place.
	Plan   string `yaml:"plan"`
	Place  string `yaml:"place"`
	GoLive int    `yaml:"golive"`
	// Replans are days on which every milestone still ahead was moved.
	Replans []move `yaml:"replans"`
	// After adds to the milestones of the plan, found by how their names begin.
	After map[string][]string `yaml:"after"`

	Milestones []*milestone `yaml:"milestones"`

	site string
}

// A milestone as it was first promised, and what became of it.
type milestone struct {
	Name string `yaml:"name"`
	Day  int    `yaml:"day"`  // first promised
	From string `yaml:"from"` // in a plan: Day counts from the project's start or end
	Late int    `yaml:"late"` // finished so many days after the date that was promised last
	Open bool   `yaml:"open"` // past due and not finished
	// Takes is how many days before it is due the work on it begins.
	Takes    int      `yaml:"takes"`
	Moves    []move   `yaml:"moves"`
	Key      bool     `yaml:"key"`     // bears the label key
	Release  bool     `yaml:"release"` // a version, not an epic
	Fallback string   `yaml:"fallback"`
	After    []string `yaml:"after"` // milestones that must come first, as project/beginning of its name
	// Waits names something outside that must come first, of which the tool
	// has an issue that is no milestone.
	Waits      string `yaml:"waits"`
	Unreadable bool   `yaml:"unreadable"` // the tool answers nonsense for it
}

// A move puts a due date off on a day.
type move struct {
	On  int    `yaml:"on"`
	By  int    `yaml:"by"`
	Why string `yaml:"why"`
}

// library is everything the files say.
type library struct {
	departments []department
	plans       map[string][]milestone
	backlog     []string
	projects    []*project // in the order of the files
	goals       []*goal
}

// stories are the files of projects, in the order in which they are told.
var stories = []string{
	"ehr", "telehealth", "publichealth", "hospitals", "offices", "pharmacies", "supply", "platform", "campaigns", "code", "works",
}

// gatesFrom is the budget from which a project passes the state's gates.
const gatesFrom = 2_500_000

// gates is the plan that such a project follows beside its own.
const gates = "gates"

// read reads the files and lays every plan out into milestones.
func read() (*library, error) {
	lib := &library{}
	for name, into := range map[string]any{"departments": &lib.departments, "plans": &lib.plans, "backlog": &lib.backlog} {
		if err := decode(name, into); err != nil {
			return nil, err
		}
	}
	for _, name := range stories {
		var s story
		if err := decode(name, &s); err != nil {
			return nil, err
		}
		if s.Programme != nil {
			s.Programme.ID = strings.ToLower(s.Programme.Key)
			for _, p := range s.Projects {
				p.Under = s.Programme.Key
			}
			s.Projects = slices.Insert(s.Projects, 0, s.Programme)
		}
		for _, p := range s.Projects {
			p.site = s.Site
			if err := lib.layOut(p, s.Programme == p); err != nil {
				return nil, fmt.Errorf("%s.yaml: %s: %w", name, p.ID, err)
			}
		}
		for _, g := range s.Goals {
			g.site = s.Site
		}
		lib.projects, lib.goals = append(lib.projects, s.Projects...), append(lib.goals, s.Goals...)
	}
	return lib, lib.check()
}

func decode(name string, into any) error {
	data, err := fs.ReadFile(files, path.Join("data", name+".yaml"))
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		return fmt.Errorf("%s.yaml: %w", name, err)
	}
	return nil
}

// layOut adds the milestones of the plans that a project follows.
func (l *library) layOut(p *project, programme bool) error {
	plan, known := l.plans[p.Plan]
	if p.Plan != "" && !known {
		return fmt.Errorf("no plan %q", p.Plan)
	}
	for _, m := range plan {
		m.Name = strings.ReplaceAll(m.Name, "{place}", p.Place)
		m.Day += p.GoLive
		p.Milestones = append(p.Milestones, &m)
	}
	for begins, refs := range p.After {
		m := p.milestone(begins)
		if m == nil {
			return fmt.Errorf("no milestone %q, or several", begins)
		}
		m.After = append(m.After, refs...)
	}
	if p.Budget >= gatesFrom && !programme {
		end := p.Starts
		for _, m := range p.Milestones {
			end = max(end, m.Day)
		}
		for _, m := range l.plans[gates] {
			if m.From == "end" {
				m.Day += end
			} else {
				m.Day += p.Starts
			}
			p.Milestones = append(p.Milestones, &m)
		}
	}
	for _, m := range p.Milestones {
		m.Moves = append(slices.Clone(p.Replans), m.Moves...)
		slices.SortStableFunc(m.Moves, func(a, b move) int { return a.On - b.On })
	}
	slices.SortStableFunc(p.Milestones, func(a, b *milestone) int { return a.Day - b.Day })
	if p.Health == nil {
		green := "Green"
		p.Health = &green
	}
	return nil
}

// milestone finds a milestone by how its name begins; nil when it is not the
// only one.
func (p *project) milestone(begins string) *milestone {
	var found *milestone
	for _, m := range p.Milestones {
		if strings.HasPrefix(m.Name, begins) {
			if found != nil {
				return nil
			}
			found = m
		}
	}
	return found
}

// project finds a project by its id, nil when there is none.
func (l *library) project(id string) *project {
	for _, p := range l.projects {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// goal finds a goal by its id, nil when there is none.
func (l *library) goal(id string) *goal {
	for _, g := range l.goals {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// resolve finds what an entry of After means: a milestone, or a project when
// the milestone is nil.
func (l *library) resolve(ref string) (*project, *milestone, error) {
	id, begins, ofMilestone := strings.Cut(ref, "/")
	p := l.project(id)
	if p == nil {
		return nil, nil, fmt.Errorf("%q: no such project", ref)
	}
	if !ofMilestone {
		return p, nil, nil
	}
	m := p.milestone(begins)
	if m == nil {
		return nil, nil, fmt.Errorf("%q: no such milestone, or several", ref)
	}
	return p, m, nil
}

// check names everything in the files that does not fit together.
func (l *library) check() error {
	var problems []error
	people := map[string]bool{}
	departments := map[string]bool{}
	for _, d := range l.departments {
		departments[d.Name] = true
		for _, name := range d.People {
			people[name] = true
		}
	}
	for _, p := range l.projects {
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("demo: %s: %s", p.ID, fmt.Sprintf(format, args...)))
		}
		if l.project(p.ID) != p {
			problem("another project has this id")
		}
		if !departments[p.Department] {
			problem("no department %q", p.Department)
		}
		for _, name := range []string{p.Lead, p.Sponsor} {
			if name != "" && !people[name] {
				problem("nobody is called %q", name)
			}
		}
		_, jira := sites[p.site]
		if jira && (p.Key == "") == (p.Under == "") {
			problem("either key or under says where it is kept")
		}
		for _, m := range p.Milestones {
			for _, ref := range m.After {
				switch first, before, err := l.resolve(ref); {
				case err != nil:
					problem("%s: after %v", m.Name, err)
				case first.site != p.site:
					problem("%s: %q is kept on another site", m.Name, ref)
				case m.Release || before != nil && before.Release:
					problem("%s: a release cannot be linked", m.Name)
				case before == nil && (p.site == "code" || p.site == "works"):
					problem("%s: %q is a project, for which nothing waits there", m.Name, ref)
				}
			}
			if m.Release && !jira && p.site != "code" || m.Unreadable && !jira {
				problem("%s: only Jira and GitHub have releases, and only Jira nonsense", m.Name)
			}
			if m.Release && len(m.Moves) > 0 {
				problem("%s: the tool keeps no history of a release", m.Name)
			}
		}
	}
	for _, g := range l.goals {
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("demo: goal %s: %s", g.ID, fmt.Sprintf(format, args...)))
		}
		if l.goal(g.ID) != g {
			problem("another goal has this id")
		}
		if !departments[g.Team] {
			problem("no department %q", g.Team)
		}
		if !people[g.Owner] {
			problem("nobody is called %q", g.Owner)
		}
		if g.Below != "" && l.goal(g.Below) == nil {
			problem("below %q: no such goal", g.Below)
		}
		for _, id := range g.Supports {
			if p := l.project(id); p == nil || p.site != g.site {
				problem("supported by %q: no such project in its tool", id)
			}
		}
	}
	return errors.Join(problems...)
}
