package portfolio

import "cmp"

// An Assumption is an assumption as one caller sees it.
type Assumption struct {
	*AssumptionFact
	view *View
}

func (v *View) assumption(key string) *Assumption {
	doc, _ := v.snap.Document(Key{KindAssumption, key})
	if f, ok := doc.Doc.(*AssumptionFact); ok && v.seesRecord(f) {
		return v.assumptionOf(f)
	}
	return nil
}

func (v *View) assumptionOf(f *AssumptionFact) *Assumption { return &Assumption{f, v} }

// IsNode marks a type of the interface Node.
func (*Assumption) IsNode() {}

// ID is the global id.
func (a *Assumption) ID() string { return NodeID(KindAssumption, a.Slug) }

// Title is what is taken for granted, or its key.
func (a *Assumption) Title() string { return cmp.Or(a.AssumptionFact.Title, a.Slug) }

// Project is the project it bears on.
func (a *Assumption) Project() *Project { return a.view.projectReferenced(a.AssumptionFact.Project) }

// Department is the one that was said, else that of its project.
func (a *Assumption) Department() *Department {
	return a.view.department(a.view.snap.recordDepartment(a.Bearing()))
}

// Owner answers for it.
func (a *Assumption) Owner() *Person { return a.view.personReferenced(a.AssumptionFact.Owner) }

// State is what is known of it.
func (a *Assumption) State() AssumptionState { return a.state() }

func (f *AssumptionFact) state() AssumptionState { return cmp.Or(f.State, AssumptionOpen) }

// Open reports whether nobody has looked yet.
func (a *Assumption) Open() bool { return a.state() == AssumptionOpen }

// Overdue reports whether somebody should have looked by now.
func (a *Assumption) Overdue() bool { return a.Open() && a.view.past(a.Due) }

// AgeDays counts the days from the day on which it was raised to the one on
// which somebody looked, or to today.
func (a *Assumption) AgeDays() *int { return a.view.age(a.Raised, a.Validated) }

// Recorded says who recorded it.
func (a *Assumption) Recorded() *Recorded { return a.view.recorded(a.Key()) }
