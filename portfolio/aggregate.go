package portfolio

import (
	"fmt"
	"math"
	"slices"
)

// Aggregates are figures over rows. Each is computed when it is asked for.

// ProjectAggregates are figures over the projects of a list or a group.
type ProjectAggregates struct {
	view *View
	each func(func(*ProjectRow))
}

// MilestoneAggregates are figures over the milestones of a list or a group.
type MilestoneAggregates struct {
	each func(func(*MilestoneRow))
}

// HealthCount counts what has a health.
type HealthCount struct {
	Health Health
	Count  int
}

// PhaseCount counts what is in a phase.
type PhaseCount struct {
	Phase Phase
	Count int
}

// KindCount counts the milestones of a kind.
type KindCount struct {
	Kind  MilestoneKind
	Count int
}

// Aggregates are figures over the whole list, not over the page.
func (c *ProjectConnection) Aggregates() *ProjectAggregates {
	return &ProjectAggregates{c.list.view, c.list.each}
}

// Aggregates are figures over the whole list, not over the page.
func (c *MilestoneConnection) Aggregates() *MilestoneAggregates {
	return &MilestoneAggregates{c.list.each}
}

// Count counts the projects.
func (a *ProjectAggregates) Count() int { return countRows(a.each) }

// Count counts the milestones.
func (a *MilestoneAggregates) Count() int { return countRows(a.each) }

func countRows[R any](each func(func(*R))) int {
	n := 0
	each(func(*R) { n++ })
	return n
}

// countBy counts rows by a value of a closed list, in the order of that list.
func countBy[R any, E comparable](each func(func(*R)), values []E, of func(*R) E) []int {
	counts := make([]int, len(values))
	each(func(r *R) {
		if at := slices.Index(values, of(r)); at >= 0 {
			counts[at]++
		}
	})
	return counts
}

var (
	healths = []Health{HealthGreen, HealthYellow, HealthRed, HealthUnknown}
	phases  = []Phase{PhaseProposed, PhasePlanned, PhaseActive, PhaseOnHold, PhaseDone, PhaseCancelled}
	mkinds  = []MilestoneKind{MilestoneStandard, MilestoneKey, MilestoneGoLive}
)

// ByHealth counts the projects of each overall health.
func (a *ProjectAggregates) ByHealth() []HealthCount {
	return healthCounts(a.each, func(p *ProjectRow) Health { return p.Health.Overall })
}

// ByHealth counts the milestones of each overall health.
func (a *MilestoneAggregates) ByHealth() []HealthCount {
	return healthCounts(a.each, func(m *MilestoneRow) Health { return m.Health.Overall })
}

func healthCounts[R any](each func(func(*R)), of func(*R) Health) []HealthCount {
	counts := make([]HealthCount, len(healths))
	for i, n := range countBy(each, healths, of) {
		counts[i] = HealthCount{healths[i], n}
	}
	return counts
}

// ByPhase counts the projects in each phase.
func (a *ProjectAggregates) ByPhase() []PhaseCount {
	counts := make([]PhaseCount, len(phases))
	for i, n := range countBy(a.each, phases, func(p *ProjectRow) Phase { return p.Phase }) {
		counts[i] = PhaseCount{phases[i], n}
	}
	return counts
}

// ByKind counts the milestones of each kind.
func (a *MilestoneAggregates) ByKind() []KindCount {
	counts := make([]KindCount, len(mkinds))
	for i, n := range countBy(a.each, mkinds, func(m *MilestoneRow) MilestoneKind { return m.Kind }) {
		counts[i] = KindCount{mkinds[i], n}
	}
	return counts
}

// Disagreements counts the projects that report better than is computed.
func (a *ProjectAggregates) Disagreements() int {
	n := 0
	a.each(func(p *ProjectRow) {
		if p.Health.Disagreement {
			n++
		}
	})
	return n
}

// WithoutGoLive counts the projects that have no go-live at all.
func (a *ProjectAggregates) WithoutGoLive() int {
	n := 0
	a.each(func(p *ProjectRow) {
		if p.GoLiveID == "" {
			n++
		}
	})
	return n
}

// Finished counts the milestones that are done.
func (a *MilestoneAggregates) Finished() int {
	n := 0
	a.each(func(m *MilestoneRow) {
		if m.done() {
			n++
		}
	})
	return n
}

// SlipDays are figures over the slips.
func (a *ProjectAggregates) SlipDays() *IntStatistics {
	return statistics(a.each, func(p *ProjectRow) *int { return p.SlipDays })
}

// SlipDays are figures over the slips.
func (a *MilestoneAggregates) SlipDays() *IntStatistics {
	return statistics(a.each, func(m *MilestoneRow) *int { return m.SlipDays })
}

// SlipCount are figures over how often dates moved later.
func (a *MilestoneAggregates) SlipCount() *IntStatistics {
	return statistics(a.each, func(m *MilestoneRow) *int { return &m.SlipCount })
}

// IntStatistics are figures over whole numbers of which some may be missing.
type IntStatistics struct {
	values []int // sorted
	// Missing counts the rows without a value; they are in none of the figures.
	Missing int
}

func statistics[R any](each func(func(*R)), of func(*R) *int) *IntStatistics {
	s := &IntStatistics{}
	each(func(r *R) {
		if n := of(r); n != nil {
			s.values = append(s.values, *n)
		} else {
			s.Missing++
		}
	})
	slices.Sort(s.values)
	return s
}

// Count counts the rows that have a value.
func (s *IntStatistics) Count() int { return len(s.values) }

// Sum adds the values; nil when there is none.
func (s *IntStatistics) Sum() *int {
	if len(s.values) == 0 {
		return nil
	}
	sum := 0
	for _, n := range s.values {
		sum += n
	}
	return &sum
}

// Mean is the arithmetic mean; nil when there is no value.
func (s *IntStatistics) Mean() *float64 {
	sum := s.Sum()
	if sum == nil {
		return nil
	}
	mean := rounded(float64(*sum) / float64(len(s.values)))
	return &mean
}

// Min is the smallest value.
func (s *IntStatistics) Min() *int {
	if len(s.values) == 0 {
		return nil
	}
	return &s.values[0]
}

// Max is the largest value.
func (s *IntStatistics) Max() *int {
	if len(s.values) == 0 {
		return nil
	}
	return &s.values[len(s.values)-1]
}

// Percentile is the value below which a share of the values lies, between two
// values by linear interpolation; nil when there is none.
func (s *IntStatistics) Percentile(of float64) (*float64, error) {
	if math.IsNaN(of) || of < 0 || of > 100 {
		return nil, fmt.Errorf("%w: a percentile lies between 0 and 100, not at %v", ErrInvalid, of)
	}
	if len(s.values) == 0 {
		return nil, nil //nolint:nilnil // there is no figure over no values
	}
	at := of / 100 * float64(len(s.values)-1)
	low := int(at)
	value := float64(s.values[low])
	if low+1 < len(s.values) {
		value += (at - float64(low)) * float64(s.values[low+1]-s.values[low])
	}
	value = rounded(value)
	return &value, nil
}
