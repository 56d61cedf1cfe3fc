package jiratest

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// User is somebody the site knows.
type User struct {
	ID    string // accountId on Cloud, user key on Data Center
	Name  string // display name
	Email string // empty when the profile hides it, as is usual on Cloud
	Zone  string // IANA time zone of the profile; empty is the site's UTC
}

// Project is one project of the site. Its ID never changes, its Key may.
type Project struct {
	ID          int64
	Key         string
	Name        string
	Description string
	Lead        string // User.ID
	Category    string
	Archived    bool
	Deleted     time.Time // when it was put in the bin; zero means it is not there
	Public      bool      // anonymous callers see it when the site lets them in

	Raw []byte // when set, sent in place of the record, to play a malformed one
}

// Version is a release of a project.
type Version struct {
	ID          int64
	Project     int64
	Name        string
	Description string
	Start       string // civil date, 2006-01-02, or empty
	Release     string // civil date, 2006-01-02, or empty
	Released    bool
	Archived    bool
	Driver      string // User.ID

	Raw []byte // when set, sent in place of the record
}

// IssueType is a kind of issue. Level 1 is an epic, 0 a standard issue, -1 a
// sub-task, 2 and above what Advanced Roadmaps adds.
type IssueType struct {
	ID    int64
	Name  string
	Level int
}

// Status is a workflow status; Category is new, indeterminate or done.
type Status struct {
	ID       int64
	Name     string
	Category string
}

// Field is a field of the site. Type is Jira's schema type (string, number,
// date, datetime, option, array, user, any) and Items that of the elements of
// an array. Custom is the schema.custom key of a custom field.
type Field struct {
	ID     string
	Name   string
	Type   string
	Items  string
	Custom string
}

// LinkType is a kind of issue link.
type LinkType struct {
	ID      int64
	Name    string
	Inward  string
	Outward string
}

// Link joins two issues: From outward To, as in "From blocks To".
type Link struct {
	ID       int64
	Type     string // LinkType.Name
	From, To int64
}

// Issue is one issue. Values in Fields are custom fields as Jira's JSON has
// them: a number, a string, {"value": …} for an option, a list of those.
type Issue struct {
	ID          int64
	Key         string
	Project     int64
	Type        string // IssueType.Name
	Summary     string
	Description string // plain text; Cloud shows it as ADF, Data Center as is
	Status      string // Status.Name
	Due         string // civil date, 2006-01-02, or empty
	Parent      int64
	Assignee    string // User.ID
	Labels      []string
	FixVersions []int64
	Fields      map[string]any
	Created     time.Time
	Updated     time.Time
	Resolved    time.Time

	Raw []byte // when set, sent in place of the record

	history []change
	past    []*Issue // earlier states, while the index may still show them
}

// change is one entry of an issue's changelog.
type change struct {
	id     int64
	author string
	at     time.Time
	items  []changeItem
}

type changeItem struct {
	Field      string  `json:"field"`
	FieldType  string  `json:"fieldtype"`
	FieldID    string  `json:"fieldId,omitempty"`
	From       *string `json:"from"`
	FromString *string `json:"fromString"`
	To         *string `json:"to"`
	ToString   *string `json:"toString"`
}

// defaults are what a new Jira site comes with.
func (s *Site) defaults() {
	s.types = []IssueType{
		{10000, "Epic", 1}, {10001, "Story", 0}, {10002, "Task", 0}, {10003, "Sub-task", -1},
		{10010, "Initiative", 2}, {10011, "Milestone", 0},
	}
	s.statuses = []Status{
		{1, "To Do", "new"}, {3, "In Progress", "indeterminate"}, {10005, "Blocked", "indeterminate"}, {10006, "Done", "done"},
	}
	s.linkTypes = []LinkType{
		{10000, "Blocks", "is blocked by", "blocks"},
		{10001, "Cloners", "is cloned by", "clones"},
		{10002, "Duplicate", "is duplicated by", "duplicates"},
		{10003, "Relates", "relates to", "relates to"},
	}
	s.fields = append(s.fields, []Field{
		{ID: "summary", Name: "Summary", Type: "string"}, {ID: "description", Name: "Description", Type: "string"},
		{ID: "issuetype", Name: "Issue Type", Type: "issuetype"}, {ID: "project", Name: "Project", Type: "project"},
		{ID: "status", Name: "Status", Type: "status"}, {ID: "duedate", Name: "Due date", Type: "date"},
		{ID: "assignee", Name: "Assignee", Type: "user"}, {ID: "labels", Name: "Labels", Type: "array", Items: "string"},
		{ID: "fixVersions", Name: "Fix versions", Type: "array", Items: "version"}, {ID: "parent", Name: "Parent", Type: "issuelink"},
		{ID: "issuelinks", Name: "Linked Issues", Type: "array", Items: "issuelinks"},
		{ID: "created", Name: "Created", Type: "datetime"}, {ID: "updated", Name: "Updated", Type: "datetime"},
		{ID: "resolutiondate", Name: "Resolved", Type: "datetime"},
	}...)
	if s.opts.Deployment == DataCenter {
		s.fields = append(s.fields, Field{
			ID: EpicLinkField, Name: "Epic Link", Type: "any", Custom: "com.pyxis.greenhopper.jira:gh-epic-link",
		})
	}
}

// EpicLinkField is the custom field by which a Data Center issue names its epic.
const EpicLinkField = "customfield_10008"

// AddUser makes a user known, or replaces the one of the same ID.
func (s *Site) AddUser(u User) User {
	s.change(func() {
		if u.ID == "" {
			u.ID = fmt.Sprintf("account-%d", s.newID())
		}
		s.users[u.ID] = &u
	})
	return u
}

// AddField adds a custom or system field.
func (s *Site) AddField(f Field) { s.change(func() { s.fields = append(s.fields, f) }) }

// AddType adds an issue type.
func (s *Site) AddType(t IssueType) { s.change(func() { s.types = append(s.types, t) }) }

// AddLinkType adds a link type.
func (s *Site) AddLinkType(t LinkType) { s.change(func() { s.linkTypes = append(s.linkTypes, t) }) }

// AddStatus adds a workflow status.
func (s *Site) AddStatus(st Status) { s.change(func() { s.statuses = append(s.statuses, st) }) }

// AddProject adds a project; an ID of 0 is given one.
func (s *Site) AddProject(p Project) Project {
	s.change(func() {
		if p.ID == 0 {
			p.ID = s.newID()
		}
		s.projects[p.ID] = &p
		s.projectKeys[p.Key] = p.ID
	})
	return p
}

// AddVersion adds a version to the project with the key.
func (s *Site) AddVersion(project string, v Version) Version {
	s.change(func() {
		v.Project = s.mustProject(project).ID
		if v.ID == 0 {
			v.ID = s.newID()
		}
		s.versions[v.ID] = &v
		s.versionsOf[v.Project] = append(s.versionsOf[v.Project], v.ID)
	})
	return v
}

// AddIssue adds an issue to the project with the key. Type defaults to Task,
// Status to To Do, Created and Updated to now.
func (s *Site) AddIssue(project string, i Issue) Issue {
	s.change(func() {
		p := s.mustProject(project)
		i.Project = p.ID
		if i.ID == 0 {
			i.ID = s.newID()
		}
		if i.Key == "" {
			s.lastNumber[p.ID]++
			i.Key = p.Key + "-" + strconv.Itoa(s.lastNumber[p.ID])
		}
		if i.Type == "" {
			i.Type = "Task"
		}
		if i.Status == "" {
			i.Status = "To Do"
		}
		if i.Created.IsZero() {
			i.Created = s.now()
		}
		if i.Updated.IsZero() {
			i.Updated = i.Created
		}
		s.issues[i.ID] = &i
		s.issueKeys[i.Key] = i.ID
	})
	return i
}

// Issue is the issue with the key, former keys included.
func (s *Site) Issue(key string) (Issue, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.issues[s.issueKeys[key]]
	if !ok {
		return Issue{}, false
	}
	return *i, true
}

// Issues are the issues of a project in the order of their ids.
func (s *Site) Issues(project string) []Issue {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []Issue
	id := s.projectKeys[project]
	for _, i := range s.issues {
		if i.Project == id {
			list = append(list, *i)
		}
	}
	slices.SortFunc(list, func(a, b Issue) int { return int(a.ID - b.ID) })
	return list
}

// Versions are the versions of a project in the order they were added.
func (s *Site) Versions(project string) []Version {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []Version
	for _, id := range s.versionsOf[s.projectKeys[project]] {
		list = append(list, *s.versions[id])
	}
	return list
}

func (s *Site) mustProject(key string) *Project {
	p, ok := s.projects[s.projectKeys[key]]
	if !ok {
		panic("jiratest: no project " + key)
	}
	return p
}

func (s *Site) mustIssue(key string) *Issue {
	i, ok := s.issues[s.issueKeys[key]]
	if !ok {
		panic("jiratest: no issue " + key)
	}
	return i
}

func (s *Site) newID() int64 { s.lastID++; return s.lastID }

// change runs an edit of the model; whatever is derived from it is made anew.
func (s *Site) change(edit func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision++
	edit()
}

// Fill adds projects named prefix1, prefix2, …, each with the same share of
// versions and of issues of a type, for tests of volume.
func (s *Site) Fill(prefix string, projects, versions, issues int, issueType string) {
	base := s.now().Add(-240 * 24 * time.Hour).Truncate(time.Millisecond)
	keys := make([]string, projects)
	for n := range projects {
		keys[n] = prefix + strconv.Itoa(n+1)
		s.AddProject(Project{Key: keys[n], Name: "Project " + keys[n], Category: fmt.Sprintf("Department %d", n%12+1)})
	}
	for n := range versions {
		s.AddVersion(keys[n%projects], Version{
			Name: fmt.Sprintf("Release %d", n/projects+1), Release: base.AddDate(0, 0, n%700).Format(time.DateOnly), Released: n%5 == 0,
		})
	}
	for n := range issues {
		at := base.Add(time.Duration(n) * 7 * time.Minute)
		s.AddIssue(keys[n%projects], Issue{
			Type: issueType, Summary: fmt.Sprintf("Step %d", n/projects+1), Due: base.AddDate(0, 0, n%700).Format(time.DateOnly),
			Description: "What this step delivers, for whom, and how we know that it is done.",
			Created:     at, Updated: at.Add(time.Hour), Labels: []string{"wave-" + strconv.Itoa(n%4+1)},
		})
	}
}
