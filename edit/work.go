package edit

import (
	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// mostAllocation is the most that one assignment takes of full time: a share,
// so that 50 is told from 0.5.
const mostAllocation = "2"

func (c *check) assignment(f *portfolio.AssignmentFact) {
	c.slug(f.Slug, "key")
	c.project(f.Project, "project")
	c.needed("A person", f.Person, "person")
	c.line(f.Role, "role")
	c.until(f.From, f.To)
	if c.number(&f.Allocation, "allocation") && (!f.Allocation.IsPositive() || f.Allocation.GreaterThan(decimal.RequireFromString(mostAllocation))) {
		c.invalid(at("allocation"), "%s is out of range; it is above 0, and at most %s: 0.5 is half of full time.", f.Allocation, mostAllocation)
	}
}

func (c *check) capacity(f *portfolio.CapacityFact) {
	c.slug(f.Slug, "key")
	c.needed("A person", f.Person, "person")
	c.until(f.From, f.To)
	c.within(&f.Share, "0", "1", "share")
	c.line(f.Reason, "reason")
}

func (c *check) controlException(f *portfolio.ControlExceptionFact) {
	c.slug(f.Slug, "key")
	oneOf(c, "control", f.Control, true, portfolio.ControlCodes...)
	c.project(f.Project, "project")
	c.needed("A reason", f.Reason, "reason")
	c.needed("The person who has agreed to it", f.ApprovedBy, "approvedBy")
}

// until checks the first and the last day of something.
func (c *check) until(from, to portfolio.Date) {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		c.invalid(at("to"), "It ends on %s, before it begins on %s; write a later day, or none.", to, from)
	}
}
