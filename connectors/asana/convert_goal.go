package asana

import (
	"cmp"
	"encoding/json"

	"github.com/shopspring/decimal"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

const (
	kindGoal       = "goal"
	subtypeSubgoal = "subgoal"

	// statusDropped is a goal that was given up.
	statusDropped = "dropped"
)

// The limits of what people record, in characters.
const (
	maxLine = 200
	maxText = 10_000
)

type goalRecord struct {
	named
	Notes   string          `json:"notes"`
	Status  string          `json:"status"`
	Owner   *named          `json:"owner"`
	Team    *named          `json:"team"`
	StartOn json.RawMessage `json:"start_on"`
	DueOn   json.RawMessage `json:"due_on"`
	Period  *struct {
		StartOn json.RawMessage `json:"start_on"`
		EndOn   json.RawMessage `json:"end_on"`
	} `json:"time_period"`
	Metric *metricRecord `json:"metric"`

	from, to   portfolio.Date
	supporters []supporter
}

type metricRecord struct {
	Unit      string           `json:"unit"`
	Currency  string           `json:"currency_code"`
	Precision *int32           `json:"precision"`
	Initial   *decimal.Decimal `json:"initial_number_value"`
	Target    *decimal.Decimal `json:"target_number_value"`
	Current   *decimal.Decimal `json:"current_number_value"`
}

// The units of metrics.
const (
	unitCurrency   = "currency"
	unitPercentage = "percentage"
)

// goal reads a record of the goal listing, or says why it cannot be read.
func (v *conversion) goal(raw json.RawMessage) (*goalRecord, *converted) {
	g := new(goalRecord)
	err := record.Decode(raw, g)
	if err == nil && !isGID(g.GID) {
		err = errNoGID
	}
	var r reader
	from, to := g.StartOn, g.DueOn
	g.from, g.to = r.day("start_on", from), r.day("due_on", to)
	if g.Period != nil {
		begins, ends := r.day("time_period.start_on", g.Period.StartOn), r.day("time_period.end_on", g.Period.EndOn)
		g.from, g.to = cmp.Or(g.from, begins), cmp.Or(g.to, ends)
	}
	if err = cmp.Or(err, r.err()); err != nil {
		out := v.quarantine(portfolio.KindObjective, kindGoal, "", raw, err)
		return nil, &out
	}
	if g.from.After(g.to) && !g.to.IsZero() {
		g.from = portfolio.Date{} // its own day and that of its period contradict each other
	}
	return g, nil
}

// objective converts a goal, but for the goal above it.
func (v *conversion) objective(g *goalRecord, strategy, owner string) *portfolio.ObjectiveFact {
	o := &portfolio.ObjectiveFact{
		Slug: v.goalKey(g.GID), Strategy: strategy, Name: cmp.Or(tidy(oneLine(g.Name), maxLine), g.GID),
		Description: tidy(g.Notes, maxText), Owner: tidy(owner, maxLine), ValidFrom: g.from, ValidTo: g.to,
		Reported: tidy(oneLine(g.Status), maxLine),
	}
	if g.Metric != nil && g.Metric.usable() {
		if o.Progress = g.Metric.progress(); o.Progress != nil {
			o.RollUp = portfolio.RollUpManual
		}
	}
	return o
}

// measures are the key result of a goal's metric and, when a department
// answers for it, its KPI with the value as it is now.
func (v *conversion) measures(g *goalRecord, o *portfolio.ObjectiveFact, department string) []portfolio.RecordedFact {
	m := g.Metric
	if m == nil || !m.usable() {
		return nil
	}
	key := v.goalKey(g.GID)
	result := &portfolio.KeyResultFact{
		Slug: key, Objective: key, Name: o.Name, Owner: o.Owner, Unit: m.unit(),
		Baseline: m.shown(m.Initial), Target: m.shown(m.Target), Progress: m.progress(), Due: g.to,
	}
	if department == "" {
		result.Actual = m.shown(m.Current)
		return []portfolio.RecordedFact{result}
	}
	result.KPI = key
	kpi := &portfolio.KPIFact{
		Slug: key, Name: o.Name, Department: department, Owner: o.Owner, Unit: m.unit(), Direction: portfolio.HigherIsBetter,
		Period: portfolio.PeriodDay, Aggregation: portfolio.AggregateLast, Attainment: portfolio.AttainmentFromBaseline,
		Baseline: m.shown(m.Initial), Target: m.shown(m.Target),
	}
	if m.Target.LessThan(*m.Initial) {
		kpi.Direction = portfolio.LowerIsBetter
	}
	facts := []portfolio.RecordedFact{kpi, result}
	if m.Current != nil {
		facts = append(facts, &portfolio.MeasurementFact{KPI: key, Actual: m.shown(m.Current)})
	}
	return facts
}

// usable tells whether the metric leads from one number to another.
func (m *metricRecord) usable() bool {
	return m.Initial != nil && m.Target != nil && sane(m.Initial) && sane(m.Target) && sane(m.Current) && !m.Initial.Equal(*m.Target)
}

// sane bounds the digits of a number: nobody has set out for 1e999999.
func sane(d *decimal.Decimal) bool {
	return d == nil || d.Exponent() <= maxExponent && d.Exponent() >= -maxExponent && d.NumDigits() <= maxExponent
}

// unit is what the metric counts in.
func (m *metricRecord) unit() string {
	switch m.Unit {
	case unitPercentage:
		return "%"
	case unitCurrency:
		return tidy(m.Currency, maxLine)
	default:
		return ""
	}
}

// mostPlaces is the highest precision that a metric may have.
const mostPlaces = 6

// shown is a value as Asana shows it: 0.251 of a percentage is 25.1.
func (m *metricRecord) shown(d *decimal.Decimal) *decimal.Decimal {
	if d == nil {
		return nil
	}
	places := int32(mostPlaces)
	if m.Precision != nil && *m.Precision >= 0 && *m.Precision < places {
		places = *m.Precision
	}
	value := *d
	if m.Unit == unitPercentage {
		value = value.Shift(2)
	}
	value = value.Round(places)
	return &value
}

// mostProgress is as far beyond a target as anything is believed to be.
var mostProgress = decimal.NewFromInt(10)

// progress is how far the metric has come from its beginning to its target.
func (m *metricRecord) progress() *decimal.Decimal {
	if m.Current == nil {
		return nil
	}
	way := m.Target.Sub(*m.Initial)
	gone := m.Current.Sub(*m.Initial).DivRound(way, 4)
	gone = decimal.Min(decimal.Max(gone, decimal.Zero), mostProgress)
	return &gone
}

// supportStrength is the strength of what supports a goal without driving its
// progress: its weight in Asana is 0, or it has none.
var supportStrength = decimal.New(5, -1)

// contributions are what projects do for a goal. A portfolio is one where
// portfolios are read as projects; tasks are none.
func (v *conversion) contributions(g *goalRecord) []portfolio.RecordedFact {
	var facts []portfolio.RecordedFact
	for _, s := range g.supporters {
		if s.kind != kindProject && (s.kind != kindPortfolio || !v.tree) {
			continue
		}
		facts = append(facts, &portfolio.ContributionFact{
			Project: v.doc(s.kind, s.GID), Objective: v.goalKey(g.GID), Strength: strength(s.weight),
		})
	}
	return facts
}

// strength is the weight of a supporter, from 0 to 1, where it has one.
func strength(raw json.RawMessage) decimal.Decimal {
	var weight *decimal.Decimal
	if json.Unmarshal(raw, &weight) != nil || weight == nil || !sane(weight) || !weight.IsPositive() {
		return supportStrength
	}
	return decimal.Min(*weight, decimal.NewFromInt(1))
}
