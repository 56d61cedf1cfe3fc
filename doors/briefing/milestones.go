package briefing

import "plumbline/portfolio"

// kindWords are what the kinds of milestones are called; ordinary ones need no
// word.
var kindWords = map[portfolio.MilestoneKind]string{
	portfolio.MilestoneGoLive: "go-live",
	portfolio.MilestoneKey:    "key",
}

// milestones is a table of milestones with one date.
func (r *report) milestones(caption, date string, list *portfolio.MilestoneConnection, of func(*portfolio.Milestone) portfolio.Date) *table {
	t := &table{
		Caption: caption,
		Columns: []column{{Name: "Milestone"}, {Name: "Kind"}, {Name: date, Short: true}, {Name: "Against its baseline"}, {Name: "Owner"}},
		More:    more(list.TotalCount(), len(list.Nodes())),
	}
	for _, m := range list.Nodes() {
		owner := cell{Text: "nobody named"}
		if p := m.Owner(); p != nil {
			owner.Text = oneLine(p.Name())
		}
		kind := cell{Text: kindWords[m.Kind]}
		if kind.Text == "" {
			kind.Text = "milestone"
		}
		t.Rows = append(t.Rows, []cell{milestoneCell(m), kind, {Text: r.shortDate(of(m))}, slipCell(m.SlipDays), owner})
	}
	return t
}

func targetDate(m *portfolio.Milestone) portfolio.Date   { return m.TargetDate }
func finishedDate(m *portfolio.Milestone) portfolio.Date { return m.FinishedDate }

// addOverdue tells what should have been done.
func (r *report) addOverdue() error {
	list, err := r.of.Overdue(nil, nil)
	if err != nil {
		return err
	}
	if list.TotalCount() == 0 {
		return nil
	}
	var live []line
	for _, m := range list.Nodes() {
		if m.Kind == portfolio.MilestoneGoLive && len(live) < sentenceNames {
			live = append(live, say(goLiveName(m), " (due ", r.date(m.TargetDate), ")"))
		}
	}
	if len(live) > 0 {
		n := len(live)
		r.lead(bad, upper(some(n, "go-live")), " ", is(n), " past due and not done: ", listed(live), ".")
	}
	r.add(&section{ID: "overdue", Title: "Overdue", Tables: []*table{r.milestones("Milestones that were due and are not done", "Was due", list, targetDate)}})
	return nil
}

// addNext tells what is due.
func (r *report) addNext() error {
	list, err := r.of.DueNext(nil, nil)
	if err != nil {
		return err
	}
	s := &section{ID: "next", Title: "Due until " + r.date(r.of.Next.Last)}
	if list.TotalCount() == 0 {
		s.Text = append(s.Text, say("Nothing is due."))
	} else {
		s.Tables = append(s.Tables, r.milestones("Milestones that are due next", "Due", list, targetDate))
	}
	r.add(s)
	return nil
}

// addDone tells what was finished.
func (r *report) addDone() error {
	list, err := r.of.Completed(nil, nil)
	if err != nil {
		return err
	}
	n := list.TotalCount()
	s := &section{ID: "done", Title: "Done from " + r.between(r.of.Days)}
	if n == 0 {
		s.Text = append(s.Text, say("No milestone was finished."))
	} else {
		s.Tables = append(s.Tables, r.milestones("Milestones that were finished", "Finished", list, finishedDate))
	}
	r.add(s)
	var live []line
	for _, m := range list.Nodes() {
		if m.Kind == portfolio.MilestoneGoLive && len(live) < sentenceNames {
			live = append(live, say(goLiveName(m)))
		}
	}
	switch {
	case len(live) > 0:
		r.lead(good, listed(live), " went live.")
	case n > 0:
		was := "was"
		if n > 1 {
			was = "were"
		}
		r.lead(good, upper(some(n, "milestone")), " ", was, " finished, ", r.compared(portfolio.MeasureCompleted), ".")
	}
	return nil
}
