package briefing

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// healthWords are what a mark says beside its colour.
var healthWords = map[portfolio.Health]struct {
	word string
	mark tone
}{
	portfolio.HealthRed:    {"Red", bad},
	portfolio.HealthYellow: {"Yellow", warning},
	portfolio.HealthGreen:  {"Green", good},
}

func healthCell(h portfolio.Health) cell {
	if w, known := healthWords[h]; known {
		return cell{Text: w.word, Mark: w.mark}
	}
	return cell{Text: "Unknown", Mark: neutral}
}

// slipCell is a slip in words.
func slipCell(slip *int) cell {
	switch {
	case slip == nil:
		return cell{Text: "unknown"}
	case *slip > 0:
		return cell{Text: days(*slip) + " late"}
	case *slip < 0:
		return cell{Text: days(-*slip) + " early"}
	}
	return cell{Text: "on its date"}
}

// milestoneCell names a milestone and the project it is of.
func milestoneCell(m *portfolio.Milestone) cell {
	c := cell{Text: oneLine(m.Name()), Strong: true}
	if p := m.Project(); p != nil {
		c.Sub = oneLine(p.Name())
	}
	return c
}

// goLiveName is what a sentence calls a go-live: by its project, of which it is
// the moment that counts.
func goLiveName(m *portfolio.Milestone) name {
	if p := m.Project(); p != nil && !strings.Contains(m.Name(), p.Name()) {
		return name(p.Name() + ": " + m.Name())
	}
	return name(m.Name())
}

// addGoLives tells of the go-lives ahead.
func (r *report) addGoLives() error {
	all := portfolio.MaxPage
	list, err := r.of.GoLivesAhead(&all, nil)
	if err != nil {
		return err
	}
	total := list.TotalCount()
	s := &section{ID: "go-lives", Title: fmt.Sprintf("Go-lives in the next %d days", portfolio.GoLiveDays)}
	if total == 0 {
		r.lead(neutral, "No go-live is planned for the next ", portfolio.GoLiveDays, " days.")
		s.Notes = append(s.Notes, say("None is planned."))
		r.add(s)
		return nil
	}
	nodes := list.Nodes()
	r.leadGoLives(nodes, total)
	shown, left := foremost(nodes)
	t := &table{
		Caption: "Go-lives ahead, by date",
		Columns: []column{{Name: "Go-live"}, {Name: "Planned"}, {Name: "Expected"}, {Name: "Against its baseline"}, {Name: "Health"}},
		More:    left,
		Drawn:   true,
	}
	for _, m := range shown {
		t.Rows = append(t.Rows, []cell{
			milestoneCell(m), {Text: r.shortDate(m.TargetDate)}, {Text: r.shortDate(expected(m))}, slipCell(m.SlipDays), healthCell(m.Health().Overall),
		})
	}
	s.Tables = append(s.Tables, t)
	s.Chart = &chart{Body: r.timeline(shown), Legend: []legend{{"promised", "promised first"}, {"expected", "expected now"}}}
	r.add(s)
	return nil
}

// foremost are the go-lives that are shown: all of a few, and of many those at
// risk. The second result says what is left out.
func foremost(nodes []*portfolio.Milestone) (shown []*portfolio.Milestone, left string) {
	if len(nodes) <= mostGoLives {
		return nodes, ""
	}
	var risky []*portfolio.Milestone
	for _, m := range nodes {
		if riskOf(m) > 0 {
			risky = append(risky, m)
		}
	}
	shown = risky[:min(len(risky), mostGoLives)]
	if len(shown) == 0 {
		return nodes[:mostGoLives], more(len(nodes), mostGoLives)
	}
	left = "Shown are those at risk; " + number(len(nodes)-len(risky)) + " others are not."
	if beyond := len(risky) - len(shown); beyond > 0 {
		left = "Shown are the first of those at risk; " + number(beyond) + " more are, and " + number(len(nodes)-len(risky)) + " others are not."
	}
	return shown, left
}

// mostGoLives is how many go-lives the timeline shows.
const mostGoLives = 12

// riskOf is how much speaks against the date of a go-live.
func riskOf(m *portfolio.Milestone) int {
	switch m.Health().Overall {
	case portfolio.HealthRed:
		return 2
	case portfolio.HealthYellow:
		return 1
	}
	return 0
}

// expected is when a milestone is expected, which is its plan where nobody says
// otherwise.
func expected(m *portfolio.Milestone) portfolio.Date {
	if m.ForecastDate.IsZero() {
		return m.TargetDate
	}
	return m.ForecastDate
}

// leadGoLives says which go-lives are at risk, the red ones first.
func (r *report) leadGoLives(nodes []*portfolio.Milestone, total int) {
	risky := slices.DeleteFunc(slices.Clone(nodes), func(m *portfolio.Milestone) bool { return riskOf(m) == 0 })
	if len(risky) == 0 {
		r.lead(good, upper(some(total, "go-live")), " ", is(total), " planned for the next ", portfolio.GoLiveDays, " days, and none is at risk.")
		return
	}
	slices.SortStableFunc(risky, func(a, b *portfolio.Milestone) int { return riskOf(b) - riskOf(a) })
	worst := warning
	if riskOf(risky[0]) > 1 {
		worst = bad
	}
	var named []line
	for _, m := range risky[:min(len(risky), sentenceNames)] {
		l := say(goLiveName(m), " (", r.date(expected(m)))
		if m.SlipDays != nil && *m.SlipDays > 0 {
			l = say(l, ", ", days(*m.SlipDays), " late")
		}
		named = append(named, say(l, ")"))
	}
	if left := len(risky) - len(named); left > 0 {
		named = append(named, say(number(left), " more"))
	}
	n, of := len(risky), ""
	if total > n {
		of = " of " + number(total)
	}
	r.lead(worst, upper(number(n)), of, " ", plural(total, "go-live"), " in the next ", portfolio.GoLiveDays, " days ", is(n), " at risk: ", listed(named), ".")
}

// sentenceNames is how many things a sentence names before it counts the others.
const sentenceNames = 3

// timeline draws where go-lives were promised first and where they are expected
// now, a row each.
func (r *report) timeline(nodes []*portfolio.Milestone) template.HTML {
	at := func(d portfolio.Date) float64 { return float64(d.DaysSince(r.today)) / portfolio.GoLiveDays }
	months := r.months()
	var b strings.Builder
	b.WriteString(`<ol class="timeline">`)
	axis := r.draw("axis", "Months ahead", "From "+fullDate(r.today)+" to "+fullDate(r.today.AddDays(portfolio.GoLiveDays)))
	for _, m := range months {
		axis.line("tick", at(m), 0.7, at(m), 1)
		axis.text("label", at(m), "60%", m.Time().Format("Jan"))
	}
	fmt.Fprintf(&b, `<li class="scale"><span>today</span>%s<span></span></li>`, axis.done())
	for _, m := range nodes {
		health := healthCell(m.Health().Overall)
		slip := slipCell(m.SlipDays)
		c := r.draw("track "+string(health.Mark), m.Name(), fmt.Sprintf("Promised %s, expected %s, %s, %s",
			orUnknown(r.date(m.BaselineDate)), orUnknown(r.date(expected(m))), slip.Text, strings.ToLower(health.Text)))
		c.line("rail", 0, 0.5, 1, 0.5)
		for _, month := range months {
			c.line("tick", at(month), 0.25, at(month), 0.75)
		}
		to := at(expected(m))
		if !m.BaselineDate.IsZero() && m.BaselineDate != expected(m) {
			from := at(m.BaselineDate)
			c.line("moved", from, 0.5, to, 0.5)
			if from >= 0 && from <= 1 {
				c.dot("promised", from, 0.5, "4.5")
			}
		}
		if to >= 0 && to <= 1 {
			c.dot("expected", to, 0.5, "6.5")
		}
		name := milestoneCell(m)
		fmt.Fprintf(&b, `<li><span class="what"><b>%s</b>%s</span>%s<span class="when"><b>%s</b><small>%s</small>%s</span></li>`,
			template.HTMLEscapeString(name.Text), small(name.Sub), c.done(),
			template.HTMLEscapeString(r.shortDate(expected(m))), template.HTMLEscapeString(slip.Text), chip(health))
	}
	b.WriteString(`</ol>`)
	return template.HTML(b.String()) //nolint:gosec // every text was escaped above
}

// months are the first days of the months within the timeline.
func (r *report) months() []portfolio.Date {
	var all []portfolio.Date
	span := portfolio.SpanOf(portfolio.PeriodMonth, r.today).Next()
	for ; !span.First.After(r.today.AddDays(portfolio.GoLiveDays - 3)); span = span.Next() {
		all = append(all, span.First)
	}
	return all
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func small(s string) string {
	if s == "" {
		return ""
	}
	return "<small>" + template.HTMLEscapeString(s) + "</small>"
}

// chip is a word in the colour of its mark.
func chip(c cell) string {
	return `<em class="chip ` + string(c.Mark) + `">` + template.HTMLEscapeString(c.Text) + `</em>`
}
