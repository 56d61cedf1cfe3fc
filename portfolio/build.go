package portfolio

import (
	"fmt"
	"maps"
)

// A decision says how a dirty milestone gets its kind.
type decision int8

const (
	keepKind   decision = iota + 1 // only the day or upstream changed
	checkKind                      // by the rules, if something that they read has changed
	decideKind                     // by the rules: they or the project changed
)

// A builder makes the next snapshot: it takes documents in, finds out which
// rows they bear on, and computes those again.
type builder struct {
	old *Snapshot
	at  Commit // the position and times of the next snapshot

	plan  *plan
	today Date

	facts      map[Kind]*tableEdit[Versioned]
	records    map[Key]Document // of registers that were taken, as they were before
	refs       map[Kind]indexEdit
	tools      map[string]int // of the old snapshot
	toolCounts map[string]int // to be added to them

	groups     *tableEdit[*group]
	joinKeys   indexEdit
	names      *departmentNames
	mentions   indexEdit
	byDivision indexEdit
	byPMO      indexEdit
	kpisOf     indexEdit
	children   *tableEdit[[]*MilestoneRow]
	orphans    indexEdit // from a project that is not there to milestones that name it
	moved      moved

	projects     *rowEdit[ProjectRow]
	milestones   *rowEdit[MilestoneRow]
	dependencies *rowEdit[DependencyRow]
	risks        *rowEdit[RiskRow]
	people       *rowEdit[PersonRow]
	identities   *rowEdit[IdentityRow]
	departments  *rowEdit[DepartmentRow]
	connections  *rowEdit[ConnectionRow]
	kpis         *rowEdit[KPIRow]
	kpiLinks     *rowEdit[KPILinkRow]

	strategies       *strategies
	strategyRows     *rowEdit[StrategyRow]
	strategyVersions *rowEdit[StrategyVersionRow]
	objectives       *rowEdit[ObjectiveRow]
	keyResults       *rowEdit[KeyResultRow]
	contributions    *rowEdit[ContributionRow]
	contributors     indexEdit
	rescore          bool // every project, because the weights are others

	observations []Versioned // that were taken
	history      *Observed   // with them

	taken       int64 // documents
	rescheduled int   // places in the order of due dates that were copied
	dirty       dirt
	redirected  []string // ids of project facts whose group is another now
}

// dirt is what has to be computed again.
type dirt struct {
	settings, clock bool
	departmentFacts bool
	facts           map[string]bool // project facts that changed, and ends of links
	linked          map[string]bool // ends of links, which may be milestones
	// touched are project facts whose project draws from something that
	// changed: true where that is merged into it, false where only its
	// milestones or the day changed.
	touched      map[string]bool
	milestones   map[string]decision
	dependencies map[string]bool
	risks        map[string]bool
	people       map[string]bool
	emails       map[string]bool // in lower case: all accounts of them
	claimed      map[string]bool // accounts that an identity names or named
	identities   map[string]bool
	words        map[string]bool // names of people that lead to others now
	departments  map[string]bool
	connections  map[string]bool
	kpis         map[string]bool
	kpiLinks     map[string]bool

	strategies bool // what people recorded of them, or the day
	progress   bool // key results, or what they take from KPIs
	// keyedMilestones are references to milestones by key that overrides are
	// addressed to.
	keyedMilestones map[string]bool
	contributions   map[string]bool // to be led to their projects again
	costs           map[string]bool // references to projects of which costs changed
	aligned         map[string]bool // projects whose alignment is to be computed again
}

// newBuilder begins a round for about so many documents.
func newBuilder(old *Snapshot, documents int) *builder {
	b := &builder{
		old:   old,
		plan:  old.plan,
		today: old.today,

		facts:      map[Kind]*tableEdit[Versioned]{},
		records:    map[Key]Document{},
		refs:       map[Kind]indexEdit{},
		tools:      old.tools,
		toolCounts: map[string]int{},

		groups:     old.groups.edit(),
		joinKeys:   old.joinKeys.edit(),
		names:      old.names,
		mentions:   old.mentions.edit(),
		byDivision: old.byDivision.edit(),
		byPMO:      old.byPMO.edit(),
		kpisOf:     old.kpisOf.edit(),
		children:   old.children.edit(),
		orphans:    old.orphans.edit(),

		projects:     newRowEdit(old.projects, (*ProjectRow).id, projectFields),
		milestones:   newRowEdit(old.milestones, (*MilestoneRow).id, milestoneFields),
		dependencies: newRowEdit(old.dependencies, (*DependencyRow).id, dependencyFields),
		risks:        newRowEdit(old.risks, (*RiskRow).id, riskFields),
		people:       newRowEdit(old.people, (*PersonRow).id, personFields),
		identities:   newRowEdit(old.identities, (*IdentityRow).id, identityFields),
		departments:  newRowEdit(old.departments, (*DepartmentRow).id, departmentFields),
		connections:  newRowEdit(old.connections, (*ConnectionRow).id, connectionFields),
		kpis:         newRowEdit(old.kpis, (*KPIRow).id, kpiFields),
		kpiLinks:     newRowEdit(old.kpiLinks, (*KPILinkRow).id, kpiLinkFields),

		strategyRows:     newRowEdit(old.strategyRows, (*StrategyRow).id, strategyFields),
		strategyVersions: newRowEdit(old.strategyVersions, (*StrategyVersionRow).id, strategyVersionFields),
		objectives:       newRowEdit(old.objectives, (*ObjectiveRow).id, objectiveFields),
		keyResults:       newRowEdit(old.keyResults, (*KeyResultRow).id, keyResultFields),
		contributions:    newRowEdit(old.contributions, (*ContributionRow).id, contributionFields),
		contributors:     old.contributors.edit(),

		dirty: dirt{
			facts:        map[string]bool{},
			linked:       map[string]bool{},
			touched:      make(map[string]bool, documents),
			milestones:   make(map[string]decision, documents),
			dependencies: map[string]bool{},
			risks:        map[string]bool{},
			people:       map[string]bool{},
			emails:       map[string]bool{},
			claimed:      map[string]bool{},
			identities:   map[string]bool{},
			words:        map[string]bool{},
			departments:  map[string]bool{},
			connections:  map[string]bool{},
			kpis:         map[string]bool{},
			kpiLinks:     map[string]bool{},

			keyedMilestones: map[string]bool{},
			contributions:   map[string]bool{},
			costs:           map[string]bool{},
			aligned:         map[string]bool{},
		},
	}
	b.projects.spare = &spareProjects
	// All kinds, because several goroutines look them up later.
	for kind := range kinds {
		b.facts[kind] = old.facts[kind].edit()
		b.refs[kind] = old.refs[kind].edit()
	}
	return b
}

// load takes a whole state in.
func (b *builder) load(state State) error {
	b.at = Commit{Position: state.Position, Data: state.Data, At: state.At}
	counts := map[Kind]int{}
	for _, v := range state.Docs {
		switch v.Doc.(type) {
		case *MilestoneFact:
			counts[KindMilestone]++
		case *ProjectFact:
			counts[KindProject]++
		}
	}
	for kind, n := range counts {
		b.factsOf(kind).reserve(n)
	}
	b.milestones.rows.reserve(counts[KindMilestone])
	b.projects.rows.reserve(counts[KindProject])
	kept := compactAll(len(state.Docs), func(i int) Document { return state.Docs[i].Doc }, b.old)
	for i, d := range kept {
		if _, twice := b.factsOf(d.key.Kind).get(d.key.ID); twice {
			return fmt.Errorf("state at revision %d: %w: two documents have the key %s", state.Revision, ErrInvalid, d.key)
		}
		b.take(d.key, state.Docs[i].Rev, d.doc)
	}
	return nil
}

// clip gives back the room that the largest tables have grown in vain while
// they were filled.
func (b *builder) clip() {
	for _, e := range b.facts {
		e.clip()
	}
	b.projects.rows.clip()
	b.milestones.rows.clip()
	b.children.clip()
}

// commit takes one commit in.
func (b *builder) commit(c Commit) {
	b.at = c
	for _, key := range c.Delete {
		b.take(key, 0, nil)
	}
	for _, d := range compactAll(len(c.Put), func(i int) Document { return c.Put[i] }, b.old) {
		b.take(d.key, c.Revision, d.doc)
	}
}

func (b *builder) factsOf(kind Kind) *tableEdit[Versioned] {
	e := b.facts[kind]
	if e == nil { // a kind that only a newer release knows
		e = table[Versioned]{}.edit()
		b.facts[kind] = e
	}
	return e
}

func (b *builder) refsOf(kind Kind) indexEdit { return b.refs[kind] }

// finish computes what is dirty and returns the next snapshot with its diff.
func (b *builder) finish() (*Snapshot, Diff) {
	b.beginSettings()
	b.beginDay()
	b.beginOverrides()
	b.beginDepartments()
	b.beginJoins()
	b.buildPeople()
	b.beginPeople()

	b.buildProjects()
	b.beginContinued()
	b.buildMilestones()
	b.summariseProjects()
	b.buildCosts()
	b.buildDependencies()
	b.buildHealth()

	b.buildKPIs()
	b.buildStrategies()
	b.buildContributions()
	b.buildRisks()
	b.buildAlignment()

	b.settleProjects()
	b.buildDepartments()
	b.buildKPILinks()
	b.buildConnections()
	return b.settle()
}

// settle returns the next snapshot and what it changed.
func (b *builder) settle() (*Snapshot, Diff) {
	b.history = b.old.observed
	if len(b.observations) > 0 {
		b.history = b.history.with(b.observations)
	}
	next := &Snapshot{
		at:          b.at.Position,
		data:        b.at.Data,
		committedAt: b.at.At,
		today:       b.today,
		plan:        b.plan,

		facts: make(map[Kind]table[Versioned], len(b.facts)),
		refs:  make(map[Kind]index, len(b.refs)),
		tools: b.nextTools(),

		groups:     b.groups.done(),
		joinKeys:   b.joinKeys.done(),
		names:      b.names,
		mentions:   b.mentions.done(),
		byDivision: b.byDivision.done(),
		byPMO:      b.byPMO.done(),
		kpisOf:     b.kpisOf.done(),
		orphans:    b.orphans.done(),

		strategies:   b.strategies,
		contributors: b.contributors.done(),
		registers:    b.nextRegisters(),
		observed:     b.history,
		likeness:     b.nextLikeness(),

		milestoneKeys:  b.old.milestoneKeys,
		objectiveNames: b.old.objectiveNames,
		circles:        b.old.circles,
	}
	if len(b.milestones.changed) > 0 {
		next.milestoneKeys = new(lazy[milestonesByKey])
	}
	if len(b.objectives.changed) > 0 || b.strategies != b.old.strategies {
		next.objectiveNames = new(lazy[objectiveNames])
	}
	if len(b.milestones.changed)+len(b.projects.changed)+len(b.dependencies.changed) > 0 {
		next.circles = new(lazy[map[string]bool])
	}
	for kind, e := range b.facts {
		next.facts[kind] = e.done()
	}
	for kind, e := range b.refs {
		next.refs[kind] = e.done()
	}
	// What differs is decided by now, so that the rest can be written, and
	// the changes be named, at the same time.
	d := Diff{From: b.old.at, To: next.at}
	together(
		func() { next.milestones = b.milestones.done() },
		func() {
			next.children = b.nextChildren()
			next.projects = b.projects.done()
			next.dependencies = b.dependencies.done()
			next.risks = b.risks.done()
			next.people = b.people.done()
			next.identities = b.identities.done()
			next.departments = b.departments.done()
			next.connections = b.connections.done()
			next.strategyRows = b.strategyRows.done()
			next.strategyVersions = b.strategyVersions.done()
			next.objectives = b.objectives.done()
			next.keyResults = b.keyResults.done()
			next.contributions = b.contributions.done()
			next.kpis = b.kpis.done()
			next.kpiLinks = b.kpiLinks.done()
			next.due = b.nextDue()
		},
		func() { b.diff(&d) },
	)
	d.finish(b.old, next)
	b.settleStandings(next)
	b.settleGovernance(next)
	next.copied, next.load = b.old.copied+b.copied(), b.old.load
	return next, d
}

func (b *builder) nextTools() map[string]int {
	if len(b.toolCounts) == 0 {
		return b.tools
	}
	next := maps.Clone(b.tools)
	for connection, n := range b.toolCounts {
		next[connection] += n
		if next[connection] == 0 {
			delete(next, connection)
		}
	}
	return next
}

// projectFact returns a project's fact as it stands now, nil when there is none.
func (b *builder) projectFact(id string) *ProjectFact {
	if v, ok := b.factsOf(KindProject).get(id); ok {
		return v.Doc.(*ProjectFact)
	}
	return nil
}

// link returns a link as it stands now, nil when there is none.
func (b *builder) link(key string) *Link {
	if v, ok := b.factsOf(KindLink).get(key); ok {
		return v.Doc.(*Link)
	}
	return nil
}

// unified returns the id of the project that a project fact belongs to now.
func (b *builder) unified(id string) string {
	if g, ok := b.groups.get(id); ok {
		return g.primary
	}
	return id
}
