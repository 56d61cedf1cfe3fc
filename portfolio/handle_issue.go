package portfolio

import "cmp"

// An Issue is an issue as one caller sees it.
type Issue struct {
	*IssueFact
	view *View
}

func (v *View) issue(key string) *Issue {
	doc, _ := v.snap.Document(Key{KindIssue, key})
	if f, ok := doc.Doc.(*IssueFact); ok && v.seesRecord(f) {
		return v.issueOf(f)
	}
	return nil
}

func (v *View) issueOf(f *IssueFact) *Issue { return &Issue{f, v} }

// IsNode marks a type of the interface Node.
func (*Issue) IsNode() {}

// ID is the global id.
func (i *Issue) ID() string { return NodeID(KindIssue, i.Slug) }

// Title is what has gone wrong, or its key.
func (i *Issue) Title() string { return cmp.Or(i.IssueFact.Title, i.Slug) }

// Project is the project it bears on.
func (i *Issue) Project() *Project { return i.view.projectReferenced(i.IssueFact.Project) }

// Department is the one that was said, else that of its project.
func (i *Issue) Department() *Department {
	return i.view.department(i.view.snap.recordDepartment(i.Bearing()))
}

// Owner answers for it.
func (i *Issue) Owner() *Person { return i.view.personReferenced(i.IssueFact.Owner) }

// Risk is the recorded risk that occurred.
func (i *Issue) Risk() *Risk {
	if i.IssueFact.Risk == "" {
		return nil
	}
	return i.view.risk(i.IssueFact.Risk)
}

// Severity is how bad it is.
func (i *Issue) Severity() IssueSeverity { return i.severity() }

func (f *IssueFact) severity() IssueSeverity { return cmp.Or(f.Severity, SeverityMedium) }

// Open reports whether it is not resolved.
func (i *Issue) Open() bool { return i.open() }

func (f *IssueFact) open() bool { return f.Resolved.IsZero() }

// Overdue reports whether the due date is past and it is open.
func (i *Issue) Overdue() bool { return i.open() && i.view.past(i.Due) }

// AgeDays counts the days from the day on which it was raised to the one on
// which it was resolved, or to today.
func (i *Issue) AgeDays() *int { return i.view.age(i.Raised, i.Resolved) }

// Recorded says who recorded it.
func (i *Issue) Recorded() *Recorded { return i.view.recorded(i.Key()) }

// age counts the days from one day to another, or to today when that is not
// said; nil when that cannot be counted, as before the first day.
func (v *View) age(from, to Date) *int {
	if to.IsZero() {
		to = v.snap.Today()
	}
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return nil
	}
	days := to.DaysSince(from)
	return &days
}

// projectReferenced is the project that a reference leads to, if the caller may
// see it.
func (v *View) projectReferenced(reference string) *Project {
	if p, ok := v.snap.ProjectByReference(reference); ok {
		return v.project(p.ID)
	}
	return nil
}

// personReferenced is whom a reference leads to, if the caller may see them.
func (v *View) personReferenced(reference string) *Person {
	if reference == "" {
		return nil
	}
	if p, ok := v.snap.PersonByReference(reference); ok {
		return v.person(p.ID)
	}
	return nil
}
