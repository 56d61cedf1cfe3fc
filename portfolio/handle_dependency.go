package portfolio

// A Dependency is a dependency as one caller sees it.
type Dependency struct {
	*DependencyRow
	view *View
}

func (v *View) dependency(id string) *Dependency {
	if row, ok := v.snap.Dependency(id); ok && v.seesDependency(row) {
		return v.dependencyOf(row)
	}
	return nil
}

func (v *View) dependencyOf(row *DependencyRow) *Dependency { return &Dependency{row, v} }

// IsNode marks a type of the interface Node.
func (*Dependency) IsNode() {}

// ID is the global id.
func (d *Dependency) ID() string { return NodeID(KindDependency, d.DependencyRow.ID) }

// Predecessor is the end that comes first.
func (d *Dependency) Predecessor() *DependencyEnd {
	return d.view.end(&d.DependencyRow.Predecessor)
}

// Successor is the end that waits.
func (d *Dependency) Successor() *DependencyEnd { return d.view.end(&d.DependencyRow.Successor) }

// Violated reports whether the predecessor is expected later than the
// successor; nil when a date is missing, or when the caller may not see both.
func (d *Dependency) Violated() *bool { return d.view.violated(d.DependencyRow) }

// violated tells two dates apart, so it is told only to those who may see both
// ends.
func (v *View) violated(d *DependencyRow) *bool {
	if !v.seesEnd(&d.Predecessor) || !v.seesEnd(&d.Successor) {
		return nil
	}
	return d.Violated
}

// A DependencyEnd is one end of a dependency as one caller sees it.
type DependencyEnd struct {
	row  *EndRow
	view *View
}

// anotherProject is the name of what the caller may not see.
const anotherProject = "another project"

func (v *View) end(row *EndRow) *DependencyEnd { return &DependencyEnd{row, v} }

func (e *DependencyEnd) hidden() bool { return !e.view.seesEnd(e.row) }

// Project is the project of the end; nil when it is not synced, or when the
// caller may not see it.
func (e *DependencyEnd) Project() *Project {
	if e.row.ProjectID == "" {
		return nil
	}
	return e.view.project(e.row.ProjectID)
}

// Milestone is the milestone of the end; nil when the end is a project as a
// whole, is not synced, or when the caller may not see it.
func (e *DependencyEnd) Milestone() *Milestone { return e.view.milestone(e.row.MilestoneID) }

// Key is the tool's key of the record.
func (e *DependencyEnd) Key() string {
	if e.hidden() {
		return ""
	}
	return e.row.Key
}

// Name is the name of the record.
func (e *DependencyEnd) Name() string {
	if e.hidden() {
		return anotherProject
	}
	return e.row.Name
}
