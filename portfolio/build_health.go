package portfolio

import (
	"cmp"
	"slices"
)

// buildHealth computes the health of fresh rows, and of rows whose upstream
// go-lives are other ones now.
func (b *builder) buildHealth() {
	for _, d := range b.dependencies.round {
		if d.old != nil && d.now != nil && equalRows(dependencyFields, d.old, d.now) {
			continue
		}
		for _, side := range []*DependencyRow{d.old, d.now} {
			if side != nil {
				b.freshSuccessor(side)
			}
		}
	}
	inPieces(len(b.milestones.round), func(from, to int) {
		for _, m := range b.milestones.round[from:to] {
			if m.now != nil {
				b.judgeMilestone(m.now)
			}
		}
	})
	inPieces(len(b.projects.round), func(from, to int) {
		for _, p := range b.projects.round[from:to] {
			if p.now != nil {
				b.judgeProject(p.now)
			}
		}
	})
}

// freshSuccessor makes the rows fresh whose health draws from a dependency:
// the milestone or project that depends, and the project of that milestone.
func (b *builder) freshSuccessor(d *DependencyRow) {
	project := d.binds
	if m := b.milestones.get(d.binds); m != nil {
		b.freshMilestone(m.ID)
		project = m.ProjectID
	}
	if project != "" && !b.projects.isFresh(project) && b.projects.get(project) != nil {
		b.summarise(b.freshProject(project, false))
	}
}

func (b *builder) judgeMilestone(m *MilestoneRow) {
	s := b.milestoneSchedule(m)
	computed := s.judge()
	reported := judgeReport(m.report(), b.today, b.plan.maxAge)
	m.Health = healthView(reported, computed, m.report().on)
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
		leftOut:       leftOutOfMilestone,
		shared:        &b.plan.reasons,
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
			shared:   &b.plan.reasons,
		}
	}
	s.cancelled, s.onHold = p.Phase == PhaseCancelled, p.Phase == PhaseOnHold
	fillDate(&s.ownStart, p.StartDate)
	for _, member := range p.led() {
		s.upstream = append(s.upstream, b.upstream(member)...)
	}
	s.goLives = nil
	if !s.done {
		s.goLives = p.goLives
	}
	s.performance = b.performance(p, &s.limits)
	s.leftOut = s.performance.leftOut(p.costs)
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
			if !ok || b.plan.absent(v) == 1 {
				continue
			}
			row.Rev = max(row.Rev, v.Rev)
			f := v.Doc.(*StatusReportFact)
			if newest == nil || b.plan.reportsBefore(f, newest) {
				newest = f
			}
		}
	}
	if newest == nil || m.healthFrom != "" && b.plan.believed("health", m.healthFrom) < b.plan.believed("health", newest.Connection) {
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

// reportsBefore reports whether a report counts rather than another: because its
// tool's word about health does, else because it is newer.
func (p *plan) reportsBefore(f, other *StatusReportFact) bool {
	c := cmp.Compare(p.believed("health", f.Connection), p.believed("health", other.Connection))
	return c < 0 || c == 0 && f.ReportedAt.After(other.ReportedAt)
}
