package portfolio

import "fmt"

// A WorkAssignment is what somebody has to do on a project, as one caller sees
// it. An Assignment is what a rule sets.
type WorkAssignment struct {
	*AssignmentFact
	row  *AssignmentRow
	view *View
}

// seesEngagement reports whether the caller may see an assignment: when they
// may see its project. One that leads to no project is of no department.
func (v *View) seesEngagement(e *AssignmentRow) bool {
	if v.divisions == nil {
		return true
	}
	p, _ := v.snap.Project(e.project)
	return v.sees(p)
}

func (v *View) assignment(key string) *WorkAssignment {
	if e := v.snap.work().byKey[key]; e != nil && v.seesEngagement(e) {
		return v.assignmentOf(e)
	}
	return nil
}

func (v *View) assignmentOf(e *AssignmentRow) *WorkAssignment { return &WorkAssignment{e.fact, e, v} }

// IsNode marks a type of the interface Node.
func (*WorkAssignment) IsNode() {}

// ID is the global id.
func (a *WorkAssignment) ID() string { return NodeID(KindAssignment, a.Slug) }

// Key is what it is called by.
func (a *WorkAssignment) Key() string { return a.Slug }

// Project is what they work on; nil when the reference leads to none.
func (a *WorkAssignment) Project() *Project { return a.view.project(a.row.project) }

// ProjectReference is the project as recorded.
func (a *WorkAssignment) ProjectReference() string { return a.AssignmentFact.Project }

// Person is who works: of their accounts the first by id; nil when the
// reference leads to none.
func (a *WorkAssignment) Person() *Person { return a.view.personNamed(a.AssignmentFact.Person) }

// PersonReference is who works as recorded.
func (a *WorkAssignment) PersonReference() string { return a.AssignmentFact.Person }

// Identity is who works with all their accounts, if that is known.
func (a *WorkAssignment) Identity() *Identity {
	return a.view.identity(a.view.snap.work().workers[a.row.worker].identity)
}

// CountsFrom is the first day on which it counts; none when it always has.
func (a *WorkAssignment) CountsFrom() Date { return a.row.from }

// CountsTo is the last day on which it counts; none when it does for good.
func (a *WorkAssignment) CountsTo() Date { return a.row.to }

// IdleReason says why it does not count; nil when it does.
func (a *WorkAssignment) IdleReason() *Reason {
	switch a.row.idle {
	case ReasonProjectCancelled:
		return &Reason{Code: ReasonProjectCancelled, Message: "The project is cancelled."}
	case ReasonProjectGone:
		return &Reason{Code: ReasonProjectGone, Message: "The project's tool no longer shows it."}
	}
	return nil
}

// Recorded says who recorded it.
func (a *WorkAssignment) Recorded() *Recorded { return a.view.recorded(a.AssignmentFact.Key()) }

// A Capacity is how much somebody can work, as one caller sees it.
type Capacity struct {
	*CapacityFact
	view *View
}

// seesCapacity reports whether the caller may see a capacity: when they may see
// whose it is. Whom nobody knows only callers without a limit see.
func (v *View) seesCapacity(f *CapacityFact) bool {
	return v.divisions == nil || v.seesWorker(v.snap.workerOf(f.Person))
}

// seesWorker reports whether the caller may see somebody who works.
func (v *View) seesWorker(who worker) bool {
	if v.divisions == nil {
		return true
	}
	if i, ok := v.snap.Identity(who.identity); ok {
		return v.seesIdentity(i)
	}
	p, ok := v.snap.Person(who.person)
	return ok && v.seesPerson(p)
}

func (v *View) capacity(key string) *Capacity {
	doc, _ := v.snap.Document(Key{KindCapacity, key})
	if f, ok := doc.Doc.(*CapacityFact); ok && v.seesCapacity(f) {
		return v.capacityOf(f)
	}
	return nil
}

func (v *View) capacityOf(f *CapacityFact) *Capacity { return &Capacity{f, v} }

// IsNode marks a type of the interface Node.
func (*Capacity) IsNode() {}

// ID is the global id.
func (c *Capacity) ID() string { return NodeID(KindCapacity, c.Slug) }

// Key is what it is called by.
func (c *Capacity) Key() string { return c.Slug }

// Person is who it is of; nil when the reference leads to nobody.
func (c *Capacity) Person() *Person { return c.view.personNamed(c.CapacityFact.Person) }

// PersonReference is who it is of as recorded.
func (c *Capacity) PersonReference() string { return c.CapacityFact.Person }

// Recorded says who recorded it.
func (c *Capacity) Recorded() *Recorded { return c.view.recorded(c.CapacityFact.Key()) }

// A ControlException is what lets a project fail a control, as one caller sees
// it.
type ControlException struct {
	*ControlExceptionFact
	view *View
}

func (v *View) controlException(key string) *ControlException {
	if f := recordOf[ControlExceptionFact](v, KindControlException, key); f != nil && v.seesException(f) {
		return v.exceptionOf(f)
	}
	return nil
}

// seesException reports whether the caller may see an exception: when they may
// see its project, and may read what the control is about.
func (v *View) seesException(f *ControlExceptionFact) bool {
	return v.seesRecord(f) && v.seesControl(f.Control)
}

func (v *View) exceptionOf(f *ControlExceptionFact) *ControlException {
	return &ControlException{f, v}
}

// IsNode marks a type of the interface Node.
func (*ControlException) IsNode() {}

// ID is the global id.
func (x *ControlException) ID() string { return NodeID(KindControlException, x.Slug) }

// Key is what it is called by.
func (x *ControlException) Key() string { return x.Slug }

// Project is which project may fail it; nil when the reference leads to none.
func (x *ControlException) Project() *Project {
	return x.view.projectNamed(x.ControlExceptionFact.Project)
}

// ProjectReference is the project as recorded.
func (x *ControlException) ProjectReference() string { return x.ControlExceptionFact.Project }

// ApprovedBy is who has agreed; nil when the reference leads to nobody.
func (x *ControlException) ApprovedBy() *Person {
	return x.view.personNamed(x.ControlExceptionFact.ApprovedBy)
}

// ApprovedByReference is who has agreed as recorded.
func (x *ControlException) ApprovedByReference() string { return x.ControlExceptionFact.ApprovedBy }

// Expired reports whether its last day is past.
func (x *ControlException) Expired() bool { return x.expired(x.view.snap.today) }

// Recorded says who recorded it.
func (x *ControlException) Recorded() *Recorded {
	return x.view.recorded(x.ControlExceptionFact.Key())
}

// expired reports whether the last day of an exception is past.
func (f *ControlExceptionFact) expired(today Date) bool {
	return !f.Until.IsZero() && f.Until.Before(today)
}

// expiredReason says that an exception does not count any more; nil for one
// that does.
func (f *ControlExceptionFact) expiredReason(today Date) *Reason {
	if !f.expired(today) {
		return nil
	}
	return &Reason{Code: ReasonExceptionExpired, Message: fmt.Sprintf("The exception ended on %s, so the failure counts again.", f.Until)}
}

// ReasonExceptionExpired is the code of an exception that has ended.
const ReasonExceptionExpired = "EXCEPTION_EXPIRED"
