package portfolio

import (
	"cmp"
	"time"
)

// A Contribution is what somebody says a project does for an objective, as one
// caller sees it.
type Contribution struct {
	*ContributionRow
	view *View
}

// seesContribution reports whether the caller may see a contribution: when they
// may see its project. One that leads to no project is of no department.
func (v *View) seesContribution(c *ContributionRow) bool {
	if v.divisions == nil {
		return true
	}
	p, _ := v.snap.Project(c.ProjectID)
	return v.sees(p)
}

func (v *View) contribution(id string) *Contribution {
	if row, ok := v.snap.contributions.byID.get(id); ok && v.seesContribution(row) {
		return v.contributionOf(row)
	}
	return nil
}

func (v *View) contributionOf(row *ContributionRow) *Contribution { return &Contribution{row, v} }

// IsNode marks a type of the interface Node.
func (*Contribution) IsNode() {}

// ID is the global id.
func (c *Contribution) ID() string { return NodeID(KindContribution, c.ContributionRow.ID) }

// Project is what its reference leads to; nil when nothing.
func (c *Contribution) Project() *Project { return c.view.project(c.ProjectID) }

// Objective is what the project contributes to; nil when there is none of that
// key.
func (c *Contribution) Objective() *Objective { return c.view.objective(c.ObjectiveID) }

// ObjectiveKey is the objective as recorded.
func (c *Contribution) ObjectiveKey() string { return c.ObjectiveID }

// Superseded reports whether a later one says the same of the same project.
func (c *Contribution) Superseded() bool { return c.State == ContributionSuperseded }

// Weight is the weight of the leaves that it counts for, in the leading
// strategy: 0 when it counts for none.
func (c *Contribution) Weight() float64 { return *shown(&c.part().weight) }

// Points are what it adds to the score of its project: 100 * weight * strength.
func (c *Contribution) Points() float64 { return c.part().points }

func (c *Contribution) part() *alignmentPart {
	if p, ok := c.view.snap.Project(c.ProjectID); ok {
		for i := range p.alignment.parts {
			if p.alignment.parts[i].contribution == c.ContributionRow.ID {
				return &p.alignment.parts[i]
			}
		}
	}
	return &alignmentPart{}
}

// Recorded says who recorded it.
func (c *Contribution) Recorded() *Recorded {
	return c.view.recorded(Key{KindContribution, c.ContributionRow.ID})
}

// A ContributionFilter says which contributions are meant. Every member that is
// given must hold.
type ContributionFilter struct {
	And []*ContributionFilter
	Or  []*ContributionFilter
	Not *ContributionFilter

	// Objective compares the key.
	Objective  *StringComparator
	Strategy   *StringComparator
	Project    *ProjectFilter
	ProjectRef *StringComparator
	State      *ContributionStateComparator
	Strength   *FloatComparator
	Points     *FloatComparator
	Rationale  *StringComparator
	Author     *StringComparator
	At         *DateTimeComparator
}

// ContributionStateComparator is a condition on whether a contribution counts.
type ContributionStateComparator = EnumComparator[ContributionState]

func (f *ContributionFilter) joined() (and, or, not []nounFilter[ContributionRow]) {
	return joins[ContributionRow](f.And, f.Or, f.Not)
}

func (f *ContributionFilter) conditions(c *compiler, all *conditions[ContributionRow]) {
	holds(all, f.Objective.compile(), func(r *ContributionRow) string { return r.ObjectiveID })
	holds(all, f.Strategy.compile(), func(r *ContributionRow) string { return r.StrategyID })
	onProject(c, all, f.Project, func(r *ContributionRow) string { return r.ProjectID })
	holds(all, f.ProjectRef.compile(), func(r *ContributionRow) string { return r.ProjectRef })
	holds(all, f.State.compile(), func(r *ContributionRow) ContributionState { return r.State })
	holds(all, f.Strength.compile(), func(r *ContributionRow) *float64 { return &r.Strength })
	if t := f.Points.compile(); t != nil {
		all.costly = append(all.costly, func(r *ContributionRow) bool { return t(&c.view.contributionOf(r).part().points) })
	}
	holds(all, f.Rationale.compile(), func(r *ContributionRow) string { return r.Rationale })
	holds(all, f.Author.compile(), func(r *ContributionRow) string { return r.Author })
	holds(all, f.At.compile(c.today), func(r *ContributionRow) time.Time { return r.At })
}

// ContributionOrderField is a value that contributions can be sorted by.
type ContributionOrderField string

// The values of ContributionOrderField.
const (
	ContributionByObjective ContributionOrderField = "OBJECTIVE"
	ContributionByProject   ContributionOrderField = "PROJECT"
	ContributionByStrength  ContributionOrderField = "STRENGTH"
	ContributionByPoints    ContributionOrderField = "POINTS"
	ContributionByAt        ContributionOrderField = "AT"
)

// ContributionOrder is one term of an order of contributions.
type ContributionOrder OrderBy[ContributionOrderField]

func (v *View) contributionSort(field ContributionOrderField) func(*ContributionRow) sortValue {
	switch field {
	case ContributionByObjective:
		return func(c *ContributionRow) sortValue { return textValue(c.ObjectiveID) }
	case ContributionByProject:
		return func(c *ContributionRow) sortValue { return v.projectName(c.ProjectID) }
	case ContributionByStrength:
		return func(c *ContributionRow) sortValue { return floatValue(&c.Strength) }
	case ContributionByPoints:
		return func(c *ContributionRow) sortValue { return floatValue(&v.contributionOf(c).part().points) }
	case ContributionByAt:
		return func(c *ContributionRow) sortValue { return timeValue(c.At) }
	}
	return nil
}

// Contributions lists the contributions that the filter means; nil means all.
func (v *View) Contributions(filter *ContributionFilter, orderBy []*ContributionOrder, r PageRequest) (*ContributionConnection, error) {
	return v.contributionsIn("contributions", v.snap.contributions.ordered.chunks, nil, filter, orderBy, r)
}

func (v *View) contributionsIn(scope string, chunks [][]*ContributionRow, among test[*ContributionRow], filter *ContributionFilter, orderBy []*ContributionOrder, r PageRequest) (*ContributionConnection, error) {
	order := orderOf(orderBy, (*ContributionRow).id, v.contributionSort)
	f := cmp.Or(filter, &ContributionFilter{})
	c := v.compiler()
	keep := only(v.limited(), compile[ContributionRow](c, f), v.seesContribution)
	l := &listing[ContributionRow]{view: v, chunks: chunks, order: order, keep: only(among != nil, keep, among)}
	var err error
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	return connect(c, l, r, v.contributionOf)
}
