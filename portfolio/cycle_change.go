package portfolio

import "plumbline/portfolio/scoring"

// A KPIChange is how a KPI moved over a cycle: from the last period that was
// over when the cycle began to the last one that ended within it. Nothing is
// interpolated: a KPI by quarter moves only in cycles in which a quarter ends.
type KPIChange struct {
	kpi        *KPI
	start, end *KPIPointRow
	code       string
}

// change is how a KPI moved over the cycle.
func (c *Cycle) change(k *KPI) *KPIChange {
	change := &KPIChange{kpi: k}
	for _, p := range k.whole() {
		switch {
		case !p.Closed || p.Actual == nil || p.Last.After(c.Ends):
		case p.Last.Before(c.Starts):
			change.start = p
		default:
			change.end = p
		}
	}
	switch {
	case c.State() == CycleUpcoming:
		change.code = codeNotBegun
	case change.start == nil:
		change.code = codeNoValueAtStart
	case change.end == nil:
		change.code = codeNoValueInCycle
	}
	return change
}

// KPI is what moved.
func (c *KPIChange) KPI() *KPI { return c.kpi }

// Start is where it was when the cycle began.
func (c *KPIChange) Start() *KPIPoint { return c.kpi.view.pointOf(c.start) }

// End is where it was at the end of the cycle, or is by now.
func (c *KPIChange) End() *KPIPoint { return c.kpi.view.pointOf(c.end) }

// Difference is end minus start, in the unit of the KPI.
func (c *KPIChange) Difference() *float64 {
	if c.code != "" {
		return nil
	}
	return finite(*c.end.Actual - *c.start.Actual)
}

// DifferenceReason says why there is none.
func (c *KPIChange) DifferenceReason() *Reason {
	if c.code == "" && c.Difference() == nil {
		return kpiReason(scoring.OutOfRange)
	}
	return cycleReason(c.code)
}

// Improved reports whether it moved to where its values are good; nil when
// that is not known.
func (c *KPIChange) Improved() *bool {
	if c.Difference() == nil {
		return nil
	}
	from, to := *c.start.Actual, *c.end.Actual
	better := false
	switch c.kpi.Direction {
	case HigherIsBetter:
		better = to > from
	case LowerIsBetter:
		better = to < from
	case TargetBand:
		if c.kpi.BandLow == nil || c.kpi.BandHigh == nil {
			return nil
		}
		better = c.kpi.beyondBand(to) < c.kpi.beyondBand(from)
	default:
		return nil
	}
	return &better
}

// improved reports whether the change is known and good.
func (c *KPIChange) improved() bool {
	better := c.Improved()
	return better != nil && *better
}

// beyondBand is how far a value lies outside the target band; 0 inside.
func (k *KPIRow) beyondBand(f float64) float64 { return max(0, *k.BandLow-f, f-*k.BandHigh) }
