package azuredevopstest

import (
	"encoding/json"
	"fmt"
	"time"
)

// User is a person with an account.
type User struct {
	ID    string // a guid; made up from the e-mail address unless set
	Name  string
	Email string
}

// Project is a team project.
type Project struct {
	ID          string // a guid; made up from the name unless set
	Name        string
	Description string
	State       string // wellFormed unless set; deleted when it is in the bin
	Updated     time.Time
	// States are a process's own states, by type; the type's own unless set.
	States map[string][]State
}

// State is a state of a work item type, with what it means.
type State struct{ Name, Category string }

// ItemType is a work item type.
type ItemType struct {
	Name   string
	States []State
}

// Field is a field of work items.
type Field struct {
	Name, Ref, Type string
	Identity        bool
}

// Item is a work item. Instants are texts as Azure DevOps writes them, so that
// odd ones can be played; dates may be plain.
type Item struct {
	ID          int64  // given by AddItem
	Project     string // id or name in AddItem; afterwards the id
	Type        string
	Title       string
	State       string
	Assigned    string // User.ID or e-mail address
	Description string
	Start       string
	Target      string
	Due         string
	Finish      string
	Closed      string
	Tags        []string
	Parent      int64
	Iteration   string
	Fields      map[string]any // by reference name
	Created     time.Time
	Changed     time.Time
	Deleted     bool // in the bin
	// Raw stands for the whole record, to play one that cannot be read.
	Raw json.RawMessage

	rev       int
	watermark int64
}

// Iteration is a node of a project's tree of iterations.
type Iteration struct {
	ID      string // a guid; made up unless set
	Project string // id or name in AddIteration; afterwards the id
	Parent  string // id of another; empty is the root
	Name    string
	Start   string // 2026-01-05 or 2026-01-05T00:00:00Z; empty: none
	Finish  string

	number int64
}

// linkRow is one change of a link, as the feed tells it.
type linkRow struct {
	kind           string // reference name without direction
	source, target int64
	active         bool
	at             time.Time
	watermark      int64
}

func usualTypes() []ItemType {
	agile := []State{{"New", "Proposed"}, {"Active", "InProgress"}, {"Resolved", "Resolved"}, {"Closed", "Completed"}, {"Removed", "Removed"}}
	return []ItemType{
		{"Initiative", agile}, {"Epic", agile}, {"Feature", agile}, {"User Story", agile}, {"Milestone", agile},
		{"Task", []State{{"New", "Proposed"}, {"Active", "InProgress"}, {"Closed", "Completed"}, {"Removed", "Removed"}}},
	}
}

func usualFields(services bool) []Field {
	list := []Field{
		{"ID", "System.Id", "integer", false}, {"Title", "System.Title", "string", false}, {"Work Item Type", "System.WorkItemType", "string", false},
		{"State", "System.State", "string", false}, {"Team Project", "System.TeamProject", "string", false}, {"Tags", "System.Tags", "plainText", false},
		{"Assigned To", "System.AssignedTo", "string", true}, {"Created Date", "System.CreatedDate", "dateTime", false},
		{"Changed Date", "System.ChangedDate", "dateTime", false}, {"Description", "System.Description", "html", false},
		{"Iteration Path", "System.IterationPath", "treePath", false}, {"Area Path", "System.AreaPath", "treePath", false},
		{"Start Date", "Microsoft.VSTS.Scheduling.StartDate", "dateTime", false}, {"Target Date", "Microsoft.VSTS.Scheduling.TargetDate", "dateTime", false},
		{"Finish Date", "Microsoft.VSTS.Scheduling.FinishDate", "dateTime", false},
		{"Closed Date", "Microsoft.VSTS.Common.ClosedDate", "dateTime", false},
	}
	if services {
		list = append(list, Field{"Parent", "System.Parent", "integer", false}, Field{"Due Date", "Microsoft.VSTS.Scheduling.DueDate", "dateTime", false})
	}
	return list
}

// AddUser adds a person and returns its id.
func (s *Site) AddUser(u User) string {
	if u.ID == "" {
		u.ID = guid("user " + u.Email + u.Name)
	}
	s.change(func() { s.users[u.ID] = u })
	return u.ID
}

// AddField adds a field to every work item type.
func (s *Site) AddField(f Field) { s.change(func() { s.fields = append(s.fields, f) }) }

// AddType adds a work item type, or replaces its states.
func (s *Site) AddType(t ItemType) {
	s.change(func() {
		for i := range s.types {
			if s.types[i].Name == t.Name {
				s.types[i] = t
				return
			}
		}
		s.types = append(s.types, t)
	})
}

// AddProject adds a project and returns its id.
func (s *Site) AddProject(p Project) string {
	if p.ID == "" {
		p.ID = guid("project " + p.Name)
	}
	if p.State == "" {
		p.State = "wellFormed"
	}
	s.change(func() {
		if p.Updated.IsZero() {
			p.Updated = s.now()
		}
		s.projects[p.ID] = &p
	})
	return p.ID
}

// EditProject changes a project. Its work items keep their revisions, as they
// do when a project is renamed.
func (s *Site) EditProject(id string, edit func(*Project)) {
	s.change(func() {
		p := *s.mustProject(id)
		edit(&p)
		p.Updated = s.now()
		s.projects[p.ID] = &p
	})
}

// DeleteProject puts a project into the bin, with everything in it.
func (s *Site) DeleteProject(id string) {
	s.EditProject(id, func(p *Project) { p.State = "deleted" })
}

// mustProject finds a project by its id or name.
func (s *Site) mustProject(id string) *Project {
	if p := s.projects[id]; p != nil {
		return p
	}
	for _, p := range s.projects {
		if p.Name == id {
			return p
		}
	}
	panic(fmt.Sprintf("azuredevopstest: there is no project %q", id))
}

// AddIteration adds an iteration and returns its id.
func (s *Site) AddIteration(n Iteration) string {
	s.change(func() {
		s.lastID++
		n.number = s.lastID
		n.Project = s.mustProject(n.Project).ID
		if n.ID == "" {
			n.ID = guid(fmt.Sprint("iteration ", n.Project, n.Parent, n.Name, n.number))
		}
		s.nodes[n.ID] = &n
	})
	return n.ID
}

// EditIteration changes an iteration.
func (s *Site) EditIteration(id string, edit func(*Iteration)) {
	s.change(func() {
		n := *s.nodes[id]
		edit(&n)
		s.nodes[id] = &n
	})
}

// DeleteIteration removes an iteration.
func (s *Site) DeleteIteration(id string) { s.change(func() { delete(s.nodes, id) }) }
