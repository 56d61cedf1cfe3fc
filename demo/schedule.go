package demo

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
