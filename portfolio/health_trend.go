package portfolio

// A HealthTrend is how many projects had which health at the end of each
// period.
type HealthTrend struct {
	Points []*HealthCounts
	Trend  Direction
}

// HealthCounts counts projects by their overall health at one point.
type HealthCounts struct {
	HistoryPoint
	green, yellow, red, unknown int
}

// Green counts the green projects; nil when the period was not observed, as
// are the others.
func (c *HealthCounts) Green() *int { return c.known(&c.green) }

// Yellow counts the yellow projects.
func (c *HealthCounts) Yellow() *int { return c.known(&c.yellow) }

// Red counts the red projects.
func (c *HealthCounts) Red() *int { return c.known(&c.red) }

// Unknown counts the projects whose health was not known.
func (c *HealthCounts) Unknown() *int { return c.known(&c.unknown) }

// Total counts all of them.
func (c *HealthCounts) Total() *int {
	total := c.green + c.yellow + c.red + c.unknown
	return c.known(&total)
}

func (c *HealthCounts) known(n *int) *int {
	if c.Reason != nil {
		return nil
	}
	return n
}

// share is how bad the known healths are in the mean; -1 when none is known.
func (c *HealthCounts) share() float64 {
	known := c.green + c.yellow + c.red
	if c.Reason != nil || known == 0 {
		return -1
	}
	return rounded(float64(c.yellow+2*c.red) / float64(known))
}

func (c *HealthCounts) add(h Health) {
	switch h {
	case HealthGreen:
		c.green++
	case HealthYellow:
		c.yellow++
	case HealthRed:
		c.red++
	default:
		c.unknown++
	}
}

// HealthTrend counts the projects by health at the end of each period: those
// that the filter means now and that the tools still showed then. A project
// that has left the portfolio since is not counted.
func (v *View) HealthTrend(from *When, to *When, every *Period, filter *ProjectFilter) (*HealthTrend, error) {
	points, err := v.historyPoints(from, to, every)
	if err != nil {
		return nil, err
	}
	c := v.compiler()
	meant := func(*ProjectRow) bool { return true }
	if filter != nil {
		meant = orTrue(compile(c, filter))
	}
	if c.err != nil || !v.caller.May(RoleViewer) {
		return nil, c.err
	}
	t := &HealthTrend{Points: make([]*HealthCounts, len(points)), Trend: DirectionUnknown}
	o := v.observed()
	days := make([]uint16, len(points))
	for i, p := range points {
		t.Points[i] = &HealthCounts{HistoryPoint: p}
		if !p.ObservedOn.IsZero() {
			days[i] = o.dayNumber(p.ObservedOn)
		}
	}
	for _, chunk := range v.snap.projectRows() {
		for _, row := range chunk {
			if !v.sees(row) || !meant(row) {
				continue
			}
			t.count(o, row, days)
		}
	}
	var first, last *HealthCounts
	for _, p := range t.Points {
		if p.share() >= 0 {
			if first == nil {
				first = p
			}
			last = p
		}
	}
	if first != nil && first != last {
		switch a, b := first.share(), last.share(); {
		case a < b:
			t.Trend = DirectionWorsening
		case a > b:
			t.Trend = DirectionImproving
		default:
			t.Trend = DirectionSteady
		}
	}
	return t, nil
}

// count adds one project to all points. Points are in the order of their days,
// so that one walk over its changes serves them all.
func (t *HealthTrend) count(o *Observed, row *ProjectRow, days []uint16) {
	health, presence := walker[uint8]{}, walker[uint8]{}
	if o != nil {
		if place, known := o.index[row.ID]; known {
			health.days, health.values = o.overall.of(int(place))
			presence.days, presence.values = o.presence.of(int(place))
		}
	}
	present := codeOf(presenceCodes, PresencePresent)
	for i, p := range t.Points {
		switch {
		case p.Now:
			if row.Presence == PresencePresent {
				p.add(row.Health.Overall)
			}
		case p.Reason == nil:
			if presence.at(days[i]) == present {
				p.add(valueOf(healthCodes, health.at(days[i])))
			}
		}
	}
}

// A walker reads the changes of one project in the order of days.
type walker[T any] struct {
	days   []uint16
	values []T
	next   int
}

// at returns the value at the close of a day that is not before the last one
// asked for; the zero value before the first.
func (w *walker[T]) at(day uint16) T {
	for w.next < len(w.days) && w.days[w.next] <= day {
		w.next++
	}
	if w.next == 0 {
		var none T
		return none
	}
	return w.values[w.next-1]
}
