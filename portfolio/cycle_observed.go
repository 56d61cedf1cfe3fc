package portfolio

// A CycleObservation compares the projects at two days that were observed: the
// last one before a cycle began, else the first one in it, and the last one in
// it. It counts projects that were there on both days, so that what came or
// went does not look like a change.
type CycleObservation struct {
	Start, End Date
	pairs      [][2]Observation
}

// Observed is what was observed of the projects that the caller may see when
// the cycle began and at its end, or by now.
func (r *CycleReview) Observed() *CycleObservation {
	v, o := r.cycle.view, &CycleObservation{}
	seen := v.snap.Observed()
	from, to := seen.lastDay(r.From().AddDays(-1)), seen.lastDay(r.To())
	if closed := v.snap.observedBefore(); to.After(closed) {
		to = closed
	}
	if from.IsZero() {
		for _, day := range seen.Days() {
			if !day.Before(r.From()) {
				from = day
				break
			}
		}
	}
	if r.To().IsZero() || from.IsZero() || to.Before(r.From()) || !from.Before(to) {
		return o
	}
	o.Start, o.End = from, to
	for p := range v.snap.Projects() {
		if !v.sees(p) {
			continue
		}
		before, was := seen.At(p.ID, from)
		now, is := seen.At(p.ID, to)
		if was && is && before.Presence == PresencePresent && now.Presence == PresencePresent {
			o.pairs = append(o.pairs, [2]Observation{before, now})
		}
	}
	return o
}

// Reason says why nothing was observed.
func (o *CycleObservation) Reason() *Reason {
	if o.Start.IsZero() {
		return cycleReason(codeNotObserved)
	}
	return nil
}

// Projects counts the projects that were there on both days.
func (o *CycleObservation) Projects() int { return len(o.pairs) }

// HealthAtStart counts the projects of each overall health on the first day.
func (o *CycleObservation) HealthAtStart() []HealthCount { return o.health(0) }

// HealthAtEnd counts the projects of each overall health on the last day.
func (o *CycleObservation) HealthAtEnd() []HealthCount { return o.health(1) }

func (o *CycleObservation) health(at int) []HealthCount {
	counts := make([]HealthCount, len(healths))
	for i, h := range healths {
		counts[i].Health = h
		for _, pair := range o.pairs {
			if pair[at].Overall == h {
				counts[i].Count++
			}
		}
	}
	return counts
}

// ScoreChange is by how much the mean alignment score changed, in points, over
// the projects that had one on both days.
func (o *CycleObservation) ScoreChange() *float64 {
	sum, n := 0.0, 0
	for _, pair := range o.pairs {
		if before, now := pair[0].Score, pair[1].Score; before != nil && now != nil {
			sum += *now - *before
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return finite(sum / float64(n))
}

// ScoreChangeReason says why there is none.
func (o *CycleObservation) ScoreChangeReason() *Reason {
	if reason := o.Reason(); reason != nil {
		return reason
	}
	return reasonOf(o.ScoreChange(), codeNoScores)
}
