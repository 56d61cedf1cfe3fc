package portfolio

import "cmp"

// A Cost is the money of a project in one period, as a caller sees it who may
// read the field group cost; to others there are none.
type Cost struct {
	*CostFact
	view *View
}

func (v *View) costOf(f *CostFact) *Cost { return &Cost{f, v} }

// IsNode marks a type of the interface Node.
func (*Cost) IsNode() {}

// ID is the global id.
func (c *Cost) ID() string { return NodeID(KindCost, c.Key().ID) }

// Project is the project; nil when the reference leads to none that is visible.
func (c *Cost) Project() *Project { return c.view.projectNamed(c.CostFact.Project) }

// ProjectRef is the project as it was written.
func (c *Cost) ProjectRef() string { return c.CostFact.Project }

// span is the period; costs are validated before they are recorded.
func (f *CostFact) span() Span {
	s, _ := ParseSpan(f.Period)
	return s
}

// PeriodStart is the first day of the period.
func (c *Cost) PeriodStart() Date { return c.span().First }

// PeriodEnd is the last day of the period.
func (c *Cost) PeriodEnd() Date { return c.span().Last }

// Currency is that of the amounts: what was said, else that of the project's
// budget, else the settings'.
func (c *Cost) Currency() string {
	if p := c.Project(); c.CostFact.Currency == "" && p != nil && p.budget != nil {
		return p.budget.Currency
	}
	return cmp.Or(c.CostFact.Currency, c.view.snap.plan.settings.Currency)
}

// IgnoredReason says why the cost counts nothing; nil when it counts.
func (c *Cost) IgnoredReason() *Reason {
	p := c.Project()
	switch {
	case p == nil:
		return &Reason{Code: "UNKNOWN_PROJECT", Message: "The reference leads to no project that is known."}
	case p.costs != nil && p.costs.ignores(c.CostFact.Key().ID):
		return &Reason{Code: "OVERLAPS", Message: "The period overlaps with another one of the same project and category, which counts; delete one of them."}
	case p.costs != nil:
		return p.costs.missing
	}
	return nil
}

// Recorded says who recorded it.
func (c *Cost) Recorded() *Recorded { return c.view.recorded(c.Key()) }
