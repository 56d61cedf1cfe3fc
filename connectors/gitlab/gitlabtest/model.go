package gitlabtest

import (
	"fmt"
	"slices"
	"time"
)

// User is somebody the site knows.
type User struct {
	ID       int64
	Name     string
	Username string
	Blocked  bool
}

// Group is one group of the site.
type Group struct {
	ID          int64
	Path        string // its own part
	Name        string
	Description string
	Parent      int64
	Archived    bool
	NotMember   bool // the account sees it without being a member
	Created     time.Time

	Raw []byte // when set, sent in place of the record, to play a malformed one
}

// Project is one project of the site, in a group or of a user.
type Project struct {
	ID          int64
	Path        string // its own part
	Name        string
	Description string
	Group       int64
	Owner       int64 // a user, when it lies in no group
	Archived    bool
	Deletion    string // civil date on which it will be gone
	NotMember   bool
	Topics      []string

	NoMilestones bool // they are switched off
	Created      time.Time

	Raw []byte // when set, sent in place of the record
}

// Milestone is one of a group or of a project.
type Milestone struct {
	ID      int64
	Group   int64
	Project int64
	Title   string
	State   string // active or closed
	Start   string // civil date, 2006-01-02, or empty
	Due     string
	Text    string
	Created time.Time
	Updated time.Time

	Raw []byte // when set, sent in place of the record
}

func (m *Milestone) owner() string {
	if m.Group != 0 {
		return of("group", m.Group)
	}
	return of("project", m.Project)
}

// Epic is one epic of a group.
type Epic struct {
	ID      int64
	IID     int64
	Group   int64
	Parent  int64
	Title   string
	State   string // opened or closed
	Start   string
	Due     string
	Health  string
	Labels  []string
	Created time.Time
	Updated time.Time
	Closed  time.Time
}

// Issue is one issue of a project.
type Issue struct {
	ID        int64
	IID       int64
	Project   int64
	Title     string
	State     string // opened or closed
	Due       string
	Health    string // on_track, needs_attention or at_risk
	Weight    int
	Labels    []string
	Assignee  int64
	Milestone int64
	Epic      int64
	MovedTo   int64 // the issue that it is now, in another project
	Created   time.Time
	Updated   time.Time
	Closed    time.Time
}

// Link joins two epics or two issues: From blocks To.
type Link struct {
	ID       int64
	Epics    bool
	From, To int64
	Type     string // blocks or relates_to
}

// Member is somebody with a role in a group or project.
type Member struct {
	User  int64
	Level int
}

// AddUser makes a user known.
func (s *Site) AddUser(u User) User {
	s.change(func() {
		if u.ID == 0 {
			u.ID = s.newID("user")
		}
		s.users[u.ID] = &u
	})
	return u
}

// AddGroup adds a group.
func (s *Site) AddGroup(g Group) Group {
	s.change(func() {
		if g.ID == 0 {
			g.ID = s.newID("group")
		}
		s.stamp(&g.Created)
		s.groups[g.ID] = &g
	})
	return g
}

// AddProject adds a project.
func (s *Site) AddProject(p Project) Project {
	s.change(func() {
		if p.ID == 0 {
			p.ID = s.newID("project")
		}
		s.stamp(&p.Created)
		s.projects[p.ID] = &p
	})
	return p
}

// AddMilestone adds a milestone to its group or project.
func (s *Site) AddMilestone(m Milestone) Milestone {
	s.change(func() {
		if m.ID == 0 {
			m.ID = s.newID("milestone")
		}
		if m.State == "" {
			m.State = "active"
		}
		s.stamp(&m.Created)
		s.stamp(&m.Updated)
		s.milestones[m.owner()] = append(s.milestones[m.owner()], &m)
	})
	return m
}

// AddEpic adds an epic to its group.
func (s *Site) AddEpic(e Epic) Epic {
	s.change(func() {
		e.ID, e.IID = s.newID("epic"), s.newID("epic of "+of("group", e.Group))
		if e.State == "" {
			e.State = "opened"
		}
		s.stamp(&e.Created)
		s.stamp(&e.Updated)
		s.epics[e.ID] = &e
	})
	return e
}

// AddIssue adds an issue to its project.
func (s *Site) AddIssue(i Issue) Issue {
	s.change(func() {
		i.ID, i.IID = s.newID("issue"), s.newID("issue of "+of("project", i.Project))
		if i.State == "" {
			i.State = "opened"
		}
		s.stamp(&i.Created)
		s.stamp(&i.Updated)
		s.issues[i.ID] = &i
	})
	return i
}

// AddLink joins two epics or two issues, "from blocks to".
func (s *Site) AddLink(l Link) Link {
	s.change(func() {
		l.ID = s.newID("link")
		if l.Type == "" {
			l.Type = "blocks"
		}
		s.links[l.ID] = l
	})
	return l
}

// DeleteLink takes a link away.
func (s *Site) DeleteLink(id int64) { s.change(func() { delete(s.links, id) }) }

// AddMember gives a user a role: kind is group or project, level 50 an owner,
// 40 a maintainer.
func (s *Site) AddMember(kind string, id, user int64, level int) {
	s.change(func() { s.members[of(kind, id)] = append(s.members[of(kind, id)], Member{user, level}) })
}

// EditGroup changes a group.
func (s *Site) EditGroup(id int64, edit func(*Group)) {
	s.change(func() {
		next := *s.groups[id]
		edit(&next)
		s.groups[id] = &next
	})
}

// EditProject changes a project.
func (s *Site) EditProject(id int64, edit func(*Project)) {
	s.change(func() {
		next := *s.projects[id]
		edit(&next)
		s.projects[id] = &next
	})
}

// EditMilestone changes a milestone.
func (s *Site) EditMilestone(id int64, edit func(*Milestone)) {
	s.change(func() {
		owner, n := s.milestone(id)
		next := *s.milestones[owner][n]
		edit(&next)
		next.Updated = s.now()
		s.milestones[owner][n] = &next
	})
}

// DeleteMilestone removes a milestone for good.
func (s *Site) DeleteMilestone(id int64) {
	s.change(func() {
		owner, n := s.milestone(id)
		s.milestones[owner] = slices.Delete(slices.Clone(s.milestones[owner]), n, n+1)
	})
}

// Newest is the id of the milestone of a project that was added last.
func (s *Site) Newest(project int64) (id int64) {
	s.change(func() {
		for _, m := range s.milestones[of("project", project)] {
			id = max(id, m.ID)
		}
	})
	return id
}

func (s *Site) milestone(id int64) (owner string, n int) {
	for owner, list := range s.milestones {
		if n := slices.IndexFunc(list, func(m *Milestone) bool { return m.ID == id }); n >= 0 {
			return owner, n
		}
	}
	panic(fmt.Sprintf("gitlabtest: no milestone %d", id))
}

// EditEpic changes an epic.
func (s *Site) EditEpic(id int64, edit func(*Epic)) {
	s.change(func() {
		next := *s.epics[id]
		edit(&next)
		next.Updated = s.now()
		if next.State == "closed" && s.epics[id].State != "closed" {
			next.Closed = next.Updated
		}
		s.epics[id] = &next
	})
}

// EditIssue changes an issue.
func (s *Site) EditIssue(id int64, edit func(*Issue)) {
	s.change(func() {
		next := *s.issues[id]
		next.Labels = slices.Clone(next.Labels)
		edit(&next)
		next.Updated = s.now()
		if next.State == "closed" && s.issues[id].State != "closed" {
			next.Closed = next.Updated
		}
		s.issues[id] = &next
	})
}

// MoveIssue moves an issue to another project, as GitLab does: it makes a new
// one there, and closes the old one.
func (s *Site) MoveIssue(id, project int64) Issue {
	old := *s.issues[id]
	next := old
	next.Project, next.Labels = project, slices.Clone(old.Labels)
	next.Created, next.Updated = time.Time{}, time.Time{}
	next = s.AddIssue(next)
	s.EditIssue(id, func(i *Issue) { i.State, i.MovedTo = "closed", next.ID })
	return next
}

// InheritDue gives an epic the due date of what is in it. That is no change of
// the epic: GitLab leaves its time of change as it is.
func (s *Site) InheritDue(id int64, due string) {
	s.change(func() {
		next := *s.epics[id]
		next.Due = due
		s.epics[id] = &next
	})
}

// RenameLabel gives a label another name, which is no change of its issues.
func (s *Site) RenameLabel(from, to string) {
	s.change(func() {
		for id, i := range s.issues {
			next := *i
			next.Labels = slices.Clone(i.Labels)
			for n, label := range next.Labels {
				if label == from {
					next.Labels[n] = to
				}
			}
			s.issues[id] = &next
		}
	})
}

// DeleteEpic removes an epic for good.
func (s *Site) DeleteEpic(id int64) { s.change(func() { delete(s.epics, id) }) }

// DeleteIssue removes an issue for good.
func (s *Site) DeleteIssue(id int64) { s.change(func() { delete(s.issues, id) }) }

// DeleteProject removes a project and everything in it for good.
func (s *Site) DeleteProject(id int64) {
	s.change(func() {
		delete(s.projects, id)
		delete(s.milestones, of("project", id))
		for n, i := range s.issues {
			if i.Project == id {
				delete(s.issues, n)
			}
		}
	})
}

func (s *Site) stamp(at *time.Time) {
	if at.IsZero() {
		*at = s.now()
	}
}

// Fill adds a group with projects, and to each of these the same share of
// milestones, for tests of volume.
func (s *Site) Fill(projects, milestones int) {
	base := s.now().AddDate(0, 0, -240)
	group := s.AddGroup(Group{Path: "big", Name: "Big"}).ID
	ids := make([]int64, projects)
	for n := range projects {
		ids[n] = s.AddProject(Project{Path: fmt.Sprintf("p%d", n+1), Name: fmt.Sprintf("Project %d", n+1), Group: group}).ID
	}
	for n := range milestones {
		s.AddMilestone(Milestone{Project: ids[n%projects], Title: fmt.Sprintf("Release %d", n/projects+1), Due: base.AddDate(0, 0, n%700).Format(time.DateOnly)})
	}
}
