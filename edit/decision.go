package edit

import (
	"slices"
	"strings"

	"plumbline/portfolio"
)

func (c *check) decision(f *portfolio.DecisionFact) {
	c.slug(f.Slug, "key")
	c.needed("A title", f.Title, "title")
	c.long(f.Description, "description")
	oneOf(c, "type", f.Type, false, portfolio.DecisionPlain, portfolio.DecisionGate)
	c.projects(f.Projects, "projects")
	c.blocked(f.Blocks)
	c.line(f.Decider, "decider")
	if f.Raised.IsZero() {
		c.wrong(portfolio.UserErrorBlank, at("raised"), "The day on which it was raised is needed; how long it takes is counted from then.")
	}
	c.notBeforeRaised(f, f.Due, "due")
	c.notBeforeRaised(f, f.Decided, "decided")
	c.notAhead(f.Decided, "decided")
	c.long(f.Outcome, "outcome")
	switch outcome := strings.TrimSpace(f.Outcome) != ""; {
	case outcome && f.Decided.IsZero():
		c.wrong(portfolio.UserErrorBlank, at("decided"), "There is an outcome, so the day on which it was decided is needed.")
	case !outcome && !f.Decided.IsZero():
		c.wrong(portfolio.UserErrorBlank, at("outcome"), "It was decided, so what was decided is needed.")
	}
	c.actions(f)
}

// actions checks what is to be done because of a decision.
func (c *check) actions(f *portfolio.DecisionFact) {
	if len(f.Actions) > MaxList {
		c.wrong(portfolio.UserErrorTooMany, at("actions"), "The list has %d elements; it may have %d.", len(f.Actions), MaxList)
		return
	}
	for i := range f.Actions {
		a := &f.Actions[i]
		c.needed("A title", a.Title, "actions", i, "title")
		c.line(a.Owner, "actions", i, "owner")
		c.notBeforeRaised(f, a.Due, "actions", i, "due")
		c.notBeforeRaised(f, a.Done, "actions", i, "done")
		c.notAhead(a.Done, "actions", i, "done")
	}
}

func (c *check) notBeforeRaised(f *portfolio.DecisionFact, day portfolio.Date, path ...any) {
	if !day.IsZero() && day.Before(f.Raised) {
		c.invalid(at(path...), "%s lies before %s, the day on which the decision was raised.", day, f.Raised)
	}
}

// notAhead checks that what is said to have happened does not lie ahead. On
// which day we are is known once the server ran.
func (c *check) notAhead(day portfolio.Date, path ...any) {
	if today := c.snapshot.Today(); !today.IsZero() && day.After(today) {
		c.invalid(at(path...), "%s lies ahead, today is %s; say so when it has happened.", day, today)
	}
}

// projects checks a list of references to projects, none of them twice.
func (c *check) projects(references []string, field string) {
	if len(references) > MaxList {
		c.wrong(portfolio.UserErrorTooMany, at(field), "The list has %d elements; it may have %d.", len(references), MaxList)
		return
	}
	for i, ref := range references {
		c.project(ref, field, i)
		c.once(references, i, field)
	}
}

// blocked checks references to the milestones that wait for a decision. Whether
// they lead anywhere shows when the tools are read.
func (c *check) blocked(references []string) {
	if len(references) > MaxList {
		c.wrong(portfolio.UserErrorTooMany, at("blocks"), "The list has %d elements; it may have %d.", len(references), MaxList)
		return
	}
	for i, ref := range references {
		switch {
		case ref == "":
			c.wrong(portfolio.UserErrorBlank, at("blocks", i), "A milestone is needed: <connection>:<key>, or its id.")
		case !isReference(ref) || strings.HasPrefix(ref, "pmo:"):
			c.invalid(at("blocks", i), "%q is no reference to a milestone: write <connection>:<the tool's key>, or the id <connection>/<kind>/<id>.", shortened(ref))
		default:
			c.line(ref, "blocks", i)
			c.once(references, i, "blocks")
			c.unambiguous(ref, c.shownMilestones(ref), c.scope.milestone, "blocks", i)
		}
	}
}

// once reports an element of a list that stands in it before.
func (c *check) once(values []string, i int, field string) {
	if values[i] != "" && slices.Contains(values[:i], values[i]) {
		c.wrong(portfolio.UserErrorTaken, at(field, i), "%q is in the list twice; keep one of them.", shortened(values[i]))
	}
}

func (c *check) lesson(f *portfolio.LessonFact) {
	c.slug(f.Slug, "key")
	c.needed("A title", f.Title, "title")
	c.needed("A category", f.Category, "category")
	switch {
	case f.Project != "":
		c.project(f.Project, "project")
	case f.Department == "":
		c.wrong(portfolio.UserErrorBlank, at("project"), "A lesson needs the project or the department that learned it.")
	}
	c.neededText("What happened", f.WhatHappened, "whatHappened")
	c.long(f.Cause, "cause")
	c.neededText("A recommendation", f.Recommendation, "recommendation")
	c.projects(f.AppliedTo, "appliedTo")
	c.notAhead(f.Learned, "learned")
}

// neededText checks a text of many lines that must be there.
func (c *check) neededText(what, value string, field string) {
	if strings.TrimSpace(value) == "" {
		c.wrong(portfolio.UserErrorBlank, at(field), "%s is needed.", what)
		return
	}
	c.long(value, field)
}
