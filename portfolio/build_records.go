package portfolio

import (
	"slices"
	"strings"
	"unicode"
)

// departmentNames leads from what tools and people call a department to its slug.
type departmentNames struct{ slugs map[string]string }

// newDepartmentNames reads the recorded departments; a slug goes before a
// name, a name before an alias, and of several departments the first slug.
func newDepartmentNames(facts *tableEdit[Versioned]) *departmentNames {
	n := &departmentNames{slugs: map[string]string{}}
	if facts == nil {
		return n
	}
	var recorded []*DepartmentFact
	for _, v := range facts.all() {
		recorded = append(recorded, v.Doc.(*DepartmentFact))
	}
	slices.SortFunc(recorded, func(a, b *DepartmentFact) int { return strings.Compare(a.Slug, b.Slug) })
	learn := func(name, slug string) {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, taken := n.slugs[name]; !taken && name != "" {
			n.slugs[name] = slug
		}
	}
	for _, d := range recorded {
		learn(d.Slug, d.Slug)
	}
	for _, d := range recorded {
		learn(d.Name, d.Slug)
	}
	for _, d := range recorded {
		for _, alias := range d.Aliases {
			learn(alias, d.Slug)
		}
	}
	return n
}

// slug is the department that a name leads to: a recorded one, else one that
// exists because it is named.
func (n *departmentNames) slug(name string) string {
	if name == "" {
		return ""
	}
	if slug, ok := n.slugs[strings.ToLower(strings.TrimSpace(name))]; ok {
		return slug
	}
	made := Slug(name)
	if slug, ok := n.slugs[made]; ok {
		return slug
	}
	return made
}

// Slug turns a name into a key of lower-case letters, digits and hyphens.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	return b.String()
}

// buildDepartments computes the dirty departments.
func (b *builder) buildDepartments() {
	delete(b.dirty.departments, "")
	for slug := range b.dirty.departments {
		b.departments.put(slug, b.departments.before(slug), b.department(slug))
	}
	b.departments.keep()
	for _, d := range b.departments.changed {
		b.mention(KindDepartment, d.id, d.old.mentioned(), d.now.mentioned())
	}
}

func (b *builder) department(slug string) *DepartmentRow {
	if v, ok := b.factsOf(KindDepartment).get(slug); ok {
		f := v.Doc.(*DepartmentFact)
		return &DepartmentRow{
			ID: slug, Name: f.Name, ParentID: f.Parent, HeadID: b.personRef(f.Head), HeadReference: strings.TrimSpace(f.Head),
			Recorded: true, Rev: v.Rev,
		}
	}
	var row *DepartmentRow
	for _, id := range b.byDivision.of(slug) {
		p := b.projects.get(id)
		if row == nil {
			row = &DepartmentRow{ID: slug, Name: p.departmentName}
		}
		// Projects may write it differently; all replicas must choose the same.
		row.Name = min(row.Name, p.departmentName)
	}
	return row
}

// mentioned are the names to be looked up among people; none of a row that is
// not there.
func (d *DepartmentRow) mentioned() []string {
	if d == nil {
		return nil
	}
	return referenceWords(d.HeadReference)
}

// buildConnections computes the dirty connections.
func (b *builder) buildConnections() {
	for id := range b.dirty.connections {
		b.connections.put(id, b.connections.before(id), b.connection(id))
	}
	b.connections.keep()
}

// connection computes a connection from the settings and from what the engine
// notes about it; nil when nothing knows it.
func (b *builder) connection(id string) *ConnectionRow {
	row := &ConnectionRow{ID: id, Name: id}
	known := b.tools[id]+b.toolCounts[id] > 0
	if c := b.plan.connection(id); c != nil {
		known = true
		row.Name, row.Type = c.Name, c.Type
		fillText(&row.Name, id)
	} else {
		row.Removed = b.plan.configured
	}
	if v, ok := b.factsOf(KindSite).get(id); ok {
		known = true
		site := v.Doc.(*Site)
		fillText(&row.Type, site.Type)
		row.Instance, row.Account, row.TimeZone, row.Rev = site.Instance, site.Account, site.TimeZone, v.Rev
	}
	row.Quarantined = len(b.refsOf(KindQuarantine).of(id))
	b.holds(row)
	b.runs(row)
	b.passes(row)
	if !known && row.Quarantined == 0 && row.LastRunNumber == 0 {
		return nil
	}
	return row
}

func (b *builder) holds(row *ConnectionRow) {
	for _, key := range b.refsOf(KindHold).of(row.ID) {
		if v, ok := b.factsOf(KindHold).get(key); ok {
			row.Held = row.Held || v.Doc.(*Hold).ConfirmedBy == ""
			row.Rev = max(row.Rev, v.Rev)
		}
	}
}

// runs looks at the runs of a connection from the newest back to the last
// success. While one is running, the one before it says whether data is stale.
func (b *builder) runs(row *ConnectionRow) {
	judged := false
	for _, key := range slices.Backward(b.refsOf(KindRun).of(row.ID)) {
		v, ok := b.factsOf(KindRun).get(key)
		if !ok {
			continue
		}
		run := v.Doc.(*Run)
		row.Rev = max(row.Rev, v.Rev)
		if row.LastRunNumber == 0 {
			row.LastRunNumber, row.NextDueAt = run.Number, run.DueAt
		}
		if run.Mode == RunModeImport && run.State == RunFailed {
			continue // a file that was refused makes nothing older that was read before
		}
		if !judged && run.State != RunRunning {
			judged, row.Stale = true, run.State == RunFailed || run.State == RunParked
		}
		if run.State == RunSucceeded {
			row.LastSuccessAt = run.EndedAt
			return
		}
	}
}

// passes sets when the connection was last read completely: at the end of the
// last pass over all of it. Before the first one, what was seen of its scopes
// is at least as new as the oldest of their passes.
func (b *builder) passes(row *ConnectionRow) {
	for _, key := range b.refsOf(KindPass).of(row.ID) {
		v, ok := b.factsOf(KindPass).get(key)
		if !ok {
			continue
		}
		pass := v.Doc.(*Pass)
		row.Rev = max(row.Rev, v.Rev)
		if pass.Scope == "" && pass.Of == "" {
			row.LastCompleteAt = pass.EndedAt
			return
		}
		if row.LastCompleteAt.IsZero() || pass.EndedAt.Before(row.LastCompleteAt) {
			row.LastCompleteAt = pass.EndedAt
		}
	}
}
