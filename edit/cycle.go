package edit

import (
	"plumbline/portfolio"
)

// maxCycleDays is how long a cycle may last: a year, whatever the year.
const maxCycleDays = 366

func (c *check) cycle(f *portfolio.CycleFact) {
	c.slug(f.Slug, "key")
	c.needed("A name", f.Name, "name")
	c.dated("the cycle begins", f.Starts, "starts")
	c.dated("the cycle ends", f.Ends, "ends")
	if !f.Starts.IsZero() && !f.Ends.IsZero() {
		switch days := f.Ends.DaysSince(f.Starts) + 1; {
		case days < 2:
			c.invalid(at("ends"), "It ends on %s, not after it begins on %s; write a later day.", f.Ends, f.Starts)
		case days > maxCycleDays:
			c.invalid(at("ends"), "It lasts %d days, from %s to %s; a cycle lasts at most %d.", days, f.Starts, f.Ends, maxCycleDays)
		}
	}
	if len(f.Goals) > MaxList {
		c.wrong(portfolio.UserErrorTooMany, at("goals"), "The cycle has %d goals; it may have %d.", len(f.Goals), MaxList)
		return
	}
	for i := range f.Goals {
		g := &f.Goals[i]
		c.needed("A title", g.Title, "goals", i, "title")
		c.maybeReference(g.Project, "goals", i, "project")
		c.line(g.Owner, "goals", i, "owner")
		c.within(g.Progress, "0", "1", "goals", i, "progress")
	}
	c.long(f.Review, "review")
}

func (c *check) quickWin(f *portfolio.QuickWinFact) {
	c.slug(f.Slug, "key")
	c.needed("A title", f.Title, "title")
	c.long(f.Description, "description")
	c.maybeReference(f.Project, "project")
	c.maybeReference(f.Milestone, "milestone")
	c.dated("it was achieved", f.Achieved, "achieved")
	c.line(f.Unit, "unit")
	if c.number(f.Amount, "amount") && f.Unit == "" {
		c.wrong(portfolio.UserErrorBlank, at("unit"), "An amount needs its unit, such as hours a week or EUR: amounts are added up by it.")
	}
}

func (c *check) quote(f *portfolio.QuoteFact) {
	c.slug(f.Slug, "key")
	if f.Text == "" {
		c.wrong(portfolio.UserErrorBlank, at("text"), "What was said is needed.")
	}
	c.long(f.Text, "text")
	c.needed("Who said it", f.By, "by")
	c.line(f.Role, "role")
	c.maybeReference(f.Project, "project")
}

// maxInvited is how many a survey may have been sent to.
const maxInvited = 10_000_000

func (c *check) survey(f *portfolio.SurveyFact) {
	c.slug(f.Slug, "key")
	c.needed("A name", f.Name, "name")
	c.long(f.Question, "question")
	c.maybeReference(f.Project, "project")
	c.dated("it was sent", f.Sent, "sent")
	switch {
	case f.Invited < 0:
		c.invalid(at("invited"), "%d is negative; write how many were invited.", f.Invited)
	case f.Invited > maxInvited:
		c.invalid(at("invited"), "%d is more than %d; is it a count of people?", f.Invited, maxInvited)
	case f.Responses < 0:
		c.invalid(at("responses"), "%d is negative; write how many answered.", f.Responses)
	case f.Responses > f.Invited:
		c.invalid(at("responses"), "%d answered, and only %d were invited.", f.Responses, f.Invited)
	}
	c.scale(f)
	c.promoters(f)
}

// scale checks the mean answer and the scale that it lies on.
func (c *check) scale(f *portfolio.SurveyFact) {
	low, high := c.number(f.ScaleLow, "scaleLow"), c.number(f.ScaleHigh, "scaleHigh")
	mean := c.number(f.Mean, "mean")
	switch {
	case f.ScaleLow == nil && (f.ScaleHigh != nil || f.Mean != nil):
		c.wrong(portfolio.UserErrorBlank, at("scaleLow"), "The lowest possible answer is needed, such as 1: a mean says something on its scale only.")
	case f.ScaleHigh == nil && (f.ScaleLow != nil || f.Mean != nil):
		c.wrong(portfolio.UserErrorBlank, at("scaleHigh"), "The highest possible answer is needed, such as 5: a mean says something on its scale only.")
	case low && high && !f.ScaleLow.LessThan(*f.ScaleHigh):
		c.invalid(at("scaleHigh"), "The scale ends at %s, not above its beginning at %s.", f.ScaleHigh, f.ScaleLow)
	case mean && low && high && (f.Mean.LessThan(*f.ScaleLow) || f.Mean.GreaterThan(*f.ScaleHigh)):
		c.invalid(at("mean"), "%s is not on the scale from %s to %s.", f.Mean, f.ScaleLow, f.ScaleHigh)
	case mean && f.Responses == 0:
		c.invalid(at("mean"), "Nobody answered, so there is no mean; leave it away, or write how many answered.")
	}
}

// promoters checks the counts that a net promoter score is made of.
func (c *check) promoters(f *portfolio.SurveyFact) {
	switch {
	case f.Promoters == nil && f.Detractors == nil:
	case f.Promoters == nil:
		c.wrong(portfolio.UserErrorBlank, at("promoters"), "Who counts detractors counts promoters too; write 0 when there were none.")
	case f.Detractors == nil:
		c.wrong(portfolio.UserErrorBlank, at("detractors"), "Who counts promoters counts detractors too; write 0 when there were none.")
	case *f.Promoters < 0:
		c.invalid(at("promoters"), "%d is negative; write 0 or more.", *f.Promoters)
	case *f.Detractors < 0:
		c.invalid(at("detractors"), "%d is negative; write 0 or more.", *f.Detractors)
	case *f.Promoters > f.Responses-*f.Detractors:
		c.invalid(at("promoters"), "%d promoters and %d detractors are more than the %d who answered.", *f.Promoters, *f.Detractors, f.Responses)
	}
}

func (c *check) benefit(f *portfolio.BenefitFact) {
	c.slug(f.Slug, "key")
	c.needed("A name", f.Name, "name")
	c.long(f.Description, "description")
	c.project(f.Project, "project")
	c.line(f.Owner, "owner")
	c.needed("A unit, such as EUR a year,", f.Unit, "unit")
	if c.number(&f.Planned, "planned") && !f.Planned.IsPositive() {
		c.invalid(at("planned"), "%s is not above 0; write what is planned as a gain, such as 40 hours a week less.", f.Planned)
	}
	c.dated("it is to be realised", f.Due, "due")
	if len(f.Realised) > MaxList {
		c.wrong(portfolio.UserErrorTooMany, at("realised"), "The benefit has %d entries; it may have %d: add up those of a month or a year.", len(f.Realised), MaxList)
		return
	}
	last := portfolio.Date{}
	for i := range f.Realised {
		r := &f.Realised[i]
		c.dated("this part came", r.On, "realised", i, "on")
		if !r.On.IsZero() && r.On.Before(last) {
			c.invalid(at("realised", i, "on"), "%s is before %s, the day of the entry above it; write the oldest first.", r.On, last)
		}
		if !r.On.IsZero() {
			last = r.On
		}
		amount := r.Amount
		c.number(&amount, "realised", i, "amount")
		c.long(r.Note, "realised", i, "note")
	}
}

// dated checks a date that must be there.
func (c *check) dated(what string, d portfolio.Date, path ...any) {
	if d.IsZero() {
		c.wrong(portfolio.UserErrorBlank, at(path...), "The day on which %s is needed, such as 2026-03-01.", what)
	}
}

// maybeReference checks a reference to a project or milestone that need not be
// there.
func (c *check) maybeReference(ref string, path ...any) {
	if ref != "" {
		c.project(ref, path...)
	}
}
