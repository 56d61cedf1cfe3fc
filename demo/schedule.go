package demo

import (
	"maps"
	"slices"
)

const (
	// planned is how many days ago, at the latest, a project was entered that
	// has not begun yet.
	planned = -21
	// reported is the day of a health report when the file does not tell.
	reported = -4
	// before is how many days there are between two reports.
	before = 28
)

// usually is how many days before it is due the work on a milestone begins.
const usually = 90

// course is what became of a milestone, in days from today. It is computed
// once from what the files say; nothing of it is written down twice.
type course struct {
	planned  int // the start before any move
	start    int
	due      int // as promised now
	finished int // the day it was done, when done
	done     bool
	moves    []moved
}

// moved is one change of the due date, with the start as it was planned then.
type moved struct {
	on, from, to int
	start        int
}

// follow plays a milestone of a project through its moves up to today. A
// milestone that was reached before a move is not moved any more; the start
// moves along until the work has begun.
func follow(p *project, m *milestone) course {
	takes := m.Takes
	if takes == 0 {
		takes = usually
	}
	c := course{due: m.Day, start: max(m.Day-takes, p.Starts)}
	c.start = min(c.start, c.due)
	c.planned = c.start
	for _, mv := range m.Moves {
		if mv.On >= 0 || c.due+m.Late <= mv.On && !m.Open {
			continue
		}
		if c.start > mv.On {
			c.start += mv.By
		}
		c.moves = append(c.moves, moved{mv.On, c.due, c.due + mv.By, c.start})
		c.due += mv.By
	}
	c.finished = c.due + m.Late
	c.done = c.finished < 0 && !m.Open
	return c
}

// span is when a project ends as promised now, and whether it is done.
func span(p *project) (end int, done bool) {
	end, done = p.Starts, len(p.Milestones) > 0
	for _, m := range p.Milestones {
		c := follow(p, m)
		last := c.due
		if c.done {
			last = c.finished
		}
		end = max(end, last)
		done = done && c.done
	}
	return end, done
}

// entered is the day on which a project and its milestones were written down.
func (p *project) entered() int { return min(p.Starts, planned) }

// begun is the day on which people of the project are seen to work on it;
// false when they are not, or when it was reached before.
func (c course) begun(p *project) (day int, ok bool) {
	day = max(c.start, p.entered())
	return day, day < 0 && (!c.done || day < c.finished)
}

// A promise is for when the milestones of a project are promised, at the time
// that history is at.
type promise map[*milestone]int

// promised is what was promised first.
func promised(p *project) promise {
	days := promise{}
	for _, m := range p.Milestones {
		days[m] = m.Day
	}
	return days
}

// end is the last of the days; false when there is no milestone.
func (p promise) end() (day int, ok bool) {
	if len(p) == 0 {
		return 0, false
	}
	return slices.Max(slices.Collect(maps.Values(p))), true
}

// A report is the health that was told of a project as a whole.
type report struct {
	day    int
	health string
}

// told is the day of the last report.
func told(p *project) int {
	switch end, done := span(p); {
	case p.Reported != 0:
		return p.Reported
	case done:
		return end
	}
	return reported
}

// reports are the last two; the one before was a shade better when the last is
// red, and green otherwise.
func reports(p *project) []report {
	last := report{told(p), *p.Health}
	if last.health == "" || p.Starts >= last.day {
		return nil
	}
	former := report{last.day - before, "Green"}
	if last.health == "Red" {
		former.health = "Amber"
	}
	if former.day <= p.Starts {
		return []report{last}
	}
	return []report{former, last}
}

// dueOn is for when the milestone was promised on the evening of a day.
func (c course) dueOn(day int) int {
	due := c.due
	for _, mv := range slices.Backward(c.moves) {
		if mv.on > day {
			due = mv.from
		}
	}
	return due
}

// startOn is when the work on it was to begin, as planned on a day.
func (c course) startOn(day int) int {
	start := c.planned
	for _, mv := range c.moves {
		if mv.on <= day {
			start = mv.start
		}
	}
	return start
}

// healthOn is what was told of a project last on a day, green before the first
// report.
func healthOn(p *project, day int) string {
	health := "Green"
	for _, r := range reports(p) {
		if r.day <= day {
			health = r.health
		}
	}
	return health
}
