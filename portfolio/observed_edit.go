package portfolio

import (
	"math"
	"slices"
	"strings"
)

// with returns the history with the observations of further days. A day that
// is there already, and all after it, are replaced: the clock has moved back
// and they ended again, or never did.
func (o *Observed) with(docs []Versioned) *Observed {
	if o == nil {
		o = new(Observed)
	}
	if o.pending {
		next := *o
		next.arrived = slices.Concat(o.arrived, docs)
		return &next
	}
	days := daysOf(docs, o.rev)
	if len(days) == 0 {
		return o
	}
	e := o.edit(days[0].day)
	for _, d := range days {
		e.take(d)
	}
	return e.done()
}

// An observedDay is the documents of one day, all of one revision.
type observedDay struct {
	day   Date
	rev   int64
	whole bool
	parts []*ObservationFact
}

// daysOf brings documents in the order of their days, without those that are
// of a revision already taken in, that a clock which moved back has undone, or
// that are not all there.
func daysOf(docs []Versioned, taken int64) []observedDay {
	docs = slices.Clone(docs)
	slices.SortFunc(docs, compareObserved)
	var days []observedDay
	for _, v := range docs {
		f := v.Doc.(*ObservationFact)
		if v.Rev <= taken || f.Day.IsZero() {
			continue
		}
		if n := len(days); n == 0 || days[n-1].day != f.Day || days[n-1].rev != v.Rev {
			days = append(days, observedDay{day: f.Day, rev: v.Rev, whole: f.Whole})
		}
		last := &days[len(days)-1]
		last.parts = append(last.parts, f)
	}
	kept := days[:0]
	for _, d := range days {
		switch n := len(kept); {
		case len(d.parts) != d.parts[0].Parts:
			continue
		case n > 0 && kept[n-1].day == d.day:
			kept[n-1] = d // it ended again
		case n > 0 && d.rev < kept[n-1].rev:
			continue // undone
		default:
			kept = append(kept, d)
		}
	}
	return kept
}

// An observedEdit makes the next history.
type observedEdit struct {
	old    *Observed
	next   *Observed
	before uint16 // what the old one has from here on is dropped

	overall, reported, computed, phase, presence *columnEdit[uint8]
	score                                        *columnEdit[float64]
	slip, forecast, workDone, workTotal          *columnEdit[int32]
	spent                                        *columnEdit[string]
}

func (o *Observed) edit(from Date) *observedEdit {
	next := &Observed{keep: o.keep, epoch: o.epoch, older: o.older, rev: o.rev, index: make(map[string]int32, len(o.index)), ids: slices.Clone(o.ids)}
	if next.keep <= 0 {
		next.keep = DefaultObservedDays
	}
	if next.epoch.IsZero() || from.Before(next.epoch) {
		next.epoch = from
		o = new(Observed)
		next.ids = nil
	}
	for i, id := range next.ids {
		next.index[id] = int32(i)
	}
	before := next.dayNumber(from)
	for _, d := range o.days {
		if d.Before(from) {
			next.days = append(next.days, d)
		}
	}
	return &observedEdit{
		old: o, next: next, before: before,
		overall: o.overall.edit(noCode, before), reported: o.reported.edit(noCode, before), computed: o.computed.edit(noCode, before),
		phase: o.phase.edit(noCode, before), presence: o.presence.edit(noCode, before),
		score: o.score.edit(noScore, before),
		slip:  o.slip.edit(noCount, before), forecast: o.forecast.edit(0, before),
		workDone: o.workDone.edit(noCount, before), workTotal: o.workTotal.edit(noCount, before),
		spent: o.spent.edit("", before),
	}
}

// place returns where a project's values lie.
func (e *observedEdit) place(id string) int {
	if i, ok := e.next.index[id]; ok {
		return int(i)
	}
	i := len(e.next.ids)
	id = strings.Clone(id) // not the document that it came with
	e.next.ids = append(e.next.ids, id)
	e.next.index[id] = int32(i)
	e.overall.room()
	e.reported.room()
	e.computed.room()
	e.phase.room()
	e.presence.room()
	e.score.room()
	e.slip.room()
	e.forecast.room()
	e.workDone.room()
	e.workTotal.room()
	e.spent.room()
	return i
}

// take adds the observation of a day that comes after all the others.
func (e *observedEdit) take(d observedDay) {
	e.next.rev = max(e.next.rev, d.rev)
	if len(e.next.days) == 0 && !d.whole {
		return // nobody knows what it is the difference from
	}
	e.next.days = append(e.next.days, d.day)
	day := e.next.dayNumber(d.day)
	var named []bool
	if d.whole {
		named = make([]bool, len(e.presence.last))
	}
	for _, part := range d.parts {
		for i := range part.Projects {
			p := &part.Projects[i]
			place := e.place(p.ID)
			if place < len(named) {
				named[place] = true
			}
			e.takeProject(place, day, p, d.whole || e.presence.last[place] == noCode)
		}
	}
	for place, there := range named {
		if !there {
			e.presence.set(place, day, noCode)
		}
	}
}

// takeProject adds the values of one project; all of them are given when it
// was not there.
func (e *observedEdit) takeProject(place int, day uint16, p *ObservedProject, all bool) {
	if p.Gone {
		e.presence.set(place, day, noCode)
		return
	}
	update(e.overall, place, day, codeOf(healthCodes, p.Overall), all)
	update(e.reported, place, day, codeOf(healthCodes, p.Reported), all)
	update(e.computed, place, day, codeOf(healthCodes, p.Computed), all)
	update(e.phase, place, day, codeOf(phaseCodes, p.Phase), all)
	presence := codeOf(presenceCodes, p.Presence)
	if all && presence == noCode {
		presence = codeOf(presenceCodes, PresencePresent) // a word of a newer release: it is there
	}
	update(e.presence, place, day, presence, false)
	score := noScore
	if p.Score != nil {
		score = *p.Score
	}
	update(e.score, place, day, score, all)
	update(e.slip, place, day, countOf(p.SlipDays), all)
	update(e.forecast, place, day, p.Forecast.n, all)
	update(e.workDone, place, day, countOf(p.WorkDone), all)
	update(e.workTotal, place, day, countOf(p.WorkTotal), all)
	update(e.spent, place, day, p.Spent, all)
	for _, name := range p.Cleared {
		switch name {
		case "phase":
			e.phase.set(place, day, noCode)
		case "score":
			e.score.set(place, day, noScore)
		case "slipDays":
			e.slip.set(place, day, noCount)
		case "forecast":
			e.forecast.set(place, day, 0)
		case "workDone":
			e.workDone.set(place, day, noCount)
		case "workTotal":
			e.workTotal.set(place, day, noCount)
		case "spent":
			e.spent.set(place, day, "")
		}
	}
}

// update sets a value that is given, and one that is not when all are.
func update[T comparable](c *columnEdit[T], place int, day uint16, value T, all bool) {
	if all || value != c.none {
		c.set(place, day, value)
	}
}

func countOf(n *int) int32 {
	if n == nil {
		return noCount
	}
	return int32(min(max(*n, math.MinInt32+1), math.MaxInt32))
}

func (e *observedEdit) done() *Observed {
	next, old := e.next, e.old
	if n := len(next.days); n > 0 {
		oldest := next.days[n-1].AddDays(1 - next.keep)
		for len(next.days) > 0 && next.days[0].Before(oldest) {
			next.days, next.older = next.days[1:], true
		}
		next.days = slices.Clone(next.days)
	}
	var oldest uint16
	if len(next.days) > 0 {
		oldest = next.dayNumber(next.days[0])
	}
	next.overall = e.overall.done(&old.overall, e.before, oldest)
	next.reported = e.reported.done(&old.reported, e.before, oldest)
	next.computed = e.computed.done(&old.computed, e.before, oldest)
	next.phase = e.phase.done(&old.phase, e.before, oldest)
	next.presence = e.presence.done(&old.presence, e.before, oldest)
	next.score = e.score.done(&old.score, e.before, oldest)
	next.slip = e.slip.done(&old.slip, e.before, oldest)
	next.forecast = e.forecast.done(&old.forecast, e.before, oldest)
	next.workDone = e.workDone.done(&old.workDone, e.before, oldest)
	next.workTotal = e.workTotal.done(&old.workTotal, e.before, oldest)
	next.spent = e.spent.done(&old.spent, e.before, oldest)
	return next
}
