package portfolio

// beginSettings makes a new plan when the settings changed, and everything
// dirty with it.
func (b *builder) beginSettings() {
	if !b.dirty.settings {
		return
	}
	var settings *Settings
	if v, ok := b.factsOf(KindSettings).get((*Settings)(nil).Key().ID); ok {
		settings = v.Doc.(*Settings)
	}
	b.plan = newPlan(settings)
	b.everything()
	for id := range b.factsOf(KindDependency).all() {
		b.dirty.dependencies[id] = true
	}
	for id := range b.factsOf(KindRisk).all() {
		b.dirty.risks[id] = true
	}
	for id := range b.factsOf(KindRecordedRisk).all() {
		b.dirty.risks[id] = true
	}
	for id := range b.factsOf(KindPerson).all() {
		b.dirty.people[id] = true
	}
	for id := range b.factsOf(KindKPI).all() {
		b.dirty.kpis[id] = true
	}
	for id := range b.connections.rows.all() {
		b.dirty.connections[id] = true
	}
	for id := range b.plan.connections {
		b.dirty.connections[id] = true
	}
}

// everything makes all projects and milestones dirty.
func (b *builder) everything() {
	for id := range b.factsOf(KindProject).all() {
		b.dirty.facts[id] = true
	}
	for id := range b.factsOf(KindMilestone).all() {
		b.dirty.milestones[id] = decideKind
	}
}

// beginDay makes the rows dirty that a later day changes. On the very first
// day, and when the day moves back, as with a change of the time zone, any row
// may differ.
func (b *builder) beginDay() {
	if !b.dirty.clock {
		return
	}
	var today Date
	if v, ok := b.factsOf(KindClock).get((*Clock)(nil).Key().ID); ok {
		today = v.Doc.(*Clock).Today
	}
	b.today = today
	if b.old.today.IsZero() || today.Before(b.old.today) {
		b.dirty.strategies = true
		for id := range b.factsOf(KindProject).all() {
			b.touch(id)
		}
		for id := range b.factsOf(KindMilestone).all() {
			b.dateDirty(id)
		}
		for id := range b.factsOf(KindKPI).all() {
			b.dirty.kpis[id] = true
		}
		return
	}
	for row := range b.old.due.all() {
		if row.on.After(today) {
			return
		}
		switch row.kind {
		case KindProject:
			b.touch(row.id)
		case KindMilestone:
			b.dateDirty(row.id)
		case KindStrategy:
			b.dirty.strategies = true
		case KindKPI:
			b.dirty.kpis[row.id] = true
		}
	}
}

// touch makes a project dirty without merging its own facts again.
func (b *builder) touch(projectFact string) {
	if !b.dirty.touched[projectFact] {
		b.dirty.touched[projectFact] = false
	}
}

// decideKindOf makes a milestone dirty; of several decisions the most thorough
// one counts.
func (b *builder) decideKindOf(milestone string, d decision) {
	b.dirty.milestones[milestone] = max(b.dirty.milestones[milestone], d)
}

// dateDirty makes a milestone dirty without asking the rules again.
func (b *builder) dateDirty(id string) {
	b.decideKindOf(id, keepKind)
}

// beginDepartments reads the names of departments again when they changed;
// any project may then belong to another one.
func (b *builder) beginDepartments() {
	if !b.dirty.departmentFacts {
		return
	}
	b.names = newDepartmentNames(b.factsOf(KindDepartment))
	for id := range b.factsOf(KindProject).all() {
		b.dirty.touched[id] = true
	}
	for id := range b.factsOf(KindKPI).all() {
		b.dirty.kpis[id] = true
	}
}

// beginJoins decides again which facts are one project, and makes the projects
// dirty that dirty facts belong to now or belonged to before.
func (b *builder) beginJoins() {
	if b.dirty.settings {
		b.joinKeys = index{}.edit()
		for id := range b.factsOf(KindProject).all() {
			b.joinKeys.move(id, nil, b.plan.joinWords(b.projectFact(id)))
		}
		for id := range b.groups.all() {
			b.dirty.facts[id] = true
		}
	} else {
		for id := range b.dirty.facts {
			var was, is []string
			if v, ok := b.old.facts[KindProject].get(id); ok {
				was = b.old.plan.joinWords(v.Doc.(*ProjectFact))
			}
			if f := b.projectFact(id); f != nil {
				is = b.plan.joinWords(f)
			}
			b.joinKeys.move(id, was, is)
		}
	}
	b.redirected = b.regroup(b.dirty.facts)
	for id := range b.dirty.facts {
		b.dirty.touched[id] = true
	}
	for _, id := range b.redirected {
		b.dirty.touched[id] = true
		for _, part := range b.refsOf(KindProject).of(partWord(id)) {
			b.dirty.touched[part] = true
		}
		b.decideMilestonesOf(b.old.unified(id))
		b.decideOrphansOf(id)
	}
}

// beginPeople makes the rows dirty that name somebody who is found or no
// longer found by that name.
func (b *builder) beginPeople() {
	for word := range b.dirty.words {
		for _, mention := range b.mentions.of(word) {
			key, err := ParseKey(mention)
			switch {
			case err != nil:
			case key.Kind == KindProject:
				b.dirty.touched[key.ID] = true
			case key.Kind == KindMilestone:
				b.dateDirty(key.ID)
			case key.Kind == KindRisk:
				b.dirty.risks[key.ID] = true
			case key.Kind == KindKPI:
				b.dirty.kpis[key.ID] = true
			case key.Kind == KindDepartment:
				b.dirty.departments[key.ID] = true
			}
		}
	}
}
