package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// A Diff is what a commit changed in the rows, computed values included.
type Diff struct {
	From, To Position
	// Changes are the rows that differ, by kind and then by id.
	Changes []RowChange
	// Recomputed and Replaced count the rows that were computed again and
	// those of them that became other rows.
	Recomputed, Replaced int
}

// A RowChange says how one row differs.
type RowChange struct {
	// Kind is the row's kind; KindConnection for a connection.
	Kind Kind
	ID   string
	What Change
	// Fields are the names of the fields that differ, of a row that CHANGED.
	Fields []string
	// Project is the id of the project that this one was JOINED to or SPLIT from.
	Project string
}

// Change is what became of a row.
type Change string

// The values of Change. A project that becomes a part of another one is
// JOINED, never REMOVED; one that ceases to be is SPLIT, never ADDED.
const (
	RowAdded   Change = "ADDED"
	RowChanged Change = "CHANGED"
	RowRemoved Change = "REMOVED"
	RowJoined  Change = "JOINED"
	RowSplit   Change = "SPLIT"
)

// KindConnection is the kind of a connection's row, which no single document
// stands for.
const KindConnection Kind = "connection"

// IsEmpty reports whether no reader can tell the difference.
func (d Diff) IsEmpty() bool { return len(d.Changes) == 0 }

// Compare returns how two snapshots differ, by looking at every row. Apply
// gives the same diff for the price of the rows that a commit bears on.
func Compare(from, to *Snapshot) Diff {
	d := Diff{From: from.at, To: to.at}
	compareRows(&d, KindProject, from.projects, to.projects, (*ProjectRow).id, projectFields)
	compareRows(&d, KindMilestone, from.milestones, to.milestones, (*MilestoneRow).id, milestoneFields)
	compareRows(&d, KindDependency, from.dependencies, to.dependencies, (*DependencyRow).id, dependencyFields)
	compareRows(&d, KindRisk, from.risks, to.risks, (*RiskRow).id, riskFields)
	compareRows(&d, KindPerson, from.people, to.people, (*PersonRow).id, personFields)
	compareRows(&d, KindIdentity, from.identities, to.identities, (*IdentityRow).id, identityFields)
	compareRows(&d, KindDepartment, from.departments, to.departments, (*DepartmentRow).id, departmentFields)
	compareRows(&d, KindKPI, from.kpis, to.kpis, (*KPIRow).id, kpiFields)
	compareRows(&d, KindKPILink, from.kpiLinks, to.kpiLinks, (*KPILinkRow).id, kpiLinkFields)
	compareRows(&d, KindConnection, from.connections, to.connections, (*ConnectionRow).id, connectionFields)
	compareRows(&d, KindStrategy, from.strategyRows, to.strategyRows, (*StrategyRow).id, strategyFields)
	compareRows(&d, KindStrategyVersion, from.strategyVersions, to.strategyVersions, (*StrategyVersionRow).id, strategyVersionFields)
	compareRows(&d, KindObjective, from.objectives, to.objectives, (*ObjectiveRow).id, objectiveFields)
	compareRows(&d, KindKeyResult, from.keyResults, to.keyResults, (*KeyResultRow).id, keyResultFields)
	compareRows(&d, KindContribution, from.contributions, to.contributions, (*ContributionRow).id, contributionFields)
	compareRecords(&d, from, to)
	d.finish(from, to)
	return d
}

// A rowPair is a row of one snapshot beside the one of the other that has its
// id; either is nil where there is none.
type rowPair[R any] struct{ from, to *R }

func compareRows[R any](d *Diff, kind Kind, from, to rowSet[*R], id func(*R) string, fields []rowField[R]) {
	pairs := pairRows(from.ordered.chunks, to.ordered.chunks, id)
	changes := make([]RowChange, len(pairs))
	inPieces(len(pairs), func(first, end int) {
		var names fieldNames
		for i := first; i < end; i++ {
			changes[i] = rowChange(fields, pairs[i].from, pairs[i].to, &names)
		}
	})
	for i, p := range pairs {
		d.row(kind, id(cmp.Or(p.from, p.to)), changes[i])
	}
}

// pairRows merges two lists by id and leaves out the rows that are the same in
// both. Of snapshots of one load, most chunks are: those it does not look into.
func pairRows[R any](from, to [][]*R, id func(*R) string) (pairs []rowPair[R]) {
	var was, is []*R // what is left of the chunks that were begun
	for {
		for len(was) == 0 && len(is) == 0 && len(from) > 0 && len(to) > 0 && sameChunk(from[0], to[0]) {
			from, to = from[1:], to[1:]
		}
		if len(was) == 0 && len(from) > 0 {
			was, from = from[0], from[1:]
		}
		if len(is) == 0 && len(to) > 0 {
			is, to = to[0], to[1:]
		}
		order := 0
		switch {
		case len(was) == 0 && len(is) == 0:
			return pairs
		case len(is) == 0:
			order = -1
		case len(was) == 0:
			order = 1
		case was[0] != is[0]:
			order = strings.Compare(id(was[0]), id(is[0]))
		}
		switch {
		case order < 0:
			pairs, was = append(pairs, rowPair[R]{was[0], nil}), was[1:]
		case order > 0:
			pairs, is = append(pairs, rowPair[R]{nil, is[0]}), is[1:]
		default:
			if was[0] != is[0] {
				pairs = append(pairs, rowPair[R]{was[0], is[0]})
			}
			was, is = was[1:], is[1:]
		}
	}
}

// sameChunk reports whether two chunks are one in memory.
func sameChunk[E any](a, b []E) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// rowChange says how a row became another one; What is "" when no reader can
// tell them apart.
func rowChange[R any](fields []rowField[R], from, to *R, names *fieldNames) RowChange {
	switch {
	case from == to:
		return RowChange{}
	case from == nil:
		return RowChange{What: RowAdded}
	case to == nil:
		return RowChange{What: RowRemoved}
	}
	if changed := changedFields(fields, from, to, names); len(changed) > 0 {
		return RowChange{What: RowChanged, Fields: changed}
	}
	return RowChange{}
}

func (d *Diff) row(kind Kind, id string, c RowChange) {
	if c.What == "" {
		return
	}
	if kind == KindRisk && isRecordedRisk(id) {
		kind = KindRecordedRisk // whose document it is
	}
	c.Kind, c.ID = kind, id
	d.Changes = append(d.Changes, c)
}

// finish tells joins and splits from removals and additions, and sorts.
func (d *Diff) finish(from, to *Snapshot) {
	if len(d.Changes) == 0 {
		d.Changes = nil
		return
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Kind != KindProject {
			continue
		}
		switch c.What {
		case RowRemoved:
			if joined := to.unified(c.ID); joined != c.ID {
				c.What, c.Project = RowJoined, joined
			}
		case RowAdded:
			if was := from.unified(c.ID); was != c.ID {
				c.What, c.Project = RowSplit, was
			}
		}
	}
	slices.SortFunc(d.Changes, func(a, b RowChange) int {
		if c := cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// rowKinds is in which order a diff lists changes.
var rowKinds = append([]Kind{
	KindProject, KindMilestone, KindDependency, KindRisk, KindPerson, KindIdentity, KindDepartment, KindConnection,
	KindStrategy, KindStrategyVersion, KindObjective, KindKeyResult, KindContribution, KindKPI, KindKPILink, KindRecordedRisk,
}, registers...)

var kindPlaces = func() map[Kind]int {
	places := make(map[Kind]int, len(rowKinds))
	for i, k := range rowKinds {
		places[k] = i
	}
	return places
}()

func kindOrder(k Kind) int { return kindPlaces[k] }

// diff notes what this round changed.
func (b *builder) diff(d *Diff) {
	diffRows(d, KindProject, b.projects)
	diffRows(d, KindMilestone, b.milestones)
	diffRows(d, KindDependency, b.dependencies)
	diffRows(d, KindRisk, b.risks)
	diffRows(d, KindPerson, b.people)
	diffRows(d, KindIdentity, b.identities)
	diffRows(d, KindDepartment, b.departments)
	diffRows(d, KindKPI, b.kpis)
	diffRows(d, KindKPILink, b.kpiLinks)
	diffRows(d, KindConnection, b.connections)
	diffRows(d, KindStrategy, b.strategyRows)
	diffRows(d, KindStrategyVersion, b.strategyVersions)
	diffRows(d, KindObjective, b.objectives)
	diffRows(d, KindKeyResult, b.keyResults)
	diffRows(d, KindContribution, b.contributions)
	b.diffRecords(d)
}

func diffRows[R any](d *Diff, kind Kind, e *rowEdit[R]) {
	if len(e.changed) > 0 {
		d.Changes = slices.Grow(d.Changes, len(e.changed))
	}
	d.Recomputed += len(e.round)
	d.Replaced += len(e.changed)
	var names fieldNames
	for _, f := range e.changed {
		d.row(kind, f.id, rowChange(e.fields, f.old, f.now, &names))
	}
}
