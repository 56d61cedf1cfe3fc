package portfolio

import (
	"cmp"
	"iter"
	"slices"
)

// A qualityScope is what a data-quality score is of, as one caller sees it: a
// connection, a department with those below it, or everything.
type qualityScope struct {
	view       *View
	connection string
	divisions  map[string]bool // nil is all
}

func (q *qualityScope) hasProject(p *ProjectRow) bool {
	if !q.view.sees(p) || q.divisions != nil && !q.divisions[p.DepartmentID] {
		return false
	}
	return q.connection == "" || slices.ContainsFunc(p.Members, func(member string) bool { return connectionOf(member) == q.connection })
}

// projects yields those that are in the scope and that a tool still shows.
func (q *qualityScope) projects() iter.Seq[*ProjectRow] {
	return func(yield func(*ProjectRow) bool) {
		for p := range q.view.snap.Projects() {
			if p.Presence == PresencePresent && q.hasProject(p) && !yield(p) {
				return
			}
		}
	}
}

// milestones yields those that are in the scope and that a tool still shows,
// each with its project; nil when that is not there.
func (q *qualityScope) milestones() iter.Seq2[*MilestoneRow, *ProjectRow] {
	return func(yield func(*MilestoneRow, *ProjectRow) bool) {
		for m := range q.view.snap.Milestones() {
			if m.Presence != PresencePresent || q.connection != "" && connectionOf(m.ID) != q.connection {
				continue
			}
			p, _ := q.view.snap.Project(m.ProjectID)
			if !q.view.sees(p) || q.divisions != nil && (p == nil || !q.divisions[p.DepartmentID]) {
				continue
			}
			if !yield(m, p) {
				return
			}
		}
	}
}

// tools are the connections whose reading goes into the score: none for a
// department, and for callers who see only a part of the portfolio.
func (q *qualityScope) tools() []*ConnectionRow {
	var tools []*ConnectionRow
	if q.divisions != nil || !q.view.seesOperations() {
		return nil
	}
	for c := range q.view.snap.Connections() {
		if !c.Removed && (q.connection == "" || c.ID == q.connection) {
			tools = append(tools, c)
		}
	}
	return tools
}

func (q *qualityScope) score() *DataQuality {
	return &DataQuality{Parts: []*DataQualityPart{q.completeness(), q.freshness(), q.validity(), q.consistency()}}
}

// completeness looks at what a project and a milestone must say to be steered
// by.
func (q *qualityScope) completeness() *DataQualityPart {
	part := &DataQualityPart{Code: QualityCompleteness}
	dates := part.check(QualityProjectDates, "%d of %d projects that are not over lack a start or a due date.")
	manager := part.check(QualityProjectManager, "%d of %d projects that are not over have no manager.")
	var department *DataQualityCheck
	if q.divisions == nil {
		department = part.check(QualityProjectDepartment, "%d of %d projects that are not over belong to no department.")
	}
	health := part.check(QualityProjectHealth, "Of %d of %d projects that are not over or on hold no health is known, neither reported nor computed.")
	due := part.check(QualityMilestoneDue, "%d of %d unfinished milestones have no due date.")
	owner := part.check(QualityMilestoneOwner, "%d of %d unfinished milestones have nobody who answers for them.")
	for p := range q.projects() {
		if !p.unfinished() {
			continue
		}
		dates.look(!p.StartDate.IsZero() && !p.TargetDate.IsZero(), KindProject, p.ID, p.Name)
		manager.look(p.ManagerID != "", KindProject, p.ID, p.Name)
		if department != nil {
			department.look(p.DepartmentID != "", KindProject, p.ID, p.Name)
		}
		if p.Phase != PhaseOnHold {
			health.look(p.Health.Overall != HealthUnknown, KindProject, p.ID, p.Name)
		}
	}
	for m, p := range q.milestones() {
		if m.done() || m.StatusCategory == StatusCancelled || p != nil && !p.unfinished() {
			continue
		}
		due.look(!m.TargetDate.IsZero(), KindMilestone, m.ID, m.Name)
		owner.look(m.OwnerID != "", KindMilestone, m.ID, m.Name)
	}
	return part
}

// freshDays is how many days ago the last complete pass may have ended.
const freshDays = 1

// freshness looks at how reading goes.
func (q *qualityScope) freshness() *DataQualityPart {
	part := &DataQualityPart{Code: QualityFreshness}
	switch {
	case !q.view.seesOperations():
		part.reason = &Reason{Code: ReasonScope, Message: "How synchronisation goes is told to keys that see the whole portfolio."}
		return part
	case q.divisions != nil:
		part.reason = &Reason{Code: ReasonNothingToCheck, Message: "A department is as fresh as the connections that its projects come from; ask for those."}
		return part
	}
	run := part.check(QualityLastRun, "The last run of %d of %d connections failed or is parked, or there was none yet.")
	pass := part.check(QualityCompletePass, "The last complete pass of %d of %d connections ended before yesterday, or there was none yet.")
	held := part.check(QualityListingHeld, "%d of %d connections have a listing that is held.")
	oldest := q.view.snap.today.AddDays(-freshDays)
	for _, c := range q.tools() {
		run.look(!c.Stale && c.LastRunNumber > 0, KindConnection, c.ID, c.Name)
		fresh := !c.LastCompleteAt.IsZero() && !DateOf(c.LastCompleteAt.In(q.view.snap.plan.zone)).Before(oldest)
		pass.look(fresh, KindConnection, c.ID, c.Name)
		held.look(!c.Held, KindConnection, c.ID, c.Name)
	}
	return part
}

// validity looks for what cannot be read and for dates that contradict.
func (q *qualityScope) validity() *DataQualityPart {
	part := &DataQualityPart{Code: QualityValidity}
	snap := q.view.snap
	if tools := q.tools(); len(tools) > 0 {
		readable := part.check(QualityReadable, "%d of %d records could not be read.")
		for _, c := range tools {
			readable.Of += snap.tools[c.ID] + c.Quarantined
			readable.Wrong += c.Quarantined
		}
		for _, record := range documentsOf[*Quarantine](snap, KindQuarantine) {
			if len(readable.Examples) < shownExamples && slices.ContainsFunc(tools, func(c *ConnectionRow) bool { return c.ID == record.Connection }) {
				unreadable := q.view.unreadableOf(record)
				readable.Examples = append(readable.Examples, &DataQualityExample{unreadable.ID(), record.Source.Key})
			}
		}
	}
	order := part.check(QualityProjectOrder, "%d of %d projects with both dates are due before they start.")
	milestoneOrder := part.check(QualityMilestoneOrder, "%d of %d milestones with both dates are due before they start.")
	future := part.check(QualityFinishedInFuture, "%d of %d finished projects and milestones were finished after today.")
	for p := range q.projects() {
		if !p.StartDate.IsZero() && !p.TargetDate.IsZero() {
			order.look(!p.TargetDate.Before(p.StartDate), KindProject, p.ID, p.Name)
		}
		if !p.FinishedDate.IsZero() {
			future.look(!p.FinishedDate.After(snap.today), KindProject, p.ID, p.Name)
		}
	}
	for m := range q.milestones() {
		if !m.StartDate.IsZero() && !m.TargetDate.IsZero() {
			milestoneOrder.look(!m.TargetDate.Before(m.StartDate), KindMilestone, m.ID, m.Name)
		}
		if !m.FinishedDate.IsZero() {
			future.look(!m.FinishedDate.After(snap.today), KindMilestone, m.ID, m.Name)
		}
	}
	return part
}

// consistency looks for what may be there twice, and for what leads nowhere.
func (q *qualityScope) consistency() *DataQualityPart {
	part := &DataQualityPart{Code: QualityConsistency}
	snap := q.view.snap
	named := snap.misfits().named
	names := part.check(QualityProjectNames, "%d of %d projects that are not over have the name of another one, to which they are not joined.")
	for p := range q.projects() {
		if !p.unfinished() {
			continue
		}
		twice := slices.ContainsFunc(named[plainName(p.Name)], func(id string) bool {
			other, ok := snap.Project(id)
			return ok && id != p.ID && q.view.sees(other)
		})
		names.look(!twice, KindProject, p.ID, p.Name)
	}
	ends := part.check(QualityDependencyEnds, "%d of %d dependencies have an end that is not synchronised.")
	for d := range snap.Dependencies() {
		if d.Presence == PresencePresent && q.view.seesDependency(d) && q.hasDependency(d) {
			ends.look(d.Predecessor.ProjectID != "" && d.Successor.ProjectID != "", KindDependency, d.ID, q.view.unknownEnd(d))
		}
	}
	if q.divisions != nil {
		return part
	}
	accounts := part.check(QualityAccounts, "%d of %d accounts may be a person's who is known by another one; record an identity that decides it.")
	for p := range snap.People() {
		if p.Presence != PresencePresent || !q.view.seesPerson(p) || q.connection != "" && p.Connection != q.connection {
			continue
		}
		accounts.look(len(q.view.personOf(p).SuggestedSame()) == 0, KindPerson, p.ID, p.Name)
	}
	if q.view.limited() {
		return part // what leads nowhere is of no department
	}
	homes := part.check(QualityMilestoneProject, "%d of %d milestones name a project that is not there.")
	for m, p := range q.milestones() {
		homes.look(p != nil, KindMilestone, m.ID, m.Name)
	}
	references := part.check(QualityReferences, "%d of %d references to projects, in what people recorded, lead nowhere.")
	for _, r := range snap.misfits().references {
		if q.connection == "" || r.connection == q.connection {
			kind := r.from.Kind
			if _, err := q.view.Node(NodeID(kind, r.from.ID)); err != nil {
				kind = "" // it is no node
			}
			references.look(r.leads, kind, r.from.ID, r.reference)
		}
	}
	return part
}

// hasDependency reports whether a dependency is in the scope: it comes from the
// connection, and one of its ends is of the department.
func (q *qualityScope) hasDependency(d *DependencyRow) bool {
	if q.connection != "" && connectionOf(d.ID) != q.connection {
		return false
	}
	if q.divisions == nil {
		return true
	}
	for _, end := range []*EndRow{&d.Predecessor, &d.Successor} {
		if p, ok := q.view.snap.Project(end.ProjectID); ok && q.divisions[p.DepartmentID] {
			return true
		}
	}
	return false
}

// unknownEnd names the end of a dependency that is not synchronised, as its
// tool tells it; "" for callers who may not see it, as it is of no department.
func (v *View) unknownEnd(d *DependencyRow) string {
	for _, end := range []*EndRow{&d.Predecessor, &d.Successor} {
		if end.ProjectID == "" && v.seesEnd(end) {
			return cmp.Or(end.Name, end.Key)
		}
	}
	return ""
}

// DataQuality is how far the data of a connection or of a department can be
// relied upon; of everything that the caller may see when both are empty. There
// is none of what the caller may not see, nor of nothing for a caller who does
// not see everything.
func (v *View) DataQuality(connection, department string) *DataQuality {
	q := &qualityScope{view: v, connection: connection}
	if connection != "" && v.tool(connection) == nil {
		return nil
	}
	if department != "" {
		if v.department(department) == nil {
			return nil
		}
		q.divisions = v.snap.divisionsUnder([]string{department})
	}
	score := q.score()
	if connection == "" && department == "" && v.limited() && score.Score() == nil {
		return nil
	}
	return score
}

// DataQuality is how far what comes from the connection can be relied upon.
func (t *Tool) DataQuality() *DataQuality { return t.view.DataQuality(t.ConnectionRow.ID, "") }

// DataQuality is how far the data of the department, and of those below it, can
// be relied upon.
func (d *Department) DataQuality() *DataQuality { return d.view.DataQuality("", d.DepartmentRow.ID) }
