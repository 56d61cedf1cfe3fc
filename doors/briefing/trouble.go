package briefing

import (
	"slices"
	"strings"

	"plumbline/portfolio"
)

// addTrouble tells of the projects that are red, and of others that look
// better than they are.
func (r *report) addTrouble() error {
	red, err := r.of.Red(nil, nil)
	if err != nil {
		return err
	}
	all := portfolio.MaxPage
	hidden, err := r.of.Disagreeing(&all, nil)
	if err != nil {
		return err
	}
	s := &section{ID: "trouble", Title: "Projects in trouble"}
	if err := r.addTurns(s); err != nil {
		return err
	}
	r.addHealth(s)
	if n := red.TotalCount(); n > 0 {
		s.Tables = append(s.Tables, r.troubled("Red today, the widest slip first", red.Nodes(), n))
	} else {
		s.Text = append(s.Text, say("No project is red."))
	}
	if n := hidden.TotalCount(); n > 0 {
		r.leadHidden(hidden.Nodes(), n)
		others := slices.DeleteFunc(hidden.Nodes(), func(p *portfolio.Project) bool { return p.Health().Overall == portfolio.HealthRed })
		if n := len(others); n > 0 {
			s.Tables = append(s.Tables, r.troubled("Not red, and worse than reported", others[:min(n, portfolio.BriefingLength)], n))
		}
	}
	r.add(s)
	return nil
}

// leadHidden says which projects look better than they are.
func (r *report) leadHidden(projects []*portfolio.Project, n int) {
	var named []line
	for _, p := range projects[:min(len(projects), sentenceNames)] {
		named = append(named, say(name(p.Name())))
	}
	if left := n - len(named); left > 0 {
		named = append(named, say(number(left), " more"))
	}
	verb := "report"
	if n == 1 {
		verb = "reports"
	}
	r.lead(warning, upper(some(n, "project")), " ", verb, " better health than dates and figures say: ", listed(named), ".")
}

func (r *report) troubled(caption string, projects []*portfolio.Project, total int) *table {
	t := &table{
		Caption: caption,
		Columns: []column{{Name: "Project"}, {Name: "Reported", Short: true}, {Name: "Found", Short: true}, {Name: "Why"}, {Name: "Serves"}, {Name: "Go-live", Short: true}},
		More:    more(total, len(projects)),
	}
	for _, p := range projects {
		h := p.Health()
		t.Rows = append(t.Rows, []cell{projectCell(p), healthCell(h.Reported), healthCell(h.Computed), {Text: why(p)}, serves(p), r.goLiveCell(p)})
	}
	return t
}

func projectCell(p *portfolio.Project) cell {
	c := cell{Text: oneLine(p.Name()), Strong: true}
	if d := p.Department(); d != nil {
		c.Sub = oneLine(d.Name())
	}
	return c
}

// why a project is as it is, in a sentence.
func why(p *portfolio.Project) string {
	h := p.Health()
	if reasons := h.Reasons(); h.Computed == h.Overall && len(reasons) > 0 {
		return oneLine(reasons[0].Message)
	}
	return "Its team reports it so."
}

// serves is the objective that a project serves most.
func serves(p *portfolio.Project) cell {
	if o := p.Alignment().PrimaryObjective(); o != nil {
		return cell{Text: oneLine(o.Name())}
	}
	return cell{Text: "no objective"}
}

func (r *report) goLiveCell(p *portfolio.Project) cell {
	m := p.GoLive()
	if m == nil {
		return cell{Text: "none"}
	}
	c := cell{Text: r.shortDate(expected(m))}
	if m.SlipDays != nil && *m.SlipDays != 0 {
		c.Sub = slipCell(m.SlipDays).Text
	}
	if m.Finished() {
		c.Text = strings.TrimSpace(r.shortDate(m.FinishedDate) + " (done)")
	}
	return c
}
