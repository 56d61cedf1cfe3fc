package portfolio

import (
	"cmp"
	"fmt"
	"slices"

	"plumbline/portfolio/scoring"
)

// maxPredictabilityMonths is over how many months predictability is told.
const maxPredictabilityMonths = 120

// A Predictability is how many of the milestones that were due were done on
// time, by month.
type Predictability struct {
	Months []*PredictabilityMonth
}

// A PredictabilityMonth counts the milestones that, as the month began, were
// due within it.
type PredictabilityMonth struct {
	span Span
	// Due is how many of them had to be done by now; those of a running month
	// that are due later are not yet among them.
	Due    int
	OnTime int
}

// Predictability counts, for each month, the milestones of the filter that were
// due by the date as it was known when the month began, and those of them that
// were finished by that date.
func (v *View) Predictability(from, to When, filter *MilestoneFilter) (*Predictability, error) {
	today := v.snap.Today()
	first, last := SpanOf(PeriodMonth, from.On(today)), SpanOf(PeriodMonth, to.On(today))
	if first.IsZero() || last.IsZero() || last.First.Before(first.First) {
		return nil, fmt.Errorf("%w: predictability ends before it begins", ErrInvalid)
	}
	if first.First.Time().Year() < 1 || last.Last.Time().Year() > 9999 {
		return nil, fmt.Errorf("%w: predictability is told of the years 1 to 9999", ErrInvalid)
	}
	p := &Predictability{}
	for m := first; !m.First.After(last.First); m = m.Next() {
		if len(p.Months) == maxPredictabilityMonths {
			return nil, fmt.Errorf("%w: predictability is told over at most %d months", ErrInvalid, maxPredictabilityMonths)
		}
		p.Months = append(p.Months, &PredictabilityMonth{span: m})
	}
	err := v.eachMilestone(filter, func(m *MilestoneRow) {
		if m.StatusCategory == StatusCancelled {
			return
		}
		doc, _ := v.snap.Document(Key{KindMilestone, m.ID})
		fact, ok := doc.Doc.(*MilestoneFact)
		if !ok {
			return
		}
		for _, month := range p.Months {
			month.count(m, dueAsKnown(m, &fact.History, month.span.First), today)
		}
	})
	if !v.caller.May(RoleViewer) {
		return nil, err
	}
	return p, err
}

// eachMilestone yields the milestones that the filter means and the caller may
// see.
func (v *View) eachMilestone(filter *MilestoneFilter, yield func(*MilestoneRow)) error {
	c := v.compiler()
	keep := only(v.limited(), compilePresent[MilestoneRow](c, cmp.Or(filter, &MilestoneFilter{}), milestonePresence), v.seesMilestone)
	if c.err != nil {
		return c.err
	}
	for m := range v.snap.Milestones() {
		if keep == nil || keep(m) {
			yield(m)
		}
	}
	return nil
}

// dueAsKnown is the due date of a milestone as it was known before a day: what
// its moves say, else its baseline, else the date it has.
func dueAsKnown(m *MilestoneRow, h *DueHistory, before Date) Date {
	later, _ := slices.BinarySearchFunc(h.Moves, before, func(m DueMove, day Date) int { return m.On.Compare(day) })
	switch {
	case later > 0:
		return h.Moves[later-1].To
	case len(h.Moves) > 0:
		return h.Moves[0].From // zero when it was set for the first time after that
	case !m.BaselineDate.IsZero():
		return m.BaselineDate
	}
	return m.TargetDate
}

func (p *PredictabilityMonth) count(m *MilestoneRow, due, today Date) {
	if due.Before(p.span.First) || due.After(p.span.Last) {
		return
	}
	onTime := m.done() && !m.FinishedDate.IsZero() && !m.FinishedDate.After(due)
	switch {
	case onTime:
		p.Due++
		p.OnTime++
	case !today.IsZero() && due.Before(today):
		p.Due++
	}
}

// Month is the month as people write it: 2026-03.
func (p *PredictabilityMonth) Month() string { return p.span.String() }

// From is the first day of the month.
func (p *PredictabilityMonth) From() Date { return p.span.First }

// To is the last day of the month.
func (p *PredictabilityMonth) To() Date { return p.span.Last }

// Percentage is how many of a hundred were on time.
func (p *PredictabilityMonth) Percentage() *float64 { return percentageOf(p.OnTime, p.Due) }

// Reason says why Percentage is nil.
func (p *PredictabilityMonth) Reason() *Reason { return noneDue(p.Due) }

// Due counts all that had to be done.
func (p *Predictability) Due() int { return p.sum(func(m *PredictabilityMonth) int { return m.Due }) }

// OnTime counts all that were on time.
func (p *Predictability) OnTime() int {
	return p.sum(func(m *PredictabilityMonth) int { return m.OnTime })
}

func (p *Predictability) sum(of func(*PredictabilityMonth) int) int {
	total := 0
	for _, m := range p.Months {
		total += of(m)
	}
	return total
}

// Percentage is how many of a hundred were on time over all months.
func (p *Predictability) Percentage() *float64 { return percentageOf(p.OnTime(), p.Due()) }

// Reason says why Percentage is nil.
func (p *Predictability) Reason() *Reason { return noneDue(p.Due()) }

func percentageOf(some, all int) *float64 {
	if all == 0 {
		return nil
	}
	share := scoring.Round9(100 * float64(some) / float64(all))
	return &share
}

func noneDue(due int) *Reason {
	if due > 0 {
		return nil
	}
	return &Reason{Code: "NONE_DUE", Message: "No milestone had to be done in this time."}
}

// SlipBucket is a range of slip.
type SlipBucket string

// The values of SlipBucket, ascending.
const (
	SlipEarly  SlipBucket = "EARLY"
	SlipOnTime SlipBucket = "ON_TIME"
	SlipWeek   SlipBucket = "DAYS_1_TO_7"
	SlipMonth  SlipBucket = "DAYS_8_TO_30"
	SlipSeason SlipBucket = "DAYS_31_TO_90"
	SlipLonger SlipBucket = "MORE_THAN_90_DAYS"
)

// slipBuckets are the buckets with the most days that each holds, but for the
// last.
var slipBuckets = []struct {
	bucket SlipBucket
	most   int
}{{SlipEarly, -1}, {SlipOnTime, 0}, {SlipWeek, 7}, {SlipMonth, 30}, {SlipSeason, 90}, {SlipLonger, 0}}

// SlipCount counts the milestones of a range of slip.
type SlipCount struct {
	Bucket SlipBucket
	Count  int
}

// A SlipDistribution is how far milestones slip, in days against their
// baselines.
type SlipDistribution struct {
	Buckets []SlipCount
	// Count and Unknown count those with and without a slip.
	Count, Unknown int
	// P50 and P90 are the days that half of them and nine of ten do not exceed.
	P50, P90 *float64
}

// SlipDistribution tells how far the milestones of the filter slip.
func (v *View) SlipDistribution(filter *MilestoneFilter) (*SlipDistribution, error) {
	d := &SlipDistribution{}
	for _, b := range slipBuckets {
		d.Buckets = append(d.Buckets, SlipCount{Bucket: b.bucket})
	}
	var slips []float64
	err := v.eachMilestone(filter, func(m *MilestoneRow) {
		switch {
		case m.StatusCategory == StatusCancelled:
		case m.SlipDays == nil:
			d.Unknown++
		default:
			slips = append(slips, float64(*m.SlipDays))
			d.Buckets[slipBucket(*m.SlipDays)].Count++
		}
	})
	if err != nil || !v.caller.May(RoleViewer) {
		return nil, err
	}
	if d.Count = len(slips); d.Count > 0 {
		slices.Sort(slips)
		p50, p90 := percentile(slips, 0.5), percentile(slips, 0.9)
		d.P50, d.P90 = &p50, &p90
	}
	return d, nil
}

func slipBucket(days int) int {
	last := len(slipBuckets) - 1
	for i, b := range slipBuckets[:last] {
		if days <= b.most {
			return i
		}
	}
	return last
}

// Reason says why P50 and P90 are nil.
func (d *SlipDistribution) Reason() *Reason {
	if d.Count > 0 {
		return nil
	}
	return &Reason{Code: "NO_VALUES", Message: "None of the milestones has both a baseline and an expected or actual date."}
}
