package portfolio

import (
	"fmt"

	"plumbline/portfolio/scoring"
)

const (
	// RedRiskDays is for how many days ahead the chance of turning red is told
	// when nobody asks for others, and maxRedRiskDays the most.
	RedRiskDays, maxRedRiskDays = 30, 365
	// minTransitions is how many steps from one week to the next must have
	// been seen before a chance is told.
	minTransitions = 100
	// calibrationBuckets is into how many parts predictions are divided.
	calibrationBuckets = 10
)

// The codes of reasons why there is no chance of turning red.
const (
	ReasonTooFewTransitions = "TOO_FEW_TRANSITIONS"
	ReasonAlreadyRed        = "ALREADY_RED"
	ReasonHealthUnknown     = "HEALTH_UNKNOWN"
	ReasonProjectOver       = "PROJECT_OVER"
	ReasonNoPredictions     = "NO_PREDICTIONS"
)

// RedRisk is the chance that a project turns red.
type RedRisk struct {
	WithinDays int
	// Probability is from 0 to 1; nil with Reason.
	Probability *float64
	Reason      *Reason
	// Transitions counts the steps it rests on.
	Transitions int
}

// RedRiskCalibration tells how well chances told in the past came true.
type RedRiskCalibration struct {
	WithinDays int
	// Brier is 0 for predictions that were always certain and right, 0.25 for
	// who always says one half; nil with Reason.
	Brier       *float64
	Reason      *Reason
	Predictions int
	Buckets     []*CalibrationBucket
}

// A CalibrationBucket is the predictions of about one probability.
type CalibrationBucket struct {
	From, To float64
	Count    int
	// Predicted is the mean probability, Happened the share that turned red.
	Predicted, Happened float64
}

// noColour is what projects have in a week of which nothing is known, or when
// they are over.
const noColour int8 = -1

// weeks are the colours of all visible projects at the end of each week up to
// yesterday, oldest first.
type weeks struct {
	count       int
	colours     [][]int8 // by project
	transitions scoring.Transitions
	steps       int
}

// weekly reads the weeks once for a view.
func (v *View) weekly() *weeks {
	return v.week.get(func() *weeks {
		w := new(weeks)
		days := v.observed().Days()
		if len(days) == 0 || v.yesterday().Before(days[0]) {
			return w
		}
		o := v.observed()
		var ends []int // day numbers; -1 for a week without an observation
		for span := SpanOf(PeriodWeek, days[0]); span.Last.Before(v.snap.today); span = span.Next() {
			if on := o.lastDay(span.Last); on.Before(span.First) {
				ends = append(ends, -1)
			} else {
				ends = append(ends, int(o.dayNumber(on)))
			}
		}
		w.count = len(ends)
		for _, chunk := range v.snap.projectRows() {
			for _, row := range chunk {
				if place, known := o.index[row.ID]; known && v.sees(row) {
					colours := o.colours(int(place), ends)
					w.colours = append(w.colours, colours)
					for i := 1; i < len(colours); i++ {
						w.step(colours[i-1], colours[i])
					}
				}
			}
		}
		return w
	})
}

// step counts one step. What is red stays so in the prediction, so steps from
// red teach nothing.
func (w *weeks) step(from, to int8) {
	if from == noColour || to == noColour || from == scoring.ColourRed {
		return
	}
	w.transitions[from][to]++
	w.steps++
}

// colours are the colours of a project at the close of days.
func (o *Observed) colours(place int, ends []int) []int8 {
	health, phase, presence := walker[uint8]{}, walker[uint8]{}, walker[uint8]{}
	health.days, health.values = o.overall.of(place)
	phase.days, phase.values = o.phase.of(place)
	presence.days, presence.values = o.presence.of(place)
	present := codeOf(presenceCodes, PresencePresent)
	done, cancelled := codeOf(phaseCodes, PhaseDone), codeOf(phaseCodes, PhaseCancelled)
	colours := make([]int8, len(ends))
	for i, end := range ends {
		colours[i] = noColour
		if end < 0 {
			continue
		}
		day := uint16(end)
		in, there := phase.at(day), presence.at(day)
		if h := health.at(day); there == present && in != done && in != cancelled {
			colours[i] = colourOf(valueOf(healthCodes, h))
		}
	}
	return colours
}

func colourOf(h Health) int8 {
	switch h {
	case HealthGreen:
		return scoring.ColourGreen
	case HealthYellow:
		return scoring.ColourYellow
	case HealthRed:
		return scoring.ColourRed
	}
	return noColour
}

// horizon is a number of days in weeks, the last begun one counted whole.
func horizon(withinDays *int) (days, weeks int, err error) {
	days = RedRiskDays
	if withinDays != nil {
		days = *withinDays
	}
	if days < 1 || days > maxRedRiskDays {
		return 0, 0, fmt.Errorf("%w: withinDays is %d; it is from 1 to %d", ErrInvalid, days, maxRedRiskDays)
	}
	return days, (days + 6) / 7, nil
}

// RedRisk is the chance that the project turns red within so many days, as
// projects of its colour did week by week so far.
func (p *Project) RedRisk(withinDays *int) (*RedRisk, error) {
	days, periods, err := horizon(withinDays)
	if err != nil {
		return nil, err
	}
	w := p.view.weekly()
	risk := &RedRisk{WithinDays: days, Transitions: w.steps}
	switch colour := colourOf(p.ProjectRow.Health.Overall); {
	case p.Phase == PhaseDone || p.Phase == PhaseCancelled:
		risk.Reason = &Reason{Code: ReasonProjectOver, Message: "The project is over."}
	case colour == noColour:
		risk.Reason = &Reason{Code: ReasonHealthUnknown, Message: "Its health is not known now."}
	case colour == scoring.ColourRed:
		risk.Reason = &Reason{Code: ReasonAlreadyRed, Message: "It is red already."}
	case p.view.observed().Pending():
		risk.Reason = p.view.unobserved(p.view.yesterday())
	case w.steps < minTransitions:
		risk.Reason = &Reason{Code: ReasonTooFewTransitions, Message: fmt.Sprintf(
			"It takes %d steps from one week to the next that were observed to tell a chance; there are %d.", minTransitions, w.steps)}
	default:
		chance := w.transitions.RedWithin(int(colour), periods)
		risk.Probability = &chance
	}
	return risk, nil
}

// RedRiskCalibration compares the chances that would have been told at the end
// of each week, from what was known then, with what came. Of a project that is
// lost sight of before it turned red nobody knows, so it is left out.
func (v *View) RedRiskCalibration(withinDays *int) (*RedRiskCalibration, error) {
	days, periods, err := horizon(withinDays)
	if err != nil || !v.caller.May(RoleViewer) {
		return nil, err
	}
	w := v.weekly()
	c := &RedRiskCalibration{WithinDays: days}
	var (
		known     weeks
		predicted []float64
		happened  []bool
		sums      [calibrationBuckets]struct {
			n, red    int
			predicted float64
		}
	)
	for week := 0; week+periods < w.count; week++ {
		if week > 0 {
			for _, colours := range w.colours {
				known.step(colours[week-1], colours[week])
			}
		}
		if known.steps < minTransitions {
			continue
		}
		chances := [...]float64{known.transitions.RedWithin(scoring.ColourGreen, periods), known.transitions.RedWithin(scoring.ColourYellow, periods)}
		for _, colours := range w.colours {
			now := colours[week]
			if now == noColour || now == scoring.ColourRed {
				continue
			}
			red, told := turnsRed(colours[week+1 : week+1+periods])
			if !told {
				continue
			}
			chance := chances[now]
			predicted, happened = append(predicted, chance), append(happened, red)
			b := &sums[min(calibrationBuckets-1, int(chance*calibrationBuckets))]
			b.n++
			b.predicted += chance
			if red {
				b.red++
			}
		}
	}
	c.Predictions = len(predicted)
	score, code := scoring.Brier(predicted, happened)
	c.Brier = score
	switch {
	case v.observed().Pending():
		c.Brier, c.Reason = nil, v.unobserved(v.yesterday())
	case code != "":
		c.Reason = &Reason{Code: ReasonNoPredictions, Message: fmt.Sprintf(
			"No chance that was told %d weeks ago or before can be compared with what came: it takes %d observed steps before the first.", periods, minTransitions)}
	}
	for i, b := range sums {
		if b.n > 0 {
			c.Buckets = append(c.Buckets, &CalibrationBucket{
				From: float64(i) / calibrationBuckets, To: float64(i+1) / calibrationBuckets, Count: b.n,
				Predicted: rounded(b.predicted / float64(b.n)), Happened: rounded(float64(b.red) / float64(b.n)),
			})
		}
	}
	return c, nil
}

// turnsRed reports whether one of the weeks is red, and whether that is known.
func turnsRed(colours []int8) (red, known bool) {
	known = true
	for _, c := range colours {
		if c == scoring.ColourRed {
			return true, true
		}
		known = known && c != noColour
	}
	return false, known
}
