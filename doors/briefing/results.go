package briefing

import (
	"strings"

	"plumbline/portfolio"
)

// sparkPoints is how many periods a sparkline shows.
const sparkPoints = 12

// addResults tells how KPIs moved.
func (r *report) addResults() error {
	list, err := r.of.KpiMovements(nil, nil)
	if err != nil {
		return err
	}
	s := &section{ID: "results", Title: "Results"}
	if list.TotalCount() == 0 {
		if r.gap(portfolio.SectionKPIs) == nil {
			s.Text = append(s.Text, say("No KPI has moved since the period before."))
		}
	} else {
		t := &table{
			Caption: "KPIs that moved, the largest change first",
			Columns: []column{
				{Name: "KPI"}, {Name: "Trend", Chart: true}, {Name: "Now"}, {Name: "Target"}, {Name: "Attained", Number: true}, {Name: "Change", Short: true}, {Name: "Health"},
			},
			More: more(list.TotalCount(), len(list.Nodes())),
		}
		for _, m := range list.Nodes() {
			row, err := r.movement(m)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, row)
		}
		s.Tables = append(s.Tables, t)
		r.leadResults(list.Nodes())
	}
	r.note(s, portfolio.SectionKPIs)
	r.add(s)
	return nil
}

func (r *report) movement(m *portfolio.KPIMovement) ([]cell, error) {
	k, now := m.KPI(), m.Current()
	what := cell{Text: oneLine(k.Name()), Strong: true, Sub: spanWords(now.Span)}
	if d := k.Department(); d != nil {
		what.Sub = oneLine(d.Name()) + ", " + what.Sub
	}
	spark, err := r.sparkOf(k)
	if err != nil {
		return nil, err
	}
	change := cell{Text: "unknown"}
	if m.Change() != nil {
		change.Text, change.Mark = "▲ "+points(*m.Change()), good
		if *m.Change() < 0 {
			change.Text, change.Mark = "▼ "+points(*m.Change()), bad
		}
		if *m.Change() == 0 {
			change = cell{Text: "none"}
		}
	}
	attained := cell{Text: "unknown"}
	if now.Attainment != nil {
		attained.Text = percent(*now.Attainment)
	}
	return []cell{what, spark, {Text: measured(k, now.Actual)}, {Text: target(k, now)}, attained, change, healthCell(now.Health)}, nil
}

// measured is a figure with the KPI's unit.
func measured(k *portfolio.KPI, f *float64) string {
	if f == nil {
		return "unknown"
	}
	if k.Aggregation == portfolio.AggregateRatio && k.Unit == "%" {
		return trimmed(100**f, 1) + " %" // a ratio is a share, whatever its unit is called
	}
	return strings.TrimSpace(figure(*f) + " " + oneLine(k.Unit))
}

// target is what a KPI should be.
func target(k *portfolio.KPI, p *portfolio.KPIPoint) string {
	switch {
	case p.Target != nil:
		return measured(k, p.Target)
	case k.BandLow != nil && k.BandHigh != nil:
		return measured(k, k.BandLow) + " to " + measured(k, k.BandHigh)
	}
	return "none"
}

// sparkOf draws the last periods of a KPI.
func (r *report) sparkOf(k *portfolio.KPI) (cell, error) {
	length := sparkPoints
	to, err := portfolio.ParseWhen(r.today.String())
	if err != nil {
		return cell{}, err
	}
	points, err := k.Series(nil, nil, &to, nil, &length)
	if err != nil {
		return cell{}, err
	}
	var values []*float64
	var target *float64
	first, last := "", ""
	for _, p := range points {
		if !p.Closed || p.Actual == nil && len(values) == 0 {
			continue
		}
		values = append(values, p.Actual)
		if p.Actual == nil {
			continue
		}
		if first == "" {
			first = measured(k, p.Actual) + " in " + spanWords(p.Span)
		}
		last = measured(k, p.Actual) + " in " + spanWords(p.Span)
		target = p.Target
	}
	described := "From " + first + " to " + last
	if target != nil {
		described += ", target " + measured(k, target)
	}
	return cell{Chart: r.spark(oneLine(k.Name()), described, values, target)}, nil
}

// leadResults names the KPI that fell most and the one that rose most.
func (r *report) leadResults(nodes []*portfolio.KPIMovement) {
	var fell, rose *portfolio.KPIMovement
	for _, m := range nodes {
		switch {
		case m.Change() == nil:
		case *m.Change() < 0 && fell == nil:
			fell = m
		case *m.Change() > 0 && rose == nil:
			rose = m
		}
	}
	tell := func(t tone, m *portfolio.KPIMovement, did string) {
		if m == nil {
			return
		}
		now := m.Current()
		if *now.Attainment < 0 { // further from its target than it was when it began
			r.lead(t, name(m.KPI().Name()), " ", did, " ", points(*m.Change()), " and is worse than its baseline: ",
				measured(m.KPI(), now.Actual), " in ", spanWords(now.Span), "; it should be ", target(m.KPI(), now), ".")
			return
		}
		r.lead(t, name(m.KPI().Name()), " ", did, " ", points(*m.Change()), " to ", percent(*now.Attainment), " of what it should be: ",
			measured(m.KPI(), now.Actual), " in ", spanWords(now.Span), ".")
	}
	tell(warning, fell, "fell by")
	tell(good, rose, "rose by")
}
