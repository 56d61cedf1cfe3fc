package portfolio

import "time"

// A Snapshot is the whole portfolio at one position of the log: the current
// documents, and the rows that follow from them. It is immutable and safe for
// any number of readers. Apply makes the next one, which shares with its
// predecessor everything that a commit did not touch.
//
// From fact to row: a commit's documents go into facts and refs (take.go);
// projects are joined into groups (join.go); then rows are built in an order in
// which each needs only what is built already: projects, their milestones,
// what projects draw from milestones, dependencies, risks, and health last
// (build.go). Rows with equal values stay the rows they were.
type Snapshot struct {
	at          Position
	data        Position
	committedAt time.Time
	today       Date
	plan        *plan
	copied      int64 // bytes, by all commits since the load
	load        *load // where it began

	// facts are the current documents by kind and id; refs leads, for each
	// kind, from what a document names to the ids of the documents that name
	// it: from a project to its milestones, from a link's end to the link.
	facts map[Kind]table[Versioned]
	refs  map[Kind]index
	// tools counts the tool facts of each connection.
	tools map[string]int

	groups     table[*group] // by fact id, for projects that are joined
	joinKeys   index         // from rule and value to the project facts that have it
	names      *departmentNames
	mentions   index // from a person's name to the rows that mention it
	byDivision index // from a department to its projects
	byPMO      index // from a PMO number to the projects that have it
	kpisOf     index // from a department to its KPIs
	children   children
	orphans    index // from a project that is not there to milestones that name it

	projects     rowSet[*ProjectRow]
	milestones   rowSet[*MilestoneRow]
	dependencies rowSet[*DependencyRow]
	risks        rowSet[*RiskRow]
	people       rowSet[*PersonRow]
	identities   rowSet[*IdentityRow]
	departments  rowSet[*DepartmentRow]
	connections  rowSet[*ConnectionRow]
	kpis         rowSet[*KPIRow]
	kpiLinks     rowSet[*KPILinkRow]

	strategies       *strategies
	strategyRows     rowSet[*StrategyRow]
	strategyVersions rowSet[*StrategyVersionRow]
	objectives       rowSet[*ObjectiveRow]
	keyResults       rowSet[*KeyResultRow]
	contributions    rowSet[*ContributionRow]
	contributors     index // from a project to the contributions that lead to it
	standings        *lazy[standings]
	risk             *lazy[exposure]

	registers     map[Kind]*lazy[registerList]
	milestoneKeys *lazy[milestonesByKey]
	// objectiveNames are made when a word first has to be looked up.
	objectiveNames *lazy[objectiveNames]
	circles        *lazy[map[string]bool] // of dependencies
	likeness       *lazy[likeness]
	governance     *governance

	due sorted[dueRow]

	// observed is the history of what was computed; no row depends on it.
	observed *Observed
}

// A rowSet holds the rows of one kind by id and in the order of their ids.
type rowSet[R comparable] struct {
	byID    table[R]
	ordered sorted[R]
}

// A dueRow says that a row changes by itself on a date.
type dueRow struct {
	on   Date
	kind Kind
	id   string
}

// NewSnapshot computes everything from the documents of a state. A state that
// contradicts itself, with two documents of one key, is an error; settings
// that cannot be compiled are not: see Problems.
func NewSnapshot(state State) (*Snapshot, error) {
	b := newBuilder(emptySnapshot(), len(state.Docs))
	if err := b.load(state); err != nil {
		return nil, err
	}
	next, _ := b.finish()
	next.copied = 0
	b.clip()
	return next, nil
}

// Apply returns the snapshot after a commit, and what it changed in the rows.
func (s *Snapshot) Apply(c Commit) (*Snapshot, Diff) {
	b := newBuilder(s, len(c.Put))
	b.commit(c)
	return b.finish()
}

func emptySnapshot() *Snapshot {
	return &Snapshot{
		load:  new(load),
		plan:  newPlan(nil),
		facts: map[Kind]table[Versioned]{},
		refs:  map[Kind]index{},
		tools: map[string]int{},
		names: newDepartmentNames(nil),

		strategies: &strategies{},
		standings:  new(lazy[standings]),
		risk:       new(lazy[exposure]),

		milestoneKeys:  new(lazy[milestonesByKey]),
		objectiveNames: new(lazy[objectiveNames]),
		circles:        new(lazy[map[string]bool]),
		likeness:       new(lazy[likeness]),
		governance:     new(governance),
	}
}
