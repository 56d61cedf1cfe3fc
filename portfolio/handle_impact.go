package portfolio

import (
	"fmt"
	"maps"
	"slices"
)

// A SlipImpact is what slips when something does, as one caller sees it. What
// they may not see is left out; what lies behind it is computed all the same.
type SlipImpact struct {
	// SlipDays is by how much it slips.
	SlipDays int
	// Reason says why nothing can slip.
	Reason *Reason

	view       *View
	milestones []*AffectedMilestone
	projects   []*AffectedProject
	goLives    []*AffectedMilestone
	slips      *slips
}

// An AffectedMilestone is a milestone that slips because something else does.
type AffectedMilestone struct {
	Milestone *Milestone
	SlipEffect
}

// An AffectedProject is a project whose end slips because something else does.
type AffectedProject struct {
	Project *Project
	SlipEffect
}

// A SlipEffect is what there is to say of whatever slips.
type SlipEffect struct {
	NewForecastDate Date
	SlipDays        int
	Depth           int
	// Via is the dependency by which it slips.
	Via *Dependency
}

// maxSlipDays is as far as anybody plans: a hundred years.
const maxSlipDays = 36_500

// Impact says what else slips when the milestone slips by some days.
func (m *Milestone) Impact(slipDays int) (*SlipImpact, error) {
	return m.view.impact([]slipNode{{slipMilestone, m.MilestoneRow.ID}}, slipDays,
		&Reason{Code: "NOT_AHEAD", Message: "The milestone is done, cancelled or gone from its tool, or its project is: it cannot slip any more."})
}

// Impact says what else slips when the unfinished milestones of the project,
// and its end, slip by some days.
func (p *Project) Impact(slipDays int) (*SlipImpact, error) {
	seeds := []slipNode{{slipEnd, p.ProjectRow.ID}}
	for _, m := range p.view.snap.milestonesOf(p.ProjectRow.ID) {
		seeds = append(seeds, slipNode{slipMilestone, m.ID})
	}
	return p.view.impact(seeds, slipDays,
		&Reason{Code: "NOT_AHEAD", Message: "The project is done, cancelled or gone from its tool: it cannot slip any more."})
}

func (v *View) impact(seeds []slipNode, days int, over *Reason) (*SlipImpact, error) {
	if days < 0 || days > maxSlipDays {
		return nil, fmt.Errorf("%w: slipDays is %d; it is from 0 to %d days later", ErrInvalid, days, maxSlipDays)
	}
	g := slipGraph{v.snap}
	i := &SlipImpact{SlipDays: days, view: v, slips: g.slipping(seeds, days)}
	if !slices.ContainsFunc(seeds, g.movable) {
		i.Reason = over
	}
	for _, r := range i.slips.order {
		if r.seed {
			continue
		}
		a := SlipEffect{NewForecastDate: later(g.date(r.slipNode), r.slip), SlipDays: r.slip, Depth: r.depth, Via: v.dependency(r.via)}
		switch r.what {
		case slipMilestone:
			if m := v.milestone(r.id); m != nil {
				affected := &AffectedMilestone{m, a}
				i.milestones = append(i.milestones, affected)
				if m.Kind == MilestoneGoLive {
					i.goLives = append(i.goLives, affected)
				}
			}
		case slipEnd:
			if p := v.project(r.id); p != nil {
				i.projects = append(i.projects, &AffectedProject{p, a})
			}
		}
	}
	return i, nil
}

// later is a day some days later; none when there is no day, or beyond the last
// year that can be written.
func later(d Date, days int) Date {
	if d.IsZero() || d.AddDays(days).Time().Year() > lastYear {
		return Date{}
	}
	return d.AddDays(days)
}

// firstOf are the first elements of a list, as many as a page may have.
func firstOf[T any](v *View, list []T, first *int) ([]T, error) {
	n, _, err := (PageRequest{First: first}).length(v.caller)
	if err != nil {
		return nil, err
	}
	return list[:min(n, len(list))], nil
}

// Affected are the milestones that slip, those that slip most first.
func (i *SlipImpact) Affected(first *int) ([]*AffectedMilestone, error) {
	return firstOf(i.view, i.milestones, first)
}

// AffectedCount counts the milestones that slip.
func (i *SlipImpact) AffectedCount() int { return len(i.milestones) }

// AffectedProjects are the projects whose end slips.
func (i *SlipImpact) AffectedProjects(first *int) ([]*AffectedProject, error) {
	return firstOf(i.view, i.projects, first)
}

// AffectedProjectCount counts the projects whose end slips.
func (i *SlipImpact) AffectedProjectCount() int { return len(i.projects) }

// GoLivesAtRisk are the go-lives among the milestones that slip.
func (i *SlipImpact) GoLivesAtRisk(first *int) ([]*AffectedMilestone, error) {
	return firstOf(i.view, i.goLives, first)
}

// GoLivesAtRiskCount counts the go-lives that slip.
func (i *SlipImpact) GoLivesAtRiskCount() int { return len(i.goLives) }

// Undated are the dependencies on the way that could not be judged, because an
// end has no date.
func (i *SlipImpact) Undated(first *int) ([]*Dependency, error) {
	all := []*Dependency{}
	for _, id := range slices.Sorted(maps.Keys(i.slips.undated)) {
		if d := i.view.dependency(id); d != nil {
			all = append(all, d)
		}
	}
	return firstOf(i.view, all, first)
}

// A DependencyCycle is a circle of dependencies, of which no date can be right.
type DependencyCycle struct {
	// Dependencies are those that the caller may see.
	Dependencies []*Dependency
}

// Cycles are the circles of dependencies among what slips.
func (i *SlipImpact) Cycles(first *int) ([]*DependencyCycle, error) {
	all := []*DependencyCycle{}
	for _, circle := range i.slips.circles() {
		c := &DependencyCycle{}
		for _, id := range circle {
			if d := i.view.dependency(id); d != nil {
				c.Dependencies = append(c.Dependencies, d)
			}
		}
		if len(c.Dependencies) > 0 {
			all = append(all, c)
		}
	}
	return firstOf(i.view, all, first)
}

// Circular reports whether the dependency lies on a circle; nil when the caller
// may not see both ends.
func (d *Dependency) Circular() *bool { return d.view.circular(d.DependencyRow) }

func (v *View) circular(d *DependencyRow) *bool {
	if !v.seesEnd(&d.Predecessor) || !v.seesEnd(&d.Successor) {
		return nil
	}
	is := v.snap.circular()[d.ID]
	return &is
}
