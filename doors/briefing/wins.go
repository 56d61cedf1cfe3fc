package briefing

import (
	"strings"

	"plumbline/portfolio"
)

// addWins tells what everybody can see, and what people say.
func (r *report) addWins() error {
	wins, err := r.of.Wins(nil, nil)
	if err != nil {
		return err
	}
	quotes, err := r.of.Quotes(nil, nil)
	if err != nil {
		return err
	}
	s := &section{ID: "wins", Title: "Quick wins"}
	if n := wins.TotalCount(); n > 0 {
		r.leadWins(wins.Nodes(), n)
		s.Text = append(s.Text, say(upper(some(n, "quick win")), was(n), "achieved, ", r.compared(portfolio.MeasureWins), "."))
		s.Tables = append(s.Tables, r.wins(wins))
	} else if r.gap(portfolio.SectionWins) == nil {
		s.Text = append(s.Text, say("No quick win was achieved."))
	}
	r.note(s, portfolio.SectionWins)
	if s.Voices = voices(wins.Nodes(), quotes.Nodes()); len(s.Voices) > 0 {
		s.Title += " and what people say"
	}
	if left := quotes.TotalCount() - len(quotes.Nodes()); left > 0 {
		s.Notes = append(s.Notes, say("People said ", number(left), " ", plural(left, "thing"), " more."))
	}
	r.add(s)
	return nil
}

// was goes between a number of things and what was done to them.
func was(n int) string {
	if n == 1 {
		return " was "
	}
	return " were "
}

func (r *report) leadWins(nodes []*portfolio.QuickWin, n int) {
	var named []line
	for _, w := range nodes[:min(len(nodes), sentenceNames)] {
		l := say(name(w.Title))
		if brings := brings(w); brings != "" {
			l = say(l, " (", brings, ")")
		}
		named = append(named, l)
	}
	if left := n - len(named); left > 0 {
		named = append(named, say(number(left), " more"))
	}
	r.lead(good, upper(some(n, "quick win")), was(n), "achieved: ", listed(named), ".")
}

// brings is the amount of a win in its unit, as somebody recorded it; "" when
// nobody did.
func brings(w *portfolio.QuickWin) string {
	if w.Amount == nil {
		return ""
	}
	return strings.TrimSpace(grouped(w.Amount.String()) + " " + oneLine(w.Unit))
}

func (r *report) wins(list *portfolio.QuickWinConnection) *table {
	t := &table{
		Caption: "Achieved from " + r.between(r.of.Days) + ", the newest first",
		Columns: []column{{Name: "Quick win"}, {Name: "Achieved", Short: true}, {Name: "Brings"}, {Name: "Serves"}},
		More:    more(list.TotalCount(), len(list.Nodes())),
	}
	for _, w := range list.Nodes() {
		what := cell{Text: oneLine(w.Title), Strong: true}
		if p := w.Project(); p != nil {
			what.Sub = oneLine(p.Name())
		} else if d := w.Department(); d != nil {
			what.Sub = oneLine(d.Name())
		}
		serves := cell{Text: "no objective"}
		if o := w.Objective(); o != nil {
			serves.Text = oneLine(o.Name())
		}
		t.Rows = append(t.Rows, []cell{what, {Text: r.shortDate(w.Achieved)}, {Text: orUnknown(brings(w))}, serves})
	}
	return t
}

// voices are what people said of the wins, and then whatever else they said,
// each once.
func voices(wins []*portfolio.QuickWin, quotes []*portfolio.Quote) []voice {
	var all []voice
	told := map[string]bool{}
	tell := func(q *portfolio.Quote, of string) {
		if q == nil || told[q.Slug] {
			return
		}
		told[q.Slug] = true
		by := q.By
		if q.Role != "" {
			by += ", " + q.Role
		}
		if of != "" {
			by += ", on " + of
		}
		all = append(all, voice{Text: "“" + oneLine(q.Text) + "”", By: oneLine(by)})
	}
	for _, w := range wins {
		tell(w.Quote(), w.Title)
	}
	for _, q := range quotes {
		of := ""
		if p := q.Project(); p != nil {
			of = p.Name()
		}
		tell(q, of)
	}
	return all
}
