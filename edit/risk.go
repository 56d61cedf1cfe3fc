package edit

import "plumbline/portfolio"

func (c *check) risk(f *portfolio.RecordedRiskFact) {
	c.slug(f.Slug, "key")
	c.needed("A title", f.Title, "title")
	c.long(f.Description, "description")
	c.bearsOn(f.Project, f.Department)
	if f.Milestone != "" {
		c.milestone(f.Milestone)
	}
	c.line(f.Category, "category")
	c.line(f.Owner, "owner")
	oneOf(c, "response", f.Response, false, portfolio.Responses...)
	c.long(f.Plan, "plan")
	c.within(f.Probability, "0", "1", "probability")
	c.atLeastZero(f.Impact, "impact")
	c.within(f.ResidualProbability, "0", "1", "residualProbability")
	c.atLeastZero(f.ResidualImpact, "residualImpact")
	c.currency(f.Currency, "currency")
	c.inOrder(f.Raised, f.Due, "due")
	c.inOrder(f.Raised, f.Closed, "closed")
}

func (c *check) issue(f *portfolio.IssueFact) {
	c.slug(f.Slug, "key")
	c.needed("A title", f.Title, "title")
	c.long(f.Description, "description")
	c.bearsOn(f.Project, f.Department)
	oneOf(c, "severity", f.Severity, false, portfolio.Severities...)
	c.line(f.Owner, "owner")
	if f.Raised.IsZero() {
		c.wrong(portfolio.UserErrorBlank, at("raised"), "The day on which it was raised is needed; its age counts from there.")
	}
	c.inOrder(f.Raised, f.Due, "due")
	c.inOrder(f.Raised, f.Resolved, "resolved")
	c.long(f.Resolution, "resolution")
	if f.Resolution != "" && f.Resolved.IsZero() {
		c.wrong(portfolio.UserErrorBlank, at("resolved"), "There is a resolution, but not the day of it; write both, or neither while it is open.")
	}
}

func (c *check) assumption(f *portfolio.AssumptionFact) {
	c.slug(f.Slug, "key")
	c.needed("A title", f.Title, "title")
	c.bearsOn(f.Project, f.Department)
	c.line(f.Owner, "owner")
	oneOf(c, "state", f.State, false, portfolio.AssumptionStates...)
	c.inOrder(f.Raised, f.Due, "due")
	c.inOrder(f.Raised, f.Validated, "validated")
	c.long(f.Note, "note")
	if !f.Validated.IsZero() && (f.State == "" || f.State == portfolio.AssumptionOpen) {
		c.invalid(at("state"), "It was validated on %s and still is OPEN; write CONFIRMED or REFUTED, or leave the day away.", f.Validated)
	}
}

// bearsOn checks what a record is about: a project, a department, or both.
func (c *check) bearsOn(project, department string) {
	switch {
	case project != "":
		c.project(project, "project")
	case department == "":
		c.wrong(portfolio.UserErrorBlank, at("project"), "A project or a department is needed; nobody would find it otherwise.")
	}
}

// inOrder checks that a day does not lie before the one it was raised on.
func (c *check) inOrder(raised, day portfolio.Date, field string) {
	if !raised.IsZero() && !day.IsZero() && day.Before(raised) {
		c.invalid(at(field), "%s lies before %s, the day on which it was raised.", day, raised)
	}
}
