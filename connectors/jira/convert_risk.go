package jira

import (
	"time"

	"plumbline/portfolio"
)

// risk completes a risk with its project, its owner and its fields. It is of
// the issue above it when that is a project, and otherwise of the Jira project
// that it is in; where these are no projects it gives no fact. What it blocks
// is told by the milestones that it blocks.
func (v conversion) risk(r *issueRecord, out converted, f *portfolio.RiskFact) converted {
	above := v.parentOf(r, out.core)
	switch {
	case v.projectTypes[above.typeID]:
		f.Project = v.doc(kindIssue, above.id)
	case v.realProjects:
		f.Project = v.doc(kindProject, out.core.Project.ID)
	default:
		return out
	}
	f.Owner = v.user(out.core.Assignee, &out.facts)
	f.Fields = v.customFields(r.Fields, &out.facts)
	out.facts = append(out.facts, f)
	return out
}

// dayOf is the civil date of an instant where the account lives.
func (v conversion) dayOf(at time.Time) portfolio.Date {
	if at.IsZero() {
		return portfolio.Date{}
	}
	return portfolio.DateOf(at.In(v.zone))
}
