package portfolio

import "strings"

// buildDependencies computes the dependencies that are dirty themselves or
// end at a fresh row.
func (b *builder) buildDependencies() {
	refs := b.refsOf(KindDependency)
	if refs.count > 0 {
		for _, m := range b.milestones.round {
			b.dependenciesAt(m.id)
		}
		for _, p := range b.projects.round {
			if p.now == nil {
				b.dependenciesAt(p.id)
				continue
			}
			for _, id := range p.now.led() {
				b.dependenciesAt(id)
			}
		}
		for _, id := range b.redirected {
			b.dependenciesAt(id)
		}
	}
	for id := range b.dirty.dependencies {
		b.dependencies.put(id, b.dependencies.before(id), b.dependencyFromFact(id))
	}
}

func (b *builder) dependenciesAt(end string) {
	for _, id := range b.refsOf(KindDependency).of(end) {
		b.dirty.dependencies[id] = true
	}
}

// dependencyFromFact computes a dependency from its fact and the rows at its
// ends; nil when there is none.
func (b *builder) dependencyFromFact(id string) *DependencyRow {
	v, ok := b.factsOf(KindDependency).get(id)
	if !ok {
		return nil
	}
	f := v.Doc.(*DependencyFact)
	row := &DependencyRow{
		ID:       id,
		Type:     f.Type,
		LagDays:  f.LagDays,
		Presence: b.plan.presence(&f.Source),
		Rev:      v.Rev,
	}
	before, after := b.end(f.Predecessor), b.end(f.Successor)
	row.Predecessor, row.Successor = before.EndRow, after.EndRow
	row.CrossTool = before.connection(f.Predecessor) != after.connection(f.Successor)
	row.upstream = before.goLive
	if after.whole {
		row.binds = f.Successor.Ref
	}
	if !before.expected.IsZero() && !after.expected.IsZero() {
		violated := before.expected.AddDays(f.LagDays).After(after.expected)
		row.Violated = &violated
	}
	return row
}

// connectionOf is the connection in a document id.
func connectionOf(id string) string {
	connection, _, _ := strings.Cut(id, "/")
	return connection
}

// dependencyEnd is an end of a dependency with what follows from its row.
type dependencyEnd struct {
	EndRow
	whole    bool // the end is a milestone or a project, not a record inside one
	expected Date
	goLive   goLive
}

// connection is where an end lives: a milestone in its own tool, anything else
// with the primary of its project, so that a record in one tool that stands
// for a project of another counts as there.
func (e *dependencyEnd) connection(said LinkEnd) string {
	switch {
	case e.MilestoneID != "":
		return connectionOf(e.MilestoneID)
	case e.ProjectID != "":
		return connectionOf(e.ProjectID)
	}
	return connectionOf(said.Ref)
}

func (b *builder) end(e LinkEnd) dependencyEnd {
	if m := b.milestones.get(e.Ref); m != nil {
		end := dependencyEnd{EndRow: EndRow{m.ProjectID, m.ID, m.Key, m.Name}, whole: true, expected: m.expected()}
		if m.Kind == MilestoneGoLive && m.Presence == PresencePresent && m.StatusCategory != StatusCancelled && !m.expected().IsZero() {
			end.goLive = goLive{m.ID, m.expected()}
		}
		return end
	}
	if p := b.projects.get(b.unified(e.Ref)); p != nil {
		end := dependencyEnd{EndRow: EndRow{p.ID, "", p.Key, p.Name}, whole: true, expected: p.expected()}
		if m := b.milestones.get(p.GoLiveID); m != nil && !m.expected().IsZero() {
			end.goLive = goLive{m.ID, m.expected()}
		}
		return end
	}
	end := dependencyEnd{EndRow: EndRow{Key: e.Key, Name: e.Name}}
	if p := b.projects.get(b.unified(e.Project)); p != nil {
		end.ProjectID = p.ID
	}
	return end
}
