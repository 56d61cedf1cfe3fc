package portfolio

import (
	"cmp"
	"fmt"
	"slices"
)

// MaxHistoryPoints is how many points a history or a trend has at most.
const MaxHistoryPoints = 400

// defaultHistoryPeriods is how many periods up to today are told of when
// nobody says since when.
const defaultHistoryPeriods = 13

// A HistoryPoint is one period of a history and the day that stands for it:
// the last of its days that was observed, or now in the period of today.
type HistoryPoint struct {
	Span Span
	// On is the last day of the period that was asked for: its own last day,
	// or that of the history, or today.
	On Date
	// ObservedOn is the day whose close is told of; zero when it is now, or
	// when no day of the period was observed, which Reason explains.
	ObservedOn Date
	// Now says that the values are those of this moment.
	Now    bool
	Reason *Reason
}

// Period is the period as text, such as 2026-W07.
func (p *HistoryPoint) Period() string { return p.Span.String() }

// Observed reports whether there are values.
func (p *HistoryPoint) Observed() bool { return p.Reason == nil }

// historyPoints are the periods from the one of a day to that of another;
// without them, the last ones up to today.
func (v *View) historyPoints(from *When, to *When, every *Period) ([]HistoryPoint, error) {
	today := v.snap.today
	if today.IsZero() {
		return nil, nil
	}
	length := PeriodWeek
	if every != nil {
		length = *every
	}
	last := today
	if to != nil {
		last = to.On(today)
	}
	var first Date
	if from != nil {
		first = from.On(today)
	} else {
		span := SpanOf(length, last)
		for range defaultHistoryPeriods - 1 {
			span = span.Previous()
		}
		first = span.First
	}
	switch {
	case first.After(last):
		return nil, fmt.Errorf("%w: a history from %s to %s goes backwards", ErrInvalid, first, last)
	case last.After(today):
		return nil, fmt.Errorf("%w: a history to %s is of days to come; today is %s", ErrInvalid, last, today)
	}
	var points []HistoryPoint
	for span := SpanOf(length, first); !span.First.After(last); span = span.Next() {
		if len(points) == MaxHistoryPoints {
			return nil, fmt.Errorf("%w: from %s to %s are more than %d periods of the length %s; ask for longer ones", ErrInvalid, first, last, MaxHistoryPoints, length)
		}
		points = append(points, v.historyPoint(span, earlier(span.Last, last)))
	}
	return points, nil
}

// historyPoint tells of a period up to one of its days, which is not after
// today.
func (v *View) historyPoint(span Span, last Date) HistoryPoint {
	p := HistoryPoint{Span: span, On: last, Now: last == v.snap.today}
	if p.Now {
		return p
	}
	if on := v.until(last); !on.Before(span.First) && !on.IsZero() {
		p.ObservedOn = on
	} else {
		p.Reason = v.unobserved(last)
	}
	return p
}

// A ProjectHistory is how a project was at the end of each period.
type ProjectHistory struct {
	Points []*ProjectMoment
	// ObservedSince is the first day that is kept on which the project was
	// observed under any of its ids; zero for none.
	ObservedSince Date
	// StoodAlone are the members that stood alone before they were joined to it.
	StoodAlone []*FormerProject
	Trend      Direction
}

// A ProjectMoment is what a project was at the end of one period.
type ProjectMoment struct {
	HistoryPoint
	*Observation
	// ObservedAs is the document id it had, when that was another.
	ObservedAs string
	view       *View
}

// A FormerProject is a member of a project that stood alone.
type FormerProject struct {
	documentID  string
	First, Last Date // observed days on which it stood alone
}

// ID is the global id it had.
func (f *FormerProject) ID() string { return NodeID(KindProject, f.documentID) }

// A Direction says whether something gets better.
type Direction string

// The values of Direction.
const (
	DirectionImproving Direction = "IMPROVING"
	DirectionWorsening Direction = "WORSENING"
	DirectionSteady    Direction = "STEADY"
	// DirectionUnknown: there are no two points to compare.
	DirectionUnknown Direction = "UNKNOWN"
)

// History is how the project was at the end of each period: those from a day
// to another, by default the last quarter in weeks. A period without an
// observation says so.
func (p *Project) History(from *When, to *When, every *Period) (*ProjectHistory, error) {
	points, err := p.view.historyPoints(from, to, every)
	if err != nil {
		return nil, err
	}
	h := &ProjectHistory{Points: make([]*ProjectMoment, len(points)), StoodAlone: p.stoodAlone(), Trend: DirectionUnknown}
	o := p.view.observed()
	var first, last *Observation
	for i, point := range points {
		m := &ProjectMoment{HistoryPoint: point, Observation: new(Observation), view: p.view}
		h.Points[i] = m
		switch {
		case point.Now:
			*m.Observation = p.view.snap.observe(p.ProjectRow)
		case point.Reason == nil:
			m.ObservedAs = o.standsAs(p.ProjectRow, point.ObservedOn, m.Observation)
			if m.Observation.On.IsZero() {
				m.Reason = &Reason{Code: ReasonNotThere, Message: fmt.Sprintf("The project was not there on %s.", point.ObservedOn)}
			}
		}
		if m.Reason == nil && badness(m.Overall) > 0 {
			if first == nil {
				first = m.Observation
			}
			last = m.Observation
		}
	}
	for _, id := range p.Members {
		if since, _ := o.stood(id, p.view.yesterday()); !since.IsZero() && (h.ObservedSince.IsZero() || since.Before(h.ObservedSince)) {
			h.ObservedSince = since
		}
	}
	if first != nil && first != last {
		h.Trend = direction(badness(last.Overall) - badness(first.Overall))
		if h.Trend == DirectionSteady && first.SlipDays != nil && last.SlipDays != nil {
			h.Trend = direction(*last.SlipDays - *first.SlipDays)
		}
	}
	return h, nil
}

// direction is that of something of which more is worse.
func direction(worse int) Direction {
	switch {
	case worse > 0:
		return DirectionWorsening
	case worse < 0:
		return DirectionImproving
	}
	return DirectionSteady
}

// standsAs fills in what a project was on a day, and returns the id it had
// when that was not its own: a link may have made another member the primary.
func (o *Observed) standsAs(p *ProjectRow, on Date, to *Observation) string {
	for _, id := range append([]string{p.ID}, p.Members...) {
		if was, ok := o.At(id, on); ok {
			*to = was
			if id == p.ID {
				return ""
			}
			return id
		}
	}
	return ""
}

// stood returns the first and the last observed day on which a project stood
// under its own id; zero when it never did.
func (o *Observed) stood(id string, until Date) (first, last Date) {
	if o == nil {
		return first, last
	}
	place, known := o.index[id]
	if !known {
		return first, last
	}
	days, values := o.presence.of(int(place))
	for i := range days {
		if values[i] == noCode {
			continue
		}
		from, to := o.epoch.AddDays(int(days[i])), until
		if i+1 < len(days) {
			to = o.epoch.AddDays(int(days[i+1]) - 1)
		}
		if len(o.days) > 0 && from.Before(o.days[0]) {
			from = o.days[0]
		}
		if to = o.lastDay(earlier(to, until)); to.IsZero() || to.Before(from) {
			continue
		}
		if first.IsZero() {
			first = from
		}
		last = to
	}
	return first, last
}

func earlier(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

// stoodAlone are the members besides the primary that were projects of their
// own, by id.
func (p *Project) stoodAlone() []*FormerProject {
	var others []*FormerProject
	for _, id := range p.Members {
		if id == p.ProjectRow.ID {
			continue
		}
		if first, last := p.view.observed().stood(id, p.view.yesterday()); !first.IsZero() {
			others = append(others, &FormerProject{id, first, last})
		}
	}
	slices.SortFunc(others, func(a, b *FormerProject) int { return cmp.Compare(a.documentID, b.documentID) })
	return others
}

// On is the last day of the period that was asked for.
func (m *ProjectMoment) On() Date { return m.HistoryPoint.On }

// Health is the overall health; nil when it is not known, or was not observed.
func (m *ProjectMoment) Health() *Health { return m.known(m.Overall) }

// Reported is the health that was reported.
func (m *ProjectMoment) Reported() *Health { return m.known(m.Observation.Reported) }

// Computed is the health that was computed.
func (m *ProjectMoment) Computed() *Health { return m.known(m.Observation.Computed) }

// ForecastDate is the date that was expected.
func (m *ProjectMoment) ForecastDate() Date { return m.Forecast }

func (m *ProjectMoment) known(h Health) *Health {
	if m.Reason != nil {
		return nil
	}
	h = cmp.Or(h, HealthUnknown)
	return &h
}

// Phase is where it stood in its life.
func (m *ProjectMoment) Phase() *Phase {
	if m.Observation.Phase == "" {
		return nil
	}
	return &m.Observation.Phase
}

// Spent is the actual cost up to then; nil when nothing is recorded, or when
// the caller may not read the field group cost.
func (m *ProjectMoment) Spent() *Money {
	if !m.view.caller.Reads(GroupCost) {
		return nil
	}
	return parseMoney(m.spent)
}

// FormerID is the global id that it had, when that was another.
func (m *ProjectMoment) FormerID() string {
	if m.ObservedAs == "" {
		return ""
	}
	return NodeID(KindProject, m.ObservedAs)
}

// Series is what a project was at the end of each period of a length from one
// day to another, as HistoryPoint tells it: the last observed day of each
// period, none where none was observed or the project was not there.
func (o *Observed) Series(projectID string, from, to Date, every Period) []Observation {
	var series []Observation
	for span := SpanOf(every, from); !span.IsZero() && !span.First.After(to); span = span.Next() {
		if was, ok := o.At(projectID, earlier(span.Last, to)); ok && !was.On.Before(span.First) {
			series = append(series, was)
		}
	}
	return series
}
