package briefing

import (
	"strconv"

	"plumbline/portfolio"
)

// longWait is from how many working days on a decision is worth a headline,
// also when nothing stands still behind it.
const longWait = 10

// addDecisions tells which decisions somebody owes, and what waits for them.
func (r *report) addDecisions() error {
	pending, err := r.of.DecisionsPending(nil, nil)
	if err != nil {
		return err
	}
	made, err := r.of.DecisionsMade(nil, nil)
	if err != nil {
		return err
	}
	s := &section{ID: "decisions", Title: "Decisions that are owed"}
	if pending.TotalCount() > 0 {
		r.leadDecision(pending.Nodes())
		t := &table{
			Caption: "The oldest first",
			Columns: []column{{Name: "Decision"}, {Name: "Owed by"}, {Name: "Waiting", Short: true}, {Name: "Due", Short: true}, {Name: "Stands still behind it"}},
			More:    more(pending.TotalCount(), len(pending.Nodes())),
		}
		for _, d := range pending.Nodes() {
			waiting := cell{Text: "unknown"}
			if n := d.WaitingDays(); n != nil {
				waiting.Text = strconv.Itoa(*n) + " " + plural(*n, "working day")
			}
			t.Rows = append(t.Rows, []cell{decisionCell(d), {Text: orUnknown(oneLine(d.DeciderName()))}, waiting, r.dueCell(d.Due, d.Overdue()), blockedCell(d)})
		}
		s.Tables = append(s.Tables, t)
	} else if r.gap(portfolio.SectionDecisions) == nil {
		s.Text = append(s.Text, say("Nobody owes a decision."))
	}
	if made.TotalCount() > 0 {
		t := &table{
			Caption: "Made from " + r.between(r.of.Days),
			Columns: []column{{Name: "Decision"}, {Name: "Decided", Short: true}, {Name: "Outcome"}},
			More:    more(made.TotalCount(), len(made.Nodes())),
		}
		for _, d := range made.Nodes() {
			t.Rows = append(t.Rows, []cell{decisionCell(d), {Text: r.shortDate(d.Decided)}, {Text: orUnknown(oneLine(d.Outcome))}})
		}
		s.Tables = append(s.Tables, t)
	}
	r.note(s, portfolio.SectionDecisions)
	r.add(s)
	return nil
}

func decisionCell(d *portfolio.Decision) cell {
	c := cell{Text: oneLine(d.Title), Strong: true}
	if of := d.Department(); of != nil {
		c.Sub = oneLine(of.Name())
	}
	return c
}

// blockedCell names the milestones that wait for a decision.
func blockedCell(d *portfolio.Decision) cell {
	blocked := waiting(d)
	if len(blocked) == 0 {
		return cell{Text: "nothing"}
	}
	c := cell{Text: oneLine(blocked[0].Name())}
	if n := len(blocked) - 1; n > 0 {
		c.Text += " and " + some(n, "more milestone")
	}
	return c
}

// waiting are the milestones behind a decision that are not done.
func waiting(d *portfolio.Decision) []*portfolio.Milestone {
	var open []*portfolio.Milestone
	for _, m := range d.Blocks() {
		if !m.Finished() {
			open = append(open, m)
		}
	}
	return open
}

// leadDecision tells of the decision behind which most stands still; of several
// the oldest one.
func (r *report) leadDecision(nodes []*portfolio.Decision) {
	var worst *portfolio.Decision
	for _, d := range nodes {
		if worst == nil || len(waiting(d)) > len(waiting(worst)) {
			worst = d
		}
	}
	days, behind := deref(worst.WaitingDays()), len(waiting(worst))
	if behind == 0 && days < longWait {
		return
	}
	l := say("The decision ", name(worst.Title), " has waited ", days, " ", plural(days, "working day"))
	if by := worst.DeciderName(); by != "" {
		l = say(l, " for ", by)
	}
	stand := " stands"
	if behind > 1 {
		stand = " stand"
	}
	if behind > 0 {
		l = say(l, "; ", some(behind, "milestone"), stand, " still behind it")
	}
	r.lead(bad, l, ".")
}
