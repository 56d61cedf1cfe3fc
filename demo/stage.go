package demo

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A player is one tool of the organisation, into which its history is played.
type player interface {
	// connection is the id under which the tool is configured, and under which
	// the files name it as the site of projects.
	connection() string
	// door is where connectors reach it, and address the URL of that.
	door() net.Listener
	address() string
	// recall gathers what happened there.
	recall()
	// playTo lets it happen up to the evening of a day.
	playTo(day int)
	// handler answers what a connector asks.
	handler() http.Handler
}

// A stage is what every player stands on: what the files say, a clock that
// shows the days of the past, and what happens on which of them.
type stage struct {
	id     string // of the connection
	at     net.Listener
	lib    *library
	today  time.Time // midnight in Zone
	clock  *clock
	events []event
	turn   map[string]int // by department, or by what else takes turns
}

// newStage builds a stage with a door on loopback, which nobody answers yet: a
// tool must know its own address before anything is played into it.
func newStage(ctx context.Context, id string, lib *library, today time.Time, now func() time.Time) (*stage, error) {
	at, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &stage{id: id, at: at, lib: lib, today: today, clock: &clock{real: now}, turn: map[string]int{}}, nil
}

func (s *stage) connection() string { return s.id }

func (s *stage) door() net.Listener { return s.at }

func (s *stage) address() string { return "http://" + s.at.Addr().String() }

// here are the projects that are planned here, in the order of the files.
func (s *stage) here() []*project {
	var list []*project
	for _, p := range s.lib.projects {
		if p.site == s.id {
			list = append(list, p)
		}
	}
	return list
}

// An event is something that people did on a day.
type event struct {
	day int
	do  func()
}

// opens and workday say when on a day things happen, evening when all of them
// have.
const (
	opens   = 8 * time.Hour
	workday = 9 * time.Hour
	evening = 18 * time.Hour
)

func (s *stage) on(day int, do func()) { s.events = append(s.events, event{day, do}) }

// playTo lets the history happen up to the evening of a day, day by day, under
// a clock that shows those days. So changelogs, creation times and keys are
// what the tool would have made of it.
func (s *stage) playTo(last int) {
	slices.SortStableFunc(s.events, func(a, b event) int { return a.day - b.day })
	for len(s.events) > 0 && s.events[0].day <= last {
		day := s.events[0].day
		end := slices.IndexFunc(s.events, func(e event) bool { return e.day != day })
		if end < 0 {
			end = len(s.events)
		}
		for n, e := range s.events[:end] {
			s.clock.set(s.today.AddDate(0, 0, day).Add(opens + time.Duration(n)*workday/time.Duration(end)))
			e.do()
		}
		s.events = s.events[end:]
	}
	if last < 0 {
		s.clock.set(s.today.AddDate(0, 0, last).Add(evening))
		return
	}
	s.clock.set(time.Time{})
}

// owner picks who takes care of the next milestone: in turn, everybody of the
// department but its director.
func (s *stage) owner(p *project) string {
	for _, d := range s.lib.departments {
		if d.Name == p.Department {
			s.turn[d.Name]++
			return d.People[1+s.turn[d.Name]%(len(d.People)-1)]
		}
	}
	return p.Lead
}

// date is the civil date of a day.
func (s *stage) date(day int) string { return s.today.AddDate(0, 0, day).Format(time.DateOnly) }

// A clock shows the time that history is at, and then the real one.
type clock struct {
	real func() time.Time

	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return c.real()
	}
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}
