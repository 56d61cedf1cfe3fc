package portfolio

import "cmp"

type (
	// DecisionConnection is a page of decisions.
	DecisionConnection struct {
		*Connection[DecisionFact, Decision]
	}
	// DecisionEdge is a decision in a list.
	DecisionEdge = Edge[Decision]
	// ActionItemConnection is a page of actions.
	ActionItemConnection = Connection[ActionRow, ActionItem]
	// ActionItemEdge is an action in a list.
	ActionItemEdge = Edge[ActionItem]
)

// Decisions lists the decisions that the filter means; nil means all.
func (v *View) Decisions(filter *DecisionFilter, orderBy []*DecisionOrder, r PageRequest) (*DecisionConnection, error) {
	return v.decisionsIn("decisions", recordsOf[DecisionFact](v.snap, KindDecision), filter, orderBy, r)
}

func (v *View) decisionsIn(scope string, facts []*DecisionFact, filter *DecisionFilter, orderBy []*DecisionOrder, r PageRequest) (*DecisionConnection, error) {
	f := cmp.Or(filter, &DecisionFilter{})
	page, err := listRecords(v, scope, facts, f, orderBy, orderOf(orderBy, recordID[DecisionFact], v.decisionSort), r, v.decisionOf)
	if err != nil {
		return nil, err
	}
	return &DecisionConnection{page}, nil
}

// Decisions are those about the project.
func (p *Project) Decisions(filter *DecisionFilter, orderBy []*DecisionOrder, first *int, after *string, last *int, before *string) (*DecisionConnection, error) {
	facts := recordsOfProject[DecisionFact](p, KindDecision)
	return p.view.decisionsIn("decisions of "+p.ProjectRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Decisions are those that the department itself owes or made, without those
// of the departments below it.
func (d *Department) Decisions(filter *DecisionFilter, orderBy []*DecisionOrder, first *int, after *string, last *int, before *string) (*DecisionConnection, error) {
	facts := recordsOfDepartment[DecisionFact](d.view.snap, KindDecision, d.DepartmentRow.ID)
	return d.view.decisionsIn("decisions of department "+d.DepartmentRow.ID, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// ActionItems lists what is to be done because of decisions that the filter
// means, by decision unless an order is given; nil means all.
func (v *View) ActionItems(filter *ActionItemFilter, orderBy []*ActionItemOrder, r PageRequest) (*ActionItemConnection, error) {
	order := orderOf(orderBy, (*ActionRow).id, v.actionSort)
	var err error
	var chunks [][]*ActionRow
	for _, f := range recordsOf[DecisionFact](v.snap, KindDecision) {
		if len(f.Actions) > 0 && v.seesRecord(f) {
			chunks = append(chunks, actionsOf(f))
		}
	}
	f := cmp.Or(filter, &ActionItemFilter{})
	c := v.compiler()
	l := &listing[ActionRow]{view: v, chunks: chunks, order: order, keep: compile(c, f)}
	if l.hash, err = listHash("action items", f, orderBy); err != nil {
		return nil, err
	}
	return connect(c, l, r, v.actionOf)
}

// recordsOfDepartment are the records of a register that are of a department,
// by id: those that name it, and those of its projects that name none.
func recordsOfDepartment[F any, D interface {
	*F
	Registered
}](s *Snapshot, kind Kind, slug string) []*F {
	words := []string{divisionWord(slug)}
	for _, id := range s.ProjectsOf(slug) {
		if p, ok := s.Project(id); ok {
			words = append(words, s.projectWords(p)...)
		}
	}
	var of []*F
	for _, f := range recordsFoundBy[F, D](s, kind, words...) {
		if s.recordDepartment(D(f).Bearing()) == slug {
			of = append(of, f)
		}
	}
	return of
}
