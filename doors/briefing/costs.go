package briefing

import "plumbline/portfolio"

// addCosts tells what the projects that record it cost. Each sum says of how
// many of them it is: one without a budget may have costs.
func (r *report) addCosts(s *section) {
	costs := r.of.Costs()
	if costs == nil || costs.Count() == 0 {
		return
	}
	budget, expected := costs.Budget(), costs.ExpectedCost()
	var sums []line
	for _, sum := range []struct {
		of   *portfolio.MoneyTotal
		what string
	}{{costs.Spent(), "spent so far"}, {expected, "expected in the end"}, {budget, "budgeted"}} {
		if l := added(sum.of); len(l) > 0 {
			sums = append(sums, say(l, " ", sum.what))
			if deref(sum.of.Missing) > 0 {
				sums[len(sums)-1] = say(l, " ", sum.what, " (", number(deref(sum.of.Count)), " of them)")
			}
		}
	}
	if n := costs.Count(); len(sums) > 0 {
		s.Text = append(s.Text, say(upper(some(n, "project")), " ", recordIt(n), " cost: ", listed(sums), "."))
	}
	r.leadCosts(expected, budget)
}

// added is a sum in one currency, or else one in each.
func added(of *portfolio.MoneyTotal) line {
	if m := total(of); m != nil {
		return say(name(money(*m)))
	}
	var each []line
	for _, m := range of.ByCurrency {
		each = append(each, say(name(money(m))))
	}
	return listed(each)
}

// total is a sum in one currency, converted where there are several; nil when
// it cannot be.
func total(of *portfolio.MoneyTotal) *portfolio.Money {
	if of.Total != nil {
		return of.Total
	}
	return of.Converted
}

// leadCosts says by how much the projects will cost more than they may, when
// both are known of all of them.
func (r *report) leadCosts(expected, budget *portfolio.MoneyTotal) {
	cost, may := total(expected), total(budget)
	if cost == nil || may == nil || deref(expected.Missing)+deref(budget.Missing) > 0 || cost.Currency != may.Currency || !cost.Amount.GreaterThan(may.Amount) {
		return
	}
	over := portfolio.Money{Amount: cost.Amount.Sub(may.Amount), Currency: cost.Currency}
	n := deref(expected.Count)
	r.lead(warning, upper(some(n, "project")), " that ", recordIt(n), " cost ", is(n), " expected to cost ", name(money(over)), " more than budgeted: ",
		money(*cost), " instead of ", money(*may), ".")
}

// recordIt goes between projects and their cost.
func recordIt(n int) string {
	if n == 1 {
		return "records its"
	}
	return "record their"
}
