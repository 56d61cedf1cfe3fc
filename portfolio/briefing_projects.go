package portfolio

// briefedProjects are the projects that a briefing tells of.
type briefedProjects struct {
	// red and disagreeing are among those that are neither over nor gone.
	red, disagreeing []*ProjectRow
	active           int
}

// active reports whether a project is neither over nor gone.
func (p *ProjectRow) active() bool {
	return p.Presence == PresencePresent && p.Phase != PhaseDone && p.Phase != PhaseCancelled
}

// eachProject calls f for the projects that the briefing is of.
func (b *Briefing) eachProject(f func(*ProjectRow)) {
	if b.whole() {
		for p := range b.view.snap.Projects() {
			f(p)
		}
		return
	}
	for _, slug := range b.divisions() {
		for _, id := range b.view.snap.ProjectsOf(slug) {
			if p, ok := b.view.snap.Project(id); ok {
				f(p)
			}
		}
	}
}

func (b *Briefing) lookAtProjects() {
	of := &b.projects
	b.eachProject(func(p *ProjectRow) {
		if !p.active() {
			return
		}
		of.active++
		if p.Health.Overall == HealthRed {
			of.red = append(of.red, p)
		}
		if p.Health.Disagreement {
			of.disagreeing = append(of.disagreeing, p)
		}
	})
}

// worstFirst lists the projects that slipped most before others.
func worstFirst() []*ProjectOrder {
	most := Descending
	return []*ProjectOrder{{Field: ProjectBySlipDays, Direction: &most}, {Field: ProjectByName}}
}

func (b *Briefing) projectList(list string, rows []*ProjectRow, first *int, after *string) (*ProjectConnection, error) {
	return b.view.projectsIn(b.scope(list), [][]*ProjectRow{rows}, nil, worstFirst(), b.page(first, after))
}

// Red are the projects that are red today, the widest slip first.
func (b *Briefing) Red(first *int, after *string) (*ProjectConnection, error) {
	return b.projectList("red", b.projects.red, first, after)
}

// Disagreeing are the projects that report better than their dates and figures
// say today, the widest slip first.
func (b *Briefing) Disagreeing(first *int, after *string) (*ProjectConnection, error) {
	return b.projectList("disagreeing", b.projects.disagreeing, first, after)
}
