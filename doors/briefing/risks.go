package briefing

import (
	"strings"

	"plumbline/portfolio"
)

// addRisks tells what was prevented, what may still happen, and what has
// happened.
func (r *report) addRisks() error {
	prevented, err := r.of.RisksPrevented(nil, nil)
	if err != nil {
		return err
	}
	open, err := r.of.RisksOpen(nil, nil)
	if err != nil {
		return err
	}
	critical, err := r.of.IssuesCritical(nil, nil)
	if err != nil {
		return err
	}
	raised, err := r.of.IssuesOpened(nil, nil)
	if err != nil {
		return err
	}
	s := &section{ID: "risks", Title: "Risks and issues"}
	if n := critical.TotalCount(); n > 0 {
		r.leadCritical(critical.Nodes(), n)
		s.Tables = append(s.Tables, r.issues("Critical issues, not resolved", critical))
	}
	if prevented.TotalCount() > 0 {
		r.leadPrevented(prevented)
		s.Tables = append(s.Tables, r.prevented(prevented))
	}
	if open.TotalCount() > 0 {
		s.Tables = append(s.Tables, r.open(open))
	}
	if raised.TotalCount() > 0 {
		s.Tables = append(s.Tables, r.issues("Issues raised from "+r.between(r.of.Days), raised))
	}
	r.note(s, portfolio.SectionRisks)
	if len(s.Tables)+len(s.Notes) == 0 {
		s.Text = append(s.Text, say("No risk is open, none was prevented, and no issue was raised."))
	}
	r.add(s)
	return nil
}

func (r *report) leadCritical(issues []*portfolio.Issue, n int) {
	var named []line
	for _, i := range issues[:min(len(issues), sentenceNames)] {
		named = append(named, say(name(i.Title())))
	}
	if left := n - len(named); left > 0 {
		named = append(named, say(number(left), " more"))
	}
	r.lead(bad, upper(some(n, "critical issue")), " ", is(n), " not resolved: ", listed(named), ".")
}

// leadPrevented says what the risks that were prevented would have cost.
func (r *report) leadPrevented(list *portfolio.RiskConnection) {
	n := list.TotalCount()
	var named []line
	for _, risk := range list.Nodes()[:min(n, len(list.Nodes()), sentenceNames)] {
		named = append(named, say(name(risk.Title())))
	}
	if left := n - len(named); left > 0 {
		named = append(named, say(number(left), " more"))
	}
	was := " was"
	if n > 1 {
		was = " were"
	}
	l := say(upper(some(n, "risk")), was, " prevented: ", listed(named))
	if saved := list.Aggregates().PreventedExposure().Total; saved != nil {
		l = say(l, "; that took ", name(money(*saved)), " of exposure away")
	}
	r.lead(good, l, ".")
}

// amount is money that the caller may read, or why there is none.
func amount(m *portfolio.Money, reason *portfolio.Reason) string {
	switch {
	case m != nil:
		return money(*m)
	case reason != nil && reason.Code == "FIELD_GROUP":
		return "not shown"
	}
	return "unknown"
}

func riskCell(risk *portfolio.Risk) cell {
	c := cell{Text: oneLine(risk.Title()), Strong: true}
	if p := risk.Project(); p != nil {
		c.Sub = oneLine(p.Name())
	} else if d := risk.Department(); d != nil {
		c.Sub = oneLine(d.Name())
	}
	return c
}

func ownerCell(p *portfolio.Person) cell {
	if p == nil {
		return cell{Text: "nobody named"}
	}
	return cell{Text: oneLine(p.Name())}
}

func (r *report) prevented(list *portfolio.RiskConnection) *table {
	t := &table{
		Caption: "Risks prevented from " + r.between(r.of.Days),
		Columns: []column{{Name: "Risk"}, {Name: "Threatened"}, {Name: "Exposure taken away", Number: true}, {Name: "Owner"}},
		More:    more(list.TotalCount(), len(list.Nodes())),
	}
	for _, risk := range list.Nodes() {
		threatened := cell{Text: "no milestone"}
		if m := risk.Milestone(); m != nil {
			threatened.Text = oneLine(m.Name())
		}
		t.Rows = append(t.Rows, []cell{riskCell(risk), threatened, {Text: amount(risk.PreventedExposure(), risk.PreventedExposureReason())}, ownerCell(risk.Owner())})
	}
	return t
}

func (r *report) open(list *portfolio.RiskConnection) *table {
	t := &table{
		Caption: "Risks that are open, the largest first",
		Columns: []column{{Name: "Risk"}, {Name: "Response"}, {Name: "Exposure left", Number: true}, {Name: "Due", Short: true}, {Name: "Owner"}},
		More:    more(list.TotalCount(), len(list.Nodes())),
	}
	for _, risk := range list.Nodes() {
		response := cell{Text: "not said"}
		if risk.Response != "" {
			response.Text = strings.ToLower(string(risk.Response))
		}
		t.Rows = append(t.Rows, []cell{riskCell(risk), response, {Text: amount(risk.ResidualExposure(), risk.ResidualExposureReason())}, r.dueCell(risk.DueDate, risk.Overdue()), ownerCell(risk.Owner())})
	}
	return t
}

// dueCell is a date by which something is to be done.
func (r *report) dueCell(due portfolio.Date, overdue bool) cell {
	switch {
	case due.IsZero():
		return cell{Text: "no date"}
	case overdue:
		return cell{Text: r.shortDate(due), Sub: "overdue"}
	}
	return cell{Text: r.shortDate(due)}
}

// severities are the marks of issues.
var severities = map[portfolio.IssueSeverity]cell{
	portfolio.SeverityCritical: {Text: "Critical", Mark: bad},
	portfolio.SeverityHigh:     {Text: "High", Mark: bad},
	portfolio.SeverityMedium:   {Text: "Medium", Mark: warning},
	portfolio.SeverityLow:      {Text: "Low", Mark: neutral},
}

func (r *report) issues(caption string, list *portfolio.IssueConnection) *table {
	t := &table{
		Caption: caption,
		Columns: []column{{Name: "Issue"}, {Name: "Severity", Short: true}, {Name: "Raised", Short: true}, {Name: "Due", Short: true}, {Name: "Owner"}},
		More:    more(list.TotalCount(), len(list.Nodes())),
	}
	for _, i := range list.Nodes() {
		what := cell{Text: oneLine(i.Title()), Strong: true}
		if p := i.Project(); p != nil {
			what.Sub = oneLine(p.Name())
		} else if d := i.Department(); d != nil {
			what.Sub = oneLine(d.Name())
		}
		t.Rows = append(t.Rows, []cell{what, severities[i.Severity()], {Text: r.shortDate(i.Raised)}, r.dueCell(i.Due, i.Overdue()), ownerCell(i.Owner())})
	}
	return t
}
