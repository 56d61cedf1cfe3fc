package portfolio

import (
	"fmt"
	"slices"
	"sync"
)

// The codes of reasons for health. They are part of the API: programs branch
// on them.
const (
	ReasonCancelled      = "CANCELLED"
	ReasonOnHold         = "ON_HOLD"
	ReasonNoDates        = "NO_DATES"
	ReasonNoBaseline     = "NO_BASELINE"
	ReasonBaselineNew    = "BASELINE_NEW"
	ReasonNoActualDate   = "NO_ACTUAL_DATE"
	ReasonSlipInLimit    = "SLIP_IN_LIMIT"
	ReasonSlip           = "SLIP"
	ReasonSlipLarge      = "SLIP_LARGE"
	ReasonGoLivePastDue  = "GO_LIVE_PAST_DUE"
	ReasonUpstreamGoLive = "UPSTREAM_GO_LIVE_LATE"
	ReasonTodayUnknown   = "TODAY_UNKNOWN"
	ReasonInputsMissing  = "INPUTS_MISSING"
	ReasonReportOld      = "REPORT_OLD"
	ReasonReportUnknown  = "REPORT_NOT_UNDERSTOOD"
	minPlannedDays       = 30 // a shorter plan would turn a day's slip into RED
	baselineObservedDays = 14 // before that a first seen date is no baseline
)

// schedule is what computed health is computed from: the dates of one
// milestone, or those that stand for a project.
type schedule struct {
	today     Date
	cancelled bool
	onHold    bool
	done      bool

	baseline      Date
	basis         BaselineBasis
	observedSince Date // of a FIRST_SEEN baseline
	expected      Date // the actual date once done, else the forecast
	start         Date // own start, else the project's, else first seen
	limits        HealthThresholds

	goLives  []goLive // unfinished ones that must not be past due
	ownStart Date
	upstream []goLive // go-lives that come first

	performance performance
	leftOut     *Reason      // names the conditions without inputs; nil when there is none
	shared      *slipReasons // nil shares nothing
}

// A goLive is a go-live milestone that health depends on.
type goLive struct {
	id string
	on Date
}

// verdict is a computed health with its reasons and the next date at which it
// may change by itself; zero when it cannot.
type verdict struct {
	health  Health
	reasons []Reason
	changes Date
}

// judge computes health from a schedule.
func (s *schedule) judge() verdict {
	switch {
	case s.cancelled:
		return verdict{health: HealthUnknown, reasons: reasonsCancelled}
	case s.onHold:
		return verdict{health: HealthUnknown, reasons: reasonsOnHold}
	case s.baseline.IsZero() && s.expected.IsZero() && len(s.goLives) == 0:
		return verdict{health: HealthUnknown, reasons: reasonsNoDates}
	}
	var v verdict
	if s.basis == BaselineFirstSeen {
		if old := s.observedSince.AddDays(baselineObservedDays); s.today.Before(old) {
			v.health, v.changes = HealthUnknown, old
			v.reasons = []Reason{{Code: ReasonBaselineNew, Message: fmt.Sprintf(
				"The baseline is the first date seen, and it is observed only since %s; from %s on it counts.", s.observedSince, old)}}
			return v
		}
	}
	slip, told := s.judgeSlip()
	v.health = slip
	s.judgePastDue(&v)
	s.judgeUpstream(&v)
	s.judgePerformance(&v)
	told.leftOut = s.leftOut
	if len(v.reasons) == 0 {
		v.reasons = s.shared.tell(told)
		return v
	}
	if v.health != slip { // what decided comes first
		v.reasons = append(v.reasons, told.reason())
	} else {
		v.reasons = append([]Reason{told.reason()}, v.reasons...)
	}
	if s.leftOut != nil {
		v.reasons = append(v.reasons, *s.leftOut)
	}
	return v
}

var (
	reasonsCancelled = []Reason{{Code: ReasonCancelled, Message: "It is cancelled."}}
	reasonsOnHold    = []Reason{{Code: ReasonOnHold, Message: "It is on hold."}}
	reasonsNoDates   = []Reason{{Code: ReasonNoDates, Message: "There are no dates."}}
)

// judgeSlip returns the health by slip alone and what is told of it.
func (s *schedule) judgeSlip() (Health, slipTold) {
	switch {
	case s.done && s.expected.IsZero():
		return HealthUnknown, slipTold{code: ReasonNoActualDate}
	case s.baseline.IsZero() || s.expected.IsZero():
		return HealthUnknown, slipTold{code: ReasonNoBaseline}
	}
	slip := s.expected.DaysSince(s.baseline)
	if slip == 0 {
		return HealthGreen, slipTold{code: ReasonSlipInLimit}
	}
	planned := s.plannedDays()
	share := rounded(float64(slip) / float64(planned))
	health, code := HealthYellow, ReasonSlip
	switch {
	case share <= s.limits.GreenSlip:
		health, code = HealthGreen, ReasonSlipInLimit
	case share > s.limits.RedSlip:
		health, code = HealthRed, ReasonSlipLarge
	}
	return health, slipTold{code: code, slip: slip, planned: planned}
}

// slipTold is what a reason tells of a slip, in days, and what is left out.
type slipTold struct {
	code          string
	slip, planned int
	leftOut       *Reason
}

// slipReasons keeps the lists of reasons that only tell of a slip. All rows
// that slipped alike share one, which saves memory and the writing of the same
// sentence again and again. Only what most of them leave out is shared so.
type slipReasons struct {
	mu    sync.RWMutex
	lists map[slipTold][]Reason
}

// tell returns the list of reasons; a nil receiver shares nothing.
func (r *slipReasons) tell(t slipTold) []Reason {
	if r == nil || (t.leftOut != leftOutOfMilestone && t.leftOut != leftOutNoCosts) {
		return t.reasons()
	}
	r.mu.RLock()
	list := r.lists[t]
	r.mu.RUnlock()
	if list != nil {
		return list
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if list = r.lists[t]; list == nil {
		list = t.reasons()
		if r.lists == nil {
			r.lists = map[slipTold][]Reason{}
		}
		r.lists[t] = list
	}
	return list
}

func (t slipTold) reasons() []Reason {
	if t.leftOut == nil {
		return []Reason{t.reason()}
	}
	return []Reason{t.reason(), *t.leftOut}
}

func (t slipTold) reason() Reason {
	switch {
	case t.code == ReasonNoActualDate:
		return Reason{Code: t.code, Message: "Slip is left out: it is done, but the tool does not tell when."}
	case t.code == ReasonNoBaseline:
		return Reason{Code: t.code, Message: "Slip is left out: there is no baseline or no target date."}
	case t.slip == 0:
		return Reason{Code: t.code, Message: "It has not slipped."}
	}
	return Reason{Code: t.code, Message: slipMessage(t.slip, t.planned)}
}

// plannedDays is the planned duration, at least minPlannedDays.
func (s *schedule) plannedDays() int {
	if s.start.IsZero() {
		return minPlannedDays
	}
	return max(minPlannedDays, s.baseline.DaysSince(s.start))
}

func slipMessage(slip, planned int) string {
	if slip < 0 {
		return fmt.Sprintf("It is %s earlier than its baseline.", days(-slip))
	}
	return fmt.Sprintf("It has slipped by %s, %.0f %% of its planned %s.", days(slip), 100*float64(slip)/float64(planned), days(planned))
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

func (s *schedule) judgePastDue(v *verdict) {
	if len(s.goLives) > 0 && s.today.IsZero() {
		v.reasons = append(v.reasons, Reason{Code: ReasonTodayUnknown, Message: "Left out: whether a go-live is past due, because no day has begun yet."})
	}
	for _, g := range s.goLives {
		if s.today.After(g.on) && !s.today.IsZero() {
			v.health = HealthRed
			v.reasons = append(v.reasons, Reason{Code: ReasonGoLivePastDue, About: g.id,
				Message: fmt.Sprintf("The go-live was due on %s and is not done.", g.on)})
			continue
		}
		v.changes = sooner(v.changes, g.on.AddDays(1))
	}
}

func (s *schedule) judgeUpstream(v *verdict) {
	if s.done || s.ownStart.IsZero() {
		return
	}
	for _, g := range s.upstream {
		if g.on.After(s.ownStart) {
			v.health = HealthRed
			v.reasons = append(v.reasons, Reason{Code: ReasonUpstreamGoLive, About: g.id,
				Message: fmt.Sprintf("It starts on %s, before the go-live on %s that it depends on.", s.ownStart, g.on)})
		}
	}
}

// sooner returns the earlier of two dates, where zero means never.
func sooner(a, b Date) Date {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// report is a health that somebody told, before its age is looked at.
type report struct {
	word string
	on   Date // when it was made; zero when the tool does not tell
	// notAfter is the latest day it can be of, when on is zero.
	notAfter Date
}

// judgeReport is what a report is worth today.
func judgeReport(r report, today Date, maxAge int) verdict {
	if r.word == "" {
		return verdict{health: HealthUnknown}
	}
	health := healthOf(r.word)
	if health == HealthUnknown {
		if constantOf(r.word) == string(HealthUnknown) {
			return verdict{health: HealthUnknown}
		}
		return verdict{health: HealthUnknown, reasons: []Reason{{Code: ReasonReportUnknown,
			Message: fmt.Sprintf("The tool reports %q, which is no health; map it with values under fields: health.", r.word)}}}
	}
	made := r.on
	if made.IsZero() {
		made = r.notAfter
	}
	if made.IsZero() {
		return verdict{health: health}
	}
	old := made.AddDays(maxAge + 1)
	if !today.Before(old) {
		return verdict{health: HealthUnknown, reasons: []Reason{{Code: ReasonReportOld,
			Message: fmt.Sprintf("The last report, %s, is of %s and older than %s.", health, made, days(maxAge))}}}
	}
	return verdict{health: health, changes: old}
}

// healthOf reads a tool's word for a health; UNKNOWN when it is none.
func healthOf(word string) Health {
	switch constantOf(word) {
	case "GREEN", "ON_TRACK", "ONTRACK", "GOOD", "COMPLETE":
		return HealthGreen
	case "YELLOW", "AMBER", "AT_RISK", "ATRISK":
		return HealthYellow
	case "RED", "OFF_TRACK", "OFFTRACK":
		return HealthRed
	}
	return HealthUnknown
}

// healthView puts reported and computed health side by side.
func healthView(reported, computed verdict, reportedOn Date) HealthView {
	view := HealthView{
		Overall:    worse(reported.health, computed.health),
		Reported:   reported.health,
		Computed:   computed.health,
		ReportedAt: reportedOn,
		Reasons:    computed.reasons,
	}
	if len(reported.reasons) > 0 {
		view.Reasons = slices.Concat(reported.reasons, computed.reasons)
	}
	view.Disagreement = badness(reported.health) > 0 && badness(computed.health) > badness(reported.health)
	return view
}

// worse returns the worse of two healths, the known one when one is UNKNOWN.
func worse(a, b Health) Health {
	if badness(b) > badness(a) {
		return b
	}
	return a
}

// badness orders healths; UNKNOWN is below all.
func badness(h Health) int {
	switch h {
	case HealthGreen:
		return 1
	case HealthYellow:
		return 2
	case HealthRed:
		return 3
	}
	return 0
}
