package asanatest

import (
	"cmp"
	"slices"
	"time"
)

// AddUser adds a person, or replaces the one with the gid, and returns the gid.
func (s *Site) AddUser(u User) string {
	s.change(func() {
		u.GID = cmp.Or(u.GID, s.gid())
		s.users[u.GID] = u
	})
	return u.GID
}

// AddField defines a custom field of the workspace and returns its gid.
func (s *Site) AddField(f CustomField) string {
	s.change(func() {
		f.GID = cmp.Or(f.GID, s.gid())
		s.fields[f.GID] = f
	})
	return f.GID
}

func (s *Site) touch(created, modified *time.Time) {
	now := s.now()
	if created.IsZero() {
		*created = now
	}
	if modified.IsZero() {
		*modified = now
	}
}

// AddProject adds a project and returns its gid.
func (s *Site) AddProject(p Project) string {
	s.change(func() {
		p.GID = cmp.Or(p.GID, s.gid())
		s.touch(&p.Created, &p.Modified)
		s.projects[p.GID] = p
	})
	return p.GID
}

// Project returns a project.
func (s *Site) Project(gid string) (Project, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.projects[gid]
	return p, ok
}

// EditProject changes a project.
func (s *Site) EditProject(gid string, change func(*Project)) {
	s.change(func() {
		p := s.projects[gid]
		p.Modified = s.now()
		change(&p)
		s.projects[gid] = p
		s.happens(gid, "changed", "project", gid)
	})
}

// DeleteProject removes a project. Tasks that are in no other stay, in none.
func (s *Site) DeleteProject(gid string) {
	s.change(func() {
		for _, t := range s.tasksOf[gid] {
			task := s.tasks[t]
			task.Projects = without(task.Projects, gid)
			s.tasks[t] = task
		}
		for _, r := range s.reportsOf[gid] {
			delete(s.statuses, r)
		}
		delete(s.tasksOf, gid)
		delete(s.reportsOf, gid)
		delete(s.projects, gid)
		delete(s.log, gid)
		for id, p := range s.portfolios {
			p.Items = without(p.Items, gid)
			s.portfolios[id] = p
		}
	})
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(o string) bool { return o == one })
}

// AddTask adds a task to the projects that it names and returns its gid.
func (s *Site) AddTask(t Task) string {
	s.change(func() {
		t.GID = cmp.Or(t.GID, s.gid())
		t.Subtype = cmp.Or(t.Subtype, "default_task")
		s.touch(&t.Created, &t.Modified)
		s.tasks[t.GID] = t
		for _, p := range t.Projects {
			s.tasksOf[p] = append(s.tasksOf[p], t.GID)
			s.happens(p, "added", "task", t.GID)
		}
		for _, before := range t.DependsOn {
			s.waitingFor[before] = append(s.waitingFor[before], t.GID)
		}
	})
	return t.GID
}

// Task returns a task.
func (s *Site) Task(gid string) (Task, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, ok := s.tasks[gid]
	return t, ok
}

// EditTask changes a task, but not the projects it is in nor what it waits for.
func (s *Site) EditTask(gid string, change func(*Task)) {
	s.change(func() {
		t := s.tasks[gid]
		t.Modified = s.now()
		change(&t)
		s.tasks[gid] = t
		s.changed(t)
	})
}

// changed is an event of the task in each of its projects.
func (s *Site) changed(t Task) {
	for _, p := range t.Projects {
		s.happens(p, "changed", "task", t.GID)
	}
}

// DeleteTask removes a task.
func (s *Site) DeleteTask(gid string) {
	s.change(func() {
		t := s.tasks[gid]
		for _, p := range t.Projects {
			s.tasksOf[p] = without(s.tasksOf[p], gid)
			s.happens(p, "deleted", "task", gid)
		}
		for _, after := range slices.Clone(s.waitingFor[gid]) {
			s.unlink(after, gid)
		}
		for _, before := range t.DependsOn {
			s.waitingFor[before] = without(s.waitingFor[before], gid)
		}
		delete(s.tasks, gid)
	})
}

// Move takes a task out of one project and puts it into another; either may
// be empty.
func (s *Site) Move(gid, from, to string) {
	s.change(func() {
		t := s.tasks[gid]
		t.Modified = s.now()
		if from != "" {
			t.Projects = without(t.Projects, from)
			s.tasksOf[from] = without(s.tasksOf[from], gid)
			s.happens(from, "removed", "task", gid)
		}
		if to != "" {
			t.Projects = append(slices.Clone(t.Projects), to)
			list := append(slices.Clone(s.tasksOf[to]), gid)
			slices.Sort(list)
			s.tasksOf[to] = list
			s.happens(to, "added", "task", gid)
		}
		s.tasks[gid] = t
	})
}

// AddDependency makes one task wait for another, and touches both.
func (s *Site) AddDependency(before, after string) {
	s.change(func() {
		t := s.tasks[after]
		t.DependsOn = append(slices.Clone(t.DependsOn), before)
		s.tasks[after] = t
		s.waitingFor[before] = append(slices.Clone(s.waitingFor[before]), after)
		s.touchBoth(before, after)
	})
}

// RemoveDependency undoes AddDependency, and touches both.
func (s *Site) RemoveDependency(before, after string) {
	s.change(func() {
		s.unlink(after, before)
		s.waitingFor[before] = without(s.waitingFor[before], after)
		s.touchBoth(before, after)
	})
}

func (s *Site) unlink(after, before string) {
	t := s.tasks[after]
	t.DependsOn = without(t.DependsOn, before)
	s.tasks[after] = t
}

func (s *Site) touchBoth(gids ...string) {
	for _, gid := range gids {
		t := s.tasks[gid]
		t.Modified = s.now()
		s.tasks[gid] = t
		s.changed(t)
	}
}

// AddStatus posts a status update and returns its gid.
func (s *Site) AddStatus(u Status) string {
	s.change(func() {
		u.GID = cmp.Or(u.GID, s.gid())
		s.touch(&u.Created, &u.Modified)
		s.statuses[u.GID] = u
		s.reportsOf[u.Project] = append(slices.Clone(s.reportsOf[u.Project]), u.GID)
		s.happens(u.Project, "added", "status_update", u.GID)
	})
	return u.GID
}

// DeleteStatus takes a status update back.
func (s *Site) DeleteStatus(gid string) {
	s.change(func() {
		u := s.statuses[gid]
		delete(s.statuses, gid)
		s.reportsOf[u.Project] = without(s.reportsOf[u.Project], gid)
		s.happens(u.Project, "deleted", "status_update", gid)
	})
}

// AddPortfolio adds a portfolio, or replaces the one with the gid, and returns
// its gid. It is no event of any project.
func (s *Site) AddPortfolio(p Portfolio) string {
	s.change(func() {
		p.GID = cmp.Or(p.GID, s.gid())
		if p.Created.IsZero() {
			p.Created = s.now()
		}
		s.portfolios[p.GID] = p
	})
	return p.GID
}

// DeletePortfolio removes a portfolio. What is in it stays.
func (s *Site) DeletePortfolio(gid string) { s.change(func() { delete(s.portfolios, gid) }) }

// AddGoal adds a goal, or replaces the one with the gid, and returns its gid.
func (s *Site) AddGoal(g Goal) string {
	s.change(func() {
		g.GID = cmp.Or(g.GID, s.gid())
		s.goals[g.GID] = g
	})
	return g.GID
}

// DeleteGoal removes a goal.
func (s *Site) DeleteGoal(gid string) { s.change(func() { delete(s.goals, gid) }) }

// Comment touches a task without changing anything that is read of it.
func (s *Site) Comment(gid string) {
	s.change(func() {
		for _, p := range s.tasks[gid].Projects {
			s.happens(p, "added", "story", s.gid())
		}
	})
}
