package redminetest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// EditUser changes a user.
func (s *Site) EditUser(id int64, edit func(*User)) {
	s.change(func() {
		next := *s.users[id]
		edit(&next)
		s.users[id] = &next
	})
}

// EditProject changes a project. A change of its status is not seen in Updated,
// as Redmine writes it past the record.
func (s *Site) EditProject(id int64, edit func(*Project)) {
	s.change(func() {
		next := *s.mustProject(id)
		next.Fields = maps.Clone(next.Fields)
		before := next.Status
		edit(&next)
		if next.Status == before {
			next.Updated = s.now()
		}
		s.projects[id] = &next
	})
}

// EditVersion changes a version. Its project and its issues stay untouched.
func (s *Site) EditVersion(id int64, edit func(*Version)) {
	s.change(func() {
		v, ok := s.versions[id]
		if !ok {
			panic(fmt.Sprintf("redminetest: no version %d", id))
		}
		next := *v
		next.Fields = maps.Clone(v.Fields)
		edit(&next)
		next.Updated = s.now()
		s.versions[id] = &next
	})
}

// EditIssue changes an issue and moves its Updated to now. A status that closes
// it sets when that was.
func (s *Site) EditIssue(id int64, edit func(*Issue)) { s.change(func() { s.edit(id, edit) }) }

func (s *Site) edit(id int64, edit func(*Issue)) {
	i, ok := s.issues[id]
	if !ok {
		panic(fmt.Sprintf("redminetest: no issue %d", id))
	}
	next := *i
	next.Fields, next.Journals = maps.Clone(i.Fields), slices.Clone(i.Journals)
	edit(&next)
	next.Updated = s.now()
	for _, change := range [][3]string{
		{"due_date", i.Due, next.Due},
		{"status_id", strconv.FormatInt(s.status(i.Status).ID, 10), strconv.FormatInt(s.status(next.Status).ID, 10)},
	} {
		if change[1] != change[2] {
			next.Journals = append(next.Journals, Journal{ID: s.newID("journal"), At: next.Updated, Attribute: change[0], Old: change[1], New: change[2]})
		}
	}
	if s.status(next.Status).Closed && !s.status(i.Status).Closed {
		next.Closed = next.Updated
	}
	s.issues[id] = &next
}

// InheritDue gives an issue the due date of the tasks below it, of which Redmine
// keeps no journal.
func (s *Site) InheritDue(id int64, due string) {
	s.change(func() {
		next := *s.issues[id]
		next.Due, next.Updated = due, s.now()
		s.issues[id] = &next
	})
}

// AddRelation relates two issues. That leaves the Updated of both as it is, but
// one that follows and would begin too early is put off, which touches it; here
// only the touch is played.
func (s *Site) AddRelation(kind string, from, to int64, delay *int, touch bool) Relation {
	var r Relation
	s.change(func() {
		r = Relation{ID: s.newID("relation"), From: from, To: to, Type: kind, Delay: delay}
		s.relations[r.ID] = r
		s.linked[from] = append(s.linked[from], r.ID)
		s.linked[to] = append(s.linked[to], r.ID)
		if touch {
			s.edit(to, func(*Issue) {})
		}
	})
	return r
}

// DeleteRelation takes a relation away, which touches neither of its ends.
func (s *Site) DeleteRelation(id int64) { s.change(func() { s.unlink(id) }) }

func (s *Site) unlink(id int64) {
	r := s.relations[id]
	delete(s.relations, id)
	for _, end := range []int64{r.From, r.To} {
		s.linked[end] = slices.DeleteFunc(slices.Clone(s.linked[end]), func(o int64) bool { return o == id })
	}
}

// DeleteIssue removes an issue and its relations for good.
func (s *Site) DeleteIssue(id int64) { s.change(func() { s.deleteIssue(id) }) }

func (s *Site) deleteIssue(id int64) {
	for _, r := range slices.Clone(s.linked[id]) {
		s.unlink(r)
	}
	delete(s.issues, id)
	s.order = slices.DeleteFunc(slices.Clone(s.order), func(o int64) bool { return o == id })
}

// DeleteVersion removes a version for good.
func (s *Site) DeleteVersion(id int64) {
	s.change(func() {
		v := s.versions[id]
		delete(s.versions, id)
		s.versionOf[v.Project] = slices.DeleteFunc(slices.Clone(s.versionOf[v.Project]), func(o int64) bool { return o == id })
	})
}

// DeleteProject removes a project and everything in it for good.
func (s *Site) DeleteProject(id int64) {
	s.change(func() {
		s.mustProject(id)
		for _, i := range slices.Clone(s.order) {
			if s.issues[i].Project == id {
				s.deleteIssue(i)
			}
		}
		for _, v := range s.versionOf[id] {
			delete(s.versions, v)
		}
		delete(s.versionOf, id)
		delete(s.members, id)
		delete(s.projects, id)
	})
}

func (s *Site) status(name string) Status {
	for _, st := range s.statuses {
		if st.Name == name {
			return st
		}
	}
	return Status{ID: 99, Name: name}
}

func (s *Site) tracker(name string) Tracker {
	for _, t := range s.trackers {
		if t.Name == name {
			return t
		}
	}
	panic("redminetest: no tracker " + name)
}
