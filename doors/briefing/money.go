package briefing

import (
	"cmp"
	"math"
	"slices"

	"plumbline/portfolio"
)

// wideGap is from which difference of shares on it is worth a headline.
const wideGap = 0.1

// addMoney compares spend with strategy, and what projects cost with what they
// may.
func (r *report) addMoney() error {
	s := &section{ID: "money", Title: "Money"}
	r.addStrategy(s)
	r.addCosts(s)
	if len(s.Text)+len(s.Tables)+len(s.Notes) > 0 {
		r.add(s)
	}
	return nil
}

func (r *report) addStrategy(s *section) {
	m := r.of.Misalignment()
	if m == nil {
		return
	}
	gaps := m.Gaps(nil)
	if len(gaps) == 0 {
		return
	}
	s.Title = "Money and strategy"
	if reason := m.SpendReason(); reason != nil {
		s.Notes = append(s.Notes, say("Spend is not compared with strategy: ", reason.Message))
		return
	}
	largest := 0.0
	for _, g := range gaps {
		if g.Weight() != nil && g.SpendShare().Value != nil {
			largest = max(largest, *g.Weight(), *g.SpendShare().Value)
		}
	}
	t := &table{
		Caption: "What objectives weigh and what is spent on them, the widest gap first",
		Columns: []column{{Name: "Objective"}, {Name: "Weight and spend", Chart: true}, {Name: "Weight", Number: true}, {Name: "Spend", Number: true}, {Name: "Difference", Number: true}},
	}
	slices.SortStableFunc(gaps, func(a, b *portfolio.Coverage) int { return cmp.Compare(width(b), width(a)) })
	for _, g := range gaps {
		weight, spent, o := g.Weight(), g.SpendShare().Value, g.Objective()
		if weight == nil || spent == nil || o == nil {
			continue
		}
		title := oneLine(o.Name())
		t.Rows = append(t.Rows, []cell{
			{Text: title, Strong: true},
			{Chart: r.pair(title, "Weight "+percent(*weight)+", spend "+percent(*spent), *weight, *spent, largest)},
			{Text: percent(*weight)}, {Text: percent(*spent)}, {Text: difference(*spent - *weight)},
		})
	}
	if len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
		s.Chart = &chart{Legend: []legend{{"one", "share of the strategy’s weight"}, {"two", "share of the spend"}}}
		r.leadMoney(gaps[0])
	}
	if spend := m.Spend(); spend != nil {
		l := say("The budgets of ", number(deref(m.RankedCount())), " projects add up to ", name(money(*spend)), ".")
		if orphans := m.OrphanSpendShare().Value; orphans != nil && *orphans > 0 {
			l = say(l, " Of that, ", name(percent(*orphans)), " goes to projects that serve no objective.")
		}
		s.Text = append(s.Text, l)
	}
}

// width is by how much spend and weight differ.
func width(c *portfolio.Coverage) float64 {
	if gap := c.Gap().Value; gap != nil {
		return math.Abs(*gap)
	}
	return -1
}

func difference(gap float64) string {
	switch {
	case gap > 0:
		return points(gap) + " more"
	case gap < 0:
		return points(gap) + " less"
	}
	return "none"
}

func (r *report) leadMoney(widest *portfolio.Coverage) {
	gap, o := widest.Gap().Value, widest.Objective()
	if gap == nil || o == nil || math.Abs(*gap) < wideGap {
		return
	}
	r.lead(warning, name(o.Name()), " is ", percent(*widest.Weight()), " of the strategy and gets ", percent(*widest.SpendShare().Value), " of the money.")
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
