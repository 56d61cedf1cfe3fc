package portfolio

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// DefaultObservedDays is for how many days observations are kept in memory:
// a year, and what it takes to compare it with the month before.
const DefaultObservedDays = 400

// Observed is what projects were at the close of each day, as far as it was
// observed and is kept in memory. It is immutable, and safe for any number of
// readers. A nil one knows of no day.
//
// A day on which no replica could reach the store has no observation. It says
// so: nothing is filled in.
type Observed struct {
	keep  int  // days
	epoch Date // from which columns count days
	days  []Date
	// older says that there were observations before days[0].
	older bool
	// rev is the revision of the newest document taken in.
	rev int64
	// pending says that what the store has is still being read; arrived are
	// documents that were committed meanwhile.
	pending bool
	arrived []Versioned

	index map[string]int32 // from a project's id to its place
	ids   []string

	overall, reported, computed column[uint8]
	phase, presence             column[uint8] // presence 0: not there
	score                       column[float64]
	slip, forecast              column[int32]
	workDone, workTotal         column[int32]
	spent                       column[string]
}

// What columns keep for a value that is not known.
const (
	noCode  uint8   = 0
	noScore float64 = -1 // scores are from 0 to 100
	noCount int32   = -1 << 31
)

// The codes of a column are places in these lists, from 1 on.
var (
	healthCodes   = []Health{HealthUnknown, HealthGreen, HealthYellow, HealthRed}
	phaseCodes    = []Phase{PhaseProposed, PhasePlanned, PhaseActive, PhaseOnHold, PhaseDone, PhaseCancelled}
	presenceCodes = []Presence{PresencePresent, PresenceDeleted, PresenceArchived, PresenceAccessLost, PresenceOutOfScope, PresenceConnectionRemoved}
)

func codeOf[T comparable](codes []T, value T) uint8 { return uint8(slices.Index(codes, value) + 1) }

func valueOf[T any](codes []T, code uint8) T {
	if code == noCode || int(code) > len(codes) {
		var none T
		return none
	}
	return codes[code-1]
}

// ObservedPending is the history of a portfolio whose observations are still
// being read from the store. Those that commits bring meanwhile are kept.
func ObservedPending(keep int) *Observed { return &Observed{keep: keep, pending: true} }

// NewObserved makes a history of the documents that a store has of a range of
// days, keeping so many days; 0 means DefaultObservedDays. The documents may
// come in any order, and begin within a month: what comes before the first
// whole observation is passed over.
func NewObserved(docs []Versioned, keep int) *Observed {
	o := &Observed{keep: keep}
	return o.with(docs)
}

// Completed returns a pending history with what was read from the store, and
// with what commits brought after that.
func (o *Observed) Completed(docs []Versioned) *Observed {
	if o == nil {
		return NewObserved(docs, 0)
	}
	return NewObserved(docs, o.keep).with(o.arrived)
}

// Pending reports whether observations are still being read, so that what is
// not known now may be in a moment.
func (o *Observed) Pending() bool { return o != nil && o.pending }

// Days returns the days that were observed, oldest first. The caller must not
// change the list.
func (o *Observed) Days() []Date {
	if o == nil {
		return nil
	}
	return o.days
}

// lastDay returns the last observed day that is not after day, zero for none.
func (o *Observed) lastDay(day Date) Date {
	days := o.Days()
	i := sort.Search(len(days), func(i int) bool { return days[i].After(day) })
	if i == 0 {
		return Date{}
	}
	return days[i-1]
}

// saw reports whether the day was observed.
func (o *Observed) saw(day Date) bool { return !day.IsZero() && o.lastDay(day) == day }

// At returns what a project was at the close of the last observed day that is
// not after the given one, and false when nobody had observed anything by
// then, or the project was not there under this id.
func (o *Observed) At(projectID string, day Date) (Observation, bool) {
	on := o.lastDay(day)
	if on.IsZero() {
		return Observation{}, false
	}
	project, known := o.index[projectID]
	if !known {
		return Observation{}, false
	}
	return o.at(int(project), on)
}

func (o *Observed) at(project int, on Date) (Observation, bool) {
	d := o.dayNumber(on)
	there := o.presence.at(project, d, noCode)
	if there == noCode {
		return Observation{}, false
	}
	return Observation{
		On:        on,
		Overall:   o.health(&o.overall, project, d),
		Reported:  o.health(&o.reported, project, d),
		Computed:  o.health(&o.computed, project, d),
		Phase:     valueOf(phaseCodes, o.phase.at(project, d, noCode)),
		Presence:  valueOf(presenceCodes, there),
		Score:     knownScore(o.score.at(project, d, noScore)),
		SlipDays:  knownCount(o.slip.at(project, d, noCount)),
		Forecast:  knownDate(o.forecast.at(project, d, 0)),
		WorkDone:  knownCount(o.workDone.at(project, d, noCount)),
		WorkTotal: knownCount(o.workTotal.at(project, d, noCount)),
		spent:     o.spent.at(project, d, ""),
	}, true
}

func (o *Observed) health(c *column[uint8], project int, day uint16) Health {
	return cmp.Or(valueOf(healthCodes, c.at(project, day, noCode)), HealthUnknown)
}

func (o *Observed) dayNumber(d Date) uint16 { return uint16(d.DaysSince(o.epoch)) }

func knownScore(f float64) *float64 {
	if f == noScore {
		return nil
	}
	return &f
}

func knownCount(n int32) *int {
	if n == noCount {
		return nil
	}
	return dayCount(int(n))
}

func knownDate(n int32) Date { return Date{n} }

// Bytes is about what the history takes in memory.
func (o *Observed) Bytes() int64 {
	if o == nil {
		return 0
	}
	n := o.overall.bytes(1) + o.reported.bytes(1) + o.computed.bytes(1) + o.phase.bytes(1) + o.presence.bytes(1) +
		o.score.bytes(8) + o.slip.bytes(4) + o.forecast.bytes(4) + o.workDone.bytes(4) + o.workTotal.bytes(4) +
		o.spent.bytes(16) + int64(4*cap(o.days))
	for _, s := range o.spent.values {
		n += int64(len(s))
	}
	for _, id := range o.ids {
		n += int64(len(id) + 16 + 16 + 4 + 8) // the text, in the list, and in the map
	}
	return n
}

// compareObserved orders documents as they are taken in.
func compareObserved(a, b Versioned) int {
	f, g := a.Doc.(*ObservationFact), b.Doc.(*ObservationFact)
	return cmp.Or(f.Day.Compare(g.Day), cmp.Compare(a.Rev, b.Rev), strings.Compare(a.Doc.Key().ID, b.Doc.Key().ID))
}
