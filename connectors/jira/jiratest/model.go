package jiratest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
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
	for _, f := range []Field{
		{ID: "summary", Name: "Summary", Type: "string"}, {ID: "description", Name: "Description", Type: "string"},
		{ID: "issuetype", Name: "Issue Type", Type: "issuetype"}, {ID: "project", Name: "Project", Type: "project"},
		{ID: "status", Name: "Status", Type: "status"}, {ID: "duedate", Name: "Due date", Type: "date"},
		{ID: "assignee", Name: "Assignee", Type: "user"}, {ID: "labels", Name: "Labels", Type: "array", Items: "string"},
		{ID: "fixVersions", Name: "Fix versions", Type: "array", Items: "version"}, {ID: "parent", Name: "Parent", Type: "issuelink"},
		{ID: "issuelinks", Name: "Linked Issues", Type: "array", Items: "issuelinks"},
		{ID: "created", Name: "Created", Type: "datetime"}, {ID: "updated", Name: "Updated", Type: "datetime"},
		{ID: "resolutiondate", Name: "Resolved", Type: "datetime"},
	} {
		s.fields = append(s.fields, f)
	}
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

// EditProject changes a project. A new Key keeps the old one as an alias and
// gives every issue of the project its new key, as Jira does.
func (s *Site) EditProject(key string, edit func(*Project)) {
	s.change(func() {
		next := *s.mustProject(key)
		before := next.Key
		edit(&next)
		s.projects[next.ID] = &next
		s.projectKeys[next.Key] = next.ID
		if next.Key == before {
			return
		}
		for _, i := range s.issues {
			if i.Project == next.ID {
				_, number, _ := strings.Cut(i.Key, "-")
				moved := *i
				moved.Key = next.Key + "-" + number
				s.issues[i.ID] = &moved
				s.issueKeys[moved.Key] = i.ID
			}
		}
	})
}

// EditVersion changes a version. The issues of the version stay untouched.
func (s *Site) EditVersion(id int64, edit func(*Version)) {
	s.change(func() {
		v, ok := s.versions[id]
		if !ok {
			panic(fmt.Sprintf("jiratest: no version %d", id))
		}
		next := *v
		edit(&next)
		s.versions[id] = &next
	})
}

// EditIssue changes an issue, moves its Updated to now and writes what differs
// into its changelog.
func (s *Site) EditIssue(key string, edit func(*Issue)) {
	s.change(func() { s.edit(s.mustIssue(key), edit) })
}

func (s *Site) edit(i *Issue, edit func(*Issue)) {
	next := *i
	next.Fields = maps.Clone(i.Fields)
	next.Labels = slices.Clone(i.Labels)
	next.FixVersions = slices.Clone(i.FixVersions)
	edit(&next)
	now := s.now()
	if !next.Updated.After(i.Updated) {
		next.Updated = now
	}
	next.history = slices.Clip(i.history)
	if items := differences(i, &next); len(items) > 0 {
		next.history = append(next.history, change{id: s.newID(), author: next.Assignee, at: next.Updated, items: items})
	}
	next.past = nil
	if s.opts.IndexDelay > 0 {
		for _, p := range i.past {
			if now.Sub(p.Updated) < 2*s.opts.IndexDelay {
				next.past = append(next.past, p)
			}
		}
		next.past = append(next.past, i)
	}
	s.issues[next.ID] = &next
	s.issueKeys[next.Key] = next.ID
}

func differences(a, b *Issue) []changeItem {
	var items []changeItem
	note := func(name, id, from, to string) {
		if from == to {
			return
		}
		item := changeItem{Field: name, FieldID: id, FieldType: "jira"}
		if from != "" {
			item.From, item.FromString = &from, &from
		}
		if to != "" {
			item.To, item.ToString = &to, &to
		}
		if strings.HasPrefix(id, "customfield_") {
			item.FieldType = "custom"
		}
		items = append(items, item)
	}
	note("summary", "summary", a.Summary, b.Summary)
	note("duedate", "duedate", a.Due, b.Due)
	note("status", "status", a.Status, b.Status)
	note("assignee", "assignee", a.Assignee, b.Assignee)
	note("Key", "", a.Key, b.Key)
	ids := map[string]bool{}
	for id := range a.Fields {
		ids[id] = true
	}
	for id := range b.Fields {
		ids[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if !reflect.DeepEqual(a.Fields[id], b.Fields[id]) {
			note(id, id, text(a.Fields[id]), text(b.Fields[id]))
		}
	}
	return items
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any:
		return text(v["value"])
	default:
		return fmt.Sprint(v)
	}
}

// Backdate writes a due date the issue had until then into its changelog, so
// that a story can begin before the site existed. Call it oldest first.
func (s *Site) Backdate(key string, at time.Time, from, to string) {
	s.change(func() {
		next := *s.mustIssue(key)
		was, is := Issue{Due: from}, Issue{Due: to}
		next.history = append(slices.Clip(next.history), change{id: s.newID(), author: next.Assignee, at: at, items: differences(&was, &is)})
		s.issues[next.ID] = &next
	})
}

// MoveIssue moves an issue to another project and returns its new key; the old
// key goes on leading to it.
func (s *Site) MoveIssue(key, project string) string {
	var moved string
	s.change(func() {
		p := s.mustProject(project)
		s.lastNumber[p.ID]++
		moved = p.Key + "-" + strconv.Itoa(s.lastNumber[p.ID])
		s.edit(s.mustIssue(key), func(i *Issue) { i.Project, i.Key = p.ID, moved })
	})
	return moved
}

// DeleteIssue removes an issue, its links and its keys for good.
func (s *Site) DeleteIssue(key string) {
	s.change(func() { s.deleteIssue(s.mustIssue(key).ID) })
}

func (s *Site) deleteIssue(id int64) {
	delete(s.issues, id)
	maps.DeleteFunc(s.issueKeys, func(_ string, i int64) bool { return i == id })
	for link, l := range s.links {
		if l.From == id || l.To == id {
			s.unlink(link)
		}
	}
}

// DeleteVersion removes a version for good.
func (s *Site) DeleteVersion(id int64) {
	s.change(func() {
		v, ok := s.versions[id]
		if !ok {
			panic(fmt.Sprintf("jiratest: no version %d", id))
		}
		delete(s.versions, id)
		s.versionsOf[v.Project] = slices.DeleteFunc(slices.Clone(s.versionsOf[v.Project]), func(o int64) bool { return o == id })
	})
}

// BinProject puts a project in the bin, where Cloud keeps it for 60 days.
func (s *Site) BinProject(key string) {
	now := s.now()
	s.EditProject(key, func(p *Project) { p.Deleted = now })
}

// RestoreProject takes a project out of the bin.
func (s *Site) RestoreProject(key string) {
	s.EditProject(key, func(p *Project) { p.Deleted = time.Time{} })
}

// DeleteProject removes a project and everything in it for good.
func (s *Site) DeleteProject(key string) {
	s.change(func() {
		p := s.mustProject(key)
		for id, i := range s.issues {
			if i.Project == p.ID {
				s.deleteIssue(id)
			}
		}
		for _, v := range s.versionsOf[p.ID] {
			delete(s.versions, v)
		}
		delete(s.versionsOf, p.ID)
		delete(s.projects, p.ID)
		maps.DeleteFunc(s.projectKeys, func(_ string, id int64) bool { return id == p.ID })
	})
}

// AddLink links two issues, "from outward to", and touches both.
func (s *Site) AddLink(kind, from, to string) Link {
	var l Link
	s.change(func() {
		a, b := s.mustIssue(from), s.mustIssue(to)
		l = Link{ID: s.newID(), Type: kind, From: a.ID, To: b.ID}
		s.links[l.ID] = l
		s.linksOf[a.ID] = append(s.linksOf[a.ID], l.ID)
		s.linksOf[b.ID] = append(s.linksOf[b.ID], l.ID)
		s.edit(a, func(*Issue) {})
		s.edit(b, func(*Issue) {})
	})
	return l
}

// RemoveLink removes a link and touches both of its ends.
func (s *Site) RemoveLink(id int64) {
	s.change(func() {
		l := s.links[id]
		s.unlink(id)
		for _, end := range []int64{l.From, l.To} {
			if i, ok := s.issues[end]; ok {
				s.edit(i, func(*Issue) {})
			}
		}
	})
}

func (s *Site) unlink(id int64) {
	l := s.links[id]
	delete(s.links, id)
	for _, end := range []int64{l.From, l.To} {
		s.linksOf[end] = slices.DeleteFunc(slices.Clone(s.linksOf[end]), func(o int64) bool { return o == id })
	}
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
		s.AddProject(Project{Key: keys[n], Name: fmt.Sprintf("Project %s", keys[n]), Category: fmt.Sprintf("Department %d", n%12+1)})
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
