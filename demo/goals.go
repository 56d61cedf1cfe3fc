package demo

import (
	"slices"

	"plumbline/connectors/asana/asanatest"
)

// A goal is what people want to reach with some projects, where their tool
// keeps goals beside projects.
type goal struct {
	ID     string `yaml:"id"` // how other goals refer to it
	Name   string `yaml:"name"`
	About  string `yaml:"about"`
	Owner  string `yaml:"owner"`
	Team   string `yaml:"team"`   // the department that answers for it
	Below  string `yaml:"below"`  // the goal that it is a part of
	Starts int    `yaml:"starts"` // day
	Ends   int    `yaml:"ends"`
	// Supports are the ids of the projects that work for it.
	Supports []string `yaml:"supports"`
	// Percent says that it is measured in hundredths. What has no target is
	// not measured.
	Percent bool    `yaml:"percent"`
	From    float64 `yaml:"from"`
	To      float64 `yaml:"to"`
	// Went is how far it had come on which days, and how people felt about it.
	Went []reached `yaml:"went"`

	site string
}

type reached struct {
	On     int     `yaml:"on"`
	At     float64 `yaml:"at"`
	Status string  `yaml:"status"`
}

// entered is the day on which a goal was written down.
func (g *goal) entered() int { return min(g.Starts, planned) }

// strive plays a goal: written down, supported, on its way.
func (d *desk) strive(g *goal) {
	change := func(day int, change func(*asanatest.Goal)) {
		d.on(day, func() {
			now := d.goals[g.ID]
			change(&now)
			now.GID = d.site.AddGoal(now)
			d.goals[g.ID] = now
		})
	}
	change(g.entered(), func(a *asanatest.Goal) {
		*a = asanatest.Goal{
			Name: g.Name, Notes: g.About, Owner: d.people[g.Owner], Team: g.Team, StartOn: d.date(g.Starts), DueOn: d.date(g.Ends),
		}
		if g.From != g.To {
			a.Metric = &asanatest.Metric{Initial: g.From, Target: g.To, Current: g.From}
			if g.Percent {
				a.Metric.Unit = "percentage"
			}
		}
	})
	for _, id := range g.Supports {
		p := d.lib.project(id)
		change(max(g.entered(), p.entered()), func(a *asanatest.Goal) { a.Supports = append(slices.Clone(a.Supports), d.projects[p]) })
	}
	for _, r := range g.Went {
		change(r.On, func(a *asanatest.Goal) {
			a.Status = r.Status
			if a.Metric != nil {
				metric := *a.Metric
				metric.Current = r.At
				a.Metric = &metric
			}
		})
	}
}

// part puts a goal below another one.
func (d *desk) part(g *goal) {
	if above := d.lib.goal(g.Below); above != nil {
		d.on(max(g.entered(), above.entered()), func() {
			now := d.goals[above.ID]
			now.Subgoals = append(slices.Clone(now.Subgoals), d.goals[g.ID].GID)
			d.site.AddGoal(now)
			d.goals[above.ID] = now
		})
	}
}
