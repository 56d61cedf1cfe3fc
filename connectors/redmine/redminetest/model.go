package redminetest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// User is somebody the site knows.
type User struct {
	ID     int64
	Login  string
	First  string
	Last   string
	Mail   string // hidden from all but administrators when HidesMail
	Locked bool

	HidesMail bool
	// Group makes it one: it may be a member and be assigned to, but is no user.
	Group bool
}

func (u *User) name() string { return strings.TrimSpace(u.First + " " + u.Last) }

// The statuses of a project.
const (
	Active   = 1
	Closed   = 5
	Archived = 9
)

// Project is one project of the site.
type Project struct {
	ID          int64
	Identifier  string
	Name        string
	Description string
	Parent      int64
	Status      int
	Private     bool
	Fields      map[int64]any // by Field.ID: a string, or a list of them
	Created     time.Time
	Updated     time.Time

	Raw []byte // when set, sent in place of the record, to play a malformed one
}

// Version is a version of a project.
type Version struct {
	ID      int64
	Project int64
	Name    string
	Status  string // open, locked or closed
	Due     string // civil date, 2006-01-02, or empty
	Sharing string // none, descendants, hierarchy, tree or system
	Fields  map[int64]any
	Created time.Time
	Updated time.Time

	Raw []byte // when set, sent in place of the record
}

// Tracker is a kind of issue; Default is the status of a new one.
type Tracker struct {
	ID      int64
	Name    string
	Default int64
}

// Status is a status of issues.
type Status struct {
	ID     int64
	Name   string
	Closed bool
}

// Field is a custom field. Of is project, version or issue; Format as Redmine
// has it: string, text, list, date, int, float, bool, user.
type Field struct {
	ID     int64
	Name   string
	Of     string
	Format string
}

// Issue is one issue.
type Issue struct {
	ID       int64
	Project  int64
	Tracker  string
	Status   string
	Subject  string
	Start    string // civil date, 2006-01-02, or empty
	Due      string
	Assignee int64
	Version  int64
	Done     int
	Fields   map[int64]any
	Created  time.Time
	Updated  time.Time
	Closed   time.Time

	Journals []Journal // what EditIssue changed, oldest first

	Raw []byte // when set, sent in place of the record
}

// Journal is what an edit changed. Attribute is as Redmine calls it, such as
// due_date.
type Journal struct {
	ID        int64
	At        time.Time
	Attribute string
	Old, New  string

	Raw []byte // when set, sent in place of the journal
}

// Relation joins two issues, as in "From precedes To by Delay days".
type Relation struct {
	ID       int64
	From, To int64
	Type     string // relates, precedes, blocks, duplicates, copied_to
	Delay    *int
}

// Member is somebody in a role of a project.
type Member struct {
	ID        int64
	User      int64
	Role      string
	Inherited bool
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

// AddField adds a custom field.
func (s *Site) AddField(f Field) Field {
	s.change(func() {
		if f.ID == 0 {
			f.ID = s.newID("field")
		}
		s.fields = append(s.fields, f)
	})
	return f
}

// AddTracker adds a tracker.
func (s *Site) AddTracker(t Tracker) { s.change(func() { s.trackers = append(s.trackers, t) }) }

// AddStatus adds a status of issues.
func (s *Site) AddStatus(st Status) { s.change(func() { s.statuses = append(s.statuses, st) }) }

// AddProject adds a project, which is active unless it says otherwise.
func (s *Site) AddProject(p Project) Project {
	s.change(func() {
		if p.ID == 0 {
			p.ID = s.newID("project")
		}
		if p.Status == 0 {
			p.Status = Active
		}
		s.stamp(&p.Created, &p.Updated)
		s.projects[p.ID] = &p
	})
	return p
}

// AddVersion adds a version to its project.
func (s *Site) AddVersion(v Version) Version {
	s.change(func() {
		s.mustProject(v.Project)
		if v.ID == 0 {
			v.ID = s.newID("version")
		}
		if v.Status == "" {
			v.Status = "open"
		}
		if v.Sharing == "" {
			v.Sharing = "none"
		}
		s.stamp(&v.Created, &v.Updated)
		s.versions[v.ID] = &v
		s.versionOf[v.Project] = append(s.versionOf[v.Project], v.ID)
	})
	return v
}

// AddIssue adds an issue to its project. Tracker defaults to Milestone, Status
// to New.
func (s *Site) AddIssue(i Issue) Issue {
	s.change(func() {
		s.mustProject(i.Project)
		if i.ID == 0 {
			i.ID = s.newID("issue")
		}
		if i.Tracker == "" {
			i.Tracker = "Milestone"
		}
		if i.Status == "" {
			i.Status = "New"
		}
		s.stamp(&i.Created, &i.Updated)
		s.issues[i.ID] = &i
		at, _ := slices.BinarySearch(s.order, i.ID)
		s.order = slices.Insert(s.order, at, i.ID)
	})
	return i
}

// AddMember puts a user into a role of a project.
func (s *Site) AddMember(project, user int64, role string, inherited bool) {
	s.change(func() {
		s.mustProject(project)
		s.members[project] = append(s.members[project], Member{ID: s.newID("member"), User: user, Role: role, Inherited: inherited})
	})
}

// Issue is the issue with the id.
func (s *Site) Issue(id int64) (Issue, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.issues[id]
	if !ok {
		return Issue{}, false
	}
	return *i, true
}

// Version is the version with the id.
func (s *Site) Version(id int64) (Version, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, ok := s.versions[id]
	if !ok {
		return Version{}, false
	}
	return *v, true
}

func (s *Site) stamp(created, updated *time.Time) {
	if created.IsZero() {
		*created = s.now()
	}
	if updated.IsZero() {
		*updated = *created
	}
}

func (s *Site) mustProject(id int64) *Project {
	p, ok := s.projects[id]
	if !ok {
		panic(fmt.Sprintf("redminetest: no project %d", id))
	}
	return p
}

// Fill adds projects, and to each the same share of versions and of issues of
// the tracker Milestone, for tests of volume.
func (s *Site) Fill(projects, versions, issues int) {
	base := s.now().Add(-240 * 24 * time.Hour)
	ids := make([]int64, projects)
	for n := range projects {
		ids[n] = s.AddProject(Project{Identifier: fmt.Sprintf("p%d", n+1), Name: fmt.Sprintf("Project %05d", n+1)}).ID
	}
	for n := range versions {
		s.AddVersion(Version{Project: ids[n%projects], Name: fmt.Sprintf("Release %d", n/projects+1), Due: base.AddDate(0, 0, n%700).Format(time.DateOnly)})
	}
	for n := range issues {
		at := base.Add(time.Duration(n) * 7 * time.Minute)
		s.AddIssue(Issue{
			Project: ids[n%projects], Subject: fmt.Sprintf("Step %d", n/projects+1), Due: base.AddDate(0, 0, n%700).Format(time.DateOnly),
			Created: at, Updated: at.Add(time.Hour),
		})
	}
}
