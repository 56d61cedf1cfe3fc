package portfolio

import (
	"slices"
	"strings"
)

// words are what a document names, so that whoever looks from there finds it.
func words(d Document) []string {
	switch d := d.(type) {
	case *ProjectFact:
		if d.Parent == "" {
			return []string{keyWord(d.Connection, d.Handle())}
		}
		return []string{keyWord(d.Connection, d.Handle()), partWord(d.Parent)}
	case *DependencyFact:
		return distinct(d.Predecessor.Ref, d.Predecessor.Project, d.Successor.Ref, d.Successor.Project)
	case *PersonFact:
		return distinct(strings.ToLower(d.Name), strings.ToLower(d.Email))
	case *IdentityFact:
		return identityWords(d)
	case *StatusReportFact:
		return []string{d.Project}
	case *RiskFact:
		return []string{d.Project}
	case *Override:
		return []string{d.Target}
	case *MeasurementFact:
		return []string{d.KPI}
	case *KPILinkFact:
		return []string{d.Project, kpiWord(d.KPI)}
	case *Link:
		return distinct(append([]string{d.Primary}, d.Members...)...)
	case *Quarantine:
		return []string{d.Connection}
	case *Hold:
		return []string{d.Connection}
	case *Run:
		return []string{d.Connection}
	case *Pass:
		return []string{d.Connection}
	case *ContributionFact:
		return distinct(projectWord(d.Project), objectiveWord(d.Objective))
	case *KeyResultFact:
		return distinct(d.KPI)
	case Registered:
		return d.Bearing().words()
	}
	return nil
}

// keyWord is what a project's key is found by.
func keyWord(connection, key string) string { return "key " + connection + " " + key }

// kpiWord is what the links of a KPI are found by.
func kpiWord(kpi string) string { return "kpi " + kpi }

// partWord is what the parts of a project are found by.
func partWord(parent string) string { return "in " + parent }

func distinct(words ...string) []string {
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) > 0 && words[0] == "" {
		words = words[1:]
	}
	return words
}

// take puts a document in the place of its former version, either of which may
// be nil, and marks what has to be computed again because of it.
func (b *builder) take(key Key, rev int64, doc Document) {
	if key.Kind.Observed() {
		if doc != nil {
			b.observations = append(b.observations, Versioned{Rev: rev, Doc: doc})
		}
		return // it is history, on which no row depends
	}
	facts := b.factsOf(key.Kind)
	var former Versioned
	if doc == nil {
		former, _ = facts.delete(key.ID)
	} else {
		former, _ = facts.set(key.ID, Versioned{Rev: rev, Doc: doc})
		b.taken++
	}
	before := former.Doc
	if before == nil && doc == nil {
		return
	}
	b.refer(key, before, doc)
	if _, again := b.records[key]; key.Kind.IsRegister() && !again {
		b.records[key] = before
	}
	switch {
	case before == nil:
		b.count(doc, 1)
	case doc == nil:
		b.count(before, -1)
	}
	if before != nil && !bearAlike(before, doc) {
		b.mark(key, before)
	}
	if doc != nil {
		b.mark(key, doc)
	}
}

// bearAlike reports whether two versions bear on the same, of the documents
// that change most.
func bearAlike(before, now Document) bool {
	m, ok := now.(*MilestoneFact)
	return ok && before.(*MilestoneFact).Project == m.Project
}

// refer moves a document to what it names now.
func (b *builder) refer(key Key, before, now Document) {
	var was, is []string
	if before != nil {
		was = words(before)
	}
	if now != nil {
		is = words(now)
	}
	if len(was) > 0 || len(is) > 0 {
		b.refsOf(key.Kind).move(key.ID, was, is)
	}
}

func (b *builder) count(d Document, n int) {
	fact, ok := d.(ToolFact)
	if !ok {
		return
	}
	connection := fact.Origin().Connection
	b.toolCounts[connection] += n
	if left := b.tools[connection] + b.toolCounts[connection]; left == 0 || left == n {
		b.dirty.connections[connection] = true
	}
}

// mark notes what a document, in its former or its new version, bears on.
func (b *builder) mark(key Key, d Document) {
	switch d := d.(type) {
	case *ProjectFact:
		b.dirty.facts[key.ID] = true
	case *MilestoneFact:
		b.decideKindOf(key.ID, checkKind)
		b.touch(d.Project)
	case *DependencyFact:
		b.dirty.dependencies[key.ID] = true
	case *RiskFact, *RecordedRiskFact:
		b.dirty.risks[key.ID] = true
	case *PersonFact:
		b.dirty.people[key.ID] = true
		b.dirty.emails[strings.ToLower(d.Email)] = true
		for _, word := range personCalled(d) {
			b.dirty.words[word] = true
		}
	case *IdentityFact:
		b.dirty.identities[key.ID] = true
		for _, account := range d.claims() {
			b.dirty.claimed[account] = true
		}
		for _, word := range []string{d.Slug, d.Name, d.Email} {
			b.dirty.words[strings.ToLower(word)] = true
		}
	case *DepartmentFact:
		b.dirty.departmentFacts = true
		b.dirty.departments[d.Slug] = true
	case *StatusReportFact:
		b.dirty.touched[d.Project] = true
	case *Override:
		if target, err := ParseKey(d.Target); err == nil { // else it bears on nothing
			b.markOverridden(target)
		}
	case *KPIFact:
		b.dirty.kpis[key.ID] = true
	case *MeasurementFact:
		b.dirty.kpis[d.KPI] = true
	case *KPILinkFact:
		b.dirty.kpiLinks[key.ID] = true
	case *Link:
		for _, id := range words(d) {
			b.dirty.facts[id] = true
			b.dirty.linked[id] = true
		}
	case *Settings:
		b.dirty.settings = true
	case *Clock:
		b.dirty.clock = true
	case *Quarantine:
		b.dirty.connections[d.Connection] = true
	case *Hold:
		b.dirty.connections[d.Connection] = true
	case *Site:
		b.dirty.connections[d.Connection] = true
	case *Run:
		b.dirty.connections[d.Connection] = true
	case *Pass:
		b.dirty.connections[d.Connection] = true
	case *StrategyFact, *StrategyVersionFact, *ObjectiveFact, *JudgementFact:
		b.dirty.strategies = true
	case *ContributionFact:
		b.dirty.contributions[key.ID] = true
	case *CostFact:
		b.dirty.costs[d.Project] = true
	case *KeyResultFact:
		b.dirty.progress = true
	}
}
