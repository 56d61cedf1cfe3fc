package portfolio

import (
	"github.com/shopspring/decimal"
)

// CycleState says where a cycle is in time.
type CycleState string

// The values of CycleState.
const (
	CycleUpcoming CycleState = "UPCOMING"
	CycleRunning  CycleState = "RUNNING"
	CycleOver     CycleState = "OVER"
)

// GoalState says how far a goal is.
type GoalState string

// The values of GoalState.
const (
	GoalNotSaid    GoalState = "NOT_SAID"
	GoalNotBegun   GoalState = "NOT_BEGUN"
	GoalProgressed GoalState = "PROGRESSED"
	GoalAchieved   GoalState = "ACHIEVED"
)

// A Cycle is a time of about 90 days with goals, as one caller sees it.
type Cycle struct {
	*CycleFact
	view *View
}

// Cycle returns the cycle of a key, or the one that a day lies in; with
// neither, the one that today lies in, and with both the one of the key if the
// day lies in it. Of several the one that began last counts. It is nil when
// there is none.
func (v *View) Cycle(key *string, on *When) *Cycle {
	today := v.snap.today
	if key == nil && on == nil {
		return v.cycleOn(today)
	}
	if key == nil {
		return v.cycleOn(on.On(today))
	}
	c := v.cycle(*key)
	if c == nil || on != nil && !c.holds(on.On(today)) {
		return nil
	}
	return c
}

func (v *View) cycle(key string) *Cycle {
	if f := v.cycleNamed(key); f != nil {
		return v.cycleOf(f)
	}
	return nil
}

func (v *View) cycleNamed(key string) *CycleFact { return recordOf[CycleFact](v, KindCycle, key) }

// cycleOn is the cycle that a day lies in; of several the one that began last,
// and of those that began on one day the first by key.
func (v *View) cycleOn(day Date) *Cycle {
	var found *CycleFact
	for _, f := range recordsOf[CycleFact](v.snap, KindCycle) {
		if f.holds(day) && v.seesRecord(f) && (found == nil || f.Starts.After(found.Starts)) {
			found = f
		}
	}
	if found == nil {
		return nil
	}
	return v.cycleOf(found)
}

func (v *View) cycleOf(f *CycleFact) *Cycle { return &Cycle{f, v} }

// IsNode marks a type of the interface Node.
func (*Cycle) IsNode() {}

// ID is the global id.
func (c *Cycle) ID() string { return NodeID(KindCycle, c.Slug) }

// Key is what people call it, unique among cycles.
func (c *Cycle) Key() string { return c.Slug }

// Days is how long it lasts, its first and last day included.
func (c *Cycle) Days() int { return c.days() }

// DaysLeft is how many days are left of it after today: 0 on its last day and
// afterwards, all of them before it begins.
func (c *Cycle) DaysLeft() int {
	today := c.view.snap.today
	switch c.state(today) {
	case CycleUpcoming:
		return c.days()
	case CycleOver:
		return 0
	}
	return c.Ends.DaysSince(today)
}

// State is where it is in time.
func (c *Cycle) State() CycleState { return c.state(c.view.snap.today) }

// Current reports whether it is the one that today counts for.
func (c *Cycle) Current() bool {
	current := c.view.cycleOn(c.view.snap.today)
	return current != nil && current.Slug == c.Slug
}

// Goals are those of it that name nothing which the caller may not see.
func (c *Cycle) Goals() []*CycleGoalView {
	var goals []*CycleGoalView
	for i := range c.CycleFact.Goals {
		if g := &c.CycleFact.Goals[i]; c.view.seesGoal(g) {
			goals = append(goals, &CycleGoalView{CycleGoal: g, cycle: c})
		}
	}
	return goals
}

// QuickWins are those that were achieved in its days.
func (c *Cycle) QuickWins(filter *QuickWinFilter, orderBy []*QuickWinOrder, first *int, after *string, last *int, before *string) (*QuickWinConnection, error) {
	return c.view.quickWinsIn("quick wins in "+c.Slug, c.wins(), filter, orderBy, pageRequest(first, after, last, before))
}

// wins are those that were achieved in its days, whoever may see them.
func (c *Cycle) wins() []*QuickWinFact {
	var wins []*QuickWinFact
	for _, w := range recordsOf[QuickWinFact](c.view.snap, KindQuickWin) {
		if c.holds(w.Achieved) {
			wins = append(wins, w)
		}
	}
	return wins
}

// Review is what became of it, up to today or to its end.
func (c *Cycle) Review() *CycleReview { return &CycleReview{c} }

// Recorded says who recorded it and when.
func (c *Cycle) Recorded() *Recorded { return c.view.recorded(c.CycleFact.Key()) }

// holds reports whether a day lies in the cycle.
func (f *CycleFact) holds(day Date) bool {
	return !day.IsZero() && !day.Before(f.Starts) && !day.After(f.Ends)
}

func (f *CycleFact) days() int { return max(0, f.Ends.DaysSince(f.Starts)+1) }

func (f *CycleFact) state(today Date) CycleState {
	switch {
	case today.Before(f.Starts):
		return CycleUpcoming
	case today.After(f.Ends):
		return CycleOver
	}
	return CycleRunning
}

// seesGoal reports whether the caller may see all that a goal names.
func (v *View) seesGoal(g *CycleGoal) bool {
	if v.divisions == nil {
		return true
	}
	return (g.Project == "" || v.projectNamed(g.Project) != nil) && (g.KPI == "" || v.kpi(g.KPI) != nil)
}

// A CycleGoalView is a goal of a cycle, as one caller sees it.
type CycleGoalView struct {
	*CycleGoal
	cycle *Cycle
}

// Objective is what it serves.
func (g *CycleGoalView) Objective() *Objective { return g.cycle.view.objective(g.CycleGoal.Objective) }

// KPI is the one whose change is looked at.
func (g *CycleGoalView) KPI() *KPI { return g.cycle.view.kpi(g.CycleGoal.KPI) }

// Project is what it is about.
func (g *CycleGoalView) Project() *Project { return g.cycle.view.projectNamed(g.CycleGoal.Project) }

// Owner answers for it.
func (g *CycleGoalView) Owner() *Person { return g.cycle.view.personNamed(g.CycleGoal.Owner) }

// State is what people say of it.
func (g *CycleGoalView) State() GoalState { return g.state() }

// Change is how its KPI moved; nil when it has none.
func (g *CycleGoalView) Change() *KPIChange {
	if k := g.KPI(); k != nil {
		return g.cycle.change(k)
	}
	return nil
}

func (g *CycleGoal) state() GoalState {
	switch {
	case g.Progress == nil:
		return GoalNotSaid
	case !g.Progress.IsPositive():
		return GoalNotBegun
	case g.Progress.LessThan(decimal.NewFromInt(1)):
		return GoalProgressed
	}
	return GoalAchieved
}
