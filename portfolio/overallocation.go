package portfolio

import (
	"fmt"
	"math"
	"slices"
)

// An OverAllocationRow is a run of working days, one after the other, on each of
// which somebody has more to do than a threshold allows.
type OverAllocationRow struct {
	worker    *worker
	from, to  Date // working days
	days      int
	allocated float64 // days of full-time work
	capacity  float64
	peak      float64 // of full time
	active    []*AssignmentRow
}

func (o *OverAllocationRow) id() string { return o.worker.id + " " + o.from.String() }

// OverAllocation is an OverAllocationRow as one caller sees it.
type OverAllocation struct {
	run  *OverAllocationRow
	view *View
}

type (
	// OverAllocationConnection is a page of over-allocations.
	OverAllocationConnection = Connection[OverAllocationRow, OverAllocation]
	// OverAllocationEdge is an over-allocation in a list.
	OverAllocationEdge = Edge[OverAllocation]
)

// OverAllocations lists who has more to do than the threshold allows of what
// they can do, by name and then by day. Whose work the caller may not see whole
// is left out.
func (v *View) OverAllocations(from, to Date, threshold *float64, department *string, r PageRequest) (*OverAllocationConnection, error) {
	limit := 1.0
	if threshold != nil {
		limit = *threshold
	}
	if err := checkSpan(from, to); err != nil {
		return nil, err
	}
	if math.IsNaN(limit) || limit <= 0 || limit > 100 {
		return nil, fmt.Errorf("%w: the threshold is %v; it is above 0 and at most 100, where 1 is all that somebody can do", ErrInvalid, limit)
	}
	c := v.compiler()
	belongs := orTrue(c.departmentBelow(department))
	work := v.snap.work()
	var workers []*worker
	for _, id := range work.ids {
		w := work.workers[id]
		if len(w.engagements) == 0 || department != nil && !belongs(v.workerDivision(w)) {
			continue
		}
		if v.seesWorker(*w) && v.seesWorkOf(w, from, to) {
			workers = append(workers, w)
		}
	}
	var rows []*OverAllocationRow
	for _, w := range workers {
		rows = append(rows, v.snap.overAllocations(w, from, to, limit)...)
	}
	byName := func(o *OverAllocationRow) sortValue { return textValue(v.workerName(o.worker)) }
	asked := []any{from, to, limit, department}
	return simpleList(c, "over-allocations", rows, asked, nil, (*OverAllocationRow).id, byName, r, func(o *OverAllocationRow) *OverAllocation {
		return &OverAllocation{o, v}
	})
}

// workerDivision is the department of somebody who works; "" when nobody recorded
// it.
func (v *View) workerDivision(w *worker) string {
	i, _ := v.snap.Identity(w.identity)
	if i == nil {
		return ""
	}
	return i.DepartmentID
}

// overAllocations are the runs of a worker in a span.
func (s *Snapshot) overAllocations(w *worker, from, to Date, threshold float64) []*OverAllocationRow {
	var runs []*OverAllocationRow
	var run *OverAllocationRow
	for _, part := range s.stretches(w, from, to) {
		if !part.over(threshold) {
			run = nil
			continue
		}
		if run == nil {
			run = &OverAllocationRow{worker: w, from: s.workingDayFrom(part.from)}
			runs = append(runs, run)
		}
		days := float64(part.days)
		run.to = s.workingDayUntil(part.to)
		run.days += part.days
		run.allocated += days * part.allocated
		run.capacity += days * part.capacity
		run.peak = max(run.peak, part.allocated)
		for _, e := range part.active {
			if !slices.Contains(run.active, e) {
				run.active = append(run.active, e)
			}
		}
	}
	return runs
}

// workingDayFrom is the first working day from a day on; there must be one.
func (s *Snapshot) workingDayFrom(on Date) Date {
	for !s.plan.workingDay(on) {
		on = on.AddDays(1)
	}
	return on
}

// workingDayUntil is the last working day up to a day; there must be one.
func (s *Snapshot) workingDayUntil(on Date) Date {
	for !s.plan.workingDay(on) {
		on = on.AddDays(-1)
	}
	return on
}

// Person is whom it is about: of their accounts the first by id.
func (o *OverAllocation) Person() *Person { return o.view.person(o.run.worker.person) }

// Identity is whom it is about with all their accounts, if that is known.
func (o *OverAllocation) Identity() *Identity { return o.view.identity(o.run.worker.identity) }

// Name is what they are called.
func (o *OverAllocation) Name() string { return o.view.workerName(o.run.worker) }

// From is the first of the days.
func (o *OverAllocation) From() Date { return o.run.from }

// To is the last of the days.
func (o *OverAllocation) To() Date { return o.run.to }

// WorkingDays counts the days.
func (o *OverAllocation) WorkingDays() int { return o.run.days }

// AllocatedDays are the days of full-time work that are allocated.
func (o *OverAllocation) AllocatedDays() float64 { return rounded(o.run.allocated) }

// CapacityDays are the days of full-time work that can be done.
func (o *OverAllocation) CapacityDays() float64 { return rounded(o.run.capacity) }

// ExcessDays are the days of full-time work that are too many.
func (o *OverAllocation) ExcessDays() float64 { return rounded(o.run.allocated - o.run.capacity) }

// Load is what is allocated, divided by what can be done; nil when nothing can.
func (o *OverAllocation) Load() *float64 {
	if o.run.capacity == 0 {
		return nil
	}
	load := rounded(o.run.allocated / o.run.capacity)
	return &load
}

// LoadReason says why there is no load.
func (o *OverAllocation) LoadReason() *Reason {
	if o.run.capacity == 0 {
		return &Reason{Code: ReasonNoCapacity, Message: "They cannot work on any of these days, as their capacity says."}
	}
	return nil
}

// PeakAllocation is the most that is allocated on one of the days, of full
// time.
func (o *OverAllocation) PeakAllocation() float64 { return o.run.peak }

// Assignments are those that count on one of the days.
func (o *OverAllocation) Assignments() []*WorkAssignment {
	all := make([]*WorkAssignment, len(o.run.active))
	for i, e := range o.run.active {
		all[i] = o.view.assignmentOf(e)
	}
	return all
}
