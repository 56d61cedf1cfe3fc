package portfolio

import (
	"cmp"
	"slices"
)

// An inspector looks at projects one after the other.
type inspector struct {
	*Snapshot
	decisions map[string][]*DecisionFact // open ones, by project
	risks     map[string]*openRisks      // by project
}

// openRisks are how many risks of a project are open, and the names of those
// without an owner.
type openRisks struct {
	count     int
	ownerless []string
}

func (s *Snapshot) newInspector() *inspector {
	in := &inspector{s, map[string][]*DecisionFact{}, map[string]*openRisks{}}
	for r := range s.risks.ordered.all() {
		if r.Presence != PresencePresent || r.closed() || r.ProjectID == "" {
			continue
		}
		of := in.risks[r.ProjectID]
		if of == nil {
			of = &openRisks{}
			in.risks[r.ProjectID] = of
		}
		of.count++
		if r.OwnerID == "" {
			of.ownerless = append(of.ownerless, cmp.Or(r.Title, r.Key, r.ID))
		}
	}
	for _, d := range recordsOf[DecisionFact](s, KindDecision) {
		if !d.Decided.IsZero() {
			continue
		}
		var of []string
		for _, reference := range d.Projects {
			if p, ok := s.ProjectByReference(reference); ok && !slices.Contains(of, p.ID) {
				of = append(of, p.ID)
				in.decisions[p.ID] = append(in.decisions[p.ID], d)
			}
		}
	}
	return in
}

func (in *inspector) overdue(d *DecisionFact) bool {
	return !d.Due.IsZero() && d.Due.Before(in.today)
}

// baselined reports whether a tool or a person told the date that a project's
// slip is counted from.
func (in *inspector) baselined(p *ProjectRow) bool {
	if !p.own.baseline.IsZero() {
		return true
	}
	m, ok := in.Milestone(p.SlipFromID)
	return ok && (m.BaselineBasis == BaselineTool || m.BaselineBasis == BaselineOverride)
}

// openRisks counts the open risks of a project, and names those without an
// owner.
func (in *inspector) openRisks(p *ProjectRow) (open int, ownerless []string) {
	if of := in.risks[p.ID]; of != nil {
		return of.count, of.ownerless
	}
	return 0, nil
}

// openKeyMilestones counts the key and go-live milestones of a project that are
// not finished, and names those without a contingency.
func (in *inspector) openKeyMilestones(p *ProjectRow) (open int, without []string) {
	for _, m := range in.milestonesOf(p.ID) {
		if m.Kind == MilestoneStandard || m.Presence != PresencePresent || m.done() || m.StatusCategory == StatusCancelled {
			continue
		}
		open++
		if m.Contingency() == "" {
			without = append(without, cmp.Or(m.Name, m.Key, m.ID))
		}
	}
	return open, without
}

// An inspection is how every governed project stands to the controls.
type inspection struct {
	inspector *inspector
	projects  []inspected    // by id
	at        map[string]int // from a project to its place
	findings  []*ControlFindingRow
}

// inspected is how one project stands to each of the controls, in their order.
type inspected struct {
	row      *ProjectRow
	outcomes []ControlOutcome
}

// A ControlFindingRow is a project that fails a control.
type ControlFindingRow struct {
	place   int // of the control
	project *ProjectRow
	// exception is the one that holds, else the last that did; nil for none.
	exception *ControlExceptionFact
	excepted  bool
}

func (f *ControlFindingRow) id() string { return string(controls[f.place].code) + " " + f.project.ID }

// controlOf is one control of one project.
type controlOf struct {
	code    ControlCode
	project string
}

// inspection returns how the projects stand, looking when nobody asked before.
func (s *Snapshot) inspection() *inspection { return s.governance.controls.get(s.inspect) }

func (s *Snapshot) inspect() *inspection {
	i := &inspection{inspector: s.newInspector(), at: map[string]int{}}
	for p := range s.Projects() {
		if p.governed() {
			i.at[p.ID] = len(i.projects)
			i.projects = append(i.projects, inspected{row: p})
		}
	}
	outcomes := make([]ControlOutcome, len(i.projects)*len(controls))
	inPieces(len(i.projects), func(from, to int) {
		for at := from; at < to; at++ {
			each := &i.projects[at]
			each.outcomes = outcomes[at*len(controls) : (at+1)*len(controls)]
			for place := range controls {
				each.outcomes[place] = i.inspector.outcome(&controls[place], each.row)
			}
		}
	})
	exceptions := s.exceptions()
	for place := range controls {
		for _, each := range i.projects {
			if each.outcomes[place] != ControlFailed {
				continue
			}
			f := &ControlFindingRow{place: place, project: each.row, exception: exceptions[controlOf{controls[place].code, each.row.ID}]}
			if f.excepted = f.exception != nil && !f.exception.expired(s.today); f.excepted {
				each.outcomes[place] = ControlExcepted
			}
			i.findings = append(i.findings, f)
		}
	}
	return i
}

// outcome is how a project stands to a control, whatever exceptions there are.
func (in *inspector) outcome(c *control, p *ProjectRow) ControlOutcome {
	if p.alignment.programme && !c.programmes {
		return ControlNotApplicable
	}
	switch applies, fails := c.judge(in, p); {
	case !applies:
		return ControlNotApplicable
	case fails:
		return ControlFailed
	}
	return ControlPassed
}

// exceptions are those that hold the longest, by control and project.
func (s *Snapshot) exceptions() map[controlOf]*ControlExceptionFact {
	all := map[controlOf]*ControlExceptionFact{}
	for _, x := range recordsOf[ControlExceptionFact](s, KindControlException) {
		p, ok := s.ProjectByReference(x.Project)
		if !ok {
			continue
		}
		of := controlOf{x.Control, p.ID}
		if other := all[of]; other == nil || !other.Until.IsZero() && (x.Until.IsZero() || x.Until.After(other.Until)) {
			all[of] = x
		}
	}
	return all
}

// ofProject is how a project stands; nil when controls do not apply to it.
func (i *inspection) ofProject(id string) []ControlOutcome {
	if at, ok := i.at[id]; ok {
		return i.projects[at].outcomes
	}
	return nil
}

// findingOf is the finding of one project and control; nil for none.
func (i *inspection) findingOf(place int, project string) *ControlFindingRow {
	at, ok := slices.BinarySearchFunc(i.findings, controlAt{place, project}, compareFinding)
	if !ok {
		return nil
	}
	return i.findings[at]
}

// controlAt is where a finding stands.
type controlAt struct {
	place   int
	project string
}

func compareFinding(f *ControlFindingRow, at controlAt) int {
	return cmp.Or(cmp.Compare(f.place, at.place), cmp.Compare(f.project.ID, at.project))
}
