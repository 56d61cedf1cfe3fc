package portfolio

import (
	"cmp"
	"slices"
)

// A ChangeFilter says which differences between two days are meant; what is
// nil says nothing.
type ChangeFilter struct {
	// Kinds are kinds of things: project, milestone, decision.
	Kinds []string
	What  []Change
	// Fields are names of fields, of which one at least must differ.
	Fields []string
	// Project is the global id of a project that it must be of.
	Project *string
	// Projects are those of which it must be of one, as they are on the later
	// day, or were on the earlier one if they are gone.
	Projects *ProjectFilter
	// Department is the key of the department of that project.
	Department *string
}

// A ChangeRow is one difference between two days as one caller may know it.
type ChangeRow struct{ change RowChange }

// An Alteration is a difference between two days.
type Alteration struct {
	*ChangeRow
	view, before *View
}

type (
	// AlterationConnection is a page of differences.
	AlterationConnection = Connection[ChangeRow, Alteration]
	// AlterationEdge is a difference in a list.
	AlterationEdge = Edge[Alteration]
)

// A FieldChange says how one field differs.
type FieldChange struct {
	Name string
	// Before and After are the values as texts; empty where there is none, and
	// for values that are more than a word, a number or a date.
	Before, After string
}

// Changes lists what differs between an earlier view of the same caller and
// this one, by kind and then by id. What the caller may not see is not there,
// on either side.
func (v *View) Changes(before *View, filter *ChangeFilter, r PageRequest) (*AlterationConnection, error) {
	f := cmp.Or(filter, &ChangeFilter{})
	ofProjects, err := v.ofProjects(before, f)
	if err != nil {
		return nil, err
	}
	var rows []*ChangeRow
	handle := func(row *ChangeRow) *Alteration { return &Alteration{row, v, before} }
	for _, c := range Compare(before.snap, v.snap).Changes {
		if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, string(c.Kind)) {
			continue
		}
		if v.mayKnow(before, &c) && c.fits(f) {
			if row := (&ChangeRow{c}); ofProjects == nil || ofProjects(handle(row).Project()) {
				rows = append(rows, row)
			}
		}
	}
	scope := "changes since " + before.snap.today.String()
	id := func(row *ChangeRow) string { return Key{row.change.Kind, row.change.ID}.String() }
	byKind := func(row *ChangeRow) sortValue { return sortValue{num: int64(kindOrder(row.change.Kind))} }
	return simpleList(v.compiler(), scope, rows, f, nil, id, byKind, r, handle)
}

// fits reports whether a difference, as the caller may know it, is meant.
func (c *RowChange) fits(f *ChangeFilter) bool {
	if len(f.Fields) > 0 && !slices.ContainsFunc(c.Fields, func(name string) bool { return slices.Contains(f.Fields, name) }) {
		return false
	}
	return len(f.What) == 0 || slices.Contains(f.What, c.What)
}

// mayKnow makes of a difference what the caller may know of it, and reports
// whether that is anything.
func (v *View) mayKnow(before *View, c *RowChange) bool {
	was, is := before.hasNode(c.Kind, c.ID), v.hasNode(c.Kind, c.ID)
	switch c.What {
	case RowAdded:
		return is
	case RowRemoved:
		return was
	case RowJoined:
		if !is { // what it was joined to is hidden
			c.What, c.Project = RowRemoved, ""
		}
		return was
	case RowSplit:
		if !was {
			c.What, c.Project = RowAdded, ""
		}
		return is
	}
	switch {
	case was && is:
		c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(name string) bool { return v.hidesField(c.Kind, name) })
		return len(c.Fields) > 0
	case is:
		c.What, c.Fields = RowAdded, nil
	case was:
		c.What, c.Fields = RowRemoved, nil
	}
	return was || is
}

func (v *View) hasNode(kind Kind, id string) bool {
	return v.node(Key{kind, id}) != nil
}

// moneyFields are the fields that are amounts of money, or follow from them.
var moneyFields = []string{
	"budget", "amount", "impact", "residualImpact", "impactCost", "planned", "actual", "plannedValue", "spend", "cost", "costs", "evm",
	"forecast", "rate", "realised", "fundedCost",
}

// unkeptFields are those of connections of which there is no history.
var unkeptFields = []string{"lastRunNumber", "lastSuccessAt", "lastCompleteAt", "nextDueAt", "stale"}

// hidesField reports whether the caller may not hear that a field differs.
func (v *View) hidesField(kind Kind, name string) bool {
	if kind == KindConnection {
		return slices.Contains(unkeptFields, name) || !v.seesOperations()
	}
	return slices.Contains(moneyFields, name) && !v.caller.Reads(GroupCost)
}

// Kind is the kind of thing.
func (c *Alteration) Kind() string { return string(c.change.Kind) }

// ID is the global id of the thing.
func (c *Alteration) ID() string { return NodeID(c.change.Kind, c.change.ID) }

// What says what became of it.
func (c *Alteration) What() Change { return c.change.What }

// Node is the thing as it is on the later day; nil when it is not there.
func (c *Alteration) Node() Node {
	if c.change.What == RowRemoved || c.change.What == RowJoined {
		return nil
	}
	return c.view.node(Key{c.change.Kind, c.change.ID})
}

// Project is the project that it is of, on the later day if it is there then:
// of a project itself, that project, or the one that it was joined to.
func (c *Alteration) Project() *Project {
	switch {
	case c.change.What == RowJoined, c.change.What == RowSplit && c.change.Project != "":
		return c.view.project(c.change.Project)
	case c.change.Kind == KindProject && c.change.What == RowRemoved:
		return c.before.project(c.change.ID)
	case c.change.Kind == KindProject:
		return c.view.project(c.change.ID)
	}
	for _, view := range []*View{c.view, c.before} {
		if node := view.node(Key{c.change.Kind, c.change.ID}); node != nil {
			if of, ok := node.(interface{ Project() *Project }); ok {
				return of.Project()
			}
			return nil
		}
	}
	return nil
}

// ofProjects compiles what a filter says of the project that a difference is of;
// nil is no condition.
func (v *View) ofProjects(before *View, f *ChangeFilter) (test[*Project], error) {
	if f.Project == nil && f.Department == nil && f.Projects == nil {
		return nil, nil //nolint:nilnil // as nil is no condition
	}
	fits := map[*View]test[*ProjectRow]{}
	if f.Projects != nil {
		for _, view := range []*View{before, v} {
			c := view.compiler()
			fits[view] = compile[ProjectRow](c, f.Projects)
			if c.err != nil {
				return nil, c.err
			}
		}
	}
	return func(p *Project) bool {
		if p == nil || f.Project != nil && p.ID() != *f.Project || f.Department != nil && p.DepartmentID != *f.Department {
			return false
		}
		fit := fits[p.view]
		return fit == nil || fit(p.ProjectRow)
	}, nil
}

// Fields say what differs, of a thing that CHANGED.
func (c *Alteration) Fields() []*FieldChange {
	fields := make([]*FieldChange, len(c.change.Fields))
	for i, name := range c.change.Fields {
		fields[i] = &FieldChange{name, c.before.textOf(c.change.Kind, c.change.ID, name), c.view.textOf(c.change.Kind, c.change.ID, name)}
	}
	return fields
}

// textOf is the value of a field of a project or milestone as a text; empty for
// a field whose value is more than a text, a number or a date, or may name what
// a caller cannot see.
func (v *View) textOf(kind Kind, id, field string) string {
	switch kind {
	case KindProject:
		if row, ok := v.snap.Project(id); ok && projectTexts[field] != nil {
			return projectTexts[field](row)
		}
	case KindMilestone:
		if row, ok := v.snap.Milestone(id); ok && milestoneTexts[field] != nil {
			return milestoneTexts[field](row)
		}
	}
	return ""
}
