package portfolio

// The codes of reasons why something of the past is not known.
const (
	// ReasonNotObserved: no replica observed the portfolio on that day.
	ReasonNotObserved = "NOT_OBSERVED"
	// ReasonNotThere: the project was not there on that day.
	ReasonNotThere = "NOT_THERE"
	// ReasonHistoryLoading: the server has just started.
	ReasonHistoryLoading = "HISTORY_LOADING"
	// ReasonFuture: the day has not ended.
	ReasonFuture = "FUTURE"
)

// A HealthTurn is a project whose overall health turned within a span.
type HealthTurn struct {
	Project *Project
	// From is its health when the span began; "" when it was not there.
	From Health
	// To is its health when the span ended.
	To Health
	// On is the first day observed at whose close it was To, and stayed so
	// until the span's end; today when that has been only since.
	On Date
}

// HealthTurns are the projects that turned within a span, by id.
type HealthTurns struct {
	Turns []HealthTurn
	// Since is the day at whose close the first health was observed: the last
	// one before the span, or an earlier one when that was not observed.
	Since Date
	// Reason says why nothing can be told; nil when it can.
	Reason *Reason
}

// NewlyRed are the projects that are red at the end of the span and were not
// before it began: not red, or not there. The end of a span that is not over
// is now.
func (v *View) NewlyRed(s Span) HealthTurns {
	return v.turns(s, func(from, to Health) bool { return to == HealthRed && from != HealthRed })
}

// Recovered are the projects that were red before the span began and are green
// or yellow at its end.
func (v *View) Recovered(s Span) HealthTurns {
	return v.turns(s, func(from, to Health) bool {
		return from == HealthRed && (to == HealthGreen || to == HealthYellow)
	})
}

func (v *View) turns(s Span, counts func(from, to Health) bool) HealthTurns {
	var turns HealthTurns
	o := v.observed()
	before := s.First.AddDays(-1)
	if turns.Since = v.until(before); turns.Since.IsZero() {
		turns.Reason = v.unobserved(before)
		return turns
	}
	end := Date{} // now
	if s.Last.Before(v.snap.today) {
		end = v.until(s.Last)
	}
	first := o.dayNumber(turns.Since)
	for _, chunk := range v.snap.projectRows() {
		for _, row := range chunk {
			if row.Presence != PresencePresent || !v.sees(row) {
				continue
			}
			place, known := o.index[row.ID]
			turn := HealthTurn{To: row.Health.Overall}
			if known {
				turn.From = o.healthOn(int(place), first)
			}
			if !end.IsZero() {
				if !known {
					continue
				}
				turn.To = o.healthOn(int(place), o.dayNumber(end))
			}
			if turn.To == "" || !counts(turn.From, turn.To) {
				continue
			}
			turn.Project = v.projectOf(row)
			turn.On = v.turnedOn(int(place), known, turn.To, end)
			turns.Turns = append(turns.Turns, turn)
		}
	}
	return turns
}

// healthOn is the overall health of a project on a day; "" when it was not
// there.
func (o *Observed) healthOn(place int, day uint16) Health {
	if o.presence.at(place, day, noCode) == noCode {
		return ""
	}
	return o.health(&o.overall, place, day)
}

// turnedOn is the first observed day from which on a project had a health
// until end, or until now when that is zero.
func (v *View) turnedOn(place int, known bool, health Health, end Date) Date {
	o := v.observed()
	last := end
	if last.IsZero() {
		last = v.until(v.yesterday())
	}
	if !known || o.healthOn(place, o.dayNumber(last)) != health {
		return v.snap.today
	}
	days, values := o.overall.of(place)
	for i := len(days) - 1; i >= 0; i-- {
		if days[i] <= o.dayNumber(last) && valueOf(healthCodes, values[i]) == health {
			return o.epoch.AddDays(int(days[i]))
		}
	}
	return last
}
