package portfolio

import (
	"iter"
	"slices"
	"time"
)

// Position is the place in the log that the snapshot stands for.
func (s *Snapshot) Position() Position { return s.at }

// Data is the last position whose commit touched a fact: the revision that
// clients see.
func (s *Snapshot) Data() Position { return s.data }

// CommittedAt is the time of the last commit, by the store's clock.
func (s *Snapshot) CommittedAt() time.Time { return s.committedAt }

// Today is the civil date that views are computed for; zero before the first
// clock document.
func (s *Snapshot) Today() Date { return s.today }

// Settings are the settings of the log, never nil: before the first settings
// document they are empty, in UTC.
func (s *Snapshot) Settings() *Settings { return s.plan.settings }

// Problems names what is wrong in the settings and therefore left out.
func (s *Snapshot) Problems() []error { return s.plan.problems }

// Document returns the current document of a key.
func (s *Snapshot) Document(key Key) (Versioned, bool) { return s.facts[key.Kind].get(key.ID) }

// ToolPMOID is the PMO id that a tool's fact of a project says, by the mapping of
// its connection.
func (s *Snapshot) ToolPMOID(f *ProjectFact) string { return s.plan.projectSaid(f).pmoID }

// Documents yields the current documents of a kind, in no particular order.
func (s *Snapshot) Documents(kind Kind) iter.Seq[Versioned] {
	return func(yield func(Versioned) bool) {
		for _, v := range s.facts[kind].all() {
			if !yield(v) {
				return
			}
		}
	}
}

// Project returns the unified project that an id leads to: its own, or that
// of any of its members.
func (s *Snapshot) Project(id string) (*ProjectRow, bool) {
	return s.projects.byID.get(s.unified(id))
}

// unified returns the id of the project that a project fact belongs to.
func (s *Snapshot) unified(id string) string {
	if g, ok := s.groups.get(id); ok {
		return g.primary
	}
	return id
}

// Milestone returns a milestone by its id.
func (s *Snapshot) Milestone(id string) (*MilestoneRow, bool) { return s.milestones.byID.get(id) }

// Dependency returns a dependency by its id.
func (s *Snapshot) Dependency(id string) (*DependencyRow, bool) { return s.dependencies.byID.get(id) }

// Risk returns a risk by its id.
func (s *Snapshot) Risk(id string) (*RiskRow, bool) { return s.risks.byID.get(id) }

// Person returns a person's account by its id.
func (s *Snapshot) Person(id string) (*PersonRow, bool) { return s.people.byID.get(id) }

// Identity returns a person with all their accounts, by key or e-mail address
// in lower case.
func (s *Snapshot) Identity(id string) (*IdentityRow, bool) { return s.identities.byID.get(id) }

// Department returns a department by its slug.
func (s *Snapshot) Department(id string) (*DepartmentRow, bool) { return s.departments.byID.get(id) }

// Connection returns a connection by its id.
func (s *Snapshot) Connection(id string) (*ConnectionRow, bool) { return s.connections.byID.get(id) }

// Projects yields the unified projects by id.
func (s *Snapshot) Projects() iter.Seq[*ProjectRow] { return s.projects.ordered.all() }

// Milestones yields the milestones by id.
func (s *Snapshot) Milestones() iter.Seq[*MilestoneRow] { return s.milestones.ordered.all() }

// Dependencies yields the dependencies by id.
func (s *Snapshot) Dependencies() iter.Seq[*DependencyRow] { return s.dependencies.ordered.all() }

// Risks yields the risks by id.
func (s *Snapshot) Risks() iter.Seq[*RiskRow] { return s.risks.ordered.all() }

// People yields the people's accounts by id.
func (s *Snapshot) People() iter.Seq[*PersonRow] { return s.people.ordered.all() }

// Identities yields the people with all their accounts, by id.
func (s *Snapshot) Identities() iter.Seq[*IdentityRow] { return s.identities.ordered.all() }

// Departments yields the departments by slug.
func (s *Snapshot) Departments() iter.Seq[*DepartmentRow] { return s.departments.ordered.all() }

// Connections yields the connections by id.
func (s *Snapshot) Connections() iter.Seq[*ConnectionRow] { return s.connections.ordered.all() }

// projectRows are the projects by id, in chunks to scan without allocation.
func (s *Snapshot) projectRows() [][]*ProjectRow { return s.projects.ordered.chunks }

// milestoneRows are the milestones by id, in chunks to scan without allocation.
func (s *Snapshot) milestoneRows() [][]*MilestoneRow { return s.milestones.ordered.chunks }

// Counts is how many rows of each kind there are.
type Counts struct {
	Projects, Milestones, Dependencies, Risks, People, Departments, Connections int
}

// Counts counts the rows.
func (s *Snapshot) Counts() Counts {
	return Counts{
		Projects:     s.projects.ordered.count,
		Milestones:   s.milestones.ordered.count,
		Dependencies: s.dependencies.ordered.count,
		Risks:        s.risks.ordered.count,
		People:       s.people.ordered.count,
		Departments:  s.departments.ordered.count,
		Connections:  s.connections.ordered.count,
	}
}

// MilestonesOf returns the ids of a project's milestones by target date, those
// without one last, then by id.
func (s *Snapshot) MilestonesOf(projectID string) []string {
	rows := s.milestonesOf(projectID)
	ids := make([]string, len(rows))
	for i, m := range rows {
		ids[i] = m.ID
	}
	return ids
}

// milestonesOf returns the milestones that MilestonesOf names. The caller must
// not change the list.
func (s *Snapshot) milestonesOf(projectID string) []*MilestoneRow {
	rows, _ := s.children.get(s.unified(projectID))
	return rows
}

// ProjectsOf returns the ids of the projects of a department, sorted. The
// caller must not change it.
func (s *Snapshot) ProjectsOf(departmentID string) []string { return s.byDivision.of(departmentID) }

// DependenciesOf returns the dependencies in which a project or milestone is
// the successor, so that the other end is its predecessor, and those in which
// it is the predecessor. Those of a project include those of its milestones
// and of records in it that are not synced themselves.
func (s *Snapshot) DependenciesOf(id string) (predecessors, successors []string) {
	refs := s.refs[KindDependency]
	var candidates []string
	project, isProject := s.Project(id)
	if isProject {
		for _, member := range project.led() {
			candidates = append(candidates, refs.of(member)...)
		}
		for _, milestone := range s.milestonesOf(project.ID) {
			candidates = append(candidates, refs.of(milestone.ID)...)
		}
		slices.Sort(candidates)
		candidates = slices.Compact(candidates)
	} else {
		candidates = refs.of(id)
	}
	touches := func(end *EndRow) bool {
		if isProject {
			return end.ProjectID == project.ID
		}
		return end.MilestoneID == id
	}
	for _, candidate := range candidates {
		d, ok := s.Dependency(candidate)
		if !ok {
			continue
		}
		if touches(&d.Successor) {
			predecessors = append(predecessors, candidate)
		}
		if touches(&d.Predecessor) {
			successors = append(successors, candidate)
		}
	}
	return predecessors, successors
}

// risksOf returns the risks of a project, each of which names one of the ids
// that lead to it, or was recorded with a reference that does.
func (s *Snapshot) risksOf(p *ProjectRow) []*RiskRow {
	var rows []*RiskRow
	for _, id := range p.led() {
		for _, risk := range s.refs[KindRisk].of(id) {
			if row, ok := s.Risk(risk); ok {
				rows = append(rows, row)
			}
		}
	}
	return append(rows, s.recordedRisksOf(p)...)
}

func (s *Snapshot) recordedRisksOf(p *ProjectRow) []*RiskRow {
	refs := s.refs[KindRecordedRisk]
	if refs.count == 0 {
		return nil
	}
	var rows []*RiskRow
	for _, word := range s.projectWords(p) {
		for _, id := range refs.of(word) {
			if row, ok := s.Risk(id); ok && row.ProjectID == p.ID {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// ProjectByKey returns the project that a tool's key leads to. Of several, as
// when a key was given to a new project, the one that the tool still shows
// comes first.
func (s *Snapshot) ProjectByKey(connection, key string) (*ProjectRow, bool) {
	var found *ProjectRow
	for _, id := range s.refs[KindProject].of(keyWord(connection, key)) {
		v, _ := s.Document(Key{KindProject, id})
		row, ok := s.Project(id)
		if !ok {
			continue
		}
		if fact := v.Doc.(*ProjectFact); s.plan.presence(&fact.Source) == PresencePresent {
			return row, true
		}
		found = row
	}
	return found, found != nil
}

// RunsOf returns the runs of a connection, the newest first.
func (s *Snapshot) RunsOf(connection string) []*Run {
	ids := s.refs[KindRun].of(connection)
	runs := make([]*Run, 0, len(ids))
	for _, id := range slices.Backward(ids) {
		if v, ok := s.Document(Key{KindRun, id}); ok {
			runs = append(runs, v.Doc.(*Run))
		}
	}
	return runs
}
