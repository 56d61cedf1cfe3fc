package portfolio

import (
	"math"

	"plumbline/portfolio/scoring"
)

// briefedKPIs are the KPIs that a briefing tells of.
type briefedKPIs struct {
	moved []*kpiMovement
	// known counts the KPIs, late those whose last actual value is overdue, and
	// compared those of which two closed periods could be compared.
	known, late, compared int
	below, belowBefore    int
}

// A kpiMovement is how a KPI changed between its last two closed periods.
type kpiMovement struct {
	row               *KPIRow
	current, previous *KPIPointRow
	change            *float64 // of the attainment
}

// lookAtKPIs finds the KPIs that moved. Periods are those that were over on the
// briefing's last day, by what is known of them now.
func (b *Briefing) lookAtKPIs() {
	of := &b.kpis
	for k := range b.view.snap.kpis.ordered.all() {
		if !b.view.seesKPI(k) || !b.within.seesKPI(k) {
			continue
		}
		of.known++
		if current, _ := k.closedOn(b.Before.Last); current != nil && missed(current.Attainment) {
			of.belowBefore++
		}
		current, previous := k.closedOn(b.Days.Last)
		if current == nil {
			continue
		}
		if missed(current.Attainment) {
			of.below++
		}
		if current.Next().Last.AddDays(k.GraceDays).Before(b.Days.Last) {
			of.late++
			continue
		}
		if previous == nil {
			continue
		}
		of.compared++
		if m := movementOf(k, current, previous); m.moved() {
			of.moved = append(of.moved, m)
		}
	}
}

// closedOn returns the last two periods with an actual value that were over on
// a day.
func (k *KPIRow) closedOn(day Date) (current, previous *KPIPointRow) {
	for _, p := range k.whole() {
		if p.Actual != nil && p.Last.Before(day) {
			current, previous = p, current
		}
	}
	return current, previous
}

func movementOf(k *KPIRow, current, previous *KPIPointRow) *kpiMovement {
	m := &kpiMovement{row: k, current: current, previous: previous}
	if current.Attainment != nil && previous.Attainment != nil {
		change := scoring.Round9(*current.Attainment - *previous.Attainment)
		m.change = &change
	}
	return m
}

// moved reports whether attainment or health changed.
func (m *kpiMovement) moved() bool {
	return m.change != nil && *m.change != 0 || m.current.Health != m.previous.Health
}

// KpiMovements are the KPIs whose attainment or health changed between their
// last two closed periods, the largest change first.
func (b *Briefing) KpiMovements(first *int, after *string) (*KPIMovementConnection, error) {
	largest := func(m *kpiMovement) sortValue {
		if m.change == nil {
			return nothing
		}
		size := -math.Abs(*m.change)
		return floatValue(&size)
	}
	page, err := simpleList(b.view.compiler(), b.scope("KPIs"), b.kpis.moved, nil, nil, func(m *kpiMovement) string { return m.row.ID }, largest,
		b.page(first, after), func(m *kpiMovement) *KPIMovement { return &KPIMovement{m, b.view} })
	if err != nil {
		return nil, err
	}
	return &KPIMovementConnection{page}, nil
}

type (
	// KPIMovementConnection is a page of movements of KPIs.
	KPIMovementConnection struct {
		*Connection[kpiMovement, KPIMovement]
	}
	// KPIMovementEdge is a movement in a list.
	KPIMovementEdge = Edge[KPIMovement]
)

// A KPIMovement is how a KPI changed between its last two closed periods.
type KPIMovement struct {
	row  *kpiMovement
	view *View
}

// KPI is what moved.
func (m *KPIMovement) KPI() *KPI { return m.view.kpiOf(m.row.row) }

// Current is the last closed period with an actual value.
func (m *KPIMovement) Current() *KPIPoint { return m.view.pointOf(m.row.current) }

// Previous is the one before it.
func (m *KPIMovement) Previous() *KPIPoint { return m.view.pointOf(m.row.previous) }

// Change is by how much attainment changed; nil with Reason.
func (m *KPIMovement) Change() *float64 { return m.row.change }

// Reason says why Change is nil.
func (m *KPIMovement) Reason() *Reason {
	switch {
	case m.row.change != nil:
		return nil
	case m.row.current.Attainment == nil:
		return kpiReason(m.row.current.Reason)
	}
	return kpiReason(m.row.previous.Reason)
}
