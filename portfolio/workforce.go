package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// A workforce is who works on what. Work belongs to people, not to accounts:
// all accounts of an identity are one worker. An account of which nothing more
// is known is a worker of its own, and so is a reference that leads to nobody.
type workforce struct {
	engagements []*AssignmentRow // by key
	byKey       map[string]*AssignmentRow
	byProject   map[string][]*AssignmentRow
	workers     map[string]*worker
	ids         []string // of workers, sorted
}

// A worker is somebody who works, or could.
type worker struct {
	id          string
	identity    string // id of the identity; "" when there is none
	person      string // document id of the account, or of the identity's first; "" when there is none
	reference   string // as the first assignment has it, for whom nobody knows
	engagements []*AssignmentRow
	capacities  []*CapacityFact
}

// An AssignmentRow is an assignment with what follows from it.
type AssignmentRow struct {
	fact    *AssignmentFact
	worker  string
	project string // id of the unified project; "" when the reference leads to none
	from    Date   // the first day on which it counts; zero is always
	to      Date   // the last one; zero is for good
	idle    string // why it does not count; "" when it does
}

func (e *AssignmentRow) id() string { return e.fact.Slug }

// The codes of why an assignment does not count.
const (
	ReasonProjectCancelled = "PROJECT_CANCELLED"
	ReasonProjectGone      = "PROJECT_GONE"
)

// work returns who works on what, finding it out when nobody asked before.
func (s *Snapshot) work() *workforce { return s.governance.work.get(s.newWorkforce) }

func (s *Snapshot) newWorkforce() *workforce {
	assignments := recordsOf[AssignmentFact](s, KindAssignment)
	w := &workforce{
		engagements: make([]*AssignmentRow, len(assignments)),
		byKey:       make(map[string]*AssignmentRow, len(assignments)),
		byProject:   map[string][]*AssignmentRow{},
		workers:     map[string]*worker{},
	}
	for i, f := range assignments {
		e := s.engage(f)
		who := w.worker(s, f.Person)
		e.worker = who.id
		who.engagements = append(who.engagements, e)
		w.engagements[i], w.byKey[f.Slug] = e, e
		if e.project != "" {
			w.byProject[e.project] = append(w.byProject[e.project], e)
		}
	}
	for _, f := range recordsOf[CapacityFact](s, KindCapacity) {
		who := w.worker(s, f.Person)
		who.capacities = append(who.capacities, f)
	}
	for id := range w.workers {
		w.ids = append(w.ids, id)
	}
	slices.Sort(w.ids)
	return w
}

// engage finds out when an assignment counts. It begins and ends with its
// project where it does not say itself: the project ends on the day it was
// finished, else on the one it is expected on, and not before today while it
// goes on. Work on a project that is cancelled, or that its tool no longer
// shows, does not count.
func (s *Snapshot) engage(f *AssignmentFact) *AssignmentRow {
	e := &AssignmentRow{fact: f, from: f.From, to: f.To}
	p, ok := s.ProjectByReference(f.Project)
	if !ok {
		return e
	}
	e.project = p.ID
	fillDate(&e.from, p.StartDate)
	if e.to.IsZero() {
		e.to = p.expected()
		if p.FinishedDate.IsZero() && p.Phase != PhaseDone && !e.to.IsZero() && e.to.Before(s.today) {
			e.to = s.today
		}
	}
	switch {
	case p.Phase == PhaseCancelled:
		e.idle = ReasonProjectCancelled
	case p.Presence != PresencePresent:
		e.idle = ReasonProjectGone
	}
	return e
}

// workerOf is the worker that an account, an identity or a reference of a
// person stands for, without what they do.
func (s *Snapshot) workerOf(reference string) worker {
	if p, ok := s.PersonByReference(reference); ok {
		return s.workerOfAccount(p)
	}
	word := strings.ToLower(strings.TrimSpace(reference))
	if i, ok := s.Identity(word); ok {
		return workerOfIdentity(i)
	}
	for _, key := range s.identitiesCalled(word) {
		if i, ok := s.Identity(key); ok {
			return workerOfIdentity(i)
		}
	}
	return worker{id: "name " + word, reference: strings.TrimSpace(reference)}
}

func (s *Snapshot) workerOfAccount(p *PersonRow) worker {
	if i, ok := s.Identity(p.IdentityID); ok {
		return workerOfIdentity(i)
	}
	return worker{id: "person " + p.ID, person: p.ID}
}

func workerOfIdentity(i *IdentityRow) worker {
	who := worker{id: "identity " + i.ID, identity: i.ID}
	if len(i.AccountIDs) > 0 {
		who.person = i.AccountIDs[0]
	}
	return who
}

// worker returns the worker whom a reference leads to, adding them when they
// are new.
func (w *workforce) worker(s *Snapshot, reference string) *worker {
	who := s.workerOf(reference)
	if known := w.workers[who.id]; known != nil {
		return known
	}
	w.workers[who.id] = &who
	return &who
}

// of returns a worker with what they do; without anything when nobody recorded
// anything of them.
func (w *workforce) of(who worker) *worker { return cmp.Or(w.workers[who.id], &who) }
