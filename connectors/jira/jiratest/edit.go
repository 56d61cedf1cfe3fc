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
