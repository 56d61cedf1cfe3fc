package githubtest

import (
	"fmt"
	"slices"
	"strings"
)

// AddOwner adds a user or an organisation.
func (s *Site) AddOwner(o Owner) *Owner {
	s.change(func() {
		if o.ID == 0 {
			o.ID = s.nextID()
		}
		s.owners[strings.ToLower(o.Login)] = &o
	})
	return &o
}

// AddIssueField adds a field to the issues of all organisations.
func (s *Site) AddIssueField(f IssueField) {
	s.change(func() {
		if f.ID == 0 {
			f.ID = s.nextID()
		}
		s.fields = append(s.fields, f)
	})
}

// AddRepository adds a repository and returns it as it is now.
func (s *Site) AddRepository(r Repository) Repository {
	s.change(func() {
		if r.ID == 0 {
			r.ID = s.nextID()
		}
		r.Created, r.Updated = s.now(), s.now()
		s.repositories[r.ID] = &r
		s.reposOf[strings.ToLower(r.Owner)] = append(s.reposOf[strings.ToLower(r.Owner)], r.ID)
		s.names[strings.ToLower(r.Owner+"/"+r.Name)] = r.ID
	})
	return r
}

// EditRepository changes a repository. One that is given another name or owner
// is still found by the former ones.
func (s *Site) EditRepository(id int64, edit func(*Repository)) {
	s.change(func() {
		r := *s.repositories[id]
		was := r.Owner
		edit(&r)
		r.Updated = s.now()
		s.repositories[id] = &r
		s.names[strings.ToLower(r.Owner+"/"+r.Name)] = id
		if r.Owner != was {
			from, to := strings.ToLower(was), strings.ToLower(r.Owner)
			s.reposOf[from] = slices.DeleteFunc(slices.Clone(s.reposOf[from]), func(o int64) bool { return o == id })
			s.reposOf[to] = append(s.reposOf[to], id)
		}
	})
}

// DeleteRepository deletes a repository with all that is in it.
func (s *Site) DeleteRepository(id int64) {
	s.change(func() {
		owner := strings.ToLower(s.repositories[id].Owner)
		s.reposOf[owner] = slices.DeleteFunc(slices.Clone(s.reposOf[owner]), func(o int64) bool { return o == id })
		for _, m := range s.milestonesOf[id] {
			delete(s.milestones, m)
		}
		for _, i := range s.issuesOf[id] {
			delete(s.issues, i)
		}
		delete(s.milestonesOf, id)
		delete(s.issuesOf, id)
		delete(s.repositories, id)
	})
}

// AddMilestone adds a milestone and returns it as it is now.
func (s *Site) AddMilestone(m Milestone) Milestone {
	s.change(func() {
		if m.ID == 0 {
			m.ID = s.nextID()
		}
		for _, id := range s.milestonesOf[m.Repository] {
			m.Number = max(m.Number, s.milestones[id].Number)
		}
		m.Number++
		m.Created, m.Updated = s.now(), s.now()
		s.milestones[m.ID] = &m
		s.milestonesOf[m.Repository] = append(s.milestonesOf[m.Repository], m.ID)
	})
	return m
}

// EditMilestone changes a milestone.
func (s *Site) EditMilestone(id int64, edit func(*Milestone)) {
	s.change(func() {
		m := *s.milestones[id]
		edit(&m)
		m.Updated = s.now()
		if m.State == "closed" && m.Closed.IsZero() {
			m.Closed = s.now()
		}
		s.milestones[id] = &m
	})
}

// DeleteMilestone deletes a milestone.
func (s *Site) DeleteMilestone(id int64) {
	s.change(func() {
		of := s.milestones[id].Repository
		s.milestonesOf[of] = slices.DeleteFunc(slices.Clone(s.milestonesOf[of]), func(o int64) bool { return o == id })
		delete(s.milestones, id)
	})
}

// AddIssue adds an issue and returns it as it is now.
func (s *Site) AddIssue(i Issue) Issue {
	s.change(func() { i = s.addIssue(i) })
	return i
}

func (s *Site) addIssue(i Issue) Issue {
	if i.ID == 0 {
		i.ID = s.nextID()
	}
	list := s.issuesOf[i.Repository]
	i.Number = len(list) + 1
	if len(list) > 0 {
		if last := s.issues[list[len(list)-1]]; last != nil {
			i.Number = last.Number + 1
		}
	}
	i.Created, i.Updated = s.now(), s.now()
	s.issues[i.ID] = &i
	s.issuesOf[i.Repository] = append(list, i.ID)
	return i
}

// EditIssue changes an issue.
func (s *Site) EditIssue(id int64, edit func(*Issue)) {
	s.change(func() {
		i := *s.issues[id]
		edit(&i)
		i.Updated = s.now()
		if i.State == "closed" && i.Closed.IsZero() {
			i.Closed = s.now()
		}
		s.issues[id] = &i
		for _, item := range s.items {
			if item.Issue == id {
				s.touch(item.Board)
			}
		}
	})
}

// DeleteIssue deletes an issue; its number answers 410 from then on.
func (s *Site) DeleteIssue(id int64) {
	s.change(func() { s.deleteIssue(id) })
}

func (s *Site) deleteIssue(id int64) {
	i := s.issues[id]
	s.issuesOf[i.Repository] = slices.DeleteFunc(slices.Clone(s.issuesOf[i.Repository]), func(o int64) bool { return o == id })
	delete(s.issues, id)
	s.moved[s.issueKey(i)] = 0
	for _, other := range s.issues {
		other.BlockedBy = slices.DeleteFunc(slices.Clone(other.BlockedBy), func(o int64) bool { return o == id })
	}
}

// TransferIssue moves an issue to another repository, where it gets another id
// and number; its former number leads there.
func (s *Site) TransferIssue(id, to int64) Issue {
	var moved Issue
	s.change(func() {
		was := *s.issues[id]
		s.deleteIssue(id)
		moved = was
		moved.ID, moved.Repository = 0, to
		moved = s.addIssue(moved)
		s.moved[s.issueKey(&was)] = moved.ID
	})
	return moved
}

func (s *Site) issueKey(i *Issue) string {
	r := s.repositories[i.Repository]
	return strings.ToLower(fmt.Sprintf("%s/%s#%d", r.Owner, r.Name, i.Number))
}

// Fill adds so many repositories to an owner with so many milestones each.
func (s *Site) Fill(owner string, repositories, milestones int) {
	for n := range repositories {
		r := s.AddRepository(Repository{Owner: owner, Name: fmt.Sprintf("service-%04d", n+1), Description: "A service", Topics: []string{"service"}})
		for m := range milestones {
			s.AddMilestone(Milestone{
				Repository: r.ID, Title: fmt.Sprintf("Release %d.%d", n+1, m+1), Creator: owner, Open: m % 5, Done: m % 7,
				Due: fmt.Sprintf("2026-%02d-%02d", m%12+1, n%28+1),
			})
		}
	}
}
