package portfolio

import "slices"

// buildHealth computes the health of fresh rows, and of rows whose upstream
// go-lives are other ones now.
func (b *builder) buildHealth() {
	for id, d := range b.dependencies.fresh {
		for _, side := range []*DependencyRow{b.dependencies.before(id), d} {
			if side == nil || side.binds == "" {
				continue
			}
			if b.milestones.get(side.binds) != nil {
				b.freshMilestone(side.binds, false)
			}
		}
	}
	for _, row := range b.milestones.fresh {
		if row != nil {
			b.judgeMilestone(row)
		}
	}
	for id, d := range b.dependencies.fresh {
		for _, side := range []*DependencyRow{b.dependencies.before(id), d} {
			if side != nil {
				b.freshSuccessorProject(side)
			}
		}
	}
	for _, row := range b.projects.fresh {
		if row != nil {
			b.judgeProject(row)
		}
	}
}

// freshSuccessorProject makes the project fresh whose health draws from a
// dependency: its own, or that of its go-live.
func (b *builder) freshSuccessorProject(d *DependencyRow) {
	id := d.binds
	if m := b.milestones.get(d.binds); m != nil {
		id = m.ProjectID
	}
	if id == "" || b.projects.get(id) == nil {
		return
	}
	if _, done := b.projects.fresh[id]; !done {
		b.summarise(b.freshProject(id))
	}
}

func (b *builder) judgeMilestone(m *MilestoneRow) {
	s := b.milestoneSchedule(m)
	computed := s.judge()
	reported := judgeReport(m.report, b.today, b.plan.maxAge)
	m.Health = healthView(reported, computed, m.report.on)
	m.ChangesOn = sooner(computed.changes, reported.changes)
}

// milestoneSchedule is what a milestone's health is computed from.
func (b *builder) milestoneSchedule(m *MilestoneRow) schedule {
	s := schedule{
		today:         b.today,
		cancelled:     m.StatusCategory == StatusCancelled,
		done:          m.done(),
		baseline:      m.BaselineDate,
		basis:         m.BaselineBasis,
		observedSince: m.observedSince,
		expected:      m.expected(),
		start:         m.StartDate,
		ownStart:      m.StartDate,
		limits:        b.plan.thresholds.limits(m.Kind),
		upstream:      b.upstream(m.ID),
	}
	if p := b.projects.get(m.ProjectID); p != nil {
		fillDate(&s.start, p.StartDate)
		fillDate(&s.ownStart, p.StartDate)
		s.cancelled = s.cancelled || p.Phase == PhaseCancelled
		s.onHold = p.Phase == PhaseOnHold
	}
	fillDate(&s.start, m.firstSeen)
	if m.Kind == MilestoneGoLive && !s.done && !m.TargetDate.IsZero() {
		s.goLives = []goLive{{m.ID, m.TargetDate}}
	}
	return s
}

func (b *builder) judgeProject(p *ProjectRow) {
	s := b.projectSchedule(p)
	computed := s.judge()
	reported := judgeReport(p.report, b.today, b.plan.maxAge)
	p.Health = healthView(reported, computed, p.report.on)
	p.ChangesOn = sooner(computed.changes, reported.changes)
}

// projectSchedule is what a project's health is computed from: the schedule of
// the milestone whose slip is its own, else its own dates, and all its
// unfinished go-lives.
func (b *builder) projectSchedule(p *ProjectRow) schedule {
	var s schedule
	if m := b.milestones.get(p.SlipFromID); m != nil {
		s = b.milestoneSchedule(m)
		s.done = s.done && (p.Phase == PhaseDone || !p.FinishedDate.IsZero())
	} else {
		s = schedule{
			today:    b.today,
			done:     p.Phase == PhaseDone || !p.FinishedDate.IsZero(),
			baseline: p.BaselineDate,
			basis:    BaselineTool,
			expected: p.expected(),
			start:    p.StartDate,
			limits:   b.plan.thresholds.limits(""),
		}
	}
	s.cancelled, s.onHold = p.Phase == PhaseCancelled, p.Phase == PhaseOnHold
	fillDate(&s.ownStart, p.StartDate)
	for _, member := range p.led() {
		s.upstream = append(s.upstream, b.upstream(member)...)
	}
	s.goLives = nil
	if !s.done {
		for _, id := range p.milestones {
			m := b.milestones.get(id)
			if m.Kind == MilestoneGoLive && m.Presence == PresencePresent && !m.done() &&
				m.StatusCategory != StatusCancelled && !m.TargetDate.IsZero() {
				s.goLives = append(s.goLives, goLive{m.ID, m.TargetDate})
			}
		}
	}
	return s
}

// upstream returns the go-lives that a milestone or a project depends on, as
// its tools' dependencies say.
func (b *builder) upstream(id string) []goLive {
	var upstream []goLive
	for _, key := range b.refsOf(KindDependency).of(id) {
		d := b.dependencies.get(key)
		if d != nil && d.binds == id && d.Presence == PresencePresent && d.upstream.id != "" && !slices.Contains(upstream, d.upstream) {
			upstream = append(upstream, d.upstream)
		}
	}
	return upstream
}

// projectReport is the newest report on a project: what a person said, else
// the newest status report, else the tool's field.
func (b *builder) projectReport(m *mapped, row *ProjectRow, overridden bool) report {
	said := report{word: m.health, on: m.healthOn, notAfter: m.healthNotAfter}
	if overridden {
		return said
	}
	var newest *StatusReportFact
	for _, member := range row.led() {
		for _, id := range b.refsOf(KindStatusReport).of(member) {
			v, ok := b.factsOf(KindStatusReport).get(id)
			if !ok || b.absent(v) == 1 {
				continue
			}
			row.Rev = max(row.Rev, v.Rev)
			f := v.Doc.(*StatusReportFact)
			if newest == nil || f.ReportedAt.After(newest.ReportedAt) {
				newest = f
			}
		}
	}
	if newest == nil {
		return said
	}
	word := newest.Health
	if c := b.plan.connection(newest.Connection); c != nil {
		if values := c.values[c.byTo["health"]]; values != nil {
			word = textOf(translated(Field{Type: FieldText, Text: word}, values))
		}
	}
	return report{word: word, on: b.plan.day(newest.ReportedAt), notAfter: b.plan.day(newest.UpdatedAt)}
}
