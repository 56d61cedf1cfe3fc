package edit

import (
	"slices"
	"strings"

	"plumbline/portfolio"
)

// categoryMark is between the parts of a cost's id, so no category has it.
const categoryMark = "#"

func (c *check) cost(f *portfolio.CostFact) {
	c.project(f.Project, "project")
	c.line(f.Category, "category")
	c.identifying(f.Category, "category")
	if strings.Contains(f.Category, categoryMark) {
		c.invalid(at("category"), "%q has a %s, which separates the parts of the key; leave it away.", shortened(f.Category), categoryMark)
	}
	if f.Currency != "" && !currencyPattern.MatchString(f.Currency) {
		c.invalid(at("currency"), "%q is not a currency of three capital letters, such as EUR.", shortened(f.Currency))
	}
	c.atLeastZero(f.Budget, "budget")
	c.atLeastZero(f.Planned, "planned")
	c.atLeastZero(f.Earned, "earned")
	c.atLeastZero(f.Forecast, "forecast")
	if c.number(f.Actual, "actual") && f.Actual.IsNegative() && strings.TrimSpace(f.Note) == "" {
		c.wrong(portfolio.UserErrorBlank, at("note"), "%s was spent, which is less than nothing: say in a note what it corrects.", f.Actual)
	}
	c.long(f.Note, "note")
	if f.Budget == nil && f.Planned == nil && f.Earned == nil && f.Actual == nil && f.Forecast == nil {
		c.wrong(portfolio.UserErrorBlank, at("actual"), "A cost needs an amount: budget, planned, earned, actual or forecast.")
	}
	if f.Period == "" {
		c.wrong(portfolio.UserErrorBlank, at("period"), "A period is needed, such as 2026-03.")
		return
	}
	span, err := portfolio.ParseSpan(f.Period)
	if err != nil {
		c.invalid(at("period"), "%q is not a period: write a year (2026), a quarter (2026-Q1), a month (2026-03), an ISO week (2026-W07) or a day (2026-03-15).", shortened(f.Period))
		return
	}
	if other := c.costPeriods().overlapping(f, span); other != nil {
		c.wrong(portfolio.UserErrorTaken, at("period"), "%s overlaps with %s of the same project and category; the money of a day would count twice. Delete one of them.", f.Period, nounOf(other.Key()))
	}
}

// costPeriods are the periods of all costs as they will be, by project and
// category, whichever reference leads to the project.
type costPeriods struct {
	snapshot *portfolio.Snapshot
	projects map[string]string // by reference, the project it leads to
	taken    map[costPlace][]costPeriod
}

type costPlace struct{ project, category string }

type costPeriod struct {
	span portfolio.Span
	fact *portfolio.CostFact
}

func (c *check) costPeriods() *costPeriods {
	return once(c.draft, "costs", func() *costPeriods {
		all := all[*portfolio.CostFact](c.draft, portfolio.KindCost)
		p := &costPeriods{c.snapshot, map[string]string{}, map[costPlace][]costPeriod{}}
		for f := range all {
			if span, err := portfolio.ParseSpan(f.Period); err == nil {
				place := p.place(f)
				p.taken[place] = append(p.taken[place], costPeriod{span, f})
			}
		}
		for _, periods := range p.taken {
			slices.SortFunc(periods, compareCostPeriods)
		}
		return p
	})
}

// compareCostPeriods sorts by the first day; of those that begin together, and
// so overlap, the order only makes the answer the same each time.
func compareCostPeriods(a, b costPeriod) int {
	if c := a.span.First.Compare(b.span.First); c != 0 {
		return c
	}
	if c := a.span.Last.Compare(b.span.Last); c != 0 {
		return c
	}
	return strings.Compare(a.fact.Key().ID, b.fact.Key().ID)
}

func (p *costPeriods) place(f *portfolio.CostFact) costPlace {
	project, known := p.projects[f.Project]
	if !known {
		project = f.Project
		if row, ok := p.snapshot.ProjectByReference(f.Project); ok {
			project = row.ID
		}
		p.projects[f.Project] = project
	}
	return costPlace{project, f.Category}
}

// longestPeriod is how many days the longest period has.
const longestPeriod = 366

// overlapping is a cost of the same project and category that has a day in
// common with the span, the first by its period; nil when there is none.
func (p *costPeriods) overlapping(f *portfolio.CostFact, span portfolio.Span) *portfolio.CostFact {
	periods := p.taken[p.place(f)]
	from, _ := slices.BinarySearchFunc(periods, span.First.AddDays(1-longestPeriod), func(c costPeriod, first portfolio.Date) int {
		return c.span.First.Compare(first)
	})
	for _, other := range periods[from:] {
		switch {
		case other.span.First.After(span.Last):
			return nil
		case other.fact.Key() != f.Key() && !other.span.Last.Before(span.First):
			return other.fact
		}
	}
	return nil
}
